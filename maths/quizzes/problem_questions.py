"""Quiz questions of the same kind as given problems: whatever is solved here can be asked about.

The questions are similar problems, solved; the wrong choices are the right one with a slip in it: a sign, a number.
"""

import random
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sympy as sp

from maths.quizzes.question_maker import QuizRandom
from maths.quizzes.quiz import CHOICES, QuizQuestion, with_choices
from maths.quizzes.similar_problems import similar_problem
from maths.reading.language import Texts, in_language
from maths.reading.lexer import UnreadableNumber, tokenize
from maths.reading.message_reader import read_message
from maths.reading.parser import parse
from maths.reading.problems import Problem
from maths.reading.token_cursor import ParseError
from maths.solving.solution import Solution, Unsolved
from maths.solving.solver import solve
from maths.solving.to_sympy import TooLarge, Undefined, Unsupported, to_sympy
from maths.telling.korean_particles import with_particles
from maths.telling.wording import Wording
from maths.writing.latex import node_latex

LONGEST_ANSWER = 70
"""Characters of a right answer in LaTeX; longer ones make no choices."""
LONGEST_WHY = 400
ATTEMPTS = 8
"""Problems that are tried to find one that comes out nicely."""
LONGEST = 6.0
"""Seconds after which no further question is begun: some problems take long to solve."""
TRIES = 12
"""Problems that are tried for each question."""
_NO_ANSWER = (Unsolved, Undefined, Unsupported, TooLarge)

_ASKED: dict[str, Texts] = {
    "solve_equation": ("Solve {formula}.", "방정식 {formula}의 해는?"),
    "solve_inequality": ("Solve {formula}.", "부등식 {formula}의 해는?"),
    "solve_system": ("Solve {formula}.", "연립방정식 {formula}의 해는?"),
    "differentiate": ("What is {formula}?", "{formula}[을] 구하면?"),
    "integrate": ("What is {formula}?", "{formula}[을] 구하면?"),
    "limit": ("What is {formula}?", "{formula}의 값은?"),
    "expand_this": ("Expand {formula}.", "{formula}[을] 전개하면?"),
    "factor_this": ("Factor {formula}.", "{formula}[을] 인수분해하면?"),
    "simplify_this": ("Simplify {formula}.", "{formula}[을] 간단히 하면?"),
    "evaluate": ("What is {formula}?", "{formula}의 값은?"),
    "as_percent": ("Write {formula} as a percentage.", "{formula}[을] 백분율로 나타내면?"),
    "as_fraction": ("Write {formula} as a fraction in lowest terms.", "{formula}[을] 기약분수로 나타내면?"),
    "complete_square_of": ("Complete the square in {formula}.", "{formula}[을] 완전제곱식으로 나타내면?"),
    "gcd": ("What is the greatest common divisor of {formula}?", "{formula}의 최대공약수는?"),
    "lcm": ("What is the least common multiple of {formula}?", "{formula}의 최소공배수는?"),
    "mean": ("What is the mean of {formula}?", "{formula}의 평균은?"),
    "divisors": ("What are all divisors of {formula}?", "{formula}의 약수를 모두 고르면?"),
    "tangent_to": ("What is the tangent to the curve {formula}?", "{formula}에서의 접선의 방정식은?"),
    "primes": ("What is the prime factorisation of {formula}?", "{formula}[을] 소인수분해하면?"),
}
_AT: Texts = ("What is {formula} at {place}?", "{place}일 때 {formula}의 값은?")
_WITHIN: Texts = ("Solve {formula} for {place}.", "{place}에서 방정식 {formula}의 해는?")


@dataclass(frozen=True, slots=True)
class PosedProblem:
    """A problem as it was written; of a word problem, the words are needed to ask another one like it."""

    problem: Problem
    text: str


def posed_problems(text: str) -> list[PosedProblem]:
    """The problems that a text poses, and that are solved here."""
    try:
        reading = read_message(text)
    except UnreadableNumber:
        return []
    found = [] if reading.in_passing else [PosedProblem(problem, text) for problem in reading.problems]
    return [one for one in found if solved(one.problem) is not None]


def solved(problem: Problem) -> Solution | None:
    """The solution of a problem; None if there is none, or nothing to do."""
    try:
        solution = solve(problem)
    except _NO_ANSWER:
        return None
    return None if solution.says_nothing else solution


def problem_questions(
    posed: Sequence[PosedProblem],
    count: int,
    wording: Wording,
    rng: QuizRandom,
    besides: Sequence[str] = (),
) -> list[QuizQuestion]:
    """Up to `count` questions like the `posed` problems in turn, none that is one of the texts `besides`.

    Fewer, or none, where no such question can be made.
    """
    until = time.monotonic() + LONGEST
    first = rng.randrange(1_000)
    made: list[QuizQuestion] = []
    seen = set(besides)
    for place in range(count * TRIES):
        if len(made) == count or not posed or time.monotonic() > until:
            break
        base = posed[place % len(posed)]
        question = _question(base, first + place, wording, rng)
        if question is not None and question.text not in seen:
            seen.add(question.text)
            made.append(question)
    return made


