"""Structured logs: the events of the bot and of its libraries as key=value lines, with secrets blacked out."""

import logging
import sys
from collections.abc import Iterable
from typing import Any

import aiohttp
import discord
import structlog
from structlog.typing import EventDict

BLACK = "[secret]"
QUIET = ("aiosqlite", "alembic", "asyncio", "discord", "httpcore", "httpcore2", "httpx", "httpx2", "openai", "uvicorn")
"""Libraries that log every step; never below WARNING, as openai's DEBUG holds whole messages."""
NETWORK = (aiohttp.ClientError, discord.ConnectionClosed, OSError, TimeoutError)
"""Errors after which discord.py connects again by itself."""


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

    def _clean(self, value: Any) -> Any:
        return self.line(value) if isinstance(value, str) else value


def without_network_traceback(_logger: Any, _name: str, event: EventDict) -> EventDict:
    """A structlog processor: a network error is logged with its cause, without the traceback through discord.py."""
    raised = event.get("exc_info")
    error = raised[1] if isinstance(raised, tuple) else raised
    if isinstance(error, NETWORK):
        return {**event, "exc_info": None, "error": f"{type(error).__name__}: {error}"}
    return event


def configure_logs(level: str, secrets: Iterable[str] = ()) -> None:
    """Send all logs to standard error in one format; the command line calls it."""
    redact = Redact(secrets)
    render = structlog.dev.ConsoleRenderer(
        colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
    )

    def rendered(logger: Any, name: str, event: EventDict) -> str:
        return redact.line(render(logger, name, event))

    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        redact,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, without_network_traceback, *shared],
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
