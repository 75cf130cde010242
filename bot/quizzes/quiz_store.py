"""The store of quizzes: records of quizzes, responses, results and requests in the bot's database."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import timedelta
from typing import Any, Final, NamedTuple

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, Row, bindparam, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.quizzes.arguments import Quiz
from bot.quizzes.choices import Order
from bot.quizzes.session import LONGEST_PAUSE, Difficulty, Effect, Mode, Phase, QuizSession, Response, Source
from bot.quizzes.tables import (
    QuizExplanationRow,
    QuizPlayerRow,
    QuizRequestRow,
    QuizResponseRow,
    QuizResultRow,
    QuizRow,
)
from bot.sentences import Locale
from bot.store.base import now, table_of
from bot.store.group_commit import Statement
from bot.store.store import Store
from bot.store.tables import ToolCallRow

_ORDERS: Final = TypeAdapter(tuple[Order, ...])
_OVER: Final = (Phase.FINISHED.value, Phase.CANCELLED.value)


_QUIZZES, _RESPONSES = table_of(QuizRow), table_of(QuizResponseRow)
_RESULTS, _REQUESTS = table_of(QuizResultRow), table_of(QuizRequestRow)
_PLAYERS, _CALLS = table_of(QuizPlayerRow), table_of(ToolCallRow)
_EXPLANATIONS = table_of(QuizExplanationRow)

_STATE: Final = ("phase", "position", "furthest", "opened_at", "deadline", "paused_at", "delivered")
_ADD: Final = insert(_QUIZZES)
_ADD_RESULT: Final = insert(_RESULTS)
_ADD_PLAYER: Final = insert(_PLAYERS)
_ADD_EXPLANATION: Final = insert(_EXPLANATIONS)
_SET_STATE: Final = (
    update(_QUIZZES)
    .where(_QUIZZES.c.id == bindparam("of"))
    .values({name: bindparam(name) for name in (*_STATE, "due", "untold")})
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


@dataclass(frozen=True, slots=True)
class QuizRecord:
    """A quiz with all that is stored of it."""

    id: str
    call_id: str
    guild_id: int
    """0 in direct messages."""
    channel_id: int
    locale: Locale
    topic: str
    session: QuizSession
    due: Effect | None = None
    """An effect that is not carried out yet."""
    message_id: int | None = None
    """The Discord message that shows it."""
    message_question: int | None = None
    """The index of the question that this message was posted for (see `screens.shown_question`)."""
    topic_typed: bool = True
    """Whether the student typed the topic; otherwise it is the quiz's title."""
    untold: bool = False
    """Whether the model has to be told of it with the next question in its conversation."""
    difficulty: Difficulty | None = None
    source: Source | None = None
    followed: bool = False
    """Whether the next quiz was asked for by a button under the results."""


@dataclass(frozen=True, slots=True)
class StoredRequest:
    """A student's request for a quiz, as it is stored."""

    conversation_id: int
    host_id: int
    locale: Locale
    topic: str
    mode: Mode
    run_id: str | None = None
    """The run that answers it; None: none has yet."""
    interaction_id: int = 0
    name: str = ""
    """The student's display name."""
    prompt: str = ""
    """What the student asks, in words for the model."""
    instructions: str = ""
    """Instructions of the run that answers it."""
    topic_typed: bool = True
    """Whether the student typed the topic; otherwise it is how a message or an answer begins."""
    difficulty: Difficulty | None = None
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class ExplanationRequest:
    """A student's request, by a button, to have the question with that index explained."""

    interaction_id: int
    conversation_id: int
    student_id: int
    name: str
    """The student's display name."""
    quiz_id: str
    question: int


class QuizToRecover(NamedTuple):
    """A quiz that must go on after a restart though nobody presses a button, and the effect that is due."""

    quiz_id: str
    guild_id: int
    due: str | None


class QuizStore:
    """Named reads and writes of quizzes."""

    def __init__(self, store: Store) -> None:
        self._store = store
        dialect = sqlite if store.dialect == "sqlite" else postgresql
        adding = dialect.insert(_RESPONSES)
        values = {name: adding.excluded[name] for name in ("choice", "name", "at", "seconds")}
        self._put_response = adding.on_conflict_do_update(
            index_elements=["quiz_id", "student_id", "question"], set_=values
        )

    async def add(self, record: QuizRecord) -> None:
        """Store a new quiz."""
        await self._store.write((_ADD, quiz_row(record)))

    async def save(
        self, record: QuizRecord, responded: tuple[int, int] | None = None, *, joined: int | None = None
    ) -> None:
        """Store the state of a quiz; if `responded` is given, the response of that `(student, question)`; if `joined`
        is, that this student has joined.

        Of a finished quiz the results are stored as well.
        """
        statements: list[Statement] = [(_SET_STATE, _state_row(record))]
        if responded is not None:
            statements.append((self._put_response, response_row(record, *responded)))
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

    async def of_call(self, call_id: str) -> str | None:
        """The id of the quiz that a call asked for."""
        return _only(await self._store.read(select(_QUIZZES.c.id).where(_QUIZZES.c.call_id == call_id)))

    async def of_message(self, message_id: int) -> str | None:
        """The id of the quiz that a message shows."""
        return _only(await self._store.read(select(_QUIZZES.c.id).where(_QUIZZES.c.message_id == message_id)))

    async def to_recover(self) -> Sequence[QuizToRecover]:
        """The quizzes with an effect that is due, an open question with a deadline, or no message yet."""
        open_now = _QUIZZES.c.phase.not_in(_OVER) & (_QUIZZES.c.deadline.is_not(None) | _QUIZZES.c.message_id.is_(None))
        columns = (_QUIZZES.c.id, _QUIZZES.c.guild_id, _QUIZZES.c.due)
        query = select(*columns).where(open_now | _QUIZZES.c.due.is_not(None))
        return [QuizToRecover(*row) for row in await self._store.read(query)]

    async def overdue(self, at: float) -> Sequence[tuple[str, int]]:
        """The ids and guilds of the quizzes whose time was up at `at` (see `QuizSession.due_at`)."""
        running = (_QUIZZES.c.phase.not_in(_OVER), _QUIZZES.c.deadline <= at)
        not_paused = _QUIZZES.c.paused_at.is_(None) | (_QUIZZES.c.paused_at <= at - LONGEST_PAUSE)
        query = select(_QUIZZES.c.id, _QUIZZES.c.guild_id).where(*running, not_paused)
        return [(row.id, row.guild_id) for row in await self._store.read(query)]

    async def open_in(self, channel_id: int) -> Sequence[str]:
        """The ids of the quizzes that are played in a channel."""
        query = select(_QUIZZES.c.id).where(_QUIZZES.c.channel_id == channel_id, _QUIZZES.c.phase.not_in(_OVER))
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


