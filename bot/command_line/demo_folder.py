"""Where `saem demo` keeps its Discord and the tutor's data: a folder of its own, in which both fit together."""

import shutil
from pathlib import Path
from typing import Final

from bot.errors import StartupError
from database.private_files import make_private_folder

DISCORD: Final = "discord.sqlite3"
"""The demo's Discord."""
DATABASES: Final = (DISCORD, "saem.sqlite3", "assistants.sqlite3", "passages.sqlite3")
FOLDERS: Final = ("files", "incoming")
"""What the demo makes in its folder; `--fresh` removes nothing else."""
_BESIDE_DATABASE: Final = ("", "-wal", "-shm", "-journal")


class DemoFolder:
    """The folder `demo` in the data directory."""

    def __init__(self, data_dir: Path) -> None:
        self.path = data_dir / "demo"
        self.discord = self.path / DISCORD

    def open(self) -> None:
        """Make the folder, for its owner alone.

        Raises:
            StartupError: it cannot be made, or the tutor's data are there without the Discord that they belong to.
        """
        try:
            make_private_folder(self.path)
        except OSError as error:
            cause = error.strerror or error
            raise StartupError(f"The demo's folder {self.path} cannot be made: {cause}.") from error
        if not self.discord.exists() and (self.path / "saem.sqlite3").exists():
            raise StartupError(
                f"{self.path} has the tutor's data, but no {DISCORD} that they belong to. "
                "Put it back, or start anew with --fresh."
            )

    def remove(self) -> str:
        """Remove what demos have kept here; a sentence about what that was. No demo may be running.

        Raises:
            StartupError: something cannot be removed.
        """
        files = [
            file for name in DATABASES for end in _BESIDE_DATABASE if (file := self.path / f"{name}{end}").is_file()
        ]
        folders = [self.path / name for name in FOLDERS]
        uploads = [
            each for folder in folders if not folder.is_symlink() for each in folder.rglob("*") if each.is_file()
        ]
        if not files and not uploads:
            return f"There was no demo to remove in {self.path}."
        size = sum(each.stat().st_size for each in [*files, *uploads])
        try:
            for each in files:
                each.unlink()
            for folder in folders:
                if folder.is_symlink():
                    folder.unlink()
                elif folder.exists():
                    shutil.rmtree(folder)
        except OSError as error:
            raise StartupError(f"The demo in {self.path} cannot be removed: {error}.") from error
        databases = [each.name for each in files if each.name in DATABASES]
        files_word = "file" if len(uploads) == 1 else "files"
        what = ", ".join([*databases, *([f"{len(uploads)} uploaded {files_word}"] if uploads else [])])
        return f"Removed the last demo in {self.path}: {what} ({size / 1e6:.1f} MB)."
