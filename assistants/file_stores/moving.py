"""Copies files from one store to another, so that FILES_URL can be changed."""

import hashlib
import os
import tempfile
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import func, select

from assistants.errors import ApiError
from assistants.file_stores.file_store import FileStore, WholeFile
from assistants.store.files import File
from assistants.store.store import Store

PAGE = 500
NEWEST = 20
"""Files that are looked for when somebody asks whether any are missing."""


@dataclass(slots=True)
class Moved:
    """What was done: how many files the database knows, were copied, were there already, and could not be copied."""

    known: int = 0
    copied: int = 0
    bytes: int = 0
    there: int = 0
    deleted: int = 0
    failed: dict[str, str] = field(default_factory=dict)
    """Why, by file id."""

    @property
    def done(self) -> int:
        """How many have been looked at."""
        return self.copied + self.there + len(self.failed)


async def copy_files(
    store: Store, source: FileStore, target: FileStore, *, delete: bool, progress: Callable[[Moved], None]
) -> Moved:
    """Copy the bytes of all files that the database knows to `target`, but for those that are there.

    A copy is whole or not there, and has the hash of the upload, so this can be broken off and done again. `delete`
    deletes from `source` what is in `target` in the end.

    Raises:
        FilesUnavailableError: a store cannot be reached.
    """
    there = set(await target.names(older_than=-60.0))
    moved, after = Moved(), 0
    async with store.read() as session:
        moved.known = int(await session.scalar(select(func.count()).select_from(File)) or 0)
    while True:
        async with store.read() as session:
            query = select(File).where(File.seq > after).order_by(File.seq).limit(PAGE)
            page = list(await session.scalars(query))
        if not page:
            return moved
        after = page[-1].seq
        for file in page:
            if file.id in there:
                moved.there += 1
            elif await _copy(file, source, target, moved):
                there.add(file.id)
            progress(moved)
        if delete:
            arrived = [file.id for file in page if file.id in there]
            await source.remove(arrived)
            moved.deleted += len(arrived)


async def _copy(file: File, source: FileStore, target: FileStore, moved: Moved) -> bool:
    with tempfile.TemporaryDirectory(prefix="saem-") as folder:
        path = Path(folder) / "file"
        try:
            size, digest = await _download(file, source, path)
        except FileNotFoundError:
            moved.failed[file.id] = "it is not there"
            return False
        if digest != file.sha256:
            moved.failed[file.id] = "it is damaged: its bytes are not those that were uploaded"
            return False
        try:
            await target.put(file.id, WholeFile(path, size, digest))
        except ApiError as error:
            if error.status != 507:
                raise
            moved.failed[file.id] = error.message
            return False
    moved.copied += 1
    moved.bytes += size
    return True


async def _download(file: File, source: FileStore, path: Path) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as opened:
        async with aclosing(source.read(file.id)) as chunks:
            async for chunk in chunks:
                digest.update(chunk)
                opened.write(chunk)
                size += len(chunk)
    return size, digest.hexdigest()


async def missing_files(store: Store, file_store: FileStore) -> int:
    """How many of the newest files are not in their store."""
    async with store.read() as session:
        ids = list(await session.scalars(select(File.id).order_by(File.seq.desc()).limit(NEWEST)))
    missing = 0
    for file_id in ids:
        try:
            async with aclosing(file_store.read(file_id)) as chunks:
                await anext(chunks)
        except FileNotFoundError:
            missing += 1
    return missing
