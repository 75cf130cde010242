"""Pictures in what a run streams are shown in the reply."""

import asyncio

from tests.bot.tutor.test_attachments import photo
from tests.house import House


async def test_a_picture_that_the_model_draws_is_shown(house: House) -> None:
    """Image content of a message, as code_interpreter makes it, is fetched and attached."""
    from openai.types.beta.threads import ImageFile

    from bot.conversations.assistants_api import AssistantsApi
    from bot.conversations.citations import Citations
    from bot.conversations.run_event_handler import RunEventHandler

    shown: list[tuple[str, bytes]] = []

    class Seen:
        text = ""

        def feed(self, text: str) -> None: ...

        def picture(self, filename: str, data: bytes) -> None:
            shown.append((filename, data))

    stored = await house.bot.openai.files.create(file=("plot.png", photo()), purpose="user_data")

    async def noted() -> None: ...

    handler = RunEventHandler(
        Seen(),
        Citations(),
        on_run_created=lambda run: asyncio.create_task(noted()),
        fetch_file=AssistantsApi(house.bot.openai).file_content,
    )
    await handler.on_image_file_done(ImageFile(file_id=stored.id))
    assert shown == [(f"{stored.id}.png", photo())]
