"""Token budgets: how many tokens a student, a server and the whole bot may use in a day, and how many they have used.

A run is charged an estimate when it begins, so that many at once cannot all pass below a limit, and what it has really
used when it ends, however it ends. What a crash leaves open stays charged as estimated.

Where several processes share a database, its rows are what counts: `refresh` reads them before a check. Between that
and the estimate each process may let one run through that another has just used up the limit for.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from openai.types.beta.threads import Run

from bot import sentences
from bot.errors import UserFacingError
from bot.store.token_charges import Charge, TokenCharges

KEPT = timedelta(days=62)
"""How long charges are kept."""
EMBEDDING_SHARE = 10
"""A token that is only made searchable counts as a tenth: it costs far less than one that a model reads, and a class's
textbooks must not use up the class's day."""
_BOT = ("bot", 0)


def today() -> date:
    """The day in UTC."""
    return datetime.now(UTC).date()


def embedding_tokens(size: int) -> int:
    """What a text of `size` bytes counts when it is made searchable by meaning: a token has about four bytes."""
    return -(-size // (4 * EMBEDDING_SHARE))


def tokens_of(run: Run) -> int | None:
    """What a run counts: the model's tokens, and a tenth of those that its searches had embedded, which our own server
    tells. None: the server does not say.
    """
    if run.usage is None:
        return None
    embedded = (run.usage.model_extra or {}).get("embedding_tokens")
    return run.usage.total_tokens + (-(-embedded // EMBEDDING_SHARE) if isinstance(embedded, int) else 0)


@dataclass(frozen=True, slots=True)
class TokenLimits:
    """Tokens a day (UTC); 0: no limit."""

    bot: int = 0
    server: int = 0
    student: int = 0


class TokenBudgets:
    """Charges tokens, and refuses when a limit is reached. The tightest limit holds."""

    def __init__(self, charges: TokenCharges, limits: TokenLimits, day: Callable[[], date] = today) -> None:
        self._charges = charges
        self._limits = limits
        self._day = day
        self._counted_day = ""
        self._used: Counter[tuple[str, int]] = Counter()
        """Tokens of `_counted_day`: of `("bot", 0)`, `("server", guild_id)`, `("student", student_id)`."""
        self._unwritten: Counter[tuple[str, int]] = Counter()
        """What of that is on its way into the database."""
        self._open: dict[str, tuple[Charge, int]] = {}
        """By id: charges of runs under way, and what the same run was charged before."""

    async def load(self) -> None:
        """Read what was used today already, and delete what is old."""
        day = self._today()
        for guild_id, student_id, tokens in await self._charges.sums(day):
            self._count(Charge("", day, guild_id, student_id, tokens), tokens)
        await self._charges.delete_before((self._day() - KEPT).isoformat())

    async def refresh(self, student_id: int, guild_id: int) -> None:
        """Read what all processes have charged today; where this one is alone, it knows."""
        if not self._charges.shared:
            return
        day = self._today()
        found = await self._charges.used(day, student_id, guild_id)
        if day == self._today():
            keys = (_BOT, ("student", student_id), ("server", guild_id))
            for key, tokens in zip(keys, found, strict=True):
                self._used[key] = tokens + self._unwritten[key]

    def check(self, student_id: int, guild_id: int) -> None:
        """Raise if a limit is reached; `guild_id` is 0 in a direct message.

        Raises:
            UserFacingError: the student, the server or the whole bot has used up its tokens of today.
        """
        self._today()
        for key, limit, sentence in (
            (("student", student_id), self._limits.student, sentences.STUDENT_DAY_SPENT),
            (("server", guild_id), self._limits.server if guild_id else 0, sentences.SERVER_DAY_SPENT),
            (_BOT, self._limits.bot, sentences.DAY_SPENT),
        ):
            if limit and self._used[key] >= limit:
                raise UserFacingError(sentence)

    async def begin(self, charge_id: str, student_id: int, guild_id: int, tokens: int) -> None:
        """Charge an estimate for a run that begins."""
        await self._put(Charge(charge_id, self._today(), guild_id, student_id, max(0, tokens)), before=0)

    async def go_on(self, charge_id: str, run_id: str, guild_id: int, tokens: int) -> None:
        """Charge an estimate for a run that goes on; it is charged to the student who began it, if that is known."""
        earlier = await self._charges.of_run(run_id)
        student_id = next((charge.student_id for charge in earlier if charge.student_id), 0)
        charge = Charge(charge_id, self._today(), guild_id, student_id, max(0, tokens), run_id)
        await self._put(charge, before=sum(each.tokens for each in earlier))

    async def settle(self, charge_id: str, run_id: str | None, tokens: int | None) -> None:
        """Charge what a run has really used in all; None: nobody knows, so the estimate stays."""
        charge, before = self._open.pop(charge_id, (None, 0))
        if charge is None:
            return
        if charge.run_id != run_id:  # the run that it should go on with was gone: another one was begun
            before = 0
        settled = replace(charge, run_id=run_id, tokens=charge.tokens if tokens is None else tokens - before)
        await self._write(settled, settled.tokens - charge.tokens)

    async def add(self, charge_id: str, student_id: int, guild_id: int, tokens: int) -> None:
        """Charge what has been used without a run."""
        if tokens > 0:
            charge = Charge(charge_id, self._today(), guild_id, student_id, tokens)
            await self._write(charge, tokens)

    async def _put(self, charge: Charge, *, before: int) -> None:
        self._open[charge.id] = (charge, before)
        await self._write(charge, charge.tokens)

    async def _write(self, charge: Charge, more: int) -> None:
        """Write a charge that has become `more` tokens than it was; they count at once."""
        keys = self._count(charge, more)
        for key in keys:
            self._unwritten[key] += more
        try:
            await self._charges.put(charge)
        finally:
            for key in keys:
                self._unwritten[key] -= more

    def _today(self) -> str:
        """The day; counting begins anew with each."""
        day = self._day().isoformat()
        if day != self._counted_day:
            self._counted_day = day
            self._used.clear()
        return day

    def _count(self, charge: Charge, tokens: int) -> tuple[tuple[str, int], ...]:
        """Count tokens of today; returns by what they count."""
        if charge.day != self._today():
            return ()
        keys = (_BOT, ("server", charge.guild_id), ("student", charge.student_id))
        for key in keys:
            self._used[key] += tokens
        return keys
