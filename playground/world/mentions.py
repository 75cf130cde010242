"""Mentions: which users and roles a message mentions, and which users it notifies.

https://discord.com/developers/docs/resources/message#allowed-mentions-object
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from playground.world.channels import Channel
from playground.world.messages import SUPPRESS_NOTIFICATIONS, Mentions, Message
from playground.world.permissions import Permission
from playground.world.users import User
from playground.world.world import World

Json = dict[str, Any]

_USER: Final = re.compile(r"<@!?(\d+)>")
_ROLE: Final = re.compile(r"<@&(\d+)>")
_EVERYONE: Final = re.compile(r"@(?:everyone|here)\b")
_CODE: Final = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)


@dataclass(frozen=True, slots=True)
class AllowedMentions:
    """A message's `allowed_mentions`. The default allows all mentions, and that of the author it replies to."""

    parse: frozenset[str] = frozenset({"users", "roles", "everyone"})
    users: frozenset[int] = frozenset()
    roles: frozenset[int] = frozenset()
    replied_user: bool = True

    @classmethod
    def from_json(cls, body: Json | None) -> "AllowedMentions":
        """Return the value of an allowed mentions object; None is the default."""
        if body is None:
            return cls()
        return cls(
            parse=frozenset(body.get("parse") or ()),
            users=frozenset(int(each) for each in body.get("users") or ()),
            roles=frozenset(int(each) for each in body.get("roles") or ()),
            replied_user=bool(body.get("replied_user", False)),
        )

    def user(self, user_id: int) -> bool:
        """Tell whether this user may be mentioned."""
        return "users" in self.parse or user_id in self.users

    def role(self, role_id: int) -> bool:
        """Tell whether this role may be mentioned."""
        return "roles" in self.parse or role_id in self.roles


NO_MENTIONS: Final = AllowedMentions(frozenset(), replied_user=False)


def texts(content: str, components: Iterable[Json]) -> Iterator[str]:
    """Yield every text of a message: its content, and the content of its text displays."""
    if content:
        yield content
    for component in components:
        if component["type"] == 10:
            yield component["content"]
        yield from texts("", component.get("components") or ())


def find(world: World, channel: Channel, author: User, message: Message, allowed: AllowedMentions) -> Mentions:
    """Return a message's mentions that the author's permissions and `allowed_mentions` allow."""
    text = _CODE.sub("", "\n".join(texts(message.content, message.components)))
    users = [each for each in map(int, _USER.findall(text)) if each in world.users and allowed.user(each)]
    replied = _replied_author(world, message)
    if replied is not None and allowed.replied_user:
        users.append(replied)
    guild = world.guild_of(channel)
    if guild is None:
        users = [each for each in users if each in channel.recipients]
        unique = tuple(dict.fromkeys(users))
        return Mentions(users=unique, pinged=frozenset(unique) - {author.id})
    may_mention_all = author.id in world.webhooks or world.may(author, channel, Permission.MENTION_EVERYONE)
    roles = [each for each in map(int, _ROLE.findall(text)) if each in guild.roles and allowed.role(each)]
    roles = [each for each in roles if may_mention_all or guild.roles[each].mentionable]
    everyone = may_mention_all and "everyone" in allowed.parse and bool(_EVERYONE.search(text))
    pinged = {each for each in users if each in guild.members}
    pinged |= {each.user.id for each in guild.members.values() if everyone or set(roles) & set(each.roles)}
    if message.flags & SUPPRESS_NOTIFICATIONS:
        pinged = set()
    return Mentions(
        users=tuple(dict.fromkeys(users)),
        roles=tuple(dict.fromkeys(roles)),
        everyone=everyone,
        pinged=frozenset(pinged - {author.id}),
    )


def _replied_author(world: World, message: Message) -> int | None:
    if message.type != 19 or message.reference is None:
        return None
    channel = world.channels.get(int(message.reference["channel_id"]))
    target = channel.messages.get(int(message.reference["message_id"])) if channel else None
    return None if target is None or target.author_id == message.author_id else target.author_id
