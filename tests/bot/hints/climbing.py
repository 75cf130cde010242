"""What tests do to climb ladders: the model's calls, presses, answers in the form, and what the model is told."""

import json
from typing import Any, cast

from bot.hints.ladder_store import LadderRecord
from cogs.hints import HintsCog
from playground.pilot import Outcome, SeenMessage, Student
from tests.house import House, eventually
from tests.scripted_openai import Call, Turn, tool_outputs

EQUATION: dict[str, Any] = {
    "problem": "Solve $2x + 3 = 9$.",
    "hints": [
        "Which number stands alone on the left?",
        "Take the constant away on both sides.",
        "What is left is $2x = 6$.",
    ],
    "solution": "$2x = 6$, so $x = 3$.",
    "answer": "x = 3",
    "topic": "linear equations",
}
FRACTION: dict[str, Any] = {
    "problem": "$\\frac{1}{2} + \\frac{1}{3}$을 계산하세요.",
    "hints": ["분모를 같게 만들어 보세요.", "공통분모는 6이에요."],
    "solution": "$\\frac{3}{6} + \\frac{2}{6} = \\frac{5}{6}$",
    "answer": "5/6",
    "topic": "분수",
}


def help_turn(arguments: Any = EQUATION, text: str = "") -> Turn:
    """The model calls the function."""
    return Turn(text, calls=[Call("give_help", arguments)])


def cog(house: House) -> HintsCog:
    """The cog under test."""
    return cast("HintsCog", house.bot.get_cog("HintsCog"))


async def ladder(student: Student, contains: str = "Which number", place: Any = None) -> SeenMessage:
    """The message of a ladder."""
    return await student.sees(
        place,
        contains=contains,
        matching=lambda post: any((each.custom_id or "").startswith("hint:") for each in post.controls),
    )


async def now_says(student: Student, post: SeenMessage, contains: str) -> SeenMessage:
    """The same message, once it says this."""
    return await student.sees(post.channel_id, contains=contains, matching=lambda each: each.id == post.id)


async def answers(student: Student, post: SeenMessage, given: str, button: str = "My answer…") -> Outcome:
    """Open the form and send an answer."""
    return await student.submits(await student.clicks(post, button), given=given)


async def record(house: House, post: SeenMessage) -> LadderRecord:
    """The ladder that a message shows, as it is stored."""
    ladder_id = await cog(house).store.of_message(post.id)
    assert ladder_id is not None
    found = await cog(house).store.get(ladder_id)
    assert found is not None
    return found


async def told(house: House, count: int = 1) -> list[Any]:
    """Wait until the model has been told `count` outputs of one run; those of its last request."""
    await eventually(lambda: any(len(tool_outputs(body)) >= count for body in house.requests))
    return [json.loads(output) for output in tool_outputs(house.requests[-1])]


def source(house: House, post: SeenMessage) -> str:
    """All that Discord keeps of a message: its texts, labels, `custom_id`s and what is hidden."""
    message = house.discord.world.channels[post.channel_id].messages[post.id]
    return json.dumps([message.content, message.components], ensure_ascii=False, default=str)
