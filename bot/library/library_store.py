"""What the bot's database knows of library files, watched channels and who may add files."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from typing import Any, Final

from sqlalchemy import ColumnElement, Table, bindparam, delete, exists, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from bot.library.tables import (
    Kind,
    LibraryChannelRow,
    LibraryFileRow,
    LibraryGuildRow,
    LibraryThreadRow,
    LibraryUploadRow,
    State,
)
from bot.store.base import now, table_of
from bot.store.retention import CHARGES, UNANSWERED
from bot.store.store import Store
from bot.store.sweep import Retention

_FILES, _CHANNELS = table_of(LibraryFileRow), table_of(LibraryChannelRow)
_GUILDS, _THREADS = table_of(LibraryGuildRow), table_of(LibraryThreadRow)
_UPLOADS = table_of(LibraryUploadRow)

_ADD: Final = insert(_FILES)
_CHANGING: Final = ("state", "sha256", "file_id", "reason", "read_as")
_THIS_FILE: Final = (_FILES.c.attachment_id == bindparam("of"), _FILES.c.kind == bindparam("in_kind"))
_UPDATE: Final = (
    update(_FILES)
    .where(*_THIS_FILE, _FILES.c.state != "leaving")
    .values({name: bindparam(f"new_{name}") for name in _CHANGING} | {"marked": False})
)
_SET_OUTCOME_SHOWN: Final = update(_FILES).where(*_THIS_FILE).values(marked=True)
_SET_LEAVING: Final = update(_FILES).where(*_THIS_FILE).values(state="leaving")
_DELETE: Final = delete(_FILES).where(*_THIS_FILE)

LIBRARY_RETENTION: Final = (
    Retention(_UPLOADS, CHARGES, lambda before: _UPLOADS.c.day < before.date().isoformat()),
    Retention(
        _THREADS, UNANSWERED, lambda _: ~exists().where(_FILES.c.channel_id == _THREADS.c.thread_id), by_snowflake=True
    ),
)
"""How long it is kept what was uploaded on a day, and a thread without files. Files go with their messages."""


@dataclass(frozen=True, slots=True)
class FileRecord:
    """A file that came with a Discord message; `LibraryFileRow` says what the fields mean."""

    attachment_id: int
    guild_id: int
    channel_id: int
    message_id: int
    author_id: int
    filename: str
    size: int
    kind: Kind = "library"
    state: State = "waiting"
    sha256: str | None = None
    file_id: str | None = None
    reason: str | None = None
    read_as: str | None = None

    @property
    def turn(self) -> str:
        """On whose turn the server indexes it: guilds take turns, and students within a guild."""
        return f"{self.guild_id}/{self.author_id}"

    @property
    def jump_url(self) -> str:
        """The link to the message that the file came with."""
        return f"https://discord.com/channels/{self.guild_id or '@me'}/{self.channel_id}/{self.message_id}"


@dataclass(frozen=True, slots=True)
class KnownChannel:
    """A channel of which something is stored; `LibraryChannelRow` says what the fields mean."""

    channel_id: int
    guild_id: int
    watched: bool | None
    seen_message_id: int | None


@dataclass(frozen=True, slots=True)
class KnownThread:
    """A thread that files came in; `LibraryThreadRow` says what the fields mean."""

    thread_id: int
    guild_id: int
    parent_id: int
    private: bool


_COLUMNS: Final = [_FILES.c[field.name] for field in fields(FileRecord)]


class LibraryStore:
    """Reads and writes the library's tables."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._dialect = sqlite if store.dialect == "sqlite" else postgresql

    # Files

    async def add(self, record: FileRecord) -> bool:
        """Store a new file; False if it is stored already."""
        values = {field.name: getattr(record, field.name) for field in fields(FileRecord)}
        try:
            await self._store.write((_ADD, {**values, "marked": False, "created_at": now()}))
        except IntegrityError:
            return False
        return True

    async def update(self, record: FileRecord) -> None:
        """Write a file's state, hash, id and reason, unless it is `leaving`; its outcome has not been shown yet."""
        values = {f"new_{name}": getattr(record, name) for name in _CHANGING}
        await self._store.write((_UPDATE, {**_key(record), **values}))

    async def set_outcome_shown(self, records: Iterable[FileRecord]) -> None:
        """People see whether these files are ready or have failed."""
        await self._store.write(*((_SET_OUTCOME_SHOWN, _key(record)) for record in records))

    async def outcome_not_shown(self) -> list[FileRecord]:
        """Library files that are ready or have failed, and nobody was shown that."""
        ended = (_FILES.c.kind == "library", _FILES.c.state.in_(("ready", "failed")))
        return await self._select(*ended, _FILES.c.marked.is_(False))

    async def set_leaving(self, records: Iterable[FileRecord]) -> None:
        """The files are gone from Discord, and are to be deleted from the Assistants server."""
        for record in records:
            await self._store.write((_SET_LEAVING, _key(record)))

    async def delete(self, record: FileRecord) -> None:
        """Forget a file."""
        await self._store.write((_DELETE, _key(record)))

    async def get(self, record: FileRecord) -> FileRecord | None:
        """The file as it is stored now; None if it is not."""
        this = (_FILES.c.attachment_id == record.attachment_id, _FILES.c.kind == record.kind)
        return next(iter(await self._select(*this)), None)

    async def library_file(self, attachment_id: int, kind: Kind = "library") -> FileRecord | None:
        """The library's file, or that of a question, that came as this attachment; None if there is none."""
        this = (_FILES.c.attachment_id == attachment_id, _FILES.c.kind == kind, _FILES.c.state != "leaving")
        return next(iter(await self._select(*this)), None)

    async def of_message(self, message_id: int) -> list[FileRecord]:
        """The files that came with a message."""
        return await self._select(_FILES.c.message_id == message_id)

    async def of_author(self, author_id: int) -> list[FileRecord]:
        """The files that a person has sent."""
        return await self._select(_FILES.c.author_id == author_id)

    async def of_channel(self, channel_id: int) -> list[FileRecord]:
        """The files that came in a channel."""
        return await self._select(_FILES.c.channel_id == channel_id)

    async def of_file(self, file_id: str) -> list[FileRecord]:
        """The files that share one file of the Assistants server, oldest first."""
        return await self._select(_FILES.c.file_id == file_id, _FILES.c.state != "leaving")

    async def in_state(self, state: State, kind: Kind | None = None) -> list[FileRecord]:
        """The files of all guilds in a state."""
        kinds = [] if kind is None else [_FILES.c.kind == kind]
        return await self._select(_FILES.c.state == state, *kinds)

    async def of_guild(self, guild_id: int, *states: State) -> list[FileRecord]:
        """The files in a guild's library, oldest first."""
        return await self._select(_FILES.c.guild_id == guild_id, _FILES.c.kind == "library", _FILES.c.state.in_(states))

    async def all_of_guild(self, guild_id: int) -> list[FileRecord]:
        """All files of a guild: of its library and of questions."""
        return await self._select(_FILES.c.guild_id == guild_id)

    async def conversation_has_files(self, channel_id: int) -> bool:
        """Whether files came with questions in a channel or thread, or with the message that the thread began with."""
        here = (_FILES.c.channel_id == channel_id) | (_FILES.c.message_id == channel_id)
        query = select(_FILES.c.attachment_id).where(_FILES.c.kind == "thread", here, _FILES.c.state == "ready")
        return bool(await self._store.read(query.limit(1)))

    async def newest_first(self, guild_id: int) -> list[FileRecord]:
        """The files in a guild's library as lists show them: also those that wait or have failed."""
        return (await self.of_guild(guild_id, "ready", "waiting", "failed"))[::-1]

    async def with_same_content(self, record: FileRecord, sha256: str) -> FileRecord | None:
        """A library file of the same channel that is ready and has the same content.

        Other channels may be open to other people, and a file on the server names one channel alone.
        """
        found = await self._select(
            _FILES.c.guild_id == record.guild_id,
            _FILES.c.channel_id == record.channel_id,
            _FILES.c.kind == "library",
            _FILES.c.state == "ready",
            _FILES.c.sha256 == sha256,
            _FILES.c.attachment_id != record.attachment_id,
        )
        return next(iter(found), None)

    async def _select(self, *conditions: ColumnElement[bool]) -> list[FileRecord]:
        query = select(*_COLUMNS).where(*conditions).order_by(_FILES.c.attachment_id)
        return [FileRecord(*row) for row in await self._store.read(query)]

    # Channels

    async def channels(self) -> list[KnownChannel]:
        """The channels that somebody decided to watch or not to watch, or that were read."""
        columns = (_CHANNELS.c.channel_id, _CHANNELS.c.guild_id, _CHANNELS.c.watched, _CHANNELS.c.seen_message_id)
        return [KnownChannel(*row) for row in await self._store.read(select(*columns))]

    async def set_watched(self, guild_id: int, channel_id: int, *, watched: bool) -> None:
        """Store that a channel is watched, or is not."""
        await self._upsert(
            _CHANNELS, "channel_id", {"channel_id": channel_id, "guild_id": guild_id, "watched": watched}
        )

    async def set_read_up_to(self, guild_id: int, channel_id: int, message_id: int) -> None:
        """Store that a watched channel was read up to this message."""
        values = {"channel_id": channel_id, "guild_id": guild_id, "seen_message_id": message_id}
        await self._upsert(_CHANNELS, "channel_id", values)

    async def file_channels(self, guild_id: int | None = None) -> set[tuple[int, int]]:
        """The guild and the id of each channel and thread that library files came in; of all guilds without one."""
        query = select(_FILES.c.guild_id, _FILES.c.channel_id).distinct().where(_FILES.c.kind == "library")
        if guild_id is not None:
            query = query.where(_FILES.c.guild_id == guild_id)
        return {(row.guild_id, row.channel_id) for row in await self._store.read(query)}

    async def threads(self, guild_id: int | None = None) -> dict[int, KnownThread]:
        """By id: the threads that files came in; of all guilds without one."""
        query = select(*(_THREADS.c[field.name] for field in fields(KnownThread)))
        rows = await self._store.read(query if guild_id is None else query.where(_THREADS.c.guild_id == guild_id))
        return {row.thread_id: KnownThread(*row) for row in rows}

    async def add_thread(self, thread: KnownThread) -> None:
        """Store a thread that a file came in."""
        values = {field.name: getattr(thread, field.name) for field in fields(KnownThread)}
        await self._upsert(_THREADS, "thread_id", values)

    # Who may add files

    async def contributor_roles(self) -> dict[int, int | None]:
        """By guild id: the role that may add files; None: everyone."""
        rows = await self._store.read(select(_GUILDS.c.guild_id, _GUILDS.c.contributor_role_id))
        return {row.guild_id: row.contributor_role_id for row in rows}

    async def set_contributor_role(self, guild_id: int, role_id: int | None) -> None:
        """Store who may add files; None: everyone."""
        await self._upsert(_GUILDS, "guild_id", {"guild_id": guild_id, "contributor_role_id": role_id})

    async def _upsert(self, table: Table, key: str, values: dict[str, Any]) -> None:
        statement = self._dialect.insert(table).values(values)
        changed = {name: value for name, value in values.items() if name != key}
        await self._store.write((statement.on_conflict_do_update(index_elements=[key], set_=changed), {}))


def find(records: Sequence[FileRecord], wanted: str) -> list[FileRecord]:
    """The file with that attachment id, or else the first with that name, or else all whose names begin so."""
    by_id = [record for record in records if str(record.attachment_id) == wanted]
    name = _comparable(wanted)
    by_name = [record for record in records if _comparable(record.filename) == name]
    if by_id or by_name:
        return [*by_id, *by_name][:1]
    return [record for record in records if name and _comparable(record.filename).startswith(name)]


def _comparable(name: str) -> str:
    """A name without its case; macOS writes Hangul in single letters, other systems in syllables."""
    return unicodedata.normalize("NFC", name).casefold().strip()


def _key(record: FileRecord) -> dict[str, Any]:
    return {"of": record.attachment_id, "in_kind": record.kind}
