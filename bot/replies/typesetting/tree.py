"""The tree of a formula: its nodes, as frozen values, by what a reader sees."""

from dataclasses import dataclass
from typing import Literal

from bot.replies.typesetting import symbols
from bot.replies.typesetting.symbols import Role


@dataclass(frozen=True, slots=True)
class Row:
    """Nodes beside each other."""

    items: tuple["Node", ...] = ()


@dataclass(frozen=True, slots=True)
class Symbol:
    """One character, or one number; `role` (TeX: the class of an atom) decides the space around it."""

    char: str
    role: Role = "ord"


@dataclass(frozen=True, slots=True)
class Name:
    """The upright name of a function; `limits`: in display style its scripts stand above and below it."""

    text: str
    limits: bool = False


@dataclass(frozen=True, slots=True)
class Words:
    """Text in a formula, as in `\\text{…}`."""

    text: str
    variant: str = "normal"


@dataclass(frozen=True, slots=True)
class Space:
    """A space; `width` in em."""

    width: float


@dataclass(frozen=True, slots=True)
class Fraction:
    """A fraction. Without `line` it is a binomial coefficient; `display` None: the style of what is around it."""

    top: "Node"
    bottom: "Node"
    line: bool = True
    display: bool | None = None


@dataclass(frozen=True, slots=True)
class Root:
    """A root; a square root if there is no index."""

    body: "Node"
    index: "Node | None" = None


@dataclass(frozen=True, slots=True)
class Scripts:
    """A base with a subscript and a superscript; `limits`: they must (or must not) stand above and below the base."""

    base: "Node"
    below: "Node | None" = None
    above: "Node | None" = None
    limits: bool | None = None


@dataclass(frozen=True, slots=True)
class Fenced:
    """Something between delimiters that stretch; an empty string is no delimiter."""

    left: str
    body: "Node"
    right: str


@dataclass(frozen=True, slots=True)
class Delimiter:
    """A delimiter of a fixed size (`\\big`) in em; 0: it stretches (`\\middle`)."""

    char: str
    size: float
    role: Role = "ord"


@dataclass(frozen=True, slots=True)
class Variant:
    """Something in another alphabet; `variant` in MathML's words (`mathvariant`)."""

    variant: str
    body: "Node"


@dataclass(frozen=True, slots=True)
class Accent:
    """A mark over (or under) something; `name` is the macro's."""

    name: str
    body: "Node"
    under: bool = False

    @property
    def char(self) -> str:
        """The mark."""
        return (symbols.UNDER_ACCENTS if self.under else symbols.ACCENTS)[self.name]


@dataclass(frozen=True, slots=True)
class Stack:
    """A base with labels over and under it; `arrow`: the base is an arrow that is as long as its labels."""

    base: "Node"
    over: "Node | None" = None
    under: "Node | None" = None
    arrow: bool = False


@dataclass(frozen=True, slots=True)
class Enclosed:
    """Something boxed or struck out; `notation` in MathML's words."""

    notation: str
    body: "Node"


@dataclass(frozen=True, slots=True)
class Phantom:
    """Something that takes space but is not seen."""

    body: "Node"


@dataclass(frozen=True, slots=True)
class Coloured:
    """Something in a colour."""

    colour: str
    body: "Node"


@dataclass(frozen=True, slots=True)
class MathStyle:
    """Something in display style or text style; `small`: as small as a script."""

    display: bool
    body: "Node"
    small: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Cells in rows.

    `columns` has one of l, c, r for each column. `bars` and `rules` are lines after so many columns and rows.
    `together`: there is no large space between the pairs of aligned columns.
    """

    rows: tuple[tuple["Node", ...], ...]
    columns: str = ""
    left: str = ""
    right: str = ""
    bars: tuple[int, ...] = ()
    rules: tuple[int, ...] = ()
    kind: Literal["matrix", "cases", "aligned", "stack"] = "matrix"
    together: bool = False


@dataclass(frozen=True, slots=True)
class Tag:
    """The number of an equation."""

    text: str


Node = (
    Row
    | Symbol
    | Name
    | Words
    | Space
    | Fraction
    | Root
    | Scripts
    | Fenced
    | Delimiter
    | Variant
    | Accent
    | Stack
    | Enclosed
    | Phantom
    | Coloured
    | MathStyle
    | Table
    | Tag
)
