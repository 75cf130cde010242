"""A playground and a discord.py client whose calls the outbox sees; no gateway, no model."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest_asyncio
from discord import Client, Intents, PartialMessageable
from discord.http import Route

from bot.replies.formula_pictures import FormulaPictures
from bot.replies.outbox import Outbox
from bot.replies.reply import Reply
from playground.pilot import SeenMessage, Student
from playground.server import Playground
from workers import Pool


@dataclass
class Harness:
    """What a reply needs (client, outbox), and a student who sees its messages."""

    discord: Playground
    client: Client
    outbox: Outbox
    student: Student
    formula_pictures: FormulaPictures | None = None
    buttons: dict[str, Any] = field(default_factory=dict)

    def channel(self, name: str = "math") -> PartialMessageable:
        """A channel of the playground, as discord.py knows it without a gateway."""
        return self.client.get_partial_messageable(self.discord.channel(name).id)

    def reply(self, name: str = "math", **options: Any) -> Reply:
        """A reply into a channel."""
        return Reply(self.outbox, self.channel(name), formula_pictures=self.formula_pictures, **options)

    def posts(self, reply: Reply) -> list[SeenMessage]:
        """The reply's messages, as they are now."""
        shown = {post.id: post for post in self.student.messages()}
        return [shown[message_id] for message_id in reply.message_ids]

    async def seen(self, reply: Reply, condition: Any) -> list[SeenMessage]:
        """Wait until the reply's messages are as `condition` wants them."""
        async with asyncio.timeout(20):
            while True:
                shown = {post.id: post for post in self.student.messages()}
                posts = [shown[each] for each in reply.message_ids if each in shown]
                if posts and condition(posts):
                    return posts
                await asyncio.sleep(0.01)


@pytest_asyncio.fixture
async def harness() -> AsyncIterator[Harness]:
    """A harness with a playground that has Discord's rate limits."""
    async with open_harness() as opened:
        yield opened


@pytest_asyncio.fixture
async def drawing_harness(harness: Harness) -> AsyncIterator[Harness]:
    """A harness that has formulas drawn."""
    async with Pool(size=1) as pool:
        harness.formula_pictures = FormulaPictures(pool)
        yield harness


class open_harness:  # noqa: N801 - reads as a verb
    """`async with open_harness() as harness:`."""

    def __init__(self, **options: Any) -> None:
        self._discord = Playground(**options)
        self._base = Route.BASE

    async def __aenter__(self) -> Harness:
        local = await self._discord.__aenter__()
        Route.BASE = local.api_url
        outbox = Outbox()
        client = Client(intents=Intents.none(), http_trace=outbox.request_trace.config)
        await client.login(local.bot_token)
        self._harness = Harness(local, client, outbox, await local.student("minji"))
        return self._harness

    async def __aexit__(self, *error: Any) -> None:
        await self._harness.outbox.close()
        await self._harness.client.close()
        Route.BASE = self._base
        await self._discord.__aexit__(*error)
