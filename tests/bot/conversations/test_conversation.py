"""What people do to an answer and to their messages: stop, regenerate, retry, edit, delete."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from openai import AsyncOpenAI
from sqlalchemy import delete

from bot.conversations.location import Location
from bot.conversations.question import Question
from bot.store.tables import QuestionRow
from playground.faults import Fault as DiscordFault
from tests.house import House, eventually, finished, handled, open_house
from tests.scripted_openai import Fault, Turn

SLOW_THREAD = DiscordFault("slow", "POST */threads", seconds=1.0)


async def test_stop_ends_a_running_answer_and_keeps_what_there_is(house: House) -> None:
    house.openai.turns.append(Turn("one two three", gate=asyncio.Event()))
    minji = await house.discord.student("minji")
    question = await house.ask(minji, "count")
    running = await minji.sees(question, contains="one")
    await minji.clicks(running, "Stop")
    stopped = await finished(minji, question, "Stopped.", button="saem:retry:")
    assert "one" in stopped.text
    house.openai.say("Here again.")
    await minji.says(question.id, "go on")
    await finished(minji, question, "Here again.")


async def test_only_the_one_who_asked_may_stop(house: House) -> None:
    gate = asyncio.Event()
    house.openai.turns.append(Turn("one two three", gate=gate))
    minji, alex = await house.discord.student("minji"), await house.discord.student("alex")
    question = await house.ask(minji, "count")
    running = await alex.sees(question, contains="one")
    await alex.clicks(running, "Stop")
    refused = await alex.sees(contains="Only the one who asked")
    assert refused.ephemeral
    gate.set()
    await finished(minji, question, "three")


async def test_regenerate_makes_the_answer_anew_and_the_old_one_leaves_both_sides(house: House) -> None:
    house.openai.say("Old answer.", "New answer.", "Third.")
    minji = await house.discord.student("minji")
    question = await house.ask(minji, "tell me")
    old = await finished(minji, question, "Old answer.")
    await minji.clicks(old, "Regenerate")
    await finished(minji, question, "New answer.")
    assert [post.text for post in minji.messages(question) if "Old answer." in post.text] == []
    await minji.says(question.id, "more")
    await finished(minji, question, "Third.")
    assert "Old answer." not in str(house.requests[-1])
    assert "New answer." in str(house.requests[-1])
    assert house.user_texts() == ["민지: tell me", "민지: more"]


async def test_only_the_last_answer_carries_regenerate(house: House) -> None:
    house.openai.say("First.", "Second.")
    minji = await house.discord.student("minji")
    question = await house.ask(minji, "one")
    first = await finished(minji, question, "First.")
    await minji.says(question.id, "two")
    await finished(minji, question, "Second.")
    await eventually(lambda: not _has(minji.now(first), "saem:again:"))


async def test_what_is_said_to_others_keeps_nobody_from_regenerating(house: House) -> None:
    house.openai.say("Old answer.", "New answer.", "You are welcome.")
    minji, alex = await house.discord.student("minji"), await house.discord.student("alex")
    question = await house.ask(minji, "tell me")
    old = await finished(minji, question, "Old answer.")
    aside = await alex.says(question.id, f"{minji.mention} nice")
    await handled(house, aside.id)
    await minji.clicks(old, "Regenerate")
    await finished(minji, question, "New answer.")
    await minji.says(question.id, "thanks")
    await finished(minji, question, "You are welcome.")
    assert house.user_texts() == ["민지: tell me", "[to others] Alex: @민지 nice", "민지: thanks"]


async def test_retry_after_a_failure_asks_again(house: House) -> None:
    house.openai.turns.extend([Fault(status=400, message="no"), Turn("Now it works.")])
    minji = await house.discord.student("minji")
    question = await house.ask(minji, "please")
    failed = await finished(minji, question, button="saem:retry:")
    await minji.clicks(failed, "Retry")
    await finished(minji, question, "Now it works.")
    assert house.user_texts() == ["민지: please"]
    assert not any("⚠️" in post.text for post in minji.messages(question))


async def test_a_run_that_fails_half_way_leaves_what_was_said_and_a_sentence(house: House) -> None:
    house.openai.turns.append(Turn("The first half and", drop_after=3))
    minji = await house.discord.student("minji")
    question = await house.ask(minji, "tell me")
    failed = await finished(minji, question, button="saem:retry:")
    assert "The first" in failed.text
    assert "⚠️" in failed.text


async def test_a_question_edited_while_it_runs_is_asked_anew(house: House) -> None:
    house.openai.turns.extend([Turn("one two three", gate=asyncio.Event()), Turn("Four.")])
    minji = await house.discord.student("minji")
    question = await house.ask(minji, "1 + 2?")
    await minji.sees(question, contains="one")
    await minji.edits(question, f"{house.mention} 1 + 3?")
    await finished(minji, question, "Four.")
    assert house.user_texts() == ["민지: 1 + 3?"]
    assert "one two" not in str(house.requests[-1])
    assert len([post for post in minji.messages(question) if post.by_bot]) == 1


async def test_a_waiting_question_that_is_edited_is_asked_as_edited(house: House) -> None:
    gate = asyncio.Event()
    house.openai.turns.extend([Turn("one two", gate=gate), Turn("Done.")])
    minji = await house.discord.student("minji")
    question = await house.ask(minji, "first")
    await minji.sees(question, contains="one")
    waiting = await minji.says(question.id, "secnod")
    await handled(house, waiting.id)
    await minji.edits(waiting, "second")
    await asyncio.sleep(0.2)
    gate.set()
    await finished(minji, question, "Done.")
    assert house.user_texts() == ["민지: first", "민지: second"]


async def test_a_deleted_message_leaves_the_assistants_thread_too(house: House) -> None:
    house.openai.say("One.", "Two.", "Three.")
    minji = await house.discord.student("minji")
    question = await house.ask(minji, "first")
    await finished(minji, question, "One.")
    secret = await minji.says(question.id, "my phone number is 555")
    await finished(minji, question, "Two.")
    await minji.deletes(secret)
    await asyncio.sleep(0.2)
    await minji.says(question.id, "third")
    await finished(minji, question, "Three.")
    assert house.user_texts() == ["민지: first", "민지: third"]


async def test_a_message_leaves_the_assistants_thread_also_when_its_question_was_swept(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.conversations.registry.ANSWERED", timedelta(days=-1))
    house.openai.say("One.", "Two.", "Three.")
    minji = await house.discord.student("minji")
    question = await house.ask(minji, "my name is Minji")
    await finished(minji, question, "One.")
    secret = await minji.says(question.id, "my phone number is 555")
    await finished(minji, question, "Two.")
    await house.bot.store.write((delete(QuestionRow), {}))
    house.bot.conversations._seen.clear()
    await minji.deletes(secret)
    await minji.deletes(question)
    await asyncio.sleep(0.2)
    await minji.says(question.id, "third")
    await finished(minji, question, "Three.")
    assert house.user_texts() == ["민지: third"]


async def test_the_answer_to_a_deleted_question_is_not_made_anew(house: House) -> None:
    house.openai.say("One.", "Never asked for.")
    minji = await house.discord.student("minji")
    question = await house.ask(minji, "my phone number is 555")
    answer = await finished(minji, question, "One.")
    await minji.deletes(question)
    await asyncio.sleep(0.2)
    await minji.clicks(answer, "Regenerate")
    refused = await minji.sees(contains="이 버튼은 이제 쓸 수 없어요")
    assert refused.ephemeral
    assert len(house.requests) == 1


async def test_a_question_edited_while_its_first_words_are_taken_back_is_asked_as_it_stands_at_last(
    house: House,
) -> None:
    house.openai.turns.extend([Turn("one two three", gate=asyncio.Event()), Turn("Five.")])
    house.discord.fail(DiscordFault("slow", "DELETE */messages/*", seconds=1.5))
    minji = await house.discord.student("minji")
    question = await house.ask(minji, "1 + 2?")
    running = await minji.sees(question, contains="one")
    await minji.edits(question, f"{house.mention} 1 + 3?")
    await asyncio.sleep(0.7)  # its message is being deleted
    await minji.edits(question, f"{house.mention} 1 + 4?")
    await finished(minji, question, "Five.")
    assert house.user_texts() == ["민지: 1 + 4?"]
    assert running.id not in [post.id for post in minji.messages(question)]


async def test_a_question_deleted_while_it_is_answered_stops_the_answer_with_a_sentence(house: House) -> None:
    house.openai.turns.extend([Turn("one two three", gate=asyncio.Event()), Turn("Still here.")])
    minji = await house.discord.student("minji")
    question = await house.ask(minji, "count")
    thread = question.id
    await minji.sees(thread, contains="one")
    await minji.deletes(question)
    await minji.sees(thread, contains="deleted")
    await minji.says(thread, "and now?")
    await finished(minji, thread, "Still here.")
    assert house.user_texts() == ["민지: and now?"]


async def test_a_deleted_thread_takes_its_assistants_thread_with_it(house: House) -> None:
    house.openai.say("One.")
    teacher = await house.discord.student("teacher")
    question = await house.ask(teacher, "first")
    await finished(teacher, question, "One.")
    stored = await house.bot.conversation_store.conversation(question.id)
    assert stored is not None
    assert stored.thread_id is not None
    await teacher.client.request("DELETE", f"/channels/{question.id}")
    await eventually_not_there(house.bot.openai, stored.thread_id)


async def eventually_not_there(client: AsyncOpenAI, thread_id: str) -> None:
    import openai

    async with asyncio.timeout(10):
        while True:
            try:
                await client.beta.threads.retrieve(thread_id)
            except openai.NotFoundError:
                return
            await asyncio.sleep(0.02)


def _has(post: object, prefix: str) -> bool:
    return any((each.custom_id or "").startswith(prefix) for each in post.controls)  # type: ignore[attr-defined]


async def test_a_question_edited_while_its_thread_is_being_made_is_answered_in_the_thread(house: House) -> None:
    house.discord.fail(SLOW_THREAD)
    house.openai.turns.extend([Turn("one two three", gate=asyncio.Event()), Turn("Four.")])
    minji = await house.discord.student("minji")
    question = await house.ask(minji, "1 + 2?")
    await eventually(lambda: len(house.requests) == 1)
    await minji.edits(question, f"{house.mention} 1 + 3?")
    await finished(minji, question.id, "Four.")
    assert house.user_texts() == ["민지: 1 + 3?"]


async def test_what_is_edited_or_deleted_while_it_is_noted_is_asked_anew_or_not_at_all(house: House) -> None:
    house.openai.say("New it is.")
    alex = await house.discord.student("alex")
    channel = await alex.dm(house.discord.bot.id)
    conversations, location = house.bot.conversations, Location(channel, 0, channel)
    old, new, gone = (
        Question(text, alex.id, "Alex", message_id=at) for text, at in (("old", 1), ("new", 1), ("gone", 2))
    )
    noting = [asyncio.create_task(conversations.ask(location, each)) for each in (old, gone)]
    await asyncio.sleep(0)
    await conversations.message_edited(new)
    await conversations.message_deleted(2)
    assert await asyncio.gather(*noting) == [True, False]
    await finished(alex, channel, "New it is.")
    assert house.user_texts() == ["Alex: new"]
    await eventually(lambda: not house.bot.quotas.waiting(alex.id))
    dropped = await house.bot.conversation_store.question(2)
    assert dropped is not None
    assert dropped.state == "dropped"


async def test_a_waiting_question_edited_to_say_something_to_others_counts_no_more(tmp_path: Path) -> None:
    async with open_house(tmp_path, student_runs=1, student_queue=1) as house:
        gate = asyncio.Event()
        house.openai.turns.extend([Turn("one two", gate=gate), Turn("Second.")])
        alex, minji = await house.discord.student("alex"), await house.discord.student("minji")
        question = await house.ask(alex, "first")
        await alex.sees(question, contains="one")
        waiting = await alex.says(question.id, "is that right?")
        await handled(house, waiting.id)
        await alex.edits(waiting, f"{minji.mention} is that right?")
        await eventually(lambda: house.bot.quotas.waiting(alex.id) == 1)
        gate.set()
        await finished(alex, question, "two")
        await eventually(lambda: not house.bot.quotas.waiting(alex.id))


async def test_what_is_edited_in_a_direct_message_is_asked_anew_whomever_it_mentions(house: House) -> None:
    house.openai.turns.extend([Turn("one two three", gate=asyncio.Event()), Turn("No.")])
    minji, alex = await house.discord.student("minji"), await house.discord.student("alex")
    channel = await minji.dm(house.discord.bot.id)
    question = await minji.says(channel, f"is {alex.mention} right?")
    await minji.sees(channel, contains="one")
    await minji.edits(question, f"is {alex.mention} wrong?")
    await finished(minji, channel, "No.")
