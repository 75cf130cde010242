"""What waits in the outbox: messages to be sent or edited, and other requests that wait for the global rate limit."""

import asyncio
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from enum import IntEnum

from bot.replies.channel_writer import MessageWriter
from bot.replies.destinations import Destination
from bot.replies.message_components import MessageState


class Urgency(IntEnum):
    """Who goes first when not everything can be sent."""

    NOW = 0
    """First words, final states, and what a person waits for."""
    SOON = 1
    """The next state of an answer that is being written."""
    LATER = 2
    """Pictures and buttons of an answer whose text is complete."""


current_urgency: ContextVar[Urgency] = ContextVar("current_urgency", default=Urgency.NOW)
"""How urgent the requests of this task are that are not the outbox's own."""


@contextmanager
def unhurried() -> Iterator[None]:
    """Let requests in the block wait for those that somebody waits for; they are as urgent as edits of answers."""
    before = current_urgency.set(Urgency.SOON)
    try:
        yield
    finally:
        current_urgency.reset(before)


@dataclass(eq=False)
class Delivery:
    """The messages of one reply, in order, and where they go."""

    destination: Destination
    messages: list["OutgoingMessage"] = field(default_factory=list)
    opening: asyncio.Task[MessageWriter] | None = None
    writer: MessageWriter | None = None
    """None until the destination is open."""
    error: Exception | None = None
    """Why the destination cannot be opened."""
    takes_files: bool = True
    """Whether Discord lets the bot attach files there, as far as is known."""
    keeps_files: bool = True
    """Whether an edit may name files of the message without sending them again, as far as is known."""


@dataclass(eq=False)
class OutgoingMessage:
    """One message; `render` returns its newest state.

    `after` is the message that must be sent before. `message_id` is None as long as the message has not been sent.
    """

    render: Callable[[], MessageState]
    delivery: Delivery
    after: "OutgoingMessage | None" = None
    message_id: int | None = None
    final: bool = False
    """The text is complete; only pictures and buttons may still change."""
    cosmetic: bool = False
    """Only buttons change; if Discord refuses that while the whole text is shown, no new message is sent instead."""
    whole: bool = False
    """Whether Discord shows the complete text."""
    undeliverable: bool = False
    """Discord does not let the bot write here (any more)."""
    urgency: Urgency = Urgency.NOW
    changed: bool = False
    """Whether there is a state that Discord does not show yet."""
    changed_since: float = 0.0
    in_flight: bool = False
    edits: int = 0
    last_call: float = 0.0
    called_at: float = 0.0
    """When the last call was made; `last_call` is when it ended."""
    not_before: float = 0.0
    failures: int = 0
    nonce: int = field(default_factory=lambda: secrets.randbits(62))
    """Lets Discord drop a second copy, if a response was lost and the call is repeated."""
    shown: MessageState | None = None
    kept_files: bool = False
    """Whether the last edit named files that it did not send."""
    waiters: list[asyncio.Future[None]] = field(default_factory=list)

    @property
    def settled(self) -> bool:
        """Whether Discord shows the newest state, or never will, and no call is under way."""
        return not self.in_flight and (self.undeliverable or not self.changed)


@dataclass(eq=False, slots=True)
class WaitingRequest:
    """A request that waits for room under the global limit; `take`: it takes its place there when it is let through."""

    urgency: Urgency
    since: float
    take: bool
    admitted: asyncio.Future[None]
