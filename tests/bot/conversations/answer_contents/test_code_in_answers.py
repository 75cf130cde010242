"""Answers for which the model runs code: what is shown meanwhile, pictures, files, and the work, with a real kernel."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from assistants.interpreter import kernels
from playground.pilot import NotSeen, SeenMessage, Student
from playground.server import Playground
from tests.bot.calculator.test_calculator import owner_of
from tests.house import House, bot_in, eventually, finished, open_house, settings_for
from tests.scripted_openai import Call, ScriptedOpenAI, Turn
from workers import sandbox

pytestmark = pytest.mark.skipif(sandbox.found() is None, reason=f"there is no sandbox here: {sandbox.why_none()}")

GALLERY, FILE = 12, 13
KERNEL = 60.0
"""Seconds that a kernel may take to start: the machine is shared."""
PLOT = (
    "import matplotlib.pyplot as plt\nplt.plot([1, 2, 3], [1, 4, 9])\nplt.title('제곱수')\nplt.xlabel('n')\n"
    "print('drawn ```@everyone')\nplt.show()\nopen('/mnt/data/squares.csv', 'w').write('n,m\\n1,1\\n')"
)
WORDS = "Here are the squares. [The table](sandbox:/mnt/data/squares.csv) has them, as sandbox:/mnt/data/squares.csv."


@pytest_asyncio.fixture
async def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[House]:
    monkeypatch.setattr(kernels, "SPARE", False)
    async with open_house(tmp_path) as running:
        yield running


def code(text: str, **more: Any) -> Turn:
    """The model runs code."""
    return Turn(calls=[Call("code_interpreter", {"code": text})], **more)


def kinds(message: SeenMessage) -> list[int]:
    return [component["type"] for component in message.raw["components"]]


def pictures(message: SeenMessage) -> list[dict[str, Any]]:
    galleries = [each for each in message.raw["components"] if each["type"] == GALLERY]
    return [item for gallery in galleries for item in gallery["items"]]


async def downloaded(url: str) -> bytes:
    async with aiohttp.ClientSession() as session, session.get(url) as response:
        return await response.read()


def labels(message: SeenMessage) -> list[str | None]:
    return [control.label for control in message.controls]


async def answered(student: Student, place: Any, contains: str = "") -> SeenMessage:
    return await student.sees(
        place,
        contains=contains,
        timeout=KERNEL,
        matching=lambda post: any((each.custom_id or "").startswith("saem:again:") for each in post.controls),
    )


def offers_code(house: House) -> bool:
    return "code_interpreter" in [tool["name"] for tool in house.requests[-1]["tools"]]


def private(student: Student) -> list[SeenMessage]:
    return [post for post in student.messages() if post.ephemeral and not post.thinking]


async def test_pictures_and_files_stand_in_the_answer_and_its_work_behind_a_button(
    house: House, tmp_path: Path
) -> None:
    thinking = asyncio.Event()
    house.openai.turns.extend([code(PLOT), Turn(WORDS, thinking=thinking)])
    minji, alex = await house.discord.student("minji"), await house.discord.student("alex")
    question = await house.ask(minji, "plot the squares")
    running = await minji.sees(question, contains="Working it out with code", timeout=KERNEL)
    assert labels(running) == ["Stop"]
    thinking.set()
    answer = await answered(minji, question, "squares")
    assert offers_code(house)
    assert "Working it out" not in answer.text
    assert "sandbox:" not in answer.text
    assert "The table has them, as `squares.csv`." in answer.text
    assert kinds(answer).index(GALLERY) < kinds(answer).index(FILE)
    assert [item["description"] for item in pictures(answer)] == ["Plot: 제곱수; x: n"]
    assert (await downloaded(pictures(answer)[0]["media"]["url"])).startswith(b"\x89PNG")
    (file,) = [each for each in answer.raw["components"] if each["type"] == FILE]
    assert file["name"] == "squares.csv"
    assert await downloaded(file["file"]["url"]) == b"n,m\n1,1\n"

    assert (await alex.clicks(answer, "Show the work")).ok
    await eventually(lambda: bool(private(alex)))
    (work,) = private(alex)[:1]
    assert "plt.plot([1, 2, 3]" in work.text
    assert "drawn" in work.text
    assert "@everyone" not in work.text.replace("`\u200b`\u200b`@everyone", "")
    assert not private(minji)


MEANS = (
    "import pandas as pd\nimport matplotlib.pyplot as plt\nmarks = pd.read_csv('/mnt/data/marks.csv')\n"
    "means = marks.groupby('반')['점수'].mean()\nmeans.plot.bar(title='반별 평균')\nplt.show()\nprint(means.to_dict())"
)


async def test_a_table_in_a_question_is_computed_with_and_searched_in(house: House) -> None:
    house.openai.turns.extend([code(MEANS), Turn("1반 평균은 80점이에요.")])
    minji = await house.discord.student("minji")
    table = ("marks.csv", "반,점수\n1,70\n1,90\n2,60\n".encode())
    question = await minji.drops("math", table, ("map.npy", b"\x93NUMPY"), text=f"{house.mention} 반별 평균 그래프?")
    answer = await answered(minji, question, "80점")
    assert [item["description"] for item in pictures(answer)] == ["그래프: 반별 평균"]
    told = [item["output"] for item in house.requests[-1]["input"] if item.get("type") == "function_call_output"]
    assert "{1: 80.0, 2: 60.0}" in told[0]
    assert {"code_interpreter", "file_search"} <= {tool["name"] for tool in house.requests[0]["tools"]}
    assert "map.npy" not in answer.text  # it is for code alone, so that no search fails with it


async def test_where_its_people_turn_it_off_no_code_is_offered(house: House) -> None:
    house.openai.say("One.", "Two.", "Three.", "Four.")
    owner, alex = await owner_of(house), await house.discord.student("alex")
    question = await house.ask(alex, "one")
    await finished(alex, question, "One.")
    assert offers_code(house)
    with pytest.raises(NotSeen):
        await alex.runs("/settings code", where="math", state="off")
    await owner.runs("/settings code", where="math", state="off")
    await owner.sees("math", contains="Code is off")
    await alex.says(question.id, "two")
    await finished(alex, question, "Two.")
    assert not offers_code(house)
    dm = await alex.dm(house.discord.bot.id)
    await alex.says(dm, "three")
    await finished(alex, dm, "Three.")
    assert offers_code(house)
    await owner.runs("/settings code", where="math", state="on")
    await owner.sees("math", contains="Code is on: for plots")
    await alex.says(question.id, "four")
    await finished(alex, question, "Four.")
    assert offers_code(house)


async def test_where_the_server_runs_none_no_code_is_offered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CODE_INTERPRETER", "off")
    async with open_house(tmp_path) as house:
        house.openai.say("One.")
        owner = await owner_of(house)
        table = ("marks.csv", b"class,mark\n1,70\n")
        question = await owner.drops("math", table, text=f"{house.mention} what is in it?")
        await finished(owner, question, "One.")
        assert not offers_code(house)
        assert "code_interpreter" not in house.requests[-1]["instructions"]
        await owner.runs("/settings code", where="math")
        await owner.sees("math", contains="no sandbox, or")


async def test_stop_in_mid_code_ends_it_and_leaves_no_status(house: House) -> None:
    house.openai.turns.append(code("import time\nprint('begun')\ntime.sleep(50)"))
    minji = await house.discord.student("minji")
    question = await house.ask(minji, "count to a lot")
    running = await minji.sees(question, contains="Working it out with code", timeout=KERNEL)
    assert (await minji.clicks(running, "Stop")).ok
    stopped = await minji.sees(question, contains="Stopped.", timeout=KERNEL)
    assert "Working it out" not in stopped.text
    assert labels(stopped) == ["Retry", "Show the work"]
    house.openai.turns.extend([code(PLOT), Turn("Drawn.")])
    assert (await minji.clicks(stopped, "Retry")).ok
    again = await answered(minji, question, "Drawn.")
    assert again.id == running.id
    assert len(pictures(again)) == 1
    house.openai.say("In words.")
    assert (await minji.clicks(again, "Regenerate")).ok
    in_words = await answered(minji, question, "In words.")
    assert GALLERY not in kinds(in_words)
    assert not house.discord.world.channels[question.id].messages[in_words.id].attachments
    assert "Show the work" not in labels(in_words)


async def test_killed_after_the_code_the_answer_is_shown_once_with_its_picture_and_its_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kernels, "SPARE", False)
    async with Playground() as local, ScriptedOpenAI() as openai:
        settings = settings_for(local, openai, tmp_path)
        gate = asyncio.Event()
        openai.turns.extend([code(PLOT), Turn(WORDS, gate=gate)])
        async with bot_in(local, settings) as bot:
            house = House(local, openai, settings, bot)
            minji = await local.student("minji")
            question = await house.ask(minji, "plot the squares")
            begun = await minji.sees(question, contains="Here", timeout=KERNEL)
            # The process has gone before it could store how the answer ended.
            monkeypatch.setattr(bot.conversation_store, "end_answer", _nothing)
            gate.set()
            await answered(minji, question, "squares")
        async with bot_in(local, settings):
            await minji.sees(
                question, matching=lambda post: post.id == begun.id and bool(post.controls), timeout=KERNEL
            )
            shown = [post for post in minji.messages(question) if post.by_bot and not post.ephemeral]
            assert [len(pictures(post)) for post in shown] == [1]
            assert "sandbox:" not in shown[0].text
            assert (await minji.clicks(shown[0], "Show the work")).ok
            await eventually(lambda: any("plt.plot([1, 2, 3]" in each.text for each in private(minji)))


async def _nothing(*_: Any, **__: Any) -> None: ...


async def test_in_the_mode_guide_work_that_tells_the_answer_stays_closed(house: House) -> None:
    house.openai.turns.extend([code("x = (14 - 11) / 3\nprint('x =', x)"), Turn("Think of the first step.")])
    owner = await owner_of(house)
    await owner.runs("/mode", where="math", mode="guide")
    await owner.sees("math", contains="guide")
    question = await house.ask(owner, "Solve 3x + 11 = 14")
    answer = await owner.sees(
        question, timeout=KERNEL, matching=lambda post: "Show the work" in labels(post) and "Stop" not in labels(post)
    )
    await owner.clicks(answer, "Show the work")
    await eventually(lambda: bool(private(owner)))
    assert "still yours to find" in "".join(post.text for post in private(owner))
    assert "14 - 11" not in "".join(post.text for post in private(owner))
