"""Where in Discord a conversation is."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Location:
    """Where in Discord a conversation is, and what is known of it when it begins."""

    id: int
    """The Discord thread's or DM channel's id (a thread made from a message has the message's id); of a chain of
    replies in a channel, the first message's id."""
    guild_id: int
    """0 in direct messages."""
    channel_id: int
    """Where the answers are posted."""
    owned: bool = True
    """Whether every message in it is answered, or only those that mention the tutor."""
    fresh: bool = False
    """Whether the conversation begins with this message, so that nothing was said before."""
