import asyncio
import errno
import os
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import openai
import pytest
from openai import AsyncOpenAI
from openai.types.file_create_params import ExpiresAfter

from assistants.http_server import Address, serve_on_loopback
from assistants.retrieval import blobs, retrieval
from assistants.settings import Settings
from tests.assistants.retrieval.serving import serving
from tests.assistants.settable_clock import SettableClock
from workers import Pool

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 64


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path, openai_api_key=None, embedding_model="")


@pytest.fixture
async def address(settings: Settings) -> AsyncIterator[Address]:
    async with Pool(size=1) as pool, serve_on_loopback(settings, pool=pool) as address:
        yield address


@pytest.fixture
async def client(address: Address) -> AsyncIterator[AsyncOpenAI]:
    async with AsyncOpenAI(base_url=address.url, api_key=address.key, max_retries=0) as client:
        yield client


def kept(tmp_path: Path) -> list[Path]:
    return [path for path in (tmp_path / "files").rglob("*") if path.is_file()]


async def test_a_file_comes_back_byte_for_byte(client: AsyncOpenAI) -> None:
    data = os.urandom(3 << 20) + b"\r\n--boundary\r\n" + bytes(range(256))
    file = await client.files.create(file=("사진 1.png", data), purpose="vision")
    assert (file.filename, file.bytes, file.purpose, file.status) == ("사진 1.png", len(data), "vision", "processed")
    assert (await client.files.content(file.id)).content == data
    assert await client.files.retrieve(file.id) == file


async def test_files_are_listed_by_purpose_and_page(client: AsyncOpenAI) -> None:
    made = [await client.files.create(file=(f"{n}.txt", b"x"), purpose="assistants") for n in range(5)]
    await client.files.create(file=("p.png", PNG), purpose="vision")
    pages = client.files.list(purpose="assistants", order="asc", limit=2)
    assert [file.id async for file in pages] == [file.id for file in made]
    assert len((await client.files.list()).data) == 6


async def test_a_deleted_file_is_gone_from_list_and_disk(client: AsyncOpenAI, tmp_path: Path) -> None:
    file = await client.files.create(file=("a.txt", b"secret"), purpose="assistants")
    assert len(kept(tmp_path)) == 1
    assert (await client.files.delete(file.id)).deleted
    assert kept(tmp_path) == []
    for attempt in (client.files.retrieve(file.id), client.files.content(file.id), client.files.delete(file.id)):
        with pytest.raises(openai.NotFoundError, match=f"No file found with id '{file.id}'"):
            await attempt


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\a\\notes.txt", "notes.txt"),
        ("a\u202efdp.exe", "afdp.exe"),
        ("x" * 300 + ".pdf", "x" * 248 + "….pdf"),
        ("수" * 200 + ".hwp", "수" * 82 + "….hwp"),
        ("..", "file"),
    ],
)
async def test_a_name_cannot_hurt(client: AsyncOpenAI, name: str, shown: str) -> None:
    file = await client.files.create(file=(name, b"x"), purpose="assistants")
    assert file.filename == shown
    assert len(file.filename.encode()) <= 255


async def test_a_file_that_grows_too_large_is_refused_while_it_comes_and_leaves_nothing(
    client: AsyncOpenAI, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blobs, "MAX_BYTES", 2 << 20)
    with pytest.raises(openai.APIStatusError, match="too large") as refusal:
        await client.files.create(file=("a.txt", b"x" * (3 << 20)), purpose="assistants")
    assert refusal.value.status_code == 413
    assert kept(tmp_path) == []


