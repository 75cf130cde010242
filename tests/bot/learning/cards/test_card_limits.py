"""How many sets of cards may be asked for."""

import pytest

from bot.errors import UserFacingError
from bot.learning.cards.card_limits import WINDOW, CardLimits


def test_a_student_and_a_server_wait_until_their_window_has_passed() -> None:
    now = 1_000.0
    limits = CardLimits(2, 3, lambda: now)
    limits.admit(1, 9)
    now = 1_100.0
    limits.admit(1, 8)
    with pytest.raises(UserFacingError, match=r"last five minutes: 2\. .*<t:1301:R>"):
        limits.admit(1, 0)
    limits.admit(2, 9)
    limits.admit(3, 9)
    with pytest.raises(UserFacingError, match=r"on this server in the last five minutes: 3\. .*<t:1301:R>"):
        limits.admit(4, 9)
    limits.admit(4, 0)
    now = 1_000.0 + WINDOW
    limits.admit(1, 9)
    limits.admit(5, 0)
    limits.admit(5, 0)
    with pytest.raises(UserFacingError):
        limits.admit(5, 0)
