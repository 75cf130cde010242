"""Stores of files: a folder, PostgreSQL, and S3 (moto's server, signatures and rights checked)."""

import asyncio
import errno
import hashlib
import os
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import openai
import pytest
import pytest_asyncio
import structlog
from pydantic import SecretStr

from assistants.errors import ApiError
from assistants.file_stores import s3_store
from assistants.file_stores.file_store import (
    CHUNK,
    DiskFullError,
    DiskUnwritableError,
    FileStore,
    FileStoreError,
    FilesUnavailableError,
    WholeFile,
)
from assistants.file_stores.folder_store import FolderStore, disk_errors
from assistants.file_stores.opening import open_file_store, place_of
from assistants.files_url import read_address
from assistants.retrieval.blobs import Blobs
from assistants.settings import Settings
from assistants.store.ids import new_id
from assistants.store.store import open_store
from database import outages
from database.outages import Outage
from tests.assistants.conftest import Running, eventually, running
from tests.assistants.scripted_model import ScriptedModel
from tests.failing_disks import read_only
from tests.s3_server import S3Server, s3_server

pytestmark = [pytest.mark.postgres, pytest.mark.asyncio]
KINDS = ["folder", "database", "s3"]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def s3() -> AsyncIterator[S3Server]:
    async with s3_server() as server:
        yield server


def settings_of(kind: str, folder: Path, postgres: str, s3: S3Server) -> dict[str, Any]:
    given: dict[str, Any] = {"database_url": SecretStr(postgres)}
    if kind != "folder":
        url = "database" if kind == "database" else s3.url(prefix=f"of/{folder.name}")
        given["files_url"] = SecretStr(url)
    return given


@asynccontextmanager
async def opened(kind: str, folder: Path, postgres: str, s3: S3Server) -> AsyncIterator[FileStore]:
    settings = Settings(_env_file=None, data_dir=folder, **settings_of(kind, folder, postgres, s3))  # type: ignore[call-arg]
    async with open_store(settings.store_url) as store, open_file_store(place_of(settings), store) as file_store:
        yield file_store


def whole(folder: Path, data: bytes) -> WholeFile:
    path = folder / "upload"
    path.write_bytes(data)
    return WholeFile(path, len(data), hashlib.sha256(data).hexdigest())


async def read(store: FileStore, file_id: str) -> bytes:
    return b"".join([chunk async for chunk in store.read(file_id)])


@pytest.mark.parametrize("kind", KINDS)
async def test_a_store_keeps_reads_lists_and_deletes(kind: str, tmp_path: Path, postgres: str, s3: S3Server) -> None:
    data = os.urandom(2 * CHUNK + 77)
    first, second = new_id("file"), new_id("file")
    async with opened(kind, tmp_path, postgres, s3) as store:
        await store.put(first, whole(tmp_path, data))
        await store.put(second, whole(tmp_path, b"x"))
        chunks = [chunk async for chunk in store.read(first)]
        assert b"".join(chunks) == data
        assert max(map(len, chunks)) <= CHUNK
        assert await read(store, second) == b"x"
        assert sorted(await store.names(older_than=-5)) == sorted([first, second])
        assert await store.names(older_than=3600) == []
        await store.remove([first, new_id("file")])
        assert await store.names(older_than=-5) == [second]
        with pytest.raises(FileNotFoundError):
            await read(store, first)
        await store.remove([second])


@pytest.mark.parametrize("kind", KINDS)
async def test_two_servers_read_each_others_files(kind: str, tmp_path: Path, postgres: str, s3: S3Server) -> None:
    given = settings_of(kind, tmp_path, postgres, s3)
    data = os.urandom(CHUNK + 5)
    async with AsyncExitStack() as stack:
        one, two = [
            await stack.enter_async_context(running(folder, ScriptedModel(), **given))
            for folder in ((tmp_path, tmp_path) if kind == "folder" else (tmp_path / "one", tmp_path / "two"))
        ]
        text = "수원 has a fortress. " + "Its name is Hwaseong. " * 30
        file = await one.client.files.create(file=("성.txt", text.encode()), purpose="assistants")
        made = await two.client.vector_stores.create(file_ids=[file.id])
        await eventually(lambda: _indexed(two, made.id))
        found = await one.client.vector_stores.search(made.id, query="fortress")
        assert "Hwaseong" in found.data[0].content[0].text
        other = await two.client.files.create(file=("b.bin", data), purpose="assistants")
        response = await one.client.files.content(other.id)
        assert response.content == data
        assert response.response.headers["content-length"] == str(len(data))
        await one.client.files.delete(other.id)
        await one.client.files.delete(file.id)
        with pytest.raises(openai.NotFoundError):
            await two.client.files.content(other.id)
        store = one.app.state.services.retrieval.files.blobs.store
        assert not {file.id, other.id} & set(await store.names(older_than=-5))
        for folder in (tmp_path / "one", tmp_path / "two"):
            assert not [path for path in folder.rglob("incoming/*") if path.is_file()]


