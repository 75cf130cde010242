"""Where a reply goes: a channel (or thread, or DM), or an interaction. The thin layer over discord.py's calls."""

import asyncio
from dataclasses import dataclass
from typing import Any, Protocol

import discord

NO_PINGS = discord.AllowedMentions.none()


@dataclass(frozen=True, slots=True)
class InChannel:
    """A channel, thread or DM; `reference` is the message that the first message replies to.

    The channel may be a future: a thread that is still being made, another `InChannel` where it cannot be made, or an
    `OnInteraction` that is still being answered. What it raises, the reply's `finish()` raises.
    """

    channel: "discord.abc.Messageable | asyncio.Future[Any]"
    reference: discord.Message | discord.MessageReference | discord.PartialMessage | None = None


@dataclass(frozen=True, slots=True)
class OnInteraction:
    """An interaction, answered or not; its messages are edited through its webhook, outside the global limit.

    `replaces_message`: the reply's first message replaces the message of the pressed button. The interaction must have
    been answered with a deferred update.
    """

    interaction: discord.Interaction[Any]
    ephemeral: bool = False
    replaces_message: bool = False

    @property
    def replaced_message_id(self) -> int | None:
        """The message that becomes the reply's first."""
        message = self.interaction.message
        return message.id if self.replaces_message and message is not None else None


Destination = InChannel | OnInteraction


def destination_of(
    target: "Destination | discord.abc.Messageable | discord.Interaction[Any] | asyncio.Future[Any]",
) -> Destination:
    """A plain channel or interaction as a destination."""
    match target:
        case InChannel() | OnInteraction():
            return target
        case discord.Interaction():
            return OnInteraction(target)
        case _:
            return InChannel(target)


class Place(Protocol):
    """What the outbox asks of a destination. All calls raise discord.py's exceptions."""

    @property
    def free(self) -> bool:
        """Whether calls are outside the bot's global limit."""
        ...

    def route(self, message_id: int | None) -> str:
        """The rate-limit route of the next edit of a message, or of a new message."""
        ...

    async def send(self, view: discord.ui.LayoutView, files: list[discord.File], *, first: bool, nonce: int) -> int:
        """Send a message; its id. `first`: the reply's first."""
        ...

    async def edit(self, message_id: int, view: discord.ui.LayoutView, files: list[discord.File] | None) -> None:
        """Edit a message; its attachments stay where `files` is None."""
        ...

    async def reopen(self) -> None:
        """Take a thread out of the archive."""
        ...


class ChannelPlace:
    """A channel that is there."""

    free = False

    def __init__(self, channel: discord.abc.Messageable, reference: Any = None) -> None:
        self._channel = channel
        self._reference = reference

    def route(self, message_id: int | None) -> str:
        """Discord counts new messages and edits apart, by channel."""
        return f"{'POST' if message_id is None else 'PATCH'} {getattr(self._channel, 'id', 0)}"

    async def send(self, view: discord.ui.LayoutView, files: list[discord.File], *, first: bool, nonce: int) -> int:
        """The nonce lets Discord drop a second copy when an answer got lost and the call is repeated."""
        reference = self._reference if first else None
        if isinstance(reference, discord.Message | discord.PartialMessage):
            reference = reference.to_reference(fail_if_not_exists=False)
        options: dict[str, Any] = {"reference": reference} if reference is not None else {}
        message = await self._channel.send(
            view=view, files=files, nonce=nonce, allowed_mentions=NO_PINGS, mention_author=False, **options
        )
        return message.id

    async def edit(self, message_id: int, view: discord.ui.LayoutView, files: list[discord.File] | None) -> None:
        """Through the channel's own route."""
        channel: Any = self._channel
        if not hasattr(channel, "get_partial_message"):  # a User or a Context
            channel = await self._channel._get_channel()
        options: dict[str, Any] = {} if files is None else {"attachments": files}
        await channel.get_partial_message(message_id).edit(view=view, allowed_mentions=NO_PINGS, **options)

    async def reopen(self) -> None:
        """A thread archives itself when nobody writes; edits are refused then (50083)."""
        channel: Any = self._channel
        if isinstance(channel, discord.Thread):
            await channel.edit(archived=False)
        elif isinstance(channel, discord.PartialMessageable):
            await channel._state.http.edit_channel(channel.id, archived=False)


UNKNOWN_MESSAGE = 10008
EDITED_TOO_OFTEN = 30046
TOKEN_OVER = frozenset({10015, 10062, 50027})
"""Discord's codes for an interaction (10062) that was answered too late, and a token (10015, 50027) that is over."""


