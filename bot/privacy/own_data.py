"""All that is kept about one student, as a zip: their rows as JSON, their words and the answers to them, their files.

What others have said is left out, also in threads of several.
"""

import io
import json
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import openai
import structlog
from openai import AsyncOpenAI
from openai.types.beta.threads import Message
from sqlalchemy import Table, select

from bot.conversations.prompts.assistants_messages import SPEAKER
from bot.library.library_store import FileRecord
from bot.store.base import table_of
from bot.store.schema import whole_schema
from bot.store.store import Store
from bot.store.tables import AnswerRow, ConversationRow, QuestionRow

log = structlog.get_logger(__name__)

OWNERS: Final[Mapping[str, str]] = {
    "budgets": "subject_id",
    "card_pictures": "owner_id",
    "card_requests": "student_id",
    "card_reviews": "owner_id",
    "card_sets": "host_id",
    "card_starts": "student_id",
    "cards": "owner_id",
    "decks": "owner_id",
    "forgettings": "student_id",
    "held_answers": "student_id",
    "hint_ladders": "student_id",
    "library_direct": "user_id",
    "library_files": "author_id",
    "library_uploads": "author_id",
    "questions": "author_id",
    "quiz_answers": "student_id",
    "quiz_explanations": "student_id",
    "quiz_players": "student_id",
    "quiz_reports": "student_id",
    "quiz_requests": "host_id",
    "quiz_results": "student_id",
    "quiz_starts": "student_id",
    "quizzes": "host_id",
    "reminders": "student_id",
    "review_sessions": "student_id",
    "server_setting_changes": "changed_by",
    "student_runs": "student_id",
    "study_results": "student_id",
    "token_charges": "student_id",
}
"""By table: the column that names the student whose the row is."""
WITHOUT: Final[Mapping[str, frozenset[str]]] = {
    "held_answers": frozenset({"answer"}),
    "hint_ladders": frozenset({"help"}),
    "quizzes": frozenset({"quiz", "orders"}),
}
"""Columns that are not told: the answers of exercises and quizzes that may be open still."""

_QUESTIONS, _ANSWERS, _CONVERSATIONS = table_of(QuestionRow), table_of(AnswerRow), table_of(ConversationRow)


@dataclass(frozen=True, slots=True)
class OwnData:
    """The zip, and the names of the files that did not fit into it or cannot be had."""

    archive: bytes
    left_out: tuple[str, ...]


class OwnDataReader:
    """Gathers what is kept about a student."""

    def __init__(self, store: Store, client: AsyncOpenAI) -> None:
        self._store = store
        self._client = client
        self._schema = whole_schema()

    async def of(self, student_id: int, files: Iterable[FileRecord], limit: int) -> OwnData:
        """All of a student, in at most about `limit` bytes."""
        packed = io.BytesIO()
        left_out: list[str] = []
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("conversations.json", _json(await self._conversations(student_id)))
            for name, column in OWNERS.items():
                rows = await self._rows(self._schema.tables[name], column, student_id)
                if rows:
                    archive.writestr(f"{name}.json", _json(rows))
            for record in files:
                data = await self._content(record)
                if data is None or packed.tell() + len(data) > limit:
                    left_out.append(record.filename)
                else:
                    archive.writestr(f"files/{record.attachment_id}-{_plain(record.filename)}", data)
            if left_out:
                archive.writestr("left-out.txt", "\n".join(left_out))
        return OwnData(packed.getvalue(), tuple(left_out))

    async def _rows(self, table: Table, column: str, student_id: int) -> list[dict[str, Any]]:
        hidden = WITHOUT.get(table.name, frozenset())
        shown = [each for each in table.columns if each.name not in hidden]
        rows = await self._store.read(select(*shown).where(table.columns[column] == student_id))
        return [{each.name: value for each, value in zip(shown, row, strict=True)} for row in rows]

    async def _conversations(self, student_id: int) -> list[dict[str, Any]]:
        asked = (
            select(_CONVERSATIONS.c.id, _CONVERSATIONS.c.guild_id, _CONVERSATIONS.c.thread_id)
            .where(
                _CONVERSATIONS.c.id.in_(
                    select(_QUESTIONS.c.conversation_id).where(_QUESTIONS.c.author_id == student_id)
                )
            )
            .order_by(_CONVERSATIONS.c.id)
        )
        answered = (
            select(_ANSWERS.c.run_id)
            .join(_QUESTIONS, _QUESTIONS.c.answer_id == _ANSWERS.c.id)
            .where(_QUESTIONS.c.author_id == student_id, _ANSWERS.c.run_id.is_not(None))
        )
        runs = {row[0] for row in await self._store.read(answered)}
        found = []
        for conversation_id, guild_id, thread_id in await self._store.read(asked):
            said = [] if thread_id is None else await self._said(thread_id, student_id, runs)
            found.append({"channel": str(conversation_id), "server": str(guild_id), "messages": said})
        return found

    async def _said(self, thread_id: str, student_id: int, runs: set[str]) -> list[dict[str, Any]]:
        """The student's messages in a thread, and the answers to them, oldest first."""
        said = []
        try:
            async for message in self._client.beta.threads.messages.list(thread_id, order="asc", limit=100):
                mine = (message.metadata or {}).get(SPEAKER, "").split(" ")[0] == str(student_id)
                if mine or (message.role == "assistant" and message.run_id in runs):
                    who = "you" if mine else "Saem"
                    at = datetime.fromtimestamp(message.created_at).astimezone().isoformat()
                    said.append({"from": who, "at": at, "text": _text(message)})
        except openai.NotFoundError:
            log.info("own_data.thread_gone", thread=thread_id)
        return said

    async def _content(self, record: FileRecord) -> bytes | None:
        if record.file_id is None:
            return None
        try:
            return (await self._client.files.content(record.file_id)).content
        except openai.OpenAIError as error:
            log.info("own_data.file_not_read", file=record.file_id, cause=error)
            return None


def _text(message: Message) -> str:
    return "\n".join(part.text.value for part in message.content if part.type == "text")


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1, default=_plain_value)


def _plain_value(value: object) -> object:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bytes | bytearray | memoryview):
        return f"({len(bytes(value))} bytes)"
    return str(value)


def _plain(filename: str) -> str:
    """A name that is one file's in every system."""
    return "".join(char if char.isalnum() or char in "._- ()" else "_" for char in filename)[-100:] or "file"
