"""Webhooks as JSON objects.

https://docs.discord.com/developers/resources/webhook#webhook-object
"""

from playground.payloads.json_values import Json
from playground.payloads.users import user_object
from playground.world.users import User
from playground.world.webhooks import Webhook


def webhook_object(webhook: Webhook, creator: User | None, *, api_url: str) -> Json:
    """Return a webhook object; who asks with the webhook's token alone gets it without its creator."""
    payload: Json = {
        "id": str(webhook.id),
        "type": 1,
        "guild_id": str(webhook.guild_id),
        "channel_id": str(webhook.channel_id),
        "name": webhook.name,
        "avatar": webhook.avatar,
        "token": webhook.token,
        "application_id": None if webhook.application_id is None else str(webhook.application_id),
        "url": f"{api_url}/webhooks/{webhook.id}/{webhook.token}",
    }
    return payload if creator is None else payload | {"user": user_object(creator)}
