"""The command line: the commands and options of `saem`, and what is printed when a command fails.

Each command has a file of its own in `bot/command_line/`. What it works with is loaded when its settings are known to
fit: Discord's library, the SDK and the database take a second or two, and a mistyped setting is said at once.
"""
# ruff: noqa: PLC0415

import argparse
import asyncio
import contextlib
import gc
import io
import os
import signal
import sys
import threading
from collections.abc import Coroutine, Sequence
from importlib.metadata import PackageNotFoundError, version
from itertools import chain, repeat
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

if __name__ == "__main__":  # without this, Ctrl+C would print a traceback while the rest is loaded
    signal.signal(signal.SIGINT, signal.SIG_DFL)

import structlog

from bot.command_line.demo_options import DEMO_PORT, LOOPBACK, MOST_BOTS, DemoOptions
from bot.command_line.startup_settings import (
    mistyped_names,
    names_of_secrets,
    read_startup_settings,
)
from bot.errors import ConfigurationError, StartupError
from bot.logs import Redact, configure_logs
from bot.settings import ENV_FILE, Settings, SettingsError, check_env_file
from database.errors import StoreError
from database.private_files import check_temporary_folder, keep_new_files_private
from workers.own_process import keep_memory_private, take_from_environment

log = structlog.get_logger(__name__)

GRACE = 33.0
"""Seconds that a command has to end in after a signal; supervisors wait for 35 (docs/hosting.md)."""
GRACE_AT_ONCE = 10.0
"""And after a second one, which asks for the end at once."""
LAST_PORT = 65_535
LONGEST_WAIT = 3600
INTERRUPTED = 130
"""The exit code of a command that a signal ended before it had a result."""
CONFIGURATION = 78
"""The exit code when the owner has to change something first (EX_CONFIG of sysexits.h): a supervisor that is told so,
such as systemd by `RestartPreventExitStatus`, does not start the command again."""


def parser() -> argparse.ArgumentParser:
    """The parser of the command line."""
    top = argparse.ArgumentParser(prog="saem", description="Saem (쌤), a study tutor for Discord servers.")
    top.add_argument("--version", action="version", version=f"saem {_version()}")
    commands = top.add_subparsers(dest="command", metavar="command")
    commands.add_parser("run", help="be the tutor (needs DISCORD_TOKEN)")
    demo_parser = commands.add_parser("demo", help="try it in a Discord on this machine, without any account")
    demo_parser.add_argument(
        "--port", type=_port, help=f"the page's port ({DEMO_PORT}, or another one where that is taken)"
    )
    demo_parser.add_argument(
        "--host", default=LOOPBACK, help="the address to listen on (this machine alone); 0.0.0.0 lets others in"
    )
    demo_parser.add_argument(
        "--public-url", type=_web_address, help="the address that people open, where it is another one"
    )
    demo_parser.add_argument("--fresh", action="store_true", help="remove what the last demo kept, and start anew")
    demo_parser.add_argument("--no-browser", action="store_true", help="open no browser")
    demo_parser.add_argument(
        "--bots", type=_bots, default=1, metavar="N", help="several bots that share the servers, to watch one fail"
    )
    demo_parser.add_argument(
        "--database", type=_postgres, metavar="URL", help="with --bots: an empty PostgreSQL to use, postgresql://…"
    )
    setup_parser = commands.add_parser("setup", help="ask what Saem needs, try it, and write .env")
    setup_parser.add_argument("--yes", action="store_true", help="ask nothing: take the values from the environment")
    commands.add_parser("serve", help="the Assistants server alone")
    import_parser = commands.add_parser("import", help="bring conversations, assistants and files in")
    import_parser.add_argument(
        "path",
        type=Path,
        help="JSON lines (.jsonl), ChatGPT's conversations.json, one of them in .gz or .zip, or a folder",
    )
    import_parser.add_argument("--files", type=Path, metavar="FOLDER", help="where files lie, named by their ids")
    import_parser.add_argument(
        "--replace", action="store_true", help="change what is here already with other contents, instead of leaving it"
    )
    export_parser = commands.add_parser("export", help="write conversations, assistants and files out")
    export_parser.add_argument("folder", type=Path, help="a new folder")
    commands.add_parser("check", help="say what is set up and what is missing")
    status_parser = commands.add_parser("status", help="say what runs, and whether it is well")
    status_parser.add_argument("--check", action="store_true", help="in one line, of this machine alone: for monitors")
    backup_parser = commands.add_parser("backup", help="write databases and files into one file, also while it runs")
    backup_parser.add_argument("file", type=Path, metavar="FILE", help="a new file")
    restore_parser = commands.add_parser("restore", help="put what a backup holds in the place of what is there")
    restore_parser.add_argument("file", type=Path, metavar="FILE", help="a file that `saem backup` has written")
    moving = commands.add_parser("move-files", help="copy the files to where FILES_URL says")
    moving.add_argument(
        "source", metavar="FROM", help="where they are: folder, file:///a/folder, database or s3://bucket"
    )
    moving.add_argument("--to", metavar="TO", help="where they are to be, if not where FILES_URL says")
    moving.add_argument("--delete", action="store_true", help="delete from the old place what is in the new one")
    _add_conformance(commands.add_parser("conformance", help="see how well a server speaks the Assistants API"))
    interpreter = commands.add_parser("interpreter", help="run others' code and read files, in a container of its own")
    interpreter.add_argument("socket", type=Path, help="the Unix socket to listen on; INTERPRETER_SOCKET names it")
    return top


