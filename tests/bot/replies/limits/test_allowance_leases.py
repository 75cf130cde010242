"""Places that processes lease from one PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest_asyncio

from bot.replies.limits.allowance_leases import AllowanceLeases
from bot.replies.limits.rate_limits import GLOBAL_RATE
from bot.replies.limits.request_allowance import OWN
from bot.replies.limits.shared_rate_limit import SharedRateLimit
from bot.replies.outbox import Outbox
from bot.replies.outgoing_messages import Urgency
from bot.shards.notices import Notices
from bot.store.store import Store, open_store
from tests.house import eventually


class Process:
    """What one process has of a bot: its limit, its outbox, and what leases for it."""

    def __init__(self, name: str, store: Store) -> None:
        self.limit = SharedRateLimit(name)
        self.outbox = Outbox(self.limit)
        self.notices = Notices(store, name)
        self.leases = AllowanceLeases(self.limit, store, self.notices)

    async def open(self) -> None:
        await self.notices.open()
        await self.leases.start()

    async def close(self) -> None:
        await self.leases.close()
        await self.notices.close()

    def places(self) -> int:
        return self.limit.places(asyncio.get_running_loop().time())

    async def send(self, count: int) -> None:
        """Send requests that are answered at once."""
        for _ in range(count):
            await self.outbox._admit(Urgency.NOW, take=True)
            self.limit.answered(asyncio.get_running_loop().time())


@pytest_asyncio.fixture
async def two(postgres: str) -> AsyncIterator[tuple[Process, Process]]:
    async with AsyncExitStack() as stack:
        processes = []
        for name in ("one", "two"):
            store = await stack.enter_async_context(open_store(postgres))
            process = Process(name, store)
            stack.push_async_callback(process.close)
            await process.open()
            processes.append(process)
        yield processes[0], processes[1]


async def test_processes_lease_what_they_need_and_never_more_than_there_is(two: tuple[Process, Process]) -> None:
    one, other = two
    assert (one.places(), other.places()) == (OWN, OWN)
    async with asyncio.timeout(5):
        await one.send(20)
        await asyncio.gather(one.send(30), other.send(10))
    assert one.limit.held.held + other.limit.held.held <= GLOBAL_RATE
    assert other.places() > OWN
    assert one.limit.held.processes == 2


async def test_a_global_429_of_one_closes_the_other_at_once(two: tuple[Process, Process]) -> None:
    one, other = two
    now = asyncio.get_running_loop().time
    one.limit.close_until(now() + 60)
    await eventually(lambda: other.limit.ready_at(now()) > now() + 50)


async def test_a_process_that_ends_leaves_its_places_to_the_others(two: tuple[Process, Process]) -> None:
    one, other = two
    await one.send(5)
    await eventually(lambda: one.places() > OWN)
    await one.close()
    async with other.leases._database.writer.begin() as connection:
        rows, now = await other.leases._rows(connection)
    assert sum(row.held(now + 2) for row in rows) == OWN
