"""Steps of tests that drop files: wait for ✅ under the message, have the model cite a file, link to a message."""

import re
from typing import Any, NamedTuple

from bot.client import SaemBot
from bot.settings import Settings
from playground.pilot import SeenMessage, Student
from playground.server import Playground
from tests.house import House
from tests.scripted_openai import Call, ScriptedOpenAI, Turn, tool_outputs

PLAN = "수원시의 목표연도는 2030년이다."

WATER = "Water boils at 100 degrees Celsius at sea level."


class Surroundings(NamedTuple):
    """What a bot runs in (fixtures in `conftest.py`); `bot_in(discord, settings)` starts one."""

    discord: Playground
    openai: ScriptedOpenAI
    settings: Settings


async def reacted(student: Student, message: SeenMessage, emoji: str, *, timeout: float = 20) -> SeenMessage:
    """Wait until the bot has put `emoji` under a message, and taken ⏳ away."""

    def done() -> bool:
        seen = reactions(student, message)
        return emoji in seen and "⏳" not in seen

    await student.wait_for(done, what=f"{emoji} on {message.id}", timeout=timeout)
    return student.now(message)


def reactions(student: Student, message: SeenMessage) -> set[str]:
    """The emoji that are under a message now."""
    seen: list[str] = []
    for event, data in student.events:
        if event in {"MESSAGE_REACTION_ADD", "MESSAGE_REACTION_REMOVE"} and int(data["message_id"]) == message.id:
            emoji = data["emoji"]["name"]
            seen = [*seen, emoji] if event.endswith("ADD") else [each for each in seen if each != emoji]
    return set(seen)


def citing(
    house: House, query: str, text: str = "It is 2030{mark}.", nothing: str = "The files do not hold that."
) -> None:
    """The model searches for `query`, then cites the first passage, or says `nothing` (or "No files." without any)."""

    def reply(body: dict[str, Any]) -> Turn:
        outputs = tool_outputs(body)
        if not outputs:
            offered = {tool.get("name") for tool in body.get("tools", [])}
            return (
                Turn(calls=[Call("file_search", {"queries": [query]})])
                if "file_search" in offered
                else Turn(f"No files. {nothing}" if nothing != "The files do not hold that." else "No files.")
            )
        marks = re.findall(r"【\d+:\d+†source】(?= from)", outputs[-1])
        return Turn(text.format(mark=marks[0]) if marks else nothing)

    house.openai.reply = reply


def jump_url(message: SeenMessage, house: House) -> str:
    """The link to a message."""
    guild = next(iter(house.bot.guilds)).id
    return f"https://discord.com/channels/{guild}/{message.channel_id}/{message.id}"


def said_by_bot(student: Student, channel_id: int) -> list[SeenMessage]:
    """The bot's messages in a channel."""
    return [post for post in student.messages() if post.channel_id == channel_id and post.by_bot]


async def filenames(bot: SaemBot) -> set[str]:
    """The files on the Assistants server."""
    return {file.filename async for file in bot.openai.files.list()}
