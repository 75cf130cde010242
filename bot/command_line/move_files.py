"""`saem move-files`: copies the files to the place that FILES_URL names, or another."""

import sys
import time

from sqlalchemy.exc import SQLAlchemyError

from assistants.errors import ApiError
from assistants.file_stores.moving import Moved, copy_files
from assistants.file_stores.opening import open_file_store, place_of, told
from assistants.files_url import Place
from assistants.settings import Settings as ServerSettings
from assistants.store.store import open_store
from bot.command_line.assistants_server import embedded_settings
from bot.errors import StartupError
from bot.settings import Settings
from database.errors import describe_failure

SHOWN = 20
"""Files that could not be copied which are named."""


async def move_files(settings: Settings, source: str, target: str | None, *, delete: bool) -> int:
    """Copy, and print what was done; the exit code, 1 when a file could not be copied.

    Raises:
        StartupError: an address is wrong, or both are one place; or a store cannot be reached.
        StoreError: the database or a store cannot be opened.
    """
    server = embedded_settings(settings)
    from_place, to_place = _place(server, source), _place(server, target)
    if from_place == to_place:
        raise StartupError(
            f"Both are the same place, the {told(to_place)}. Set FILES_URL to the new one, or give --to."
        )
    try:
        async with (
            open_store(server.store_url) as store,
            open_file_store(from_place, store) as from_store,
            open_file_store(to_place, store) as to_store,
        ):
            print(f"From the {told(from_place)} to the {told(to_place)}.", flush=True)
            moved = await copy_files(store, from_store, to_store, delete=delete, progress=_Progress())
    except ApiError as error:
        raise StartupError(f"Broken off: {error.message} What was copied stays; run it again.") from None
    except SQLAlchemyError as error:
        raise StartupError(describe_failure(error, server.store_url)) from None
    return _report(moved)


def _place(server: ServerSettings, address: str | None) -> Place:
    try:
        return place_of(server, address)
    except ValueError as error:
        raise StartupError(f"The address is not right: {error}.") from None


class _Progress:
    """A line that counts, on a terminal; at most one a second."""

    def __init__(self) -> None:
        self._next = 0.0

    def __call__(self, moved: Moved) -> None:
        if sys.stdout.isatty() and (time.monotonic() >= self._next or moved.done == moved.known):
            self._next = time.monotonic() + 1
            print(f"\r{moved.done} of {moved.known} files, {moved.bytes >> 20} MB", end="", flush=True)


def _report(moved: Moved) -> int:
    if sys.stdout.isatty() and moved.known:
        print()
    deleted = f" {moved.deleted} were deleted from the old place." if moved.deleted else ""
    print(f"{moved.copied} files copied ({moved.bytes >> 20} MB), {moved.there} were there already.{deleted}")
    for file_id, why in list(moved.failed.items())[:SHOWN]:
        print(f"{file_id} could not be copied: {why}.")
    if len(moved.failed) > SHOWN:
        print(f"… and {len(moved.failed) - SHOWN} more.")
    return 1 if moved.failed else 0
