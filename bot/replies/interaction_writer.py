"""Sends and edits the messages of a reply through an interaction: its response and follow-ups, by its token.

When the token has expired (after 15 minutes), the reply goes on in the interaction's channel; an ephemeral reply does
not.
"""

from typing import Any

import discord
import structlog

from bot.discord_clock import DISCORD_CLOCK
from bot.replies.channel_writer import NO_PINGS, ChannelWriter
from bot.replies.discord_error_codes import EDITED_TOO_OFTEN, TOKEN_EXPIRED, UNKNOWN_MESSAGE

log = structlog.get_logger(__name__)

LOOKED_THROUGH = 50
"""Messages after the interaction that are looked through for one that may have arrived."""


class InteractionWriter:
    """Writes through an interaction. `replaced_message_id` is the message that becomes the reply's first."""

    def __init__(
        self, interaction: discord.Interaction[Any], *, ephemeral: bool = False, replaced_message_id: int | None = None
    ) -> None:
        self._interaction = interaction
        self._ephemeral = ephemeral
        self._to_replace = self._original = replaced_message_id
        self._token_expired = False
        self._in_doubt = False
        """Whether a message was sent of which nobody knows whether it arrived."""
        self._known: set[int] = set()
        """The messages that were sent."""

    @property
    def counts_globally(self) -> bool:
        """Only when the token has expired, by our clock or by Discord's."""
        return self._token_expired or DISCORD_CLOCK.now() >= self._interaction.expires_at

    @property
    def guild_id(self) -> int | None:
        """The interaction's guild."""
        return self._interaction.guild_id

    def route(self, message_id: int | None) -> str:
        """The webhook's route, or the channel's."""
        method = "POST" if message_id is None else "PATCH"
        return f"{method} {self._interaction.channel_id if self.counts_globally else self._interaction.token}"

    async def send(self, view: discord.ui.LayoutView, files: list[discord.File], *, first: bool, nonce: int) -> int:
        """Send a message; the first replaces a message, or is the interaction's response if there is none yet."""
        if first and (message_id := self._to_replace) is not None:
            if await self._replace(message_id, view, files):
                return message_id
            _rewind(files)
        if not self.counts_globally:
            try:
                return await self._respond(view, files, first=first)
            except discord.HTTPException as error:
                self._give_up_token(error)
                _rewind(files)
        return await self._channel_writer().send(view, files, first=first, nonce=nonce)

    async def _replace(self, message_id: int, view: discord.ui.LayoutView, files: list[discord.File]) -> bool:
        """Edit the message to be replaced; False if it was deleted, or Discord takes no more edits of it."""
        try:
            await self.edit(message_id, view, files)
        except discord.HTTPException as error:
            if error.code not in {UNKNOWN_MESSAGE, EDITED_TOO_OFTEN}:
                raise
            self._to_replace = None
            return False
        self._to_replace = None
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
        if self._in_doubt and (message_id := await self._arrived()) is not None:
            return message_id
        self._in_doubt = True
        followup = await interaction.followup.send(
            view=view, files=files, ephemeral=self._ephemeral, allowed_mentions=NO_PINGS, wait=True
        )
        self._known.add(followup.id)
        self._in_doubt = False
        return followup.id

    async def _arrived(self) -> int | None:
        """The message that was sent before if it is there: of webhooks' messages Discord drops no second copy.

        An ephemeral message, and one where Saem may not read the history, cannot be looked for.
        """
        channel = self._interaction.channel
        if self._ephemeral or not isinstance(channel, discord.abc.Messageable):
            return None
        try:
            async for message in channel.history(limit=LOOKED_THROUGH, after=discord.Object(self._interaction.id)):
                metadata = message.interaction_metadata
                ours = metadata is not None and metadata.id == self._interaction.id
                # Only a follow-up names the response that it follows.
                follows = metadata is not None and metadata.original_response_message_id is not None
                if ours and follows and message.id not in self._known:
                    log.info("followup.arrived", message=message.id)
                    self._known.add(message.id)
                    self._in_doubt = False
                    return message.id
        except discord.Forbidden:
            return None
        return None

    async def edit(self, message_id: int, view: discord.ui.LayoutView, files: list[discord.File] | None) -> None:
        """Edit a message through the webhook, or through the channel when the token has expired."""
        if not self.counts_globally:
            try:
                await self._edit_by_token(message_id, view, files)
            except discord.HTTPException as error:
                self._give_up_token(error)
                _rewind(files or [])
            else:
                return
        await self._channel_writer().edit(message_id, view, files)

    async def _edit_by_token(
        self, message_id: int, view: discord.ui.LayoutView, files: list[discord.File] | None
    ) -> None:
        options: dict[str, Any] = {} if files is None else {"attachments": files}
        if message_id == self._original:
            await self._interaction.edit_original_response(view=view, allowed_mentions=NO_PINGS, **options)
        else:
            await self._interaction.followup.edit_message(message_id, view=view, allowed_mentions=NO_PINGS, **options)

    def _give_up_token(self, error: discord.HTTPException) -> None:
        """Go on in the channel if `error` says that the token has expired; else raise it."""
        if error.code not in TOKEN_EXPIRED or self._ephemeral:
            raise error
        self._token_expired = True

    async def unarchive(self) -> None:
        """The interaction's channel may be a thread."""
        await self._channel_writer().unarchive()

    def _channel_writer(self) -> ChannelWriter:
        channel = self._interaction.channel
        if self._ephemeral or not isinstance(channel, discord.abc.Messageable):
            raise discord.ClientException("the interaction has expired, and its reply can be shown nowhere else")
        return ChannelWriter(channel)


def _rewind(files: list[discord.File]) -> None:
    """A call has read the files to their end; the next call needs them from the start."""
    for file in files:
        file.reset()
