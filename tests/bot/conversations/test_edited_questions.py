"""A question edited after its answer: a new answer is offered, and the model never sees the old words again."""

import asyncio
from pathlib import Path

from playground.pilot import SeenMessage, Student
from playground.server import Playground
from tests.bot.quizzes.playing import quiz_turn
from tests.house import House, bot_in, eventually, finished, settings_for
from tests.scripted_openai import ScriptedOpenAI, Turn

SECRET = "my phone number is 555"
EDITED = "saem:edited:"


async def offered(student: Student, place: object) -> SeenMessage:
    return await finished(student, place, button=EDITED)


async def press(student: Student, post: SeenMessage, button: str = EDITED) -> None:
    await student.clicks(post, next(each.label for each in post.controls if (each.custom_id or "").startswith(button)))


def kinds(post: SeenMessage) -> list[str]:
    return [":".join((each.custom_id or "").split(":")[:2]) for each in post.controls]


async def test_an_edit_offers_an_answer_in_place_of_the_old_one(house: House) -> None:
    house.openai.say("Three.", "Four.")
    minji = await house.discord.student("minji")
    question = await house.ask(minji, f"{SECRET}, 1 + 2?")
    old = await finished(minji, question, "Three.")
    await minji.edits(question, f"{house.mention} 1 + 3?")
    post = await offered(minji, question)
    assert post.id == old.id
    assert kinds(post)[:2] == ["saem:edited", "saem:again"]
    assert post.controls[0].label == "Answer the edited question"
    await press(minji, post)
    new = await finished(minji, question, "Four.")
    assert new.id == old.id
    assert EDITED not in str(new.raw)
    assert house.user_texts() == ["민지: 1 + 3?"]
    assert SECRET not in str(house.requests[-1])
    assert "Three." not in str(house.requests[-1])


async def test_regenerate_answers_the_words_as_they_are_now(house: House) -> None:
    house.openai.say("Three.", "Four.")
    minji = await house.discord.student("minji")
    question = await house.ask(minji, "1 + 2?")
    await finished(minji, question, "Three.")
    await minji.edits(question, f"{house.mention} 1 + 3?")
    await press(minji, await offered(minji, question), "saem:again:")
    await finished(minji, question, "Four.")
    assert house.user_texts() == ["민지: 1 + 3?"]


async def test_what_was_edited_out_goes_to_the_model_no_more_with_the_next_question(house: House) -> None:
    house.openai.say("Three.", "Five.", "More.")
    minji = await house.discord.student("minji")
    first = await house.ask(minji, f"{SECRET}, 1 + 2?")
    await finished(minji, first, "Three.")
    second = await minji.says(first.id, f"and 2 + 3? {SECRET}")
    await finished(minji, first, "Five.")
    await minji.edits(first, f"{house.mention} 1 + 2, please")  # an older turn
    await minji.edits(second, "and 2 + 4?")
    post = await offered(minji, first)
    assert "Five." in post.text
    await minji.says(first.id, "more")
    await finished(minji, first, "More.")
    assert house.user_texts() == ["[edited] 민지: 1 + 2, please", "[edited] 민지: and 2 + 4?", "민지: more"]
    assert SECRET not in str(house.requests[-1])
    await eventually(lambda: EDITED not in str(minji.now(post).raw))


async def test_of_several_questions_in_one_turn_the_edited_one_is_asked_in_its_place(house: House) -> None:
    gate = asyncio.Event()
    house.openai.turns.extend([Turn("one", gate=gate), Turn("Both."), Turn("Anew.")])
    minji, alex = await house.discord.student("minji"), await house.discord.student("alex")
    start = await house.ask(minji, "first")
    await alex.sees(start, contains="one")
    waiting = await minji.says(start.id, f"second {SECRET}")
    await alex.says(start.id, "third")
    await asyncio.sleep(0.3)
    gate.set()
    await finished(minji, start, "Both.")
    await minji.edits(waiting, "second, please")
    await press(minji, await offered(minji, start))
    await finished(minji, start, "Anew.")
    assert house.user_texts() == ["민지: first", "민지: second, please", "Alex: third"]
    assert SECRET not in str(house.requests[-1])


async def test_an_edit_that_changes_no_words_offers_nothing(house: House) -> None:
    house.openai.say("Three.", "More.")
    minji = await house.discord.student("minji")
    question = await house.ask(minji, "1 + 2?")
    answer = await finished(minji, question, "Three.")
    await minji.edits(question, f"{house.mention} 1 + 2?")
    await asyncio.sleep(0.4)
    assert EDITED not in str(minji.now(answer).raw)
    await minji.says(question.id, "more")
    await finished(minji, question, "More.")
    assert house.user_texts() == ["민지: 1 + 2?", "민지: more"]


async def test_an_edit_that_changes_no_words_does_not_begin_a_running_answer_again(house: House) -> None:
    gate = asyncio.Event()
    house.openai.turns.append(Turn("one two three", gate=gate))
    minji = await house.discord.student("minji")
    question = await house.ask(minji, "count")
    await minji.sees(question, contains="one")
    await minji.edits(question, f"{house.mention} count")
    await asyncio.sleep(0.3)
    gate.set()
    await finished(minji, question, "three")
    assert len(house.requests) == 1


