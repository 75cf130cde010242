"""The calls that conversations make, against the real server."""

import base64
from pathlib import Path

from httpx2 import Request
from openai import AsyncOpenAI, DefaultAsyncHttpxClient

from bot.conversations.assistants_api import AssistantsApi
from tests.assistants.conftest import running
from tests.assistants.runs.test_function_calls import start
from tests.assistants.scripted_model import ScriptedModel, calls, words


async def test_what_a_run_says_before_it_gives_way_is_taken_out_again(tmp_path: Path) -> None:
    model = ScriptedModel()
    model.will(calls(("weather", "{}"), before="Let me see."), words("Nobody has seen this."))
    async with running(tmp_path, model) as server:
        run = await start(server)
        runs = server.client.beta.threads.runs

        async def hold_up(request: Request) -> None:
            """The network is slow, so that the cancelling comes when the run is over."""
            if request.url.path.endswith("/cancel"):
                await runs.poll(run.id, thread_id=run.thread_id)

        async with DefaultAsyncHttpxClient(event_hooks={"request": [hold_up]}) as slow:
            client = AsyncOpenAI(base_url=server.client.base_url, api_key=server.client.api_key, http_client=slow)
            await AssistantsApi(client).submit_and_cancel(run.thread_id, run.id, {"call_1": "sun"})

        assert (await runs.retrieve(run.id, thread_id=run.thread_id)).status == "completed"
        assert len(model.requests) == 2
        said = await AssistantsApi(server.client).messages(run.thread_id, run.id)
        assert [each.content[0].text.value for each in said if each.content[0].type == "text"] == ["Let me see."]


async def test_a_deleted_thread_takes_what_code_has_drawn_in_it_along_and_leaves_what_people_sent(
    tmp_path: Path,
) -> None:
    async with running(tmp_path, ScriptedModel()) as server:
        client = server.client
        drawn, sent = [
            await client.files.create(file=(name, PIXEL), purpose="vision") for name in ("drawn.png", "sent.png")
        ]
        thread = await client.beta.threads.create()
        for role, file in (("assistant", drawn), ("user", sent)):
            await client.beta.threads.messages.create(
                thread.id,
                role=role,  # type: ignore[arg-type]
                content=[{"type": "image_file", "image_file": {"file_id": file.id}}],
            )
        await AssistantsApi(client).delete_thread(thread.id)
        assert [each.id async for each in client.files.list()] == [sent.id]
        await AssistantsApi(client).delete_thread(thread.id)  # one that is gone is no error


PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)
