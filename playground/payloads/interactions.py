"""InteractionRegistry as JSON objects: what a bot gets with INTERACTION_CREATE."""

from playground.payloads.channels import channel_object
from playground.payloads.guilds import member_object
from playground.payloads.json_values import Json
from playground.payloads.messages import message_object
from playground.payloads.users import user_object
from playground.world.channels import Channel
from playground.world.interactions import Interaction
from playground.world.users import User
from playground.world.world import World


def interaction_object(world: World, interaction: Interaction) -> Json:
    """Return an interaction object.

    https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-object
    """
    channel, user = interaction.channel, interaction.user
    payload: Json = {
        "id": str(interaction.id),
        "application_id": str(interaction.application.id),
        "type": int(interaction.type),
        "token": interaction.token,
        "version": 1,
        "data": interaction.data,
        "channel_id": str(channel.id),
        "channel": partial_channel_object(world, channel, user),
        "locale": user.locale,
        "app_permissions": str(world.permissions(interaction.application.bot, channel)),
        "entitlements": [],
        "entitlement_sku_ids": [],
        "attachment_size_limit": 10 * 1024 * 1024,
        "authorizing_integration_owners": integration_owners(channel),
        "context": 0 if channel.guild_id is not None else 1,
    }
    guild = world.guild_of(channel)
    if guild is None:
        payload["user"] = user_object(user)
    else:
        payload |= {
            "guild_id": str(guild.id),
            "guild": {"id": str(guild.id), "locale": guild.locale, "features": ["COMMUNITY", "NEWS"]},
            "guild_locale": guild.locale,
            "member": member_object(guild.members[user.id]) | {"permissions": str(world.permissions(user, channel))},
        }
    if interaction.source_message is not None:
        payload["message"] = message_object(world, channel, interaction.source_message, interaction.application.bot)
    return payload


def integration_owners(channel: Channel) -> Json:
    """Return who installed the application: the guild, or `0` in a DM with the bot."""
    return {"0": "0" if channel.guild_id is None else str(channel.guild_id)}


def partial_channel_object(world: World, channel: Channel, viewer: User) -> Json:
    """Return a channel object with the viewer's permissions in it."""
    payload = channel_object(world, channel, viewer)
    payload.pop("permission_overwrites", None)
    return payload | {"permissions": str(world.permissions(viewer, channel))}
