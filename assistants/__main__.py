"""`python -m assistants`: the Assistants server in a process of its own.

What is wrong with a setting is said before all that serves is loaded, which takes a second or two.
"""
# ruff: noqa: PLC0415

import asyncio
import contextlib
import gc
import logging
import os
import secrets
import signal
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TextIO, cast

if __name__ == "__main__":  # Ctrl+C while the imports below run would end in a traceback
    signal.signal(signal.SIGINT, signal.SIG_DFL)

import structlog
from pydantic import ValidationError

from assistants.settings import Settings
from database.errors import StoreError
from database.outage_log import OutagesOnce
from database.private_files import check_temporary_folder, keep_new_files_private, make_private_folder
from database.replacement import finish_replacement
from workers.own_process import keep_memory_private, take_from_environment

KEY_FILE = "assistants.key"
NAMES_OF_SECRETS = (
    "ASSISTANTS_KEY",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "DATABASE_URL",
    "FILES_URL",
    "OPENAI_API_KEY",
    "OPEN_API_KEY",
)
GC_THRESHOLD = 10_000
"""New objects after which the garbage collector runs: with Python's default of 700 it would go through all streams
again and again."""


class StartError(Exception):
    """The server cannot start; the message is plain sentences for its owner, a line each."""


def main() -> int:
    """Run until interrupted; 0, or 1 after one sentence about what is wrong."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    keep_new_files_private()
    keep_memory_private()
    try:
        settings = read_settings()
        take_from_environment(NAMES_OF_SECRETS)
        _log_to_stderr(settings.log_level)
        gc.disable()  # to look through what is being loaded for garbage takes a quarter of the time
        import assistants.http_server  # noqa: F401 - while Ctrl+C still ends the process at once

        signal.signal(signal.SIGINT, signal.default_int_handler)
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            runner.run(serve(settings))
    except (StartError, StoreError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        pass
    return 0


def read_settings() -> Settings:
    """The settings from the environment and `.env`.

    Raises:
        StartError: some of them are not valid, a sentence each.
    """
    try:
        return Settings()
    except UnicodeDecodeError:
        raise StartError("The file .env is not UTF-8 text: save it as UTF-8.") from None
    except OSError as error:
        raise StartError(f"The file .env cannot be read: {error.strerror or error}.") from None
    except ValidationError as error:
        raise StartError("\n".join(_wrong_settings(error))) from None


def _wrong_settings(error: ValidationError) -> Iterator[str]:
    """A sentence about each setting that does not fit, without its value."""
    for wrong in error.errors(include_input=False, include_url=False):
        name = str(wrong["loc"][0]).upper() if wrong["loc"] else "The settings"
        yield f"{name} is not right: {wrong['msg'].removeprefix('Value error, ')}."


async def serve(settings: Settings) -> None:
    """Serve on the settings' address until SIGINT or SIGTERM.

    Raises:
        StartError: the address or the data directory cannot be used.
        StoreError: the database cannot be opened.
    """
    from assistants.app import create_app
    from assistants.http_server import bind, serve_app
    from workers import Pool
    from workers.service.client import finder

    try:
        finish_replacement(settings.data_dir)  # a restore that was broken off
    except OSError as error:
        message = f"A restore that was broken off cannot be finished: {error.filename}: {error.strerror or error}."
        raise StartError(message) from error
    check_temporary_folder()
    key = key_of(settings)
    host, port = settings.assistants_host, settings.assistants_port
    try:
        listener = bind(host, port)
    except OSError as error:
        message = (
            f"The server cannot listen on {host}:{port}: {error.strerror or error}. Change ASSISTANTS_PORT or _HOST."
        )
        raise StartError(message) from error
    make_app = partial(create_app, settings, key=key, stand_alone=True)
    with listener:
        pool_of_two = Pool(size=2, find_sandbox=finder(settings.interpreter_socket))
        async with pool_of_two as pool, serve_app(make_app(pool=pool), listener):
            sys.stdout.write(f"Assistants API on http://{host}:{listener.getsockname()[1]}/v1\n")
            sys.stdout.flush()
            gc.collect()
            gc.freeze()  # what start-up has made stays, so the garbage collector need not go through it
            gc.set_threshold(GC_THRESHOLD)
            gc.enable()
            await _wait_for_signal()


def key_of(settings: Settings) -> str:
    """The key that clients must send: the settings', else a random one, made once and kept in the data directory.

    Raises:
        StartError: the key's file cannot be read or written.
    """
    if settings.assistants_key is not None:
        return settings.assistants_key.get_secret_value()
    path = settings.data_dir / KEY_FILE
    try:
        return _kept_key(path)
    except OSError as error:
        raise StartError(
            f"{path} cannot be used: {error.strerror or error}. Set ASSISTANTS_KEY or DATA_DIR."
        ) from error


def _kept_key(path: Path) -> str:
    with contextlib.suppress(FileNotFoundError):
        if key := path.read_text(encoding="utf-8").strip():
            return key
    make_private_folder(path.parent)
    key = secrets.token_urlsafe(32)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(key + "\n")
    sys.stdout.write(f"ASSISTANTS_KEY is not set; the key for clients is in {path}\n")
    return key


async def _wait_for_signal() -> None:
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(number, stop.set)
        except NotImplementedError:  # Windows
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop.set))
    await stop.wait()


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        import uvloop
    except ImportError:
        return None
    factory: Callable[[], asyncio.AbstractEventLoop] = uvloop.new_event_loop
    return factory


class _Unbreakable:
    """A stream that drops what cannot be written: a log on a full disk must not break what is logged about."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> None:
        with contextlib.suppress(OSError):
            self._stream.write(text)

    def flush(self) -> None:
        with contextlib.suppress(OSError):
            self._stream.flush()


def _log_to_stderr(level: str) -> None:
    logging.basicConfig(level=level, stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    number = logging.getLevelNamesMapping()[level]
    for library in ("uvicorn", "alembic", "asyncio", "botocore", "aiobotocore"):
        logging.getLogger(library).setLevel(max(logging.WARNING, number))
    # Plain tracebacks: the pretty ones show all variables, such as a request's key.
    render = structlog.dev.ConsoleRenderer(
        colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
    )
    structlog.configure(
        processors=[
            OutagesOnce(),
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            render,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(cast("TextIO", _Unbreakable(sys.stderr))),
    )


if __name__ == "__main__":
    sys.exit(main())