def _question(base: PosedProblem, number: int, wording: Wording, rng: QuizRandom) -> QuizQuestion | None:
    other = _another(base, number, rng)
    solution = solved(other.problem) if other is not None else None
    if other is None or solution is None or not (solution.result and solution.steps):
        return None
    right = _answer(solution)
    if len(right) > LONGEST_ANSWER or (solution.remark is not None and solution.opening != "primes"):
        return None
    wrong = _wrong_answers(right, solution, rng)
    choices = with_choices(right, wrong, rng)
    text = _asked(other, solution, wording)
    if choices is None or text is None:
        return None
    shown = [_shown(choice, solution, wording) for choice in choices]
    return QuizQuestion(text, tuple(shown), choices.index(right), _why(solution, wording))


def _another(base: PosedProblem, number: int, rng: QuizRandom) -> PosedProblem | None:
    """Another problem of the same kind; of a word problem, its words with other numbers."""
    if base.problem.word is not None:
        text = _NUMBER.sub(lambda found: _other_number(found[0], rng), base.text)
        found = [one for one in posed_problems(text) if one.problem.word is not None]
        return found[0] if len(found) == 1 and _is_same_kind(base.problem, found[0].problem) else None
    for harder in [True, False] if rng.level == "hard" else [False]:
        try:
            return PosedProblem(similar_problem(base.problem, number + 1, harder=harder, attempts=ATTEMPTS), "")
        except _NO_ANSWER:
            continue
    return None


_NUMBER = re.compile(r"(?<![\w.^])\d+(?:\.\d+)?(?![\w.]|\s*%?\s*(?:번|학년))")


