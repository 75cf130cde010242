"""Where in Discord a conversation is."""

from dataclasses import dataclass


@dataclass(slots=True)
class Location:
    """Where in Discord a conversation is; all parts of the conversation share it, so that they see when it moves."""

    id: int
    """The conversation's id: that of its Discord thread or DM channel. A thread made from a message has the message's
    id; a chain of replies in a channel has the id of its first message."""
    guild_id: int
    """0 in direct messages."""
    channel_id: int
    """Where the answers are posted."""
    owned: bool = True
    """Whether every message in it is answered, or only those that mention the tutor."""
    fresh: bool = False
    """Whether the conversation begins with this message, so that nothing was said in it before."""
    parent_id: int = 0
    """The channel that its thread is being made in, which is known before the thread is there; else 0."""

    def move(self, channel_id: int, *, owned: bool) -> None:
        """Post the answers in another channel from now on."""
        self.channel_id, self.owned, self.fresh = channel_id, owned, False
