"""Guilds come and go between the processes of one bot: what belongs to them is taken up here, and let go.

A process may be handed a shard in order, or may find one whose process has died. It takes up what the other left in
the store: answers that were running, questions that waited, quizzes, files. Each of the rooms does so for its own, and
leaves out what it is at already: so all may be asked again when something that the other process held is free.

One that gives a shard away begins nothing more for its guilds, and forgets them. What is under way is told to its end:
see `Holds`. One that was cut off shows and stores nothing more at all: another process may be at the same work.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Final, Protocol

import structlog

from bot import sentences
from bot.conversations.conversation import Conversation
from bot.conversations.guild_assistants import GuildAssistants
from bot.conversations.location import Location
from bot.conversations.registry import Conversations
from bot.errors import UserFacingError
from bot.retries import through_outages
from bot.shards.holds import Holds
from bot.shards.notices import Notices
from bot.shards.ownership import Ownership
from bot.store.conversation_store import ConversationStore
from bot.store.server_settings import ServerSettings
from bot.store.tables import HoldKind
from database.outages import is_outage

log = structlog.get_logger(__name__)

Guilds = Callable[[int], bool]
"""Whether a guild (0: direct messages) is one of those that have come or gone."""
STOP_AGAIN: Final = 1.0
"""Seconds after which another process is told once more to stop an answer: it may not have heard."""
STOP_TRIES: Final = 10
SLOW: Final = 1.0
"""Seconds after which it is told which room is slow to let go: the next owner waits for five at most."""
LOOK_EVERY: Final = 20.0
"""Seconds from one look for what nobody is at to the next."""


class Room(Protocol):
    """A room with things that belong to guilds."""

    async def recover(self, ours: Guilds) -> None:
        """Take up what other processes left; what this process is at already is left out."""
        ...

    async def let_go(self, theirs: Guilds) -> None:
        """Begin nothing more, forget what is in memory, and end what is under way or leave it to the next process."""
        ...


class _Conversations:
    """The conversations as a room: their last answers are held until they are at their ends."""

    def __init__(self, conversations: Conversations, holds: Holds) -> None:
        self._conversations = conversations
        self._holds = holds
        self._ending: set[asyncio.Task[None]] = set()

    async def recover(self, ours: Guilds) -> None:
        await self._conversations.recover(ours)

    async def let_go(self, theirs: Guilds) -> None:
        left = await self._conversations.let_go(theirs)
        await self._holds.hold("conversation", {each.location.id: each.location.guild_id for each in left})
        for conversation in left:
            task = asyncio.create_task(self._end(conversation), name=f"let-go-{conversation.location.id}")
            self._ending.add(task)
            task.add_done_callback(self._ending.discard)

    async def _end(self, conversation: Conversation) -> None:
        try:
            await self._conversations.finish_one(conversation)
        finally:
            await self._holds.release("conversation", conversation.location.id)


class TakingOver:
    """Takes up and lets go what belongs to the guilds of shards (`ShardListener`), in each of `rooms`."""

    def __init__(
        self,
        ownership: Ownership,
        *,
        holds: Holds,
        notices: Notices,
        conversations: Conversations,
        conversation_store: ConversationStore,
        guild_assistants: GuildAssistants,
        server_settings: ServerSettings,
    ) -> None:
        self._ownership = ownership
        self._holds = holds
        self._notices = notices
        self._conversations = conversations
        self._conversation_store = conversation_store
        self._guild_assistants = guild_assistants
        self._server_settings = server_settings
        self.rooms: list[Room] = [_Conversations(conversations, holds)]
        self._taken_up: dict[int, asyncio.Event] = {}
        """By shard: set when what waited in its guilds is queued."""
        self._taking_up: dict[asyncio.Task[None], frozenset[int]] = {}
        self._looking: asyncio.Task[None] | None = None
        self._look: asyncio.Task[None] | None = None
        """A look for what nobody is at."""
        self._stopped = False
        self._stopping: set[asyncio.Task[None]] = set()
        self._reading: set[asyncio.Task[None]] = set()
        guild_assistants.owns = ownership.owns
        conversations.held = lambda conversation_id: holds.held("conversation", conversation_id)
        conversations.stop_elsewhere = self._stop_elsewhere
        conversations.tell_holder = self._tell_of_deletion
        notices.on("deleted", self._told_of_deletion)
        holds.on_free.append(self._freed)
        notices.on("stop", self._told_to_stop)
        notices.on("settings", self._told_of_settings)
        server_settings.tell = lambda guild_id: notices.tell("settings", guild=guild_id)

    async def wait_for_turn(self, location: Location) -> None:
        """Wait until what was asked before in a conversation is queued, and no other process is at its end."""
        await self.wait_until_queued(frozenset({self._ownership.shard_of(location.guild_id)}))
        await self._conversations.wait_until_queued(location.id)
        await self._holds.wait("conversation", location.id)

    async def wait_until_queued(self, shard_ids: frozenset[int]) -> None:
        """Wait until what was asked before in the guilds of these shards is queued."""
        for shard in shard_ids:
            await self._taken_up.setdefault(shard, asyncio.Event()).wait()

    # Shards come and go

    async def shards_gained(self, shard_ids: frozenset[int]) -> None:
        """Take up what others left in the guilds of these shards; in the background, as events wait for this."""
        if self._stopped:
            return
        ours = self._guilds_of(shard_ids)
        self._conversations.forget_settled(ours)
        await self._holds.learn(ours)
        await self._server_settings.load()
        await self._guild_assistants.load(ours)
        for shard in shard_ids:
            self._taken_up.setdefault(shard, asyncio.Event())
        task = asyncio.create_task(self._take_up(shard_ids), name=f"taking-up-{sorted(shard_ids)}")
        self._taking_up[task] = shard_ids
        task.add_done_callback(self._taking_up.pop)

    async def _take_up(self, shard_ids: frozenset[int]) -> None:
        ours = self._guilds_of(shard_ids)
        try:
            await self._conversations.recover(ours, listed=lambda: self._listed(shard_ids))
        except Exception:
            log.exception("guilds.not_taken_up", room="conversations")
        finally:
            self._listed(shard_ids)
        for room in self.rooms[1:]:
            await self._recover(room, ours)

    def _listed(self, shard_ids: frozenset[int]) -> None:
        for shard in shard_ids:
            if shard in self._taken_up:
                self._taken_up[shard].set()

    def begin_looking(self) -> None:
        """Take up, again and again, what was stored in our guilds after they were taken up: by a process that had just
        lost them, or while the database was away.
        """
        self._looking = asyncio.create_task(self._keep_looking(), name="keep-looking")

    async def _keep_looking(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY)
            self._look = asyncio.create_task(self._take_up_left(), name="look-for-left")
            await asyncio.wait({self._look})

    async def _take_up_left(self) -> None:
        try:
            await self._conversations.recover(self._is_taken_up)
        except Exception as error:
            if not is_outage(error):  # which is said already, and the next look comes
                log.exception("guilds.not_looked_through")

    def _is_taken_up(self, guild_id: int) -> bool:
        shard = self._ownership.shard_of(guild_id)
        return self._ownership.owns(guild_id) and shard in self._taken_up and self._taken_up[shard].is_set()

    async def _stop_taking_up(self, shard_ids: frozenset[int]) -> frozenset[int]:
        """What is not taken up yet is left to the next process. Returns shards that are to be taken up anew."""
        if self._look is not None:
            self._look.cancel()
            await asyncio.gather(self._look, return_exceptions=True)
        for shard in shard_ids:
            self._taken_up.pop(shard, None)
        again: set[int] = set()
        for task, shards in list(self._taking_up.items()):
            if shards & shard_ids:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
                again |= shards - shard_ids
        return frozenset(again)

    async def shards_lost(self, shard_ids: frozenset[int]) -> None:
        """Let go the guilds of these shards; another process begins when this returns."""
        theirs = self._guilds_of(shard_ids)
        again = await self._stop_taking_up(shard_ids)
        self._holds.forget(theirs)
        # First of all the next process has to see which answers are told to their ends here.
        for rooms in (self.rooms[:1], self.rooms[1:]):
            _log_failures(await asyncio.gather(*(_let_go(room, theirs) for room in rooms), return_exceptions=True))
        if again:
            await self.shards_gained(again)

    async def shards_cut_off(self, shard_ids: frozenset[int]) -> None:
        """These shards may be another process's already: do nothing more in their guilds, not even what is begun."""
        theirs = self._guilds_of(shard_ids)
        again = await self._stop_taking_up(shard_ids)
        self._holds.forget(theirs)
        works = [self._conversations.abandon(theirs)]
        works += [getattr(room, "abandon", room.let_go)(theirs) for room in self.rooms[1:]]
        _log_failures(await asyncio.gather(*works, return_exceptions=True))
        if again:
            await self.shards_gained(again)

    async def _freed(self, kind: HoldKind, thing_id: int, guild_id: int) -> None:
        """Another process is at its end with something, or has died: go on with what it left."""
        if self._stopped:
            return
        log.info("hold.ended", kind=kind, thing=thing_id)
        await self._guild_assistants.load(lambda each: each == guild_id)
        for room in self.rooms:
            await self._recover(room, lambda each: each == guild_id)

    async def _recover(self, room: Room, ours: Guilds) -> None:
        try:
            await through_outages(partial(room.recover, ours))
        except Exception:
            log.exception("guilds.not_taken_up", room=type(room).__name__)

    def _guilds_of(self, shard_ids: frozenset[int]) -> Guilds:
        return lambda guild_id: self._ownership.shard_of(guild_id) in shard_ids

    # Stop, pressed here, for an answer that another process is at

    async def _stop_elsewhere(self, answer_id: str, student_id: int, *, moderator: bool) -> bool:
        answer = await self._conversation_store.answer(answer_id)
        if answer is None or not self._holds.held("conversation", answer.conversation_id):
            return False
        askers = {each.author_id for each in await self._conversation_store.questions_of(answer_id)}
        if answer.state != "running":
            return False
        if askers and not moderator and student_id not in askers:
            raise UserFacingError(sentences.NOT_YOURS)
        task = asyncio.create_task(self._tell_to_stop(answer_id, answer.conversation_id), name="stop-elsewhere")
        self._stopping.add(task)
        task.add_done_callback(self._stopping.discard)
        return True

    async def _tell_to_stop(self, answer_id: str, conversation_id: int) -> None:
        for _ in range(STOP_TRIES):
            await self._notices.tell("stop", answer=answer_id)
            await asyncio.sleep(STOP_AGAIN)
            if not self._holds.held("conversation", conversation_id):
                return

    async def _tell_of_deletion(self, conversation_id: int, message_id: int | None) -> None:
        await self._notices.tell("deleted", conversation=conversation_id, message=message_id)

    def _told_of_deletion(self, notice: Mapping[str, Any]) -> None:
        self._conversations.deleted_elsewhere(notice["conversation"], notice["message"])

    def _told_to_stop(self, notice: Mapping[str, Any]) -> None:
        self._conversations.stop_here(str(notice["answer"]))

    def _told_of_settings(self, notice: Mapping[str, Any]) -> None:
        """Another process has changed what a guild has set: what runs here goes by it too."""
        guild_id = int(notice["guild"])
        reading = through_outages(lambda: self._server_settings.load(guild_id))
        task = asyncio.create_task(reading, name=f"settings-{guild_id}")
        self._reading.add(task)
        task.add_done_callback(self._reading.discard)

    def stop(self) -> None:
        """The bot is asked to end: what is not taken up yet is left to the next process."""
        self._stopped = True
        for task in (*self._taking_up, *self._looks):
            task.cancel()

    @property
    def _looks(self) -> list[asyncio.Task[None]]:
        return [each for each in (self._looking, self._look) if each is not None]

    async def close(self) -> None:
        """Take up and tell nothing more."""
        tasks = [*self._taking_up, *self._stopping, *self._reading, *self._looks]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _let_go(room: Room, theirs: Guilds) -> None:
    began = asyncio.get_running_loop().time()
    await room.let_go(theirs)
    if (seconds := asyncio.get_running_loop().time() - began) > SLOW:
        log.warning("guilds.let_go_slowly", room=type(room).__name__, seconds=round(seconds, 1))


def _log_failures(ended: Sequence[BaseException | None]) -> None:
    for error in ended:
        if isinstance(error, Exception):
            log.error("guilds.not_let_go", exc_info=error)
