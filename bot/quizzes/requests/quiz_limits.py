"""How many quizzes a student and a server may start and have open.

Looked at before anything is made for a quiz: a thread, a message, a run.
"""

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from bot.errors import UserFacingError
from bot.quizzes import sentences as say
from bot.quizzes.storage.quiz_starts import QuizStarts
from bot.quizzes.storage.quiz_store import QuizStore

WINDOW: Final = 300.0
"""Seconds in which starts are counted. Discord counts new threads over as long: 50, for a whole server."""
PENDING_FOR: Final = 60.0
"""Seconds for which a quiz that was asked for counts as open, unless it is there before."""
OPEN_FOR: Final = timedelta(hours=1)
"""How long a quiz that is not over counts as open: many are left lying."""
MOST_LINKS: Final = 5
"""Quizzes that a refusal names."""


@dataclass(frozen=True, slots=True)
class QuizLimitSizes:
    """How many quizzes a student and a server may start within `WINDOW`, and have open."""

    started_by_student: int
    started_in_server: int
    open_of_student: int
    open_in_server: int


@dataclass(slots=True)
class _Start:
    """A quiz that was let in; `request_id` names what asked for it."""

    request_id: str
    student_id: int
    guild_id: int
    at: float
    pending: bool = True
    """Whether its quiz is not there yet."""


class QuizLimits:
    """Lets quizzes in, or says when the next one can start. `clock` tells seconds since the epoch.

    A student is counted over all servers, a server over all its students; direct messages are no server.
    """

    def __init__(
        self, quiz_store: QuizStore, quiz_starts: QuizStarts, sizes: QuizLimitSizes, clock: Callable[[], float]
    ) -> None:
        self._quiz_store = quiz_store
        self._quiz_starts = quiz_starts
        self._sizes = sizes
        self._clock = clock
        self._starts: deque[_Start] = deque()

    async def load(self) -> None:
        """Read what was started before this process."""
        await self._quiz_starts.delete_until(self._clock() - WINDOW)
        stored = await self._quiz_starts.since(self._clock() - WINDOW)
        self._starts.extend(_Start(*each, pending=False) for each in stored)

    async def admit(self, request_id: int | str, student_id: int, guild_id: int) -> None:
        """Count a quiz that a student wants in a guild (0: in direct messages).

        Raises:
            UserFacingError: that is too many; nothing is counted.
        """
        now = self._clock()
        if self._quiz_starts.shared:
            await self._read_others(now)
        while self._starts and self._starts[0].at <= now - WINDOW:
            self._starts.popleft()
        self._check_starts(student_id, guild_id)
        start = _Start(str(request_id), student_id, guild_id, now)
        before = list(self._starts)
        self._starts.append(start)  # counted before anything is awaited: of many at once none slips through
        try:
            await self._check_open(start, [each for each in before if each.pending and each.at > now - PENDING_FOR])
        except BaseException:
            self._starts.remove(start)
            raise
        await self._quiz_starts.add(start.request_id, student_id, guild_id, now)

    async def _read_others(self, now: float) -> None:
        """Count what other processes have started too. Whether its quiz is there already, the quizzes tell."""
        stored = await self._quiz_starts.since(now - WINDOW)
        known = {each.request_id for each in self._starts}
        others = [_Start(*each, pending=False) for each in stored if each[0] not in known]
        self._starts = deque(sorted([*self._starts, *others], key=lambda each: each.at))

    def arrived(self, request_id: int | str) -> None:
        """The quiz that was asked for is there, or will never be: it is not on its way any more."""
        for start in self._starts:
            if start.request_id == str(request_id):
                start.pending = False

    def _check_starts(self, student_id: int, guild_id: int) -> None:
        own = [each.at for each in self._starts if each.student_id == student_id]
        if len(own) >= self._sizes.started_by_student:
            raise UserFacingError(say.STUDENT_COOLDOWN, count=len(own), when=_when(own, self._sizes.started_by_student))
        here = [each.at for each in self._starts if each.guild_id == guild_id]
        if guild_id and len(here) >= self._sizes.started_in_server:
            raise UserFacingError(say.SERVER_COOLDOWN, count=len(here), when=_when(here, self._sizes.started_in_server))

    async def _check_open(self, start: _Start, pending: Iterable[_Start]) -> None:
        pending = list(pending)
        channels = await self._quiz_store.open_of_student(start.student_id, OPEN_FOR)
        coming = sum(each.student_id == start.student_id for each in pending)
        if len(channels) + coming >= self._sizes.open_of_student:
            if not channels:
                raise UserFacingError(say.STUDENT_PENDING, count=coming)
            where = ", ".join(f"<#{each}>" for each in dict.fromkeys(channels[:MOST_LINKS]))
            raise UserFacingError(say.STUDENT_OPEN, where=where)
        if not start.guild_id:
            return
        count = await self._quiz_store.count_open_in_guild(start.guild_id, OPEN_FOR)
        count += sum(each.guild_id == start.guild_id for each in pending)
        if count >= self._sizes.open_in_server:
            raise UserFacingError(say.SERVER_OPEN, count=count)


def _when(starts: list[float], most: int) -> str:
    """When another start fits, as a timestamp in Discord's Markdown that every reader sees counting down."""
    return f"<t:{int(starts[-most] + WINDOW) + 1}:R>"
