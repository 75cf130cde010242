"""Structured logs: the events of the bot and of its libraries as key=value lines, with secrets blacked out.

An exception that is the value of a key, as in `log.warning("…", cause=error)`, is described without what people wrote.
The libraries whose exceptions are described are loaded with the first of them: a command that only says what is wrong
with a setting ends before they would be there.
"""
# ruff: noqa: PLC0415

import errno
import logging
import re
import sys
from collections.abc import Iterable
from typing import Any

import structlog
from structlog.typing import EventDict

from bot.hourly_counts import HourlyCounts
from database.outage_log import OutagesOnce

BLACK = "[secret]"
LONGEST_CAUSE = 300
"""Characters of an exception's text that a log shows."""
_ADDRESSES = (
    # Whoever has a signed link can open the file, whose name people chose.
    (re.compile(r"(https?://[^\s'\"<>?]*)\?[^\s'\"<>]*"), r"\1?…"),
    (re.compile(r"(attachments/\d+/\d+/)[^\s'\"<>?]+"), r"\1…"),
    # Whoever has the token of an interaction can write in the bot's name for a quarter of an hour.
    (re.compile(r"((?:webhooks|interactions)/\d+/)[\w.-]{20,}"), rf"\1{BLACK}"),
)
QUIET = (
    "aiobotocore",
    "aiosqlite",
    "alembic",
    "asyncio",
    "botocore",
    "discord",
    "httpcore",
    "httpcore2",
    "httpx",
    "httpx2",
    "openai",
    "uvicorn",
)
"""Libraries that log every step; never below WARNING, as openai's DEBUG holds whole messages."""


class Redact:
    """Blacks out secrets in whole events, tracebacks included."""

    def __init__(self, secrets: Iterable[str]) -> None:
        self._secrets = [secret for secret in secrets if len(secret) >= 6]

    def __call__(self, _logger: Any, _name: str, event: EventDict) -> EventDict:
        """A structlog processor."""
        return {key: self._clean(value) for key, value in event.items()}

    def line(self, text: str) -> str:
        """Black out the secrets of a rendered line."""
        for secret in self._secrets:
            text = text.replace(secret, BLACK)
        return text

    def log_line(self, text: str) -> str:
        """The same for a line of a log, and take signatures, names of files and interactions' tokens out of links."""
        text = self.line(text)
        for pattern, replacement in _ADDRESSES:
            text = pattern.sub(replacement, text)
        return text

    def _clean(self, value: Any) -> Any:
        return self.log_line(value) if isinstance(value, str) else value


def in_encoding(text: str, encoding: str) -> str:
    """The text with signs that a terminal of that encoding can show."""
    try:
        text.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return text.replace("✓", "[ok]").replace("✗", "[!!]").replace("•", "[--]").replace("…", "...")
    return text


def describe(error: BaseException) -> str:
    """An exception for a log: what kind it is and what it says, but nothing that people or models wrote."""
    import aiohttp
    import openai
    import pydantic

    match error:
        case openai.APIStatusError():
            # The message may quote a question, an answer or a file.
            return f"{error.status_code} {error.code or error.type or type(error).__name__}"
        case openai.APIConnectionError() if error.__cause__ is not None:
            return describe(error.__cause__)
        case aiohttp.ClientResponseError():
            return f"{error.status} {error.message}"
        case pydantic.ValidationError():
            return f"ValidationError: {error.error_count()} fields of {error.title} do not fit"
    text = str(error)
    return f"{type(error).__name__}: {text[:LONGEST_CAUSE]}" if text else type(error).__name__


def describe_causes(_logger: Any, _name: str, event: EventDict) -> EventDict:
    """A structlog processor: exceptions that are values are described."""
    return {
        key: describe(value) if isinstance(value, BaseException) and key != "exc_info" else value
        for key, value in event.items()
    }


def without_network_traceback(_logger: Any, _name: str, event: EventDict) -> EventDict:
    """A structlog processor: a network error is logged with its cause, without the traceback through discord.py."""
    raised = event.get("exc_info")
    error = raised[1] if isinstance(raised, tuple) else raised
    if error and _discord_connects_again(error):
        return {**event, "exc_info": None, "error": error}
    return event


def _discord_connects_again(error: object) -> bool:
    """Whether it is an error after which discord.py connects again by itself."""
    import aiohttp
    import discord

    return isinstance(error, aiohttp.ClientError | discord.ConnectionClosed | OSError | TimeoutError)


_ERRORS = frozenset({"error", "exception", "critical", "fatal"})
_CODE = re.compile(r"[\w.-]{1,40}", re.ASCII)
_EVENT = re.compile(r"[\w.-]{1,60}", re.ASCII)
"""How our events and libraries are named; nothing else is taken for a name."""


def kind_of(error: BaseException) -> str:
    """What kind of error it is, in a word or two that say nothing else: `503 server_error`, `OSError ENOSPC`."""
    error = getattr(error, "orig", None) or error
    if isinstance(error, OSError) and error.errno is not None:
        return f"{type(error).__name__} {errno.errorcode.get(error.errno, error.errno)}"
    status = getattr(error, "status_code", None) or getattr(error, "status", None)
    if not isinstance(status, int):
        return type(error).__name__
    code = str(getattr(error, "code", None) or type(error).__name__)
    return f"{status} {code if _CODE.fullmatch(code) else type(error).__name__}"


class ErrorCounts:
    """A structlog processor: counts the errors of the last hour by event and kind, without a word of theirs.

    It stands before those that drop an event or describe it. What a library logs is counted by the library's name.
    """

    def __init__(self, counts: HourlyCounts) -> None:
        self.counts = counts

    def __call__(self, _logger: Any, method: str, event: EventDict) -> EventDict:
        """See the class."""
        if method in _ERRORS:
            record = event.get("_record")
            name = str(event.get("event")) if record is None else str(record.name)
            name = name if _EVENT.fullmatch(name) else "other"
            raised = event.get("exc_info") or (record.exc_info if record is not None else None)
            raised = sys.exc_info() if raised is True else raised
            candidates = [raised[1] if isinstance(raised, tuple) else raised, event.get("cause"), event.get("error")]
            kinds = [kind_of(each) for each in candidates if isinstance(each, BaseException)]
            self.counts.add(f"{name} ({kinds[0]})" if kinds else name)
        return event


error_counts = ErrorCounts(HourlyCounts())
"""Counts what this process logs."""


def configure_logs(level: str, secrets: Iterable[str] = ()) -> None:
    """Send all logs to standard error in one format; the command line calls it."""
    redact = Redact(secrets)
    render = structlog.dev.ConsoleRenderer(
        colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
    )

    def rendered(logger: Any, name: str, event: EventDict) -> str:
        return redact.log_line(render(logger, name, event))

    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        describe_causes,
        redact,
    ]
    structlog.configure(
        processors=[error_counts, OutagesOnce(), *shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[error_counts, structlog.stdlib.add_logger_name, without_network_traceback, *shared],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, rendered],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    # These libraries log every request, which only helps when one looks for a fault.
    for noisy in QUIET:
        logging.getLogger(noisy).setLevel(max(logging.getLevelNamesMapping()[level], logging.WARNING))
    if level == "DEBUG":
        logging.getLogger("discord").setLevel(logging.INFO)
