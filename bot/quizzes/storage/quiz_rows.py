"""Quizzes as rows of the database, and back."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

from pydantic import TypeAdapter

from bot.quizzes.arguments.quiz import Quiz, QuizQuestion
from bot.quizzes.session.choices import Order
from bot.quizzes.session.events import Effect
from bot.quizzes.session.quiz_session import Phase, QuizSession, Response
from bot.quizzes.storage.quiz_records import QuizRecord
from bot.store.base import now

_ORDERS: Final = TypeAdapter(tuple[Order, ...])

_WAITING: Final = TypeAdapter(tuple[QuizQuestion, ...])
QUESTIONS: Final = ("quiz", "orders", "waiting", "left_out")
STATE: Final = ("phase", "position", "furthest", "opened_at", "deadline", "paused_at", "delivered")


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
        "open_for": session.open_for,
        "feedback": session.feedback,
        **_questions(session),
        **{name: getattr(session, name) for name in STATE},
        "due": record.due,
        "untold": record.untold,
        "difficulty": record.difficulty,
        "source": record.source,
        "followed": record.followed,
        "message_id": record.message_id,
        "message_question": record.message_question,
        "created_at": now(),
    }


def state_row(record: QuizRecord) -> dict[str, Any]:
    """What changes in the row of `quizzes` with an event."""
    state = {name: getattr(record.session, name) for name in STATE}
    return {"of": record.id, **state, "due": record.due, "untold": record.untold}


def questions_row(record: QuizRecord) -> dict[str, Any]:
    """What changes in the row of `quizzes` when questions were checked."""
    return {"of": record.id, **_questions(record.session)}


def _questions(session: QuizSession) -> dict[str, Any]:
    return {
        "quiz": session.quiz.model_dump_json(),
        "orders": _ORDERS.dump_json(session.orders).decode(),
        "waiting": _WAITING.dump_json(session.waiting).decode(),
        "left_out": session.left_out,
    }


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
        "second": response.second,
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
        response = Response(each["choice"], each["at"], each["seconds"], each["second"])
        responses.setdefault(each["student_id"], {})[each["question"]] = response
        names[each["student_id"]] = each["name"]
    session = QuizSession(
        quiz=Quiz.model_validate_json(row["quiz"]),
        mode=row["mode"],
        host=row["host_id"],
        orders=_ORDERS.validate_json(row["orders"]),
        open_for=row["open_for"],
        feedback=row["feedback"],
        waiting=_WAITING.validate_json(row["waiting"]),
        left_out=row["left_out"],
        responses=responses,
        names=names,
        joined={each["student_id"]: each["name"] for each in player_rows},
        **{name: row[name] for name in STATE},
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
    """The rows of `quiz_results`: of the questions that were answered, and of those that were missed."""
    session = record.session
    students = (session.host,) if session.mode == "solo" else tuple(session.responses)
    return [
        _result_row(record, student, index)
        for student in students
        for index in range(session.count)
        if session.response(student, index) is not None or session.missed(student, index)
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
