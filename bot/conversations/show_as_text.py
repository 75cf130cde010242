"""An answer as the model wrote it: Markdown and LaTeX, for those who want to copy it."""

from collections.abc import Iterable

import openai
from openai.types.beta.threads import Message

from bot import sentences
from bot.conversations.citations import Citations
from bot.conversations.question import Refusal
from bot.conversations.runs import sentence_for
from bot.conversations.services import Desk


async def source_of(answer_id: str, desk: Desk) -> str:
    """What the run of an answer has said, read back from its Assistants thread; citations as the reader saw them.

    Raises:
        Refusal: it is not there any more, or the server cannot be reached.
    """
    answer = await desk.store.answer(answer_id)
    conversation = await desk.store.conversation(answer.conversation_id) if answer is not None else None
    if answer is None or answer.run_id is None or conversation is None or conversation.thread_id is None:
        raise Refusal(sentences.SOURCE_GONE)
    try:
        messages = await desk.runs.messages(conversation.thread_id, answer.run_id)
    except openai.NotFoundError:
        raise Refusal(sentences.SOURCE_GONE) from None
    except openai.OpenAIError as error:
        raise Refusal(sentence_for(error)) from error
    text = await _text_of(messages, Citations(desk.citations))
    if not text:
        raise Refusal(sentences.SOURCE_GONE)
    return text


async def _text_of(messages: Iterable[Message], citations: Citations) -> str:
    texts = []
    for message in messages:
        text = ""
        for part in message.content:
            text += await citations.feed(citations.words_of(part)) + await citations.flush()
        texts.append(text.strip("\n"))
    return "\n\n".join(text for text in [*texts, citations.footer() or ""] if text.strip())
