"""From what was said in Discord to messages of the Assistants API."""

import re
from collections.abc import Iterable, Sequence

from openai.types.beta.threads import MessageContentPartParam
from openai.types.beta.threads.run_create_params import AdditionalMessage

from bot.conversations.discord_interface import PastMessage
from bot.conversations.question import TEXT_LIMIT, AttachedContent, Question

MESSAGE_ID = "discord_message_id"
"""The metadata key under which a message in an Assistants thread names its Discord message."""
PAST_LIMIT = 30
"""Messages of a Discord thread's past that a new Assistants thread begins with; and that go along with a question as
what was said to others since the last one."""


def spoken_name(name: str) -> str:
    """A display name on one line, without what could pass for the end of it."""
    return re.sub(r"[\s:]+", " ", name).strip()[:40] or "Student"


def as_message(question: Question, media: AttachedContent) -> AdditionalMessage:
    """A question, or context, as a user's message."""
    text = _text_of(question, media)
    message: AdditionalMessage = {"role": "user", "content": text}
    if media.parts:
        parts: list[MessageContentPartParam] = [{"type": "text", "text": text}, *media.parts]
        message["content"] = parts
    if media.attachments:
        message["attachments"] = media.attachments
    if question.message_id is not None:
        message["metadata"] = {MESSAGE_ID: str(question.message_id)}
    return message


def past_messages(said: Sequence[PastMessage]) -> Iterable[AdditionalMessage]:
    """What was said in Discord before, for an Assistants thread that does not know it."""
    for each in said[-PAST_LIMIT:]:
        if each.text.strip():
            yield {"role": each.role, "content": each.text[:TEXT_LIMIT]}


def _text_of(question: Question, media: AttachedContent) -> str:
    if question.author_id == 0:
        return question.text[:TEXT_LIMIT]
    said = question.text.strip() or ("(see what is attached)" if media.parts or media.attachments else "(nothing)")
    if media.notes:
        said += f"\n(not received, as the student is told: {_one_line(' '.join(media.notes))})"
    about = f"(on “{_one_line(question.quoted)}”) " if question.quoted else ""
    mark = "" if question.addressed else "[to others] "
    return f"{mark}{spoken_name(question.author_name)}: {about}{said}"[:TEXT_LIMIT]


def _one_line(text: str) -> str:
    return " ".join(text.split())[:500]
