"""Messages of the Assistants API: made from what was said in Discord, or from tool outputs that came too late."""

import re
from collections.abc import Iterable, Sequence

from openai.types.beta.threads import MessageContentPartParam
from openai.types.beta.threads.run_create_params import AdditionalMessage

from bot.conversations.discord_interface import PastMessage
from bot.conversations.question import TEXT_LIMIT, AttachedContent, Question
from bot.store.conversation_store import StoredToolCall

MESSAGE_ID = "discord_message_id"
"""The metadata key under which a message in an Assistants thread has the id of its Discord message."""
PAST_LIMIT = 30
"""Messages from before that a new Assistants thread begins with; and messages to others that go along with a question
as its context."""


def spoken_name(name: str) -> str:
    """A display name on one line, without a colon, which ends the name in a message."""
    return re.sub(r"[\s:]+", " ", name).strip()[:40] or "Student"


def as_message(question: Question, content: AttachedContent) -> AdditionalMessage:
    """A question, or a message of its context, as a user's message."""
    text = _text_of(question, content)
    message: AdditionalMessage = {"role": "user", "content": text}
    if content.parts:
        parts: list[MessageContentPartParam] = [{"type": "text", "text": text}, *content.parts]
        message["content"] = parts
    if content.attachments:
        message["attachments"] = content.attachments
    if question.message_id is not None:
        message["metadata"] = {MESSAGE_ID: str(question.message_id)}
    return message


def past_messages(past: Sequence[PastMessage]) -> Iterable[AdditionalMessage]:
    """What was said in Discord before, for a new Assistants thread."""
    for each in past[-PAST_LIMIT:]:
        if each.text.strip():
            yield {"role": each.role, "content": each.text[:TEXT_LIMIT]}


def late_outputs_message(calls: Iterable[StoredToolCall]) -> AdditionalMessage:
    """The outputs of several calls whose run does not wait for them any more."""
    results = "\n\n".join(f"{call.name}({call.arguments})\n=> {call.output}" for call in calls)
    text = f"[results] These functions, called earlier, have their results now; react to them.\n\n{results}"
    return {"role": "user", "content": text}


def late_output_question(call: StoredToolCall, output: str) -> Question:
    """The output of a call whose run did not wait for it, as a question that nobody asked."""
    text = f"[results] {call.name}, called earlier with {call.arguments}, has its result now; react to it.\n\n{output}"
    return Question(text=text, author_id=0, author_name="", counted=False)


def _text_of(question: Question, content: AttachedContent) -> str:
    if question.author_id == 0:
        return question.text[:TEXT_LIMIT]
    said = question.text.strip() or ("(see what is attached)" if content.parts or content.attachments else "(nothing)")
    if content.notes:
        said += f"\n(not received, as the student is told: {_one_line(' '.join(content.notes))})"
    about = f"(on “{_one_line(question.quoted)}”) " if question.quoted else ""
    mark = "" if question.addressed else "[to others] "
    return f"{mark}{spoken_name(question.author_name)}: {about}{said}"[:TEXT_LIMIT]


def _one_line(text: str) -> str:
    return " ".join(text.split())[:500]
