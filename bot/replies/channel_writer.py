"""Sends and edits the messages of a reply in a channel, thread or DM, through discord.py."""

from typing import Any, Protocol

import discord

NO_PINGS = discord.AllowedMentions.none()


class MessageWriter(Protocol):
    """Sends and edits messages at one destination. Every call raises discord.py's exceptions."""

    @property
    def counts_globally(self) -> bool:
        """Whether calls count against the bot's global rate limit."""
        ...

    @property
    def guild_id(self) -> int | None:
        """The guild, as far as it is known; None in direct messages."""
        ...

    def route(self, message_id: int | None) -> str:
        """The route (the key of a rate-limit bucket) of the next edit of a message; None: of a new message."""
        ...

    async def send(self, view: discord.ui.LayoutView, files: list[discord.File], *, first: bool, nonce: int) -> int:
        """Send a message and return its id. `first`: it is the reply's first message."""
        ...

    async def edit(self, message_id: int, view: discord.ui.LayoutView, files: list[discord.File] | None) -> None:
        """Edit a message; None for `files` keeps its attachments."""
        ...

    async def unarchive(self) -> None:
        """Take a thread out of the archive."""
        ...


class ChannelWriter:
    """Writes in a channel; `reference` is the message that the first message replies to."""

    counts_globally = True

    def __init__(self, channel: discord.abc.Messageable, reference: Any = None) -> None:
        self._channel = channel
        self._reference = reference

    @property
    def guild_id(self) -> int | None:
        """The channel's guild."""
        guild = getattr(self._channel, "guild", None)
        return guild.id if guild is not None else getattr(self._channel, "guild_id", None)

    def route(self, message_id: int | None) -> str:
        """Discord limits new messages and edits separately, by channel."""
        return f"{'POST' if message_id is None else 'PATCH'} {getattr(self._channel, 'id', 0)}"

    async def send(self, view: discord.ui.LayoutView, files: list[discord.File], *, first: bool, nonce: int) -> int:
        """Send a message. If a response is lost and the call is repeated, Discord drops the second one by its nonce."""
        reference = self._reference if first else None
        if isinstance(reference, discord.Message | discord.PartialMessage):
            reference = reference.to_reference(fail_if_not_exists=False)
        options: dict[str, Any] = {"reference": reference} if reference is not None else {}
        message = await self._channel.send(
            view=view, files=files, nonce=nonce, allowed_mentions=NO_PINGS, mention_author=False, **options
        )
        return message.id

    async def edit(self, message_id: int, view: discord.ui.LayoutView, files: list[discord.File] | None) -> None:
        """Edit a message through the channel's route."""
        channel: Any = self._channel
        if not hasattr(channel, "get_partial_message"):  # a User or a Context
            channel = await self._channel._get_channel()
        options: dict[str, Any] = {} if files is None else {"attachments": files}
        await channel.get_partial_message(message_id).edit(view=view, allowed_mentions=NO_PINGS, **options)

    async def unarchive(self) -> None:
        """A thread archives itself when nobody writes in it; then Discord refuses edits (50083)."""
        channel: Any = self._channel
        if isinstance(channel, discord.Thread):
            await channel.edit(archived=False)
        elif isinstance(channel, discord.PartialMessageable):
            await channel._state.http.edit_channel(channel.id, archived=False)
