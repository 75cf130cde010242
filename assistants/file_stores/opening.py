"""Opens the store that the settings name."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from pydantic import SecretStr

from assistants.file_stores.database_store import DatabaseStore
from assistants.file_stores.file_store import FileStore
from assistants.file_stores.folder_store import FolderStore
from assistants.file_stores.s3_store import open_s3_store
from assistants.files_url import Bucket, Folder, InDatabase, Place, read_address
from assistants.settings import Settings
from assistants.store.store import Store


def place_of(settings: Settings, address: str | None = None) -> Place:
    """The place that `address` names, or else FILES_URL, or else the folder `files` in the data directory.

    A bucket's missing key, region and endpoint are those of the AWS_… variables.

    Raises:
        ValueError: the address names none.
    """
    if address is None and settings.files_url is not None:
        address = settings.files_url.get_secret_value()
    place: Place = Folder(settings.data_dir / "files") if address in {None, "folder"} else read_address(str(address))
    if not isinstance(place, Bucket):
        return place
    place = replace(
        place, endpoint=place.endpoint or settings.aws_endpoint_url, region=place.region or settings.aws_region
    )
    if place.key is not None:
        return place
    return replace(
        place,
        key=_text(settings.aws_access_key_id),
        secret=_text(settings.aws_secret_access_key),
        token=_text(settings.aws_session_token),
    )


def _text(secret: SecretStr | None) -> str | None:
    return None if secret is None else secret.get_secret_value()


@asynccontextmanager
async def open_file_store(place: Place, store: Store, *, to_read: bool = False) -> AsyncIterator[FileStore]:
    """The store at a place, for the time of the block; `to_read`: a folder need not be writable.

    Raises:
        FileStoreError: files cannot be written or read there.
    """
    opened: FileStore
    if isinstance(place, Folder):
        opened = FolderStore(place.path)
    elif isinstance(place, InDatabase):
        opened = DatabaseStore(store)
    else:
        opened = await open_s3_store(place)
    try:
        if not (to_read and isinstance(place, Folder)):
            await opened.check()
        yield opened
    finally:
        await opened.close()


def told(place: Place) -> str:
    """The place in words, without keys."""
    if isinstance(place, Folder):
        return f"folder {place.path}"
    if isinstance(place, InDatabase):
        return "the database"
    return f"bucket {place.name} at {place.endpoint or 'S3'}"
