"""Quiz questions on figures and angles."""

from maths.quizzes.question_maker import BilingualQuestion, QuizRandom, whole_numbers


def rectangle(rng: QuizRandom) -> BilingualQuestion:
    """Area and perimeter."""
    ranges = (2, 7), (3, 12), (13, 45)
    a, b = rng.size(*ranges), rng.size(*ranges)
    while a == b or a * b == 2 * (a + b):
        b = rng.size(*ranges)
    right, wrong = whole_numbers(a * b, 2 * (a + b), a + b, a * b * 2, a * b + a)
    return BilingualQuestion(
        (
            f"A rectangle is {a} cm by {b} cm. What is its area in cm²?",
            f"가로 {a} cm, 세로 {b} cm인 직사각형의 넓이는 몇 cm²일까요?",
        ),
        right,
        wrong,
        (
            f"The area is length times width: {a} × {b} = {a * b}.",
            f"넓이는 가로 × 세로이므로 {a} × {b} = {a * b}입니다.",
        ),
    )


def triangle(rng: QuizRandom) -> BilingualQuestion:
    """The area of a triangle."""
    base, height = 2 * rng.size((1, 4), (2, 7), (8, 22)), rng.size((2, 6), (3, 11), (13, 35))
    value = base * height // 2
    right, wrong = whole_numbers(value, base * height, base + height, value + base, value * 4)
    return BilingualQuestion(
        (
            f"A triangle has the base {base} cm and the height {height} cm. What is its area in cm²?",
            f"밑변이 {base} cm, 높이가 {height} cm인 삼각형의 넓이는 몇 cm²일까요?",
        ),
        right,
        wrong,
        (
            f"Half of base times height: {base} × {height} ÷ 2 = {value}.",
            f"밑변 × 높이 ÷ 2이므로 {base} × {height} ÷ 2 = {value}입니다.",
        ),
    )


def angle(rng: QuizRandom) -> BilingualQuestion:
    """The third angle of a triangle."""
    step = rng.of(10, 5, 1)
    a, b = (step * rng.size((3, 8), (6, 16), (23, 83)) for _ in range(2))
    right, wrong = whole_numbers(180 - a - b, a + b, 360 - a - b, 190 - a - b, 90 - a if a != 90 else 15)
    return BilingualQuestion(
        (
            f"Two angles of a triangle are {a}° and {b}°. What is the third, in degrees?",
            f"삼각형의 두 각이 {a}°, {b}°일 때 나머지 한 각은 몇 도일까요?",
        ),
        right,
        wrong,
        (
            f"The angles add up to 180°: 180 - {a} - {b} = {180 - a - b}.",
            f"세 각의 합은 180°이므로 180 - {a} - {b} = {180 - a - b}입니다.",
        ),
    )


def pythagoras(rng: QuizRandom) -> BilingualQuestion:
    """The longest side of a right triangle."""
    a, b, c = rng.choice(
        rng.of(
            [(3, 4, 5), (6, 8, 10), (9, 12, 15), (12, 16, 20), (30, 40, 50)],
            [(3, 4, 5), (6, 8, 10), (5, 12, 13), (8, 15, 17), (9, 12, 15)],
            [(7, 24, 25), (20, 21, 29), (12, 35, 37), (9, 40, 41), (28, 45, 53), (16, 63, 65)],
        )
    )
    right, wrong = whole_numbers(c, a + b, c + 1, c - 1, a * a + b * b)
    return BilingualQuestion(
        (
            f"The legs of a right triangle are {a} and {b}. How long is the hypotenuse?",
            f"직각을 낀 두 변이 {a}, {b}인 직각삼각형의 빗변의 길이는?",
        ),
        right,
        wrong,
        (f"{a}² + {b}² = {c * c}, and √{c * c} = {c}.", f"{a}² + {b}² = {c * c}이고 √{c * c} = {c}입니다."),
    )


def circle(rng: QuizRandom) -> BilingualQuestion:
    """The area of a circle."""
    r = rng.size((2, 10), (3, 9), (11, 30))
    return BilingualQuestion(
        (f"What is the area of a circle with the radius {r}?", f"반지름이 {r}인 원의 넓이는?"),
        f"{r * r}π",
        (f"{2 * r}π", f"{r}π", f"{r * r * 2}π", f"{4 * r * r}π"),
        (f"πr² = π · {r}² = {r * r}π.", f"πr² = π · {r}² = {r * r}π입니다."),
    )


_ANGLES = (
    ("sin 30°", "1/2"),
    ("cos 60°", "1/2"),
    ("sin 45°", "√2/2"),
    ("cos 30°", "√3/2"),
    ("tan 45°", "1"),
    ("sin 90°", "1"),
    ("cos 90°", "0"),
    ("tan 60°", "√3"),
    ("cos 0°", "1"),
)


_WIDER = (
    ("sin 120°", "√3/2"), ("cos 120°", "-1/2"), ("sin 150°", "1/2"), ("cos 150°", "-√3/2"), ("tan 135°", "-1"),
    ("cos 180°", "-1"), ("sin 270°", "-1"), ("tan 120°", "-√3"), ("sin 210°", "-1/2"),
)  # fmt: skip
"""Angles above 90°."""


def trigonometry(rng: QuizRandom) -> BilingualQuestion:
    """Values to know by heart; hard: of angles above 90°."""
    of, right = rng.choice(rng.of(_ANGLES, _ANGLES, _WIDER))
    signed = rng.of((), (), ("-1/2", "-√3/2", "-1", "-√3"))
    wrong = [value for value in ("1/2", "√2/2", "√3/2", "1", "0", "√3", *signed) if value != right]
    rng.shuffle(wrong)
    return BilingualQuestion(
        (f"What is {of}?", f"{of}의 값은?"), right, tuple(wrong), (f"{of} = {right}.", f"{of} = {right}입니다.")
    )
