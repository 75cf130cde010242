"""A Discord with many servers: `python -m benchmarks.start.crowd --guilds 1000 --threads 500`.

Each server has four channels, one of them watched for files, and two members; the first servers have threads of the
bot's. It says where it listens, and what it has, in one line of JSON.
"""

import argparse
import asyncio
import sys
from collections.abc import Iterator, Sequence
from typing import Final

import orjson

from playground.default_guild import Profile, add_student, build_guild, invite_bot
from playground.rate_limits import Rate
from playground.server import Playground
from playground.world.channels import PUBLIC_THREAD, TEXT, Channel, ThreadState
from playground.world.guilds import Guild, Member
from playground.world.messages import Attachment, Message
from playground.world.users import User

CHANNELS: Final = ("general", "math", "homework", "library")
A_MONTH: Final = 30 * 86_400.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--guilds", type=int, required=True)
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--files", type=int, required=True)
    options = parser.parse_args()
    asyncio.run(_serve(options.guilds, options.threads, options.files))


async def _serve(guilds: int, threads: int, files: int) -> None:
    playground = Playground(rates={"threads.create": Rate(1000, 1.0)}, heartbeat_interval=20_000)
    world = playground.world
    student = add_student(world, world.snowflakes.next(), Profile("asker", "Asker", "en-US"))
    # Who asks and is measured has said nothing before: a student's questions wait for one another.
    talker = add_student(world, world.snowflakes.next(), Profile("talker", "Talker", "en-US"))
    made = list(_guilds(playground, (student, talker), guilds))
    attached = [_file(playground, talker, made[index % len(made)], index) for index in range(files)]
    own = [_thread(playground, talker, made[index % len(made)], index) for index in range(threads)]
    async with playground as discord:
        said = {
            "api_url": discord.api_url,
            "gateway_url": discord.gateway_url,
            "bot_token": discord.bot_token,
            "bot_id": discord.bot.id,
            "student": student.token,
            "guilds": [[guild.id, *guild.channels] for guild in made],
            "files": attached,
            "threads": [[each.id, each.guild_id] for each in own],
        }
        sys.stdout.buffer.write(orjson.dumps(said) + b"\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


def _guilds(playground: Playground, students: Sequence[User], count: int) -> Iterator[Guild]:
    world = playground.world
    for number in range(count):
        guild = build_guild(world, world.snowflakes.next(), f"School {number}", playground.application.owner)
        guild.members.update({each.id: Member(each, world.clock.now()) for each in students})
        invite_bot(world, guild, playground.application)
        for position, name in enumerate(CHANNELS):
            channel = Channel(world.snowflakes.next(), TEXT, name, guild.id, position=position)
            guild.channels[channel.id] = world.channels[channel.id] = channel
            _say(playground, channel, students[-1], "Hello")
        yield guild


def _thread(playground: Playground, student: User, guild: Guild, number: int) -> Channel:
    world, now = playground.world, playground.world.clock.now()
    parent = next(iter(guild.channels.values()))
    state = ThreadState(playground.bot.id, now, now, last_activity=now)
    thread = Channel(
        world.snowflakes.next(), PUBLIC_THREAD, f"Thread {number}", guild.id, parent_id=parent.id, thread=state
    )
    guild.threads[thread.id] = world.channels[thread.id] = thread
    _say(playground, thread, student, "and then?")
    return thread


def _file(playground: Playground, student: User, guild: Guild, number: int) -> tuple[int, int]:
    """A message with a file in a server's watched channel; the ids of both."""
    world, library = playground.world, list(guild.channels.values())[-1]
    message = _say(playground, library, student, "")
    file = Attachment(message.id + 1, library.id, f"chapter {number}.pdf", "application/pdf", b"PDF")
    message.attachments.append(file)
    world.attachments[file.id] = file
    return file.id, message.id


def _say(playground: Playground, channel: Channel, student: User, words: str) -> Message:
    """A message of last month; in each tenth channel, of now."""
    world = playground.world
    ago = 0 if channel.id % 10 == 0 else A_MONTH
    message_id = world.snowflakes.next() - (int(ago * 1000) << 22)
    message = Message(message_id, channel.id, student.id, world.clock.now() - ago, content=words)
    channel.messages[message.id] = message
    channel.last_message_id = message.id
    return message


if __name__ == "__main__":
    main()
