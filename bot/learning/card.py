"""A card: what it asks, where it came from, and when it comes back."""

import secrets
from dataclasses import dataclass, field
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

CardKind = Literal["choice", "exercise", "flash"]
DeckKind = Literal["mistakes", "made", "imported"]


class ChoiceContent(BaseModel):
    """A question with choices, as a quiz asked it."""

    model_config = ConfigDict(frozen=True)

    kind: Literal["choice"] = "choice"
    question: str
    choices: tuple[str, ...]
    answer: int
    """Index of the right choice."""
    explanation: str | None = None
    checked: str | None = None
    """How its key was checked, as in `bot.quizzes.arguments.QuizQuestion`."""
    slips: dict[int, str] = Field(default_factory=dict)
    """What went wrong for whoever takes a choice, by its index, where that is known."""


class ExerciseContent(BaseModel):
    """An exercise whose answer is typed, and checked by algebra where that is possible."""

    model_config = ConfigDict(frozen=True)

    kind: Literal["exercise"] = "exercise"
    problem: str
    answer: str
    solution: str = ""
    hints: tuple[str, ...] = ()


class FlashContent(BaseModel):
    """A flash card: a student looks at the front, remembers, turns it over. Both sides are Markdown with LaTeX."""

    model_config = ConfigDict(frozen=True)

    kind: Literal["flash"] = "flash"
    front: str
    back: str


Content = Annotated[ChoiceContent | ExerciseContent | FlashContent, Field(discriminator="kind")]
CONTENT: Final[TypeAdapter[ChoiceContent | ExerciseContent | FlashContent]] = TypeAdapter(Content)


class Citation(BaseModel):
    """Where in a file a card stands. The file is shown to the card's owner alone."""

    model_config = ConfigDict(frozen=True)

    file: str
    """The file's name."""
    place: str = ""
    """`page 3`, as the library tells it."""
    page: int | None = None
    """Its page, where that is known as a number: it is told in the reader's language."""
    link: str = ""
    """The Discord message with the file."""
    passage: str = ""
    """The file's words that it rests on."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """A card's state in FSRS; times are seconds since the epoch."""

    due: float
    state: int = 1
    step: int | None = 0
    stability: float | None = None
    difficulty: float | None = None
    last_review: float | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """A card. `origin` names what it was made from, so that nothing becomes two cards of one student:
    `quiz:<quiz id>:<question>`, `exercise:<id>`, or what its maker chooses (for an import, the note's id in Anki).
    """

    id: str
    deck_id: str
    owner_id: int
    guild_id: int
    channel_id: int
    content: ChoiceContent | ExerciseContent | FlashContent
    topic: str
    origin: str
    created_at: float
    schedule: Schedule
    citation: Citation | None = None
    hidden: bool = False
    reviews: int = 0

    @property
    def kind(self) -> CardKind:
        """Which form its content has."""
        return self.content.kind


@dataclass(frozen=True, slots=True)
class Deck:
    """A deck of cards. `cards` and `due` count what is in it, where a query counted that."""

    id: str
    owner_id: int
    guild_id: int
    kind: DeckKind
    name: str
    created_at: float
    cards: int = field(default=0, compare=False)
    due: int = field(default=0, compare=False)


def new_id() -> str:
    """A new id of a card or a deck: part of `custom_id`s, and stable from then on."""
    return secrets.token_hex(8)


def mistakes_deck_id(owner_id: int) -> str:
    """The id of a student's deck of missed questions and exercises given up."""
    return f"m{owner_id:x}"


def new_card(
    content: ChoiceContent | ExerciseContent | FlashContent,
    *,
    deck: Deck,
    channel_id: int,
    at: float,
    topic: str = "",
    origin: str | None = None,
    citation: Citation | None = None,
) -> Card:
    """A card that has never been seen: it is due at once. Without `origin` it is like no other."""
    card_id = new_id()
    return Card(
        id=card_id,
        deck_id=deck.id,
        owner_id=deck.owner_id,
        guild_id=deck.guild_id,
        channel_id=channel_id,
        content=content,
        topic=topic,
        origin=origin or f"card:{card_id}",
        created_at=at,
        schedule=Schedule(due=at),
        citation=citation,
    )