class InteractionPlace:
    """An interaction; when its token is over (15 minutes), its channel. What is private is never shown there."""

    def __init__(
        self, interaction: discord.Interaction[Any], *, ephemeral: bool = False, taken_over: int | None = None
    ) -> None:
        self._interaction = interaction
        self._ephemeral = ephemeral
        self._to_take = self._original = taken_over
        self._over = False

    @property
    def free(self) -> bool:
        """As long as the token lives, by our clock and by what Discord said."""
        return not (self._over or self._interaction.is_expired())

    def route(self, message_id: int | None) -> str:
        """The webhook's, or the channel's."""
        method = "POST" if message_id is None else "PATCH"
        return f"{method} {self._interaction.token if self.free else self._interaction.channel_id}"

    async def send(self, view: discord.ui.LayoutView, files: list[discord.File], *, first: bool, nonce: int) -> int:
        """The first message is the interaction's own response where that is still open, or takes another's place."""
        if first and (taken := self._to_take) is not None:
            if await self._take_over(taken, view, files):
                return taken
            _rewind(files)
        if self.free:
            try:
                return await self._respond(view, files, first=first)
            except discord.HTTPException as error:
                self._give_up_token(error)
                _rewind(files)
        return await self._channel_place().send(view, files, first=first, nonce=nonce)

    async def _take_over(self, message_id: int, view: discord.ui.LayoutView, files: list[discord.File]) -> bool:
        """Whether the message is the reply's now; not if it was deleted, or Discord takes no more edits of it."""
        try:
            await self.edit(message_id, view, files)
        except discord.HTTPException as error:
            if error.code not in {UNKNOWN_MESSAGE, EDITED_TOO_OFTEN}:
                raise
            self._to_take = None
            return False
        self._to_take = None
        return True

    async def _respond(self, view: discord.ui.LayoutView, files: list[discord.File], *, first: bool) -> int:
        interaction, response = self._interaction, self._interaction.response
        if first and not response.is_done():
            answer = await response.send_message(
                view=view, files=files, ephemeral=self._ephemeral, allowed_mentions=NO_PINGS
            )
            self._original = answer.message_id or (await interaction.original_response()).id
            return self._original
        if first and response.type is discord.InteractionResponseType.deferred_channel_message:
            message = await interaction.edit_original_response(view=view, attachments=files, allowed_mentions=NO_PINGS)
            self._original = message.id
            return message.id
        followup = await interaction.followup.send(
            view=view, files=files, ephemeral=self._ephemeral, allowed_mentions=NO_PINGS, wait=True
        )
        return followup.id

    async def edit(self, message_id: int, view: discord.ui.LayoutView, files: list[discord.File] | None) -> None:
        """Through the webhook."""
        if self.free:
            try:
                await self._edit_by_token(message_id, view, files)
            except discord.HTTPException as error:
                self._give_up_token(error)
                _rewind(files or [])
            else:
                return
        await self._channel_place().edit(message_id, view, files)

    async def _edit_by_token(
        self, message_id: int, view: discord.ui.LayoutView, files: list[discord.File] | None
    ) -> None:
        options: dict[str, Any] = {} if files is None else {"attachments": files}
        if message_id == self._original:
            await self._interaction.edit_original_response(view=view, allowed_mentions=NO_PINGS, **options)
        else:
            await self._interaction.followup.edit_message(message_id, view=view, allowed_mentions=NO_PINGS, **options)

    def _give_up_token(self, error: discord.HTTPException) -> None:
        """Go on in the channel if `error` says that the token is over; else raise it."""
        if error.code not in TOKEN_OVER or self._ephemeral:
            raise error
        self._over = True

    async def reopen(self) -> None:
        """The channel may be a thread."""
        await self._channel_place().reopen()

    def _channel_place(self) -> ChannelPlace:
        channel = self._interaction.channel
        if self._ephemeral or not isinstance(channel, discord.abc.Messageable):
            raise discord.ClientException("the interaction is over, and its answer can be shown nowhere else")
        return ChannelPlace(channel)


def _rewind(files: list[discord.File]) -> None:
    """A call has read the files to their end; they are needed again."""
    for file in files:
        file.reset()


async def open_place(destination: Destination) -> Place:
    """The place of a destination, once it is there."""
    match destination:
        case OnInteraction(interaction, ephemeral):
            return InteractionPlace(interaction, ephemeral=ephemeral, taken_over=destination.replaced_message_id)
        case InChannel(channel, reference):
            if isinstance(channel, asyncio.Future):
                opened = await asyncio.shield(channel)
                if isinstance(opened, InChannel | OnInteraction):
                    return await open_place(opened)
                return ChannelPlace(opened, reference)
            return ChannelPlace(channel, reference)
