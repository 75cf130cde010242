"""Azure's client and addresses, unchanged, with this server behind them."""

import json
from pathlib import Path
from typing import Any

import openai
import pytest
from openai import AsyncAzureOpenAI, AsyncOpenAI
from pydantic import SecretStr

from assistants.api.azure_paths import DEPLOYMENT, without_azure
from tests.assistants.api.test_pass_through import asking, providing
from tests.assistants.conftest import KEY, Running, running
from tests.assistants.runs.test_function_calls import function, outputs
from tests.assistants.scripted_model import calls
from tests.scripted_openai import ScriptedOpenAI, Turn

VERSION = "2024-05-01-preview"


def azure(server: Running, **options: Any) -> Any:
    options = {"api_key": KEY, **options}
    return AsyncAzureOpenAI(
        azure_endpoint=server.url.removesuffix("/v1"), api_version=VERSION, max_retries=0, timeout=20, **options
    )


@pytest.mark.parametrize("options", [{}, {"azure_deployment": "gpt-4o"}, {"api_key": None, "azure_ad_token": KEY}])
async def test_azures_client_has_all_of_the_assistants(server: Running, options: dict[str, Any]) -> None:
    async with azure(server, **options) as client:
        file = await client.files.create(file=("plan.txt", b"Half of 8 is 4."), purpose="assistants")
        store = await client.vector_stores.create(name="plan", file_ids=[file.id])
        assert [each.id async for each in client.vector_stores.files.list(store.id)] == [file.id]
        batch = await client.vector_stores.file_batches.create(store.id, file_ids=[file.id])
        assert (await client.vector_stores.file_batches.retrieve(batch.id, vector_store_id=store.id)).id == batch.id
        assert (await client.files.content(file.id)).content == b"Half of 8 is 4."

        beta = client.beta
        assistant = await beta.assistants.create(
            model="gpt-4o",
            name="Math Tutor",
            tools=[function("weather"), {"type": "file_search"}],
            tool_resources={"file_search": {"vector_store_ids": [store.id]}},
        )
        assert (await beta.assistants.retrieve(assistant.id)).name == "Math Tutor"
        assert (await beta.assistants.update(assistant.id, name="Tutor")).name == "Tutor"
        assert [each.id async for each in beta.assistants.list(limit=1)] == [assistant.id]
        thread = await beta.threads.create(metadata={"class": "7b"})
        assert (await beta.threads.update(thread.id, metadata={"class": "7c"})).metadata == {"class": "7c"}
        message = await beta.threads.messages.create(thread.id, role="user", content="Is it raining?")
        assert (await beta.threads.messages.retrieve(message.id, thread_id=thread.id)).id == message.id

        server.model.will(calls(("weather", "{}")))
        run = await beta.threads.runs.create_and_poll(thread_id=thread.id, assistant_id=assistant.id)
        assert run.status == "requires_action"
        async with beta.threads.runs.submit_tool_outputs_stream(
            run_id=run.id, thread_id=thread.id, tool_outputs=outputs(("call_1", "rain"))
        ) as stream:
            await stream.until_done()
        assert (await beta.threads.runs.retrieve(run.id, thread_id=thread.id)).status == "completed"
        steps = [each async for each in beta.threads.runs.steps.list(run.id, thread_id=thread.id)]
        assert len(steps) == 2
        run = await beta.threads.create_and_run_poll(
            assistant_id=assistant.id, thread={"messages": [{"role": "user", "content": "And now?"}]}
        )
        assert run.status == "completed"
        assert (await client.models.list()).data
        assert (await beta.threads.delete(thread.id)).deleted
        assert (await beta.assistants.delete(assistant.id)).deleted


