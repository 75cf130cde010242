"""Judges a student's answer by the right one: values, expressions, points, inequalities, in whatever form is typed.

What can be meant in two ways counts as right if one of them is; what cannot be read is left to others (None).
"""

import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any, Final, Literal

from maths.keys.choice_reading import Region, Values, point_of, region_of, saying_of, values_of
from maths.keys.equivalence import same
from maths.keys.formula_reading import NotRead, choice_text, expression_of, read_formula
from maths.keys.number_forms import has_form
from maths.keys.question_tasks import Form
from maths.reading.lexer import UnreadableNumber, tokenize
from maths.reading.nodes import (
    Frac,
    Mixed,
    Neg,
    Node,
    Num,
    Postfix,
    Power,
    Product,
    Rel,
    Root,
    Substitution,
    Sum,
    Sym,
    rewrite,
    variables_of,
    walk,
)
from maths.reading.parser import parse
from maths.reading.spans import find_spans
from maths.reading.token_cursor import ParseError
from maths.values.evaluation import value_of
from maths.values.numbers import NoRealValue, NotCalculable, same_value

Judged = Literal["right", "partly", "wrong"]

LONGEST_ANSWER: Final = 300
"""Characters of an answer that is read; an essay is for others to judge."""
MAX_DIGITS_TO_PRINT: Final = 10_000
_NOT_READ: Final = (NotRead, NotCalculable, NoRealValue, UnreadableNumber, ParseError, RecursionError)

_LEAD: Final = re.compile(
    r"^\s*(?:(?:so|then|hence|therefore|ok(?:ay)?|i (?:think|got|get|found|say)|it'?s|it is|my|the|final|answer"
    r"|solution|result|value|is|are|equals?|would be|must be|maybe|perhaps|probably|that)(?![A-Za-z])"
    r"|(?:제|내|최종)(?=\s)|(?:답|정답|결과|값|해|근)(?=[은는이가:,\s])|그래서|따라서|아마|혹시)(?:[은는이가:,]|\s)*",
    re.IGNORECASE,
)
_TAIL: Final = re.compile(
    r"\s*(?:입니다|이에요|예요|이다|이요|요|인가요|같아요|인\s*것\s*같아요|맞나요|맞아요|(?:is\s+)?(?:that\s+)?(?:right|correct)"
    r"|i\s+think|please)?\s*[.?!~]*\s*$",
    re.IGNORECASE,
)
_NAMED: Final = re.compile(r"^\s*([A-Za-z])\s*(?:는|은|이|가|값은|is|equals?|:)\s*(?=[-+\d\\(√.])", re.IGNORECASE)
_UNIT: Final = re.compile(
    r"^(?P<value>.*?[\d)}\]])\s*(?P<unit>%|°C?|[€$£₩]|(?:\\(?:text|mathrm)\s*\{\s*[^{}]{1,20}\})|"
    r"(?:[A-Za-z]{1,3}[²³23]?(?:/[A-Za-z]{1,3}[²³23]?)?|[A-Za-z]{4,20}|[가-힣]{1,6}))(?:\s*$)"
)
_NO_LETTERS: Final = re.compile(r"^\s*[A-Za-z]\s*=|\\[a-z]+|\bpi\b|\be\b")
"""Letters that a number with a unit may have: `v = 60 km/h`, `\\frac`."""
_CURRENCY: Final = re.compile(r"^\s*[€£₩]\s*(?=\d)|^\s*\$\s*(?=[\d,.]+\s*$)")
_DECIMAL_COMMA: Final = re.compile(r"(?<![\d.,])(\d+),(\d+)(?![\d.,])")
_FORMS: Final[tuple[tuple[Form, re.Pattern[str]], ...]] = (
    ("factored", re.compile(r"factor(?!ial)|인수\s*분해", re.IGNORECASE)),
    ("expanded", re.compile(r"expand|multiply out|전개", re.IGNORECASE)),
    ("simplified", re.compile(r"simplif|simplest|lowest terms|reduce|간단|약분", re.IGNORECASE)),
    ("mixed", re.compile(r"mixed number|대분수로", re.IGNORECASE)),
    ("improper", re.compile(r"improper fraction|가분수로", re.IGNORECASE)),
    ("scientific", re.compile(r"scientific notation|과학적 표기", re.IGNORECASE)),
    ("decimal", re.compile(r"as a decimal|into a decimal|소수로", re.IGNORECASE)),
    ("fraction", re.compile(r"as a fraction|into a fraction|분수로", re.IGNORECASE)),
    ("percent", re.compile(r"as a per\s?cent|into a per\s?cent|백분율로|퍼센트로", re.IGNORECASE)),
)


