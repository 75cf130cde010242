"""The store of quizzes: records of quizzes, responses, results and requests in the bot's database."""

from collections.abc import Sequence
from dataclasses import asdict, fields
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import Row, bindparam, delete, func, insert, select, text, union, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.quizzes.session.quiz_session import LONGEST_PAUSE, Phase
from bot.quizzes.storage.quiz_records import ExplanationRequest, QuizRecord, QuizToRecover, StoredRequest
from bot.quizzes.storage.quiz_rows import (
    QUESTIONS,
    STATE,
    player_row,
    questions_row,
    quiz_row,
    record_of,
    response_row,
    result_rows,
    state_row,
)
from bot.quizzes.storage.tables import (
    OPEN,
    QuizExplanationRow,
    QuizPlayerRow,
    QuizReportRow,
    QuizRequestRow,
    QuizResponseRow,
    QuizResultRow,
    QuizRow,
)
from bot.store.base import now, table_of
from bot.store.group_commit import Statement
from bot.store.store import Store
from bot.store.tables import ToolCallRow

_OPEN: Final = text(OPEN)

_QUIZZES, _RESPONSES = table_of(QuizRow), table_of(QuizResponseRow)
_RESULTS, _REQUESTS = table_of(QuizResultRow), table_of(QuizRequestRow)
_PLAYERS, _CALLS = table_of(QuizPlayerRow), table_of(ToolCallRow)
_EXPLANATIONS, _REPORTS = table_of(QuizExplanationRow), table_of(QuizReportRow)
_ADD: Final = insert(_QUIZZES)
_ADD_RESULT: Final = insert(_RESULTS)
_ADD_PLAYER: Final = insert(_PLAYERS)
_ADD_EXPLANATION: Final = insert(_EXPLANATIONS)
_SET_STATE: Final = (
    update(_QUIZZES)
    .where(_QUIZZES.c.id == bindparam("of"))
    .values({name: bindparam(name) for name in (*STATE, "due", "untold")})
)
_SET_QUESTIONS: Final = (
    update(_QUIZZES).where(_QUIZZES.c.id == bindparam("of")).values({name: bindparam(name) for name in QUESTIONS})
)
_SET_TOLD: Final = update(_QUIZZES).where(_QUIZZES.c.id == bindparam("of")).values(untold=False)
_SET_FOLLOWED: Final = update(_QUIZZES).where(_QUIZZES.c.id == bindparam("of")).values(followed=True)
_SET_MESSAGE: Final = (
    update(_QUIZZES)
    .where(_QUIZZES.c.id == bindparam("of"))
    .values(message_id=bindparam("message_id"), message_question=bindparam("message_question"))
)
_CLEAR_DUE: Final = update(_QUIZZES).where(_QUIZZES.c.id == bindparam("of")).values(due=None)
_DROP_REQUEST: Final = delete(_REQUESTS).where(_REQUESTS.c.conversation_id == bindparam("of"))
_ADD_REQUEST: Final = insert(_REQUESTS)
_SET_REQUEST_RUN: Final = (
    update(_REQUESTS).where(_REQUESTS.c.conversation_id == bindparam("of")).values(run_id=bindparam("by_run"))
)


