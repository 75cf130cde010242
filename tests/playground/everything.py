"""All that exists in a playground, comparable."""

from typing import Any

from playground.saving import records
from playground.server import Playground
from playground.world.interactions import InteractionType


def everything(playground: Playground) -> dict[str, Any]:
    """All that exists, comparable: also what is not in records."""
    world, interactions = playground.world, playground.services.interactions
    return {
        "users": {each.id: records.record(each) for each in world.users.values()},
        "tokens": {token: user.id for token, user in world.tokens.items()},
        "applications": {each.id: records.record(each) for each in world.applications.values()},
        "guilds": {
            each.id: (records.record(each), sorted(each.channels), sorted(each.threads))
            for each in world.guilds.values()
        },
        "channels": {each.id: records.record(each) for each in world.channels.values()},
        "messages": {
            each.id: {message.id: records.record(message) for message in each.messages.values()}
            for each in world.channels.values()
        },
        "webhooks": {each.id: records.record(each) for each in world.webhooks.values()},
        "files": {each.id: (records.record(each), each.data) for each in world.attachments.values()},
        "interactions": [
            records.record(each) for each in interactions.all() if each.type is not InteractionType.AUTOCOMPLETE
        ],
        "modals": [records.record(each) for each in interactions.open_modals.values()],
        "last_id": world.snowflakes.last,
        "offset": world.clock.offset,
    }
