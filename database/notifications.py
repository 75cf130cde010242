"""What processes that share a PostgreSQL tell one another at once, by LISTEN and NOTIFY.

A notification may be lost (a connection breaks, a pooler between the two knows no LISTEN): it only spares waiting for
what rows say in any case.
"""

import asyncio
from collections.abc import Callable
from typing import Any

import structlog
from sqlalchemy import bindparam, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

log = structlog.get_logger(__name__)

RETRY = 1.0
"""Seconds from a broken connection to the next."""

_NOTIFY = text("SELECT pg_notify(:channel, :message)").bindparams(bindparam("channel"), bindparam("message"))


class Listener:
    """Hears the notifications of a channel, on a connection of its own, and tells `heard` their messages."""

    def __init__(self, engine: AsyncEngine, channel: str, heard: Callable[[str], None]) -> None:
        self._url = engine.url
        self._channel = channel
        self._heard = heard
        self.listening = asyncio.Event()
        self._said = False

    async def run(self) -> None:
        """Listen until cancelled."""
        while True:
            try:
                await self._listen()
            except (DBAPIError, OSError, TimeoutError) as error:
                if not self._said:  # once, not for each try
                    log.warning("notifications_not_heard", channel=self._channel, reason=type(error).__name__)
                self._said = True
            self.listening.clear()
            await asyncio.sleep(RETRY)

    async def _listen(self) -> None:
        engine = create_async_engine(self._url, poolclass=NullPool, hide_parameters=True)
        async with engine.connect() as connection:
            driver: Any = (await connection.get_raw_connection()).driver_connection
            lost = asyncio.Event()
            driver.add_termination_listener(lambda _connection: lost.set())
            await driver.add_listener(self._channel, lambda *arguments: self._heard(arguments[-1]))
            self._said = False
            self.listening.set()
            await lost.wait()


async def notify(connection: AsyncConnection, channel: str, message: str) -> None:
    """Send a message (at most 8,000 bytes) to all that listen, when the transaction is committed."""
    await connection.execute(_NOTIFY, {"channel": channel, "message": message})
