"""The calls that conversations make, against the real server."""

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
