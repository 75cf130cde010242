"""The button "Show as text": what the model wrote, for whoever wants to copy it."""

from pathlib import Path
from typing import Any

import pytest

from bot.conversations.answer_source import without_sandbox_links
from playground.pilot import SeenMessage, Student
from playground.server import Playground
from tests.bot.library.dropped_files import citing, jump_url, reacted
from tests.house import House, bot_in, eventually, finished, settings_for
from tests.scripted_openai import ScriptedOpenAI, Turn

FORMULAS = (
    "The roots of **x² − 5x + 6** are\n\n\\[ x = \\frac{5 \\pm \\sqrt{25 - 24}}{2} \\]\n\nso $x_1 = 2$, $x_2 = 3$."
)
TABLE = "Here:\n\n| n | n² |\n|---|---:|\n| 2 | 4 |\n| 3 | 9 |\n\nThat is all."


def labels(post: SeenMessage) -> list[str]:
    return [control.label for control in post.controls]


async def shown_as_text(student: Student, answer: SeenMessage, label: str = "Show as text") -> SeenMessage:
    """What pressing the button gives."""
    outcome = await student.clicks(answer, label)
    assert outcome.ok
    await eventually(lambda: bool(private(student)))
    return private(student)[-1]


def private(student: Student) -> list[SeenMessage]:
    return [post for post in student.messages() if post.ephemeral and not post.raw["flags"] & 1 << 7]


@pytest.mark.parametrize("source", [FORMULAS, TABLE, "```math\nx^2 + \\frac{1}{2}\n```\n\nand more", "**so $x^2$**"])
async def test_an_answer_with_formulas_or_a_table_gives_what_the_model_wrote(house: House, source: str) -> None:
    house.openai.say(source)
    minji, alex = await house.discord.student("minji"), await house.discord.student("alex")
    question = await house.ask(minji, "tell me")
    answer = await finished(alex, question, button="saem:text:")
    assert labels(answer)[0] == "Regenerate"
    assert labels(answer)[-1] == "Show as text"
    said = await shown_as_text(alex, answer)  # anyone may, not only who asked
    assert said.ephemeral
    if "```" in source:
        assert await attached(house, alex, said) == source
    else:
        assert said.text == f"```\n{source}\n```"
    assert not private(minji)


@pytest.mark.parametrize(
    "source", ["Just words, **bold** ones, for $5.", "```python\nprint('$x$')\n```", "- one\n- two"]
)
async def test_an_answer_that_is_copied_as_it_is_seen_has_no_such_button(house: House, source: str) -> None:
    house.openai.say(source)
    minji = await house.discord.student("minji")
    answer = await finished(minji, await house.ask(minji, "tell me"))
    assert "Regenerate" in labels(answer)
    assert "Show as text" not in labels(answer)


async def test_the_button_speaks_korean_to_koreans(house: House) -> None:
    house.openai.say(FORMULAS)
    minji = await house.discord.student("minji")
    answer = await finished(minji, await house.ask(minji, "근을 구해 주세요"), button="saem:text:")
    assert labels(answer)[-1] == "텍스트로 보기"
    assert "\\frac{5 \\pm" in (await shown_as_text(minji, answer, "텍스트로 보기")).text


async def test_a_long_answer_comes_whole_in_a_file(house: House) -> None:
    source = "\n\n".join(
        f"{number}. Line {number} of what follows: $x^{{{number}}}$ " + "so " * 60 for number in range(99)
    )
    house.openai.turns.append(Turn(source))
    minji = await house.discord.student("minji")
    answer = await finished(minji, await house.ask(minji, "tell me everything"), button="saem:text:")
    assert await attached(house, minji, await shown_as_text(minji, answer)) == source.strip("\n")


async def test_nobody_is_pinged_by_what_is_shown_as_text(house: House) -> None:
    minji, alex = await house.discord.student("minji"), await house.discord.student("alex")
    house.openai.say(f"@everyone {alex.mention}: $x^2$")
    answer = await finished(minji, await house.ask(minji, "hello"), button="saem:text:")
    said = await shown_as_text(minji, answer)
    assert said.raw["mentions"] == []
    assert not said.raw["mention_everyone"]


async def test_the_button_goes_with_the_others_when_there_is_a_newer_answer(house: House) -> None:
    house.openai.say(FORMULAS, "Second.")
    minji = await house.discord.student("minji")
    question = await house.ask(minji, "one")
    first = await finished(minji, question, button="saem:text:")
    await minji.says(question.id, "two")
    await finished(minji, question, "Second.")
    await eventually(lambda: not minji.now(first).controls)


async def test_after_a_restart_the_text_comes_from_the_thread_also_under_an_older_answer(tmp_path: Path) -> None:
    async with Playground() as discord, ScriptedOpenAI(Turn(FORMULAS), Turn("Second.")) as openai:
        settings = settings_for(discord, openai, tmp_path)
        minji = await discord.student("minji")
        async with bot_in(discord, settings):
            question = await minji.says("math", f"<@{discord.bot.id}> one")
            first = await finished(minji, question, button="saem:text:")
        async with bot_in(discord, settings):
            await minji.says(question.id, "two")  # the new process does not know the buttons of the old
            await finished(minji, question, "Second.")
            said = await shown_as_text(minji, minji.now(first))
            assert said.text == f"```\n{FORMULAS}\n```"


async def test_a_source_that_is_gone_is_said_to_be(house: House) -> None:
    house.openai.say(FORMULAS)
    alex = await house.discord.student("alex")
    question = await house.ask(alex, "one")
    answer = await finished(alex, question, button="saem:text:")
    stored = await house.bot.conversation_store.conversation(question.id)
    assert stored is not None
    assert stored.thread_id is not None
    await house.bot.openai.beta.threads.delete(stored.thread_id)
    assert "not kept any more" in (await shown_as_text(alex, answer)).text


async def test_citations_are_shown_as_the_reader_saw_them(house: House) -> None:
    alex = await house.discord.student("alex")
    dropped = await alex.drops("library", ("plan.txt", b"The target year of the city plan is 2030."))
    await reacted(alex, dropped, "✅")
    citing(house, "target year", "It is $2000 + 30 = 2030${mark}.")
    answer = await finished(alex, await house.ask(alex, "What is the target year?"), button="saem:text:")
    link = jump_url(dropped, house)
    said = await shown_as_text(alex, answer)
    assert said.text == f"```\nIt is $2000 + 30 = 2030$ [[1]]({link}).\n\n[1] [plan.txt]({link})\n```"


async def attached(house: House, student: Student, post: SeenMessage) -> str:
    """The text of a message's one file."""
    files: list[dict[str, Any]] = post.raw["attachments"]
    [file] = files
    assert file["filename"] == "answer.md"
    return (await student.client.fetch(file["url"])).decode()


def test_links_to_what_code_has_made_are_words_in_the_text_too() -> None:
    text = "See [the *table*](sandbox:/mnt/data/a b.csv), ![p](<sandbox:/mnt/data/p.png>) or sandbox:/mnt/data/c.csv."
    assert without_sandbox_links(text) == "See the *table*, p or c.csv."
    assert without_sandbox_links("[a](https://example.org) stays") == "[a](https://example.org) stays"
