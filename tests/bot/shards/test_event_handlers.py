"""Handlers of events end before a shard is given to another process."""

import asyncio

from structlog.testing import capture_logs

from bot.shards.event_handlers import handlers_end


async def test_handlers_are_waited_for_but_not_what_takes_up_what_was_left() -> None:
    go_on, order = asyncio.Event(), []

    async def work(name: str) -> None:
        await go_on.wait()
        order.append(name)

    names = ("discord.py: on_message", "discord-ui-view-dispatch-1", "CommandTree-invoker")
    tasks = [asyncio.create_task(work(name), name=name) for name in names]
    other = asyncio.create_task(asyncio.Event().wait(), name="discord.py: on_ready")
    waiting = asyncio.create_task(handlers_end(30))
    await asyncio.sleep(0)
    assert not waiting.done()
    go_on.set()
    await waiting
    assert sorted(order) == sorted(names)
    await asyncio.gather(*tasks)
    other.cancel()


async def test_handlers_that_take_long_are_left_and_named() -> None:
    slow = asyncio.create_task(asyncio.Event().wait(), name="discord.py: on_interaction")
    with capture_logs() as logs:
        await handlers_end(0.01)
    assert [each["handlers"] for each in logs] == [["discord.py: on_interaction"]]
    slow.cancel()
