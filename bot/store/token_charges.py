"""Token charges: what each answer of the tutor, or other use of the model, has cost, and whose it was."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import BigInteger, String, bindparam, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.store.store import Store
from bot.store.tables import TokenChargeRow


@dataclass(frozen=True, slots=True)
class Charge:
    """Tokens of a student in a guild (0: a direct message, or unknown) on a day (UTC, `2026-11-21`).

    `run_id` is the run that has used them; an answer that goes on with a run has a charge of its own.
    """

    id: str
    day: str
    guild_id: int
    student_id: int
    tokens: int
    run_id: str | None = None


class TokenCharges:
    """Reads and writes charges."""

    def __init__(self, store: Store) -> None:
        self._store = store
        insert = postgresql.insert if store.dialect == "postgresql" else sqlite.insert
        charge = insert(TokenChargeRow)
        self._put = charge.on_conflict_do_update(
            index_elements=["id"], set_={"tokens": charge.excluded.tokens, "run_id": charge.excluded.run_id}
        )

    async def put(self, charge: Charge) -> None:
        """Write a charge, or what it has become."""
        values = {
            "id": charge.id,
            "day": charge.day,
            "guild_id": charge.guild_id,
            "student_id": charge.student_id,
            "tokens": charge.tokens,
            "run_id": charge.run_id,
        }
        await self._store.write_when_possible((self._put, values))

    async def of_run(self, run_id: str) -> list[Charge]:
        """The charges of a run, in any order."""
        rows = await self._store.read(_COLUMNS.where(TokenChargeRow.run_id == run_id))
        return [Charge(*row) for row in rows]

    async def sums(self, day: str) -> Sequence[tuple[int, int, int]]:
        """The tokens of a day: guild, student, sum."""
        by = (TokenChargeRow.guild_id, TokenChargeRow.student_id)
        query = select(*by, func.sum(TokenChargeRow.tokens)).where(TokenChargeRow.day == day).group_by(*by)
        return [(int(guild), int(student), int(tokens)) for guild, student, tokens in await self._store.read(query)]

    @property
    def shared(self) -> bool:
        """Whether other processes may write charges too."""
        return self._store.dialect == "postgresql"

    async def used(self, day: str, student_id: int, guild_id: int) -> tuple[int, int, int]:
        """The tokens of a day in all, of a student, and of a guild."""
        values = {"on": day, "of_student": student_id, "of_guild": guild_id}
        ((in_all, student, guild),) = await self._store.read(_USED, values)
        return int(in_all), int(student), int(guild)

    async def delete_before(self, day: str) -> None:
        """Delete the charges of the days before a day."""
        await self._store.write((delete(TokenChargeRow).where(TokenChargeRow.day < day), {}))


_COLUMNS = select(
    TokenChargeRow.id,
    TokenChargeRow.day,
    TokenChargeRow.guild_id,
    TokenChargeRow.student_id,
    TokenChargeRow.tokens,
    TokenChargeRow.run_id,
)

_TOKENS = func.sum(TokenChargeRow.tokens)
_USED = select(
    func.coalesce(_TOKENS, 0),
    func.coalesce(_TOKENS.filter(TokenChargeRow.student_id == bindparam("of_student", type_=BigInteger)), 0),
    func.coalesce(_TOKENS.filter(TokenChargeRow.guild_id == bindparam("of_guild", type_=BigInteger)), 0),
).where(TokenChargeRow.day == bindparam("on", type_=String))
