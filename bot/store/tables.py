"""The tables of the tutor. Rooms with tables of their own keep them beside their code (see `schema.py`)."""

from datetime import datetime
from typing import Literal

from sqlalchemy import Index, String, text, true
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.base import Base, now

QuestionState = Literal["waiting", "running", "answered", "context", "dropped"]
"""`context`: said to somebody else, and never answered; `dropped`: deleted, refused or given up."""

AnswerState = Literal["running", "waiting", "completed", "stopped", "failed", "interrupted", "replaced"]
"""`waiting`: a tool call waits for a person; `interrupted`: the bot ended meanwhile; `replaced`: by Regenerate."""

HoldKind = Literal["conversation", "files"]
"""`files`: those of a message, on their way into a library."""

DM = 0
"""The guild id of direct messages."""


class GuildRow(Base):
    """What a guild has on the Assistants server; guild 0 stands for direct messages."""

    __tablename__ = "guilds"

    guild_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    assistant_id: Mapped[str | None]
    digest: Mapped[str | None]
    """The hash of what the assistant was made with: when that changes, the assistant is updated."""
    vector_store_id: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(default=now)


class ConversationRow(Base):
    """A Discord thread, a DM, or a chain of replies in a channel, and its Assistants thread."""

    __tablename__ = "conversations"
    __table_args__ = (
        Index(
            "ix_conversations_direct",
            "last_message_id",
            sqlite_where=text("guild_id = 0"),
            postgresql_where=text("guild_id = 0"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """The Discord thread's or DM channel's id; of a chain of replies, its first message's."""
    guild_id: Mapped[int]
    channel_id: Mapped[int]
    """Where the answers are posted."""
    thread_id: Mapped[str | None]
    """The Assistants thread."""
    owned: Mapped[bool]
    """Whether every message in it is answered, or only those that mention the tutor."""
    last_message_id: Mapped[int]
    """The newest Discord message seen, from which a restart catches up."""
    created_at: Mapped[datetime] = mapped_column(default=now)


class QuestionRow(Base):
    """A Discord message that was handled; as its id is stored here, it is not handled twice."""

    __tablename__ = "questions"
    __table_args__ = (
        Index(
            "ix_questions_unanswered",
            "author_id",
            sqlite_where=text("state IN ('waiting', 'running')"),
            postgresql_where=text("state IN ('waiting', 'running')"),
        ),
    )

    message_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    conversation_id: Mapped[int] = mapped_column(index=True)
    channel_id: Mapped[int | None]
    """Where the message is; None for an interaction."""
    author_id: Mapped[int]
    state: Mapped[QuestionState] = mapped_column(String(16))
    answer_id: Mapped[str | None] = mapped_column(index=True)
    created_at: Mapped[datetime] = mapped_column(default=now)


class AnswerRow(Base):
    """One answer: a run, and what became of it."""

    __tablename__ = "answers"
    __table_args__ = (
        Index("ix_answers_conversation_state", "conversation_id", "state"),
        Index("ix_answers_state", "state"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    conversation_id: Mapped[int]
    run_id: Mapped[str | None]
    state: Mapped[AnswerState] = mapped_column(String(16))
    process_id: Mapped[str | None]
    """The process that works on it while it is `running`; what another one writes of it then does not count."""
    created_at: Mapped[datetime] = mapped_column(default=now)


class AnswerMessageRow(Base):
    """A Discord message that shows (a part of) an answer."""

    __tablename__ = "answer_messages"

    message_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    answer_id: Mapped[str] = mapped_column(index=True)


class ToolCallRow(Base):
    """A function call of a run in `requires_action`; the run goes on when all its calls have outputs."""

    __tablename__ = "tool_calls"
    __table_args__ = (
        Index(
            "ix_tool_calls_open",
            "created_at",
            sqlite_where=text("submitted IS 0"),
            postgresql_where=text("submitted IS false"),
        ),
    )

    call_id: Mapped[str] = mapped_column(primary_key=True)
    conversation_id: Mapped[int] = mapped_column(index=True)
    answer_id: Mapped[str]
    thread_id: Mapped[str]
    run_id: Mapped[str] = mapped_column(index=True)
    name: Mapped[str]
    arguments: Mapped[str]
    output: Mapped[str | None]
    submitted: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(default=now)


class AnnouncedRequestRow(Base):
    """What a command asks for and Saem says to be on its way, until the model is asked for it."""

    __tablename__ = "announced_requests"

    interaction_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(16))
    """What takes it up after a restart: `quiz`, `cards`."""
    guild_id: Mapped[int]
    channel_id: Mapped[int]
    """Where the command was given."""
    request: Mapped[str]
    """As JSON."""
    created_at: Mapped[datetime] = mapped_column(default=now)


class DeferredResponseRow(Base):
    """A response to an interaction that is put off, until its handler ends."""

    __tablename__ = "deferred_responses"

    interaction_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    application_id: Mapped[int]
    token: Mapped[str]
    """Discord takes messages with it for a quarter of an hour."""
    guild_id: Mapped[int]
    """0 in direct messages."""
    locale: Mapped[str] = mapped_column(String(8))
    process_id: Mapped[str]
    """The process that is at it."""
    created_at: Mapped[datetime] = mapped_column(default=now)


class TokenChargeRow(Base):
    """What an answer, or another use of the model, has cost; until it is settled, what it is estimated to cost."""

    __tablename__ = "token_charges"
    __table_args__ = (
        Index("ix_token_charges_guild_id", "guild_id", "day"),
        Index("ix_token_charges_student_id", "student_id", "day"),
        Index(
            "ix_token_charges_unsettled",
            "id",
            sqlite_where=text("settled IS 0"),
            postgresql_where=text("settled IS false"),
        ),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    """The answer's id, for an answer."""
    day: Mapped[str] = mapped_column(String(10), index=True)
    """UTC, `2026-11-21`."""
    guild_id: Mapped[int]
    student_id: Mapped[int]
    """0 when it is not known."""
    tokens: Mapped[int]
    run_id: Mapped[str | None] = mapped_column(index=True)
    picodollars: Mapped[int] = mapped_column(default=0, server_default="0")
    """Millionths of a millionth of a US dollar: prices per million tokens with six decimals are whole numbers of it."""
    model: Mapped[str] = mapped_column(default="", server_default="")
    kind: Mapped[str] = mapped_column(String(16), default="answer", server_default="answer")
    """What it was for: see `token_charges.py`."""
    thread_id: Mapped[str | None]
    """The run's Assistants thread."""
    process_id: Mapped[str] = mapped_column(default="", server_default="")
    """The process that is at the run; empty: none is."""
    settled: Mapped[bool] = mapped_column(default=True, server_default=true())
    """Whether it is what was used, as far as anybody will ever know."""


class BudgetRow(Base):
    """How much a server, a role or a student may use, as the server's managers have set it."""

    __tablename__ = "budgets"

    guild_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    scope: Mapped[str] = mapped_column(String(8), primary_key=True)
    """`server`, `role` or `student`."""
    subject_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """The id of the role or the student; 0 for the server."""
    unit: Mapped[str] = mapped_column(String(8), primary_key=True)
    """`tokens` or `dollars`."""
    period: Mapped[str] = mapped_column(String(8), primary_key=True)
    """`day` or `month`."""
    amount: Mapped[int]
    """Tokens, or picodollars."""


class BudgetNoticeRow(Base):
    """That a server's managers were told that most of a budget is used: once in each period."""

    __tablename__ = "budget_notices"

    guild_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    budget: Mapped[str] = mapped_column(String(64), primary_key=True)
    """Which budget: its scope, subject, unit and period."""
    begins_on: Mapped[str] = mapped_column(String(10), primary_key=True)
    """The first day of the period, `2026-12-01`."""


class SeparateThreadRow(Base):
    """An Assistants thread that a run of its own uses, until it is deleted: what a crash leaves is deleted later."""

    __tablename__ = "separate_threads"

    thread_id: Mapped[str] = mapped_column(primary_key=True)
    created_at: Mapped[datetime] = mapped_column(default=now)


class HoldRow(Base):
    """What a process still works on though the shard of its guild belongs to another: that one waits for its end."""

    __tablename__ = "holds"

    kind: Mapped[HoldKind] = mapped_column(String(16), primary_key=True)
    thing_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """The conversation's id, or that of the message with files."""
    process_id: Mapped[str] = mapped_column(primary_key=True)
    guild_id: Mapped[int]


class StudentRunRow(Base):
    """An answer of a student that is under way; each has one of the places that the student has in all processes."""

    __tablename__ = "student_runs"

    student_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    process_id: Mapped[str]
    number: Mapped[int]
    """Of the process's own count."""
    began_at: Mapped[datetime]


class NoteRow(Base):
    """A small fact about the bot itself, by name (`alive_at`: when the bot was connected last)."""

    __tablename__ = "notes"

    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    value: Mapped[str]


class ServerSettingRow(Base):
    """What the people of a server have set, by name; the values of each are in `server_settings.py`."""

    __tablename__ = "server_settings"

    guild_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    channel_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """0: the whole server."""
    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    value: Mapped[str]


class ServerSettingChangeRow(Base):
    """Who changed a setting, and when. `value` is None where it was taken back to the default."""

    __tablename__ = "server_setting_changes"
    __table_args__ = (Index("ix_server_setting_changes_guild", "guild_id", "changed_at"),)

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    guild_id: Mapped[int]
    channel_id: Mapped[int]
    name: Mapped[str] = mapped_column(String(32))
    value: Mapped[str | None]
    changed_by: Mapped[int]
    changed_at: Mapped[datetime] = mapped_column(default=now)
