"""Responses that Saem has put off: stored before, so that nobody waits for what a process that died was to say.

Discord takes a deferral for an answer: it shows "is thinking…" for a quarter of an hour, or shows nothing at a press.
What is put off is there until its handler ends. When the process dies before that, the next one tells the person.
"""

import asyncio
from datetime import timedelta
from typing import Any

import discord
import structlog
from sqlalchemy import bindparam, delete, insert, select

from bot import sentences
from bot.replies.requests.discord_failures import DISCORD_ERRORS, keep_trying
from bot.sentences import of_interaction
from bot.shards.ownership import Ownership
from bot.store.base import now, table_of
from bot.store.store import Store
from bot.store.tables import DeferredResponseRow

log = structlog.get_logger(__name__)

_RESPONSES = table_of(DeferredResponseRow)
_ADD = insert(_RESPONSES)
_DONE = delete(_RESPONSES).where(_RESPONSES.c.interaction_id == bindparam("of"))
TOKEN_LASTS = timedelta(minutes=15)
"""How long Discord takes messages for an interaction
(https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-callback)."""
WRITTEN_WITHIN = 1.0
"""Seconds that the note may take: Discord waits three for the deferral, which goes out all the same."""


class DeferredResponses:
    """Notes what is put off, and tells of what a dead process has put off. It listens to `bot.shard_listeners`."""

    def __init__(self, client: discord.Client, store: Store) -> None:
        self._client = client
        self._store = store
        self._tasks: set[asyncio.Task[None]] = set()

    async def note(self, interaction: "discord.Interaction[Any]", process_id: str) -> None:
        """The response to an interaction is about to be put off; when this task ends, it is there."""
        row = {
            "interaction_id": interaction.id,
            "application_id": interaction.application_id,
            "token": interaction.token,
            "guild_id": interaction.guild_id or 0,
            "locale": of_interaction(interaction),
            "process_id": process_id,
            "created_at": now(),
        }
        writing = self._begin(self._store.write((_ADD, row)))
        handler = asyncio.current_task()
        assert handler is not None
        handler.add_done_callback(lambda ended: self._handled(ended, interaction.id, writing))
        await asyncio.wait({writing}, timeout=WRITTEN_WITHIN)

    def _handled(self, handler: "asyncio.Task[Any]", interaction_id: int, writing: "asyncio.Task[None]") -> None:
        if not handler.cancelled():  # the process ends: nobody has been told anything
            self._begin(self._done(interaction_id, writing))

    async def _done(self, interaction_id: int, writing: "asyncio.Task[None]") -> None:
        await asyncio.wait({writing})
        await self._store.write((_DONE, {"of": interaction_id}))

    def _begin(self, work: Any) -> "asyncio.Task[None]":
        task: asyncio.Task[None] = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("response.not_noted", exc_info=error)

    async def shards_gained(self, shard_ids: frozenset[int]) -> None:
        """Tell whoever waits in these shards' guilds for what a process put off that does not live any more."""
        self._begin(self._tell_all(shard_ids))

    async def shards_lost(self, shard_ids: frozenset[int]) -> None:
        """Do nothing: a handler that has begun ends here."""

    async def shards_cut_off(self, shard_ids: frozenset[int]) -> None:
        """Do nothing: what other processes told in place of this one they have deleted."""

    async def _tell_all(self, shard_ids: frozenset[int]) -> None:
        ownership: Ownership = self._client.ownership  # type: ignore[attr-defined]
        live = await ownership.live_processes()
        for row in await self._store.read(select(_RESPONSES).order_by(_RESPONSES.c.interaction_id)):
            if row.process_id in live or ownership.shard_of(row.guild_id) not in shard_ids:
                continue
            if discord.utils.snowflake_time(row.interaction_id) > now() - TOKEN_LASTS:
                await self._tell(row)
            await self._store.write((_DONE, {"of": row.interaction_id}))

    async def _tell(self, row: Any) -> None:
        """Say in private that it was interrupted; where "is thinking…" stands, this takes its place."""
        webhook: Any = {"id": row.application_id, "type": discord.WebhookType.application.value, "token": row.token}
        followup = discord.Webhook.from_state(webhook, self._client._connection)
        sentence = sentences.PRESS_INTERRUPTED(row.locale)
        try:
            await keep_trying(lambda: followup.send(sentence, ephemeral=True, wait=True), "interrupted response")
        except DISCORD_ERRORS as error:
            log.info("response.not_told", interaction=row.interaction_id, cause=error)
        else:
            log.info("response.interrupted", interaction=row.interaction_id)


async def defer(interaction: "discord.Interaction[Any]", *, thinking: bool = False, ephemeral: bool = False) -> None:
    """Put the response off, and note that. What is `thinking` shows that it is, to all or (`ephemeral`) to one."""
    client: Any = interaction.client
    await client.deferred_responses.note(interaction, client.ownership.process_id)
    await interaction.response.defer(thinking=thinking, ephemeral=ephemeral)
