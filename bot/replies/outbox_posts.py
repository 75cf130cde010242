"""What waits in the outbox: the messages of replies, and other requests."""

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Protocol

from bot.replies.destinations import Destination, Place, open_place
from bot.replies.message_components import Page


class Urgency(IntEnum):
    """Who goes first when there is not enough for all."""

    NOW = 0
    """First words, final states, and what a person waits for."""
    SOON = 1
    """The next state of a running answer."""
    LATER = 2
    """Pictures and buttons of an answer whose text is whole."""


@dataclass(eq=False)
class Post:
    """One message; `render` gives its newest state.

    `after` is the message that must be there before, `send_new` gives a post without a message yet its first one.
    """

    render: Callable[[], Page]
    after: "Post | None" = None
    message_id: int | None = None
    final: bool = False
    """No further state will come but pictures and buttons."""
    cosmetic: bool = False
    """What is shown is whole; a change that Discord refuses is not worth a new message."""
    lost: bool = False
    """Discord does not let the bot write here (any more)."""
    urgency: Urgency = Urgency.NOW
    dirty: bool = False
    dirty_since: float = 0.0
    flying: bool = False
    edits: int = 0
    last_call: float = 0.0
    not_before: float = 0.0
    failures: int = 0
    nonce: int = field(default_factory=lambda: secrets.randbits(62))
    """Lets Discord drop a second copy, when an answer got lost and the call is repeated."""
    shown: Page | None = None
    waiters: list[asyncio.Future[None]] = field(default_factory=list)

    @property
    def settled(self) -> bool:
        """Whether Discord shows the newest state, or never will."""
        return self.lost or not (self.dirty or self.flying)


@dataclass(eq=False, slots=True)
class Turn:
    """A request that waits for room under the global limit."""

    urgency: Urgency
    since: float
    take: bool
    given: asyncio.Future[None]


class Sender(Protocol):
    """The outbox, as its lines see it."""

    def touch(self, post: Post, line: "Line", urgency: Urgency) -> None:
        """A post has a newer state."""
        ...

    def drop(self, post: Post) -> None:
        """A post is given up."""
        ...

    def wake(self) -> None:
        """Something changed."""
        ...


class Line:
    """The posts of one reply: where they go, in order."""

    def __init__(self, outbox: Sender, destination: Destination) -> None:
        self._outbox = outbox
        self._destination = destination
        self._opening: asyncio.Task[Place] | None = None
        self.place: Place | None = None
        self.error: Exception | None = None
        self.takes_files = True
        """Whether Discord lets the bot attach files there, as far as is known."""
        self.posts: list[Post] = []

    def open(self) -> None:
        """Find out where the reply goes; the posts wait until that is known."""
        if self._opening is None:
            self._opening = asyncio.create_task(open_place(self._destination))
            self._opening.add_done_callback(self._opened)

    def _opened(self, opening: "asyncio.Task[Place]") -> None:
        if opening.cancelled():
            self.error = asyncio.InvalidStateError("the destination was given up")
        elif (error := opening.exception()) is not None:
            self.error = error if isinstance(error, Exception) else RuntimeError(str(error))
        else:
            self.place = opening.result()
        if self.error is not None:
            for post in self.posts:
                self._outbox.drop(post)
        self._outbox.wake()

    def add(self, render: Callable[[], Page]) -> Post:
        """A further message below the others."""
        post = Post(render, after=self.posts[-1] if self.posts else None)
        self.posts.append(post)
        self.open()
        return post

    def touch(self, post: Post, urgency: Urgency = Urgency.SOON) -> None:
        """`post` has a newer state."""
        if self.error is not None:
            post.lost = True
        self._outbox.touch(post, self, urgency)
