"""`saem import`: objects of files are checked, kept on disk, and written thread by thread.

Each thread is one transaction, so a killed import leaves whole threads, and the next one goes on behind them.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import undefer

from assistants.errors import ApiError
from assistants.retrieval.files import Files
from assistants.store.made_files import MadeFile
from assistants.store.messages import MAX_IN_THREAD, Message
from assistants.store.runs import Run, active_run
from assistants.store.schema import File, Thread, VectorStore, VectorStoreFile
from assistants.store.store import Store
from assistants.transfer.chats import CHAT_ID, NODE_ID, Chats, is_chat
from assistants.transfer.json_reading import read_objects
from assistants.transfer.records import KINDS, RecordError, chat_time, checked, last_change, lasting, row_of, shown
from assistants.transfer.report import Report, TransferError
from assistants.transfer.sources import Source, archive_errors
from assistants.transfer.spool import Item, Spool

EXPORT: Final = "export"
"""`object` of an export's first line."""
VERSION: Final = 1

_AT_ONCE: Final = 500
_BLOCK: Final = 1 << 20

Progress = Callable[[int], None]


async def read_into(spool: Spool, source: Source, report: Report, progress: Progress) -> None:
    """Read and check all objects of the source.

    Raises:
        TransferError: a document cannot be read to its end.
    """
    chats = Chats(source, report)
    for document in source.documents:
        in_order = False
        for number, found in enumerate(read_objects(document, progress)):
            if number % _AT_ONCE == 0:
                await asyncio.sleep(0)  # Ctrl+C is heard
            if found.wrong is not None:
                report.refuse(found.place, found.wrong)
                continue
            if isinstance(found.value, dict) and found.value.get("object") == EXPORT:
                check_version(document.name, found.value)
                in_order = True
                continue
            try:
                chat = is_chat(found.value)
                objects = chats.objects(found.value, found.place) if chat else [found.value]
            except RecordError as error:
                report.refuse(found.place, str(error))
                continue
            for value in objects:
                _keep(spool, found.place, value, report, in_order=in_order or chat)


def check_version(name: str, first: Mapping[str, Any]) -> None:
    """Return if an export's first line names a version that is known.

    Raises:
        TransferError: it was made by a later release.
    """
    if first.get("version") != VERSION:
        raise TransferError(f"{name} is an export of version {first.get('version')!r}, which a later release made.")


def _keep(spool: Spool, place: str, value: Any, report: Report, *, in_order: bool) -> None:
    try:
        kind, given = checked(value)
    except RecordError as error:
        report.refuse(place, str(error))
        return
    if (first := spool.add(kind, place, given, in_order=in_order)) is not None:
        report.refuse(place, f"{given['id']} stands at {first} too, with other contents: that one is taken.")