async def test_azures_deployments_are_models_of_the_provider(tmp_path: Path) -> None:
    async with (
        ScriptedOpenAI(Turn("One half."), Turn("A third.")) as scripted,
        running(tmp_path, openai_base_url=scripted.url, openai_api_key=SecretStr(scripted.key)) as server,
    ):
        asked = [{"role": "user", "content": "What is 2/4?"}]
        for options, model in (({}, "gpt-6-luna"), ({"azure_deployment": "gpt-6-luna"}, "whatever")):
            async with azure(server, **options) as client:
                stream = await client.chat.completions.create(model=model, messages=asked, stream=True)
                assert "".join([chunk.choices[0].delta.content or "" async for chunk in stream if chunk.choices])
        async with azure(server) as client:
            found = await client.embeddings.create(model="text-embedding-3-small", input="one half")
            assert len(found.data) == 1
    assert [request.body["model"] for request in scripted.received] == ["gpt-6-luna"] * 2 + ["text-embedding-3-small"]
    assert [request.query for request in scripted.received] == [""] * 3


async def test_a_deployments_name_is_the_model_of_json_and_forms_go_on_as_they_are(tmp_path: Path) -> None:
    async with providing() as provider, running(tmp_path, openai_base_url=provider.url) as server:
        await server.client.models.list()
        root = server.url.removesuffix("/v1")
        for name, body in (("my%20gpt", {"messages": []}), ("a%2Fb", {"model": "other"})):
            path = f"/openai/deployments/{name}/chat/completions?api-version={VERSION}&x=1"
            async with asking(_at(server, root), "POST", path, json=body) as told:
                assert told.status == 200, await told.text()
        async with asking(_at(server, root), "POST", "/openai/deployments/m/chat/completions", json=[]) as told:
            assert told.status == 400
        async with azure(server) as client:
            text = await client.audio.transcriptions.create(model="whisper-1", file=("a.wav", b"RIFF" * 999))
            assert text.text == "one half"
        async with AsyncOpenAI(base_url=f"{root}/openai/v1/", api_key=KEY) as client:
            assert (await client.beta.threads.create()).id.startswith("thread_")
            await client.chat.completions.create(model="m", messages=[])
    models = [json.loads(body)["model"] for body in provider.bodies if body.startswith(b"{")]
    assert models == ["my gpt", "a/b", "m"]
    assert provider.paths == [
        "POST /v1/chat/completions?x=1",
        "POST /v1/chat/completions?x=1",
        "POST /v1/audio/transcriptions",
        "POST /v1/chat/completions",
    ]


def _at(server: Running, url: str) -> Running:
    return Running(url, server.client, server.model, server.app, server.settings)


async def test_the_key_is_needed_in_either_header(server: Running) -> None:
    root = _at(server, server.url.removesuffix("/v1"))
    for headers, status in (
        ({"api-key": KEY, "Authorization": ""}, 200),
        ({"api-key": "wrong", "Authorization": ""}, 401),
        ({"api-key": "", "Authorization": ""}, 401),
        ({"api-key": f"Bearer {KEY}", "Authorization": ""}, 401),
        ({"api-key": "wrong"}, 200),  # asking() sends the right one as Authorization
        ({"X-Api-Key": KEY, "Authorization": ""}, 401),
    ):
        async with asking(root, "GET", f"/openai/assistants?api-version={VERSION}", headers=headers) as told:
            assert told.status == status, headers
    async with azure(server, api_key="wrong") as client:
        with pytest.raises(openai.AuthenticationError):
            await client.beta.threads.create()


@pytest.mark.parametrize(
    ("given", "path", "deployment"),
    [
        ("/openai/threads", "/v1/threads", None),
        ("/openai/v1/threads", "/v1/threads", None),
        ("/openai/deployments/a%20b/chat/completions", "/v1/chat/completions", "a b"),
        ("/openai/deployments/a/assistants", "/v1/assistants", "a"),
        ("/openai/deployments/a", "/v1/deployments/a", None),
        ("/openai/v1", "/v1/v1", None),
        ("/openai", "/openai", None),
        ("/openai2/threads", "/openai2/threads", None),
        ("/v1/threads", "/v1/threads", None),
        ("/x/openai/threads", "/x/openai/threads", None),
        ("/openai/threads/a%2Fb", "/v1/threads/a/b", None),
    ],
)
def test_azures_addresses_are_the_apis_own(given: str, path: str, deployment: str | None) -> None:
    scope = without_azure({"type": "http", "path": given.replace("%2F", "/"), "raw_path": given.encode()})
    assert (scope["path"], scope.get(DEPLOYMENT)) == (path, deployment)
