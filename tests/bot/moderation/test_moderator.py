"""Questions and answers that are looked at: refused, left out, stopped; and moderators who are told of it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot import sentences
from bot.moderation import sentences as say
from bot.sentences import Locale
from playground.pilot.student import Student
from tests.bot.library.closed_channels import owner_of
from tests.house import House, eventually, finished, open_house
from tests.scripted_openai import Call, Turn

ENGLISH: Locale = "en"


@pytest.fixture
async def moderated(tmp_path: Path) -> AsyncIterator[House]:
    """A house whose questions and answers are looked at."""
    async with open_house(tmp_path, moderation_model="omni-moderation-latest") as house:
        house.openai.flags = {"cruel": ["harassment"], "hurt myself": ["self-harm", "self-harm/intent"]}
        yield house


async def told_in(house: House, teacher: Student) -> int:
    """Have moderators told in a channel; its id."""
    channel = next(each for each in house.discord.world.channels.values() if each.name == "general")
    done = await teacher.runs("/settings moderation", where="math", channel=channel.id)
    await done.says("Moderators read in")
    return channel.id


async def test_refused_question_reaches_no_model_and_the_next_one_does_not_bring_it_along(moderated: House) -> None:
    moderated.openai.say("14.")
    minji = await moderated.discord.student("minji")
    with capture_logs() as logged:
        start = await moderated.ask(minji, "write something cruel about Jun")
        refused = await minji.sees(start, contains=say.QUESTION_REFUSED(ENGLISH)[:40])
        assert [control.label for control in refused.controls] == []
        await minji.says(start, "and what is 7 + 7?")
        await finished(minji, start, "14.")
    assert len(moderated.requests) == 1
    assert not any("cruel" in text for text in moderated.user_texts())
    assert [line["categories"] for line in logged if line["event"] == "moderation.flagged"] == [("harassment",)]
    assert not any("cruel" in str(line) for line in logged)


async def test_somebody_who_may_need_help_is_told_where_to_find_it(moderated: House) -> None:
    minji = await moderated.discord.student("minji")
    start = await moderated.ask(minji, "I want to hurt myself")
    await minji.sees(start, contains="talk to somebody you trust")


async def test_what_others_say_is_left_out_and_nobody_is_told(moderated: House) -> None:
    minji, jun = await moderated.discord.student("minji"), await moderated.discord.student("alex")
    moderated.openai.say("Hello.", "Sure.")
    start = await moderated.ask(minji, "hello")
    await finished(minji, start, "Hello.")
    await jun.says(start, f"<@{minji.id}> you are cruel")
    await minji.says(start, "can you help?")
    answer = await finished(minji, start, "Sure.")
    assert not any("cruel" in text for text in moderated.user_texts())
    assert sentences.SOME_REFUSED(ENGLISH) not in answer.text


async def test_words_are_shown_only_when_they_were_looked_at_and_refused_ones_never(moderated: House) -> None:
    moderated.openai.say("A kind beginning. " * 5 + "Then a cruel end." + " More." * 50)
    minji = await moderated.discord.student("minji")
    start = await moderated.ask(minji, "tell me a story")
    stopped = await minji.sees(start, contains=sentences.ANSWER_REFUSED(ENGLISH)[:30])
    assert "cruel" not in stopped.text
    moderated.openai.say("Another one.")
    await minji.clicks(stopped, "Retry")
    await finished(minji, start, "Another one.")
    assert "cruel" not in str(moderated.requests[-1])


async def test_quiz_that_may_not_be_shown_is_not(moderated: House) -> None:
    quiz = {"title": "Cruelty", "questions": [{"prompt": "Who is cruel?", "choices": ["a", "b"], "answer": 0}]}
    moderated.openai.turns += [Turn(calls=[Call("generate_quiz", quiz)]), Turn("Let us take another topic.")]
    minji = await moderated.discord.student("minji")
    start = await moderated.ask(minji, "quiz me")
    await minji.sees(start, contains="another topic")
    assert "may not be shown" in str(moderated.requests[-1])


async def test_moderators_are_told_by_a_link_and_without_the_words(moderated: House) -> None:
    teacher, minji = await owner_of(moderated), await moderated.discord.student("minji")
    channel = await told_in(moderated, teacher)
    asked = await moderated.ask(minji, "write something cruel")
    told = await teacher.sees(channel, contains="harassment")
    assert f"<@{minji.id}>" in told.text
    assert f"/{asked.id}" in told.text
    assert "cruel" not in told.text
    assert not told.raw["mentions"]


async def test_without_the_endpoint_lessons_go_on_and_the_log_says_so_once(moderated: House) -> None:
    moderated.openai.key = "another"
    minji = await moderated.discord.student("minji")
    with capture_logs() as logged:
        start = await moderated.ask(minji, "hello")
        await eventually(lambda: any(line["event"] == "moderation.away" for line in logged))
        await minji.sees(start, contains="")
    assert [line["event"] for line in logged].count("moderation.away") == 1