def _open_since(within: timedelta) -> tuple[ColumnElement[bool], ...]:
    return _QUIZZES.c.phase.not_in(_OVER), _QUIZZES.c.created_at >= now() - within


def quiz_row(record: QuizRecord) -> dict[str, Any]:
    """The row of `quizzes`."""
    session = record.session
    return {
        "id": record.id,
        "call_id": record.call_id,
        "guild_id": record.guild_id,
        "channel_id": record.channel_id,
        "host_id": session.host,
        "locale": record.locale,
        "topic": record.topic,
        "topic_typed": record.topic_typed,
        "mode": session.mode,
        "quiz": session.quiz.model_dump_json(),
        "orders": _ORDERS.dump_json(session.orders).decode(),
        "open_for": session.open_for,
        **{name: getattr(session, name) for name in _STATE},
        "due": record.due,
        "untold": record.untold,
        "difficulty": record.difficulty,
        "source": record.source,
        "followed": record.followed,
        "message_id": record.message_id,
        "message_question": record.message_question,
        "created_at": now(),
    }


def _state_row(record: QuizRecord) -> dict[str, Any]:
    state = {name: getattr(record.session, name) for name in _STATE}
    return {"of": record.id, **state, "due": record.due, "untold": record.untold}


def response_row(record: QuizRecord, student: int, question: int) -> dict[str, Any]:
    """The row of `quiz_answers` for a response."""
    response = record.session.responses[student][question]
    return {
        "quiz_id": record.id,
        "student_id": student,
        "question": question,
        "choice": response.choice,
        "name": record.session.names[student],
        "at": response.at,
        "seconds": response.seconds,
    }


def player_row(record: QuizRecord, student: int) -> dict[str, Any]:
    """The row of `quiz_players` for a student who has joined."""
    joined = record.session.joined
    return {"quiz_id": record.id, "student_id": student, "name": joined[student], "place": list(joined).index(student)}


def record_of(
    row: Mapping[str, Any],
    response_rows: Iterable[Mapping[str, Any]],
    player_rows: Iterable[Mapping[str, Any]] = (),
) -> QuizRecord:
    """A record from its rows; those of responses and of players come in the order in which they came to be."""
    responses: dict[int, dict[int, Response]] = {}
    names: dict[int, str] = {}
    for each in response_rows:
        response = Response(each["choice"], each["at"], each["seconds"])
        responses.setdefault(each["student_id"], {})[each["question"]] = response
        names[each["student_id"]] = each["name"]
    session = QuizSession(
        quiz=Quiz.model_validate_json(row["quiz"]),
        mode=row["mode"],
        host=row["host_id"],
        orders=_ORDERS.validate_json(row["orders"]),
        open_for=row["open_for"],
        responses=responses,
        names=names,
        joined={each["student_id"]: each["name"] for each in player_rows},
        **{name: row[name] for name in _STATE},
    )
    return QuizRecord(
        id=row["id"],
        call_id=row["call_id"],
        guild_id=row["guild_id"],
        channel_id=row["channel_id"],
        locale=row["locale"],
        topic=row["topic"],
        session=replace(session, phase=Phase(row["phase"])),
        due=None if row["due"] is None else Effect(row["due"]),
        message_id=row["message_id"],
        message_question=row["message_question"],
        topic_typed=row["topic_typed"],
        untold=row["untold"],
        difficulty=row["difficulty"],
        source=row["source"],
        followed=row["followed"],
    )


def result_rows(record: QuizRecord) -> list[dict[str, Any]]:
    """The rows of `quiz_results`. Solo, skipped questions have a row too; of a group, only the questions answered."""
    session = record.session
    students = (session.host,) if session.mode == "solo" else tuple(session.responses)
    return [
        _result_row(record, student, index)
        for student in students
        for index in range(session.count)
        if session.mode == "solo" or session.response(student, index) is not None
    ]


def _result_row(record: QuizRecord, student: int, index: int) -> dict[str, Any]:
    question = record.session.quiz.questions[index]
    response = record.session.response(student, index)
    return {
        "quiz_id": record.id,
        "student_id": student,
        "question": index,
        "guild_id": record.guild_id,
        "topic": record.topic,
        "asked": question.question_text,
        "choices": json.dumps(question.choices, ensure_ascii=False),
        "chosen": None if response is None else response.choice,
        "right": question.answer,
        "explanation": question.explanation,
        "seconds": None if response is None else response.seconds,
        "finished_at": now(),
    }


def _request(row: Row[Any]) -> StoredRequest:
    return StoredRequest(**{each.name: getattr(row, each.name) for each in fields(StoredRequest)})


def _only(rows: Sequence[Row[Any]]) -> str | None:
    return rows[0][0] if rows else None
