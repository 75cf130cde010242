"""The store of conversations: reads and writes questions, answers and tool calls."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import String, bindparam, case, delete, func, insert, literal_column, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.store.base import now
from bot.store.store import Store
from bot.store.tables import (
    DM,
    AnswerMessageRow,
    AnswerRow,
    AnswerState,
    ConversationRow,
    QuestionRow,
    QuestionState,
    ToolCallRow,
)

LEFT_BEHIND: Final = timedelta(minutes=15)
"""Age from which a question that waits does not count among those of its student any more: no answer takes so long."""


@dataclass(frozen=True, slots=True)
class StoredConversation:
    """A conversation, as stored."""

    id: int
    guild_id: int
    channel_id: int
    thread_id: str | None
    owned: bool
    last_message_id: int


@dataclass(frozen=True, slots=True)
class StoredQuestion:
    """A message that was handled, as stored."""

    message_id: int
    conversation_id: int
    channel_id: int | None
    author_id: int
    state: QuestionState
    answer_id: str | None


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """An answer, as stored."""

    id: str
    conversation_id: int
    run_id: str | None
    state: AnswerState
    begun_at: datetime | None = None
    process_id: str | None = None
    """The process that works on it, while it is `running`."""


@dataclass(frozen=True, slots=True)
class StoredToolCall:
    """A function call, as stored."""

    call_id: str
    conversation_id: int
    answer_id: str
    thread_id: str
    run_id: str
    name: str
    arguments: str
    output: str | None
    submitted: bool


_CONVERSATION = [
    ConversationRow.id,
    ConversationRow.guild_id,
    ConversationRow.channel_id,
    ConversationRow.thread_id,
    ConversationRow.owned,
    ConversationRow.last_message_id,
]
_QUESTION = [
    QuestionRow.message_id,
    QuestionRow.conversation_id,
    QuestionRow.channel_id,
    QuestionRow.author_id,
    QuestionRow.state,
    QuestionRow.answer_id,
]
_ANSWER = [
    AnswerRow.id,
    AnswerRow.conversation_id,
    AnswerRow.run_id,
    AnswerRow.state,
    AnswerRow.created_at,
    AnswerRow.process_id,
]
_CALL = [
    ToolCallRow.call_id,
    ToolCallRow.conversation_id,
    ToolCallRow.answer_id,
    ToolCallRow.thread_id,
    ToolCallRow.run_id,
    ToolCallRow.name,
    ToolCallRow.arguments,
    ToolCallRow.output,
    ToolCallRow.submitted,
]

_ADD_QUESTION = insert(QuestionRow)
_ADD_ANSWER = insert(AnswerRow)
_ADD_CALL = insert(ToolCallRow)
_SET_QUESTION = (
    update(QuestionRow)
    .where(QuestionRow.message_id == bindparam("which"))
    .values(state=bindparam("new"), answer_id=bindparam("answer"))
)
_SET_ANSWER_OF_QUESTION = (
    update(QuestionRow)
    .where(QuestionRow.message_id == bindparam("which"))
    .values(
        state=case((QuestionRow.state == "context", QuestionRow.state), else_=bindparam("new", type_=String)),
        answer_id=bindparam("answer"),
    )
)
_END_QUESTION = _SET_ANSWER_OF_QUESTION.where(QuestionRow.answer_id == bindparam("answer"))
_SET_STATE = update(AnswerRow).where(AnswerRow.id == bindparam("which")).values(state=bindparam("new"))
_END_STATE = _SET_STATE.where(
    AnswerRow.state == "running", AnswerRow.process_id.is_not_distinct_from(bindparam("mine", type_=String))
)
_CLAIM_ANSWER = (
    update(AnswerRow)
    .where(
        AnswerRow.id == bindparam("which"),
        AnswerRow.state == "running",
        AnswerRow.process_id.is_not_distinct_from(bindparam("theirs", type_=String)),
    )
    .values(process_id=bindparam("mine"))
)
_SET_RUN = update(AnswerRow).where(AnswerRow.id == bindparam("which")).values(run_id=bindparam("run"))
_SET_THREAD = (
    update(ConversationRow).where(ConversationRow.id == bindparam("conversation")).values(thread_id=bindparam("thread"))
)
_SET_CHANNEL = (
    update(ConversationRow)
    .where(ConversationRow.id == bindparam("conversation"))
    .values(channel_id=bindparam("channel"), owned=bindparam("own"))
)
_SET_OUTPUT = (
    update(ToolCallRow)
    .where(ToolCallRow.call_id == bindparam("call"), ToolCallRow.output.is_(None))
    .values(output=bindparam("text"))
)
_SET_SUBMITTED = update(ToolCallRow).where(ToolCallRow.run_id == bindparam("run")).values(submitted=True)
_SET_NOT_SUBMITTED = update(ToolCallRow).where(ToolCallRow.call_id == bindparam("call")).values(submitted=False)
_REMOVE_MESSAGES = delete(AnswerMessageRow).where(AnswerMessageRow.answer_id == bindparam("answer"))


class ConversationStore:
    """Reads and writes; every write is one transaction, shared with others that come at the same time."""

    def __init__(self, store: Store, process_id: str | None = None) -> None:
        self._store = store
        self._process_id = process_id
        insert_or = postgresql.insert if store.dialect == "postgresql" else sqlite.insert
        conversation = insert_or(ConversationRow)
        self._touch_conversation = conversation.on_conflict_do_update(
            index_elements=["id"], set_={"last_message_id": conversation.excluded.last_message_id}
        )
        self._add_message = insert_or(AnswerMessageRow).on_conflict_do_nothing()

    # Questions

    async def touch(self, conversation: StoredConversation) -> None:
        """Store a conversation and its newest message, which nothing is asked with yet."""
        await self._store.write((self._touch_conversation, asdict(conversation)))

    async def add_question(
        self,
        conversation: StoredConversation,
        *,
        message_id: int,
        channel_id: int | None,
        author_id: int,
        state: QuestionState,
    ) -> None:
        """Store a message that is being handled, and its conversation.

        Raises:
            sqlalchemy.exc.IntegrityError: the message was handled before.
        """
        await self._store.write(
            (self._touch_conversation, {**asdict(conversation), "last_message_id": message_id}),
            (
                _ADD_QUESTION,
                {
                    "message_id": message_id,
                    "conversation_id": conversation.id,
                    "channel_id": channel_id,
                    "author_id": author_id,
                    "state": state,
                },
            ),
        )

    async def set_questions(
        self, message_ids: Iterable[int], state: QuestionState, answer_id: str | None = None
    ) -> None:
        """Set the state of some messages, and the answer that answers them."""
        await self._store.write(
            *((_SET_QUESTION, {"which": each, "new": state, "answer": answer_id}) for each in message_ids)
        )

    async def handled(self, message_ids: Sequence[int]) -> set[int]:
        """Those of `message_ids` that were handled before."""
        query = select(QuestionRow.message_id).where(QuestionRow.message_id.in_(message_ids))
        return {row.message_id for row in await self._store.read(query)}

    async def question(self, message_id: int) -> StoredQuestion | None:
        """A message that was handled."""
        rows = await self._store.read(select(*_QUESTION).where(QuestionRow.message_id == message_id))
        return StoredQuestion(*rows[0]) if rows else None

    async def questions_of(self, answer_id: str) -> list[StoredQuestion]:
        """The messages that an answer answers, with their context, oldest first."""
        query = select(*_QUESTION).where(QuestionRow.answer_id == answer_id).order_by(QuestionRow.message_id)
        return [StoredQuestion(*row) for row in await self._store.read(query)]

    async def newest_questions(self, conversation_id: int, limit: int) -> list[StoredQuestion]:
        """The newest messages of a conversation that the model was given, oldest first."""
        query = (
            select(*_QUESTION)
            .where(
                QuestionRow.conversation_id == conversation_id,
                QuestionRow.answer_id.is_not(None),
                QuestionRow.state.in_(("answered", "context")),
            )
            .order_by(QuestionRow.message_id.desc())
            .limit(limit)
        )
        return [StoredQuestion(*row) for row in reversed(await self._store.read(query))]

    async def count_unanswered(self, author_id: int) -> int:
        """How many questions of a student wait or run, whichever process has them; old ones have been left behind."""
        since = now() - LEFT_BEHIND
        query = select(func.count()).where(
            QuestionRow.author_id == author_id,
            QuestionRow.state.in_([literal_column("'waiting'"), literal_column("'running'")]),
            QuestionRow.created_at > since,
        )
        ((count,),) = await self._store.read(query)
        return int(count)

    async def questions_in(self, *states: QuestionState, answered: bool = False) -> list[StoredQuestion]:
        """Messages in some states, oldest first; without `answered`, only those that belong to no answer."""
        query = select(*_QUESTION).where(QuestionRow.state.in_(states)).order_by(QuestionRow.message_id)
        if not answered:
            query = query.where(QuestionRow.answer_id.is_(None))
        return [StoredQuestion(*row) for row in await self._store.read(query)]

    async def last_author(self, conversation_id: int) -> int | None:
        """Who wrote the message of a conversation that was taken up last."""
        query = select(QuestionRow.author_id).where(QuestionRow.conversation_id == conversation_id)
        rows = await self._store.read(query.order_by(QuestionRow.created_at.desc()).limit(1))
        return rows[0].author_id if rows else None

    async def context_of(self, conversation_id: int, limit: int) -> list[StoredQuestion]:
        """The newest messages that were said to others since the last one that belongs to an answer, oldest first."""
        here = QuestionRow.conversation_id == conversation_id
        taken = select(func.coalesce(func.max(QuestionRow.message_id), 0)).where(
            here, QuestionRow.answer_id.is_not(None)
        )
        query = (
            select(*_QUESTION)
            .where(here, QuestionRow.state == "context", QuestionRow.message_id > taken.scalar_subquery())
            .order_by(QuestionRow.message_id.desc())
            .limit(limit)
        )
        return [StoredQuestion(*row) for row in reversed(await self._store.read(query))]

    # Answers

    async def begin_answer(
        self, answer: StoredAnswer, message_ids: Iterable[int], *, replaced: str | None = None
    ) -> None:
        """Store that an answer to some messages (context among them) begins; it replaces the answer `replaced`."""
        await self._store.write_when_possible(
            (
                _ADD_ANSWER,
                {
                    "id": answer.id,
                    "conversation_id": answer.conversation_id,
                    "run_id": answer.run_id,
                    "state": answer.state,
                    "process_id": self._process_id,
                },
            ),
            *(
                (_SET_ANSWER_OF_QUESTION, {"which": each, "new": "running", "answer": answer.id})
                for each in message_ids
            ),
            *((_SET_STATE, {"which": each, "new": "replaced"}) for each in (replaced,) if each is not None),
        )

    async def set_run(self, answer_id: str, run_id: str, conversation_id: int, thread_id: str) -> None:
        """Store that the run of an answer has begun in an Assistants thread."""
        await self._store.write_when_possible(
            (_SET_RUN, {"which": answer_id, "run": run_id}),
            (_SET_THREAD, {"conversation": conversation_id, "thread": thread_id}),
        )

    async def end_answer(
        self,
        answer_id: str,
        state: AnswerState,
        *,
        answered: Iterable[int] = (),
        shown: Iterable[int] = (),
    ) -> None:
        """Store that an answer has ended; `answered` are the messages that it answers, `shown` those that show it.

        An answer that was ended or replaced before, or that another process has taken up, stays so, and messages that
        another answer has taken over are its.
        """
        await self._store.write_when_possible(
            (_END_STATE, {"which": answer_id, "new": state, "mine": self._process_id}),
            *((_END_QUESTION, {"which": each, "new": "answered", "answer": answer_id}) for each in answered),
            *((self._add_message, {"message_id": each, "answer_id": answer_id}) for each in shown),
        )

    async def add_shown(self, answer_id: str, message_ids: Iterable[int]) -> None:
        """Store which Discord messages show an answer so far, while its end is not shown yet."""
        await self._store.write_when_possible(
            *((self._add_message, {"message_id": each, "answer_id": answer_id}) for each in message_ids)
        )

    async def replace_answer(self, answer_id: str) -> None:
        """Store that an answer is being replaced, and that its Discord messages are deleted."""
        await self._store.write(
            (_SET_STATE, {"which": answer_id, "new": "replaced"}), (_REMOVE_MESSAGES, {"answer": answer_id})
        )

    async def answer(self, answer_id: str) -> StoredAnswer | None:
        """An answer by its id."""
        rows = await self._store.read(select(*_ANSWER).where(AnswerRow.id == answer_id))
        return StoredAnswer(*rows[0]) if rows else None

    async def last_answer(self, conversation_id: int) -> StoredAnswer | None:
        """The newest answer of a conversation that was not replaced."""
        query = (
            select(*_ANSWER)
            .where(AnswerRow.conversation_id == conversation_id, AnswerRow.state != "replaced")
            .order_by(AnswerRow.created_at.desc())
            .limit(1)
        )
        rows = await self._store.read(query)
        return StoredAnswer(*rows[0]) if rows else None

    async def answers_in(self, *states: AnswerState) -> list[StoredAnswer]:
        """Answers in some states, oldest first."""
        query = select(*_ANSWER).where(AnswerRow.state.in_(states)).order_by(AnswerRow.created_at)
        return [StoredAnswer(*row) for row in await self._store.read(query)]

    async def claim_answer(self, answer: StoredAnswer) -> bool:
        """Take up a running answer of another process; False: it has ended, or a third process was quicker."""
        values = {"which": answer.id, "theirs": answer.process_id, "mine": self._process_id}
        return bool(await self._store.change(_CLAIM_ANSWER, values))

    async def messages_of(self, answer_id: str) -> list[int]:
        """The Discord messages that show an answer, first to last."""
        query = (
            select(AnswerMessageRow.message_id)
            .where(AnswerMessageRow.answer_id == answer_id)
            .order_by(AnswerMessageRow.message_id)
        )
        return [row.message_id for row in await self._store.read(query)]

    async def shown_after(self, conversation_id: int, message_id: int, *, but_of: str) -> set[int]:
        """The Discord messages after an id that are known to show answers of a conversation, without one's own."""
        query = (
            select(AnswerMessageRow.message_id)
            .join(AnswerRow, AnswerRow.id == AnswerMessageRow.answer_id)
            .where(
                AnswerRow.conversation_id == conversation_id,
                AnswerRow.id != but_of,
                AnswerMessageRow.message_id > message_id,
            )
        )
        return {row.message_id for row in await self._store.read(query)}

    async def next_question(self, conversation_id: int, message_id: int, *, but_of: str) -> int | None:
        """The first question of a conversation after a Discord id that another answer than `but_of` answers."""
        query = select(func.min(QuestionRow.message_id).label("first")).where(
            QuestionRow.conversation_id == conversation_id,
            QuestionRow.message_id > message_id,
            QuestionRow.state != "context",
            QuestionRow.answer_id.is_not(None),
            QuestionRow.answer_id != but_of,
        )
        first: int | None = (await self._store.read(query))[0].first
        return first

    # Conversations

    async def conversation(self, conversation_id: int) -> StoredConversation | None:
        """A conversation by its id."""
        rows = await self._store.read(select(*_CONVERSATION).where(ConversationRow.id == conversation_id))
        return StoredConversation(*rows[0]) if rows else None

    async def guilds_of(self, conversation_ids: Iterable[int]) -> dict[int, int]:
        """The guild of each conversation (0: direct messages); those that there are not are left out."""
        query = select(ConversationRow.id, ConversationRow.guild_id).where(ConversationRow.id.in_(conversation_ids))
        return {row.id: row.guild_id for row in await self._store.read(query)}

    async def conversation_of(self, message_id: int) -> StoredConversation | None:
        """The conversation of the answer that a Discord message shows."""
        query = (
            select(*_CONVERSATION)
            .join(AnswerRow, AnswerRow.conversation_id == ConversationRow.id)
            .join(AnswerMessageRow, AnswerMessageRow.answer_id == AnswerRow.id)
            .where(AnswerMessageRow.message_id == message_id)
        )
        rows = await self._store.read(query)
        return StoredConversation(*rows[0]) if rows else None

    async def direct_conversations(self, since_message_id: int) -> list[StoredConversation]:
        """The conversations in direct messages that were active since a Discord id, those active last first."""
        query = select(*_CONVERSATION).where(
            ConversationRow.guild_id == literal_column(str(DM)), ConversationRow.last_message_id >= since_message_id
        )
        query = query.order_by(ConversationRow.last_message_id.desc())
        return [StoredConversation(*row) for row in await self._store.read(query)]

    async def move(self, conversation_id: int, channel_id: int, *, owned: bool) -> None:
        """Store that the answers are posted in another channel than planned."""
        await self._store.write((_SET_CHANNEL, {"conversation": conversation_id, "channel": channel_id, "own": owned}))

    async def set_thread(self, conversation_id: int, thread_id: str | None) -> None:
        """Set the Assistants thread of a conversation; None: it has none."""
        await self._store.write((_SET_THREAD, {"conversation": conversation_id, "thread": thread_id}))

    # Tool calls

    async def add_calls(self, calls: Iterable[StoredToolCall]) -> None:
        """Store function calls that a run waits for."""
        await self._store.write(*((_ADD_CALL, asdict(call)) for call in calls))

    async def call(self, call_id: str) -> StoredToolCall | None:
        """A function call by its id."""
        rows = await self._store.read(select(*_CALL).where(ToolCallRow.call_id == call_id))
        return StoredToolCall(*rows[0]) if rows else None

    async def open_calls_of_run(self, run_id: str) -> list[StoredToolCall]:
        """The function calls of a run that were not submitted."""
        query = select(*_CALL).where(ToolCallRow.run_id == run_id, ToolCallRow.submitted.is_(False))
        return [StoredToolCall(*row) for row in await self._store.read(query)]

    async def calls_of_run(self, run_id: str) -> list[StoredToolCall]:
        """The function calls of a run, submitted or not."""
        return [
            StoredToolCall(*row) for row in await self._store.read(select(*_CALL).where(ToolCallRow.run_id == run_id))
        ]

    async def calls_with_output(self, run_id: str) -> list[StoredToolCall]:
        """The function calls of a run that have their outputs, submitted or not."""
        query = select(*_CALL).where(ToolCallRow.run_id == run_id, ToolCallRow.output.is_not(None))
        return [StoredToolCall(*row) for row in await self._store.read(query)]

    async def open_calls(self, conversation_id: int | None = None) -> list[StoredToolCall]:
        """The function calls that were not submitted, of one conversation or of all."""
        query = select(*_CALL).where(ToolCallRow.submitted.is_(False))
        if conversation_id is not None:
            query = query.where(ToolCallRow.conversation_id == conversation_id)
        return [StoredToolCall(*row) for row in await self._store.read(query)]

    async def set_output(self, call_id: str, output: str) -> bool:
        """Store the output of a function call; only the first output counts: whether this is it."""
        return bool(await self._store.change(_SET_OUTPUT, {"call": call_id, "text": output}))

    async def set_submitted(self, run_id: str) -> None:
        """Store that a run does not wait for its calls any more: their outputs are submitted, or it has ended."""
        await self._store.write((_SET_SUBMITTED, {"run": run_id}))

    async def set_not_submitted(self, call_ids: Iterable[str]) -> None:
        """Store that a run waits for calls still: what was submitted never reached the server."""
        await self._store.write(*((_SET_NOT_SUBMITTED, {"call": call_id}) for call_id in call_ids))
