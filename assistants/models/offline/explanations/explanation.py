"""An explanation of one idea."""

from dataclasses import dataclass

from maths.reading.intent import ProblemKind
from maths.reading.language import Texts


@dataclass(frozen=True, slots=True)
class Explanation:
    """What an idea is and how one works with it; `words` is the pattern that names it.

    `example` is a problem that is solved behind the text: its kind, and its formulas as a student would type them. A
    text without one has its example in it.
    """

    words: str
    texts: Texts
    example: tuple[ProblemKind, tuple[str, ...]] | None = None
