"""Charges: what each answer of the tutor, or other use of the model, has cost, and whose it was."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final, Literal, get_args

from sqlalchemy import ColumnElement, Select, delete, func, select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.group_commit import Statement
from bot.store.store import Store
from bot.store.tables import TokenChargeRow

Kind = Literal["answer", "quiz", "cards", "results", "check", "hint", "file", "search", "moderation"]
"""What the model was used for: `results` are what it says when a quiz or a call ends that people answered; `check` is a
second solve of a quiz or its mending; `file` and `search` are embeddings.
"""
KINDS: Final = get_args(Kind)
_LOCK: Final = 0x5AEB_0D6E
"""The advisory lock under which processes reserve, one after the other."""


@dataclass(frozen=True, slots=True)
class Charge:
    """Tokens of a student in a guild (0: a direct message, or unknown) on a day (UTC, `2026-11-21`), and their price.

    `run_id` is the run that has used them; an answer that goes on with a run has a charge of its own.
    """

    id: str
    day: str
    guild_id: int
    student_id: int
    tokens: int
    run_id: str | None = None
    picodollars: int = 0
    model: str = ""
    kind: Kind = "answer"
    thread_id: str | None = None
    process_id: str = ""
    settled: bool = True
    """False: it is an estimate, until the run has ended."""


Sum = tuple[int, int]
"""Tokens and picodollars."""


class TokenCharges:
    """Reads and writes charges."""

    def __init__(self, store: Store) -> None:
        self._store = store
        insert = postgresql.insert if store.dialect == "postgresql" else sqlite.insert
        charge = insert(TokenChargeRow)
        changing = ("tokens", "run_id", "picodollars", "model", "thread_id", "process_id", "settled")
        self._put = charge.on_conflict_do_update(
            index_elements=["id"], set_={name: charge.excluded[name] for name in changing}
        )

    async def put(self, *charges: Charge) -> None:
        """Write charges, or what they have become."""
        await self._store.write_when_possible(*map(self._written, charges))

    def _written(self, charge: Charge) -> Statement:
        return self._put, {name: getattr(charge, name) for name in _FIELDS}

    async def of_run(self, run_id: str) -> list[Charge]:
        """The charges of a run, in any order."""
        return await self._charges(TokenChargeRow.run_id == run_id)

    async def of_id(self, charge_id: str) -> Charge | None:
        """A charge; None if it was never written."""
        return next(iter(await self._charges(TokenChargeRow.id == charge_id)), None)

    async def unsettled(self) -> list[Charge]:
        """The charges that are estimates still."""
        return await self._charges(TokenChargeRow.settled.is_(False))

    async def reopen(self, run_id: str, thread_id: str) -> None:
        """Note that a run may have used more than it was charged: it is settled anew."""
        newest = select(func.max(TokenChargeRow.id)).where(TokenChargeRow.run_id == run_id).scalar_subquery()
        change = update(TokenChargeRow).where(TokenChargeRow.id == newest)
        await self._store.write_when_possible((change.values(settled=False, process_id="", thread_id=thread_id), {}))

    async def sums(self, day: str) -> Sequence[tuple[int, int, int]]:
        """The tokens of a day: guild, student, sum."""
        return [(guild, student, tokens) for on, guild, student, tokens, _ in await self.since(day) if on == day]

    async def since(self, day: str) -> Sequence[tuple[str, int, int, int, int]]:
        """What was used since a day: day, guild, student, tokens, picodollars."""
        by = (TokenChargeRow.day, TokenChargeRow.guild_id, TokenChargeRow.student_id)
        query = select(*by, *_SUMS).where(TokenChargeRow.day >= day).group_by(*by)
        rows = await self._store.read(query)
        return [(on, int(guild), int(student), int(tokens), int(money)) for on, guild, student, tokens, money in rows]

    async def history(
        self, first: str, *, guild_id: int | None = None, student_id: int | None = None
    ) -> Sequence[tuple[str, str, Kind, int, int]]:
        """What was used since the day `first`: day, model, kind, tokens, picodollars; of one guild, or one student."""
        by = (TokenChargeRow.day, TokenChargeRow.model, TokenChargeRow.kind)
        query = select(*by, *_SUMS).where(TokenChargeRow.day >= first, *_whose(guild_id, student_id)).group_by(*by)
        rows = await self._store.read(query)
        return [(day, model, kind, int(tokens), int(money)) for day, model, kind, tokens, money in rows]

    async def top_students(self, first: str, guild_id: int, most: int) -> Sequence[tuple[int, int, int]]:
        """Who used most in a guild since the day `first`: student, tokens, picodollars."""
        query = (
            select(TokenChargeRow.student_id, *_SUMS)
            .where(TokenChargeRow.day >= first, TokenChargeRow.guild_id == guild_id, TokenChargeRow.student_id != 0)
            .group_by(TokenChargeRow.student_id)
            .order_by(func.sum(TokenChargeRow.tokens).desc(), TokenChargeRow.student_id)
            .limit(most)
        )
        return [(int(student), int(tokens), int(money)) for student, tokens, money in await self._store.read(query)]

    @property
    def shared(self) -> bool:
        """Whether other processes may write charges too."""
        return self._store.dialect == "postgresql"

    async def used(self, asked: Sequence[tuple[str, int | None, int | None]]) -> list[Sum]:
        """What was used since a day, by a guild, and by a student (None: by all): a sum for each that is asked for."""
        if not asked:
            return []
        (row,) = await self._store.read(_used(asked))
        return _pairs(row)

    def turn(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """A transaction in which this process alone reserves."""

        @asynccontextmanager
        async def locked() -> Any:
            async with self._store.database.writer.begin() as connection:
                await connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
                yield connection

        return locked()

    async def used_now(
        self, connection: AsyncConnection, asked: Sequence[tuple[str, int | None, int | None]]
    ) -> list[Sum]:
        """As `used`, within a `turn`."""
        return _pairs((await connection.execute(_used(asked))).one()) if asked else []

    async def put_now(self, connection: AsyncConnection, charge: Charge) -> None:
        """Write a charge within a `turn`."""
        statement, values = self._written(charge)
        await connection.execute(statement, values)

    async def delete_before(self, day: str) -> None:
        """Delete the charges of the days before a day."""
        await self._store.write((delete(TokenChargeRow).where(TokenChargeRow.day < day), {}))

    async def _charges(self, which: ColumnElement[bool]) -> list[Charge]:
        rows = await self._store.read(_COLUMNS.where(which))
        return [Charge(*row) for row in rows]


_FIELDS: Final = tuple(Charge.__dataclass_fields__)
_COLUMNS: Final = select(*(getattr(TokenChargeRow, name) for name in _FIELDS))
_SUMS: Final = (
    func.coalesce(func.sum(TokenChargeRow.tokens), 0),
    func.coalesce(func.sum(TokenChargeRow.picodollars), 0),
)


def _whose(guild_id: int | None, student_id: int | None) -> list[ColumnElement[bool]]:
    of_guild = [TokenChargeRow.guild_id == guild_id] if guild_id is not None else []
    return of_guild + ([TokenChargeRow.student_id == student_id] if student_id is not None else [])


def _used(asked: Sequence[tuple[str, int | None, int | None]]) -> Select[Any]:
    return select(
        *(
            select(of).where(TokenChargeRow.day >= day, *_whose(guild_id, student_id)).scalar_subquery()
            for day, guild_id, student_id in asked
            for of in _SUMS
        )
    )


def _pairs(row: Sequence[Any]) -> list[Sum]:
    return [(int(row[at]), int(row[at + 1])) for at in range(0, len(row), 2)]
