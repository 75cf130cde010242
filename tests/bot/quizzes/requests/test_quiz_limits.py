"""How many quizzes a student and a server may start and have open, by every way to a quiz."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.errors import UserFacingError
from bot.quizzes import sentences as say
from bot.quizzes.requests.quiz_limits import PENDING_FOR, WINDOW, QuizLimits, QuizLimitSizes
from bot.quizzes.session.quiz_session import Phase
from bot.quizzes.storage.quiz_starts import QuizStarts
from bot.quizzes.storage.quiz_store import QuizStore
from bot.store.store import Store, open_store
from playground.clock import Clock
from playground.pilot import Student
from tests.bot.quizzes.playing import asked, cog, outputs, question, quiz_turn
from tests.bot.quizzes.storage.test_quiz_store import opened
from tests.house import House, eventually, finished, open_house
from tests.scripted_openai import Turn, tool_outputs

FAR = 1_000
GUILD, OTHER_GUILD, DIRECT = 7, 8, 0


@pytest_asyncio.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    """An empty store: what other tests left would count."""
    async with open_store(f"sqlite:///{tmp_path / 'saem.sqlite3'}") as opened_store:
        yield opened_store


class Limits:
    """Limits over a store, with a clock that the test sets."""

    def __init__(self, store: Store, **sizes: int) -> None:
        self.clock = Clock(lambda: 1_000_000.0)
        self.quiz_store = QuizStore(store)
        far = dict.fromkeys(("started_by_student", "started_in_server", "open_of_student", "open_in_server"), FAR)
        self.sizes = QuizLimitSizes(**{**far, **sizes})
        self.quiz_starts = QuizStarts(store)
        self.limits = QuizLimits(self.quiz_store, self.quiz_starts, self.sizes, self.clock.now)

    async def restart(self) -> None:
        """What the next process knows."""
        self.limits = QuizLimits(self.quiz_store, self.quiz_starts, self.sizes, self.clock.now)
        await self.limits.load()

    async def refusal(self, student: int = 1, guild: int = GUILD, *, arrives: bool = False) -> str | None:
        """Ask for a quiz; why it is refused, None if it is not."""
        request_id = secrets.token_hex(4)
        try:
            await self.limits.admit(request_id, student, guild)
        except UserFacingError as error:
            return str(error)
        if arrives:
            self.limits.arrived(request_id)
        return None


async def test_a_student_has_so_many_starts_and_is_told_when_the_next_is_free(store: Store) -> None:
    held = Limits(store, started_by_student=2)
    assert await held.refusal() is None
    held.clock.advance(100.0)
    assert await held.refusal(guild=OTHER_GUILD) is None
    told = f"Quizzes that you have started in the last five minutes: 2. You can start the next one <t:{1_000_301}:R>."
    assert await held.refusal() == told
    assert await held.refusal(guild=DIRECT) == told
    assert await held.refusal(student=2) is None
    held.clock.advance(WINDOW - 100.5)
    assert await held.refusal() == told
    held.clock.advance(1.5)
    assert await held.refusal() is None
    assert f"<t:{1_000_401}:R>" in str(await held.refusal())


async def test_a_restart_forgets_no_start_and_counts_none_twice(store: Store) -> None:
    held = Limits(store, started_by_student=2, started_in_server=3, open_of_student=3)
    assert [await held.refusal(1), await held.refusal(1), await held.refusal(2)] == [None] * 3
    before = await held.refusal(1), await held.refusal(3)
    assert all(before)
    await held.restart()
    assert (await held.refusal(1), await held.refusal(3)) == before
    assert await held.refusal(3, OTHER_GUILD) is None, "nothing waits any more"
    held.clock.advance(WINDOW + 1.0)
    await held.restart()
    assert [await held.refusal(1), await held.refusal(1), await held.refusal(2)] == [None] * 3


async def test_a_server_has_so_many_starts_and_direct_messages_are_no_server(store: Store) -> None:
    held = Limits(store, started_in_server=3)
    assert [await held.refusal(student) for student in (1, 2, 3)] == [None] * 3
    assert str(await held.refusal(4)).startswith(
        "Quizzes that were started on this server in the last five minutes: 3."
    )
    assert await held.refusal(4, OTHER_GUILD) is None
    assert [await held.refusal(student, DIRECT) for student in (1, 2, 3, 4)] == [None] * 4


async def test_what_is_refused_does_not_count(store: Store) -> None:
    held = Limits(store, started_by_student=2, open_of_student=1)
    assert await held.refusal() is None
    assert await held.refusal() == "Quizzes of yours that are on their way already: 1. Play one of them first."
    held.clock.advance(PENDING_FOR)
    assert await held.refusal() is None


async def test_a_students_open_quizzes_are_named_until_they_are_over_or_old(store: Store) -> None:
    held = Limits(store, open_of_student=2)
    first, second = opened(guild=GUILD), opened(guild=OTHER_GUILD)
    for record in (first, second):
        await held.quiz_store.add(record)
    assert await held.refusal(student=2) is None
    where = f"<#{first.channel_id}>, <#{second.channel_id}>"
    assert (
        await held.refusal()
        == f"You have not finished these quizzes yet: {where}. Finish or cancel one, then start the next."
    )
    await held.quiz_store.save(opened(id=first.id, session=replace(first.session, phase=Phase.CANCELLED)))
    assert await held.refusal() is None


async def test_a_quiz_that_has_arrived_is_not_counted_twice(store: Store) -> None:
    held = Limits(store, open_of_student=2)
    assert await held.refusal(arrives=True) is None
    await held.quiz_store.add(opened(guild=GUILD))
    assert await held.refusal() is None
    assert await held.refusal() is not None


async def test_a_servers_open_quizzes_are_bounded(store: Store) -> None:
    held = Limits(store, open_in_server=2)
    guild = secrets.randbits(40)
    await held.quiz_store.add(opened(guild=guild))
    assert await held.refusal(2, guild) is None
    told = "Quizzes that are open on this server: 2. More do not fit; try again when some of them have ended."
    assert await held.refusal(3, guild) == told
    assert await held.refusal(3, OTHER_GUILD) is None
    assert await held.refusal(3, DIRECT) is None


async def test_of_many_at_once_only_so_many_are_let_in(store: Store) -> None:
    held = Limits(store, started_by_student=5, open_of_student=3)
    refusals = await asyncio.gather(*(held.refusal() for _ in range(60)))
    assert refusals.count(None) == 3


# In Discord


def threads(house: House) -> int:
    return len(house.discord.guild.threads)


async def test_a_flood_of_one_student_leaves_threads_to_the_others(house: House) -> None:
    house.openai.reply = lambda body: Turn("A half.") if "half?" in str(body["input"][-1:]) else quiz_turn()
    alex, sora = await house.discord.student("alex"), await house.discord.student("sora")
    before = threads(house)
    ran = await asyncio.gather(*(alex.runs("/quiz", where="math", topic=f"topic {n}") for n in range(60)))
    assert all(each.ok for each in ran)
    said = [each.message for each in ran]
    refused = [post for post in said if post.ephemeral]
    assert len(refused) == 57
    await eventually(lambda: threads(house) - before == 3)
    assert all("on their way already" in post.text or "not finished these" in post.text for post in refused)
    await alex.sees(contains="What is 1/2 + 1/3?")
    assert len(asked(house)) <= 3
    await sora.runs("/quiz", where="math", topic="mine")
    post = await sora.sees(contains="**mine**")
    await sora.sees(contains="What is 1/2 + 1/3?", matching=lambda each: each.channel_id == post.id)
    start = await house.ask(sora, "what is a half?")
    await finished(sora, start, "A half.")
    assert threads(house) - before == 5


async def test_a_student_who_finishes_them_is_told_when_the_next_quiz_can_start(house: House) -> None:
    alex = await house.discord.student("alex")
    for number in range(5):
        house.openai.turns.append(quiz_turn({"title": f"Quiz {number}", "questions": ONE}))
        await alex.runs("/quiz", where="math", topic="sums")
        await alex.clicks(await question(alex, f"Quiz {number}"), "Cancel")
    before = threads(house)
    refused = await (await alex.runs("/quiz", where="math", topic="sums")).says("You can start the next one <t:")
    assert refused.ephemeral
    assert threads(house) == before


ONE = [{"question_text": "1 + 1?", "choices": ["2", "3"], "answer": 0}]


async def test_with_the_days_budget_spent_nothing_is_made(tmp_path: Path) -> None:
    async with open_house(tmp_path, tokens_per_day=10) as house:
        alex = await house.discord.student("alex")
        house.openai.turns.append(Turn("A half is 1/2."))
        answer = await finished(alex, await house.ask(alex, "what is a half?"), "A half")
        before, sent = threads(house), len(alex.messages())
        requests = len(asked(house))
        ran = [
            await alex.runs("/quiz", where="math", topic="sums"),
            await alex.uses("Quiz me on this", await alex.says("math", "Sums of fractions are fun.")),
            await alex.clicks(answer, "Quiz me"),
        ]
        for each in ran:
            assert (await each.says("used up what I may think")).ephemeral
        assert (threads(house), len(asked(house))) == (before, requests)
        assert len([post for post in alex.messages() if not post.ephemeral]) == sent + 1


@pytest_asyncio.fixture
async def strict(tmp_path: Path) -> AsyncIterator[House]:
    """A house in which a student may have one quiz open."""
    async with open_house(tmp_path, open_quizzes_per_student=1) as house:
        yield house


async def one_open(house: House, student: Student) -> None:
    house.openai.turns.append(quiz_turn())
    await student.runs("/quiz", where="math", topic="fractions")
    await question(student, "What is 1/2 + 1/3?")


@pytest.mark.parametrize("way", ["command", "menu", "button"])
async def test_every_way_to_a_quiz_is_within_the_limits(strict: House, way: str) -> None:
    alex, minji = await strict.discord.student("alex"), await strict.discord.student("minji")
    strict.openai.turns.append(Turn("A half is 1/2."))
    answer = await finished(alex, await strict.ask(alex, "what is a half?"), "A half")
    message = await minji.says("math", "Three quarters is 3/4.")
    await one_open(strict, alex)
    before, requests = threads(strict), len(asked(strict))
    match way:
        case "command":
            outcome = await alex.runs("/quiz", where="math", topic="more")
        case "menu":
            outcome = await alex.uses("Quiz me on this", message)
        case _:
            outcome = await alex.clicks(answer, "Quiz me")
    assert (await outcome.says("You have not finished these quizzes yet: <#")).ephemeral
    assert (threads(strict), len(asked(strict))) == (before, requests)


async def test_a_quiz_that_the_model_begins_is_within_them_and_the_answer_goes_on(strict: House) -> None:
    alex = await strict.discord.student("alex")
    await one_open(strict, alex)
    strict.openai.reply = lambda body: Turn("First finish that one.") if tool_outputs(body) else quiz_turn()
    start = await strict.ask(alex, "quiz me on halves")
    await alex.sees(start, contains="You have not finished these quizzes yet: <#")
    await alex.sees(start, contains="First finish that one.")
    assert outputs(strict)[0]["status"] == "refused"
    assert len(await cog(strict).quiz_store.open_in(start.id)) == 0


async def test_a_quiz_that_the_model_could_not_make_is_not_counted_as_open(strict: House) -> None:
    alex = await strict.discord.student("alex")
    strict.openai.turns += [quiz_turn("{"), quiz_turn("{"), quiz_turn("{"), Turn("Sorry.")]
    await alex.runs("/quiz", where="math", topic="fractions")
    await alex.sees(contains="I did not manage to make a quiz")
    await alex.sees(contains="Sorry.")
    await one_open(strict, alex)


def test_refusals_say_in_both_languages_when_or_where() -> None:
    for sentence, gap in ((say.STUDENT_COOLDOWN, "when"), (say.SERVER_COOLDOWN, "when"), (say.STUDENT_OPEN, "where")):
        values: dict[str, Any] = {"count": 3, "when": "<t:1:R>", "where": "<#1>"}
        assert values[gap] in sentence("en", **values)
        assert values[gap] in sentence("ko", **values)
