"""The parts of a formula, as its reader sees them: a tree of frozen values."""

from dataclasses import dataclass
from typing import Literal

from bot.replies.typesetting import symbols
from bot.replies.typesetting.symbols import Role


@dataclass(frozen=True, slots=True)
class Row:
    """Things beside each other."""

    items: tuple["Node", ...] = ()


@dataclass(frozen=True, slots=True)
class Symbol:
    """One character (or a number) in its role."""

    char: str
    role: Role = "ord"


@dataclass(frozen=True, slots=True)
class Name:
    """A function's name, upright; `limits`: in display its scripts stand above and below."""

    text: str
    limits: bool = False


@dataclass(frozen=True, slots=True)
class Words:
    """Text."""

    text: str
    variant: str = "normal"


@dataclass(frozen=True, slots=True)
class Space:
    """Width in em."""

    width: float


@dataclass(frozen=True, slots=True)
class Fraction:
    """One over the other; `line` False is a binomial's; `display` None follows the surroundings."""

    top: "Node"
    bottom: "Node"
    line: bool = True
    display: bool | None = None


@dataclass(frozen=True, slots=True)
class Root:
    """A root, square where there is no index."""

    body: "Node"
    index: "Node | None" = None


@dataclass(frozen=True, slots=True)
class Scripts:
    """Sub- and superscript; `limits` says whether they must stand above and below (or must not)."""

    base: "Node"
    below: "Node | None" = None
    above: "Node | None" = None
    limits: bool | None = None


@dataclass(frozen=True, slots=True)
class Fenced:
    """Between stretching delimiters; an empty string is none."""

    left: str
    body: "Node"
    right: str


@dataclass(frozen=True, slots=True)
class Delimiter:
    """A delimiter of a given size (`\\big`), in em; 0 stretches (`\\middle`)."""

    char: str
    size: float
    role: Role = "ord"


@dataclass(frozen=True, slots=True)
class Styled:
    """In another alphabet."""

    variant: str
    body: "Node"


@dataclass(frozen=True, slots=True)
class Accent:
    """A mark over (or under) something."""

    name: str
    body: "Node"
    under: bool = False

    @property
    def char(self) -> str:
        """The mark."""
        return (symbols.UNDER_ACCENTS if self.under else symbols.ACCENTS)[self.name]


@dataclass(frozen=True, slots=True)
class Stack:
    """Something with something over and under it; `arrow`: the base stretches with them."""

    base: "Node"
    over: "Node | None" = None
    under: "Node | None" = None
    arrow: bool = False


@dataclass(frozen=True, slots=True)
class Enclosed:
    """Boxed or struck out, in MathML's words for it."""

    notation: str
    body: "Node"


@dataclass(frozen=True, slots=True)
class Phantom:
    """Takes room, is not seen."""

    body: "Node"


@dataclass(frozen=True, slots=True)
class Coloured:
    """In a colour."""

    colour: str
    body: "Node"


@dataclass(frozen=True, slots=True)
class Style:
    """Display or text style for what it holds."""

    display: bool
    body: "Node"
    small: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Cells in rows.

    `columns` is one of l, c, r for each column; `bars` and `rules` are lines after so many columns and rows; aligned
    columns that are `together` do not stand off from each other by pairs.
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
    """An equation's number."""

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
    | Styled
    | Accent
    | Stack
    | Enclosed
    | Phantom
    | Coloured
    | Style
    | Table
    | Tag
)
