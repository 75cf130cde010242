"""Understands what a question asks for. A question whose every word is not understood is left alone."""

import re
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Final

from maths.keys.form_clauses import FormClause, form_clause
from maths.keys.formula_reading import NotRead, expression_of, tree_of
from maths.keys.question_patterns import ENGLISH, KOREAN, LONE_ENGLISH, LONE_KOREAN
from maths.keys.question_skeleton import Skeleton, skeleton_of
from maths.keys.question_tasks import (
    Antiderivative,
    DefiniteIntegral,
    Derivative,
    Extreme,
    Form,
    LimitValue,
    PercentOf,
    Solutions,
    SolvedFor,
    SystemSolution,
    Task,
    Value,
)
from maths.reading.lexer import Token
from maths.reading.nodes import (
    Apply,
    Call,
    Diff,
    Frac,
    Integral,
    Limit,
    Mixed,
    Neg,
    Node,
    Num,
    Postfix,
    Product,
    Rel,
    Substitution,
    Sum,
    Sym,
    exact,
    rewrite,
    variables_of,
    walk,
)
from maths.reading.problem_kinds import Unfold
from maths.values.evaluation import value_of
from maths.values.numbers import NoRealValue, NotCalculable

_DROPPED_WORDS: Final = frozenset({"the", "a", "an", "following", "please", "now"})
_PATTERNS: Final = {
    korean: [(name, re.compile(pattern)) for name, pattern in patterns]
    for korean, patterns in ((True, KOREAN), (False, ENGLISH))
}
_ORDERS: Final = {"first": 1, "second": 2, "third": 3, "일계": 1, "이계": 2, "삼계": 3}
_FORMS: Final[dict[str, Form]] = {
    "simplified": "simplified", "expanded": "expanded", "factored": "factored", "fraction": "fraction",
    "decimal": "decimal", "percent": "percent",
}  # fmt: skip
_ZERO: Final = exact(Fraction(0))

_CALCULUS: Final = re.compile(r"integral|derivative|limit|(?:logarithm|power) of|적분|미분|도함수|극한")
"""Words that ask for more than the value of the formula behind them: `the integral of cos x`."""

Match = re.Match[str]


def task_of(question: str) -> Task | None:
    """What a question asks for; None if it is not understood in every word."""
    found = _by_patterns(question)
    if found is None and (clause := form_clause(question)) is not None:
        return _in_asked_form(clause)
    return found


def _in_asked_form(clause: FormClause) -> Task | None:
    """The value that the rest of a question asks for, in the form of its clause."""
    task = _by_patterns(clause.rest) or _lone_number(clause.rest)
    if not isinstance(task, Value) or task.form != "any":
        return None
    if variables_of(task.node):
        return Value(task.node, "simplified") if clause.form == "simplest" else None
    try:
        rational = isinstance(value_of(task.node, {}), Fraction)
    except (NotCalculable, NoRealValue):
        return None
    if clause.form == "simplest":
        return Value(task.node, "lowest" if rational else "simplified")
    if clause.form in {"mixed", "improper"} and not rational:
        return None
    return Value(task.node, clause.form, clause.places or 0)


def _lone_number(question: str) -> Value | None:
    """`Write 7/4`: a number, or an expression of numbers, whose form alone is asked for."""
    try:
        skeleton = skeleton_of(question)
        words = " ".join(word for word in skeleton.words.split() if word not in _DROPPED_WORDS)
        if len(skeleton.formulas) != 1 or not re.fullmatch(
            f"§|{LONE_KOREAN if skeleton.korean else LONE_ENGLISH}", words
        ):
            return None
        return Value(_checked(_tree(skeleton.formulas[0])))
    except NotRead:
        return None


def _by_patterns(question: str) -> Task | None:
    try:
        skeleton = skeleton_of(question)
    except NotRead:
        return None
    words = skeleton.words
    if not skeleton.korean:
        words = " ".join(word for word in words.split() if word not in _DROPPED_WORDS)
    for name, pattern in _PATTERNS[skeleton.korean]:
        if match := pattern.fullmatch(words):
            try:
                found = _Reading(skeleton, match).task(name)
            except NotRead:
                continue
            if found is not None and not (isinstance(found, Value) and _CALCULUS.search(words)):
                return found
    return None


