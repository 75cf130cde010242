"""How many sets of cards a student and a server may ask for, looked at before anything is made for one."""

from collections import deque
from collections.abc import Callable
from typing import Final

from bot.errors import UserFacingError
from bot.learning.cards import sentences as say

WINDOW: Final = 300.0
"""Seconds in which requests are counted."""


class CardLimits:
    """Lets requests in, or says when the next one may come. `clock` tells seconds since the epoch.

    A student is counted over all servers, a server over all its students; direct messages are no server.
    """

    def __init__(self, by_student: int, in_server: int, clock: Callable[[], float]) -> None:
        self._by_student = by_student
        self._in_server = in_server
        self._clock = clock
        self._requests: deque[tuple[float, int, int]] = deque()

    def admit(self, student_id: int, guild_id: int) -> None:
        """Count a request of a student in a guild (0: in direct messages).

        Raises:
            UserFacingError: that is too many; nothing is counted.
        """
        now = self._clock()
        while self._requests and self._requests[0][0] <= now - WINDOW:
            self._requests.popleft()
        own = [at for at, student, _ in self._requests if student == student_id]
        if len(own) >= self._by_student:
            raise UserFacingError(say.STUDENT_COOLDOWN, count=len(own), when=_when(own, self._by_student))
        here = [at for at, _, guild in self._requests if guild == guild_id]
        if guild_id and len(here) >= self._in_server:
            raise UserFacingError(say.SERVER_COOLDOWN, count=len(here), when=_when(here, self._in_server))
        self._requests.append((now, student_id, guild_id))


def _when(requests: list[float], most: int) -> str:
    """When another request fits, as a timestamp in Discord's Markdown that every reader sees counting down."""
    return f"<t:{int(requests[-most] + WINDOW) + 1}:R>"
