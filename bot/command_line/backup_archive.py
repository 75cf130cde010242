"""The file that a backup is: a tar archive with a list of what it holds at its end, by which a torn one is known.

`manifest.json` is the first member: of which release and kind the databases are. Then come `databases/…` and
`files/…`, and `end.json` with the size and SHA-256 of each.
"""

import hashlib
import io
import json
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any

from bot.errors import StartupError

FORMAT = 1
MANIFEST, END = "manifest.json", "end.json"
CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds: `databases` are members with the schemas' newest migrations, by the schemas' names."""

    kind: str
    """`sqlite` or `postgresql`."""
    made_at: str
    release: str
    schemas: dict[str, str]
    databases: list[str]
    files_in_database: bool
    columns: dict[str, list[str]] = field(default_factory=dict)
    """Of the tables of PostgreSQL."""
    format: int = FORMAT


class BackupWriter:
    """Writes a backup, member after member; `finish` makes it whole."""

    def __init__(self, target: IO[bytes], manifest: Manifest) -> None:
        self._tar = tarfile.open(fileobj=target, mode="w", format=tarfile.PAX_FORMAT)  # noqa: SIM115 - `finish` closes
        self._sums: dict[str, tuple[int, str]] = {}
        self.add_bytes(MANIFEST, json.dumps(asdict(manifest)).encode())

    def add_bytes(self, name: str, data: bytes) -> None:
        """Add a small member."""
        self._add(name, io.BytesIO(data), len(data))

    def add_file(self, name: str, path: Path) -> None:
        """Add a file's bytes."""
        with path.open("rb") as file:
            self._add(name, file, path.stat().st_size)

    def _add(self, name: str, source: IO[bytes], size: int) -> None:
        member = tarfile.TarInfo(name)
        member.size, member.mode = size, 0o600
        summed = _Summed(source)
        self._tar.addfile(member, summed)
        self._sums[name] = size, summed.digest.hexdigest()

    def finish(self, gone: list[str]) -> None:
        """Write the end; `gone` are the ids of files that were deleted while the backup was made."""
        end = json.dumps({"sums": self._sums, "gone": gone}).encode()
        member = tarfile.TarInfo(END)
        member.size = len(end)
        self._tar.addfile(member, io.BytesIO(end))
        self._tar.close()


class _Summed:
    """A file that is summed while it is read."""

    def __init__(self, source: IO[bytes]) -> None:
        self._source = source
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self._source.read(size)
        self.digest.update(data)
        return data


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that was found whole."""

    path: Path
    manifest: Manifest
    sizes: dict[str, int]
    sums: dict[str, str]
    """SHA-256 of the members, in hexadecimal."""
    gone: list[str]

    @property
    def files(self) -> list[str]:
        """The ids of the files in it."""
        return [name.removeprefix("files/") for name in self.sizes if name.startswith("files/")]

    @contextmanager
    def members(self) -> Iterator[Iterator[tuple[str, IO[bytes]]]]:
        """Its members after the manifest, in order; each is to be read before the next."""

        def each(tar: tarfile.TarFile) -> Iterator[tuple[str, IO[bytes]]]:
            for member in tar:
                content = tar.extractfile(member)
                if content is not None and member.name in self.sizes and member.name != MANIFEST:
                    yield member.name, content

        with tarfile.open(self.path, "r:") as tar:
            yield each(tar)


def read_backup(path: Path) -> Backup:
    """Look through a whole backup.

    Raises:
        StartupError: it cannot be read, is none, is torn or damaged, or of a newer release.
    """
    try:
        return _read_backup(path)
    except OSError as error:
        raise StartupError(f"{path} cannot be read: {error.strerror or error}.") from error
    except (tarfile.TarError, ValueError, KeyError, TypeError, EOFError) as error:
        raise StartupError(f"{path} is no backup of Saem's, or a damaged one.") from error


def _read_backup(path: Path) -> Backup:
    found: dict[str, tuple[int, str]] = {}
    manifest: dict[str, Any] | None = None
    with tarfile.open(path, "r:") as tar:
        for member in tar:
            content = tar.extractfile(member)
            if content is None:
                raise ValueError(member.name)
            if member.name == MANIFEST:
                data = content.read()
                manifest = json.loads(data)
                found[MANIFEST] = len(data), hashlib.sha256(data).hexdigest()
                if manifest is None or int(manifest["format"]) > FORMAT:
                    raise StartupError(f"{path} was made by a newer release of Saem: restore it with that one.")
            elif member.name == END:
                end = json.loads(content.read())
                break
            else:
                if not member.name.startswith(("databases/", "files/")) or "/" in member.name.partition("/")[2]:
                    raise ValueError(member.name)
                digest, size = hashlib.sha256(), 0
                while data := content.read(CHUNK):
                    digest.update(data)
                    size += len(data)
                found[member.name] = size, digest.hexdigest()
        else:
            raise StartupError(f"{path} is torn: its end is missing. Take another backup.")
    expected = {name: (size, digest) for name, (size, digest) in end["sums"].items()}
    if manifest is None or expected != found:
        raise StartupError(f"{path} is damaged: it does not hold what was written into it. Take another backup.")
    sizes = {name: size for name, (size, _) in found.items()}
    sums = {name: digest for name, (_, digest) in found.items()}
    return Backup(path, Manifest(**manifest), sizes, sums, list(end["gone"]))
