"""The reasons for steps, in English and Korean: why a step is allowed, and what for; told when a student asks."""

from maths.reading.language import Texts

_BALANCE = (
    "What is done to one side must be done to the other, or they would no longer be equal.",
    "등식은 양변에 같은 계산을 해야 성립합니다.",
)

REASONS: dict[str, Texts] = {
    "subtract": (
        f"{_BALANCE[0]} Taking {{value}} away moves it off the side where it was.",
        f"{_BALANCE[1]} {{value}}[을] 빼면 그 항이 있던 쪽에서 없어집니다.",
    ),
    "add": (
        f"{_BALANCE[0]} Adding {{value}} cancels it where it was subtracted.",
        f"{_BALANCE[1]} {{value}}[을] 더하면 빼져 있던 항이 없어집니다.",
    ),
    "divide": (
        f"The unknown is multiplied by {{value}}; dividing undoes that. {_BALANCE[0]}",
        f"미지수에 곱해진 {{value}}[을] 없애려고 나눕니다. {_BALANCE[1]}",
    ),
    "multiply": (
        f"The unknown has a fraction in front; multiplying by {{value}} makes that 1. {_BALANCE[0]}",
        f"미지수 앞의 분수를 1로 만들려고 {{value}}[을] 곱합니다. {_BALANCE[1]}",
    ),
    "clear": (
        f"{{value}} is a multiple of every denominator, so the fractions go. {_BALANCE[0]}",
        f"{{value}}[은] 모든 분모의 배수라서 분수가 없어집니다. {_BALANCE[1]}",
    ),
    "divide_flip": (
        "2 < 3, but -2 > -3: a negative factor reverses the order.",
        "2 < 3이지만 -2 > -3입니다. 음수를 곱하거나 나누면 크기의 순서가 뒤집힙니다.",
    ),
    "expand_sides": (
        "Without brackets one sees which terms belong together.",
        "괄호를 풀어야 어떤 항끼리 모을 수 있는지 보입니다.",
    ),
    "swap": (
        "An equation reads the same from both sides; the unknown is easier to follow on the left.",
        "등식은 좌우를 바꾸어도 같습니다. 미지수를 왼쪽에 두면 보기 쉽습니다.",
    ),
    "standard": (
        "With 0 on one side, the other side can be factored.",
        "한쪽이 0이면 다른 쪽을 인수분해해서 풀 수 있습니다.",
    ),
    "factor_side": (
        "A product is easier than a sum: it is 0 exactly when a factor is 0.",
        "합보다 곱이 쉽습니다. 곱은 인수 중 하나가 0일 때만 0이 됩니다.",
    ),
    "zero_factors": (
        "If no factor were 0, the product could not be 0.",
        "0인 인수가 하나도 없으면 곱도 0이 될 수 없습니다.",
    ),
    "square_root": (
        "A number and its negative have the same square, so there are two roots.",
        "어떤 수와 그 반대수는 제곱이 같으므로 근이 두 개입니다.",
    ),
    "discriminant": (
        "The discriminant stands under the root in the quadratic formula; its sign tells how many real roots "
        "there are.",
        "판별식은 근의 공식에서 근호 안의 식이며, 부호를 보면 실근의 개수를 알 수 있습니다.",
    ),
    "formula": (
        "The formula comes from completing the square once and for all.",
        "근의 공식은 완전제곱식으로 고치는 과정을 한 번에 정리한 것입니다.",
    ),
    "denominators": (
        "A division by 0 has no value, so these values are not allowed.",
        "0으로 나눌 수 없으므로 이 값들은 해가 될 수 없습니다.",
    ),
    "false_roots": (
        "Squaring can turn a false equation into a true one (-2 and 2 have the same square), so each value "
        "must be tried.",
        "제곱하면 틀린 식도 맞는 식이 될 수 있으므로(-2와 2의 제곱은 같습니다) 하나씩 확인해야 합니다.",
    ),
    "abs_cases": (
        "Two numbers have that distance from 0, a positive and a negative one.",
        "0에서 그만큼 떨어진 수는 양수와 음수 두 개입니다.",
    ),
    "square_both": ("Squaring undoes the square root.", "제곱하면 근호가 없어집니다."),
    "substitute": (
        "Only that function of the unknown occurs, so a letter in its place makes the equation a familiar one.",
        "미지수가 그 함수로만 나타나므로 문자로 놓으면 익숙한 방정식이 됩니다.",
    ),
    "all_angles": (
        "The function repeats, and within a period it may take a value twice.",
        "함수는 주기마다 반복되고, 한 주기 안에서 같은 값을 두 번 가질 수 있습니다.",
    ),
    "add_equations": (
        "Equals added to equals are equal; the opposite terms cancel.",
        "같은 것에 같은 것을 더하면 같습니다. 부호가 반대인 항이 없어집니다.",
    ),
    "subtract_equations": (
        "Equals taken from equals leave equals; the like terms cancel.",
        "같은 것에서 같은 것을 빼면 같습니다. 같은 항이 없어집니다.",
    ),
    "scale": (
        "Now one unknown has the same coefficient in both equations.",
        "이제 두 식에서 한 미지수의 계수가 같아집니다.",
    ),
    "put_in": (
        "Both equations hold at once, so a value found in one may be used in the other.",
        "두 식이 동시에 성립하므로 한쪽에서 구한 값을 다른 쪽에 쓸 수 있습니다.",
    ),
    "signs": (
        "Between two neighbouring places the sign cannot change, so one number of each interval is enough to try.",
        "이웃한 두 점 사이에서는 부호가 바뀌지 않으므로 구간마다 한 수만 넣어 보면 됩니다.",
    ),
    "term_by_term": ("The derivative of a sum is the sum of the derivatives.", "합의 미분은 미분의 합입니다."),
    "d_power": (
        "The exponent comes down as a factor, and goes down by one.",
        "지수가 앞으로 내려와 곱해지고, 지수는 1 줄어듭니다.",
    ),
    "d_constant": ("A constant does not change, so its slope is 0.", "상수는 변하지 않으므로 기울기가 0입니다."),
    "d_product": (
        "Both factors change: first one while the other stands still, then the other.",
        "두 인수가 모두 변하므로, 하나씩 미분하여 더합니다.",
    ),
    "d_quotient": ("It is the product rule for u times 1/v.", "u와 1/v에 곱의 미분법을 쓴 것입니다."),
    "d_chain": (
        "The outer function is differentiated at the inner one, and multiplied by how fast the inner one changes.",
        "바깥 함수를 미분하고, 안쪽 함수가 변하는 빠르기를 곱합니다.",
    ),
    "i_power": (
        "It undoes the power rule of derivatives: the exponent goes up by one, and one divides by it.",
        "미분의 거듭제곱 규칙을 거꾸로 한 것입니다. 지수를 1 늘리고 그 지수로 나눕니다.",
    ),
    "i_sum": ("The integral of a sum is the sum of the integrals.", "합의 적분은 적분의 합입니다."),
    "i_substitute": (
        "The derivative of that part stands in the integrand too, so the chain rule is undone.",
        "그 부분의 도함수가 피적분함수에 들어 있으므로 합성함수의 미분법을 거꾸로 쓸 수 있습니다.",
    ),
    "i_parts": (
        "It undoes the product rule: one factor becomes simpler when it is differentiated.",
        "곱의 미분법을 거꾸로 한 것으로, 한 인수는 미분하면 간단해집니다.",
    ),
    "limits_put_in": (
        "The area is the change of the antiderivative (the fundamental theorem of calculus).",
        "넓이는 부정적분의 변화량과 같습니다(미적분의 기본정리).",
    ),
    "l_cancel": (
        "Near the place, but not at it, the common factor is not 0, so it may be cancelled.",
        "그 점에서가 아니라 그 가까이에서는 공통인수가 0이 아니므로 약분할 수 있습니다.",
    ),
    "l_hospital_zero": (
        "Close to the place, both parts behave like their tangents, so their slopes decide.",
        "그 점 가까이에서는 분자와 분모를 접선으로 볼 수 있으므로 기울기의 비가 극한이 됩니다.",
    ),
    "l_put_in": ("The function is continuous there.", "함수가 그 점에서 연속이기 때문입니다."),
    "l_highest": (
        "For large values the highest power outgrows all others.",
        "값이 커지면 차수가 가장 높은 항이 나머지를 압도합니다.",
    ),
    "pair": (
        "Multiplied out, the numbers' sum stands before the variable and their product alone.",
        "전개하면 두 수의 합이 일차항의 계수, 곱이 상수항이 되기 때문입니다.",
    ),
    "common_factor": ("Every term can be divided by it.", "모든 항이 그것으로 나누어집니다."),
    "squares": (
        "The mixed terms cancel when (a + b)(a - b) is multiplied out.",
        "(a + b)(a - b)를 전개하면 가운데 항이 없어집니다.",
    ),
    "perfect_square": (
        "The middle term is twice the product of the roots of the outer ones.",
        "가운데 항이 양 끝 항의 제곱근을 곱한 것의 2배입니다.",
    ),
    "cancel": (
        "Top and bottom may be divided by the same factor, where it is not 0.",
        "0이 아니라면 분자와 분모를 같은 인수로 나눌 수 있습니다.",
    ),
    "common_denominator": ("Only pieces of the same size can be added.", "크기가 같은 조각끼리만 더할 수 있습니다."),
    "products_first": (
        "Multiplication and division bind more tightly than addition and subtraction.",
        "곱셈과 나눗셈은 덧셈과 뺄셈보다 먼저 합니다.",
    ),
    "powers_first": (
        "Powers bind more tightly than products; a percentage is a hundredth.",
        "거듭제곱은 곱셈보다 먼저 하고, 1%는 100분의 1입니다.",
    ),
    "brackets_first": ("Brackets say what is to be done first.", "괄호는 먼저 계산하라는 뜻입니다."),
    "square_part": (
        "The root of a product is the product of the roots, and the root of a square is whole.",
        "곱의 제곱근은 제곱근의 곱이고, 제곱수의 제곱근은 정수입니다.",
    ),
    "collect": (
        "Only like terms, with the same letters and powers, can be added.",
        "문자와 차수가 같은 항끼리만 더할 수 있습니다.",
    ),
    "isolate": (
        "With that part alone on one side, what is done to it can be undone.",
        "그 부분만 한쪽에 남기면 거기에 한 계산을 거꾸로 풀 수 있습니다.",
    ),
}