async def _indexed(server: Running, store_id: str) -> bool:
    return (await server.client.vector_stores.retrieve(store_id)).file_counts.completed == 1


@pytest.mark.parametrize("kind", KINDS)
async def test_damage_is_noticed_before_the_end_and_never_indexed(
    kind: str, tmp_path: Path, postgres: str, s3: S3Server
) -> None:
    async with running(tmp_path, ScriptedModel(), **settings_of(kind, tmp_path, postgres, s3)) as server:
        store = server.app.state.services.retrieval.files.blobs.store
        file = await server.client.files.create(file=("a.txt", b"right"), purpose="assistants")
        await store.remove([file.id])
        await store.put(file.id, whole(tmp_path, b"wrong"))
        with pytest.raises(openai.InternalServerError, match="damaged"):
            await server.client.files.content(file.id)
        if kind != "folder":  # there a worker reads the file itself
            made = await server.client.vector_stores.create(file_ids=[file.id])

            async def failed() -> bool:
                return (await server.client.vector_stores.retrieve(made.id)).file_counts.failed == 1

            await eventually(failed)
        await server.client.files.delete(file.id)


async def test_a_copy_for_a_worker_is_gone_afterwards(tmp_path: Path, postgres: str, s3: S3Server) -> None:
    async with opened("s3", tmp_path, postgres, s3) as store:
        blobs = Blobs(store, tmp_path / "incoming")
        blobs.prepare()
        file = whole(tmp_path, b"read me")
        file_id = new_id("file")
        await store.put(file_id, file)
        async with blobs.local(file_id, file.sha256) as path:
            assert path.read_bytes() == b"read me"
        assert list((tmp_path / "incoming").iterdir()) == []
        (tmp_path / "incoming" / "half").write_bytes(b"of a process that died")
        os.utime(tmp_path / "incoming" / "half", (time.time() - 4000,) * 2)
        await blobs.sweep_unfinished()
        assert list((tmp_path / "incoming").iterdir()) == []


