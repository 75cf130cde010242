"""Files leave the library: from the Assistants server and from the bot's database."""

from collections.abc import Iterable

import structlog

from bot.library.library_store import FileRecord, LibraryStore
from bot.library.vector_store_files import VectorStoreFiles

log = structlog.get_logger(__name__)


class Removal:
    """Removes files; content that came with two messages stays until both are gone."""

    def __init__(self, library_store: LibraryStore, vector_store_files: VectorStoreFiles) -> None:
        self._library_store = library_store
        self._vector_store_files = vector_store_files

    async def remove(self, records: Iterable[FileRecord]) -> None:
        """Remove files; one that the server does not delete now stays `leaving`, for the next process."""
        leaving = list(records)
        await self._library_store.set_leaving(leaving)
        for record in leaving:
            if record.file_id is None or await self._library_store.of_file(record.file_id):
                await self._library_store.delete(record)
            elif await self._vector_store_files.delete(record.file_id):
                await self._library_store.delete(record)
                log.info("library.removed", attachment=record.attachment_id, guild=record.guild_id)

    async def remove_if_gone(self, record: FileRecord) -> bool:
        """Delete a file from the server if its message was deleted while the file was added; returns whether it was."""
        stored = await self._library_store.get(record)
        if stored is not None and stored.state != "leaving":
            return False
        if record.file_id is not None and not await self._library_store.of_file(record.file_id):
            await self._vector_store_files.delete(record.file_id)
        return True
