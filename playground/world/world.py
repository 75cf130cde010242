"""The World: all users, guilds, channels and attachments by id, and the bus of gateway events."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from playground.clock import Clock
from playground.errors import missing_access, missing_permissions, unknown_channel, unknown_guild, unknown_message
from playground.snowflakes import Snowflakes
from playground.world.applications import Application
from playground.world.channels import DM, PRIVATE_THREAD, Channel
from playground.world.guilds import Guild, Member
from playground.world.messages import Attachment, Message
from playground.world.permissions import IN_DM, Permission, in_channel, in_guild, sending_bit
from playground.world.users import User
from playground.world.webhooks import Webhook

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Event:
    """A gateway event, and which users get it.

    `data` is the payload, or a function that makes the payload for one user. Every member of the guild gets the event;
    with `channel` only users who see that channel, with `only` only users with these ids.
    """

    name: str
    data: Json | Callable[[User], Json]
    guild_id: int | None = None
    channel: Channel | None = None
    only: frozenset[int] | None = None

    def payload(self, user: User) -> Json:
        """Return the payload for one user."""
        return self.data if isinstance(self.data, dict) else self.data(user)


class World:
    """The state of this Discord. All other parts read it or change it."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.snowflakes = Snowflakes(clock.now)
        self.origin = "http://127.0.0.1"
        self.users: dict[int, User] = {}
        self.tokens: dict[str, User] = {}
        self.applications: dict[int, Application] = {}
        self.guilds: dict[int, Guild] = {}
        self.channels: dict[int, Channel] = {}
        self.webhooks: dict[int, Webhook] = {}
        self.attachments: dict[int, Attachment] = {}
        self.pages: dict[str, Json] = {}
        """Embed objects of link previews, by URL."""
        self.touched: dict[int, Channel] | None = None
        """The channels of messages that have changed since they were saved, by the messages' ids; None where nothing is
        saved."""
        self._listeners: list[Callable[[Event], None]] = []

    def touch(self, channel: Channel, message_id: int) -> None:
        """Note that a message is new, changed or deleted."""
        if self.touched is not None:
            self.touched[message_id] = channel

    def set_token(self, user: User, token: str) -> None:
        """Give a user another token."""
        self.tokens.pop(user.token, None)
        user.token = token
        self.tokens[token] = user

    # -- the bus

    def listen(self, listener: Callable[[Event], None]) -> Callable[[], None]:
        """Call `listener` with every event until the returned function is called."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def emit(
        self,
        name: str,
        data: Json | Callable[[User], Json],
        *,
        guild_id: int | None = None,
        channel: Channel | None = None,
        only: Iterable[int] | None = None,
    ) -> None:
        """Send an event to all listeners; see Event for who gets it."""
        if channel is not None and guild_id is None:
            guild_id = channel.guild_id
        event = Event(name, data, guild_id, channel, None if only is None else frozenset(only))
        for listener in tuple(self._listeners):
            listener(event)

    # -- looking up

    def application_of(self, user: User) -> Application | None:
        """Return a bot's application."""
        return next((each for each in self.applications.values() if each.bot is user), None)

    def guild(self, guild_id: int, viewer: User | None = None) -> Guild:
        """Return a guild; 10004 when there is none, or the viewer is not a member."""
        guild = self.guilds.get(guild_id)
        if guild is None or (viewer is not None and viewer.id not in guild.members):
            raise unknown_guild()
        return guild

    def guild_of(self, channel: Channel) -> Guild | None:
        """Return a channel's guild, None for a DM."""
        return None if channel.guild_id is None else self.guilds[channel.guild_id]

    def guilds_of(self, user: User) -> list[Guild]:
        """Return the guilds that a user is in."""
        return [guild for guild in self.guilds.values() if user.id in guild.members]

    def member(self, channel: Channel, user_id: int) -> Member | None:
        """Return a user's membership in a channel's guild."""
        guild = self.guild_of(channel)
        return None if guild is None else guild.members.get(user_id)

    def channel(self, channel_id: int, viewer: User) -> Channel:
        """Return a channel that the viewer may see; 10003 or 50001 otherwise."""
        channel = self.channels.get(channel_id)
        if channel is None:
            raise unknown_channel()
        if not self.sees(viewer, channel):
            raise missing_access()
        return channel

    def message(self, channel: Channel, message_id: int, viewer: User | None = None) -> Message:
        """Return a message; 10008 when there is none, or it is ephemeral and for another user."""
        message = channel.messages.get(message_id)
        if message is None or (message.ephemeral and viewer is not None and message.only_for != viewer.id):
            raise unknown_message()
        return message

    def dm(self, one: User, other: User) -> Channel:
        """Return the DM of two users; make it if there is none."""
        pair = tuple(sorted((one.id, other.id)))
        for channel in self.channels.values():
            if channel.type == DM and channel.recipients == pair:
                return channel
        channel = Channel(id=self.snowflakes.next(), type=DM, recipients=pair)
        self.channels[channel.id] = channel
        return channel

    def dms_of(self, user: User) -> Iterator[Channel]:
        """Yield the DMs that a user has."""
        return (each for each in self.channels.values() if each.type == DM and user.id in each.recipients)

    def threads_of(self, parent: Channel) -> Iterator[Channel]:
        """Yield a channel's threads, archived ones too."""
        guild = self.guild_of(parent)
        return iter(()) if guild is None else (each for each in guild.threads.values() if each.parent_id == parent.id)

    def forget(self, channel: Channel) -> None:
        """Remove a channel with its messages and their files."""
        self.channels.pop(channel.id, None)
        self.webhooks = {each.id: each for each in self.webhooks.values() if each.channel_id != channel.id}
        for message in channel.messages.values():
            for file in message.attachments:
                self.attachments.pop(file.id, None)

    # -- permissions

    def permissions(self, user: User, channel: Channel) -> int:
        """Return a user's permissions in a channel, as bits."""
        guild = self.guild_of(channel)
        if guild is None:
            return IN_DM if user.id in channel.recipients else 0
        member = guild.members.get(user.id)
        return 0 if member is None else in_channel(guild, member, channel, self.clock.now())

    def may(self, user: User, channel: Channel, needed: Permission) -> bool:
        """Tell whether a user has all these permissions in a channel."""
        return self.permissions(user, channel) & needed == needed

    def sees(self, user: User, channel: Channel) -> bool:
        """Tell whether a user sees a channel. Only members and moderators see a private thread."""
        permissions = self.permissions(user, channel)
        if not permissions & Permission.VIEW_CHANNEL:
            return False
        if channel.type != PRIVATE_THREAD or channel.thread is None:
            return True
        return user.id in channel.thread.members or bool(permissions & Permission.MANAGE_THREADS)

    def require(self, user: User, channel: Channel, needed: Permission) -> None:
        """Raise 50001 when the user does not see the channel, 50013 when they lack a permission in it."""
        if not self.sees(user, channel):
            raise missing_access()
        if not self.may(user, channel, needed):
            raise missing_permissions()

    def require_sending(self, user: User, channel: Channel) -> None:
        """Raise unless the user may write in the channel."""
        self.require(user, channel, sending_bit(channel))

    def require_in_guild(self, user: User, guild: Guild, needed: Permission) -> None:
        """Raise 50013 unless the user has these permissions in the guild."""
        member = guild.members.get(user.id)
        if member is None:
            raise missing_access()
        if in_guild(guild, member) & needed != needed:
            raise missing_permissions()
