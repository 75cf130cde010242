"""Files; their bytes are in a store of files (`assistants/file_stores/`)."""

from sqlalchemy import BigInteger, Text, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from assistants.errors import NotFoundError
from assistants.store.base import Resource


class File(Resource):
    """A row per file; it is written after the file's bytes, so that a row always has them."""

    __tablename__ = "files"

    filename: Mapped[str] = mapped_column(Text)
    purpose: Mapped[str] = mapped_column(Text)
    bytes: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(Text)
    expires_at: Mapped[int | None] = mapped_column(BigInteger, index=True)
    turn: Mapped[str | None] = mapped_column(Text)
    """On whose turn it is indexed: `group/person` (the header `X-Turn` of its upload)."""


async def find_file(session: AsyncSession, file_id: str) -> File:
    """The row.

    Raises:
        NotFoundError: there is none.
    """
    row = await session.scalar(select(File).where(File.id == file_id)) if "\0" not in file_id else None
    if row is None:
        raise NotFoundError.of("file", file_id)
    return row
