"""Pictures in what a run streams are shown in the reply, before the words that follow them."""

import asyncio

from openai.types.beta.threads import Message, MessageDelta

from bot.conversations.answer_contents.answer_files import AnswerFiles
from bot.conversations.answer_contents.citations import Citations
from bot.conversations.assistants_api import AssistantsApi
from bot.conversations.run_event_handler import RunEventHandler
from tests.bot.tutor.test_attachments import photo
from tests.house import House


class Seen:
    """A reply that notes what it shows."""

    text = ""

    def __init__(self) -> None:
        self.shown: list[tuple[str, bytes, str]] = []

    def feed(self, text: str) -> None: ...

    def show_status(self, sentence: str) -> None: ...

    def picture(self, filename: str, data: bytes, alt: str = "") -> None:
        self.shown.append((filename, data, alt))

    def file(self, filename: str, data: bytes, alt: str | None = None) -> str:
        raise NotImplementedError


async def test_a_picture_that_the_model_draws_is_shown_once(house: House) -> None:
    """Image content of a message, as code_interpreter makes it, is fetched and attached."""
    reply, api = Seen(), AssistantsApi(house.bot.openai)
    stored = await house.bot.openai.files.create(file=("plot.png", photo()), purpose="user_data")

    async def noted() -> None: ...

    handler = RunEventHandler(
        reply,
        Citations(),
        on_run_created=lambda run: asyncio.create_task(noted()),
        files=AnswerFiles(api, reply, [], "en", limit=1 << 20, about="plot *it*\nnow"),
        runs_code="…",
    )
    image = {"index": 0, "type": "image_file", "image_file": {"file_id": stored.id, "detail": "auto"}}
    for _ in range(2):
        await handler.on_message_delta(MessageDelta.model_validate({"content": [image]}), Message.model_construct())
    assert reply.shown == [(f"{stored.id}.png", photo(), "Picture for “plot *it* now”")]
