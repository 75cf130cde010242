"""Interactions as the bot is told of them."""

from playground.payloads import channels, messages, users
from playground.payloads.values import Json
from playground.world.channels import Channel
from playground.world.interactions import Interaction
from playground.world.users import User
from playground.world.world import World


def interaction(world: World, one: Interaction) -> Json:
    """Return an interaction object.

    https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-object
    """
    channel, user = one.channel, one.user
    shape: Json = {
        "id": str(one.id),
        "application_id": str(one.application.id),
        "type": int(one.kind),
        "token": one.token,
        "version": 1,
        "data": one.data,
        "channel_id": str(channel.id),
        "channel": partial_channel(world, channel, user),
        "locale": user.locale,
        "app_permissions": str(world.permissions(one.application.bot, channel)),
        "entitlements": [],
        "entitlement_sku_ids": [],
        "attachment_size_limit": 10 * 1024 * 1024,
        "authorizing_integration_owners": owners(channel),
        "context": 0 if channel.guild_id is not None else 1,
    }
    guild = world.guild_of(channel)
    if guild is None:
        shape["user"] = users.user(user)
    else:
        shape |= {
            "guild_id": str(guild.id),
            "guild": {"id": str(guild.id), "locale": guild.locale, "features": ["COMMUNITY", "NEWS"]},
            "guild_locale": guild.locale,
            "member": users.member(guild.members[user.id]) | {"permissions": str(world.permissions(user, channel))},
        }
    if one.source is not None:
        shape["message"] = messages.message(world, channel, one.source, one.application.bot)
    return shape


def owners(channel: Channel) -> Json:
    """Return for whom the application was installed: the guild, or `0` in a DM with the bot."""
    return {"0": "0" if channel.guild_id is None else str(channel.guild_id)}


def partial_channel(world: World, channel: Channel, viewer: User) -> Json:
    """Return a channel with the viewer's permissions in it."""
    shape = channels.channel(world, channel, viewer)
    shape.pop("permission_overwrites", None)
    return shape | {"permissions": str(world.permissions(viewer, channel))}