async def test_a_full_disk_is_said_and_leaves_nothing(
    client: AsyncOpenAI, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("assistants.retrieval.blobs.os.write", write)
        with pytest.raises(openai.APIStatusError, match="disk is full") as refusal:
            await client.files.create(file=("a.txt", b"x"), purpose="assistants")
    assert refusal.value.status_code == 507
    assert kept(tmp_path) == []
    assert (await client.files.list()).data == []


async def test_an_upload_that_breaks_off_leaves_nothing(address: Address, client: AsyncOpenAI, tmp_path: Path) -> None:
    async def body() -> AsyncIterator[bytes]:
        yield b'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n' + b"x" * 100_000
        raise ConnectionResetError

    headers = {"authorization": f"Bearer {address.key}", "content-type": "multipart/form-data; boundary=b"}
    async with aiohttp.ClientSession() as http:
        with pytest.raises((ConnectionResetError, aiohttp.ClientError)):
            await http.post(f"{address.url}/files", data=body(), headers=headers)
    for _ in range(100):
        if not kept(tmp_path):
            break
        await asyncio.sleep(0.02)
    assert kept(tmp_path) == []
    assert (await client.files.list()).data == []


def form(**parts: tuple[str, bytes] | str) -> aiohttp.FormData:
    data = aiohttp.FormData(default_to_multipart=True)
    for name, value in parts.items():
        if isinstance(value, str):
            data.add_field(name, value)
        else:
            data.add_field(name, value[1], filename=value[0])
    return data


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (form(file=("a.txt", b"x")), "Missing required parameter: 'purpose'."),
        (form(other=("a.txt", b"x"), purpose="assistants"), "Missing required parameter: 'file'."),
        (form(file=("a.txt", b""), purpose="assistants"), "The file is empty."),
        (form(file=("a.txt", b"x"), purpose="fun"), "Invalid value: 'fun'"),
        (
            form(
                file=("a.txt", b"x"),
                purpose="vision",
                **{"expires_after[anchor]": "created_at", "expires_after[seconds]": "5"},
            ),
            "Invalid value for 'expires_after.seconds'",
        ),
        (b"{}", "only accepts 'multipart/form-data'"),
    ],
)
async def test_a_wrong_form_is_answered_with_what_is_wrong(
    address: Address, body: aiohttp.FormData | bytes, sentence: str
) -> None:
    headers = {"authorization": f"Bearer {address.key}"}
    async with aiohttp.ClientSession() as http, http.post(f"{address.url}/files", headers=headers, data=body) as answer:
        assert 400 <= answer.status < 500
        assert sentence in (await answer.json())["error"]["message"]


async def test_a_malformed_form_is_refused(address: Address) -> None:
    headers = {"authorization": f"Bearer {address.key}", "content-type": "multipart/form-data; boundary=b"}
    async with aiohttp.ClientSession() as http:
        for body in (b"--b\r\nnonsense", b"", b"--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--\r\n"):
            async with http.post(f"{address.url}/files", headers=headers, data=body) as answer:
                assert answer.status == 400
                assert "We could not parse the form" in (await answer.json())["error"]["message"]


async def test_an_expired_file_is_gone_and_swept_later(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = SettableClock()
    async with Pool(size=1) as pool:
        async with serving(settings, pool, clock) as client:
            expiry: ExpiresAfter = {"anchor": "created_at", "seconds": 3600}
            file = await client.files.create(file=("a", b"x"), purpose="assistants", expires_after=expiry)
            assert file.expires_at == file.created_at + 3600
            clock.ahead = 3601
            assert (await client.files.list()).data == []
            with pytest.raises(openai.NotFoundError):
                await client.files.retrieve(file.id)
        async with serving(settings, pool, clock):
            assert len(kept(tmp_path)) == 1  # the clock may be wrong when a machine starts
        monkeypatch.setattr(retrieval, "SWEEP_EVERY", 0.01)
        async with serving(settings, pool, clock), asyncio.timeout(10):
            while kept(tmp_path):  # noqa: ASYNC110 - files
                await asyncio.sleep(0.01)


async def test_a_blob_without_a_row_is_swept_at_the_next_start(settings: Settings, tmp_path: Path) -> None:
    stray = tmp_path / "files" / "zz" / "file-000000000000000000000zz"
    stray.parent.mkdir(parents=True)
    stray.write_bytes(b"left by a killed process")
    os.utime(stray, (1, 1))
    async with Pool(size=1) as pool, serve_on_loopback(settings, pool=pool):
        pass
    assert not stray.exists()
