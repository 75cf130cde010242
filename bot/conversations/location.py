"""Where in Discord a conversation is, and which files of a server's library may be told there."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

from openai.types.beta import AssistantToolParam

CHANNEL: Final = "channel_id"
"""The attribute of a file in a server's vector store that says which channel or thread it came in."""

NO_CHANNEL: Final = "none"
"""What no file's attribute is; it makes a filter that nothing passes."""


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


@dataclass(frozen=True, slots=True)
class LibraryScope:
    """The files of one guild's library that came in `channels`; `whole`: these are all that it has."""

    guild_id: int = 0
    """0: no library."""
    channels: frozenset[int] = frozenset()
    whole: bool = False
    past_is_open: bool = True
    """Whether everybody who reads the place can read its older messages too."""

    def search_tool(self) -> AssistantToolParam:
        """`file_search` in these files alone: the Responses API's filters, which our Assistants server takes too."""
        values = sorted(map(str, self.channels)) or [NO_CHANNEL]
        filters = {"type": "in", "key": CHANNEL, "value": values}
        return {"type": "file_search", "file_search": {"filters": filters}}  # type: ignore[typeddict-unknown-key]


FindLibraryScope = Callable[[Location], Awaitable[LibraryScope]]
"""Finds out what may be told in a place, as permissions are now."""


async def no_library(location: Location) -> LibraryScope:  # noqa: ARG001
    """The scope when there is no library."""
    return LibraryScope()


def filters_of(tool: Any) -> dict[str, Any] | None:
    """The filters of a `file_search` tool as the server tells it back; None if it knows none."""
    search = getattr(tool, "file_search", None)
    filters = (search.model_extra or {}).get("filters") if search is not None else None
    return filters if isinstance(filters, dict) else None


def channels_of(tools: Any) -> frozenset[int] | None:
    """The channels that a run's `file_search` may read, by the run's tools; None if it has no such filter."""
    for tool in tools:
        filters = filters_of(tool) if tool.type == "file_search" else None
        if filters is not None and filters.get("key") == CHANNEL:
            return frozenset(int(each) for each in filters.get("value", ()) if each != NO_CHANNEL)
    return None