async def test_bytes_without_a_row_are_swept_and_nothing_of_anothers(
    tmp_path: Path, postgres: str, s3: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistants.retrieval.files._STRAY", -5.0)
    async with running(tmp_path, ScriptedModel(), **settings_of("s3", tmp_path, postgres, s3)) as server:
        files = server.app.state.services.retrieval.files
        kept = await server.client.files.create(file=("a.txt", b"kept"), purpose="assistants")
        stray = new_id("file")
        await files.blobs.store.put(stray, whole(tmp_path, b"its process died"))
        async with s3.client() as client:
            await client.put_object(Bucket="saem-files", Key=f"of/{tmp_path.name}/notes.txt", Body=b"not ours")
            await files.sweep_strays()
            listed = await client.list_objects_v2(Bucket="saem-files", Prefix=f"of/{tmp_path.name}/")
        left = {found["Key"].rpartition("/")[2] for found in listed["Contents"]}
        assert left == {kept.id, "notes.txt"}


def _faults(s3: S3Server) -> dict[str, tuple[str, str]]:
    return {
        "secret": (s3.url(secret="wr/ong+secret"), "refuses the access key"),
        "key": (s3.url(key="AKIAWRONG"), "refuses the access key"),
        "rights": (s3.url(key=s3.other_key, secret=s3.other_secret), "may not use the bucket"),
        "bucket": (s3.url(bucket="not-there"), "no bucket not-there"),
        "host": (s3.url().replace(s3.endpoint, "http://127.0.0.1:9"), "cannot be reached"),
    }


@pytest.mark.parametrize("fault", ["secret", "key", "rights", "bucket", "host"])
async def test_what_is_wrong_is_one_sentence_at_the_start_without_a_key(
    fault: str, s3: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(s3_store, "ATTEMPTS", 1)
    url, said = _faults(s3)[fault]
    with structlog.testing.capture_logs() as logs, pytest.raises(FileStoreError, match=said) as refusal:
        async with open_file_store(read_address(url), None):  # type: ignore[arg-type]
            pass
    told = f"{refusal.value!r} {refusal.value.__cause__!r} {logs}"
    assert "\n" not in str(refusal.value)
    for secret in (s3.secret, s3.other_secret, "wr/ong", "wr%2Fong"):
        assert secret not in told


async def test_a_store_that_is_gone_is_a_503_with_a_sentence_and_waited_for(
    tmp_path: Path, postgres: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(s3_store, "ATTEMPTS", 1)
    monkeypatch.setattr("assistants.retrieval.ingestion.AGAIN_AFTER", 0.05)
    async with s3_server() as own:
        given = settings_of("s3", tmp_path, postgres, own)
        async with running(tmp_path, ScriptedModel(), **given) as server:
            file = await server.client.files.create(file=("a.txt", b"kept"), purpose="assistants")
            own.process.kill()
            await own.process.wait()
            with structlog.testing.capture_logs() as logs:
                for attempt in (
                    server.client.files.content(file.id),
                    server.client.files.create(file=("b.txt", b"x"), purpose="assistants"),
                ):
                    with pytest.raises(openai.InternalServerError, match="cannot reach its files") as refusal:
                        await attempt
                    assert refusal.value.status_code == 503
                made = await server.client.vector_stores.create(file_ids=[file.id])
                await eventually(lambda: _asked(logs, 6))
            assert (await server.client.vector_stores.retrieve(made.id)).status == "in_progress"
            assert own.secret not in str(logs)
            assert [found.id for found in (await server.client.files.list()).data].count(file.id) == 1


async def _asked(logs: list[Any], times: int) -> bool:
    return [entry["event"] for entry in logs].count("files_unavailable") >= times


async def test_a_download_that_breaks_off_goes_on_where_it_was(
    tmp_path: Path, postgres: str, s3: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asyncio, "sleep", _at_once)
    data = os.urandom(CHUNK)
    async with opened("s3", tmp_path, postgres, s3) as store:
        assert isinstance(store, s3_store.S3Store)
        file_id = new_id("file")
        await store.put(file_id, whole(tmp_path, data))
        real = store._client.get_object
        asked: list[str] = []

        async def breaking(**given: Any) -> Any:
            asked.append(given.get("Range", ""))
            response = await real(**given)
            if len(asked) < 3:
                response["Body"] = _Breaking(response["Body"])
            return response

        monkeypatch.setattr(store._client, "get_object", breaking)
        assert await read(store, file_id) == data
        assert asked[0] == ""
        assert len(set(asked)) == 3
        asked[:] = []
        monkeypatch.setattr(s3_store, "ATTEMPTS", 2)
        with pytest.raises(FilesUnavailableError):
            await read(store, file_id)


_sleep = asyncio.sleep


async def _at_once(_seconds: float) -> None:
    await _sleep(0)


class _Breaking:
    """A body that breaks off after its first piece."""

    def __init__(self, body: Any) -> None:
        self._body, self._reads = body, 0

    async def __aenter__(self) -> "_Breaking":
        return self

    async def __aexit__(self, *_: object) -> None:
        self._body.close()

    async def read(self, count: int) -> bytes:
        self._reads += 1
        if self._reads > 1:
            raise ConnectionResetError
        return bytes(await self._body.read(min(count, 1000)))


async def test_files_in_sqlite_are_refused_with_a_sentence(tmp_path: Path) -> None:
    settings = Settings(_env_file=None, data_dir=tmp_path, files_url=SecretStr("database"))  # type: ignore[call-arg]
    async with open_store(settings.store_url) as store:
        with pytest.raises(FileStoreError, match="is for PostgreSQL"):
            async with open_file_store(place_of(settings), store):
                pass


async def test_a_folder_that_may_not_be_written_refuses_with_a_sentence_and_then_takes_files_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outages, "SETTLED", 0.0)
    folder, incoming = tmp_path / "files", tmp_path / "incoming"
    store = FolderStore(folder)
    await store.check()
    blobs = Blobs(store, incoming)
    blobs.prepare()

    async def upload(name: str) -> None:
        async with blobs.receive() as upload:
            await upload.write(name.encode())
            await blobs.keep(upload, name)

    async def outages_now() -> dict[str, str]:
        return {each.name: each.kind for each in outages.lasting_outages()}

    await upload("file-1")
    with read_only(folder):
        for _ in range(2):
            with pytest.raises(DiskUnwritableError):
                await upload("file-2")
        with pytest.raises(DiskUnwritableError):
            await store.remove(["file-1"])
        assert await read(store, "file-1") == b"file-1"
        assert await outages_now() == {"files": "read_only"}
    with read_only(incoming):
        with pytest.raises(DiskUnwritableError):
            await upload("file-2")
        assert await outages_now() == {"incoming files": "read_only"}
    await upload("file-2")
    assert await read(store, "file-2") == b"file-2"
    assert await outages_now() == {}
    assert not list(incoming.iterdir())


@pytest.mark.parametrize(
    ("number", "raised"),
    [
        (errno.EROFS, DiskUnwritableError),
        (errno.EACCES, DiskUnwritableError),
        (errno.ENOSPC, DiskFullError),
        (errno.EDQUOT, DiskFullError),
        (errno.EIO, FilesUnavailableError),
        (errno.ESTALE, FilesUnavailableError),
    ],
)
async def test_each_fault_of_a_disk_is_an_answer_for_the_client(number: int, raised: type[ApiError]) -> None:
    outage = Outage("faults")
    with pytest.raises(raised), disk_errors(outage):
        raise OSError(number, os.strerror(number))
    with pytest.raises(FilesUnavailableError), disk_errors(outage, reading=True):
        raise OSError(number, os.strerror(number))
    assert outage.failures == 2
