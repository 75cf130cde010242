"""The tables of quizzes: quizzes, who joined them, the students' responses, results, and requests."""

from datetime import datetime
from typing import Final

from sqlalchemy import Float, Index, String, false, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.base import Base, now

OPEN: Final = "phase NOT IN ('finished', 'cancelled')"
"""The condition of the index of the quizzes that are not over; queries have to use these very words."""


class QuizRow(Base):
    """A quiz, from the call that asked for it to its end. Times of the game are seconds since the epoch."""

    __tablename__ = "quizzes"
    __table_args__ = (
        Index("ix_quizzes_channel_id", "channel_id"),
        Index("ix_quizzes_call_id", "call_id"),
        Index("ix_quizzes_message_id", "message_id"),
        Index("ix_quizzes_phase", "phase"),
        Index("ix_quizzes_open", "id", sqlite_where=text(OPEN), postgresql_where=text(OPEN)),
        Index("ix_quizzes_due", "id", sqlite_where=text("due IS NOT NULL"), postgresql_where=text("due IS NOT NULL")),
        Index("ix_quizzes_deadline", "deadline"),
        Index("ix_quizzes_guild_created", "guild_id", "created_at"),
    )

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    """Part of every button's `custom_id`."""
    call_id: Mapped[str]
    guild_id: Mapped[int]
    """0 in direct messages."""
    channel_id: Mapped[int]
    """The thread or channel that it is played in."""
    host_id: Mapped[int]
    locale: Mapped[str] = mapped_column(String(8))
    topic: Mapped[str]
    """As the student typed it, or else the quiz's title."""
    topic_typed: Mapped[bool] = mapped_column(server_default=false())
    """Whether the student typed it; only then it is suggested again."""
    mode: Mapped[str] = mapped_column(String(8))
    quiz: Mapped[str]
    """The checked arguments of the call, JSON."""
    orders: Mapped[str]
    """The order in which each question's choices are shown, JSON."""
    open_for: Mapped[float] = mapped_column(Float)
    feedback: Mapped[str] = mapped_column(String(8), server_default="end")
    """When right and wrong are told: after `each` answer, or at the `end`."""
    waiting: Mapped[str] = mapped_column(server_default="[]")
    """The questions that are being checked, JSON."""
    left_out: Mapped[int] = mapped_column(server_default="0")
    """How many questions the check has left out."""
    phase: Mapped[str] = mapped_column(String(16))
    position: Mapped[int]
    furthest: Mapped[int]
    opened_at: Mapped[float] = mapped_column(Float)
    deadline: Mapped[float | None] = mapped_column(Float)
    paused_at: Mapped[float | None] = mapped_column(Float)
    delivered: Mapped[bool]
    due: Mapped[str | None] = mapped_column(String(24))
    """An effect that is not carried out yet; after a restart it is."""
    message_id: Mapped[int | None]
    """The message that shows it now."""
    message_question: Mapped[int | None]
    """The index of the question that this message was posted for."""
    untold: Mapped[bool] = mapped_column(server_default=false())
    """Whether the model has to be told how it stands with the next question: no output of the call tells it."""
    difficulty: Mapped[str | None] = mapped_column(String(8))
    """As it was asked for; null: nobody said."""
    source: Mapped[str | None] = mapped_column(String(8))
    """As it was asked for; null: nobody said."""
    followed: Mapped[bool] = mapped_column(server_default=false())
    """Whether the next quiz was asked for by a button under its results, which is gone then."""
    created_at: Mapped[datetime] = mapped_column(default=now)


class QuizPlayerRow(Base):
    """A student who joined a group's quiz before it began."""

    __tablename__ = "quiz_players"

    quiz_id: Mapped[str] = mapped_column(String(16), primary_key=True)
    student_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str]
    """The display name at the time."""
    place: Mapped[int]
    """How many had joined before."""


class QuizResponseRow(Base):
    """A student's response to a question."""

    __tablename__ = "quiz_answers"

    quiz_id: Mapped[str] = mapped_column(String(16), primary_key=True)
    student_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    question: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    choice: Mapped[int]
    """Its index in the model's list."""
    name: Mapped[str]
    """The display name at the time."""
    at: Mapped[float] = mapped_column(Float)
    seconds: Mapped[float] = mapped_column(Float)
    second: Mapped[int | None]
    """The choice of a second try, which does not count."""


