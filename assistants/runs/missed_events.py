"""Events that a client is too slow for: they are not kept in memory, but read from the database when it reads on.

Of a text, only from where to where it was missed is kept; of an object, all but its long fields. What is left out
stands in the database: finished messages and steps, and the text of messages that are being written, which is saved
every second.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import select

from assistants.json_objects import message_object, run_object, step_object
from assistants.runs.sse_encoding import TextSource, encode_event
from assistants.store.base import Resource
from assistants.store.messages import Message
from assistants.store.run_steps import RunStep
from assistants.store.runs import Run
from assistants.store.store import Store

SHORT = 2048
"""Bytes of an event that is kept as it is."""

SAVED_WITHIN = 3.0
"""Seconds in which text that was sent should be in the database."""

_LOOK_EVERY = 0.2
_LONG_FIELDS: Mapping[str, tuple[type[Resource], tuple[str, ...]]] = {
    "thread.run": (Run, ("instructions", "tools", "metadata")),
    "thread.run.step": (RunStep, ("step_details",)),
    "thread.message": (Message, ("content",)),
}
"""By kind of object, its table, and the fields that may be long and stay as they are once they have been sent."""

_EMPTY: Mapping[str, Any] = {
    "instructions": "",
    "tools": [],
    "metadata": {},
    "content": [],
    "step_details": {"type": "tool_calls", "tool_calls": []},
}


@dataclass(slots=True)
class MissedText:
    """A part of a text, from one character to another, and the bytes around it in its event."""

    source: TextSource
    around: tuple[bytes, bytes]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class MissedEvent:
    """An event whose object is without its long fields."""

    name: str
    data: Mapping[str, Any]
    table: type[Resource]
    long_fields: tuple[str, ...]


def without_long_fields(name: str, data: Mapping[str, Any]) -> MissedEvent | None:
    """The event without the fields of its object that can be read again; None if it has none."""
    known = _LONG_FIELDS.get(data.get("object", ""))
    if known is None:
        return None
    table, long_fields = known
    return MissedEvent(
        name, {field: value for field, value in data.items() if field not in long_fields}, table, long_fields
    )


class MissedEventReader:
    """Reads missed events; `with_content` shows what file searches found, as the stream does."""

    def __init__(self, store: Store, *, with_content: bool = False) -> None:
        self._store = store
        self._with_content = with_content

    async def text(self, missed: MissedText, has_ended: Callable[[], bool]) -> bytes:
        """The event with the missed text; nothing when it was deleted.

        Text that is not in the database yet is waited for, but not when the run `has_ended`.
        """
        loop = asyncio.get_running_loop()
        deadline = loop.time() + SAVED_WITHIN
        while True:
            last = has_ended() or loop.time() > deadline
            text = await self._stored_text(missed.source)
            if text is None or last or len(text) >= missed.end:
                break
            await asyncio.sleep(_LOOK_EVERY)
        found = (text or "")[missed.start : missed.end]
        before, after = missed.around
        return before + orjson.dumps(found) + after if found else b""

    async def event(self, missed: MissedEvent) -> bytes:
        """The event with its long fields; they are empty when the object was deleted."""
        async with self._store.read() as session:
            row = await session.scalar(select(missed.table).where(missed.table.id == missed.data["id"]))
        if row is None:
            empty = {field: _EMPTY[field] for field in missed.long_fields}
            return encode_event(missed.name, {**missed.data, **empty})
        whole = self._json_object(row)  # in the order of the object's fields
        data = {field: whole[field] if field in missed.long_fields else missed.data[field] for field in whole}
        return encode_event(missed.name, data)

    def _json_object(self, row: Resource) -> dict[str, Any]:
        if isinstance(row, Message):
            return message_object(row)
        if isinstance(row, RunStep):
            return step_object(row, with_content=self._with_content)
        assert isinstance(row, Run)
        return run_object(row)

    async def _stored_text(self, source: TextSource) -> str | None:
        """The text as it is in the database; None when its row was deleted."""
        async with self._store.read() as session:
            if source.object == "thread.message":
                content = await session.scalar(select(Message.content).where(Message.id == source.id))
                if content is None or source.index >= len(content):
                    return None if content is None else ""
                part = content[source.index]
                text: str = part["refusal"] if part["type"] == "refusal" else part["text"]["value"]
                return text
            details = await session.scalar(select(RunStep.step_details).where(RunStep.id == source.id))
        if details is None or source.index >= len(details["tool_calls"]):
            return None if details is None else ""
        arguments: str = details["tool_calls"][source.index]["function"]["arguments"]
        return arguments
