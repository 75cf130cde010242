"""Messages of a thread, in order."""

from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, Text, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column, undefer

from assistants.errors import NotFoundError
from assistants.store.base import Json, Resource


class Message(Resource):
    """A row per message.

    `tokens` estimates what the message weighs in a prompt, so that a long thread is cut without reading it;
    `calls` holds the function calls (and their outputs) that the model made on the way to this answer.
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


async def find_message(session: AsyncSession, thread_id: str, message_id: str) -> Message:
    """The message.

    Raises:
        NotFoundError: the thread has no such message.
    """
    query = select(Message).where(Message.id == message_id, Message.thread_id == thread_id)
    row = await session.scalar(query)
    if row is None:
        raise NotFoundError.of("message", message_id)
    return row


async def newest_within(
    session: AsyncSession, thread_id: str, *, tokens: int, count: int, without_run: str | None = None
) -> list[Message]:
    """The newest messages that weigh at most `tokens` together, at most `count` of them, oldest first.

    The newest one is there however heavy it is. One statement, that looks at no more than `count` rows' weights and
    reads the content of those alone that fit.
    """
    belongs = [Message.thread_id == thread_id, Message.status != "in_progress"]
    if without_run is not None:
        belongs.append(or_(Message.run_id.is_(None), Message.run_id != without_run))
    newest = select(Message.seq, Message.tokens).where(*belongs).order_by(Message.seq.desc()).limit(count).subquery()
    weighed = select(
        newest.c.seq,
        func.sum(newest.c.tokens).over(order_by=newest.c.seq.desc()).label("weight"),
        func.row_number().over(order_by=newest.c.seq.desc()).label("place"),
    ).subquery()
    fitting = select(weighed.c.seq).where(or_(weighed.c.weight <= tokens, weighed.c.place == 1))
    query = select(Message).where(Message.seq.in_(fitting)).order_by(Message.seq).options(undefer(Message.calls))
    return list((await session.scalars(query)).all())