class _Reading:
    """The reading of one question by one pattern."""

    def __init__(self, skeleton: Skeleton, match: Match) -> None:
        self._formulas = skeleton.formulas
        self._match = match
        self._korean = skeleton.korean
        self._nodes = [_tree(tokens) for tokens in skeleton.formulas] if not self._has_bounds() else []

    def _has_bounds(self) -> bool:
        return any(token.kind == "word" for tokens in self._formulas for token in tokens)

    def _group(self, *names: str) -> str:
        groups = self._match.groupdict()
        return next((groups[name] for name in names if groups.get(name)), "")

    def task(self, name: str) -> Task | None:
        """The task, if the formulas are such as it needs."""
        nodes = self._nodes
        if name in _FORMS:
            return _rewritten(nodes[0], _FORMS[name])
        if name.startswith("solve"):
            return self._solve(name)
        if name.startswith("system"):
            return self._system(name)
        if name.startswith("derivative"):
            return self._derivative(name)
        if name.startswith("integral"):
            return self._integral(name)
        simple: dict[str, Callable[[], Task | None]] = {
            "value": lambda: _of_expression(nodes[0]),
            "equal_to": lambda: _equal_to(nodes[0]),
            "common": lambda: self._common(self._group("common", "common2")),
            "common_ko": lambda: self._common(self._group("common")),
            "part": self._part,
            "part_ko_percent": self._part,
            "sum": lambda: self._combined(self._group("of")),
            "sum_ko": lambda: self._combined({"합": "sum", "곱": "product"}[self._group("of")]),
            "percent_of": lambda: PercentOf(_checked(Product((("*", nodes[1]), ("/", nodes[0]))))),
            "is_percent_of": lambda: PercentOf(_checked(Product((("*", nodes[0]), ("/", nodes[1]))))),
            "grown": lambda: self._grown(self._group("way", "way2")),
            "grown_ko": lambda: self._grown(self._group("way", "way2")),
            "given": lambda: self._given(nodes[0], nodes[-1]),
            "given_ko": lambda: self._given(nodes[0], nodes[-1]),
            "value_when": lambda: self._given(nodes[1], nodes[0]),
            "extreme": lambda: Extreme(self._group("end") in {"largest", "greatest", "biggest", "highest", "큰"}),
        }
        return simple[name]()

    def _common(self, of: str) -> Task | None:
        """The greatest common divisor, or least common multiple, of whole numbers."""
        if not all(isinstance(node, Num) and node.value.denominator == 1 and node.value > 0 for node in self._nodes):
            return None
        return Value(Call("lcm" if "multiple" in of or of in {"lcm", "최소공배수"} else "gcd", tuple(self._nodes)))

    def _part(self) -> Task | None:
        one, other = self._nodes
        share, whole = (other, one) if self._korean else (one, other)
        if not isinstance(share, Postfix | Frac | Num) or (isinstance(share, Postfix) and share.mark != "%"):
            return None
        if isinstance(share, Num) and not 0 < share.value < 1:
            return None
        return Value(_checked(Product((("*", share), ("*", whole)))))

    def _combined(self, of: str) -> Task | None:
        one, other = self._nodes
        if of == "difference" and not _is_descending(one, other):
            return None
        if of == "quotient":
            return Value(_checked(Product((("*", one), ("/", other)))))
        if of == "product":
            return Value(_checked(Product((("*", one), ("*", other)))))
        return Value(_checked(Sum((("+", one), ("+" if of == "sum" else "-", other)))))

    def _grown(self, way: str) -> Task | None:
        whole, share = self._nodes
        if not isinstance(share, Postfix) or share.mark != "%":
            return None
        sign = "+" if way in {"increased", "increase", "증가", "늘리면"} else "-"
        factor = Sum((("+", exact(Fraction(1))), (sign, Frac(share.arg, exact(Fraction(100))))))
        return Value(_checked(Product((("*", whole), ("*", factor)))))

    def _given(self, given: Node, wanted: Node) -> Task | None:
        """`If f(x) = x^2, what is f(3)?`, `If x = 3, what is 2x?`, `If 2x = 6, what is x?`."""
        match given:
            case Rel(("=",), (Apply(name, 0, Sym(var)), body)):
                return _of_expression(rewrite(wanted, Unfold({name: (var, body)})))
            case Rel(("=",), (Sym(name), value)) if not variables_of(value):
                return _put_in(wanted, name, value)
            case Rel(("=",), _):
                names = variables_of(given)
                if wanted == Sym(names[0] if names else "") and len(names) == 1:
                    return _solutions(given, names[0])
                if len(names) == 1 and variables_of(wanted) == names and not isinstance(wanted, Rel):
                    return SystemSolution((given,), (names[0],), wanted)
        return None

    def _solve(self, name: str) -> Task | None:
        nodes = self._nodes
        one = name in {"solve_one", "solve_one_named"}
        sign = {"positive": "+", "negative": "-"}.get(self._group("sign"), "")
        if name in {"solve", "solve_one"} or (name == "solve_signed" and len(nodes) == 1):
            names = variables_of(nodes[0])
            return _solutions(nodes[0], names[0], one=one, sign=sign) if len(names) == 1 else None
        named, relation = (nodes[-1], nodes[0]) if name == "solve_named_last" else (nodes[0], nodes[-1])
        if not isinstance(named, Sym):
            return None
        if name == "solve_named_first" and not isinstance(relation, Rel):
            return None
        names = variables_of(relation)
        if names == [named.name]:
            return _solutions(relation, named.name, one=one, sign=sign)
        if named.name in names and isinstance(relation, Rel) and relation.ops == ("=",) and name != "solve_one":
            return SolvedFor(relation, named.name)
        return None

    def _system(self, name: str) -> Task | None:
        nodes = list(self._nodes)
        wanted = nodes.pop() if name == "system_wanted" else None
        if len(nodes) == 4:
            if not all(isinstance(node, Sym) for node in nodes[:2]):
                return None
            nodes = nodes[2:]
        equations = tuple(node for node in nodes if isinstance(node, Rel) and node.ops == ("=",))
        names = tuple(sorted({one for node in equations for one in variables_of(node)}))
        if len(equations) != len(nodes) or len(names) != len(equations) or isinstance(wanted, Rel):
            return None
        if wanted is not None and not set(variables_of(wanted)) <= set(names):
            return None
        return SystemSolution(equations, names, wanted)

    def _derivative(self, name: str) -> Task | None:
        body = _body(self._nodes[0])
        order = _ORDERS.get(self._group("order"), 1)
        names = variables_of(body)
        if name == "derivative_to":
            named = self._nodes[1]
            return Derivative(body, named.name, order) if isinstance(named, Sym) and names == [named.name] else None
        if len(names) != 1:
            return None
        if name in {"derivative_at", "derivative_at_ko"}:
            match self._nodes[1]:
                case Rel(("=",), (Sym(place), value)) if place == names[0] and not variables_of(value):
                    return Derivative(body, names[0], order, value)
            return None
        return Derivative(body, names[0], order)

    def _integral(self, name: str) -> Task | None:
        if name == "integral_from":
            if len(self._nodes) != 3 or any(variables_of(node) for node in self._nodes[1:]):
                return None
            body = _body(self._nodes[0])
            body = body.body if isinstance(body, Integral) and body.low is None else body
            names = variables_of(body)
            return DefiniteIntegral(body, names[0], *self._nodes[1:]) if len(names) == 1 else None
        body = _body(self._nodes[0])
        if isinstance(body, Integral):
            return _of_expression(body)
        names = variables_of(body)
        if name == "integral_to":
            named = self._nodes[1]
            return Antiderivative(body, named.name) if isinstance(named, Sym) and names == [named.name] else None
        return Antiderivative(body, names[0]) if len(names) == 1 else None


