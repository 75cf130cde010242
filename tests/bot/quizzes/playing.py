"""What tests do to play quizzes: the model's calls, questions in Discord, presses, and what the model is told."""

import json
from typing import Any, cast

from bot.quizzes.storage.quiz_records import QuizRecord
from cogs.quiz import QuizCog
from playground.default_guild import Profile, add_student
from playground.pilot import InteractionRequest, Outcome, SeenMessage, Student
from playground.validation.components import walk
from playground.world.guilds import Member
from tests.bot.quizzes.example_quizzes import FRACTIONS
from tests.house import House
from tests.scripted_openai import Call, Turn, tool_outputs


def quiz_turn(arguments: Any = FRACTIONS, text: str = "") -> Turn:
    """The model calls the function."""
    return Turn(text, calls=[Call("generate_quiz", arguments)])


def cog(house: House) -> QuizCog:
    """The cog under test."""
    return cast("QuizCog", house.bot.get_cog("QuizCog"))  # the class is another: discord.py loads cogs by itself


async def record(house: House, post: SeenMessage) -> QuizRecord:
    """The quiz that a message shows, as it is stored."""
    ids = [each.custom_id or "" for each in post.controls]
    quiz_id = next(custom_id.split(":")[1] for custom_id in ids if custom_id.startswith("quiz:"))
    found = await cog(house).quiz_store.get(quiz_id)
    assert found is not None
    return found


async def question(student: Student, contains: str, location: Any = None) -> SeenMessage:
    """The message that asks it now."""
    return await student.sees(location, contains=contains, matching=lambda post: bool(post.controls))


async def begun_at_once(student: Student, contains: str = "What is 1/2 + 1/3?") -> SeenMessage:
    """Press "Start now" in the lobby of the group's quiz that `student` has asked for; its first question."""
    lobby = await question(student, "Join")
    assert (await student.clicks(lobby, "Start now")).ok
    return await updated(student, lobby, contains)


async def updated(student: Student, post: SeenMessage, contains: str) -> SeenMessage:
    """The same message, once it says this."""
    return await student.sees(post.channel_id, contains=contains, matching=lambda each: each.id == post.id)


def asked(house: House) -> list[Any]:
    """The model's requests; the first look at the provider is none."""
    return [body for body in house.openai.requests if "input" in body]


def outputs(house: House, request: int = -1) -> list[Any]:
    """The functions' outputs in one of the model's requests."""
    return [json.loads(output) for output in tool_outputs(asked(house)[request])]


async def told(student: Student, house: House, count: int = 1) -> list[Any]:
    """Wait until the model has been told `count` outputs; those of its last request."""

    await student.wait_for(
        lambda: any(len(tool_outputs(body)) >= count for body in asked(house)), what="the outputs at the model"
    )
    return outputs(house)


def responses(reports: list[Any]) -> list[dict[str, Any]]:
    """What outputs say of the responses, without the quiz itself and the advice."""
    return [{key: each[key] for key in ("status", "responses", "correct") if key in each} for each in reports]


def relabelled(house: House, post: SeenMessage, custom_id: str) -> None:
    """Let the first button of a message carry another id: Discord sends presses of buttons that are there alone."""
    message = house.discord.world.channels[post.channel_id].messages[post.id]
    first = next(each for each in walk(message.components) if each["type"] == 2)
    first["custom_id"] = custom_id
    first["disabled"] = False


def with_button(house: House, post: SeenMessage, custom_id: str) -> None:
    """Give a message back a button that it had: the press of a client that has not heard of the edit yet."""
    message = house.discord.world.channels[post.channel_id].messages[post.id]
    button = {"type": 2, "style": 2, "label": "?", "custom_id": custom_id, "id": 99}
    message.components.append({"type": 1, "id": 98, "components": [button]})


async def press(student: Student, post: SeenMessage, custom_id: str) -> Outcome:
    """Press the button of that id, whatever the student's client shows."""
    data = {"component_type": 2, "custom_id": custom_id}
    extra = {"message_id": str(post.id), "message_flags": post.raw["flags"]}
    return await student.interacts(InteractionRequest(3, post.channel_id, post.author_id, data, extra))


def crowd(house: House, count: int) -> list[str]:
    """More students in the guild; their names."""
    world, guild = house.discord.world, house.discord.guild
    names = [f"pupil{number}" for number in range(count)]
    for name in names:
        user = add_student(world, world.snowflakes.next(), Profile(name, name.title(), "en-US"))
        guild.members[user.id] = Member(user, world.clock.now())
    return names
