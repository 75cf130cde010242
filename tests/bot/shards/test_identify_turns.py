"""Shards wait until they may identify."""

import asyncio
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from bot.shards.identify_turns import LONGEST_WAIT, RETRY, IdentifyTurns
from bot.shards.lease_store import SessionStarts, Turn


class Rows:
    """Gives the turns that a test lists; an error is raised."""

    def __init__(self, *turns: Turn | Exception) -> None:
        self.turns = list(turns)
        self.told: list[SessionStarts] = []

    async def take_turn(self, shard_id: int) -> Turn:
        assert shard_id == 3
        turn = self.turns.pop(0)
        if isinstance(turn, Exception):
            raise turn
        return turn

    async def set_starts(self, starts: SessionStarts) -> None:
        self.told.append(starts)


async def _wait(rows: Any, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Wait for a turn; returns for how long each time."""
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    async def ask_discord() -> SessionStarts:
        return SessionStarts(1, 5, 60.0)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    await IdentifyTurns(rows, ask_discord).wait(3)
    assert rows.turns == []
    return slept


async def test_a_shard_waits_for_its_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    assert await _wait(Rows(Turn(0.0)), monkeypatch) == []
    assert await _wait(Rows(Turn(4.5), Turn(0.2), Turn(0.0)), monkeypatch) == [4.5, 0.2]


async def test_discord_is_asked_when_what_it_said_is_outdated(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = Rows(Turn(0.0, outdated=True), Turn(0.0))
    assert await _wait(rows, monkeypatch) == []
    assert rows.told == [SessionStarts(1, 5, 60.0)] * 2


async def test_discord_is_asked_before_each_identify_and_when_used_up_starts_may_be_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rows = Rows(Turn(0.0))
    await _wait(rows, monkeypatch)
    assert len(rows.told) == 1
    rows = Rows(Turn(4.0), Turn(30.0, used_up=True), Turn(0.0))
    await _wait(rows, monkeypatch)
    assert len(rows.told) == 2


async def test_what_discord_has_just_said_is_not_asked_again() -> None:
    async def ask_discord() -> SessionStarts:
        return SessionStarts(1, 5, 60.0)

    rows = Rows(Turn(0.0), Turn(0.0))
    turns = IdentifyTurns(rows, ask_discord)  # type: ignore[arg-type]
    await turns.wait(3)
    await turns.wait(3)
    assert not rows.turns
    assert len(rows.told) == 1


async def test_what_is_known_holds_while_discord_cannot_be_asked() -> None:
    async def ask_discord() -> SessionStarts:
        raise TimeoutError

    rows = Rows(Turn(0.0))
    await IdentifyTurns(rows, ask_discord).wait(3)  # type: ignore[arg-type]
    assert not rows.turns
    assert not rows.told


async def test_used_up_starts_are_waited_for_and_said_once(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = Rows(Turn(5_000.0, used_up=True), Turn(4_940.0, used_up=True), Turn(3.0), Turn(0.0))
    with capture_logs() as logs:
        assert await _wait(rows, monkeypatch) == [LONGEST_WAIT, LONGEST_WAIT, 3.0]
    said = [(each["event"], each["seconds"]) for each in logs if each["event"] == "identify.limit_used_up"]
    assert said == [("identify.limit_used_up", 5_000)]


async def test_a_database_that_is_away_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    away = OperationalError("select", None, Exception("away"))
    assert await _wait(Rows(away, TimeoutError(), Turn(0.0)), monkeypatch) == [RETRY, RETRY]
