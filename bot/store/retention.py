"""How long the bot's own rows are kept: what the sweep deletes of questions, answers, calls and charges.

docs/hosting.md tells it to people. Rows that are not here live as long as what they are about.
"""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, exists, select

from bot.store.base import table_of
from bot.store.sweep import Retention, older, snowflake
from bot.store.tables import (
    AnnouncedRequestRow,
    AnswerMessageRow,
    AnswerRow,
    BudgetNoticeRow,
    ConversationRow,
    DeferredResponseRow,
    QuestionRow,
    ServerSettingChangeRow,
    StudentRunRow,
    TokenChargeRow,
    ToolCallRow,
)

ANSWERED: Final = timedelta(days=180)
"""How long answers are kept, with their questions and calls: buttons need them."""
UNANSWERED: Final = timedelta(days=30)
"""How long it is kept that a message was not answered: catching up looks back seven days, and may not find it anew."""
CHARGES: Final = timedelta(days=62)
"""How long charges are kept."""
SETTING_CHANGES: Final = timedelta(days=400)
"""How long it is kept who changed which setting."""
RUNS: Final = timedelta(days=1)
"""How long it is kept that an answer is under way, where its process died and nobody waited for its place."""
CALLS: Final = ANSWERED + timedelta(days=20)
"""Calls are kept until the quizzes and ladders are gone that they asked for."""

_QUESTIONS, _ANSWERS, _MESSAGES = table_of(QuestionRow), table_of(AnswerRow), table_of(AnswerMessageRow)
_CONVERSATIONS, _CALLS, _CHARGES = table_of(ConversationRow), table_of(ToolCallRow), table_of(TokenChargeRow)
_RUNS = table_of(StudentRunRow)
_NOTICES = table_of(BudgetNoticeRow)
_ANNOUNCED, _DEFERRED = table_of(AnnouncedRequestRow), table_of(DeferredResponseRow)
_CHANGES = table_of(ServerSettingChangeRow)


def _old_answer(before: datetime) -> ColumnElement[bool]:
    """An answer that is not its conversation's last one: that can be regenerated however old it is."""
    newer = _ANSWERS.alias("newer")
    followed = exists().where(
        newer.c.conversation_id == _ANSWERS.c.conversation_id, newer.c.created_at > _ANSWERS.c.created_at
    )
    return (_ANSWERS.c.created_at < before) & (_ANSWERS.c.state != "running") & followed


def _answer_is_gone(question_or_message: ColumnElement[str]) -> ColumnElement[bool]:
    return ~exists().where(_ANSWERS.c.id == question_or_message)


def _is_not_needed_to_find_the_author() -> ColumnElement[bool]:
    """Whether a later message of its author stands in the conversation, or there is no Assistants thread (any more).

    One row of each student stays as long as the thread with their words: by it `/forget-me` and `/my-data` find it.
    """
    later, kept = _QUESTIONS.alias("later"), _CONVERSATIONS.alias("kept")
    said_later = exists().where(
        later.c.conversation_id == _QUESTIONS.c.conversation_id,
        later.c.author_id == _QUESTIONS.c.author_id,
        later.c.message_id > _QUESTIONS.c.message_id,
    )
    has_thread = exists().where(kept.c.id == _QUESTIONS.c.conversation_id, kept.c.thread_id.is_not(None))
    return said_later | ~has_thread


def _unanswered(_before: datetime) -> ColumnElement[bool]:
    context = (_QUESTIONS.c.state == "context") & _is_not_needed_to_find_the_author()
    return _QUESTIONS.c.answer_id.is_(None) & ((_QUESTIONS.c.state == "dropped") | context)


def _old_question(_before: datetime) -> ColumnElement[bool]:
    """A question whose answer is gone. When its message is deleted, its conversation is found by the channel; of a
    chain of replies it would not be, so these questions stay.
    """
    found_by_channel = exists().where(
        _CONVERSATIONS.c.id == _QUESTIONS.c.conversation_id, _CONVERSATIONS.c.channel_id == _CONVERSATIONS.c.id
    )
    ended = _QUESTIONS.c.state.not_in(("waiting", "running")) & _QUESTIONS.c.answer_id.is_not(None)
    gone = _answer_is_gone(_QUESTIONS.c.answer_id)
    return ended & gone & found_by_channel & _is_not_needed_to_find_the_author()


def _deleted_conversation(before: datetime) -> ColumnElement[bool]:
    """A conversation without a thread on either side: one whose Discord thread exists has a thread here, if it was
    ever answered.
    """
    asked = exists(select(_QUESTIONS.c.message_id).where(_QUESTIONS.c.conversation_id == _CONVERSATIONS.c.id))
    silent = _CONVERSATIONS.c.last_message_id < snowflake(before)
    return _CONVERSATIONS.c.thread_id.is_(None) & silent & ~asked


RETENTION: Final = (
    Retention(_ANSWERS, ANSWERED, _old_answer),
    Retention(_MESSAGES, ANSWERED, lambda _: _answer_is_gone(_MESSAGES.c.answer_id), by_snowflake=True),
    Retention(_QUESTIONS, UNANSWERED, _unanswered, by_snowflake=True),
    Retention(_QUESTIONS, ANSWERED, _old_question, by_snowflake=True),
    Retention(_CALLS, CALLS, lambda before: _CALLS.c.submitted.is_(True) & (_CALLS.c.created_at < before)),
    Retention(_CONVERSATIONS, ANSWERED, _deleted_conversation, by_snowflake=True),
    Retention(_CHARGES, CHARGES, lambda before: _CHARGES.c.day < before.date().isoformat()),
    Retention(_NOTICES, CHARGES, lambda before: _NOTICES.c.begins_on < before.date().isoformat()),
    Retention(_ANNOUNCED, UNANSWERED, older(_ANNOUNCED.c.created_at)),
    Retention(_DEFERRED, UNANSWERED, older(_DEFERRED.c.created_at)),
    Retention(_RUNS, RUNS, older(_RUNS.c.began_at)),
    Retention(_CHANGES, SETTING_CHANGES, older(_CHANGES.c.changed_at)),
)
