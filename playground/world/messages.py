"""Messages, their attachments, reactions and mentions."""

from dataclasses import dataclass, field
from typing import Any, Final

from playground.world.polls import Poll

Json = dict[str, Any]

DEFAULT: Final = 0
RECIPIENT_ADD: Final = 1
NAME_CHANGE: Final = 4
PINNED: Final = 6
JOINED: Final = 7
THREAD_CREATED: Final = 18
REPLY: Final = 19
SLASH_COMMAND: Final = 20
THREAD_STARTER: Final = 21
CONTEXT_COMMAND: Final = 23
POLL_RESULT: Final = 46

SUPPRESS_EMBEDS: Final = 1 << 2
HAS_THREAD: Final = 1 << 5
EPHEMERAL: Final = 1 << 6
LOADING: Final = 1 << 7
SUPPRESS_NOTIFICATIONS: Final = 1 << 12
COMPONENTS_V2: Final = 1 << 15


@dataclass(slots=True, eq=False)
class Attachment:
    """An uploaded file."""

    id: int
    channel_id: int
    filename: str
    content_type: str | None
    data: bytes
    width: int | None = None
    height: int | None = None
    description: str | None = None
    ephemeral: bool = False
    spoiler: bool = False
    title: str | None = None


@dataclass(slots=True, eq=False)
class Reaction:
    """One emoji under a message, and the ids of the users who reacted with it, in order."""

    emoji: Json
    users: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Mentions:
    """Whom a message mentions. `pinged` are the ids of all users whom it notifies, also by roles and `@everyone`."""

    users: tuple[int, ...] = ()
    roles: tuple[int, ...] = ()
    everyone: bool = False
    pinged: frozenset[int] = frozenset()


@dataclass(slots=True, eq=False)
class Message:
    """A message; `components`, `embeds` and `reference` are JSON."""

    id: int
    channel_id: int
    author_id: int
    created_at: float
    type: int = DEFAULT
    content: str = ""
    edited_at: float | None = None
    flags: int = 0
    tts: bool = False
    pinned_at: float | None = None
    mentions: Mentions = field(default_factory=Mentions)
    embeds: list[Json] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    components: list[Json] = field(default_factory=list)
    reactions: dict[str, Reaction] = field(default_factory=dict)
    reference: Json | None = None
    snapshots: list[Json] = field(default_factory=list)
    nonce: str | int | None = None
    application_id: int | None = None
    webhook_id: int | None = None
    shown_name: str | None = None
    """The author's name in this message alone, which a webhook may choose."""
    interaction: Json | None = None
    """The `interaction_metadata` object of an interaction's response."""
    poll: Poll | None = None
    position: int | None = None
    only_for: int | None = None
    """The one user who sees an ephemeral message."""

    @property
    def ephemeral(self) -> bool:
        """Whether only one person sees it."""
        return self.only_for is not None

    @property
    def components_v2(self) -> bool:
        """Whether it is a Components V2 message: the components are its whole content."""
        return bool(self.flags & COMPONENTS_V2)
