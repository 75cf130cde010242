"""The tables of learning: results, decks, cards, their reviews, and reminders.

Guild and channel are kept with everything, so that a teacher's view of a class can read them one day; until then each
row is shown to its student alone. Times are seconds since the epoch.
"""

from sqlalchemy import Boolean, Float, ForeignKey, Index, String, false
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.base import Base


class StudyResultRow(Base):
    """One student's result in one question, exercise or review of a card."""

    __tablename__ = "study_results"
    __table_args__ = (Index("ix_study_results_student_at", "student_id", "at"),)

    student_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    source: Mapped[str] = mapped_column(String(8), primary_key=True)
    """`quiz`, `exercise` or `card`."""
    source_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    """The quiz's id, the exercise's id, or the card's id."""
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """Which question of the quiz, or which review of the card."""
    guild_id: Mapped[int]
    """0 in direct messages."""
    channel_id: Mapped[int]
    topic: Mapped[str]
    """As the model or the student wrote it: `/progress` folds topics together when it reads them."""
    right: Mapped[bool] = mapped_column(Boolean)
    seconds: Mapped[float | None] = mapped_column(Float)
    """How long the student took; null where that is not known."""
    hints: Mapped[int] = mapped_column(server_default="0")
    """How many hints were taken."""
    reported: Mapped[bool] = mapped_column(Boolean, server_default=false())
    """Whether the student reported the question as wrong: then the result counts nowhere."""
    at: Mapped[float] = mapped_column(Float)


class DeckRow(Base):
    """A deck of cards. Each student has one for missed questions, with an id of its own form (`mistakes_deck_id`)."""

    __tablename__ = "decks"
    __table_args__ = (Index("ix_decks_owner_id", "owner_id"),)

    id: Mapped[str] = mapped_column(String(24), primary_key=True)
    owner_id: Mapped[int]
    guild_id: Mapped[int]
    """Where it was made; 0 in direct messages."""
    kind: Mapped[str] = mapped_column(String(8))
    """`mistakes`, `made` or `imported`."""
    name: Mapped[str]
    """Empty for the deck of mistakes, which is named in the student's language."""
    created_at: Mapped[float] = mapped_column(Float)


class CardRow(Base):
    """A card, with its state in FSRS."""

    __tablename__ = "cards"
    __table_args__ = (
        Index("ix_cards_owner_due", "owner_id", "due"),
        Index("ix_cards_deck_due", "deck_id", "due"),
        Index("ix_cards_owner_origin", "owner_id", "origin", unique=True),
    )

    id: Mapped[str] = mapped_column(String(24), primary_key=True)
    deck_id: Mapped[str] = mapped_column(ForeignKey("decks.id", ondelete="CASCADE"))
    owner_id: Mapped[int]
    guild_id: Mapped[int]
    """Where it came from; 0 for direct messages."""
    channel_id: Mapped[int]
    """0 where no channel is known: the card was imported."""
    kind: Mapped[str] = mapped_column(String(8))
    """`choice`: a question with choices; `exercise`: its answer is checked; `flash`: a front and a back."""
    content: Mapped[str]
    """JSON, of the form in `bot.learning.card` for its kind."""
    topic: Mapped[str]
    origin: Mapped[str] = mapped_column(String(120))
    """What it was made from: a student has one card of each origin. See `bot.learning.card`."""
    citation: Mapped[str | None]
    """Where in a file it stands, JSON (`Citation`)."""
    created_at: Mapped[float] = mapped_column(Float)
    hidden: Mapped[bool] = mapped_column(Boolean, server_default=false())
    """Whether it comes back no more: the student reported its question, or put it away."""
    state: Mapped[int]
    """FSRS: 1 learning, 2 review, 3 relearning."""
    step: Mapped[int | None]
    stability: Mapped[float | None] = mapped_column(Float)
    difficulty: Mapped[float | None] = mapped_column(Float)
    due: Mapped[float] = mapped_column(Float)
    last_review: Mapped[float | None] = mapped_column(Float)
    """Null: it was never seen since it was made."""
    reviews: Mapped[int] = mapped_column(server_default="0")
    """How many reviews `card_reviews` holds."""


class CardReviewRow(Base):
    """One review of a card: a card cannot be reviewed twice with one number, so nothing counts twice."""

    __tablename__ = "card_reviews"
    __table_args__ = (Index("ix_card_reviews_owner_at", "owner_id", "at"),)

    card_id: Mapped[str] = mapped_column(ForeignKey("cards.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """From 1; 0 is the miss that the card was made of."""
    owner_id: Mapped[int]
    rating: Mapped[int]
    """FSRS: 1 again, 2 hard, 3 good, 4 easy."""
    right: Mapped[bool] = mapped_column(Boolean)
    seconds: Mapped[float | None] = mapped_column(Float)
    at: Mapped[float] = mapped_column(Float)
    was_new: Mapped[bool] = mapped_column(Boolean)
    """Whether the card had never been seen before."""
    before: Mapped[str]
    """The card's state in FSRS before it, JSON: from there a corrected rating is worked out."""


class ReviewSessionRow(Base):
    """A review that a student is in, or was: what its message shows, so that its buttons outlive restarts."""

    __tablename__ = "review_sessions"
    __table_args__ = (Index("ix_review_sessions_student_id", "student_id"),)

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    student_id: Mapped[int]
    turn: Mapped[int]
    """How many cards and sides were shown before: a press on an older one changes nothing."""
    state: Mapped[str]
    """The rest, JSON (`bot.learning.reviews.session.ReviewSession`)."""
    at: Mapped[float] = mapped_column(Float)


class ReminderRow(Base):
    """A student's wish to be reminded of due cards by a direct message, once a day."""

    __tablename__ = "reminders"
    __table_args__ = (Index("ix_reminders_next_at", "next_at"),)

    student_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    hour: Mapped[int]
    """0 to 23, by the clock of `timezone`."""
    timezone: Mapped[str] = mapped_column(String(64))
    """A name of the IANA database: `Asia/Seoul`."""
    locale: Mapped[str] = mapped_column(String(8))
    next_at: Mapped[float] = mapped_column(Float)
    last_day: Mapped[str | None] = mapped_column(String(10))
    """The day, by the student's clock, of the last reminder: there is no second one that day."""
    sending_since: Mapped[float | None] = mapped_column(Float)
    """Since when it is being sent; null when that is done."""
    refused_since: Mapped[str | None] = mapped_column(String(10))
    """The day since which Discord refuses the student's direct messages."""
    refusal_told: Mapped[bool] = mapped_column(Boolean, server_default=false())
