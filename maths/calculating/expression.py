"""The value of an expression: exact, and as a decimal."""

import re
from collections.abc import Sequence
from fractions import Fraction
from typing import Any, Final

import sympy as sp

from maths.calculating.measures import has_units, measured
from maths.calculating.notation import plain_notation
from maths.calculating.refusal import Refused
from maths.keys.formula_reading import NotRead, is_ambiguous, plain_text, tree_of
from maths.reading.arithmetic_in_words import with_signs
from maths.reading.lexer import Token, UnreadableNumber, tokenize
from maths.reading.message_reader import read_message
from maths.reading.nodes import Call, Const, Limit, Node, Num, Postfix, Rel, Sum, variables_of, walk
from maths.reading.spans import times_for_x
from maths.solving.arithmetic import exact_value
from maths.solving.solution import Unsolved
from maths.solving.solver import solve
from maths.solving.to_sympy import TooLarge, Undefined, Unsupported
from maths.values.evaluation import value_of
from maths.values.numbers import REALS, NoRealValue, NotCalculable, NoValue, Value, real, same_value
from maths.writing.latex import node_latex

LONGEST: Final = 600
MOST_DIGITS: Final = 1_000
"""The most digits of a whole number that is told in full."""
DIGITS: Final = 15
"""The significant digits of a decimal that does not end."""
LONGEST_DECIMAL: Final = 30
LONGEST_VALUE: Final = 400
"""Characters of an exact value that is no whole number; a longer one is told as a decimal alone."""
LONGEST_SHOWN: Final = 1_500

_BY_WORDS: Final = frozenset({"gcd", "lcm", "mean", "percent", "fraction"})
_ROUND: Final = re.compile(r"^\s*round\s*\((?P<inner>.*?)(?:,\s*(?P<places>\d{1,2}))?\)\s*$", re.DOTALL)
_MODULO: Final = re.compile(r"\s(?:mod|\\bmod|\\pmod)\s|\\bmod\b|\\pmod\b|(?<=[\d)])\s*%\s*(?=[\d(])|//")
_MOD_CALL: Final = re.compile(r"^\s*mod\s*\((?P<left>[^,()]+),(?P<right>[^,()]+)\)\s*$", re.IGNORECASE)
_PERCENT_OF_WHAT: Final = re.compile(r"[-+−–]\s*\d+(?:\.\d+)?\s*\\?%")
_SEVERAL: Final = re.compile(r"[;\n](?=\s*\S)")
_RELATIONS: Final = {
    "=": lambda order: order == 0, "!=": lambda order: order != 0, "<": lambda order: order < 0,
    ">": lambda order: order > 0, "<=": lambda order: order <= 0, ">=": lambda order: order >= 0,
}  # fmt: skip

NOT_READ: Final = (
    "I cannot read this as one expression. Write it with signs and numbers alone, as in `(3/4 + 1/6) * 12`, "
    "`sqrt(2)^3`, `15% * 80` or `5 km + 300 m`; for words or unknowns use solve."
)
AMBIGUOUS: Final = "This can be read in two ways. Put brackets, as in `6/(2(1+2))` or `(6/2)(1+2)`, and `/` for `:`."
DOUBLE: Final = "`!!` can be meant in two ways. Write `(3!)!`, or the double factorial as a product."
PERCENT: Final = (
    "A percentage added to a number can be meant in two ways. Write `80 * 1.15` (15 % more), `80 * 0.85` (15 % less), "
    "or `80 + 0.15`."
)
LETTERS: Final = "There is an unknown letter in it. Give every letter a value, or use solve."
UNDEFINED: Final = "This has no value: it divides by 0, or takes a logarithm or a power that is not defined."
SEVERAL: Final = "This is more than one expression. Call the function once for each."
TOO_LONG: Final = f"This is too long: at most {LONGEST} characters can be read."
TOO_LARGE: Final = "The result is too large to calculate exactly{digits}. Estimate it with logarithms instead."
UNSURE: Final = "Two ways of calculating this do not agree, so I do not tell a value. Write it in another form."


def calculate(expression: str) -> dict[str, Any]:
    """The `value` of an expression in LaTeX, its `decimal`, and how it was `read`; or an `error`, a sentence.

    `holds` takes the place of the value where sides are compared, `1/3 + 1/6 = 1/2`. A `note` says what was assumed.
    """
    try:
        return _calculated(expression)
    except Refused as refusal:
        return {"error": str(refusal)}
    except TooLarge as error:
        digits = f": it would have {error.digits:,} digits" if error.digits else ""
        return {"error": TOO_LARGE.format(digits=digits)}
    except (Undefined, NoRealValue):
        return {"error": UNDEFINED}
    except UnreadableNumber:
        return {"error": "A number in it has too many digits to be read: at most 400."}
    except (Unsupported, Unsolved, NoValue, RecursionError):
        return {"error": "I can read this, but not calculate it."}


