"""Databases as years of use leave them: rows of every kind that starts and questions read."""

import json
import random
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncEngine

from assistants.retrieval.index_protocol import Index
from assistants.retrieval.postgres_index import PostgresIndex
from assistants.retrieval.sqlite_index import SqliteIndex
from assistants.store.assistants import Assistant
from assistants.store.files import File
from assistants.store.messages import Message
from assistants.store.run_steps import RunStep
from assistants.store.runs import Run
from assistants.store.schema import MIGRATIONS as SERVER_MIGRATIONS
from assistants.store.store import Store
from assistants.store.threads import Thread
from assistants.store.vector_stores import VectorStore, VectorStoreFile
from benchmarks.start.sizes import Sizes
from bot.hints.tables import LadderRow
from bot.learning.tables import StudyResultRow
from bot.library.tables import LibraryChannelRow, LibraryFileRow
from bot.quizzes.storage.tables import QuizResponseRow, QuizResultRow, QuizRow
from bot.store.notes import ALIVE_AT
from bot.store.schema import MIGRATIONS
from bot.store.tables import (
    AnswerMessageRow,
    AnswerRow,
    ConversationRow,
    GuildRow,
    NoteRow,
    QuestionRow,
    ServerSettingRow,
    TokenChargeRow,
    ToolCallRow,
)
from database.database import Database, open_database

AT_ONCE = 1_000
"""Rows of one statement."""
DAYS = 400
"""How far back the first question lies."""
_EPOCH_MS = 1_420_070_400_000
Rows = Iterator[tuple[Any, dict[str, Any]]]


