"""The bytes of files in the database, in chunks (`FILES_URL=database`).

Not PostgreSQL's large objects: those belong to no table, so that dumps of single tables, logical replicas and deletes
leave them behind, and asyncpg has no interface for them.
"""

from collections.abc import Collection

from sqlalchemy import BigInteger, Integer, LargeBinary, Text, bindparam, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import Mapped, mapped_column

from assistants.store.base import Base


class FileChunk(Base):
    """A row per chunk of a file's bytes, counted from 0. All rows of a file are written in one transaction."""

    __tablename__ = "file_chunks"

    file_id: Mapped[str] = mapped_column(Text, primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    created_at: Mapped[int] = mapped_column(BigInteger)
    data: Mapped[bytes] = mapped_column(LargeBinary)


_INSERT = insert(FileChunk)
_CHUNK = select(FileChunk.data).where(
    FileChunk.file_id == bindparam("file_id"), FileChunk.number == bindparam("number")
)


async def add_chunk(connection: AsyncConnection, file_id: str, number: int, data: bytes, now: int) -> None:
    """Add a chunk."""
    await connection.execute(_INSERT, {"file_id": file_id, "number": number, "data": data, "created_at": now})


async def find_chunk(connection: AsyncConnection, file_id: str, number: int) -> bytes | None:
    """A chunk's bytes; None if there is none."""
    data: bytes | None = await connection.scalar(_CHUNK, {"file_id": file_id, "number": number})
    return data


async def remove_chunks(connection: AsyncConnection, file_ids: Collection[str]) -> None:
    """Delete all chunks of these files."""
    await connection.execute(delete(FileChunk).where(FileChunk.file_id.in_(file_ids)))


async def files_in_chunks(connection: AsyncConnection, before: int) -> list[str]:
    """The ids of files that were written before a time."""
    query = select(FileChunk.file_id).where(FileChunk.number == 0, FileChunk.created_at < before)
    return list((await connection.execute(query)).scalars())
