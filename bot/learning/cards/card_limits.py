"""How many sets of cards a student and a server may ask for, looked at before anything is made for one."""

from collections.abc import Callable, Sequence
from typing import Final

from bot.errors import UserFacingError
from bot.learning.cards import sentences as say
from bot.learning.cards.card_starts import CardStarts

WINDOW: Final = 300.0
"""Seconds in which requests are counted."""


class CardLimits:
    """Lets requests in, or says when the next one may come. `clock` tells seconds since the epoch.

    A student is counted over all servers, a server over all its students; direct messages are no server. The rows
    count, which all processes share. Of requests at the same moment each process may let one in that another has just
    used up the limit for.
    """

    def __init__(self, starts: CardStarts, by_student: int, in_server: int, clock: Callable[[], float]) -> None:
        self._starts = starts
        self._by_student = by_student
        self._in_server = in_server
        self._clock = clock
        self._mine: dict[str, tuple[float, int, int]] = {}
        """What this process has let in: of many at once none slips through while the rows are read."""

    async def admit(self, request_id: int | str, student_id: int, guild_id: int) -> None:
        """Count a request of a student in a guild (0: in direct messages), once, however often it comes.

        Raises:
            UserFacingError: that is too many; nothing is counted.
            sqlalchemy.exc.SQLAlchemyError: the database cannot be used; nothing is counted.
        """
        since = self._clock() - WINDOW
        stored = await self._starts.since(since)
        now = self._clock()
        self._mine = {each: start for each, start in self._mine.items() if start[0] > since}
        counted = stored | self._mine
        if (name := str(request_id)) in counted:
            return
        self._check(sorted(counted.values()), student_id, guild_id)
        self._mine[name] = (now, student_id, guild_id)
        try:
            await self._starts.add(name, student_id, guild_id, now, forget_until=since)
        except BaseException:
            del self._mine[name]
            raise

    def _check(self, counted: Sequence[tuple[float, int, int]], student_id: int, guild_id: int) -> None:
        own = [at for at, student, _ in counted if student == student_id]
        if len(own) >= self._by_student:
            raise UserFacingError(say.STUDENT_COOLDOWN, count=len(own), when=_when(own, self._by_student))
        here = [at for at, _, guild in counted if guild == guild_id]
        if guild_id and len(here) >= self._in_server:
            raise UserFacingError(say.SERVER_COOLDOWN, count=len(here), when=_when(here, self._in_server))


def _when(requests: list[float], most: int) -> str:
    """When another request fits, as a timestamp in Discord's Markdown that every reader sees counting down."""
    return f"<t:{int(requests[-most] + WINDOW) + 1}:R>"
