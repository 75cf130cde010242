"""The files that a thread's code has made in /mnt/data, by the names that they have there."""

from collections.abc import Mapping

from sqlalchemy import ForeignKey, Text, delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from assistants.store.base import Base


class MadeFile(Base):
    """The newest file of a name in a thread's /mnt/data. It goes with its thread, or with the file."""

    __tablename__ = "made_files"

    thread_id: Mapped[str] = mapped_column(Text, ForeignKey("threads.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(Text, primary_key=True)
    file_id: Mapped[str] = mapped_column(Text, ForeignKey("files.id", ondelete="CASCADE"), index=True)


async def made_files(session: AsyncSession, thread_id: str) -> dict[str, str]:
    """The ids of a thread's files, by name."""
    rows = await session.execute(select(MadeFile.name, MadeFile.file_id).where(MadeFile.thread_id == thread_id))
    return {row.name: row.file_id for row in rows}


async def note_made_files(session: AsyncSession, thread_id: str, files: Mapping[str, str]) -> None:
    """Note the ids of files by their names; newer ones take the place of those of the same name."""
    await session.execute(delete(MadeFile).where(MadeFile.thread_id == thread_id, MadeFile.name.in_(files.keys())))
    session.add_all(MadeFile(thread_id=thread_id, name=name, file_id=file_id) for name, file_id in files.items())
