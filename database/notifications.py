"""What processes that share a PostgreSQL tell one another at once, by LISTEN and NOTIFY.

A notification may be lost (a connection breaks, a pooler between the two knows no LISTEN): it only spares waiting for
what rows say in any case.
"""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any

import structlog
from sqlalchemy import bindparam, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from database.addresses import connect_options
from database.outages import translate_connection_errors

log = structlog.get_logger(__name__)

RETRY = 1.0
"""Seconds from a broken connection to the next."""
LOOKED_AFTER = 20.0
"""Seconds of silence after which the connection is tried, and that it has to answer in."""

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
        import asyncpg  # noqa: PLC0415 - SQLite needs no asyncpg

        failures = (DBAPIError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError)  # TimeoutError is an OSError
        while True:
            try:
                await self._listen()
            except failures as error:
                if not self._said:  # once, not for each try
                    log.warning("notifications_not_heard", channel=self._channel, reason=type(error).__name__)
                self._said = True
            self.listening.clear()
            await asyncio.sleep(RETRY)

    async def _listen(self) -> None:
        options = connect_options(self._url) | {"command_timeout": LOOKED_AFTER}
        engine = create_async_engine(self._url, poolclass=NullPool, hide_parameters=True, connect_args=options)
        translate_connection_errors(engine.sync_engine)
        async with engine.connect() as connection:
            driver: Any = (await connection.get_raw_connection()).driver_connection
            lost = asyncio.Event()
            driver.add_termination_listener(lambda _connection: lost.set())
            await driver.add_listener(self._channel, lambda *arguments: self._heard(arguments[-1]))
            self._said = False
            self.listening.set()
            while not lost.is_set():
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(LOOKED_AFTER):
                        await lost.wait()
                if not lost.is_set():  # a machine that has gone says nothing: neither that, nor that it has
                    await driver.execute("SELECT 1")


async def notify(connection: AsyncConnection, channel: str, message: str) -> None:
    """Send a message (at most 8,000 bytes) to all that listen, when the transaction is committed."""
    await connection.execute(_NOTIFY, {"channel": channel, "message": message})