def _add_conformance(command: argparse.ArgumentParser) -> None:
    command.add_argument("url", metavar="URL", help="the server's base URL, such as http://127.0.0.1:8100/v1")
    command.add_argument(
        "key",
        metavar="KEY",
        nargs="?",
        help="its key; without one CONFORMANCE_KEY is used, or it is asked for; - reads it from a line of input",
    )
    command.add_argument("--key-file", type=Path, metavar="FILE", help="a file with the key")
    command.add_argument("--model", default="gpt-4o", help="the model of the runs (gpt-4o)")
    command.add_argument(
        "--only", action="append", default=[], metavar="WORD", help="only checks with this in the name"
    )
    command.add_argument("--json", action="store_true", help="print the whole report as JSON")
    command.add_argument("--timeout", type=_seconds, default=30.0, help="seconds that one request may take (30)")
    command.add_argument("--wait", type=_seconds, default=120.0, help="seconds that a run or a stream may take (120)")


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= LONGEST_WAIT:
        raise argparse.ArgumentTypeError(f"seconds are a number above 0, up to {LONGEST_WAIT}")
    return seconds


def _version() -> str:
    try:
        return version("saem")
    except PackageNotFoundError:  # run from a folder, without an installation
        return "(not installed)"


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > LAST_PORT:
        raise argparse.ArgumentTypeError(f"a port is a number from 0 to {LAST_PORT}")
    return int(text)


