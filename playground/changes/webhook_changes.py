"""Webhooks are made, changed and deleted."""

import secrets

from playground.world.channels import Channel
from playground.world.users import User
from playground.world.webhooks import Webhook
from playground.world.world import World


def create(
    world: World, channel: Channel, creator: User, name: str, *, application_id: int | None, avatar: str | None
) -> Webhook:
    """Make a webhook of a guild's channel, and the user that its messages come from."""
    if channel.guild_id is None:
        raise ValueError("a direct message has no webhooks")
    webhook = Webhook(
        id=world.snowflakes.next(),
        guild_id=channel.guild_id,
        channel_id=channel.id,
        name=name,
        token=secrets.token_urlsafe(51),
        creator_id=creator.id,
        application_id=application_id,
        avatar=avatar,
    )
    world.webhooks[webhook.id] = webhook
    # Nobody logs in as this user: it has no token.
    world.users[webhook.id] = User(
        webhook.id, name, global_name=None, token="", bot=True, discriminator="0000", avatar=avatar
    )
    announce(world, webhook)
    return webhook


def rename(world: World, webhook: Webhook, *, name: str, avatar: str | None, channel: Channel) -> None:
    """Change a webhook; what it has written keeps its name."""
    before = webhook.channel_id
    webhook.name, webhook.avatar, webhook.channel_id = name, avatar, channel.id
    if before != channel.id:
        _tell(world, webhook.guild_id, before)
    announce(world, webhook)


def delete(world: World, webhook: Webhook) -> None:
    """Delete a webhook; its messages stay."""
    del world.webhooks[webhook.id]
    announce(world, webhook)


def announce(world: World, webhook: Webhook) -> None:
    """Send WEBHOOKS_UPDATE, which tells of the channel alone."""
    _tell(world, webhook.guild_id, webhook.channel_id)


def _tell(world: World, guild_id: int, channel_id: int) -> None:
    channel = world.channels.get(channel_id)
    payload = {"guild_id": str(guild_id), "channel_id": str(channel_id)}
    world.emit("WEBHOOKS_UPDATE", payload, guild_id=guild_id, channel=channel)