def _other_number(text: str, rng: QuizRandom) -> str:
    if "." in text:
        places = len(text.partition(".")[2])
        return f"{float(text) * rng.randint(2, 8) / 4:.{places}f}"
    value = int(text)
    if value < 10:
        return str(rng.randint(2, rng.of(9, 9, 19)))
    size = 10 ** (len(text) - 2) * (10 if value % 10 == 0 and value >= 100 else 1)
    least, most = max(1, value // size // 2), rng.of(value // size + 1, value // size * 2, value // size * 4)
    step = 10 if value % 10 == 0 and size == 1 else 1
    return str(max(step, rng.randint(least, max(least + 1, most)) * size // step * step))


def _is_same_kind(one: Problem, other: Problem) -> bool:
    """Whether two word problems ask for the same by the same formula, and the result is a number one can handle."""
    assert one.word is not None
    if other.word is None or (one.word.name, one.word.wanted) != (other.word.name, other.word.wanted):
        return False
    solution = solved(other)
    return solution is not None and len(solution.result) <= max(12, len(solve(one).result) + 3)


def _answer(solution: Solution) -> str:
    """The result without its decimal value, and without what it is the factors of."""
    parts = [part.partition(r" \approx ")[0] for part in solution.result.split(" <or> ")]
    if solution.opening == "primes":
        return parts[0].partition(" = ")[2]
    for place, part in enumerate(parts):
        left, _, _ = part.partition(" = ")
        if not re.search(r"[A-Za-z]", re.sub(r"\\[a-z]+", "", left)):  # 26/3 = 8 2/3
            parts[place] = left
    return " <or> ".join(parts)


def _shown(answer: str, solution: Solution, wording: Wording) -> str:
    """An answer as a choice: formulas between dollars, and a unit behind them."""
    parts = re.split(r"\s*<(or|and)>\s*", answer)
    text = " ".join(wording.say(part) if place % 2 else f"${part}$" for place, part in enumerate(parts))
    unit = re.sub(r"⟪(.*?)\|(.*?)⟫", lambda both: both[1 if wording.language == "en" else 2], solution.unit)
    return text + unit


def _asked(other: PosedProblem, solution: Solution, wording: Wording) -> str | None:
    """The question in words; None if it cannot be asked by this kind of solution."""
    problem = other.problem
    if problem.word is not None:
        return other.text.strip()
    formula, place = solution.problem, ""
    if solution.opening == "solve_system":
        formula = r",\; ".join(node_latex(node) for node in problem.nodes)
    texts = _ASKED.get(solution.opening)
    if problem.values and solution.opening != "tangent_to":
        texts = _AT
        place = r",\; ".join(f"{name} = {node_latex(value)}" for name, value in problem.values)
    elif problem.within is not None:
        texts, place = _WITHIN, node_latex(problem.within)
    if texts is None:
        return None
    said = in_language(texts, wording.language).format(formula=f"${formula}$", place=f"${place}$")
    return with_particles(said) if wording.language == "ko" else said


def _why(solution: Solution, wording: Wording) -> str:
    """The steps in one line, without those at the beginning if they are too many."""
    steps = []
    for one in solution.steps:
        said = wording.say(one.key, one.values)
        steps.append(f"{said}: {wording.formula(one.math)}" if one.math else said)
    while len(steps) > 1 and sum(map(len, steps)) > LONGEST_WHY:
        steps.pop(0)
    return "; ".join(steps)


# Wrong answers


_DIGITS = re.compile(r"(?<![\w.\\])\d+(?:\.\d+)?(?![\d.])")


def _wrong_answers(right: str, solution: Solution, rng: QuizRandom) -> list[str]:
    """Answers with a slip, likely ones first; none has the value of the right one, or of another."""
    slips = list(dict.fromkeys([*_sign_slips(right, solution), *_shuffled(_number_slips(right), rng)]))
    values = [_value(right)]
    found = []
    for slip in slips:
        value = _value(slip)
        if slip != right and value is not None and all(not _equal(value, other) for other in values):
            values.append(value)
            found.append(slip)
        if len(found) == CHOICES - 1:
            break
    return found


def _shuffled(slips: Iterator[str], rng: random.Random) -> list[str]:
    every = list(slips)
    rng.shuffle(every)
    return every


def _sign_slips(right: str, solution: Solution) -> Iterator[str]:
    """The right answer with a sign the wrong way round."""
    if solution.opening == "solve_inequality":
        yield right.translate(str.maketrans("<>", "><")) if "<or>" not in right else _swapped_outside_words(right)
    if solution.opening in {"divisors", "gcd", "lcm", "mean", "primes"} or solution.opening.startswith("formula_"):
        return
    for match in list(re.finditer(r"(?<!=) [+-] ", right))[:2]:
        if right[match.end() :].startswith("C"):
            continue
        sign = " - " if match[0] == " + " else " + "
        yield right[: match.start()] + sign + right[match.end() :]
    if re.fullmatch(r"-?[\d./{}\\a-z]+", right):
        yield right[1:] if right.startswith("-") else f"-{right}"
    flipped = re.sub(r"= (-?)(?=[1-9\\])", lambda sign: "= " if sign[1] else "= -", right)
    if flipped != right:
        yield flipped


def _swapped_outside_words(right: str) -> str:
    return re.sub(r" [<>] ", lambda sign: " > " if sign[0] == " < " else " < ", right)


def _number_slips(right: str) -> Iterator[str]:
    """The right answer with one number that is a little off."""
    numbers = list(_DIGITS.finditer(right))
    for match in [each for each in numbers if right[: each.start()][-2:] != "^{"] or numbers:
        if "." in match[0]:
            others = [f"{float(match[0]) * factor:g}" for factor in (10, 0.1, 2)]
        else:
            value = int(match[0])
            near = {value + 1, value - 1, value + 2, 2 * value, value + 10 if value > 9 else value + 3}
            others = [str(one) for one in sorted(near) if one > 1 and one != value]
        for other in others:
            yield right[: match.start()] + other + right[match.end() :]
    if not _DIGITS.search(right):
        yield from (f"{factor} {right}" for factor in (2, 3, 4))


_POINTS = (sp.Rational(17, 10), sp.Rational(23, 7), sp.Rational(31, 9), sp.Rational(5, 4), sp.Rational(41, 11))


def _value(answer: str) -> tuple[Any, ...] | str | None:
    """What an answer is worth, to compare it with others; None if it makes no sense, such as a division by 0."""
    values: list[Any] = []
    for part in sorted(re.split(r" <(?:or|and)> ", answer)):
        for piece in re.split(r",\\;\s*|(?:[<>=]|\\[lg]eq?(?![a-z]))", part):
            try:
                values.append(_number(piece.strip()))
            except _NO_ANSWER:
                return None
            except (ValueError, UnreadableNumber, ParseError, TypeError):
                return answer  # it cannot be calculated: its text tells it from others
    signs = "".join(re.findall(r"[<>=]", answer.replace("<or>", "").replace("<and>", "")))
    return (*values, signs)


def _number(latex: str) -> Any:
    """The value of a formula where its letters have fixed values."""
    if not latex:
        return 0
    expr = to_sympy(parse(tokenize(latex)))
    free = sorted(expr.free_symbols, key=str)
    value = complex(sp.N(expr.subs(dict(zip(free, _POINTS, strict=False)))))
    if value != value or abs(value) == float("inf"):  # noqa: PLR0124 - not a number
        raise Undefined
    return value


def _equal(one: tuple[Any, ...] | str, other: tuple[Any, ...] | str | None) -> bool:
    if isinstance(one, str) or isinstance(other, str) or other is None or len(one) != len(other):
        return one == other
    return one[-1] == other[-1] and all(
        abs(left - right) <= 1e-9 * max(1.0, abs(right)) for left, right in zip(one[:-1], other[:-1], strict=True)
    )
