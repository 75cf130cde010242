"""Thoughts that a server passes on as text, in tags, behind a tag that is missing, and in channels."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistants.models.chat_request import ChatModel
from assistants.models.model_habits import ModelHabits
from assistants.models.provider_client import ProviderClient
from assistants.models.thoughts import Thoughts
from tests.assistants.models.fake_provider import (
    Answer,
    FakeProvider,
    answered,
    asking,
    chunk,
    finished,
    lines,
    text,
)


def chat(whole: str, size: int = 4, finish: str = "stop") -> Answer:
    pieces = [whole[at : at + size] for at in range(0, len(whole), size)]
    return lines(*(chunk({"content": piece}) for piece in pieces), chunk({}, finish))


THOUGHT = [
    "<think>Hm, x?</think>\n\nx = 1.",
    "<think>Hm.</think><think>Again.</think>x = 1.",
    "<thinking>Hm.</thinking>x = 1.",
    "<reasoning>Hm.</reasoning>\nx = 1.",
    "[THINK]Hm.[/THINK]x = 1.",
    "◁think▷Hm.◁/think▷x = 1.",
    "<seed:think>Hm.</seed:think>x = 1.",
    "<|START_THINKING|>Hm.<|END_THINKING|><|START_RESPONSE|>x = 1.<|END_RESPONSE|>",
    "<think>Hm.</think>\n<answer>\nx = 1.</answer>",
    "Hm, x?</think>\n\nx = 1.",
    "Okay, the user asks for x.\n\nSo x = 1?\n</think>\n\nx = 1.",
    "The user asks for x.</think>x = 1.",
    "Let me think.[/THINK]x = 1.",
    "</think>\n\nx = 1.",
    "<|channel|>analysis<|message|>Hm.<|end|><|start|>assistant<|channel|>final<|message|>x = 1.<|return|>",
    "<|start|>assistant<|channel|>analysis<|message|>Hm.<|end|><|start|>assistant<|channel|>final<|message|>x = 1.",
    "<|channel|>analysis<|message|>Hm.<|end|><|channel|>commentary to=browser.search<|message|>{}<|call|>"
    "<|start|>assistant<|channel|>final <|constrain|>text<|message|>x = 1.<|end|>",
    "<|channel|>commentary<|message|>x = 1.<|end|>",
    "analysisWe need x. It is 1.assistantfinalx = 1.",
]


@pytest.mark.parametrize("size", [1, 4, 1_000])
@pytest.mark.parametrize("whole", THOUGHT)
async def test_thoughts_are_not_shown(whole: str, size: int) -> None:
    found = await answered(chat(whole, size))
    assert text(found).strip() == "x = 1."
    assert finished(found).output[0]["content"][0]["text"].strip() == "x = 1."


@pytest.mark.parametrize("size", [1, 4, 1_000])
@pytest.mark.parametrize("whole", THOUGHT)
async def test_thoughts_are_not_shown_through_the_responses_api_either(whole: str, size: int) -> None:
    pieces = [whole[at : at + size] for at in range(0, len(whole), size)]
    deltas = [{"type": "response.output_text.delta", "output_index": 0, "delta": piece} for piece in pieces]
    message = {"type": "message", "content": [{"type": "output_text", "text": whole}]}
    found = await answered(
        lines(*deltas, {"type": "response.completed", "response": {"output": [message]}}), api="responses"
    )
    assert text(found).strip() == "x = 1."
    assert finished(found).output[0]["content"][0]["text"].strip() == "x = 1."


@pytest.mark.parametrize("size", [1, 4, 1_000])
@pytest.mark.parametrize(
    "whole",
    [
        "x = 1.",
        "Let me tell you: x = 1.",
        "So: <think>x</think>",
        "Close it with `</think>`.",
        "Okay.",
        "The user's manual says so.",
        "analysis of variance",
        "analysisparalysis",
        "<answer>x</answer>",
        "a <|b",
        "I think <",
        "Hm",
    ],
)
async def test_an_answer_that_only_looks_like_thoughts_is_shown_whole(whole: str, size: int) -> None:
    assert text(await answered(chat(whole, size))) == whole


async def streamed(provider: FakeProvider, model: ChatModel, name: str) -> list[str]:
    request = asking()
    object.__setattr__(request, "model", name)
    return [event.text async for event in model.stream(request) if hasattr(event, "text")]


async def test_a_model_that_has_thought_without_a_tag_is_known_from_then_on() -> None:
    thinks, plain = chat("Plainly, x?</think>x = 1.", 1), chat("Plainly, x = 1.", 1)
    async with FakeProvider(thinks, thinks, plain) as provider, ProviderClient(provider.url, "k") as client:
        model = ChatModel(client)
        first = "".join(await streamed(provider, model, "m"))
        assert "</think>" not in first  # they were shown already
        assert await streamed(provider, model, "m") == list("x = 1.")
        assert "".join(await streamed(provider, model, "m")) == "Plainly, x = 1."
        assert "".join(await streamed(provider, model, "other")) == "Plainly, x = 1."


async def test_a_model_that_has_answered_without_thoughts_is_streamed() -> None:
    answer = chat("Let me tell you: x = 1.", 1)
    async with FakeProvider(answer) as provider, ProviderClient(provider.url, "k") as client:
        model = ChatModel(client)
        assert await streamed(provider, model, "m") == ["Let me tell you: x = 1."]
        assert len(await streamed(provider, model, "m")) > 10
        assert len(await streamed(provider, model, "gpt-6-luna")) > 10


async def test_thoughts_that_come_in_a_field_of_their_own_hold_nothing_up() -> None:
    chunks = [chunk({"reasoning_content": "Hm."}), *(chunk({"content": c}) for c in "Let me tell you.")]
    async with FakeProvider(lines(*chunks, chunk({}, "stop"))) as provider, ProviderClient(provider.url, "k") as client:
        assert len(await streamed(provider, ChatModel(client), "deepseek-r1")) > 10


async def test_thoughts_that_were_cut_are_not_shown() -> None:
    for whole in ("<think>Hm, let", "<|channel|>analysis<|message|>Hm, let", "analysisHm, let"):
        assert text(await answered(chat(whole, finish="length"))) == ""
    habits = ModelHabits()
    habits.note_thoughts("m", unopened=True)
    thoughts = Thoughts(unopened=habits.may_think_unopened("m"))
    assert thoughts.feed("Hm, let") + thoughts.end(cut=True, surely_unopened=habits.surely_thinks_unopened("m")) == ""


@given(st.lists(st.sampled_from(["<", "think", ">", "</", "Hm, ", "x", "\n", "`", "[", "answer", "|"]), max_size=15))
def test_an_answer_without_thoughts_is_whole_however_it_is_cut(parts: list[str]) -> None:
    whole = "".join(parts)
    for unopened in (False, None):
        thoughts = Thoughts(unopened=unopened)
        shown = "".join(map(thoughts.feed, parts)) + thoughts.end()
        if not any(mark in whole for mark in ("think>", "<|")):
            assert shown == whole


@pytest.mark.parametrize("step", [1, 3, 100])
def test_a_closing_tag_in_front_of_an_answer_is_not_shown(step: int) -> None:
    for answer in ("</think>\n\n답은 3", "\n</think>답은 3"):
        thoughts = Thoughts(unopened=None)
        told = "".join(thoughts.feed(answer[at : at + step]) for at in range(0, len(answer), step)) + thoughts.end()
        assert told == "답은 3"
        assert thoughts.was_unopened