class BigDatabase:
    """What is written into both databases: the guilds and threads of `crowd.py`, and as many more as there shall be."""

    def __init__(
        self,
        sizes: Sizes,
        guilds: Sequence[Sequence[int]],
        threads: Sequence[Sequence[int]],
        files: Sequence[Sequence[int]],
    ) -> None:
        self._sizes = sizes
        self._guilds = guilds
        self._files = files
        self._random = random.Random(1)
        self._now = datetime.now(UTC)
        old = self._snowflake(self._now - timedelta(days=DAYS))
        others = ((old + number, guilds[number % len(guilds)][0]) for number in range(sizes.conversations))
        self._conversations = [*map(tuple, threads), *others][: sizes.conversations]
        self._conversations[-sizes.conversations // 10 :] = [
            (each, 0) for each, _ in self._conversations[-sizes.conversations // 10 :]
        ]

    async def write(self, bot_url: str, server_url: str, index: Path) -> None:
        async with open_database(bot_url, MIGRATIONS) as database:
            for rows in (self._of_guilds, self._of_conversations, self._of_questions, self._of_quizzes, self._of_files):
                await _insert(database.writer, rows())
            await _analyze(database.writer)
        async with open_database(server_url, SERVER_MIGRATIONS) as database:
            await _prepare_index(database, index)
            for rows in (self._server_guilds, self._server_threads, self._server_messages, self._server_files):
                await _insert(database.writer, rows())
            await _analyze(database.writer)

    def _snowflake(self, moment: datetime) -> int:
        return (int(moment.timestamp() * 1000) - _EPOCH_MS) << 22

    def _moment(self, number: int) -> datetime:
        """When the question of that number was asked: the newest ten minutes ago."""
        ago = timedelta(days=DAYS) * (1 - number / self._sizes.questions)
        return self._now - timedelta(minutes=10) - ago

    # The bot's

    def _of_guilds(self) -> Rows:
        away = (self._now - timedelta(seconds=self._sizes.away)).isoformat()
        yield NoteRow, {"name": ALIVE_AT, "value": away}
        yield NoteRow, {"name": "library.channels_named", "value": "1"}
        for guild, *channels in self._guilds:
            ids = {"assistant_id": f"asst_{guild}", "digest": "old", "vector_store_id": f"vs_{guild}"}
            yield GuildRow, {"guild_id": guild, **ids}
            yield ServerSettingRow, {"guild_id": guild, "channel_id": 0, "name": "mode", "value": "answer"}
            seen = self._snowflake(self._now + timedelta(days=1))
            yield (
                LibraryChannelRow,
                {"channel_id": channels[-1], "guild_id": guild, "watched": None, "seen_message_id": seen},
            )

    def _of_conversations(self) -> Rows:
        recent = self._snowflake(self._now - timedelta(days=20))
        for number, (conversation, guild) in enumerate(self._conversations):
            yield (
                ConversationRow,
                {
                    "id": conversation,
                    "guild_id": guild,
                    "channel_id": conversation,
                    "thread_id": f"thread_{number}",
                    "owned": True,
                    "last_message_id": recent + number,
                },
            )

    def _of_questions(self) -> Rows:
        for number in range(self._sizes.questions):
            conversation, guild = self._conversations[number % len(self._conversations)]
            moment = self._moment(number)
            message, answer, day = self._snowflake(moment) + number % 4096, f"answer_{number}", f"{moment:%Y-%m-%d}"
            student = 10_000 + number % 5_000
            yield (
                QuestionRow,
                {
                    "message_id": message,
                    "conversation_id": conversation,
                    "channel_id": conversation,
                    "author_id": student,
                    "state": "answered",
                    "answer_id": answer,
                    "created_at": moment,
                },
            )
            yield (
                AnswerRow,
                {
                    "id": answer,
                    "conversation_id": conversation,
                    "run_id": f"run_{number}",
                    "state": "completed",
                    "created_at": moment,
                },
            )
            yield AnswerMessageRow, {"message_id": message + 1, "answer_id": answer}
            if self._now - moment < timedelta(days=62):
                charge = {"guild_id": guild, "student_id": student, "tokens": 900, "run_id": f"run_{number}"}
                yield TokenChargeRow, {"id": answer, "day": day, **charge}

    def _of_quizzes(self) -> Rows:
        quiz = json.dumps(_QUIZ)
        for number in range(self._sizes.quizzes):
            conversation, guild = self._conversations[number % len(self._conversations)]
            name, call, student = f"{number:016x}", f"call_{number}", 10_000 + number % 5_000
            moment = self._moment(number * self._sizes.questions // self._sizes.quizzes)
            yield ToolCallRow, _call(call, conversation, number, moment, quiz)
            yield QuizRow, _quiz_row(name, call, conversation, guild, student, moment, quiz)
            for question in range(3):
                own = {"quiz_id": name, "student_id": student, "question": question}
                timing = {"at": moment.timestamp(), "seconds": 4.0}
                yield QuizResponseRow, {**own, "choice": 1, "name": "Student", "second": None, **timing}
                result = {"topic": f"topic {number % 50}", "asked": "2 + 2?", "choices": '["3", "4"]', "chosen": 1}
                about = {"right": 1, "explanation": None, "seconds": 4.0, "finished_at": moment}
                yield QuizResultRow, {**own, "guild_id": guild, **result, **about}
                study = {"student_id": student, "source": "quiz", "source_id": name, "number": question}
                where = {"guild_id": guild, "channel_id": conversation, "topic": result["topic"]}
                yield StudyResultRow, {**study, **where, "right": True, "seconds": 4.0, "at": moment.timestamp()}
            if number % 2:
                yield LadderRow, _ladder_row(name, f"help_{number}", conversation, guild, student, moment)

    def _of_files(self) -> Rows:
        for number, (attachment, message) in enumerate(self._files):
            guild, *channels = self._guilds[number % len(self._guilds)]
            yield (
                LibraryFileRow,
                {
                    "attachment_id": attachment,
                    "kind": "library",
                    "guild_id": guild,
                    "channel_id": channels[-1],
                    "message_id": message,
                    "author_id": 10_000 + number % 5_000,
                    "filename": f"chapter {number}.pdf",
                    "size": 1000,
                    "state": "ready",
                    "sha256": f"{number:064x}",
                    "file_id": f"file-{number}",
                    "marked": True,
                },
            )

    # The Assistants server's

    def _server_guilds(self) -> Rows:
        for guild, *_ in self._guilds:
            shown = {"name": "Saem", "description": None, "model": "gpt-6-luna", "instructions": "Tutor."}
            usual = {"tools": [], "tool_resources": {}, "metadata": {}, "temperature": 1.0, "top_p": 1.0}
            rest = {"reasoning_effort": None, "response_format": "auto"}
            yield Assistant, {"id": f"asst_{guild}", "created_at": 1, **shown, **usual, **rest}
            active: dict[str, Any] = {"metadata": {}, "expires_after": None, "last_active_at": int(time.time())}
            yield VectorStore, {"id": f"vs_{guild}", "created_at": 1, "name": "Library", "description": None, **active}

    def _server_threads(self) -> Rows:
        for number in range(len(self._conversations)):
            yield Thread, {"id": f"thread_{number}", "created_at": 1, "tool_resources": {}, "metadata": {}}

    def _server_messages(self) -> Rows:
        words = "Because the square of a sum is not the sum of the squares. " * 5
        for number in range(self._sizes.questions):
            at, thread = int(self._moment(number).timestamp()), f"thread_{number % len(self._conversations)}"
            run = {"thread_id": thread, "assistant_id": "asst_1"}
            yield Run, _run_row(f"run_{number}", at, run)
            ended = {"status": "completed", "completed_at": at}
            yield RunStep, {**_step_row(f"step_{number}", at, run, f"run_{number}"), **ended}
            for name, role, of in (("q", "user", None), ("a", "assistant", f"run_{number}")):
                content = [{"type": "text", "text": {"value": words, "annotations": []}}]
                ids = {"id": f"msg_{name}{number}", "created_at": at, "tokens": 80, "thread_id": thread, "role": role}
                rest: dict[str, Any] = {
                    "assistant_id": None,
                    "run_id": of,
                    "content": content,
                    "attachments": [],
                    "metadata": {},
                }
                yield Message, {**ids, **ended, **rest, "incomplete_details": None, "incomplete_at": None}

    def _server_files(self) -> Rows:
        for number in range(self._sizes.files):
            guild, *_ = self._guilds[number % len(self._guilds)]
            name = {"id": f"file-{number}", "created_at": 1, "filename": f"chapter {number}.pdf", "turn": None}
            yield File, {**name, "purpose": "assistants", "bytes": 1000, "sha256": f"{number:064x}", "expires_at": None}
            kept = {"vector_store_id": f"vs_{guild}", "file_id": f"file-{number}", "batch_id": None}
            how = {"chunk_size": 800, "chunk_overlap": 400, "attributes": {}, "usage_bytes": 1000, "passages": 3}
            state = {"status": "completed", "last_error": None, "attempts": 1, "owner": None, "lease_until": None}
            yield (
                VectorStoreFile,
                {
                    "created_at": 1,
                    **kept,
                    **how,
                    **state,
                    "embedded_by": None,
                    "unread_pages": None,
                    "embedding_tokens": 0,
                },
            )


_QUIZ = {
    "title": "Sums",
    "questions": [
        {"question_text": f"What is {number} + 2?", "choices": ["3", str(number + 2)], "answer": 1, "explanation": None}
        for number in range(3)
    ],
}


def _call(call: str, conversation: int, number: int, moment: datetime, arguments: str) -> dict[str, Any]:
    ids = {"call_id": call, "conversation_id": conversation, "answer_id": f"answer_{number}"}
    run = {"thread_id": "thread_0", "run_id": f"run_{number}", "name": "generate_quiz", "arguments": arguments}
    return {**ids, **run, "output": "{}", "submitted": True, "created_at": moment}


def _quiz_row(
    name: str, call: str, conversation: int, guild: int, student: int, moment: datetime, quiz: str
) -> dict[str, Any]:
    return {
        "id": name,
        "call_id": call,
        "guild_id": guild,
        "channel_id": conversation,
        "host_id": student,
        "locale": "en",
        "topic": "Sums",
        "topic_typed": True,
        "mode": "solo",
        "quiz": quiz,
        "orders": "[[0,1],[0,1],[0,1]]",
        "open_for": 30.0,
        "phase": "finished",
        "position": 2,
        "furthest": 2,
        "opened_at": moment.timestamp(),
        "deadline": None,
        "paused_at": None,
        "delivered": True,
        "due": None,
        "message_id": conversation + 1,
        "message_question": 2,
        "difficulty": None,
        "source": None,
        "created_at": moment,
    }


def _ladder_row(name: str, call: str, conversation: int, guild: int, student: int, moment: datetime) -> dict[str, Any]:
    return {
        "id": name,
        "call_id": call,
        "conversation_id": conversation,
        "guild_id": guild,
        "channel_id": conversation,
        "student_id": student,
        "locale": "en",
        "mode": "answer",
        "opens_after": 2,
        "help": "{}",
        "begun_at": moment.timestamp(),
        "phase": "solved",
        "state": "{}",
        "due": None,
        "message_id": conversation + 1,
        "created_at": moment,
    }


def _run_row(name: str, at: int, of: dict[str, Any]) -> dict[str, Any]:
    ended = dict.fromkeys(("expires_at", "cancelled_at", "failed_at", "required_action", "last_error"))
    unset = dict.fromkeys(("incomplete_details", "reasoning_effort", "max_prompt_tokens", "max_completion_tokens"))
    settings = {"temperature": 1.0, "top_p": 1.0, "truncation_strategy": {"type": "auto"}, "tool_choice": "auto"}
    usage = {"usage": {"prompt_tokens": 80, "completion_tokens": 80, "total_tokens": 160}, "parallel_tool_calls": True}
    made = {"model": "gpt-6-luna", "instructions": "Tutor. " * 200, "tools": [], "tool_resources": {}, "metadata": {}}
    times = {"id": name, "created_at": at, "started_at": at, "completed_at": at, "status": "completed"}
    owner: dict[str, Any] = {
        "owner": None,
        "lease_until": None,
        "restarts": None,
        "response_format": "auto",
        "items": [],
    }
    return {**times, **of, **ended, **unset, **settings, **usage, **made, **owner}


def _step_row(name: str, at: int, of: dict[str, Any], run: str) -> dict[str, Any]:
    unset = dict.fromkeys(("expires_at", "expired_at", "cancelled_at", "failed_at", "last_error", "usage"))
    details = {"type": "message_creation", "message_creation": {"message_id": f"msg_a{name.removeprefix('step_')}"}}
    return {
        "id": name,
        "created_at": at,
        **of,
        **unset,
        "run_id": run,
        "type": details["type"],
        "step_details": details,
    }


async def _insert(engine: AsyncEngine, rows: Rows) -> None:
    """Insert rows, many of a table together, in the order of the tables' first rows."""
    while some := list(islice(rows, AT_ONCE)):
        tables: dict[Any, list[dict[str, Any]]] = {}
        for table, values in some:
            tables.setdefault(table, []).append(values)
        async with engine.begin() as connection:
            for table, many in tables.items():
                await connection.execute(insert(table.__table__), many)


async def _prepare_index(database: Database, path: Path) -> None:
    """Make the index, as a new one would have the server read all files again."""
    on_postgres = database.dialect == "postgresql"
    index: Index = PostgresIndex(Store(database)) if on_postgres else SqliteIndex(path)
    await index.prepare()
    await index.close()


async def _analyze(engine: AsyncEngine) -> None:
    """Let the planner know the tables' sizes, as PostgreSQL does by itself some minutes later."""
    if engine.dialect.name == "postgresql":
        async with engine.begin() as connection:
            await connection.exec_driver_sql("ANALYZE")
