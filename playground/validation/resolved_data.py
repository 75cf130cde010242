"""Resolved data of an interaction: the users, roles, channels, messages and files that its ids stand for.

https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-object-resolved-data-structure
"""

from typing import Any

from playground.payloads.guilds import member_object, role_object
from playground.payloads.interactions import partial_channel_object
from playground.payloads.messages import attachment_object, message_object
from playground.payloads.users import user_object
from playground.uploads import Upload, clean_name, new_attachment
from playground.world.channels import Channel
from playground.world.users import User
from playground.world.world import World

Json = dict[str, Any]


class ResolvedData:
    """Collects the objects of an interaction's ids. Each method tells whether there is such an object."""

    def __init__(self, world: World, channel: Channel, viewer: User) -> None:
        self._world = world
        self._channel = channel
        self._viewer = viewer
        self.payload: dict[str, Json] = {}

    def user(self, user_id: int) -> bool:
        """Resolve a user and, in a guild, their membership."""
        person = self._world.users.get(user_id)
        if person is None:
            return False
        self.payload.setdefault("users", {})[str(user_id)] = user_object(person)
        member = self._world.member(self._channel, user_id)
        if member is not None:
            permissions = str(self._world.permissions(person, self._channel))
            payload = member_object(member, with_user=False) | {"permissions": permissions}
            self.payload.setdefault("members", {})[str(user_id)] = payload
        return True

    def role(self, role_id: int) -> bool:
        """Resolve a role."""
        guild = self._world.guild_of(self._channel)
        role = guild.roles.get(role_id) if guild else None
        if role is None:
            return False
        self.payload.setdefault("roles", {})[str(role_id)] = role_object(role)
        return True

    def channel(self, channel_id: int) -> bool:
        """Resolve a channel that the student sees."""
        channel = self._world.channels.get(channel_id)
        if channel is None or not self._world.sees(self._viewer, channel):
            return False
        self.payload.setdefault("channels", {})[str(channel_id)] = partial_channel_object(
            self._world, channel, self._viewer
        )
        return True

    def mentionable(self, some_id: int) -> bool:
        """Resolve a user or a role."""
        return self.role(some_id) or self.user(some_id)

    def message(self, message_id: int) -> bool:
        """Resolve a message of the channel."""
        message = self._channel.messages.get(message_id)
        if message is None:
            return False
        payload = message_object(self._world, self._channel, message, self._viewer)
        self.payload.setdefault("messages", {})[str(message_id)] = payload
        return True

    def file(self, upload: Upload) -> str:
        """Store an uploaded file and return its attachment id."""
        file = new_attachment(
            upload, self._world.snowflakes.next(), self._channel.id, clean_name(upload.filename), ephemeral=True
        )
        self._world.attachments[file.id] = file
        self.payload.setdefault("attachments", {})[str(file.id)] = attachment_object(self._world, file)
        return str(file.id)
