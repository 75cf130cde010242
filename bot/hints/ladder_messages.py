"""The messages of ladders: posted, edited, and opened again where their thread was archived."""

from dataclasses import replace

import discord

from bot.hints.ladder_buttons import LadderPress
from bot.hints.ladder_screens import ladder_screen
from bot.hints.ladder_store import LadderRecord, LadderStore
from bot.hints.live_ladder import LiveLadder
from bot.replies.discord_error_codes import ARCHIVED
from bot.replies.view_messages import ViewMessages


class LadderMessages:
    """Shows ladders as they are now."""

    def __init__(self, messages: ViewMessages, store: LadderStore) -> None:
        self._messages = messages
        self._store = store

    async def show(self, ladder: LiveLadder, press: LadderPress | None = None) -> None:
        """Show the newest state; after a press by answering it, and an older copy becomes the ladder's message again.

        Raises:
            MessageDeletedError: the message, or its channel, was deleted.
            discord.HTTPException, discord.RateLimited: Discord refuses it otherwise.
        """
        async with ladder.message_lock:
            record = ladder.record
            if press is not None:
                await self._edit_by_press(press, record)
                message_id = press.message_id or record.message_id
            elif record.message_id is None:
                message_id = await self._messages.post(record.channel_id, ladder_screen(record), once=record.id)
            else:
                message_id = await self._messages.edit(record.channel_id, record.message_id, ladder_screen(record))
            newer = ladder.record.session is not record.session
            if message_id != ladder.record.message_id or (ladder.record.unshown and not newer):
                ladder.record = replace(ladder.record, message_id=message_id, unshown=newer)
                await self._store.set_message(ladder.record)

    async def _edit_by_press(self, press: LadderPress, record: LadderRecord) -> None:
        try:
            await press.edit(ladder_screen(record))
        except discord.HTTPException as error:
            if error.code != ARCHIVED:
                raise
            await self._messages.unarchive(record.channel_id)
            await press.edit(ladder_screen(record))
