"""The first tutorial, step by step, with the real SDK."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import openai
import pytest
import pytest_asyncio
from openai import AssistantEventHandler, AsyncAssistantEventHandler, AsyncOpenAI, OpenAI
from openai.types.beta.threads import Text, TextDelta
from typing_extensions import override

from tests.assistants.conftest import KEY, Running, running
from tests.assistants.scripted_model import ScriptedModel, words

QUESTION = "다음의 방정식을 풀고 싶습니다. '3x + 11 = 14', 수학선생님 도와주실 수 있나요?"
ANSWER = "3x = 3, 따라서 x = 1 입니다."
FOLLOW_UP = "설명 감사합니다. 다른 비슷한 문제를 출제해 주시고 다시 설명해 주실 수 있나요?"
ANOTHER = "2x + 3 = 7 을 풀어 봅시다. 2x = 4, 따라서 x = 2 입니다."


@pytest_asyncio.fixture
async def tutor(tmp_path: Path) -> AsyncIterator[Running]:
    model = ScriptedModel()
    model.will(words(ANSWER), words(ANOTHER))
    async with running(tmp_path, model) as server:
        yield server


async def test_the_async_sdk_does_every_step_by_polling(tutor: Running) -> None:
    client = tutor.client
    assistant = await client.beta.assistants.create(
        name="Math Tutor",
        instructions="You are a personal math tutor. Answer questions briefly, in a sentence or less.",
        model="gpt-4o",
    )
    thread = await client.beta.threads.create()
    message = await client.beta.threads.messages.create(thread.id, role="user", content=QUESTION)
    run = await client.beta.threads.runs.create_and_poll(thread_id=thread.id, assistant_id=assistant.id)

    assert run.status == "completed"
    assert run.usage is not None
    assert run.usage.total_tokens == run.usage.prompt_tokens + run.usage.completion_tokens == 25
    messages = await client.beta.threads.messages.list(thread.id)
    assert [said.role for said in messages.data] == ["assistant", "user"]
    assert _text(messages.data[0]) == ANSWER

    message = await client.beta.threads.messages.create(thread.id, role="user", content=FOLLOW_UP)
    await client.beta.threads.runs.create_and_poll(thread_id=thread.id, assistant_id=assistant.id)
    new = await client.beta.threads.messages.list(thread.id, order="asc", after=message.id)

    assert [_text(said) for said in new.data] == [ANOTHER]
    assert [item["content"] for item in tutor.model.requests[-1].input] == [QUESTION, ANSWER, FOLLOW_UP]


async def test_the_sync_sdk_does_every_step_by_polling_and_streaming(tutor: Running) -> None:
    def steps() -> tuple[str, list[str]]:
        with OpenAI(base_url=tutor.url, api_key=KEY, max_retries=0) as client:
            assistant = client.beta.assistants.create(name="Math Tutor", model="gpt-4o")
            thread = client.beta.threads.create()
            client.beta.threads.messages.create(thread.id, role="user", content=QUESTION)
            run = client.beta.threads.runs.create_and_poll(thread_id=thread.id, assistant_id=assistant.id)
            message = client.beta.threads.messages.create(thread.id, role="user", content=FOLLOW_UP)
            heard = _Ear()
            with client.beta.threads.runs.stream(
                thread_id=thread.id, assistant_id=assistant.id, event_handler=heard
            ) as stream:
                stream.until_done()
            listed = client.beta.threads.messages.list(thread.id, order="asc", after=message.id)
            assert ["".join(heard.pieces)] == [_text(said) for said in listed.data]
            return run.status, heard.pieces

    status, pieces = await asyncio.to_thread(steps)

    assert status == "completed"
    assert "".join(pieces) == ANOTHER


class _Ear(AssistantEventHandler):
    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []

    @override
    def on_text_delta(self, delta: TextDelta, snapshot: Text) -> None:
        self.pieces.append(delta.value or "")
        assert snapshot.value == "".join(self.pieces)


class _AsyncEar(AsyncAssistantEventHandler):
    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []
        self.created = 0
        self.done: list[str] = []

    @override
    async def on_text_created(self, text: Text) -> None:
        self.created += 1

    @override
    async def on_text_delta(self, delta: TextDelta, snapshot: Text) -> None:
        self.pieces.append(delta.value or "")

    @override
    async def on_text_done(self, text: Text) -> None:
        self.done.append(text.value)


async def test_an_event_handler_hears_the_text_as_it_comes(tutor: Running) -> None:
    assistant = await tutor.assistant()
    thread = await tutor.thread(QUESTION)
    ear = _AsyncEar()

    async with tutor.client.beta.threads.runs.stream(
        thread_id=thread.id, assistant_id=assistant.id, event_handler=ear
    ) as stream:
        await stream.until_done()
        run = await stream.get_final_run()
        (message,) = await stream.get_final_messages()

    assert run.status == "completed"
    assert ear.created == 1
    assert "".join(ear.pieces) == ANSWER == _text(message)
    assert ear.done == [ANSWER]


async def test_thread_and_run_streams_in_one_call(tutor: Running) -> None:
    assistant = await tutor.assistant()
    ear = _AsyncEar()

    async with tutor.client.beta.threads.create_and_run_stream(
        assistant_id=assistant.id,
        thread={"messages": [{"role": "user", "content": QUESTION}], "metadata": {"channel": "math"}},
        event_handler=ear,
    ) as stream:
        run = await stream.get_final_run()

    assert "".join(ear.pieces) == ANSWER
    thread = await tutor.client.beta.threads.retrieve(run.thread_id)
    assert thread.metadata == {"channel": "math"}


async def test_a_client_without_the_key_is_refused(tutor: Running) -> None:
    async with AsyncOpenAI(base_url=tutor.url, api_key="wrong", max_retries=0) as stranger:
        with pytest.raises(openai.AuthenticationError) as refused:
            await stranger.beta.assistants.list()
    assert refused.value.code == "invalid_api_key"
    assert KEY not in str(refused.value)


def _text(message: object) -> str:
    (part,) = message.content  # type: ignore[attr-defined]
    value: str = part.text.value
    return value