@dataclass(frozen=True, slots=True)
class _Written:
    """An answer without the words around it, and its unit."""

    text: str
    unit: str = ""


def check_student_answer(problem: str, answer: str, given: str, earlier: list[str]) -> dict[str, Any]:
    """What a worker process does with a student's answer.

    `verdict`: right, partly (some of the values, or not in the form that is asked for), wrong, or None where that
    cannot be told; `read`: algebra could read it; `repeated`: it means the same as one of the `earlier` answers.
    """
    sys.set_int_max_str_digits(MAX_DIGITS_TO_PRINT)
    verdict = judge(problem, answer, given)
    repeated = any(_means_same(given, each) for each in earlier)
    return {"verdict": verdict, "read": verdict is not None or is_readable(given), "repeated": repeated}


def is_readable(text: str) -> bool:
    """Whether an answer is one that algebra can read."""
    return any(_is_read(each.text) for each in _readings(text))


def judge(problem: str, answer: str, given: str) -> Judged | None:
    """Whether an answer is right; None if that cannot be told."""
    if len(given) > LONGEST_ANSWER or len(answer) > LONGEST_ANSWER or not given.strip():
        return None
    found: list[Judged | None] = [
        _judged(problem, expected, said) for expected in _readings(answer) for said in _readings(given)
    ]
    verdicts: tuple[Judged, ...] = ("right", "partly", "wrong")
    return next((verdict for verdict in verdicts if verdict in found), None)


def _means_same(one: str, other: str) -> bool:
    if " ".join(one.split()) == " ".join(other.split()):
        return True
    return judge("", one, other) == "right"


# The words around an answer


def _readings(text: str) -> Iterator[_Written]:
    """The ways to read what was typed: `3,5` as one number or as two, `5 m` as metres or as a product."""
    bare = _bare(text)
    for each in dict.fromkeys((bare, _DECIMAL_COMMA.sub(r"\1.\2", bare))):
        measured = _with_unit(each)
        if measured is None or _is_read(each):
            yield _Written(each)
        if measured is not None:
            yield measured


def _bare(text: str) -> str:
    """An answer without `the answer is`, `답은`, `입니다`."""
    bare = " ".join(re.sub(r"\\[()\[\],;:! ]", " ", text.replace("−", "-")).split())
    bare = _CURRENCY.sub("", bare)
    for _ in range(6):
        shorter = _LEAD.sub("", bare, count=1)
        if saying_of(bare) is not None or shorter == bare or not shorter.strip():
            break
        bare = shorter
    if saying_of(bare) is not None:
        return bare
    bare = _TAIL.sub("", bare).strip() or bare
    return _NAMED.sub(r"\1 = ", bare, count=1)


def _with_unit(text: str) -> _Written | None:
    """A number with its unit; None if there is no unit behind it."""
    found = _UNIT.match(text if "\\text" in text or "\\mathrm" in text else choice_text(text).rstrip("."))
    if found is None or re.search(r"[A-Za-z]", _NO_LETTERS.sub("", found["value"])):
        return None
    unit = re.sub(r"\\(?:text|mathrm)\s*\{\s*([^{}]*?)\s*\}", r"\1", found["unit"])
    unit = unit.lower().replace("²", "2").replace("³", "3")
    is_product = len(unit) == 1 and unit.isascii() and unit.isalpha() and unit not in _SIZES
    return None if is_product or not _is_read(found["value"]) else _Written(found["value"], unit)