def _calculated(expression: str) -> dict[str, Any]:
    if len(expression) > LONGEST:
        raise Refused(TOO_LONG)
    text = plain_notation(expression)
    if _SEVERAL.search(text):
        raise Refused(SEVERAL)
    if "!!" in text:
        raise Refused(DOUBLE)
    if (outer := _rounded(text) or _modulo(text)) is not None:
        return outer
    if has_units(text):
        return _with_units(text)
    node = _tree(text)
    if isinstance(node, dict):
        return node
    if _PERCENT_OF_WHAT.search(text):  # else words say what it is of: `20% off 50`
        _refuse_percent(node)
    return _of_node(node)


def _refuse_percent(node: Node) -> None:
    """`80 + 15%` is refused; `5% + 3%`, and `1 - 5%`, which is the same both ways, are not."""
    for part in walk(node):
        if isinstance(part, Sum):
            marks = [isinstance(term, Postfix) and term.mark == "%" for _, term in part.terms]
            first = part.terms[0][1]
            whole = isinstance(first, Num) and first.value == 1 and len(marks) == 2
            if any(marks) and not all(marks) and not whole:
                raise Refused(PERCENT)


def _of_node(node: Node) -> dict[str, Any]:
    if _unknowns(node):
        raise Refused(LETTERS)
    if isinstance(node, Rel):
        return _compared(node)
    value = exact_value(node)
    if not value.is_number or value.free_symbols:
        raise Refused(LETTERS)
    _agree(node, value)
    return {**_told(value), "read": _shown(node_latex(node)), **_notes(node)}


def _unknowns(node: Node) -> set[str]:
    """The letters that nothing binds."""
    try:
        return {str(one) for one in exact_value(node).free_symbols} if not isinstance(node, Rel) else _free(node)
    except (TooLarge, Undefined, Unsupported):
        if any(isinstance(part, Call | Limit) for part in walk(node)):
            raise
        return set(variables_of(node)) if not isinstance(node, Rel) else set()


def _free(relation: Rel) -> set[str]:
    return {name for side in relation.sides for name in _unknowns(side)}


def _agree(node: Node, value: Any) -> None:
    """Raise Refused where sympy's value is not the one that plain arithmetic gives."""
    try:
        other = value_of(node, {})
    except NoValue:
        return
    if same_value(other, _number(value)) is False:
        raise Refused(UNSURE)


def _number(value: Any) -> Value:
    if value.is_Rational:
        return Fraction(int(value.p), int(value.q))
    return REALS.mpmathify(value.evalf(60))


def _compared(node: Rel) -> dict[str, Any]:
    values = [_number(exact_value(side)) for side in node.sides]
    held = []
    for op, left, right in zip(node.ops, values, values[1:], strict=False):
        same = same_value(left, right)
        if same is None:
            raise NotCalculable
        order = 0 if same else 1 if real(left) > real(right) else -1
        held.append(_RELATIONS[op](order))
    sides = [_told(exact_value(side)) for side in node.sides]
    return {"holds": all(held), "sides": sides, "read": _shown(node_latex(node)), **_notes(node)}


def _told(value: Any) -> dict[str, Any]:
    """A sympy number as LaTeX and as a decimal."""
    if value.has(sp.oo, -sp.oo, sp.zoo, sp.nan):
        raise Undefined
    if value.is_Integer:
        digits = str(abs(int(value)))
        if len(digits) > MOST_DIGITS:
            return {"decimal": _scientific(value), "digits": len(digits)}
        return {"value": str(int(value))}
    if not value.is_real:
        return {"value": _shown(sp.latex(value)), "note": "This is not a real number."}
    latex = sp.latex(value)
    told: dict[str, Any] = {"value": latex} if len(latex) <= LONGEST_VALUE else {}
    ending = _ending_decimal(value)
    return {**told, "decimal": ending} if ending else {**told, "decimal_about": _significant(_number(value))}


