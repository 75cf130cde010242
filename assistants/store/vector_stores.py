"""Vector stores, the files in them, batches of files, and removed files. Passages are in the index (`retrieval/`)."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    ForeignKey,
    Index,
    Integer,
    Text,
    UniqueConstraint,
    delete,
    false,
    insert,
    select,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column, synonym

from assistants.errors import NotFoundError
from assistants.store.base import Base, BigKey, Json, Resource
from assistants.store.cached_statements import Transaction, find_row
from assistants.store.deleted_objects import note_deleted


class VectorStore(Resource):
    """A row per vector store; `last_active_at` decides whether it has expired."""

    __tablename__ = "vector_stores"
    # The index keeps a `seq` longer than its row lives, so no `seq` may be used again.
    __table_args__ = ({"sqlite_autoincrement": True},)

    name: Mapped[str | None] = mapped_column(Text)
    description: Mapped[str | None] = mapped_column(Text)
    metadata_: Mapped[dict[str, str]] = mapped_column("metadata", Json)
    expires_after: Mapped[dict[str, Any] | None] = mapped_column(Json)
    last_active_at: Mapped[int] = mapped_column(BigInteger)

    @property
    def expires_at(self) -> int | None:
        """When it expires unless it is used, in seconds since the epoch."""
        return None if self.expires_after is None else self.last_active_at + self.expires_after["days"] * 86400


class VectorStoreFile(Base):
    """A file in a vector store. Its passages are found only while it is `completed`.

    `embedded_by` is the embedding model of all of its passages. `owner` is the process that indexes it, with a lease
    until `lease_until`; `attempts` is how often indexing was begun.
    """

    __tablename__ = "vector_store_files"
    __table_args__ = (
        UniqueConstraint("vector_store_id", "file_id"),
        Index(None, "vector_store_id", "seq"),
        Index(None, "status"),
        {"sqlite_autoincrement": True},
    )

    seq: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=True, sort_order=-3)
    created_at: Mapped[int] = mapped_column(BigInteger, sort_order=-1)
    vector_store_id: Mapped[str] = mapped_column(Text, ForeignKey("vector_stores.id", ondelete="CASCADE"))
    file_id: Mapped[str] = mapped_column(Text, ForeignKey("files.id", ondelete="CASCADE"), index=True)
    id = synonym("file_id")  # in the API's lists its id is the file's
    batch_id: Mapped[str | None] = mapped_column(Text, index=True)
    status: Mapped[str] = mapped_column(Text)
    last_error: Mapped[dict[str, str] | None] = mapped_column(Json)
    chunk_size: Mapped[int] = mapped_column(Integer)
    chunk_overlap: Mapped[int] = mapped_column(Integer)
    attributes: Mapped[dict[str, Any]] = mapped_column(Json)
    usage_bytes: Mapped[int] = mapped_column(BigInteger)
    passages: Mapped[int] = mapped_column(Integer)
    embedded_by: Mapped[str | None] = mapped_column(Text)
    attempts: Mapped[int] = mapped_column(Integer)
    owner: Mapped[str | None] = mapped_column(Text)
    lease_until: Mapped[int | None] = mapped_column(BigInteger)
    unread_pages: Mapped[list[int] | None] = mapped_column(Json)
    """Numbers of scanned pages whose words could not be read, though the others were."""
    embedding_tokens: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    """Tokens of its passages that an embeddings model has read."""
    slow: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    """Whether a first, short attempt to read it was too short: it waits behind the others."""


class FileBatch(Resource):
    """Files put into a vector store together; their rows name it in `batch_id`."""

    __tablename__ = "file_batches"

    vector_store_id: Mapped[str] = mapped_column(Text, ForeignKey("vector_stores.id", ondelete="CASCADE"), index=True)
    cancelled_at: Mapped[int | None] = mapped_column(BigInteger)


class RemovedFile(Base):
    """A file that was removed from its vector store (`seq` of its row) and whose passages are still to be deleted."""

    __tablename__ = "discards"

    seq: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=False)


async def find_vector_store(transaction: Transaction, id_: str) -> VectorStore:
    """The row.

    Raises:
        NotFoundError: there is none.
    """
    row = await find_row(transaction, VectorStore, id_) if "\0" not in id_ else None
    if row is None:
        raise NotFoundError.of("vector store", id_)
    return row


async def find_vector_store_file(session: AsyncSession, vector_store_id: str, file_id: str) -> VectorStoreFile:
    """The row.

    Raises:
        NotFoundError: the vector store does not hold this file.
    """
    await find_vector_store(session, vector_store_id)
    query = select(VectorStoreFile).where(
        VectorStoreFile.vector_store_id == vector_store_id, VectorStoreFile.file_id == file_id
    )
    row = await session.scalar(query) if "\0" not in file_id else None
    if row is None:
        raise NotFoundError(f"No file found with id '{file_id}' in vector store '{vector_store_id}'.")
    return row


async def find_batch(session: AsyncSession, vector_store_id: str, batch_id: str) -> FileBatch:
    """The row.

    Raises:
        NotFoundError: the vector store has no such batch.
    """
    query = select(FileBatch).where(FileBatch.id == batch_id, FileBatch.vector_store_id == vector_store_id)
    row = await session.scalar(query) if "\0" not in batch_id + vector_store_id else None
    if row is None:
        raise NotFoundError.of("file batch", batch_id)
    return row


async def remove_from_vector_stores(session: AsyncSession, *conditions: ColumnElement[bool]) -> None:
    """Remove the files that meet `conditions` from their vector stores; their passages are no longer found."""
    leaving = select(VectorStoreFile.seq).where(*conditions)
    await session.execute(insert(RemovedFile).from_select(["seq"], leaving))
    await note_deleted(session, VectorStoreFile, *conditions, list_id=VectorStoreFile.vector_store_id)
    await session.execute(delete(VectorStoreFile).where(*conditions))
