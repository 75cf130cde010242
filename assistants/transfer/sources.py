"""Where an import reads: a file of JSON lines, `conversations.json`, either of them in gzip, a zip archive, a folder.

Nothing is unpacked to disk by a name that an archive gives. Names only tell which file an id belongs to.
"""

import codecs
import gzip
import io
import os
import re
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO, Any, Final

from assistants.transfer.report import TransferError

MAX_RATIO: Final = 200
"""How many times larger than its archive a file may be: JSON shrinks to a tenth or so, a zip bomb to a thousandth."""
HARMLESS: Final = 64 << 20
"""Bytes up to which a file may shrink by any ratio."""

_DOCUMENT = re.compile(r"(?:.*\.(?:jsonl|ndjson)|conversations[^/]*\.json)(?:\.gz)?", re.IGNORECASE)
_FILE_ID = re.compile(r"file[-_][A-Za-z0-9]{3,}")
_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_BLOCK: Final = 1 << 16


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file beside the lines: its name, its size in bytes, and how it is opened."""

    name: str
    size: int
    open: Callable[[], Any]


@dataclass(frozen=True, slots=True)
class Document:
    """Lines or an array of JSON: its name, its size in bytes where that is known, and how it is opened."""

    name: str
    size: int | None
    open: Callable[[], Any]

    @contextmanager
    def bytes(self) -> Iterator["io.BufferedReader[Any]"]:
        """The text as UTF-8, without a byte order mark.

        Raises:
            TransferError: it cannot be read, or is damaged.
        """
        with archive_errors(self.name), self.open() as opened:
            buffered = io.BufferedReader(_Checked(opened, self.name), _BLOCK)
            start = buffered.peek(4)[:4]
            encoding = next((name for bom, name in _BOMS if start.startswith(bom)), None)
            if encoding is None and len(start) >= 2 and 0 in start[:2]:
                encoding = "utf-16-be" if start[0] == 0 else "utf-16-le"
            yield buffered if encoding is None else io.BufferedReader(_Recoded(buffered, encoding), _BLOCK)


class Source:
    """The documents that an import reads, and the files beside them, found by their ids."""

    def __init__(self, documents: Iterable[Document], files: Iterable[StoredFile]) -> None:
        self.documents = sorted(documents, key=lambda document: document.name)
        self._files: dict[str, StoredFile] = {}
        for file in sorted(files, key=lambda file: file.name):
            name = file.name.rsplit("/", 1)[-1]
            found = _FILE_ID.match(name)
            for key in (name, name.rsplit(".", 1)[0], found[0] if found else name):
                self._files.setdefault(key, file)

    def file(self, file_id: str) -> StoredFile | None:
        """The file whose name is the id, or begins with it."""
        return self._files.get(file_id)


def open_source(path: Path, files: Path | None = None) -> Source:
    """What stands at `path`; `files` is a further folder with files.

    Raises:
        TransferError: it does not exist, holds nothing that can be imported, or is damaged.
    """
    with archive_errors(str(path)):
        beside = list(_folder_files(files)) if files is not None else []
        if files is not None and not files.is_dir():
            raise TransferError(f"{files} is no folder.")
        if path.is_dir():
            found = list(_folder_files(path))
            documents = _documents(found)
            source = Source(documents, [*found, *beside])
        elif zipfile.is_zipfile(path):
            members = list(_members(path))
            documents = _documents(members)
            source = Source(documents, [*members, *beside])
        else:
            if path.suffix.lower() == ".zip":
                raise TransferError(f"{path} is no complete zip archive: download it again.")
            folder = path.parent / "files"
            near = list(_folder_files(folder)) if files is None and folder.is_dir() else []
            if path.name.startswith("conversations") and files is None:  # an unpacked export of chats
                near += _folder_files(path.parent)
            document = StoredFile(path.name, path.stat().st_size, lambda: path.open("rb"))
            source = Source([_document(document)], [*near, *beside])
    if not source.documents:
        raise TransferError(f"{path} holds neither JSON lines (.jsonl) nor conversations.json.")
    return source


@contextmanager
def archive_errors(name: str) -> Iterator[None]:
    """Errors of reading archives as a sentence.

    Raises:
        TransferError: in their place.
    """
    try:
        yield
    except (EOFError, zlib.error, zipfile.BadZipFile, gzip.BadGzipFile) as error:
        raise TransferError(f"{name} is damaged or ends too early: download or copy it again.") from error
    except (NotImplementedError, RuntimeError) as error:  # what zipfile raises for other methods, and for a password
        raise TransferError(f"{name} cannot be unpacked: {error}. Unpack it, and name the folder.") from error
    except UnicodeError as error:
        raise TransferError(f"{name} is not in the encoding that it begins with: save it as UTF-8.") from error
    except OSError as error:
        raise TransferError(f"{name} cannot be read: {error.strerror or error}.") from error


class _Gzip(gzip.GzipFile):
    """A file in gzip, which knows how much of it has been read."""

    def __init__(self, opened: Any) -> None:
        super().__init__(fileobj=opened)
        self._packed = opened

    def packed(self) -> int:
        """Bytes read of the packed file."""
        return int(self._packed.tell())

    def close(self) -> None:
        """Close both."""
        super().close()
        self._packed.close()


class _Checked(io.RawIOBase):
    """Reads on, and stops where an archive grows out of all proportion."""

    def __init__(self, opened: Any, name: str) -> None:
        self._opened = opened
        self._name = name
        self._count = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._opened.read(len(buffer))
        self._count += len(data)
        if isinstance(self._opened, _Gzip):
            check_ratio(self._name, self._count, self._opened.packed())
        buffer[: len(data)] = data
        return len(data)


class _Recoded(io.RawIOBase):
    """Text of another encoding as UTF-8."""

    def __init__(self, opened: IO[bytes], encoding: str) -> None:
        self._opened = opened
        self._decoder = codecs.getincrementaldecoder(encoding)()
        self._left = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._left:
            data = self._opened.read(_BLOCK)
            self._left = self._decoder.decode(data, final=not data).encode("utf-8", "replace")
            if not data and not self._left:
                return 0
        data, self._left = self._left[: len(buffer)], self._left[len(buffer) :]
        buffer[: len(data)] = data
        return len(data)


def check_ratio(name: str, size: int, packed: int) -> None:
    """Return if `size` bytes out of `packed` ones are no zip bomb.

    Raises:
        TransferError: they are.
    """
    if size > HARMLESS and size > MAX_RATIO * max(packed, 1):
        raise TransferError(f"{name} unpacks to more than {MAX_RATIO} times its size, as only a zip bomb does.")


def _documents(files: Iterable[StoredFile]) -> list[Document]:
    """What of them is read; in folders called `files` are those that belong to what is read."""
    named = ((file, file.name.split("/")) for file in files)
    return [_document(file) for file, parts in named if "files" not in parts[:-1] and _DOCUMENT.fullmatch(parts[-1])]


def _document(file: StoredFile) -> Document:
    if not _is_gzip(file):
        return Document(file.name, file.size, file.open)
    return Document(file.name, None, lambda: _Gzip(file.open()))


def _is_gzip(file: StoredFile) -> bool:
    with file.open() as opened:
        return bool(opened.read(2) == b"\x1f\x8b")


def _folder_files(folder: Path) -> Iterator[StoredFile]:
    """The plain files of a folder and its folders; links lead out of it and are not followed."""
    for where, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            path = Path(where, name)
            status = path.lstat()
            if stat.S_ISREG(status.st_mode):
                yield StoredFile(path.relative_to(folder).as_posix(), status.st_size, partial(path.open, "rb"))


def _members(path: Path) -> Iterator[StoredFile]:
    # It stays open while its members may be read: to read its index again for each takes long where there are many.
    archive = zipfile.ZipFile(path)
    members = [member for member in archive.infolist() if not member.is_dir()]
    packed = 0
    for member in members:
        packed += member.compress_size
        check_ratio(f"{path.name}: {member.filename}", member.file_size, member.compress_size)
        yield StoredFile(member.filename, member.file_size, partial(_Member, archive, member))
    if packed > path.stat().st_size:
        raise TransferError(f"{path.name} holds files that overlap, as only a zip bomb does.")


class _Member(io.RawIOBase):
    """A file of a zip archive."""

    def __init__(self, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
        self._opened = archive.open(member)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._opened.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        if not self.closed:
            self._opened.close()
        super().close()
