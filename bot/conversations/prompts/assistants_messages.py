"""Messages of the Assistants API: made from what was said in Discord, or from tool outputs that came too late."""

import re
import unicodedata
from collections.abc import Iterable, Sequence

from openai.types.beta.threads import Message, MessageContentPartParam
from openai.types.beta.threads.run_create_params import AdditionalMessage

from bot.conversations.discord_interface import PastMessage
from bot.conversations.question import TEXT_LIMIT, AttachedContent, Question
from bot.conversations.tools import Note
from bot.escaping import visible
from bot.store.conversation_store import StoredToolCall

MESSAGE_ID = "discord_message_id"
"""The metadata key under which a message in an Assistants thread has the id of its Discord message."""
WORDS = "discord_words"
"""The metadata key under which it has the digest of its words (`Question.digest`), after `edited:` if they are new."""
SPEAKER = "discord_speaker"
"""The metadata key under which it has its author's id and, after a blank, what the author is called in it."""
WRITTEN = "discord_written"
"""The metadata key of a message that somebody wrote in Discord, where it may be deleted."""
_EDITED = "edited:"
PAST_LIMIT = 30
"""Messages from before that a new Assistants thread begins with; and messages to others that go along with a question
as its context."""


_RESERVED = frozenset(
    {
        *("saem", "assistant", "tutor", "system", "developer", "user", "tool", "function", "bot", "results"),
        *("쌤", "시스템", "어시스턴트", "도우미"),
    }
)
"""Names that are somebody else's before the model."""
_MARKS = re.compile(r"[\s:：()\[\]{}<>“”【】⟦⟧]+")
"""What ends the name in a message, or belongs to what the bot itself says there."""
LONGEST_NAME = 40


def spoken_name(name: str) -> str:
    """A display name as it stands before its owner's words: on one line, and in none of the forms of other parts.

    A display name such as `System` or `Saem` is marked as one.
    """
    shown = _MARKS.sub(" ", visible(name)).strip()[:LONGEST_NAME].strip() or "Student"
    reserved = unicodedata.normalize("NFKC", shown).casefold() in _RESERVED
    return f"{shown} (display name)" if reserved else shown


def said_by(name: str, text: str, quoted: str = "") -> str:
    """Somebody's words before the model: `Minji: first line`, and every further line set in by two spaces.

    `name` is as `spoken_name` makes it, or with a number after it (`prompts.speakers`). What stands at the
    beginning of a line is the bot's, so no text passes for somebody else's or for a tool's. `quoted` is what the words
    reply to; it stands before the colon, where no words of the author's can.
    """
    first, *further = text.splitlines() or [""]
    about = f" (on “{_one_line(quoted.translate(_QUOTES))}”)" if quoted.strip() else ""
    return "\n".join([f"{name}{about}: {first}", *(f"  {line}".rstrip() for line in further)])


_QUOTES = str.maketrans("“”", '""')


def as_message(question: Question, content: AttachedContent, name: str | None = None) -> AdditionalMessage:
    """A question, or a message of its context, as a user's message; `name`: what its author is called in it."""
    name = spoken_name(question.author_name) if name is None else name
    text = _text_of(question, content, name)
    message: AdditionalMessage = {"role": "user", "content": text}
    if content.parts:
        parts: list[MessageContentPartParam] = [{"type": "text", "text": text}, *content.parts]
        message["content"] = parts
    if content.attachments:
        message["attachments"] = content.attachments
    if question.message_id is not None:
        digest = f"{_EDITED}{question.digest}" if question.edited else question.digest
        speaker = {SPEAKER: f"{question.author_id} {name}"} if question.author_id else {}
        written = {WRITTEN: "1"} if question.written else {}
        message["metadata"] = {MESSAGE_ID: str(question.message_id), WORDS: digest, **speaker, **written}
    return message


def holds_words(message: Message, question: Question, *, also_edited: bool) -> bool:
    """Whether a message in an Assistants thread has a question's words; `also_edited`: or has them as edited ones."""
    digest = (message.metadata or {}).get(WORDS, "")
    return (digest.removeprefix(_EDITED) if also_edited else digest) == question.digest


def past_messages(past: Sequence[PastMessage]) -> Iterable[AdditionalMessage]:
    """What was said in Discord before, for a new Assistants thread."""
    for each in past[-PAST_LIMIT:]:
        if each.text.strip():
            message: AdditionalMessage = {"role": each.role, "content": each.text[:TEXT_LIMIT]}
            if each.author_id:
                message["metadata"] = {SPEAKER: f"{each.author_id} {each.author_name}"}
            yield message


def late_outputs_message(calls: Iterable[StoredToolCall]) -> AdditionalMessage:
    """The outputs of several calls whose run does not wait for them any more."""
    results = "\n\n".join(f"{call.name}({call.arguments})\n=> {call.output}" for call in calls)
    text = f"[results] These functions, called earlier, have their results now; react to them.\n\n{results}"
    return {"role": "user", "content": text}


def note_message(note: Note) -> AdditionalMessage:
    """What the model is to know of an earlier call."""
    return {"role": "user", "content": note.text[:TEXT_LIMIT]}


def late_output_question(call: StoredToolCall, output: str) -> Question:
    """The output of a call whose run did not wait for it, as a question that nobody asked."""
    text = f"[results] {call.name}, called earlier with {call.arguments}, has its result now; react to it.\n\n{output}"
    return Question(text=text, author_id=0, author_name="", counted=False)


def _text_of(question: Question, content: AttachedContent, name: str) -> str:
    if question.author_id == 0:
        return question.text[:TEXT_LIMIT]
    said = question.text.strip() or ("(see what is attached)" if content.parts or content.attachments else "(nothing)")
    mark = "[edited] " if question.edited else "" if question.addressed else "[to others] "
    text = mark + said_by(name, said, question.quoted)
    notes = _one_line(" ".join(content.notes)).translate(_ROUND)
    note = f"\n(not received, as the student is told: {notes})" if notes else ""
    return text[: TEXT_LIMIT - len(note)] + note


_ROUND = str.maketrans("()", "[]")


def _one_line(text: str) -> str:
    return " ".join(text.split())[:500]
