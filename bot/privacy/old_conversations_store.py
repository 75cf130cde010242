"""Which conversations nobody has written in for long, and the deletion of all rows about one."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, bindparam, delete, exists, or_, select

from bot.store.base import table_of
from bot.store.schema import whole_schema
from bot.store.store import Store
from bot.store.sweep import snowflake
from bot.store.tables import AnswerMessageRow, AnswerRow, ConversationRow, QuestionRow

_CONVERSATIONS, _QUESTIONS = table_of(ConversationRow), table_of(QuestionRow)
_ANSWERS, _SHOWN = table_of(AnswerRow), table_of(AnswerMessageRow)
_KEY: Final = (_CONVERSATIONS.c.id, _CONVERSATIONS.c.guild_id, _CONVERSATIONS.c.last_message_id)
_SAID_SOMETHING: Final = or_(
    _CONVERSATIONS.c.thread_id.is_not(None),
    exists().where(_QUESTIONS.c.conversation_id == _CONVERSATIONS.c.id),
    exists().where(_ANSWERS.c.conversation_id == _CONVERSATIONS.c.id),
)
"""What is deleted is not found again. The conversation's own row stays: it says that Saem answers in the thread."""


class OldConversationsStore:
    """Named reads and writes of old conversations."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def silent_since(self, moment: datetime, after: int, count: int) -> Sequence[tuple[int, int, int]]:
        """Conversations in which nobody has written since a moment, whose ids are above `after`, in the order of their
        ids: id, server and newest message of each.
        """
        silent = _CONVERSATIONS.c.last_message_id < snowflake(moment)
        query = select(*_KEY).where(_CONVERSATIONS.c.id > after, silent, _SAID_SOMETHING)
        return [tuple(row) for row in await self._store.read(query.order_by(_CONVERSATIONS.c.id).limit(count))]

    async def of_guild(self, guild_id: int) -> Sequence[int]:
        """The conversations of a server."""
        query = select(_CONVERSATIONS.c.id).where(_CONVERSATIONS.c.guild_id == guild_id, _SAID_SOMETHING)
        return [row[0] for row in await self._store.read(query)]

    async def began_in(self, channel_id: int) -> Sequence[tuple[int, int]]:
        """The conversations that began in a channel, as threads or as chains of replies, and their servers."""
        started = exists().where(_QUESTIONS.c.message_id == _CONVERSATIONS.c.id, _QUESTIONS.c.channel_id == channel_id)
        here: ColumnElement[bool] = or_(_CONVERSATIONS.c.channel_id == channel_id, started)
        query = select(_CONVERSATIONS.c.id, _CONVERSATIONS.c.guild_id).where(here, _SAID_SOMETHING)
        return [(row[0], row[1]) for row in await self._store.read(query)]

    async def forget(self, conversation_id: int) -> None:
        """Delete all rows about a conversation but its own."""
        values = {"of": conversation_id}
        shown = exists().where(_ANSWERS.c.id == _SHOWN.c.answer_id, _ANSWERS.c.conversation_id == bindparam("of"))
        about = [table for table in whole_schema().sorted_tables if "conversation_id" in table.columns]
        of_conversation = [delete(table).where(table.c.conversation_id == bindparam("of")) for table in about]
        await self._store.write(*((statement, values) for statement in (delete(_SHOWN).where(shown), *of_conversation)))
