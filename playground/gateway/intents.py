"""Intents: which events a bot gets, and what it reads of messages without the message-content intent.

https://discord.com/developers/docs/events/gateway#list-of-intents
"""

from enum import IntFlag
from typing import Any, Final

from playground.world.applications import Application
from playground.world.users import User

Json = dict[str, Any]


class Intent(IntFlag):
    """Discord's intents."""

    GUILDS = 1 << 0
    GUILD_MEMBERS = 1 << 1
    GUILD_MODERATION = 1 << 2
    GUILD_EXPRESSIONS = 1 << 3
    GUILD_INTEGRATIONS = 1 << 4
    GUILD_WEBHOOKS = 1 << 5
    GUILD_INVITES = 1 << 6
    GUILD_VOICE_STATES = 1 << 7
    GUILD_PRESENCES = 1 << 8
    GUILD_MESSAGES = 1 << 9
    GUILD_MESSAGE_REACTIONS = 1 << 10
    GUILD_MESSAGE_TYPING = 1 << 11
    DIRECT_MESSAGES = 1 << 12
    DIRECT_MESSAGE_REACTIONS = 1 << 13
    DIRECT_MESSAGE_TYPING = 1 << 14
    MESSAGE_CONTENT = 1 << 15
    GUILD_SCHEDULED_EVENTS = 1 << 16
    AUTO_MODERATION_CONFIGURATION = 1 << 20
    AUTO_MODERATION_EXECUTION = 1 << 21
    GUILD_MESSAGE_POLLS = 1 << 24
    DIRECT_MESSAGE_POLLS = 1 << 25


ACCEPTED: Final = (1 << 26) - 1
"""Bits that identify accepts. Some libraries send bits that Discord does not document (interactions.py sends 17)."""

_BY_EVENT: Final[dict[str, tuple[Intent, Intent]]] = {
    **dict.fromkeys(
        ("MESSAGE_CREATE", "MESSAGE_UPDATE", "MESSAGE_DELETE", "MESSAGE_DELETE_BULK"),
        (Intent.GUILD_MESSAGES, Intent.DIRECT_MESSAGES),
    ),
    **dict.fromkeys(
        (
            "MESSAGE_REACTION_ADD",
            "MESSAGE_REACTION_REMOVE",
            "MESSAGE_REACTION_REMOVE_ALL",
            "MESSAGE_REACTION_REMOVE_EMOJI",
        ),
        (Intent.GUILD_MESSAGE_REACTIONS, Intent.DIRECT_MESSAGE_REACTIONS),
    ),
    "TYPING_START": (Intent.GUILD_MESSAGE_TYPING, Intent.DIRECT_MESSAGE_TYPING),
    "CHANNEL_PINS_UPDATE": (Intent.GUILDS, Intent.DIRECT_MESSAGES),
    **dict.fromkeys(
        ("GUILD_MEMBER_ADD", "GUILD_MEMBER_REMOVE", "GUILD_MEMBER_UPDATE"), (Intent.GUILD_MEMBERS, Intent.GUILD_MEMBERS)
    ),
    **dict.fromkeys(("GUILD_BAN_ADD", "GUILD_BAN_REMOVE"), (Intent.GUILD_MODERATION, Intent.GUILD_MODERATION)),
    **dict.fromkeys(
        ("MESSAGE_POLL_VOTE_ADD", "MESSAGE_POLL_VOTE_REMOVE"), (Intent.GUILD_MESSAGE_POLLS, Intent.DIRECT_MESSAGE_POLLS)
    ),
    "PRESENCE_UPDATE": (Intent.GUILD_PRESENCES, Intent.GUILD_PRESENCES),
    "WEBHOOKS_UPDATE": (Intent.GUILD_WEBHOOKS, Intent.GUILD_WEBHOOKS),
    **dict.fromkeys(
        (
            "GUILD_CREATE",
            "GUILD_UPDATE",
            "GUILD_DELETE",
            "GUILD_ROLE_CREATE",
            "GUILD_ROLE_UPDATE",
            "GUILD_ROLE_DELETE",
            "CHANNEL_CREATE",
            "CHANNEL_UPDATE",
            "CHANNEL_DELETE",
            "THREAD_CREATE",
            "THREAD_UPDATE",
            "THREAD_DELETE",
            "THREAD_LIST_SYNC",
            "THREAD_MEMBER_UPDATE",
            "THREAD_MEMBERS_UPDATE",
        ),
        (Intent.GUILDS, Intent.GUILDS),
    ),
}


def needed(event: str, *, in_guild: bool) -> int:
    """Return the intent that an event needs; 0 when every bot gets it (interactions)."""
    pair = _BY_EVENT.get(event)
    return 0 if pair is None else pair[0 if in_guild else 1]


def granted(application: Application) -> int:
    """Return all intents that an application may ask for; its owner switches the privileged ones on in the portal."""
    allowed = ACCEPTED
    if not application.members_intent:
        allowed &= ~Intent.GUILD_MEMBERS
    if not application.presences_intent:
        allowed &= ~Intent.GUILD_PRESENCES
    if not application.message_content:
        allowed &= ~Intent.MESSAGE_CONTENT
    return allowed


def without_content(message: Json, reader: User) -> Json:
    """Return a message object as a bot without the message-content intent reads it.

    The bot's own messages, messages that mention it, and DMs stay whole.
    https://discord.com/developers/docs/events/gateway#message-content-intent
    """
    own_id = str(reader.id)
    whole = (
        message["author"]["id"] == own_id
        or any(each["id"] == own_id for each in message["mentions"])
        or "guild_id" not in message
    )
    if not whole:
        message = {**message, "content": "", "embeds": [], "attachments": [], "components": []}
        message.pop("poll", None)
    inner = message.get("referenced_message")
    if inner:
        guild_only = {"guild_id": message["guild_id"]} if "guild_id" in message else {}
        masked = without_content({**inner, **guild_only}, reader)
        masked.pop("guild_id", None)
        message = {**message, "referenced_message": masked}
    return message