class QuizResultRow(Base):
    """One student's result in one question of a finished quiz: what `/progress` and reviews read."""

    __tablename__ = "quiz_results"
    __table_args__ = (
        Index("ix_quiz_results_guild_student", "guild_id", "student_id", "topic"),
        Index("ix_quiz_results_student_id", "student_id"),
    )

    quiz_id: Mapped[str] = mapped_column(String(16), primary_key=True)
    student_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    question: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    guild_id: Mapped[int]
    topic: Mapped[str]
    asked: Mapped[str]
    choices: Mapped[str]
    """JSON, in the model's order."""
    chosen: Mapped[int | None]
    """Null: skipped."""
    right: Mapped[int | None]
    """Null: the quiz did not say the right answer."""
    explanation: Mapped[str | None]
    seconds: Mapped[float | None] = mapped_column(Float)
    finished_at: Mapped[datetime] = mapped_column(default=now)
    reported: Mapped[bool] = mapped_column(server_default=false())
    """Whether the student reported the question as wrong: then the result counts nowhere."""


class QuizRequestRow(Base):
    """What a student asked for with `/quiz`, until the model's call comes. Each conversation keeps only the newest."""

    __tablename__ = "quiz_requests"
    __table_args__ = (Index("ix_quiz_requests_interaction_id", "interaction_id"),)

    conversation_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    run_id: Mapped[str | None]
    """The run that answered it with a quiz. A quiz of a later run does not belong to it."""
    interaction_id: Mapped[int] = mapped_column(server_default="0")
    """The `message_id` of the question in the conversation."""
    name: Mapped[str] = mapped_column(server_default="")
    prompt: Mapped[str] = mapped_column(server_default="")
    instructions: Mapped[str] = mapped_column(server_default="")
    host_id: Mapped[int]
    locale: Mapped[str] = mapped_column(String(8))
    topic: Mapped[str]
    topic_typed: Mapped[bool] = mapped_column(server_default=false())
    """False: the topic is how a message or an answer begins."""
    mode: Mapped[str] = mapped_column(String(8))
    difficulty: Mapped[str | None] = mapped_column(String(8))
    source: Mapped[str | None] = mapped_column(String(8))
    feedback: Mapped[str] = mapped_column(String(8), server_default="each")
    created_at: Mapped[datetime] = mapped_column(default=now)


class QuizStartRow(Base):
    """A quiz that was let in lately, which counts among those that a student and a server may start."""

    __tablename__ = "quiz_starts"

    request_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    """What asked for it: an interaction's id or a call's."""
    student_id: Mapped[int]
    guild_id: Mapped[int]
    """0 in direct messages."""
    at: Mapped[float] = mapped_column(Float)
    """Seconds since the epoch."""


class QuizReportRow(Base):
    """A student's report that a question is wrong, until somebody who may manage the library dismisses it."""

    __tablename__ = "quiz_reports"
    __table_args__ = (Index("ix_quiz_reports_guild_id", "guild_id", "created_at"),)

    quiz_id: Mapped[str] = mapped_column(String(16), primary_key=True)
    question: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """Its index."""
    student_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    guild_id: Mapped[int]
    place_id: Mapped[int] = mapped_column(server_default="0")
    """The channel, or a thread's parent: who can open it may read the report."""
    private: Mapped[bool] = mapped_column(server_default=false())
    """Whether it was a private thread in that channel."""
    created_at: Mapped[datetime] = mapped_column(default=now)
    dismissed_by: Mapped[int | None]
    """Who dismissed it; null: nobody has yet."""


class QuizExplanationRow(Base):
    """A student's request, by a button, to have a question explained."""

    __tablename__ = "quiz_explanations"

    interaction_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """The `message_id` of the question in the conversation."""
    conversation_id: Mapped[int]
    student_id: Mapped[int]
    name: Mapped[str]
    """The display name at the time."""
    quiz_id: Mapped[str] = mapped_column(String(16))
    question: Mapped[int]
    """Its index."""
    created_at: Mapped[datetime] = mapped_column(default=now)
