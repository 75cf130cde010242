"""Threads, which hold messages and runs."""

from typing import Any

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from assistants.errors import NotFoundError
from assistants.store.base import Json, Resource
from assistants.store.cached_statements import Transaction, find_row


class Thread(Resource):
    """A row per thread; whoever adds a message or run locks it, so that they take turns."""

    __tablename__ = "threads"

    tool_resources: Mapped[dict[str, Any]] = mapped_column(Json)
    metadata_: Mapped[dict[str, str]] = mapped_column("metadata", Json)


async def find_thread(transaction: Transaction, thread_id: str) -> Thread:
    """The thread.

    Raises:
        NotFoundError: there is none.
    """
    row = await find_row(transaction, Thread, thread_id)
    if row is None:
        raise NotFoundError.of("thread", thread_id)
    return row


async def lock_thread(transaction: Transaction, thread_id: str) -> Thread:
    """The thread, locked until the end of the transaction against others that add messages or runs.

    Raises:
        NotFoundError: there is none.
    """
    row = await find_row(transaction, Thread, thread_id, lock=True)
    if row is None:
        raise NotFoundError.of("thread", thread_id)
    return row


async def delete_thread(session: AsyncSession, thread_id: str) -> None:
    """Delete the thread with its messages, runs and steps.

    Raises:
        NotFoundError: there is none.
    """
    await lock_thread(session, thread_id)
    await session.execute(delete(Thread).where(Thread.id == thread_id))