def _ending_decimal(value: Any) -> str:
    """The decimal of a fraction that ends after a few places; else empty."""
    if not value.is_Rational:
        return ""
    rest, places = int(value.q), 0
    while rest > 1 and places <= LONGEST_DECIMAL:
        rest //= sp.igcd(rest, 10)
        places += 1
        if sp.igcd(rest, 10) == 1 and rest > 1:
            return ""
    if places > LONGEST_DECIMAL:
        return ""
    scaled = str(abs(int(value.p)) * 10**places // int(value.q)).rjust(places + 1, "0")
    return f"{'-' if value < 0 else ''}{scaled[:-places]}.{scaled[-places:]}"


def _significant(value: Value) -> str:
    return re.sub(r"\.0(?=e|$)", "", str(REALS.nstr(real(value), DIGITS)))


def _scientific(value: Any) -> str:
    exponent = len(str(abs(int(value)))) - 1
    return f"{_significant(Fraction(int(value), 10**exponent))}e{exponent}"


def _shown(latex: str) -> str:
    return latex if len(latex) <= LONGEST_SHOWN else latex[:LONGEST_SHOWN] + "…"


def _notes(node: Node) -> dict[str, str]:
    """What was assumed where people differ."""
    notes = []
    for part in walk(node):
        match part:
            case Call("sin" | "cos" | "tan" | "cot" | "sec" | "csc", (Num(value=value),)) if value:
                notes.append("The angle was taken in radians; write ° behind degrees.")
            case Call("log", _, None):
                notes.append("log without a base was taken as the decimal logarithm; write ln for the natural one.")
            case Const("i"):
                notes.append("i was taken as the imaginary unit.")
    return {"note": " ".join(dict.fromkeys(notes))} if notes else {}


def _tree(text: str) -> Node | dict[str, Any]:
    """The tree of an expression; or, where words stand in it, what the reader of problems makes of them."""
    for attempt in (text, with_signs(text)):
        tokens = tuple(tokenize(plain_text(attempt)))
        if not tokens:
            raise Refused("There is no expression in it.")
        if any(token.kind in {"word", "break"} for token in tokens):
            continue
        if attempt is text and any(token.text == "dots" for token in tokens):
            continue
        return _parsed(tokens)
    return _by_words(text)


def _parsed(tokens: Sequence[Token]) -> Node:
    if len(tokens) == 1 and tokens[0].kind == "name":
        raise Refused(LETTERS)
    tokens = times_for_x(tuple(tokens))
    if is_ambiguous(tokens):
        raise Refused(AMBIGUOUS)
    try:
        return tree_of(tokens)
    except NotRead as error:
        raise Refused(NOT_READ) from error


def _by_words(text: str) -> dict[str, Any]:
    """`12와 18의 최대공약수`, `the mean of 3, 5 and 10`."""
    reading = read_message(text)
    if len(reading.problems) != 1 or reading.unread or reading.problems[0].kind not in _BY_WORDS:
        raise Refused(NOT_READ)
    problem = reading.problems[0]
    listed = ", ".join(node_latex(node) for node in problem.nodes)
    return {"value": _shown(solve(problem).result), "read": _shown(f"{problem.kind}: {listed}")}


def _with_units(text: str) -> dict[str, Any]:
    quantity, read = measured(text, _unit_tree)
    value, unit = quantity.value, quantity.unit_text
    exact = isinstance(value, Fraction)
    told = _told(sp.Rational(value.numerator, value.denominator)) if exact else {"decimal_about": _significant(value)}
    return {**told, **({"unit": unit} if unit else {}), "read": _shown(read)}


def _unit_tree(text: str) -> Node:
    """The tree of an expression with symbols for units."""
    for attempt in (text, with_signs(text)):
        tokens = tuple(tokenize(plain_text(attempt)))
        if not any(token.kind in {"word", "break"} for token in tokens):
            return _parsed(tokens)
    raise Refused("I cannot read this as one expression with units. Write it with signs, as in `90 km/h * 20 min`.")


def _rounded(text: str) -> dict[str, Any] | None:
    """`round(2.675, 2)`: half goes away from zero, as in school; None for anything else."""
    found = _ROUND.match(text)
    if found is None:
        return None
    inner = _tree(found["inner"])
    if isinstance(inner, dict) or _unknowns(inner):
        raise Refused(NOT_READ)
    value, places = exact_value(inner), int(found["places"] or 0)
    scaled = sp.Abs(value) * 10**places + sp.Rational(1, 2)
    whole = sp.floor(scaled)
    result = sp.sign(value) * whole / sp.Integer(10) ** places
    told = _told(sp.Rational(result) if result.is_Rational else result)
    return {**told, "read": _shown(rf"\operatorname{{round}}({node_latex(inner)}, {places})")}


def _modulo(text: str) -> dict[str, Any] | None:
    r"""`17 mod 5`, `17 % 5`, `mod(17, 5)`, and `17 // 5`; None for anything else."""
    call = _MOD_CALL.match(text)
    parts = [call["left"], call["right"]] if call else _MODULO.split(text)
    if len(parts) != 2:
        return None
    if not all(re.fullmatch(r"\s*(?:\(\s*)?[-−]?\d+(?:\s*\))?\s*|\s*\([^()]*\)\s*|[^-+−*/]+", part) for part in parts):
        raise Refused("Put brackets around both sides of mod, as in `(3 + 4) mod 5`.")
    nodes = [_tree(part) for part in parts]
    values = [None if isinstance(node, dict) else exact_value(node) for node in nodes]
    if any(value is None or not value.is_Integer for value in values):
        raise Refused("mod and // are for whole numbers; for a percentage write `17% * 5`.")
    left, right = (int(value) for value in values if value is not None)
    if right == 0:
        raise Undefined
    divides = "//" in text
    result = left // right if divides else left % right
    sign = r"\text{ div }" if divides else r"\bmod"
    return {"value": str(result), "read": f"{left} {sign} {right}"}
