"""When events may be handled, and from which on another process can go on."""

import asyncio

import pytest

from bot.shards import lease as leases
from bot.shards import shard_connections
from bot.shards.lease import MARGIN, Lease
from bot.shards.lease_store import Session
from bot.shards.shard_connections import HANDLED_AFTER, SessionHistory
from database.steady_clock import boot_time


class Clock:
    """A clock that tests set."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock of leases and sessions."""
    clock = Clock()
    monkeypatch.setattr(leases, "boot_time", clock)
    monkeypatch.setattr(shard_connections, "boot_time", clock)
    return clock


def test_the_clock_goes_on_by_itself() -> None:
    assert 0 <= boot_time() - boot_time() + 1 <= 1


async def test_events_wait_until_rooms_are_ready_and_while_the_lease_is_not_certain(clock: Clock) -> None:
    lease = Lease(0, clock.now + 8)

    def may_handle() -> bool:
        return lease.may_handle

    waiting = asyncio.create_task(lease.wait())
    await asyncio.sleep(0)
    assert lease.lasts
    assert not may_handle()
    lease.open()
    await waiting
    clock.now += 8 - MARGIN - 0.01
    assert may_handle()
    clock.now += 0.01
    assert not may_handle()
    waiting = asyncio.create_task(lease.wait())
    await asyncio.sleep(0)
    lease.renew(clock.now + MARGIN)  # too short
    await asyncio.sleep(0)
    assert not waiting.done()
    lease.renew(clock.now + 8)
    await waiting


def test_only_what_was_handled_for_certain_is_noted(clock: Clock) -> None:
    history = SessionHistory(None)
    assert history.session_id is None
    history.began("s", 3)
    assert history.sequence(5) is None  # its guilds are not stored yet
    history.stored(5)
    assert history.sequence(6) == 3
    clock.now += HANDLED_AFTER - 1
    assert history.sequence(90) == 3
    clock.now += 1
    assert history.sequence(95) == 6
    clock.now += HANDLED_AFTER
    assert history.sequence(95) == 95


def test_who_goes_on_gets_what_changed_after_the_guilds_were_stored(clock: Clock) -> None:
    history = SessionHistory(Session("s", 10, "wss://x"))
    assert history.sequence(20) == 10
    clock.now += HANDLED_AFTER
    assert history.sequence(30) == 20
    history.changed.add(1)
    assert history.sequence(40) == 10
    history.changed.clear()
    history.stored(40)
    clock.now += HANDLED_AFTER
    assert history.sequence(50) == 40
    history.began("t", 1)
    assert history.sequence(1) is None