class QuizStore:
    """Named reads and writes of quizzes."""

    def __init__(self, store: Store) -> None:
        self._store = store
        dialect = sqlite if store.dialect == "sqlite" else postgresql
        adding = dialect.insert(_RESPONSES)
        values = {name: adding.excluded[name] for name in ("choice", "name", "at", "seconds", "second")}
        self._put_response = adding.on_conflict_do_update(
            index_elements=["quiz_id", "student_id", "question"], set_=values
        )

    async def add(self, record: QuizRecord) -> None:
        """Store a new quiz."""
        await self._store.write((_ADD, quiz_row(record)))

    async def save(
        self,
        record: QuizRecord,
        responded: tuple[int, int] | None = None,
        *,
        joined: int | None = None,
        checked: bool = False,
    ) -> None:
        """Store the state of a quiz; if `responded` is given, the response of that `(student, question)`; if `joined`
        is, that this student has joined; if `checked` is true, the questions as they are since a check.

        Of a finished quiz the results are stored as well.
        """
        statements: list[Statement] = [(_SET_STATE, state_row(record))]
        if responded is not None:
            statements.append((self._put_response, response_row(record, *responded)))
        if checked:
            statements.append((_SET_QUESTIONS, questions_row(record)))
        if joined is not None:
            statements.append((_ADD_PLAYER, player_row(record, joined)))
        if record.session.phase is Phase.FINISHED:
            statements.extend((_ADD_RESULT, row) for row in result_rows(record))
        await self._store.write(*statements)

    async def set_message(self, record: QuizRecord) -> None:
        """Store which message shows the quiz."""
        values = {"message_id": record.message_id, "message_question": record.message_question}
        await self._store.write((_SET_MESSAGE, {"of": record.id, **values}))

    async def clear_due(self, quiz_id: str) -> None:
        """The effect that was due is carried out."""
        await self._store.write((_CLEAR_DUE, {"of": quiz_id}))

    async def set_told(self, quiz_id: str) -> None:
        """The model was told of the quiz as it is."""
        await self._store.write((_SET_TOLD, {"of": quiz_id}))

    async def set_followed(self, quiz_id: str) -> None:
        """The next quiz was asked for by a button under the results."""
        await self._store.write((_SET_FOLLOWED, {"of": quiz_id}))

    async def untold_in(self, conversation_id: int) -> Sequence[tuple[str, str]]:
        """The ids of a conversation's quizzes that the model has to be told of, with the arguments of their calls,
        oldest first.
        """
        joined = _QUIZZES.join(_CALLS, _CALLS.c.call_id == _QUIZZES.c.call_id)
        query = select(_QUIZZES.c.id, _CALLS.c.arguments).select_from(joined).order_by(_QUIZZES.c.created_at)
        query = query.where(_CALLS.c.conversation_id == conversation_id, _QUIZZES.c.untold.is_(True))
        return [(row[0], row[1]) for row in await self._store.read(query)]

    async def get(self, quiz_id: str) -> QuizRecord | None:
        """The quiz with that id."""
        rows = await self._store.read(select(_QUIZZES).where(_QUIZZES.c.id == quiz_id))
        if not rows:
            return None
        query = select(_RESPONSES).where(_RESPONSES.c.quiz_id == quiz_id).order_by(_RESPONSES.c.at)
        responses = await self._store.read(query)
        of_quiz = select(_PLAYERS).where(_PLAYERS.c.quiz_id == quiz_id).order_by(_PLAYERS.c.place)
        players = await self._store.read(of_quiz)
        return record_of(rows[0]._asdict(), [row._asdict() for row in responses], [row._asdict() for row in players])

    async def guild_of(self, quiz_id: str) -> int | None:
        """The guild of a quiz (0: direct messages)."""
        rows = await self._store.read(select(_QUIZZES.c.guild_id).where(_QUIZZES.c.id == quiz_id))
        return rows[0].guild_id if rows else None

    async def of_call(self, call_id: str) -> str | None:
        """The id of the quiz that a call asked for."""
        return _only(await self._store.read(select(_QUIZZES.c.id).where(_QUIZZES.c.call_id == call_id)))

    async def of_message(self, message_id: int) -> str | None:
        """The id of the quiz that a message shows."""
        return _only(await self._store.read(select(_QUIZZES.c.id).where(_QUIZZES.c.message_id == message_id)))

    async def to_recover(self) -> Sequence[QuizToRecover]:
        """The quizzes with an effect that is due, an open question with a deadline, questions that are being checked,
        or no message yet.
        """
        unfinished = _QUIZZES.c.deadline.is_not(None) | _QUIZZES.c.message_id.is_(None) | (_QUIZZES.c.waiting != "[]")
        columns = (_QUIZZES.c.id, _QUIZZES.c.guild_id, _QUIZZES.c.due)
        # Two queries, each with an index of its own: of all quizzes that ever were, few are meant.
        wanted = (select(*columns).where(_OPEN, unfinished), select(*columns).where(_QUIZZES.c.due.is_not(None)))
        return [QuizToRecover(*row) for row in await self._store.read(union(*wanted))]

    async def being_checked(self) -> Sequence[str]:
        """The ids of the open quizzes with questions that are being checked."""
        query = select(_QUIZZES.c.id).where(_OPEN, _QUIZZES.c.waiting != "[]")
        return [row.id for row in await self._store.read(query)]

    async def has_reported(self, quiz_id: str, question: int, student_id: int) -> bool:
        """Whether a student has reported a question."""
        own = (_REPORTS.c.quiz_id == quiz_id, _REPORTS.c.question == question, _REPORTS.c.student_id == student_id)
        return bool(await self._store.read(select(_REPORTS.c.quiz_id).where(*own)))

    async def overdue(self, at: float) -> Sequence[tuple[str, int]]:
        """The ids and guilds of the quizzes whose time was up at `at` (see `QuizSession.due_at`)."""
        running = (_OPEN, _QUIZZES.c.deadline <= at)
        not_paused = _QUIZZES.c.paused_at.is_(None) | (_QUIZZES.c.paused_at <= at - LONGEST_PAUSE)
        query = select(_QUIZZES.c.id, _QUIZZES.c.guild_id).where(*running, not_paused)
        return [(row.id, row.guild_id) for row in await self._store.read(query)]

    async def open_in(self, channel_id: int) -> Sequence[str]:
        """The ids of the quizzes that are played in a channel."""
        query = select(_QUIZZES.c.id).where(_QUIZZES.c.channel_id == channel_id, _OPEN)
        return [row[0] for row in await self._store.read(query)]

    async def open_of_student(self, student_id: int, within: timedelta) -> Sequence[int]:
        """The channels of the quizzes that a student started within that time and that are not over, oldest first."""
        query = select(_QUIZZES.c.channel_id).where(_QUIZZES.c.host_id == student_id, *_open_since(within))
        return [row[0] for row in await self._store.read(query.order_by(_QUIZZES.c.created_at))]

    async def count_open_in_guild(self, guild_id: int, within: timedelta) -> int:
        """How many quizzes were started in a guild within that time and are not over."""
        query = select(func.count()).where(_QUIZZES.c.guild_id == guild_id, *_open_since(within))
        return int((await self._store.read(query))[0][0])

    async def topics(self, guild_id: int, student_id: int, most: int = 25) -> Sequence[str]:
        """Topics that a student typed in a guild, or in direct messages, the newest first."""
        own = (_QUIZZES.c.guild_id == guild_id, _QUIZZES.c.host_id == student_id, _QUIZZES.c.topic_typed.is_(True))
        query = select(_QUIZZES.c.topic).where(*own)
        newest = func.max(_QUIZZES.c.created_at)
        rows = await self._store.read(query.group_by(_QUIZZES.c.topic).order_by(newest.desc()).limit(most))
        return [row[0] for row in rows]

    async def add_request(self, request: StoredRequest) -> None:
        """Store a request. It replaces an earlier request in the conversation."""
        row = {
            "conversation_id": request.conversation_id,
            "run_id": request.run_id,
            "host_id": request.host_id,
            "locale": request.locale,
            "topic": request.topic,
            "topic_typed": request.topic_typed,
            "mode": request.mode,
            "difficulty": request.difficulty,
            "source": request.source,
            "feedback": request.feedback,
            "interaction_id": request.interaction_id,
            "name": request.name,
            "prompt": request.prompt,
            "instructions": request.instructions,
            "created_at": now(),
        }
        await self._store.write((_DROP_REQUEST, {"of": request.conversation_id}), (_ADD_REQUEST, row))

    async def add_explanation(self, request: ExplanationRequest) -> None:
        """Store a request for an explanation."""
        await self._store.write((_ADD_EXPLANATION, {**asdict(request), "created_at": now()}))

    async def explanation_by(self, interaction_id: int) -> ExplanationRequest | None:
        """The request for an explanation that was made by an interaction."""
        columns = [_EXPLANATIONS.c[each.name] for each in fields(ExplanationRequest)]
        rows = await self._store.read(select(*columns).where(_EXPLANATIONS.c.interaction_id == interaction_id))
        return ExplanationRequest(*rows[0]) if rows else None

    async def request_of(self, conversation_id: int, run_id: str) -> StoredRequest | None:
        """The request that a run of the conversation answers; None if there is none, or another run has answered it."""
        query = select(_REQUESTS).where(_REQUESTS.c.conversation_id == conversation_id)
        rows = await self._store.read(query)
        if not rows or rows[0].run_id not in {None, run_id}:
            return None
        return _request(rows[0])

    async def request_by(self, interaction_id: int) -> StoredRequest | None:
        """The request that was made by an interaction."""
        query = select(_REQUESTS).where(_REQUESTS.c.interaction_id == interaction_id)
        rows = await self._store.read(query)
        return _request(rows[0]) if rows else None

    async def set_request_run(self, conversation_id: int, run_id: str) -> None:
        """A run has answered the request of its conversation with a quiz."""
        await self._store.write((_SET_REQUEST_RUN, {"of": conversation_id, "by_run": run_id}))


def _open_since(within: timedelta) -> tuple[Any, ...]:
    return _OPEN, _QUIZZES.c.created_at >= now() - within


def _request(row: Row[Any]) -> StoredRequest:
    return StoredRequest(**{each.name: getattr(row, each.name) for each in fields(StoredRequest)})


def _only(rows: Sequence[Row[Any]]) -> str | None:
    return rows[0][0] if rows else None
