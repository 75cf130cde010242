"""What people ask for by commands that Saem first says to be on its way: stored before it says so.

The message that says so is the beginning of the work: its thread is made from it, and the model is asked there. A
process may end in between. The next one looks for the message, and goes on from it. If there is none, the person was
told nothing but that the command failed.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Any

import discord
import structlog
from sqlalchemy import delete, insert, select

from bot.replies.requests.discord_failures import DISCORD_ERRORS, keep_trying
from bot.retries import through_outages
from bot.store.base import now, table_of
from bot.store.conversation_store import ConversationStore
from bot.store.store import Store
from bot.store.tables import AnnouncedRequestRow

log = structlog.get_logger(__name__)

_REQUESTS = table_of(AnnouncedRequestRow)
_ADD = insert(_REQUESTS)
AFTER = 50
"""Messages after a command that are looked through for the one that responds to it."""


@dataclass(frozen=True, slots=True)
class AnnouncedRequest:
    """A request, as stored; `request` is what the command makes of it."""

    interaction_id: int
    kind: str
    guild_id: int
    channel_id: int
    request: Mapping[str, Any]


class AnnouncedRequests:
    """Stores requests, and finds those that an earlier process has left."""

    def __init__(self, client: discord.Client, store: Store, conversation_store: ConversationStore) -> None:
        self._client = client
        self._store = store
        self._conversation_store = conversation_store
        self._tasks: dict[asyncio.Task[None], AnnouncedRequest] = {}
        self._at_work: dict[int, int] = {}
        """The guild of each request that this process is at, by the id of its interaction."""

    async def announce(
        self, interaction: "discord.Interaction[Any]", kind: str, request: Mapping[str, Any], sentence: str
    ) -> discord.Message:
        """Store a request, and respond with a sentence that says that it is on its way; returns that message.

        Raises:
            DISCORD_ERRORS: Discord does not take the response; the person sees that the command failed.
        """
        row = {
            "interaction_id": interaction.id,
            "kind": kind,
            "guild_id": interaction.guild_id or 0,
            "channel_id": interaction.channel_id or 0,
            "request": json.dumps(request),
            "created_at": now(),
        }
        self._at_work[interaction.id] = interaction.guild_id or 0
        await self._store.write((_ADD, row))
        nobody = discord.AllowedMentions.none()
        try:
            response = await interaction.response.send_message(sentence, allowed_mentions=nobody, suppress_embeds=True)
            if isinstance(response.resource, discord.Message):
                return response.resource
            return await keep_trying(interaction.original_response, "announcement")
        except DISCORD_ERRORS:
            await self.done(interaction.id)
            raise

    async def carry_out(self, interaction_id: int, work: Awaitable[None]) -> None:
        """Do what was announced. Where it fails for good, the person is told so, and nobody takes it up any more.

        Raises:
            Exception: what `work` raises.
        """
        try:
            await work
        except Exception:
            await through_outages(lambda: self.done(interaction_id))
            raise

    async def done(self, interaction_id: int) -> None:
        """The model is being asked, which is stored elsewhere; or nobody waits any more."""
        await self._store.write((delete(_REQUESTS).where(_REQUESTS.c.interaction_id == interaction_id), {}))
        self._at_work.pop(interaction_id, None)

    async def take_up_left(
        self,
        kind: str,
        ours: Callable[[int], bool],
        take_up: Callable[[AnnouncedRequest], Coroutine[Any, Any, None]],
    ) -> None:
        """Take up the requests of a kind that other processes have left in guilds that are ours now."""
        for each in await self._left(kind):
            if ours(each.guild_id):
                self._begin(each, take_up)

    async def _left(self, kind: str) -> list[AnnouncedRequest]:
        """The requests of a kind that are not done, oldest first."""
        columns = (_REQUESTS.c.kind, _REQUESTS.c.guild_id, _REQUESTS.c.channel_id, _REQUESTS.c.request)
        query = select(_REQUESTS.c.interaction_id, *columns).where(_REQUESTS.c.kind == kind)
        rows = await self._store.read(query.order_by(_REQUESTS.c.interaction_id))
        return [
            AnnouncedRequest(row.interaction_id, row.kind, row.guild_id, row.channel_id, json.loads(row.request))
            for row in rows
        ]

    def _begin(self, left: AnnouncedRequest, work: Callable[[AnnouncedRequest], Coroutine[Any, Any, None]]) -> None:
        """Take a request up in the background, unless this process is at it: Discord may not answer yet."""
        if left.interaction_id in self._at_work:
            return
        self._at_work[left.interaction_id] = left.guild_id
        task = asyncio.create_task(work(left), name="announced-request")
        self._tasks[task] = left
        task.add_done_callback(self._taken_up)

    def _taken_up(self, task: "asyncio.Task[None]") -> None:
        self._at_work.pop(self._tasks.pop(task).interaction_id, None)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("request.not_taken_up", exc_info=error)

    async def let_go(self, theirs: Callable[[int], bool]) -> None:
        """Take up no more in guilds that another process serves from now on: that one does."""
        tasks = [task for task, left in self._tasks.items() if theirs(left.guild_id)]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._at_work = {each: guild_id for each, guild_id in self._at_work.items() if not theirs(guild_id)}

    def close(self) -> None:
        """Take up no more; the next process does."""
        for task in self._tasks:
            task.cancel()

    async def take_up(self, left: AnnouncedRequest, go_on: Callable[[Any, discord.Message], Awaitable[None]]) -> None:
        """Go on with a request: `go_on(channel, announcement)`; not if it was never announced, or is asked already."""
        if await self._conversation_store.question(left.interaction_id) is not None:
            await self.done(left.interaction_id)
            return
        try:
            channel = self._client.get_channel(left.channel_id) or await keep_trying(
                lambda: self._client.fetch_channel(left.channel_id), "channel of a request"
            )
            found = await keep_trying(lambda: self._response_in(channel, left.interaction_id), "announcement")
        except DISCORD_ERRORS as error:
            log.info("request.place_gone", interaction=left.interaction_id, cause=error)
            found = None
        if found is not None:
            log.info("request.taken_up", interaction=left.interaction_id, kind=left.kind)
            await go_on(channel, found)
        await self.done(left.interaction_id)

    async def _response_in(self, channel: Any, interaction_id: int) -> discord.Message | None:
        """Saem's message that responds to an interaction."""
        async for message in channel.history(limit=AFTER, after=discord.Object(interaction_id), oldest_first=True):
            metadata = message.interaction_metadata
            if metadata is not None and metadata.id == interaction_id:
                found: discord.Message = message
                return found
        return None
