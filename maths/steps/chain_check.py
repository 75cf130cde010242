"""Checks a chain of expressions: each is to be equal to the one before, derivatives and integrals included."""

from dataclasses import dataclass, field
from fractions import Fraction

from maths.reading.nodes import (
    Call,
    Diff,
    Integral,
    Limit,
    Node,
    Num,
    Power,
    Product,
    Rel,
    Substitution,
    Sum,
    Sym,
    rewrite,
    variables_of,
    walk,
)
from maths.steps.checked_working import Note, Status
from maths.steps.same_value import compare_values
from maths.steps.slip import Slip
from maths.steps.slip_naming import name_derivative_slip, name_expression_slip, name_integral_slip
from maths.values.differentiation import Underivable, derivative, times
from maths.values.evaluation import real_value
from maths.values.numbers import NoValue, real

CONSTANTS = frozenset({"C", "c", "K", "k"})
_NEAR = real(Fraction(1, 100))


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a comparison says of the second line."""

    status: Status
    slip: Slip | None = None
    note: Note = ""


GOOD = Verdict("good")
UNSURE = Verdict("unsure")


@dataclass
class ChainCheck:
    """Compares expressions; `known` are values of letters that were stated, `constant_later` see `compare`."""

    natural: bool = False
    known: dict[str, Node] = field(default_factory=dict)

    def compare(
        self, before: Node, after: Node, *, approximate_sign: bool = False, constant_later: bool = False
    ) -> Verdict:
        """Whether `after` equals `before`; `constant_later`: a later line has the constant of integration."""
        if integral := indefinite(before):
            if (other := indefinite(after)) and other.var != integral.var:
                return self._substituted(integral, other) if (before, after) == (integral, other) else UNSURE
            return self._integrated(before, after, integral, constant_later=constant_later)
        sameness = compare_values(before, after, natural=self.natural)
        if sameness == "same":
            return GOOD
        if sameness in {"positive", "rounded"}:
            return Verdict("good", note="positive" if sameness == "positive" else "rounded")
        if sameness == "unknown":
            return UNSURE
        if approximate_sign:
            return self._approximately(before, after)
        if self._with_known_values(before, after):
            return GOOD
        if set(variables_of(after)) - set(variables_of(before)) - CONSTANTS:
            return UNSURE  # a letter that nothing before says anything about
        if self._may_have_put_in(before, after):
            return UNSURE
        return Verdict("wrong", self._slip(before, after))

    def _may_have_put_in(self, before: Node, after: Node) -> bool:
        """Whether numbers that are given elsewhere may have taken the places of letters: `b^2 - 4ac = 25 - 24`."""
        names = set(variables_of(before))
        if variables_of(after) or names <= set(self.known) or isinstance(before, Diff | Integral):
            return False
        return len(names) > 1 or (bool(names) and isinstance(after, Sum | Product | Power))

    def _slip(self, before: Node, after: Node) -> Slip | None:
        if isinstance(before, Diff) and before.order == 1:
            return name_derivative_slip(before.body, before.var.name, after, natural=self.natural)
        if isinstance(before, Integral):
            return name_integral_slip(before, before.var.name or "x", after, natural=self.natural)
        return name_expression_slip(before, after, natural=self.natural)

    def _approximately(self, before: Node, after: Node) -> Verdict:
        try:
            exact, said = (real(real_value(node, {}, natural=self.natural)) for node in (before, after))
        except NoValue:
            return UNSURE
        near = abs(exact - said) <= max(abs(exact), abs(said)) * _NEAR
        return Verdict("good", note="rounded") if near else Verdict("wrong", self._slip(before, after))

    def _with_known_values(self, before: Node, after: Node) -> bool:
        """Whether they are equal once the values that were stated are put in: `3x + 1 = 3 * 2 + 1` where x = 2."""
        if not self.known:
            return False
        for name, value in self.known.items():
            before, after = (rewrite(node, Substitution(name, value)) for node in (before, after))
        return compare_values(before, after, natural=self.natural) in {"same", "rounded"}

    def _integrated(self, before: Node, after: Node, integral: Integral, *, constant_later: bool) -> Verdict:
        name = integration_variable(integral)
        try:
            wanted, said = derivative(_named(before, name), name), derivative(_named(after, name), name)
        except Underivable:
            return UNSURE
        sameness = compare_values(wanted, said, natural=self.natural)
        if sameness == "unknown":
            return UNSURE
        if sameness == "different":
            if not isinstance(before, Integral):
                integral = Integral(wanted, Sym(name))
            if indefinite(after):
                return Verdict("wrong", name_expression_slip(wanted, said, natural=self.natural))
            return Verdict("wrong", name_integral_slip(integral, name, after, natural=self.natural))
        if indefinite(after) or constant_later or has_constant(after, integral):
            return GOOD
        return Verdict("wrong", Slip("integral_constant"))

    def _substituted(self, before: Integral, after: Integral) -> Verdict:
        """`∫ 2x(x²+1)³ dx = ∫ u³ du`, where u was said to be x²+1."""
        meaning = self.known.get(after.var.name)
        if meaning is None:
            return UNSURE
        try:
            inner = derivative(meaning, before.var.name)
        except Underivable:
            return UNSURE
        written = times(rewrite(after.body, Substitution(after.var.name, meaning)), inner)
        same = compare_values(before.body, written, natural=self.natural)
        return GOOD if same in {"same", "positive"} else UNSURE

    def same_up_to_constant(self, before: Node, after: Node, name: str) -> bool:
        """Whether two antiderivatives differ by a constant, such as the `C` that one of them has."""
        try:
            wanted, said = derivative(before, name), derivative(after, name)
        except Underivable:
            return False
        return compare_values(wanted, said, natural=self.natural) in {"same", "positive"}


def indefinite(node: Node) -> Integral | None:
    """The first indefinite integral in an expression."""
    return next((part for part in walk(node) if isinstance(part, Integral) and part.low is None), None)


def integration_variable(integral: Integral) -> str:
    """The variable of an integral; without `dx` the first letter of the integrand."""
    names = [name for name in variables_of(integral.body) if name]
    return integral.var.name or ("x" if "x" in names or not names else names[0])


def _named(node: Node, name: str) -> Node:
    """The expression with the variable written into integrals without `dx`."""
    match node:
        case Integral(body, Sym(""), low, high):
            return Integral(body, Sym(name), low, high)
    return node


def has_constant(node: Node, integral: Integral | None = None) -> bool:
    """Whether an expression has a constant of integration."""
    taken = set(variables_of(integral.body)) if integral is not None else set()
    return any(isinstance(part, Sym) and part.name.partition("_")[0] in CONSTANTS - taken for part in walk(node))


def has_plain_log(*nodes: Node) -> bool:
    """Whether `log` stands without a base, which some read as ln."""
    return any(
        isinstance(part, Call) and part.name == "log" and part.base is None for node in nodes for part in walk(node)
    )


def as_equation(nodes: tuple[Node, ...], *, labelled: bool) -> Rel | None:
    """The equation that `x^2 - 4 = (x-2)(x+2) = 0` ends in; None for a chain of equal values."""
    if len(nodes) < 2:
        return None
    before, last = nodes[-2:]
    if not isinstance(last, Num) or not variables_of(before) or isinstance(before, Limit):
        return None
    if (labelled or last.value == 0) and compare_values(before, last) == "different":
        return Rel(("=",), (before, last))
    return None
