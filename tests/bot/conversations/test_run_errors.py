"""What a student is told when a run fails, is cut off, refuses, or says nothing."""

import asyncio
from pathlib import Path

import pytest
from openai.types.beta.threads import Run
from openai.types.beta.threads.run import LastError

from bot import sentences
from bot.conversations import run_stream
from bot.conversations.run_errors import sentence_for_run
from bot.quizzes.sentences import NO_QUIZ
from bot.sentences import Sentence
from tests.house import House, finished, open_house
from tests.scripted_openai import Fault, Turn


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (Fault(status=429, message="slow down", code="rate_limit_exceeded"), "overloaded"),
        (Fault(status=400, message="bad prompt", code="invalid_prompt"), "another way"),
        (Fault(status=401, message="no such key"), "Whoever hosts me"),
        (Fault(status=429, message="pay first", code="insufficient_quota"), "quota for the model is used up"),
    ],
)
async def test_the_students_sentence_says_what_kind_of_trouble_it_is(tmp_path: Path, fault: Fault, words: str) -> None:
    async with open_house(tmp_path) as house:
        house.openai.reply = lambda body: fault
        alex = await house.discord.student("alex")
        question = await house.ask(alex, "tell me something")
        failed = await alex.sees(question, contains=words, timeout=60)
        assert "⚠️" in failed.text
        house.openai.reply = lambda body: Turn("All is well.")
        await alex.says(question.id, "and now tell me")
        await finished(alex, question, "All is well.")


@pytest.mark.parametrize(
    ("code", "message", "said"),
    [
        ("server_error", "The model's provider refused the key (401).", sentences.MODEL_NEEDS_HOST),
        ("server_error", "The model's provider does not have that model: x", sentences.MODEL_NEEDS_HOST),
        ("server_error", "The model's provider has a fault (502): Bad Gateway", sentences.MODEL_HAS_FAULT),
        ("server_error", "The model cannot be reached, or its answer broke off.", sentences.MODEL_BROKE_OFF),
        ("server_error", "something else", sentences.FAILED),
        ("rate_limit_exceeded", "The quota at the model's provider is used up.", sentences.MODEL_QUOTA_SPENT),
        ("rate_limit_exceeded", "The model is busy: its provider's rate limit is reached.", sentences.MODEL_BUSY),
        ("rate_limit_exceeded", "of another server", sentences.MODEL_BUSY),
        ("invalid_prompt", "The model's provider refused the request (400): no", sentences.REFUSED),
        (None, None, sentences.FAILED),
    ],
)
def test_each_cause_of_a_failed_run_has_its_sentence(code: str | None, message: str | None, said: Sentence) -> None:
    run = Run.model_construct(
        status="failed", last_error=code and LastError.model_construct(code=code, message=message)
    )
    assert sentence_for_run(run) == said


async def test_an_answer_cut_by_the_token_limit_says_so(house: House) -> None:
    house.openai.turns.append(Turn("As far as this", incomplete="max_output_tokens"))
    alex = await house.discord.student("alex")
    question = await house.ask(alex, "tell me everything")
    answer = await finished(alex, question, "As far as this")
    assert "cut off" in answer.text


async def test_an_answer_cut_by_the_content_filter_says_so(house: House) -> None:
    house.openai.turns.append(Turn("As far as this", incomplete="content_filter"))
    alex = await house.discord.student("alex")
    question = await house.ask(alex, "tell me everything")
    answer = await finished(alex, question, "As far as this")
    assert "content filter" in answer.text


@pytest.mark.parametrize("api", ["responses", "chat"])
async def test_a_refusal_is_shown_in_the_models_own_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, api: str
) -> None:
    monkeypatch.setenv("MODEL_API", api)  # the embedded server's own setting
    async with open_house(tmp_path) as house:
        house.openai.turns.append(Turn(refusal="I would rather not write your exam."))
        alex = await house.discord.student("alex")
        question = await house.ask(alex, "write my exam")
        await finished(alex, question, "I would rather not write your exam.")


async def test_an_answer_without_words_says_so(house: House) -> None:
    alex = await house.discord.student("alex")
    for turn, said in (
        (Turn(""), sentences.NOTHING_SAID),
        (Turn("", incomplete="max_output_tokens"), sentences.CUT_OFF_UNSAID),
        (Turn("", incomplete="content_filter"), sentences.FILTERED),
    ):
        house.openai.turns.append(turn)
        question = await house.ask(alex, "say nothing")
        answer = await finished(alex, question)
        assert answer.text == said("en")


async def test_a_model_that_says_nothing_is_told_of_with_stop_and_given_up_with_retry(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_stream, "THINKING_AFTER", 0.3)
    async with open_house(tmp_path, model_stalls_after=1.5) as house:
        house.openai.turns += [Turn("late", thinking=asyncio.Event()), Turn("one two", gate=asyncio.Event())]
        alex = await house.discord.student("alex")
        silent = await house.ask(alex, "before the first word")
        waiting = await alex.sees(silent, contains="Still thinking")
        assert any((each.custom_id or "").startswith("saem:stop:") for each in waiting.controls)
        given_up = await finished(alex, silent, "I gave up waiting", button="saem:retry:")
        assert "Still thinking" not in given_up.text
        broken_off = await house.ask(alex, "in the middle")
        told = await finished(alex, broken_off, "I gave up waiting", button="saem:retry:")
        assert "one" in told.text
        assert "Still thinking" not in told.text
        house.openai.say("All of it.")
        await alex.clicks(given_up, "Retry")
        await finished(alex, silent, "All of it.")


async def test_a_quiz_that_the_model_says_nothing_to_is_told_of_in_one_sentence(house: House) -> None:
    alex = await house.discord.student("alex")
    for turn, said in ((Turn(""), NO_QUIZ), (Turn("", incomplete="max_output_tokens"), sentences.CUT_OFF_UNSAID)):
        house.openai.turns.extend([turn, turn])  # it is asked once more
        announced = await (await alex.runs("quiz", where="math", topic="fractions")).says("on its way")
        told = await finished(alex, announced)
        assert told.text == said("en")
