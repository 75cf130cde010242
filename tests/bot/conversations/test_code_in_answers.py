"""Answers for which the model runs code: what is shown meanwhile, pictures, files, and the work, with a real kernel."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from assistants.interpreter import kernels
from playground.pilot import SeenMessage, Student
from tests.house import House, eventually, open_house
from tests.scripted_openai import Call, Turn
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
    assert [tool["type"] for tool in house.requests[0]["tools"]].count("function") == len(house.requests[0]["tools"])
    assert "code_interpreter" in [tool["name"] for tool in house.requests[0]["tools"]]
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