def _is_read(text: str) -> bool:
    return saying_of(text) is not None or any(_reads(read, text) for read in (values_of, _formula, _pair, _any_region))


def _reads(read: Any, text: str) -> bool:
    try:
        read(text)
    except _NOT_READ:
        return False
    return True


def _formula(text: str) -> Node:
    return read_formula(choice_text(text))


def _pair(text: str) -> dict[str, Node]:
    names = sorted(set(re.findall(r"(?<![A-Za-z])([a-z])\s*=", text))) or ["x", "y"]
    return point_of(text, names)


def _any_region(text: str) -> Region:
    names = re.findall(r"(?<![A-Za-z\\])([a-z])(?![A-Za-z])", text)
    return region_of(text, names[0] if names else "x")


# The judgement


def _judged(problem: str, expected: _Written, said: _Written) -> Judged | None:
    factor = _unit_factor(expected.unit, said.unit)
    if factor is None:
        return None
    for compare in (_by_saying, _by_values, _by_point, _by_region, _by_expression):
        try:
            found = compare(problem, expected, said, factor)
        except _NOT_READ:
            continue
        if found is not None:
            return found
    # Both can be read, and are of different kinds: a value where an expression is wanted.
    return "wrong" if _is_read(expected.text) and _is_read(said.text) else None


def _unit_factor(expected: str, said: str) -> Fraction | None:
    """By what the student's number is to be multiplied; None if the units cannot be compared."""
    if not expected or not said or expected == said or expected.rstrip("s") == said.rstrip("s"):
        return Fraction(1)
    sizes = [_SIZES.get(unit) for unit in (said, expected)]
    if sizes[0] is None or sizes[1] is None or sizes[0][0] != sizes[1][0]:
        return None
    return sizes[0][1] / sizes[1][1]


def _by_saying(_problem: str, expected: _Written, said: _Written, _factor: Fraction) -> Judged | None:
    """`no solution`, `all real numbers`: one of the two is a sentence."""
    one, other = saying_of(expected.text), saying_of(said.text)
    if one is None and other is None:
        return None
    if one is None or other is None:
        return "wrong" if _is_read(said.text) and _is_read(expected.text) else None
    return "right" if one == other else "wrong"


def _by_values(problem: str, expected: _Written, said: _Written, factor: Fraction) -> Judged | None:
    right, given = values_of(expected.text), values_of(said.text)
    if right.name is not None and given.name is not None and right.name != given.name:
        return "wrong"
    wanted = [value_of(node, {}) for node in right.nodes]
    numbers = [value_of(node, {}) * factor for node in given.nodes]
    fits = [[same_value(number, value) for value in wanted] for number in numbers]
    if any(True not in row and None in row for row in fits):
        return None
    if any(True not in row for row in fits):
        return _rounded(wanted, numbers, said) or "wrong"
    if any(not any(row[place] is True for row in fits) for place in range(len(wanted))):
        return "partly"
    return _in_form(problem, right, given)


def _rounded(wanted: Sequence[Any], numbers: Sequence[Any], said: _Written) -> Judged | None:
    """A decimal of two places or more that is the value rounded is right."""
    places = [len(part) for part in re.findall(r"\.(\d+)", said.text)]
    if len(wanted) != 1 or len(numbers) != 1 or len(places) != 1 or places[0] < 2:
        return None
    off = abs(float(numbers[0]) - float(wanted[0]))
    irrational = not isinstance(wanted[0], Fraction) or 10 ** places[0] % wanted[0].denominator != 0
    return "right" if irrational and off <= 0.5000001 * 10 ** -places[0] else None


