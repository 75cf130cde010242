"""Where deleted objects stood in their lists, so that a client that pages through one goes on from there."""

from typing import Any, Final

from sqlalchemy import BigInteger, ColumnElement, Text, delete, insert, literal, select, tuple_
from sqlalchemy.orm import Mapped, mapped_column

from assistants.store.base import Base
from assistants.store.cached_statements import Transaction
from database.steady_clock import steady_time

KEPT_FOR: Final = 30 * 86400
"""Seconds after which a deleted object is no cursor any more."""


class DeletedObject(Base):
    """The `seq` an object had in the list `list_id`: the id of a thread, run or vector store, or its table's name."""

    __tablename__ = "deleted_objects"

    list_id: Mapped[str] = mapped_column(Text, primary_key=True)
    id: Mapped[str] = mapped_column(Text, primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger)
    deleted_at: Mapped[int] = mapped_column(BigInteger, index=True)


async def note_deleted(
    transaction: Transaction, table: Any, *conditions: ColumnElement[bool], list_id: Any = None
) -> None:
    """Note rows of `table` deleted next; `list_id` is the column that holds it, unless it is the table's name."""
    now = int(steady_time())
    where = literal(table.__tablename__) if list_id is None else list_id
    leaving = select(where, table.id, table.seq, literal(now, BigInteger)).where(*conditions)
    again = select(where, table.id).where(*conditions)
    old = DeletedObject.deleted_at < now - KEPT_FOR
    known = tuple_(DeletedObject.list_id, DeletedObject.id).in_(again)
    await transaction.execute(delete(DeletedObject).where(old | known))
    await transaction.execute(insert(DeletedObject).from_select(["list_id", "id", "seq", "deleted_at"], leaving))


async def deleted_seq(transaction: Transaction, list_id: str, id_: str) -> int | None:
    """The `seq` that a deleted object had; None where nothing is known of it."""
    query = select(DeletedObject.seq).where(DeletedObject.list_id == list_id, DeletedObject.id == id_)
    seq: int | None = await transaction.scalar(query)
    return seq
