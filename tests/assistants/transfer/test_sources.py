"""What an import opens: archives that are damaged or made to harm, encodings, and files by their ids."""

import gzip
import json
import struct
import zipfile
from pathlib import Path

import pytest

from assistants.transfer import sources
from assistants.transfer.json_reading import Found, read_objects
from assistants.transfer.report import TransferError
from assistants.transfer.sources import open_source


def read(path: Path) -> list[Found]:
    """All that stands in a source."""
    return [found for document in open_source(path).documents for found in read_objects(document, lambda _: None)]


def zipped(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


@pytest.mark.parametrize(
    ("name", "file_id"),
    [
        ("file-AbC123-photo.png", "file-AbC123"),
        ("file_00000000abcd-sanitized.jpg", "file_00000000abcd"),
        ("dalle-generations/file-AbC123-5c1f.webp", "file-AbC123"),
        ("user-x/file-AbC123.dat", "file-AbC123"),
        ("file-AbC123", "file-AbC123"),
        ("assistant-0a1b2c", "assistant-0a1b2c"),
        ("assistant-0a1b2c.pdf", "assistant-0a1b2c"),
    ],
)
def test_files_are_found_by_the_id_that_their_names_begin_with(tmp_path: Path, name: str, file_id: str) -> None:
    archive = zipped(tmp_path / "a.zip", {"conversations.json": b"[]", name: b"bytes"})
    source = open_source(archive)
    found = source.file(file_id)
    assert found is not None
    with found.open() as opened:
        assert opened.read() == b"bytes"
    assert source.file("file-AbC12") is None


def test_documents_of_a_folder_are_read_in_order_but_not_those_among_its_files(tmp_path: Path) -> None:
    for name in ("conversations-001.json", "conversations-000.json", "files/file-1.jsonl", "user.json", "chat.html"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(json.dumps([{"name": name}]))
    assert [found.value["name"] for found in read(tmp_path)] == ["conversations-000.json", "conversations-001.json"]


@pytest.mark.parametrize("packed", [False, True])
def test_a_zip_bomb_is_refused(tmp_path: Path, packed: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "HARMLESS", 1 << 20)
    bomb = bytes(4 << 20)
    if packed:
        (path := tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(bomb))
    else:
        path = zipped(tmp_path / "a.zip", {"a.jsonl": bomb})
    with pytest.raises(TransferError, match="as only a zip bomb does"):
        read(path)


def test_members_that_overlap_are_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"a.jsonl": b"{}", "b.jsonl": b"{}"})
    data = bytearray(path.read_bytes())
    for place in [at for at in range(len(data)) if data[at : at + 4] == b"PK\x01\x02"]:
        data[place + 20 : place + 24] = struct.pack("<I", 1_000)  # the packed size, beyond the archive
    path.write_bytes(data)
    with pytest.raises(TransferError, match=r"overlap|damaged"):
        read(path)


def test_a_zip_that_ends_too_early_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"conversations.json": b"[]" * 500})
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(TransferError, match="no complete zip archive"):
        read(path)


def test_a_zip_with_a_password_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"conversations.json": b"[]"})
    data = bytearray(path.read_bytes())
    for sign, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(sign) + offset] |= 1
    path.write_bytes(data)
    with pytest.raises(TransferError, match="cannot be unpacked"):
        read(path)


@pytest.mark.parametrize(("name", "words"), [("none.jsonl", "No such file"), ("empty", "neither JSON lines")])
def test_what_is_not_there_is_said(tmp_path: Path, name: str, words: str) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(TransferError, match=words):
        open_source(tmp_path / name)


def test_a_folder_of_files_that_is_none_is_said(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").touch()
    with pytest.raises(TransferError, match=r"none is no folder\."):
        open_source(tmp_path / "a.jsonl", tmp_path / "none")


def test_links_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret.jsonl").write_text('{"secret": 1}')
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.jsonl").symlink_to(tmp_path / "secret.jsonl")
    with pytest.raises(TransferError, match="neither JSON lines"):
        open_source(tmp_path / "in")


def test_a_broken_array_gives_what_stands_before_the_break(tmp_path: Path) -> None:
    (path := tmp_path / "conversations.json").write_text('[{"id": 1.5}, {"id": 2}, {"id"')
    first, second, end = read(path)
    assert (first.place, first.value, second.value) == ("conversations.json, element 1", {"id": 1.5}, {"id": 2})
    assert end.wrong is not None
    assert end.wrong.startswith("The array is broken behind element 2 (")


def test_a_long_line_is_named_and_the_next_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from assistants.transfer import json_reading

    monkeypatch.setattr(json_reading, "MAX_LINE", 1 << 20)
    (path := tmp_path / "a.jsonl").write_bytes(b"\n" + b"x" * ((5 << 20) + 3) + b"\n" + b'{"id": 3}')
    long, last = read(path)
    assert (long.place, long.wrong) == ("a.jsonl, line 2", "The line is longer than 1 MiB.")
    assert (last.place, last.value) == ("a.jsonl, line 3", {"id": 3})


def test_text_that_breaks_its_own_encoding_is_refused(tmp_path: Path) -> None:
    (path := tmp_path / "a.jsonl").write_bytes("\ufeff{}\n".encode("utf-16-le") + b"x")
    with pytest.raises(TransferError, match="not in the encoding that it begins with"):
        read(path)
