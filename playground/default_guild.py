"""The server that the playground opens with: three channels, a forum, a few students, and the bot."""

import base64
import hashlib
from dataclasses import dataclass
from typing import Final

from playground.world.applications import Application
from playground.world.channels import CATEGORY, FORUM, TEXT, Channel
from playground.world.guilds import Guild, Member, Role
from playground.world.permissions import BOT, EVERYONE
from playground.world.users import User
from playground.world.world import World

EPOCH_ID: Final = 1_300_000_000_000_000_000
"""Ids of the demo's people and places count from here, so that they are the same every time."""


@dataclass(frozen=True, slots=True)
class Profile:
    """A person of the demo."""

    username: str
    global_name: str
    locale: str


STUDENTS: Final = (
    Profile("minji", "민지", "ko"),
    Profile("junho", "준호", "ko"),
    Profile("alex", "Alex", "en-US"),
    Profile("sora", "Sora", "ja"),
    Profile("teacher", "Ms. Han", "en-US"),
)

BOT_ID: Final = EPOCH_ID + 1
BOT_TOKEN: Final = f"{base64.b64encode(str(BOT_ID).encode()).decode().rstrip('=')}.Playgr.ound-opens-nothing-else"
"""Of the form of Discord's tokens, from which some libraries read the bot's id."""
CHANNELS: Final = (
    ("general", "Say hello, ask anything"),
    ("math", "Mention @Saem with a question"),
    ("library", "Drop a file and Saem will know it"),
)


def student_token(username: str) -> str:
    """Return a student's token, the same every time."""
    return hashlib.sha256(f"playground student {username}".encode()).hexdigest()[:40]


def add_student(world: World, user_id: int, one: Profile) -> User:
    """Make a person known."""
    user = User(
        id=user_id,
        username=one.username,
        global_name=one.global_name,
        token=student_token(one.username),
        locale=one.locale,
    )
    world.users[user.id] = world.tokens[user.token] = user
    return user


def add_bot(world: World, application_id: int, name: str, token: str, owner: User) -> Application:
    """Make an application and its bot known; both have the same id, as applications of today do."""
    bot = User(id=application_id, username=name, global_name=None, token=token, bot=True, discriminator="0001")
    world.users[bot.id] = world.tokens[token] = bot
    application = Application(id=application_id, name=name, bot=bot, owner=owner)
    world.applications[application.id] = application
    return application


def build_guild(world: World, guild_id: int, name: str, owner: User, *, locale: str = "en-US") -> Guild:
    """Make an empty guild with its owner."""
    guild = Guild(id=guild_id, name=name, owner_id=owner.id, locale=locale)
    guild.roles[guild.id] = Role(guild.id, "@everyone", EVERYONE)
    guild.members[owner.id] = Member(owner, world.clock.now())
    world.guilds[guild.id] = guild
    return guild


def invite_bot(world: World, guild: Guild, application: Application, permissions: int = BOT) -> None:
    """Put a bot into a guild with a role of its own, as an invite link does."""
    role = bot_role(world, guild, application, permissions)
    guild.members[application.bot.id] = Member(application.bot, world.clock.now(), [role.id])
    guild.integrations[application.id] = world.clock.now()


def bot_role(world: World, guild: Guild, application: Application, permissions: int = BOT) -> Role:
    """Make the role that a bot's invite link brings along."""
    role = Role(
        id=world.snowflakes.next(),
        name=application.name,
        permissions=permissions,
        position=max(each.position for each in guild.roles.values()) + 1,
        managed=True,
        bot_id=application.bot.id,
    )
    guild.roles[role.id] = role
    return role


def furnish(world: World, bot_name: str, bot_token: str) -> Application:
    """Build the demo: its people, its guild, the bot."""
    people = [add_student(world, EPOCH_ID + 100 + index, each) for index, each in enumerate(STUDENTS)]
    owner = people[-1]
    application = add_bot(world, BOT_ID, bot_name, bot_token, owner)
    guild = build_guild(world, EPOCH_ID + 10, "Saem's study room", owner)
    for person in people[:-1]:
        guild.members[person.id] = Member(person, world.clock.now())
    invite_bot(world, guild, application)
    category = Channel(id=EPOCH_ID + 20, type=CATEGORY, name="Study", guild_id=guild.id)
    places = [category]
    for index, (name, topic) in enumerate(CHANNELS):
        places.append(
            Channel(
                id=EPOCH_ID + 21 + index,
                type=TEXT,
                name=name,
                topic=topic,
                guild_id=guild.id,
                parent_id=category.id,
                position=index,
            )
        )
    forum = Channel(
        id=EPOCH_ID + 30, type=FORUM, name="homework", guild_id=guild.id, parent_id=category.id, position=len(CHANNELS)
    )
    forum.tags = [_tag(EPOCH_ID + 31, "algebra", "🔢"), _tag(EPOCH_ID + 32, "geometry", "📐")]
    for place in [*places, forum]:
        guild.channels[place.id] = world.channels[place.id] = place
    return application


def _tag(tag_id: int, name: str, emoji: str) -> dict[str, object]:
    return {"id": str(tag_id), "name": name, "moderated": False, "emoji_id": None, "emoji_name": emoji}
