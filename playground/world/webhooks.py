"""Webhooks of channels: whoever has the token may write there."""

from dataclasses import dataclass


@dataclass(slots=True, eq=False)
class Webhook:
    """An incoming webhook (type 1). A user of the same id is the author of its messages."""

    id: int
    guild_id: int
    channel_id: int
    name: str
    token: str
    creator_id: int
    application_id: int | None = None
    avatar: str | None = None
