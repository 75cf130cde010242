"""What is tried again when the database is away, and what is not."""

import pytest
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from bot import retries
from bot.retries import despite_outages, through_outages

AWAY = PoolTimeoutError("no connection is free")


@pytest.fixture(autouse=True)
def no_delay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retries, "FIRST_DELAY", 0.0)


async def test_a_listener_is_called_again_until_the_database_is_back_and_keeps_its_name() -> None:
    heard: list[tuple[str, int]] = []

    @despite_outages
    async def on_message(message: str, *, times: int) -> None:
        heard.append((message, times))
        if len(heard) < times:
            raise AWAY

    await on_message("hello", times=3)
    assert heard == [("hello", 3)] * 3
    assert on_message.__name__ == "on_message"


async def test_faults_of_our_own_are_not_tried_again() -> None:
    tries = 0

    async def broken() -> None:
        nonlocal tries
        tries += 1
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await through_outages(broken)
    assert tries == 1