def _tree(tokens: Sequence[Token]) -> Node:
    if tokens[-1].kind == "diff" and tokens[0].kind != "cmd" and len(tokens) > 1:
        return Integral(tree_of(tokens[:-1]), Sym(tokens[-1].text))
    return tree_of(tokens)


def _checked(node: Node) -> Node:
    """An expression of numbers alone; raises NotRead."""
    if variables_of(node) or any(isinstance(part, Rel) for part in walk(node)):
        raise NotRead
    return node


def _body(node: Node) -> Node:
    """The function in `f(x) = x^2` and `y = x^2`."""
    body = expression_of(node, ())
    if isinstance(body, Rel | Apply) or any(isinstance(part, Apply | Rel) for part in walk(body)):
        raise NotRead
    return body


def _rewritten(node: Node, form: Form) -> Task | None:
    if isinstance(node, Rel) or any(isinstance(part, Apply | Integral | Limit | Diff) for part in walk(node)):
        return None
    return Value(node, form)


def _equal_to(node: Node) -> Task | None:
    """`Which fraction is equal to 0.75?`: also a lone number can be asked for so."""
    return Value(node) if isinstance(node, Num | Frac | Postfix | Mixed) else _of_expression(node)


def _of_expression(node: Node) -> Task | None:
    """What an expression alone asks for: its value; the limit, derivative or integral that it is."""
    match node:
        case Limit(body, Sym(name), to, side) if variables_of(body) == [name] and not variables_of(to):
            return LimitValue(body, name, to, side)
        case Diff(body, Sym(name), order) if variables_of(body) == [name]:
            return Derivative(body, name, order)
        case Call("at", (Diff(body, Sym(name), order), Sym(), value)) if variables_of(body) == [name]:
            return Derivative(body, name, order, value) if not variables_of(value) else None
        case Integral(body, Sym(name), low, high) if variables_of(body) in ([name], []) and name:
            if low is None or high is None:
                return Antiderivative(body, name)
            return DefiniteIntegral(body, name, low, high) if not variables_of(low) + variables_of(high) else None
    parts = list(walk(node))
    if any(isinstance(part, Rel | Apply | Limit | Diff | Integral) for part in parts):
        return None
    if isinstance(node, Num | Sym) or (isinstance(node, Neg) and isinstance(node.arg, Num)):
        return None
    return Value(node)


def _put_in(wanted: Node, name: str, value: Node) -> Task | None:
    if variables_of(wanted) != [name] or any(isinstance(part, Rel | Apply | Limit | Diff) for part in walk(wanted)):
        return None
    return Value(rewrite(wanted, Substitution(name, value))) if wanted != Sym(name) else None


def _solutions(node: Node, name: str, *, one: bool = False, sign: str = "") -> Task | None:
    if not isinstance(node, Rel):
        node = Rel(("=",), (node, _ZERO))
    if any(isinstance(part, Apply | Limit | Diff | Integral) for part in walk(node)) or "!=" in node.ops:
        return None
    kinds = set(node.ops)
    if kinds != {"="} and "=" in kinds:
        return None
    return Solutions(node, name, one, sign)  # type: ignore[arg-type]


def _is_descending(one: Node, other: Node) -> bool:
    return isinstance(one, Num) and isinstance(other, Num) and one.value >= other.value
