"""Functions that the model calls: answered at once or by people, in any number, whatever became of the run."""

import asyncio
import json
import sqlite3
from typing import Any

from openai.types import FunctionDefinition
from sqlalchemy.exc import OperationalError

from bot.conversations.tools import Tool, ToolCall
from playground.faults import Fault
from tests.house import House, eventually, finished
from tests.scripted_openai import Call, Turn, tool_outputs


class Clock(Tool):
    """Answers at once."""

    name = "clock"
    schema = FunctionDefinition(name="clock", description="The time.", parameters={"type": "object", "properties": {}})

    async def call(self, call: ToolCall) -> str | None:
        return json.dumps({"time": "12:00"})


class Broken(Tool):
    """Fails."""

    name = "broken"
    schema = FunctionDefinition(name="broken", parameters={"type": "object", "properties": {}})

    async def call(self, call: ToolCall) -> str | None:
        raise RuntimeError("out of order")


class Cut(Tool):
    """Meets a database that is away."""

    name = "cut"
    schema = FunctionDefinition(name="cut", parameters={"type": "object", "properties": {}})

    async def call(self, call: ToolCall) -> str | None:
        error = sqlite3.OperationalError("disk I/O error")
        error.sqlite_errorcode = sqlite3.SQLITE_IOERR
        raise OperationalError("SELECT 1", {}, error)


class Poll(Tool):
    """Asks a person."""

    name = "poll"
    schema = FunctionDefinition(name="poll", parameters={"type": "object", "properties": {}})

    def __init__(self) -> None:
        self.asked: list[ToolCall] = []
        self.dropped: list[ToolCall] = []

    async def call(self, call: ToolCall) -> str | None:
        self.asked.append(call)
        return None

    async def output_so_far(self, call: ToolCall) -> str:
        return '{"status": "unfinished", "votes": 1}'

    async def cancelled(self, call: ToolCall) -> None:
        self.dropped.append(call)


def outputs(house: House) -> list[Any]:
    return [json.loads(each) for each in tool_outputs(house.requests[-1])]


async def test_a_function_that_answers_at_once_is_part_of_the_same_answer(house: House) -> None:
    house.bot.tools.add(Clock())
    house.openai.turns.extend([Turn("Let me look. ", calls=[Call("clock")]), Turn("It is noon.")])
    alex = await house.discord.student("alex")
    question = await house.ask(alex, "what time is it?")
    answer = await alex.sees(question, contains="noon")
    assert "Let me look." in answer.text
    assert outputs(house) == [{"time": "12:00"}]


async def test_several_calls_are_all_answered_before_one_submit(house: House) -> None:
    poll = Poll()
    for tool in (Clock(), Broken(), poll):
        house.bot.tools.add(tool)
    calls = [Call("clock"), Call("broken"), Call("invented"), Call("poll")]
    house.openai.turns.extend([Turn("Asking.", calls=calls), Turn("Thank you all.")])
    alex = await house.discord.student("alex")
    question = await house.ask(alex, "do everything")
    await eventually(lambda: poll.asked)
    assert len(house.requests) == 1
    assert poll.asked[0].asker_id == alex.id
    assert poll.asked[0].channel_id == question.id
    await house.bot.conversations.submit_output(poll.asked[0].call_id, '{"votes": 3}')
    await alex.sees(question, contains="Thank you all.")
    handed_in = tool_outputs(house.requests[-1])
    assert len(handed_in) == 4
    assert '{"time": "12:00"}' in handed_in
    assert '{"error": "the function failed"}' in handed_in
    assert any("invented" in each for each in handed_in)
    assert '{"votes": 3}' in handed_in


async def test_where_the_thread_is_refused_the_function_is_called_in_the_channel(house: House) -> None:
    poll, gate = Poll(), asyncio.Event()
    house.bot.tools.add(poll)
    house.discord.fail(Fault(kind="status", route="POST */threads", status=403))
    house.openai.turns.append(Turn("Asking you.", calls=[Call("poll")], gate=gate))
    alex = await house.discord.student("alex")
    question = await house.ask(alex, "poll us")
    await alex.sees("math", contains="Asking")
    gate.set()
    await eventually(lambda: poll.asked)
    assert poll.asked[0].channel_id == question.channel_id


async def test_of_a_database_that_is_away_the_student_hears_and_not_the_model(house: House) -> None:
    for tool in (Cut(), Clock()):
        house.bot.tools.add(tool)
    house.openai.turns.extend([Turn("", calls=[Call("cut"), Call("clock")]), Turn("Fine.")])
    alex = await house.discord.student("alex")
    question = await house.ask(alex, "look it up")
    failed = await finished(alex, question, "I cannot write anything down just now", button="saem:retry:")
    assert len(house.requests) == 1
    await alex.clicks(failed, "Retry")
    await finished(alex, question, "Fine.")


