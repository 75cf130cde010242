"""Messages of a thread, in order."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, Select, Text, bindparam, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from assistants.errors import ConflictError, NotFoundError
from assistants.store.base import Json, Resource
from assistants.store.cached_statements import Transaction

MAX_IN_THREAD = 100_000
"""Messages that a thread may hold."""


class Message(Resource):
    """A row per message.

    `tokens` is an estimate of the message in a prompt, by which a long thread is cut without reading it;
    `calls` holds the function calls (and their outputs) that led to this answer.
    """

    __tablename__ = "messages"
    __table_args__ = (Index(None, "thread_id", "seq"),)

    tokens: Mapped[int] = mapped_column(Integer, sort_order=-1)
    thread_id: Mapped[str] = mapped_column(Text, ForeignKey("threads.id", ondelete="CASCADE"))
    role: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)
    assistant_id: Mapped[str | None] = mapped_column(Text)
    run_id: Mapped[str | None] = mapped_column(Text, index=True)
    incomplete_details: Mapped[dict[str, Any] | None] = mapped_column(Json)
    completed_at: Mapped[int | None] = mapped_column(BigInteger)
    incomplete_at: Mapped[int | None] = mapped_column(BigInteger)
    content: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    attachments: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    metadata_: Mapped[dict[str, str]] = mapped_column("metadata", Json)
    calls: Mapped[list[dict[str, Any]] | None] = mapped_column(Json, deferred=True)


_BY_ID = select(Message).where(Message.id == bindparam("message_id"), Message.thread_id == bindparam("thread_id"))


async def find_message(session: AsyncSession, thread_id: str, message_id: str) -> Message:
    """The message.

    Raises:
        NotFoundError: the thread has no such message.
    """
    row = await session.scalar(_BY_ID, {"message_id": message_id, "thread_id": thread_id})
    if row is None:
        raise NotFoundError.of("message", message_id)
    return row


# A message that has ended meanwhile stays as it is.
_SAVE_CONTENT = (
    update(Message.__table__)  # type: ignore[arg-type]
    .where(Message.id == bindparam("message_id"), Message.status == "in_progress")
    .values(content=bindparam("content"))
)


async def save_content(connection: AsyncConnection, messages: Sequence[dict[str, Any]]) -> None:
    """Save the content of messages that are being written: `message_id` and `content` of each."""
    await connection.execute(_SAVE_CONTENT, messages)


@dataclass(frozen=True, slots=True)
class PromptMessage:
    """The columns of a message that a prompt needs."""

    role: str
    content: list[dict[str, Any]]
    calls: list[dict[str, Any]] | None


_TABLE = Message.__table__.c
_IN_THREAD = _TABLE.thread_id == bindparam("thread_id")
# Two subqueries: SQLite looks min and max up in the index only when each is selected alone.
_FIRST_AND_LAST = select(
    select(func.min(_TABLE.seq)).where(_IN_THREAD).scalar_subquery(),
    select(func.max(_TABLE.seq)).where(_IN_THREAD).scalar_subquery(),
)
_COUNT = select(func.count()).select_from(Message.__table__).where(_IN_THREAD)


async def check_message_limit(transaction: Transaction, thread_id: str, more: int) -> None:
    """Check that `more` messages may be added to the thread.

    Raises:
        ConflictError: it is full.
    """
    result = await transaction.execute(_FIRST_AND_LAST, {"thread_id": thread_id})
    first, last = result.one()  # both None when the thread is empty
    # `seq` counts the messages of all threads, so the thread has at most this many. Counting them takes longer.
    if last is None or last - first + 1 + more <= MAX_IN_THREAD:
        return
    count = await transaction.scalar(_COUNT, {"thread_id": thread_id})
    if (count or 0) + more > MAX_IN_THREAD:
        raise ConflictError(f"Thread {thread_id} can hold at most {MAX_IN_THREAD} messages.")


def _newest_messages() -> Select[Any]:
    newest = (
        select(Message.seq, Message.tokens)
        .where(
            Message.thread_id == bindparam("thread_id"),
            Message.status != "in_progress",
            or_(Message.run_id.is_(None), Message.run_id != bindparam("without_run")),
        )
        .order_by(Message.seq.desc())
        .limit(bindparam("count", type_=Integer))
        .subquery()
    )
    summed = select(
        newest.c.seq,
        func.sum(newest.c.tokens).over(order_by=newest.c.seq.desc()).label("total"),
        func.row_number().over(order_by=newest.c.seq.desc()).label("number"),
    ).subquery()
    fits = or_(summed.c.total <= bindparam("tokens", type_=Integer), summed.c.number == 1)
    query = select(_TABLE.role, _TABLE.content, _TABLE.calls).where(_TABLE.seq.in_(select(summed.c.seq).where(fits)))
    return query.order_by(_TABLE.seq)


_NEWEST_MESSAGES = _newest_messages()


async def newest_messages(
    connection: AsyncConnection, thread_id: str, *, tokens: int, count: int, without_run: str
) -> list[PromptMessage]:
    """The newest messages with at most `tokens` tokens together, at most `count` of them, oldest first.

    The newest one is always among them; those of the run `without_run` never are. It is one statement, which reads the
    tokens of `count` rows and the content of those that fit.
    """
    parameters = {"thread_id": thread_id, "tokens": tokens, "count": count, "without_run": without_run}
    return [PromptMessage(*row) for row in await connection.execute(_NEWEST_MESSAGES, parameters)]
