"""What a question asks for, once it is understood."""

from dataclasses import dataclass
from typing import Literal

from maths.reading.nodes import Node, Rel

Form = Literal[
    "any", "simplified", "expanded", "factored", "fraction", "decimal", "percent",
    "lowest", "mixed", "improper", "scientific", "rounded",
]  # fmt: skip
"""`lowest`: a number in lowest terms; `rounded`: a decimal of so many places."""


@dataclass(frozen=True, slots=True)
class Value:
    """What an expression is equal to, in a form that is asked for."""

    node: Node
    form: Form = "any"
    places: int = 0
    """Of a `rounded` decimal."""


@dataclass(frozen=True, slots=True)
class PercentOf:
    """How many percent the value of an expression is."""

    node: Node


@dataclass(frozen=True, slots=True)
class Solutions:
    """The solutions of an equation or inequality; `one`: any of them; `sign`: the positive or the negative one."""

    relation: Rel
    name: str
    one: bool = False
    sign: Literal["", "+", "-"] = ""


@dataclass(frozen=True, slots=True)
class SolvedFor:
    """An equation in several letters, solved for one of them."""

    relation: Rel
    name: str


@dataclass(frozen=True, slots=True)
class SystemSolution:
    """The solution of equations in several unknowns; or the value of an expression for it."""

    equations: tuple[Rel, ...]
    names: tuple[str, ...]
    wanted: Node | None = None


@dataclass(frozen=True, slots=True)
class Derivative:
    """A derivative, or its value at a place."""

    body: Node
    name: str
    order: int = 1
    at: Node | None = None


@dataclass(frozen=True, slots=True)
class Antiderivative:
    """An indefinite integral."""

    body: Node
    name: str


@dataclass(frozen=True, slots=True)
class DefiniteIntegral:
    """A definite integral."""

    body: Node
    name: str
    low: Node
    high: Node


@dataclass(frozen=True, slots=True)
class LimitValue:
    """A limit."""

    body: Node
    name: str
    to: Node
    side: str


@dataclass(frozen=True, slots=True)
class Extreme:
    """Which of the choices is the largest, or the smallest."""

    largest: bool


Task = (
    Value | PercentOf | Solutions | SolvedFor | SystemSolution | Derivative | Antiderivative | DefiniteIntegral
    | LimitValue | Extreme
)  # fmt: skip