class Import:
    """Writes what a spool holds; with `replace`, what is here with other contents is changed to what the spool has."""

    def __init__(self, store: Store, files: Files, source: Source, report: Report, *, replace: bool = False) -> None:
        self._store = store
        self._files = files
        self._source = source
        self._report = report
        self._replace = replace

    async def write(self, spool: Spool, progress: Progress) -> None:
        """Write everything; `progress` is told of threads.

        Raises:
            DiskFullError: there is no room.
            TransferError: a file cannot be read.
        """
        for item in spool.of_kind("file"):
            await self._file(item)
        for kind in ("vector_store", "assistant"):
            for some in _batches(spool.of_kind(kind)):
                async with self._store.write() as session:
                    await self._objects(session, kind, some)
        for some in _batches(spool.of_kind("vector_store.file")):
            async with self._store.write() as session:
                await self._vector_store_files(session, some)
        for thread_id in spool.threads():
            await self._thread(spool, thread_id)
            progress(1)

    async def _file(self, item: Item) -> None:
        row = row_of("file", item.value)
        async with self._store.read() as session:
            known = await session.scalar(select(File).where(File.id == row.id))
        stored = self._source.file(row.id)
        if stored is None:
            if known is None:
                self._report.refuse(item.place, f"The bytes of {row.id} ({row.filename}) are not beside the lines.")
            else:
                self._report.unchanged["file"] += 1
            return
        if row.expires_at is not None and row.expires_at <= time.time():
            self._report.refuse(item.place, f"{row.id} has expired.")
            return
        try:
            async with self._files.blobs.receive() as upload:
                async for data in _blocks(stored.name, stored.open):
                    await upload.write(data)
                await upload.flush()
                if known is not None:
                    self._compare_file(item, known, upload.sha256)
                elif not upload.size:
                    self._report.refuse(item.place, f"{stored.name} is empty.")
                else:
                    await self._files.restore(upload, row)
                    self._report.new["file"] += 1
        except ApiError as error:
            if error.status in {503, 507}:  # nothing can be kept: for everything that follows neither
                raise
            self._report.refuse(item.place, f"{stored.name}: {error.message}")

    def _compare_file(self, item: Item, known: File, sha256: str) -> None:
        if known.sha256 == sha256:
            self._report.unchanged["file"] += 1
        else:
            self._report.refuse(item.place, f"{known.id} is here already with other bytes; files do not change.")

    async def _objects(self, session: AsyncSession, kind: str, items: Sequence[Item]) -> None:
        """Write objects that are new or changed; those of a thread are all of one thread."""
        table = KINDS[kind].table
        ids = [item.value["id"] for item in items]
        query = select(table).where(table.id.in_(ids))
        if kind == "thread.message":
            query = query.options(undefer(Message.calls))
        known = {row.id: row for row in await session.scalars(query)}
        for item in items:
            row, old = row_of(kind, item.value), known.get(item.value["id"])
            if old is None:
                session.add(row)
                self._report.new[kind] += 1
            elif getattr(old, "thread_id", None) != getattr(row, "thread_id", None):
                self._report.refuse(item.place, f"{row.id} is here already, in another thread ({old.thread_id}).")
            else:
                self._change(kind, item, old, row)
        await session.flush()

    def _change(self, kind: str, item: Item, old: Any, row: Any) -> None:
        before, after = lasting(kind, shown(kind, old)), lasting(kind, shown(kind, row))
        if before == after:
            self._report.unchanged[kind] += 1
            return
        was, now = last_change(kind, before), last_change(kind, after)
        if not self._replace and not (was is not None and now is not None and now > was):
            names = ", ".join(key for key in after if before.get(key) != after[key])
            sentence = f"{row.id} is here already with other contents ({names}); --replace takes these."
            self._report.refuse(item.place, sentence)
            return
        for column in old.__table__.columns:
            key = column.name if column.name != "metadata" else "metadata_"
            if key not in {"seq", "id", "owner", "lease_until", "items", "last_active_at"}:
                setattr(old, key, getattr(row, key))
        self._report.updated[kind] += 1

    async def _vector_store_files(self, session: AsyncSession, items: Sequence[Item]) -> None:
        stores = {item.value["vector_store_id"] for item in items}
        ids = [item.value["id"] for item in items]
        have = set(await session.scalars(select(VectorStore.id).where(VectorStore.id.in_(stores))))
        files = set(await session.scalars(select(File.id).where(File.id.in_(ids))))
        query = select(VectorStoreFile).where(
            VectorStoreFile.vector_store_id.in_(stores), VectorStoreFile.file_id.in_(ids)
        )
        known = {(row.vector_store_id, row.file_id): row for row in await session.scalars(query)}
        for item in items:
            row = row_of("vector_store.file", item.value)
            old = known.get((row.vector_store_id, row.file_id))
            if row.vector_store_id not in have:
                self._report.refuse(item.place, f"There is no vector store {row.vector_store_id}.")
            elif row.file_id not in files:
                self._report.refuse(item.place, f"There is no file {row.file_id} for {row.vector_store_id}.")
            elif old is None:
                session.add(row)
                self._report.new["vector_store.file"] += 1
            elif old.attributes != row.attributes and self._replace:
                old.attributes = row.attributes
                self._report.updated["vector_store.file"] += 1
            elif old.attributes != row.attributes:
                sentence = f"{row.file_id} is in {row.vector_store_id} with other attributes; --replace takes these."
                self._report.refuse(item.place, sentence)
            else:
                self._report.unchanged["vector_store.file"] += 1

    async def _thread(self, spool: Spool, thread_id: str) -> None:
        """Write one thread with all that belongs to it, or nothing of it."""
        counts = self._report.counts()
        try:
            async with self._store.write() as session:
                await self._thread_in(session, spool, thread_id)
        except IntegrityError as error:
            self._report.take_back(counts)
            cause = str(error.orig).splitlines()[0]
            self._report.refuse(thread_id, f"The database does not take this thread ({cause}).")

    async def _thread_in(self, session: AsyncSession, spool: Spool, thread_id: str) -> None:
        here = await session.scalar(select(Thread).where(Thread.id == thread_id).with_for_update())
        items = list(spool.of_thread(thread_id, "thread"))
        if here is None and not items:
            places = (
                item
                for kind in ("thread.message", "thread.run", "thread.run.step")
                for item in spool.of_thread(thread_id, kind)
            )
            for item in places:
                self._report.refuse(item.place, f"There is no thread {thread_id}, neither here nor in what was read.")
            return
        if here is not None and (run_id := await active_run(session, thread_id)) is not None:
            place = items[0].place if items else thread_id
            self._report.refuse(place, f"{thread_id} has a run at work here ({run_id}): import it again later.")
            return
        for item in items:
            if here is not None and not await self._fits_chat(session, spool, item):
                return
            await self._objects(session, "thread", [item])
            await self._made_files(session, item)
        for some in _batches(spool.of_thread(thread_id, "thread.run", spool.order_of(thread_id, "thread.run"))):
            await self._objects(session, "thread.run", some)
            self._tell_expired(some)
        await self._messages(session, spool, thread_id)
        await self._steps(session, spool, thread_id)

    def _tell_expired(self, items: Iterable[Item]) -> None:
        for item in items:
            if row_of("thread.run", item.value).status != item.value["status"]:
                self._report.note(item.place, f"{item.value['id']} was {item.value['status']}, and came as expired.")

    async def _messages(self, session: AsyncSession, spool: Spool, thread_id: str) -> None:
        held = set(await session.scalars(select(Message.id).where(Message.thread_id == thread_id)))
        before = len(held)
        order = spool.order_of(thread_id, "thread.message")
        last_held = -1
        for number, item in enumerate(spool.of_thread(thread_id, "thread.message", order)):
            if item.value["id"] in held:
                last_held = number
        for start, some in enumerate(_batches(spool.of_thread(thread_id, "thread.message", order))):
            fitting = []
            for number, item in enumerate(some, start * _AT_ONCE):
                if item.value["id"] in held:
                    fitting.append(item)
                elif number < last_held:
                    self._report.refuse(
                        item.place, f"{item.value['id']} belongs before messages that are here already."
                    )
                elif before >= MAX_IN_THREAD:
                    self._report.refuse(item.place, f"A thread holds {MAX_IN_THREAD:,} messages at most.")
                else:
                    before += 1
                    fitting.append(item)
            await self._objects(session, "thread.message", fitting)
            session.expunge_all()

    async def _steps(self, session: AsyncSession, spool: Spool, thread_id: str) -> None:
        if next(spool.of_thread(thread_id, "thread.run.step"), None) is None:
            return
        runs = set(await session.scalars(select(Run.id).where(Run.thread_id == thread_id)))
        for some in _batches(
            spool.of_thread(thread_id, "thread.run.step", spool.order_of(thread_id, "thread.run.step"))
        ):
            for item in some:
                if item.value["run_id"] not in runs:
                    self._report.refuse(item.place, f"There is no run {item.value['run_id']} in {thread_id}.")
            await self._objects(session, "thread.run.step", [item for item in some if item.value["run_id"] in runs])

    async def _made_files(self, session: AsyncSession, item: Item) -> None:
        made = item.value.get("made_files")
        if not isinstance(made, dict):
            return
        files = set(await session.scalars(select(File.id).where(File.id.in_([str(each) for each in made.values()]))))
        query = select(MadeFile.name).where(MadeFile.thread_id == item.value["id"])
        names = set(await session.scalars(query))
        for name, file_id in made.items():
            if name not in names and file_id in files:
                session.add(MadeFile(thread_id=item.value["id"], name=name, file_id=file_id))

    async def _fits_chat(self, session: AsyncSession, spool: Spool, item: Item) -> bool:
        """Whether a chat that is here may be written again; what it was gone back behind since it came is deleted."""
        thread_id = item.value["id"]
        if CHAT_ID not in item.value["metadata"]:
            return True
        ids = {each.value["id"] for each in spool.of_thread(thread_id, "thread.message")}
        query = select(Message.id, Message.metadata_).where(Message.thread_id == thread_id)
        rows = {row.id: row.metadata_ for row in await session.execute(query)}
        gone = rows.keys() - ids - (own := {id_ for id_, metadata in rows.items() if NODE_ID not in metadata})
        if own and (gone or ids - rows.keys()):
            self._report.refuse(item.place, f"{thread_id} was continued here and in the chat since it came.")
            return False
        if not gone:
            return True
        metadata = await session.scalar(select(Thread.metadata_).where(Thread.id == thread_id)) or {}
        if chat_time(item.value["metadata"]) <= chat_time(metadata):
            self._report.refuse(item.place, f"{thread_id} is here already in a newer state.")
            return False
        await session.execute(delete(Message).where(Message.thread_id == thread_id, Message.id.in_(gone)))
        self._report.note(item.place, f"{thread_id}: {len(gone):,} messages went, since the chat was gone back in.")
        return True


def _batches(items: Iterable[Item]) -> Iterator[list[Item]]:
    rest = iter(items)
    while some := list(islice(rest, _AT_ONCE)):
        yield some


async def _blocks(name: str, open_file: Callable[[], Any]) -> AsyncIterator[bytes]:
    with archive_errors(name), open_file() as opened:
        while data := opened.read(_BLOCK):
            yield data
