"""`saem move-files` from the folder to another and into PostgreSQL and back: again and again, with damage."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from assistants.file_stores.moving import missing_files
from assistants.file_stores.opening import open_file_store, place_of
from assistants.retrieval.files import open_files
from assistants.store.files import File
from assistants.store.store import open_store
from bot.command_line.assistants_server import embedded_settings
from bot.command_line.check import _files
from bot.command_line.move_files import move_files
from bot.errors import StartupError
from bot.settings import Settings

pytestmark = pytest.mark.postgres


def settings_in(folder: Path, url: str | None) -> Settings:
    database = None if url is None else SecretStr(url)
    return Settings(_env_file=None, data_dir=folder, database_url=database)  # type: ignore[call-arg]


async def with_files(settings: Settings, *contents: bytes) -> list[File]:
    server = embedded_settings(settings)
    async with open_store(server.store_url) as store, open_files(server, store, lambda: 1000.0) as files:
        return [await files.add(f"{n}.txt", data, purpose="assistants") for n, data in enumerate(contents)]


async def test_files_are_moved_there_and_back(
    tmp_path: Path, postgres: str, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = settings_in(tmp_path, postgres)
    first, damaged, lost = await with_files(settings, b"one", b"two", b"three")
    folder = tmp_path / "files"
    (folder / damaged.id[-2:].lower() / damaged.id).write_bytes(b"owt")
    (folder / lost.id[-2:].lower() / lost.id).unlink()

    assert await move_files(settings, "folder", "database", delete=True) == 1
    out = capsys.readouterr().out
    assert "1 files copied (0 MB), 0 were there already. 1 were deleted from the old place." in out
    assert f"{damaged.id} could not be copied: it is damaged" in out
    assert f"{lost.id} could not be copied: it is not there" in out
    assert not (folder / first.id[-2:].lower() / first.id).exists()
    assert (folder / damaged.id[-2:].lower() / damaged.id).exists()

    assert await move_files(settings, "database", f"file://{tmp_path}/elsewhere", delete=False) == 1
    assert await move_files(settings, "database", f"file://{tmp_path}/elsewhere", delete=False) == 1
    assert "0 files copied (0 MB), 1 were there already." in capsys.readouterr().out
    found = tmp_path / "elsewhere" / first.id[-2:].lower() / first.id
    assert found.read_bytes() == b"one"


async def test_check_says_when_files_were_left_behind(tmp_path: Path) -> None:
    settings = settings_in(tmp_path, None)
    await with_files(settings, b"one", b"two")
    assert (await _files(embedded_settings(settings))).mark == "✓"
    moved = settings.model_copy(update={"files_url": SecretStr(f"file://{tmp_path}/elsewhere")})
    finding = await _files(embedded_settings(moved))
    assert finding.mark == "✗"
    assert "2 of the newest are not in the folder" in finding.text
    assert "saem move-files" in finding.text
    assert await move_files(moved, "folder", None, delete=False) == 0
    assert (await _files(embedded_settings(moved))).mark == "✓"
    refused = settings.model_copy(update={"files_url": SecretStr("database")})
    assert "is for PostgreSQL" in (await _files(embedded_settings(refused))).text
    server = embedded_settings(moved)
    async with open_store(server.store_url) as store, open_file_store(place_of(server), store) as file_store:
        assert await missing_files(store, file_store) == 0


@pytest.mark.parametrize(("source", "said"), [("folder", "the same place"), ("s3://K:s/x@b", "%2F"), ("x", "must be")])
async def test_addresses_that_cannot_be_meant(tmp_path: Path, source: str, said: str) -> None:
    with pytest.raises(StartupError, match=said):
        await move_files(settings_in(tmp_path, None), source, None, delete=True)
