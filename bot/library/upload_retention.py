"""How long it is kept what people have uploaded on a day. Files go with their messages."""

from typing import Final

from sqlalchemy import exists

from bot.library.tables import LibraryFileRow, LibraryThreadRow, LibraryUploadRow
from bot.store.base import table_of
from bot.store.retention import CHARGES, UNANSWERED
from bot.store.sweep import Retention

_UPLOADS, _THREADS, _FILES = table_of(LibraryUploadRow), table_of(LibraryThreadRow), table_of(LibraryFileRow)

UPLOAD_RETENTION: Final = (
    Retention(_UPLOADS, CHARGES, lambda before: _UPLOADS.c.day < before.date().isoformat()),
    Retention(
        _THREADS, UNANSWERED, lambda _: ~exists().where(_FILES.c.channel_id == _THREADS.c.thread_id), by_snowflake=True
    ),
)
