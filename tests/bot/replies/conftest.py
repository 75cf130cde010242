"""A playground and a discord.py client whose calls the outbox sees; no gateway, no model."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
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

    def channel(self, name: str = "math") -> PartialMessageable:
        """A channel of the playground, as discord.py knows it without a gateway."""
        return self.client.get_partial_messageable(self.discord.channel(name).id)

    def reply(self, name: str = "math", **options: Any) -> Reply:
        """A reply into a channel."""
        return Reply(self.outbox, self.channel(name), formula_pictures=self.formula_pictures, **options)

    def messages(self, reply: Reply) -> list[SeenMessage]:
        """The reply's messages, as they are now."""
        shown = {message.id: message for message in self.student.messages()}
        return [shown[message_id] for message_id in reply.message_ids]

    async def seen(self, reply: Reply, condition: Any) -> list[SeenMessage]:
        """Wait until the reply's messages fulfil `condition`."""
        async with asyncio.timeout(20):
            while True:
                shown = {message.id: message for message in self.student.messages()}
                messages = [shown[each] for each in reply.message_ids if each in shown]
                if messages and condition(messages):
                    return messages
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


@asynccontextmanager
async def open_harness() -> AsyncIterator[Harness]:
    """A playground, and a client of discord.py whose requests the outbox sees."""
    base = Route.BASE
    async with Playground() as local:
        Route.BASE = local.api_url
        outbox = Outbox()
        client = Client(intents=Intents.none(), http_trace=outbox.request_trace.config)
        try:
            await client.login(local.bot_token)
            yield Harness(local, client, outbox, await local.student("minji"))
        finally:
            await outbox.close()
            await client.close()
            Route.BASE = base
