"""`saem status`: what runs on this database and whether it is well, read from its rows; nothing is changed."""

import socket
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, Executable
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from bot.logs import Redact, in_encoding
from bot.settings import Settings
from bot.status import sentences as say
from bot.status.condition import Condition, database_files, read_condition
from bot.status.report import Line, day_limits, in_words, report
from bot.store.schema import MIGRATIONS
from database.addresses import connect_options, for_asyncpg, parse_address
from database.engines import sqlite_file
from database.errors import StoreError, describe_failure
from database.outages import state_of_disk


async def status(settings: Settings, *, check: bool = False) -> int:
    """Print what runs and whether it is well; the exit code, 1 when something is not.

    To `check` is to look at the processes of this machine (or container) alone, and to print one line.
    """
    redact, encoding = Redact(settings.secrets), sys.stdout.encoding or "utf-8"
    lines = await _lines(settings, check=check)
    for each in lines:
        print(redact.line(in_encoding(str(each), encoding)))
    return 0 if all(each.well for each in lines) else 1


async def _lines(settings: Settings, *, check: bool) -> list[Line]:
    url = settings.store_url
    try:
        file = sqlite_file(url)
        if file is not None and not Path(file).is_file():  # noqa: ASYNC240 - nothing else runs here
            return [Line(False, f"Database: there is none at {file} yet; `saem run` makes it.")]
        condition = await _look(url, file, database_files(settings))
    except StoreError as error:
        return [Line(False, f"Database: {error}")]
    except (SQLAlchemyError, OSError) as error:
        return [Line(False, f"Database: {describe_failure(error, url)}"), *_disk(file)]
    if check:
        here = health_here(condition, socket.gethostname())
        return [here] if here.well else [here, *_disk(file)]
    where = f"SQLite, {file}" if file is not None else "PostgreSQL"
    return [Line(True, f"Database: answers ({where})."), *_disk(file), *report(condition, day_limits(settings))]


def _disk(file: str | None) -> Iterator[Line]:
    """What is wrong with the disk of an SQLite file: Saem, which writes there what it knows, cannot tell it then."""
    if file is not None and (state := state_of_disk(str(Path(file).absolute().parent))) is not None:
        yield Line(False, f"{say.OUTAGES[state]('en', subject=Path(file).name, span='')}.")


def health_here(seen: Condition, host: str) -> Line:
    """Whether the processes of one machine are well, as they have noted themselves."""
    here = [each for each in seen.living if each.host == host]
    if not here:
        return Line(False, say.DOES_NOT_RUN("en"))
    problems = {
        in_words(problem, seen.now)
        for process in here
        for problem in (process.status.problems if process.status is not None else ())
    }
    if problems:
        return Line(False, say.UNHEALTHY("en", problems="; ".join(sorted(problems))))
    return Line(True, say.HEALTHY("en"))


async def _look(url: str, file: str | None, files: Sequence[Path]) -> Condition:
    """Read everything; SQLite is opened for reading alone.

    Raises:
        StoreError: the database is of another release, or holds nothing of Saem's.
    """
    if file is not None:
        engine = create_async_engine(f"sqlite+aiosqlite:///file:{quote(file)}?mode=ro&uri=true", poolclass=NullPool)
    else:
        address = for_asyncpg(parse_address(url))
        engine = create_async_engine(
            address, poolclass=NullPool, hide_parameters=True, connect_args=connect_options(address)
        )
    try:
        async with engine.connect() as connection:
            await connection.run_sync(_check_release)
            return await read_condition(lambda query: _all(connection, query), engine.dialect.name, files)
    finally:
        await engine.dispose()


async def _all(connection: AsyncConnection, query: Executable) -> Sequence[Any]:
    return (await connection.execute(query)).all()


def _check_release(connection: Connection) -> None:
    current = MIGRATIONS.current(connection)
    if current is None:
        raise StoreError("it holds nothing of Saem's yet; `saem run` makes its tables.")
    if current != MIGRATIONS.newest:
        raise StoreError(
            f"it is at version {current}, and this release's is {MIGRATIONS.newest}: update or start Saem."
        )
