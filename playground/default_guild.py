"""The guild that the playground starts with: three channels, a forum, five students, and the bot."""

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
"""Ids of the default users, guild and channels count from here, so that they are always the same."""
YEAR = 365 * 86_400.0
"""Seconds since the bot was invited, where nothing else is said."""


@dataclass(frozen=True, slots=True)
class Profile:
    """What a new student's account is made from."""

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
"""It has the form of Discord's tokens, because some libraries read the bot's id from it."""
CHANNELS: Final = (
    ("general", "Say hello, ask anything"),
    ("math", "Mention @Saem with a question"),
    ("library", "Drop a file and Saem will know it"),
)


def student_token(username: str) -> str:
    """Return a student's token; it is always the same."""
    return hashlib.sha256(f"playground student {username}".encode()).hexdigest()[:40]


def add_student(world: World, user_id: int, profile: Profile) -> User:
    """Add the account of a student to the World."""
    user = User(
        id=user_id,
        username=profile.username,
        global_name=profile.global_name,
        token=student_token(profile.username),
        locale=profile.locale,
    )
    world.users[user.id] = world.tokens[user.token] = user
    return user


def add_bot(world: World, application_id: int, name: str, token: str, owner: User) -> Application:
    """Add an application and its bot to the World. Both have the same id, as in all newer applications of Discord."""
    bot = User(id=application_id, username=name, global_name=None, token=token, bot=True, discriminator="0001")
    world.users[bot.id] = world.tokens[token] = bot
    application = Application(id=application_id, name=name, bot=bot, owner=owner)
    world.applications[application.id] = application
    return application


def build_guild(world: World, guild_id: int, name: str, owner: User, *, locale: str = "en-US") -> Guild:
    """Add a guild without channels, whose only member is the owner."""
    guild = Guild(id=guild_id, name=name, owner_id=owner.id, locale=locale)
    guild.roles[guild.id] = Role(guild.id, "@everyone", EVERYONE)
    guild.members[owner.id] = Member(owner, world.clock.now())
    world.guilds[guild.id] = guild
    return guild


def invite_bot(world: World, guild: Guild, application: Application, permissions: int = BOT) -> None:
    """Add a bot to a guild without events, as its invite link did a year ago: with a role of its own."""
    role = bot_role(world, guild, application, permissions)
    guild.members[application.bot.id] = Member(application.bot, world.clock.now() - YEAR, [role.id])
    guild.integrations[application.id] = world.clock.now()


def bot_role(world: World, guild: Guild, application: Application, permissions: int = BOT) -> Role:
    """Add the role that a bot gets with its invite link."""
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


def build_default_guild(world: World, bot_name: str, bot_token: str) -> Application:
    """Add the default students, guild and bot to the World; return the bot's application."""
    students = [add_student(world, EPOCH_ID + 100 + index, each) for index, each in enumerate(STUDENTS)]
    owner = students[-1]
    application = add_bot(world, BOT_ID, bot_name, bot_token, owner)
    guild = build_guild(world, EPOCH_ID + 10, "Saem's study room", owner)
    for student in students[:-1]:
        guild.members[student.id] = Member(student, world.clock.now())
    invite_bot(world, guild, application)
    category = Channel(id=EPOCH_ID + 20, type=CATEGORY, name="Study", guild_id=guild.id)
    channels = [category]
    for index, (name, topic) in enumerate(CHANNELS):
        channels.append(
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
    for channel in [*channels, forum]:
        guild.channels[channel.id] = world.channels[channel.id] = channel
    guild.system_channel_id = EPOCH_ID + 21
    return application


def _tag(tag_id: int, name: str, emoji: str) -> dict[str, object]:
    return {"id": str(tag_id), "name": name, "moderated": False, "emoji_id": None, "emoji_name": emoji}
