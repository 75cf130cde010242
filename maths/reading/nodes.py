"""The nodes of a tree: what a student wrote, as plain values without sympy."""

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from fractions import Fraction
from typing import Any


@dataclass(frozen=True, slots=True)
class Num:
    """A number: its value, and the text as it was written."""

    value: Fraction
    text: str


@dataclass(frozen=True, slots=True)
class Sym:
    """A variable; a Greek letter has its English name."""

    name: str


@dataclass(frozen=True, slots=True)
class Const:
    """`pi`, `e`, `i` or `oo`."""

    name: str


@dataclass(frozen=True, slots=True)
class Neg:
    """A minus sign and what it stands before."""

    arg: "Node"


@dataclass(frozen=True, slots=True)
class Sum:
    """Terms, each with its sign."""

    terms: tuple[tuple[str, "Node"], ...]


@dataclass(frozen=True, slots=True)
class Product:
    """Factors, each with the sign before it: `*`, `/` or none; calculated from left to right."""

    factors: tuple[tuple[str, "Node"], ...]


@dataclass(frozen=True, slots=True)
class Frac:
    """A fraction with a bar."""

    top: "Node"
    bottom: "Node"


@dataclass(frozen=True, slots=True)
class Mixed:
    """A mixed number such as 1 1/2."""

    whole: "Node"
    top: "Node"
    bottom: "Node"


@dataclass(frozen=True, slots=True)
class Power:
    """A power."""

    base: "Node"
    exponent: "Node"


@dataclass(frozen=True, slots=True)
class Root:
    """A root; the square root has the index 2."""

    arg: "Node"
    index: int = 2


@dataclass(frozen=True, slots=True)
class Call:
    """A known function of its arguments; `base` is a logarithm's, None if none is written."""

    name: str
    args: tuple["Node", ...]
    base: "Node | None" = None


@dataclass(frozen=True, slots=True)
class Apply:
    """The student's own function, `f(x)` or `f'(x)`."""

    name: str
    primes: int
    arg: "Node"


@dataclass(frozen=True, slots=True)
class Postfix:
    """A factorial `!`, a percentage `%` or degrees `°`."""

    mark: str
    arg: "Node"


@dataclass(frozen=True, slots=True)
class Diff:
    """A derivative."""

    body: "Node"
    var: Sym
    order: int = 1


@dataclass(frozen=True, slots=True)
class Integral:
    """An integral; it is definite if both limits are given."""

    body: "Node"
    var: Sym
    low: "Node | None" = None
    high: "Node | None" = None


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit; `side` is `+`, `-` or `+-`."""

    body: "Node"
    var: Sym
    to: "Node"
    side: str = "+-"


@dataclass(frozen=True, slots=True)
class Series:
    """A sum or a product over a range of whole numbers; `kind` is `sum` or `prod`."""

    kind: str
    body: "Node"
    var: Sym
    low: "Node"
    high: "Node"


@dataclass(frozen=True, slots=True)
class Rel:
    """Sides with `=`, `<`, `>`, `<=`, `>=` or `!=` between them."""

    ops: tuple[str, ...]
    sides: tuple["Node", ...]


Node = (
    Num | Sym | Const | Neg | Sum | Product | Frac | Mixed | Power | Root | Call | Apply | Postfix | Diff | Integral
    | Limit | Series | Rel
)  # fmt: skip


def children(node: Node) -> Iterator[Node]:
    """The nodes directly below a node."""
    for item in fields(node):
        yield from _nodes(getattr(node, item.name))


def _nodes(value: object) -> Iterator[Node]:
    if isinstance(value, Node):
        yield value
    elif isinstance(value, tuple):
        for part in value:
            yield from _nodes(part)


def walk(node: Node) -> Iterator[Node]:
    """The node and all below it."""
    yield node
    for child in children(node):
        yield from walk(child)


def variables_of(node: Node) -> list[str]:
    """The names of the variables, in the order in which they were written; bound ones included."""
    return list(dict.fromkeys(part.name for part in walk(node) if isinstance(part, Sym)))


def with_number(value: Fraction | int) -> Num:
    """The node of a number."""
    exact = Fraction(value)
    return Num(exact, str(exact))


def rewrite(node: Node, change: "Change") -> Node:
    """The tree with `change` made to every node, from the leaves up."""
    values: dict[str, Any] = {item.name: _rewritten(getattr(node, item.name), change) for item in fields(node)}
    copy: Any = replace
    return change(copy(node, **values))


def _rewritten(value: object, change: "Change") -> object:
    if isinstance(value, Node):
        return rewrite(value, change)
    if isinstance(value, tuple):
        return tuple(_rewritten(part, change) for part in value)
    return value


class Change:
    """A change of one node; the base class changes nothing."""

    def __call__(self, node: Node) -> Node:
        """The node that replaces this one."""
        return node


def exact(value: Fraction) -> Node:
    """A rational number as a tree: a fraction with a bar, and a minus sign in front if it is negative."""
    size: Node = with_number(abs(value))
    if value.denominator != 1:
        size = Frac(with_number(abs(value.numerator)), with_number(value.denominator))
    return Neg(size) if value < 0 else size


@dataclass(frozen=True)
class Substitution(Change):
    """Puts an expression in the place of a variable."""

    name: str
    value: Node

    def __call__(self, node: Node) -> Node:
        """The value for the variable, everything else as it is."""
        return self.value if node == Sym(self.name) else node


def stated_value(node: Node) -> tuple[str, Node] | None:
    """The name and the value in `x = 3`."""
    match node:
        case Rel(("=",), (Sym(name), value)) if not variables_of(value):
            return name, value
    return None