async def test_what_is_shown_waits_for_the_thread_that_it_is_shown_in(house: House) -> None:
    poll = Poll()
    house.bot.tools.add(poll)
    house.discord.fail(Fault(kind="slow", route="POST */threads", seconds=1.0))
    house.openai.turns.append(Turn("", calls=[Call("poll")]))
    alex = await house.discord.student("alex")
    question = await house.ask(alex, "poll us")
    await eventually(lambda: poll.asked)
    assert poll.asked[0].channel_id == question.id
    assert question.id in house.discord.world.channels


async def test_an_output_counts_once(house: House) -> None:
    poll = Poll()
    house.bot.tools.add(poll)
    house.openai.turns.extend([Turn("", calls=[Call("poll")]), Turn("Counted.")])
    alex = await house.discord.student("alex")
    question = await house.ask(alex, "poll us")
    await eventually(lambda: poll.asked)
    call_id = poll.asked[0].call_id
    answers = (house.bot.conversations.submit_output(call_id, f'{{"votes": {n}}}') for n in range(5))
    await asyncio.gather(*answers)
    await alex.sees(question, contains="Counted.")
    assert len(house.requests) == 2
    assert outputs(house) == [{"votes": 0}]


async def test_whoever_writes_on_is_answered_and_the_output_follows_as_a_message(house: House) -> None:
    poll = Poll()
    house.bot.tools.add(poll)
    house.openai.turns.extend([Turn("", calls=[Call("poll")])])
    house.openai.reply = lambda body: Turn(
        "Meanwhile." if "votes" not in str(body["input"][-1]) else "The votes are in."
    )
    alex = await house.discord.student("alex")
    question = await house.ask(alex, "poll us")
    await eventually(lambda: poll.asked)
    await alex.says(question.id, "and what is 1 + 1?")
    await finished(alex, question, "Meanwhile.")
    await house.bot.conversations.submit_output(poll.asked[0].call_id, '{"votes": 9}')
    await alex.sees(question, contains="The votes are in.")
    assert '{"votes": 9}' in house.user_texts()[-1]


async def test_a_run_that_was_cancelled_meanwhile_still_gets_its_feedback(house: House) -> None:
    poll = Poll()
    house.bot.tools.add(poll)
    house.openai.turns.extend([Turn("", calls=[Call("poll")]), Turn("Better late than never.")])
    alex = await house.discord.student("alex")
    question = await house.ask(alex, "poll us")
    await eventually(lambda: poll.asked)
    call = poll.asked[0]
    await house.bot.openai.beta.threads.runs.cancel(call.run_id, thread_id=call.thread_id)
    await house.bot.conversations.submit_output(call.call_id, '{"votes": 4}')
    await alex.sees(question, contains="Better late")
    assert '{"votes": 4}' in house.user_texts()[-1]


async def test_a_deleted_thread_tells_the_function_that_nobody_waits_any_more(house: House) -> None:
    poll = Poll()
    house.bot.tools.add(poll)
    house.openai.turns.append(Turn("", calls=[Call("poll")]))
    teacher = await house.discord.student("teacher")
    question = await house.ask(teacher, "poll us")
    await eventually(lambda: poll.asked)
    await teacher.client.request("DELETE", f"/channels/{question.id}")
    await eventually(lambda: poll.dropped)
    assert poll.dropped[0].call_id == poll.asked[0].call_id


async def test_what_never_reached_the_server_is_submitted_when_the_answer_goes_on(house: House) -> None:
    """The process died after it had noted that it submits, and before the server had heard of it."""
    poll = Poll()
    house.bot.tools.add(poll)
    house.openai.turns.extend([Turn("", calls=[Call("poll")]), Turn("Counted.")])
    alex = await house.discord.student("alex")
    await house.ask(alex, "poll us")
    await eventually(lambda: poll.asked)
    [call], store = poll.asked, house.bot.conversation_store
    conversation = await house.bot.conversations.find(call.conversation_id)
    assert conversation is not None
    await eventually(lambda: conversation.settled)
    await store.set_output(call.call_id, '{"votes": 3}')
    await store.set_submitted(call.run_id)
    run = await house.bot.conversations._services.api.retrieve(call.thread_id, call.run_id)
    assert run is not None
    answer = conversation._beginning.new_answer(
        [], house.bot.conversations._services.discord.destination(conversation.location), "en", None
    )
    ended = await conversation._assistants_thread.show(run, answer)
    assert ended.status == "completed"
    assert outputs(house) == [{"votes": 3}]
    assert [each.submitted for each in await store.calls_of_run(call.run_id)] == [True]
    assert len(poll.asked) == 1