def _bots(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= MOST_BOTS:
        raise argparse.ArgumentTypeError(f"bots are a number from 1 to {MOST_BOTS}")
    return int(text)


def _postgres(text: str) -> str:
    if not text.startswith(("postgresql://", "postgres://", "postgresql+asyncpg://")):
        raise argparse.ArgumentTypeError("a database for several bots is a PostgreSQL: postgresql://user@host/database")
    return text


def _web_address(text: str) -> str:
    address = urlsplit(text)
    if address.scheme not in {"http", "https"} or not address.hostname or address.path not in {"", "/"}:
        raise argparse.ArgumentTypeError("an address is http:// or https:// and a host, such as https://saem.example")
    return text


def _replace_unknown_signs() -> None:
    """Print a replacement for a sign that the terminal does not know, instead of an error."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; the exit code."""
    _replace_unknown_signs()
    keep_new_files_private()
    keep_memory_private()
    given = parser().parse_args(arguments)
    redact = Redact(())
    try:
        if given.command == "interpreter":
            from bot.command_line.interpreter import interpreter

            return interpreter(given.socket)
        if given.command == "serve":
            check_env_file(ENV_FILE)
            _warn_of_mistyped_names()
            from bot.command_line.serve import serve

            return serve()
        if given.command == "conformance":
            return _conformance(given)
        if given.command == "setup":
            from bot.command_line.setup import setup

            configure_logs("CRITICAL")
            if not setup(yes=given.yes):
                return 0
            given.command = "run"
            signal.signal(signal.SIGINT, signal.SIG_DFL)
        configure_logs("INFO")
        check_env_file(ENV_FILE)
        if given.command != "check":  # which has a line of its own for each
            _warn_of_mistyped_names()
        settings = read_startup_settings()
        redact = Redact(settings.secrets)
        if given.command != "check":  # which looks at the names once more
            take_from_environment(names_of_secrets())
        # `saem check` prints what it finds; the log adds to that only on request.
        quiet = given.command in {"check", "status"} and settings.log_level != "DEBUG"
        configure_logs("CRITICAL" if quiet else settings.log_level, settings.secrets)
        return _command(given, settings)
    except (SettingsError, StartupError, StoreError) as error:
        if given.command == "check" and isinstance(error, SettingsError):  # it has not come to them
            _warn_of_mistyped_names()
        for line in str(error).splitlines():
            print(f"saem: {redact.line(line)}", file=sys.stderr)
        return CONFIGURATION if isinstance(error, SettingsError | ConfigurationError) else 1
    except Exception as error:  # nobody at a terminal should have to read a traceback
        log.debug("saem.failed", exc_info=True)
        what = redact.line(f"{type(error).__name__}: {error}")
        print(
            f"saem: Something went wrong that Saem does not know ({what}). LOG_LEVEL=DEBUG shows where.",
            file=sys.stderr,
        )
    return 1


def _warn_of_mistyped_names() -> None:
    for sentence in mistyped_names():
        print(f"saem: {sentence}", file=sys.stderr)


def _conformance(given: argparse.Namespace) -> int:
    """Check another's server; no setting of Saem's is read, so it can be done anywhere."""
    from bot.command_line.conformance import ConformanceOptions, conformance

    configure_logs("CRITICAL")
    options = ConformanceOptions(
        given.url, given.key, given.key_file, given.model, tuple(given.only), given.json, given.timeout, given.wait
    )
    return _run(conformance(options), interrupted=INTERRUPTED)


def _command(given: argparse.Namespace, settings: Settings) -> int:
    # What is loaded stays: to look through it for garbage all the time takes a quarter of the time to load it. The bot
    # does that once, and turns the collector on, when it has logged in.
    gc.disable()
    from database.replacement import finish_replacement

    try:
        if finish_replacement(settings.data_dir):
            log.info("restore.finished")  # one that was broken off
    except OSError as error:
        raise StartupError(
            f"A restore that was broken off cannot be finished: {error.filename}: {error.strerror or error}."
        ) from None
    if given.command not in {"backup", "status"}:
        check_temporary_folder()
    match given.command:
        case "demo":
            from bot.command_line.demo import demo

            return _run(demo(settings, _demo_options(given)))
        case "import" | "export":
            from bot.command_line.transfer import export_command, import_command

            gc.enable()
            if given.command == "export":
                return _run(export_command(settings, given.folder), interrupted=INTERRUPTED)
            work = import_command(settings, given.path, given.files, replace=given.replace)
            return _run(work, interrupted=INTERRUPTED)
        case "status":
            from bot.command_line.status import status

            gc.enable()
            return _run(status(settings, check=given.check), interrupted=INTERRUPTED)
        case "check":
            from bot.command_line.check import check

            gc.enable()
            return _run(check(settings), interrupted=INTERRUPTED)
        case "backup":
            from bot.command_line.backup import backup

            gc.enable()
            return _run(backup(settings, given.file), interrupted=INTERRUPTED)
        case "restore":
            from bot.command_line.restore import restore

            gc.enable()
            return _run(restore(settings, given.file), interrupted=INTERRUPTED)
        case "move-files":
            from bot.command_line.move_files import move_files

            work = move_files(settings, given.source, given.to, delete=given.delete)
            return _run(work, interrupted=INTERRUPTED)
        case _:
            from bot.command_line.run import run

            return _run(run(settings))


def _demo_options(given: argparse.Namespace) -> DemoOptions:
    if given.database is not None and given.bots == 1:
        raise StartupError("--database is for several bots: give --bots 2 too.")
    return DemoOptions(
        given.port,
        given.host,
        given.public_url,
        given.fresh,
        browser=not given.no_browser,
        bots=given.bots,
        database=given.database,
    )


def _run(work: Coroutine[Any, Any, int | None], *, interrupted: int = 0) -> int:
    """Run until done, or until a signal asks for the end; the exit code, which is `interrupted` after a signal."""
    try:
        import uvloop
    except ImportError:
        runner = asyncio.Runner()
    else:
        runner = asyncio.Runner(loop_factory=uvloop.new_event_loop)
    with runner:
        code = runner.run(_until_signal(work, interrupted))
        return code or 0


def _end(task: "asyncio.Task[int | None]", code: int, seconds: float) -> None:
    """End what runs; if it does not end in time, end the process: the next start does what is left."""
    task.cancel()

    def kill() -> None:
        log.warning("saem.stopped_late", seconds=seconds)
        sys.stderr.flush()
        os._exit(code)

    # A thread, for the loop itself may hang.
    timer = threading.Timer(seconds, kill)
    timer.daemon = True
    timer.start()


async def _until_signal(work: Coroutine[Any, Any, int | None], interrupted: int) -> int | None:
    task = asyncio.ensure_future(work)
    loop = asyncio.get_running_loop()
    graces = chain([GRACE], repeat(GRACE_AT_ONCE))
    for name in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):  # Windows
            loop.add_signal_handler(name, lambda: _end(task, interrupted, next(graces)))
    try:
        return await task
    except asyncio.CancelledError:
        log.info("saem.stopped")
        return interrupted


if __name__ == "__main__":
    sys.exit(main())
