"""An answer as the model wrote it, for "Show as text" (its Markdown and LaTeX) and "Show the work" (its code)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import openai
from openai.types.beta.threads import Message
from openai.types.beta.threads.runs import CodeInterpreterToolCall

from bot import sentences
from bot.conversations.answer_contents.citations import Citations
from bot.conversations.location import Location
from bot.conversations.run_errors import sentence_for_error
from bot.conversations.services import Services
from bot.errors import UserFacingError
from bot.escaping import visible, without_citation_marks

_SANDBOX_LINK: Final = re.compile(r"!?\[([^\[\]\n]{1,200})\]\(<?sandbox:[^()\n]{0,400}\)")
_SANDBOX_PATH: Final = re.compile(r"sandbox:/mnt/data/")


async def text_of(answer_id: str, services: Services) -> str:
    """What an answer's run has said, read from its Assistants thread; its citations are as the student saw them.

    Raises:
        UserFacingError: it is not there any more, or the server cannot be reached.
    """
    answer = await services.conversation_store.answer(answer_id)
    conversation = (
        await services.conversation_store.conversation(answer.conversation_id) if answer is not None else None
    )
    if answer is None or answer.run_id is None or conversation is None or conversation.thread_id is None:
        raise UserFacingError(sentences.SOURCE_GONE)
    try:
        messages = await services.api.messages(conversation.thread_id, answer.run_id)
    except openai.NotFoundError:
        raise UserFacingError(sentences.SOURCE_GONE) from None
    except openai.OpenAIError as error:
        raise UserFacingError(sentence_for_error(error)) from error
    location = Location(conversation.id, conversation.guild_id, conversation.channel_id, conversation.owned)
    text = await _joined(messages, Citations(services.citation_resolver(location)))
    if not text:
        raise UserFacingError(sentences.SOURCE_GONE)
    return await services.reply_guard.text(location, answer_id, text)


async def _joined(messages: Iterable[Message], citations: Citations) -> str:
    texts = []
    for message in messages:
        text = ""
        for part in message.content:
            text += await citations.feed(citations.words_of(part)) + await citations.flush()
        texts.append(text.strip("\n"))
    text = "\n\n".join(text for text in [*texts, citations.footer() or ""] if text.strip())
    return without_sandbox_links(without_citation_marks(visible(text)))


def without_sandbox_links(text: str) -> str:
    """A text in which links to files that code has made are their words, or the file's name: nobody can follow them."""
    return _SANDBOX_PATH.sub("", _SANDBOX_LINK.sub(r"\1", text))


@dataclass(frozen=True, slots=True)
class WorkStep:
    """One piece of code, what it printed, and how many pictures it drew."""

    code: str
    output: str
    pictures: int


async def work_of(answer_id: str, services: Services) -> list[WorkStep]:
    """The code of an answer, as its run's steps have it, oldest first.

    Raises:
        UserFacingError: it is not there any more, or would tell what is still held back, or the server is away.
    """
    answer = await services.conversation_store.answer(answer_id)
    stored = await services.conversation_store.conversation(answer.conversation_id) if answer is not None else None
    if answer is None or answer.run_id is None or stored is None or stored.thread_id is None:
        raise UserFacingError(sentences.WORK_GONE)
    try:
        calls = await services.api.code_calls(stored.thread_id, answer.run_id)
    except openai.NotFoundError:
        raise UserFacingError(sentences.WORK_GONE) from None
    except openai.OpenAIError as error:
        raise UserFacingError(sentence_for_error(error)) from error
    steps = [_step(call) for call in calls]
    if not steps:
        raise UserFacingError(sentences.WORK_GONE)
    location = Location(stored.id, stored.guild_id, stored.channel_id, stored.owned)
    told = "\n\n".join(f"{step.code}\n\n{step.output}" for step in steps)
    if await services.reply_guard.text(location, answer_id, told) != told:
        raise UserFacingError(sentences.WORK_HELD)
    return steps


def _step(call: CodeInterpreterToolCall) -> WorkStep:
    outputs = call.code_interpreter.outputs
    logs = "\n".join(output.logs.strip("\n") for output in outputs if output.type == "logs")
    pictures = sum(output.type == "image" for output in outputs)
    return WorkStep(visible(call.code_interpreter.input).strip("\n"), visible(logs), pictures)