def _in_form(problem: str, right: Values, given: Values) -> Judged | None:
    """Values that are equal; `6/8` where the lowest terms are asked for, or the sum itself, is not all of it."""
    if len(given.nodes) != 1 or given.name is not None:
        return "right"
    node = given.nodes[0]
    asked = _form_asked(problem)
    if asked is not None and has_form(node, asked) is False and has_form(right.nodes[0], asked) is not False:
        return "partly"
    if not _is_number(node) and _is_number(right.nodes[0]) and _is_arithmetic(problem):
        return "partly"
    return "right"


def _is_number(node: Node) -> bool:
    """Whether a value is worked out: a number, a fraction, a mixed number, with a sign or as a percentage."""
    match node:
        case Neg(inner) | Postfix("%", inner):
            return _is_number(inner)
        case Num() | Mixed():
            return True
        case Frac(Num(), Num()) | Product((("*", Num()), ("/", Num()))):
            return True
    return False


def _is_arithmetic(problem: str) -> bool:
    """Whether a problem asks to work out numbers alone: `3 + 4`, and no equation."""
    nodes = list(_formulas_in(problem))
    worked = [node for node in nodes if isinstance(node, Sum | Product | Power | Root | Frac)]
    return bool(worked) and not any(variables_of(node) or isinstance(node, Rel) for node in nodes)


def _formulas_in(text: str) -> Iterator[Node]:
    try:
        tokens = tokenize(choice_text(text))
    except UnreadableNumber:
        return
    for span in find_spans(tokens):
        try:
            yield parse(span.tokens)
        except (ParseError, UnreadableNumber, RecursionError, ValueError):
            continue


def _form_asked(problem: str) -> Form | None:
    return next((form for form, words in _FORMS if words.search(problem)), None)


def _by_point(_problem: str, expected: _Written, said: _Written, _factor: Fraction) -> Judged | None:
    """Values of several unknowns: `x = 1, y = 2`, `(1, 2)`."""
    names = sorted(set(re.findall(r"(?<![A-Za-z])([a-z])\s*=", expected.text)))
    if not names:
        names = ["x", "y", "z"][: expected.text.count(",") + 1]
    if len(names) < 2:
        return None
    wanted = point_of(expected.text, names)
    try:
        given = point_of(said.text, names)
    except NotRead:
        one = values_of(said.text)
        if one.name not in wanted or len(one.nodes) != 1:
            raise
        held = same_value(value_of(one.nodes[0], {}), value_of(wanted[one.name], {}))
        return None if held is None else "partly" if held else "wrong"
    held_each = [same_value(value_of(given[name], {}), value_of(wanted[name], {})) for name in names]
    if None in held_each:
        return None
    return "right" if all(held_each) else "wrong"


def _by_region(_problem: str, expected: _Written, said: _Written, _factor: Fraction) -> Judged | None:
    """Inequalities and intervals."""
    names = re.findall(r"(?<![A-Za-z\\])([a-z])(?![A-Za-z])", expected.text) or re.findall(
        r"(?<![A-Za-z\\])([a-z])(?![A-Za-z])", said.text
    )
    name = names[0] if names else "x"
    if not re.search(r"[<>≤≥∞∈]|\\(?:le|ge|lt|gt|infty|in)\b|\([^()]*,[^()]*\]|\[[^\[\]]*,", expected.text):
        return None
    wanted, given = region_of(expected.text, name), region_of(said.text, name)
    if not wanted.bounds and not given.bounds:
        return None
    tried = _test_points([*wanted.bounds, *given.bounds])
    return "right" if all(wanted.holds(point) == given.holds(point) for point in tried) else "wrong"


def _test_points(bounds: Sequence[Any]) -> list[Any]:
    """The bounds, points between them, and one beyond each end."""
    ends = sorted({*bounds}, key=float)
    between = [(one + other) / 2 for one, other in pairwise(ends)]
    return [ends[0] - 1, *ends, *between, ends[-1] + 1]


