"""Channels, threads and DMs."""

from dataclasses import dataclass, field
from typing import Any, Final

from playground.world.messages import Message

Json = dict[str, Any]

TEXT: Final = 0
DM: Final = 1
CATEGORY: Final = 4
ANNOUNCEMENT: Final = 5
ANNOUNCEMENT_THREAD: Final = 10
PUBLIC_THREAD: Final = 11
PRIVATE_THREAD: Final = 12
VOICE: Final = 2
FORUM: Final = 15

THREADS: Final = frozenset({ANNOUNCEMENT_THREAD, PUBLIC_THREAD, PRIVATE_THREAD})
WITH_MESSAGES: Final = frozenset({TEXT, VOICE, ANNOUNCEMENT}) | THREADS


@dataclass(slots=True, eq=False)
class Overwrite:
    """A permission overwrite: what a role (type 0) or a member (type 1) is allowed or denied in one channel."""

    id: int
    type: int
    allow: int = 0
    deny: int = 0


@dataclass(slots=True, eq=False)
class ThreadMember:
    """A member of a thread."""

    user_id: int
    joined_at: float


@dataclass(slots=True, eq=False)
class ThreadState:
    """What a thread has and other channels do not."""

    owner_id: int
    created_at: float
    archive_changed_at: float
    auto_archive_minutes: int = 4320
    archived: bool = False
    locked: bool = False
    invitable: bool = True
    message_count: int = 0
    total_message_sent: int = 0
    last_activity: float = 0.0
    applied_tags: list[int] = field(default_factory=list)
    members: dict[int, ThreadMember] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Channel:
    """A channel of a guild, a thread, or a DM (which has `recipients` and no guild)."""

    id: int
    type: int
    name: str = ""
    guild_id: int | None = None
    parent_id: int | None = None
    position: int = 0
    topic: str | None = None
    nsfw: bool = False
    slowmode: int = 0
    flags: int = 0
    overwrites: dict[int, Overwrite] = field(default_factory=dict)
    recipients: tuple[int, ...] = ()
    messages: dict[int, Message] = field(default_factory=dict)
    last_message_id: int | None = None
    last_pin_at: float | None = None
    tags: list[Json] = field(default_factory=list)
    default_archive_minutes: int | None = None
    settings: Json = field(default_factory=dict)
    """Fields that only some types have, as in the channel object: `bitrate`, `default_sort_order` and so on."""
    thread: ThreadState | None = None
    slow_until: dict[int, float] = field(default_factory=dict)

    @property
    def is_thread(self) -> bool:
        """Whether it is a thread of any type."""
        return self.thread is not None