async def test_the_answer_to_an_edited_question_that_is_deleted_is_not_made_anew(house: House) -> None:
    house.openai.say("Three.", "More.")
    minji = await house.discord.student("minji")
    question = await house.ask(minji, "1 + 2?")
    await finished(minji, question, "Three.")
    await minji.edits(question, f"{house.mention} {SECRET}")
    await offered(minji, question)
    await minji.deletes(question)
    await asyncio.sleep(0.3)
    await minji.says(question.id, "more")
    await finished(minji, question, "More.")
    assert house.user_texts() == ["민지: more"]


async def test_a_stranger_does_not_ask_the_edited_question(house: House) -> None:
    house.openai.say("Three.")
    minji, alex = await house.discord.student("minji"), await house.discord.student("alex")
    question = await house.ask(minji, "1 + 2?")
    await finished(minji, question, "Three.")
    await minji.edits(question, f"{house.mention} 1 + 3?")
    await press(alex, await offered(alex, question))
    assert (await alex.sees(contains="Only the one who asked")).ephemeral


async def test_after_a_restart_an_edit_is_offered_and_answered(tmp_path: Path) -> None:
    async with Playground() as local, ScriptedOpenAI(Turn(f"Old. {'x' * 200}"), Turn("New.")) as openai:
        settings = settings_for(local, openai, tmp_path)
        minji = await local.student("minji")
        mention = f"<@{local.bot.id}>"
        async with bot_in(local, settings):
            question = await minji.says("math", f"{mention} {SECRET}")
            old = await finished(minji, question, "Old.")
        async with bot_in(local, settings):
            await minji.edits(question, f"{mention} 1 + 3?")
            post = await offered(minji, question)
            assert post.id == old.id
            assert "Old." in post.text
            assert "saem:again" in kinds(post)
        async with bot_in(local, settings):  # the button works over a restart, too
            await press(minji, post)
            new = await finished(minji, question, "New.")
            assert new.id == old.id
            assert SECRET not in str(openai.requests[-1])
            assert "1 + 3?" in str(openai.requests[-1])


async def test_what_was_edited_while_the_bot_was_away_goes_to_the_model_no_more(tmp_path: Path) -> None:
    async with Playground() as local, ScriptedOpenAI(Turn("One."), Turn("Two."), Turn("New."), Turn("More.")) as openai:
        settings = settings_for(local, openai, tmp_path)
        minji = await local.student("minji")
        mention = f"<@{local.bot.id}>"
        async with bot_in(local, settings):
            first = await minji.says("math", f"{mention} {SECRET}")
            await finished(minji, first, "One.")
            second = await minji.says(first.id, f"two {SECRET}")
            old = await finished(minji, first, "Two.")
        await minji.edits(second, "two, please")
        async with bot_in(local, settings):
            await press(minji, old, "saem:again:")
            await finished(minji, first, "New.")
            assert "two, please" in str(openai.requests[-1])
            assert f"two {SECRET}" not in str(openai.requests[-1])
        await minji.edits(first, f"{mention} hello")
        async with bot_in(local, settings):
            await minji.says(first.id, "more")
            await finished(minji, first, "More.")
            assert SECRET not in str(openai.requests[-1])
            assert "[edited] 민지: hello" in str(openai.requests[-1])


async def test_what_was_deleted_while_the_bot_was_away_goes_to_the_model_no_more(tmp_path: Path) -> None:
    turns = [Turn("One."), Turn("Two."), Turn("Three."), Turn("More."), Turn("Last.")]
    async with Playground() as local, ScriptedOpenAI(*turns) as openai:
        settings = settings_for(local, openai, tmp_path)
        minji = await local.student("minji")
        async with bot_in(local, settings):
            first = await minji.says("math", f"<@{local.bot.id}> first {SECRET}")
            await finished(minji, first, "One.")
            second = await minji.says(first.id, f"second {SECRET}")
            await finished(minji, first, "Two.")
            await minji.says(first.id, "third")
            await finished(minji, first, "Three.")
        await minji.deletes(second)
        async with bot_in(local, settings):
            await minji.says(first.id, "more")
            await finished(minji, first, "More.")
            asked = [item["content"] for item in openai.requests[-1]["input"] if item.get("role") == "user"]
            assert [str(each) for each in asked] == [f"민지: first {SECRET}", "민지: third", "민지: more"]
        await minji.deletes(first)
        async with bot_in(local, settings):
            await minji.says(first.id, "last")
            await finished(minji, first, "Last.")
            assert SECRET not in str(openai.requests[-1])
            assert "민지: third" in str(openai.requests[-1])


async def test_while_a_quiz_waits_the_new_words_are_added_when_somebody_writes_on(house: House) -> None:
    house.openai.turns.extend([Turn("One."), quiz_turn(), Turn("More.")])
    minji = await house.discord.student("minji")
    first = await house.ask(minji, SECRET)
    await finished(minji, first, "One.")
    await minji.says(first.id, "quiz me")
    await minji.sees(first, matching=lambda post: "quiz:" in str(post.raw["components"]))
    await minji.edits(first, f"{house.mention} hello")
    await asyncio.sleep(0.4)
    await minji.says(first.id, "more")
    await finished(minji, first, "More.")
    assert SECRET not in str(house.requests[-1])
    assert "[edited] 민지: hello" in house.user_texts()
