"""Whom a message mentions, and whom it would notify.

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
class Allowed:
    """A message's `allowed_mentions`; without the object everything is parsed and the replied-to author is told."""

    parse: frozenset[str] = frozenset({"users", "roles", "everyone"})
    users: frozenset[int] = frozenset()
    roles: frozenset[int] = frozenset()
    replied_user: bool = True

    @classmethod
    def from_json(cls, body: Json | None) -> "Allowed":
        """Read the object; None is Discord's default."""
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


def texts(content: str, components: Iterable[Json]) -> Iterator[str]:
    """Yield every text of a message: its content, and what its text displays say."""
    if content:
        yield content
    for component in components:
        if component["type"] == 10:
            yield component["content"]
        yield from texts("", component.get("components") or ())


def find(world: World, channel: Channel, author: User, message: Message, allowed: Allowed) -> Mentions:
    """Return a message's mentions, as the author's permissions and `allowed_mentions` let them through."""
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
    loud = world.may(author, channel, Permission.MENTION_EVERYONE)
    roles = [each for each in map(int, _ROLE.findall(text)) if each in guild.roles and allowed.role(each)]
    roles = [each for each in roles if loud or guild.roles[each].mentionable]
    everyone = loud and "everyone" in allowed.parse and bool(_EVERYONE.search(text))
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