def _by_expression(problem: str, expected: _Written, said: _Written, _factor: Fraction) -> Judged | None:
    """Expressions with variables, as of a derivative; of an integral up to its constant."""
    right, given = _formula(expected.text), _formula(said.text)
    asked_names = sorted({name for node in _formulas_in(problem) for name in variables_of(node)})
    right, given = expression_of(_turned(right), asked_names), expression_of(_turned(given), asked_names)
    if isinstance(right, Rel) and isinstance(given, Rel):
        return _by_relation(right, given)
    if isinstance(right, Rel) or isinstance(given, Rel):
        raise NotRead
    if not variables_of(right) and not variables_of(given):
        return None
    constant = _constant(right)
    if constant is not None:
        own = _constant(given)
        without = [rewrite(node, Substitution(name, Num(Fraction(0), "0"))) if name else node
                   for node, name in ((right, constant), (given, own))]  # fmt: skip
        held = same(without[0], without[1])
        return None if held is None else ("right" if own else "partly") if held else "wrong"
    held = same(right, given)
    if held is None:
        return None
    if not held:
        return "wrong"
    if any(given == node for node in _formulas_in(problem)) and given != right:
        return "partly"
    asked = _form_asked(problem)
    if asked is not None and has_form(given, asked) is False and has_form(right, asked) is not False:
        return "partly"
    return "right"


def _turned(node: Node) -> Node:
    """`2x + 1 = y` as `y = 2x + 1`."""
    match node:
        case Rel(("=",), (left, Sym() as name)) if not isinstance(left, Sym):
            return Rel(("=",), (name, left))
    return node


def _by_relation(right: Rel, given: Rel) -> Judged | None:
    """`y = 2x + 1` and `2x + 1 = y`; other equations are left to others."""
    if right.ops != ("=",) or given.ops != ("=",):
        raise NotRead
    solved = {side.name: right.sides[1 - place] for place, side in enumerate(right.sides) if isinstance(side, Sym)}
    for place, side in enumerate(given.sides):
        if isinstance(side, Sym) and side.name in solved:
            held = same(solved[side.name], given.sides[1 - place])
            return None if held is None else "right" if held else "wrong"
    raise NotRead


def _constant(node: Node) -> str | None:
    """The name of a constant of integration: a term that is `C`, or another capital letter."""
    terms = node.terms if isinstance(node, Sum) else ()
    names = [term.name for _, term in terms if isinstance(term, Sym) and (term.name.isupper() or term.name in "ck")]
    used = [one.name for one in walk(node) if isinstance(one, Sym)]
    alone = [name for name in names if used.count(name) == 1]
    return alone[0] if len(alone) == 1 and len(set(used)) > 1 else None


def _sizes() -> dict[str, tuple[str, Fraction]]:
    kinds: dict[str, dict[str, Any]] = {
        "length": {"mm": Fraction(1, 1000), "cm": Fraction(1, 100), "m": 1, "km": 1000, "meter": 1, "meters": 1,
                   "metre": 1, "metres": 1, "밀리미터": Fraction(1, 1000), "센티미터": Fraction(1, 100), "미터": 1,
                   "킬로미터": 1000},
        "area": {"mm2": Fraction(1, 10**6), "cm2": Fraction(1, 10**4), "m2": 1, "km2": 10**6},
        "volume": {"cm3": 1, "ml": 1, "l": 1000, "m3": 10**6},
        "time": {"s": 1, "sec": 1, "seconds": 1, "min": 60, "minutes": 60, "h": 3600, "hours": 3600, "초": 1, "분": 60,
                 "시간": 3600},
        "mass": {"mg": Fraction(1, 1000), "g": 1, "kg": 1000, "t": 10**6, "그램": 1, "킬로그램": 1000},
        "speed": {"m/s": 1, "km/h": Fraction(5, 18)},
    }  # fmt: skip
    return {unit: (kind, Fraction(size)) for kind, units in kinds.items() for unit, size in units.items()}


_SIZES: Final = _sizes()
