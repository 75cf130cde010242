"""`saem import` and `saem export`: conversations, files and assistants as files."""

import sys
from pathlib import Path

from tqdm import tqdm

from assistants.transfer.report import Report, TransferError
from assistants.transfer.transfer import export_to, import_from
from bot.command_line.assistants_server import embedded_settings
from bot.errors import ConfigurationError, StartupError
from bot.settings import Settings


async def import_command(settings: Settings, path: Path, files: Path | None, *, replace: bool) -> int:
    """Import what stands at `path`; 1 where something was left out.

    Raises:
        StartupError: it cannot be imported.
    """
    _check_own_server(settings)
    try:
        report = await import_from(embedded_settings(settings), path, files, replace=replace, say=_say)
    except TransferError as error:
        raise StartupError(str(error)) from error
    return _finish(report, "New")


async def export_command(settings: Settings, folder: Path) -> int:
    """Export everything into `folder`; 1 where something was left out.

    Raises:
        StartupError: it cannot be exported.
    """
    _check_own_server(settings)
    try:
        report = await export_to(embedded_settings(settings), folder, say=_say)
    except TransferError as error:
        raise StartupError(str(error)) from error
    return _finish(report, "Exported")


def _check_own_server(settings: Settings) -> None:
    if settings.assistants_url is not None:
        raise ConfigurationError(
            "ASSISTANTS_URL names another Assistants server: import and export where that server runs, without it."
        )


def _say(sentence: str) -> None:
    tqdm.write(sentence, file=sys.stderr)


def _finish(report: Report, new: str) -> int:
    print(*report.lines(new), sep="\n")
    return 1 if report.refused else 0
