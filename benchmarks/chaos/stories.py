"""The history of what a student asked for: what was done, shown, logged, and asked of the model, and when.

It is made only where a promise was broken, out of what was noted all the time.
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from benchmarks.chaos.model import Model
from benchmarks.chaos.processes import Process
from benchmarks.chaos.records import Asked, Line, at
from playground.pilot import SeenMessage

MOST = 120
"""Lines of a history."""
_IDS = re.compile(r"\b(?:call|quiz|run|answer|thread|ladder)=([\w-]{8,40})")


class Stories:
    """Notes what students see, and tells the history of one thing."""

    def __init__(self) -> None:
        self._shown: defaultdict[int, list[tuple[float, SeenMessage]]] = defaultdict(list)
        """Every state of every message of a bot, by channel."""
        self._last: dict[int, str] = {}
        self.faults: list[Line] = []
        """What went wrong, and when."""

    def hear(self, when: float, event: str, data: dict[str, Any]) -> None:
        """A student hears something from the gateway."""
        if event in {"MESSAGE_CREATE", "MESSAGE_UPDATE"} and data.get("author", {}).get("bot"):
            message = SeenMessage(data)
            if self._last.get(message.id) != (described := message.describe()):
                self._last[message.id] = described
                self._shown[message.channel_id].append((when, message))
        elif event == "MESSAGE_DELETE" and self._last.pop(int(data["id"]), None) is not None:
            gone = {"author": {"username": "gone"}, "content": "", "embeds": [], "components": [], "attachments": []}
            where = {"id": data["id"], "channel_id": data["channel_id"], "flags": 0}
            self._shown[int(data["channel_id"])].append((when, SeenMessage(where | gone)))

    def of(self, asked: Asked, processes: Sequence[Process], model: Model) -> tuple[str, ...]:
        """The history of `asked`."""
        lines: list[Line] = list(asked.history)
        places = {asked.message_id, *self._places(asked)} - {0}
        shown = {message.id for each in places for _, message in self._shown[each]}
        for each in (*places, asked.channel_id):
            for when, message in self._shown[each]:
                if each in places or message.id in shown or self._is_about(asked, message):
                    lines.append((when, f"shown in {each}, {message.id}: {message.describe()}"))
        ids = {asked.mark, *map(str, places | shown)}
        for _, message in (each for place in places for each in self._shown[place]):
            ids |= set(re.findall(r"(?:quiz|hint):(\w{6,16}):", str(message.controls)))
        for process in processes:
            lines += [(when, f"{process.name}: {what}") for when, what in process.events]
            lines += [(when, f"{process.name} says: {what}") for when, what in _about(process.lines(), ids)]
        lines += [(when, f"the model is asked: {what}") for when, what in model.asked[asked.mark]]
        lines += [(when, f"fault: {what}") for when, what in self.faults]
        begin = min((when for when, _ in asked.history), default=0.0) - 1
        told = sorted(each for each in lines if each[0] >= begin)
        cut = [f"… and {len(told) - MOST} more"] if len(told) > MOST else []
        return (*(f"{at(when)} {what[:400]}" for when, what in told[:MOST]), *cut)

    def _places(self, asked: Asked) -> set[int]:
        """Where else something was said of it: threads alone, as channels and direct messages are everybody's."""
        found = {
            channel_id
            for channel_id, states in self._shown.items()
            if channel_id != asked.channel_id and any(self._is_about(asked, message) for _, message in states)
        }
        return found | {
            message.id for each in found for _, message in self._shown[each] if self._is_about(asked, message)
        }

    @staticmethod
    def _is_about(asked: Asked, message: SeenMessage) -> bool:
        reply = int((message.raw.get("message_reference") or {}).get("message_id") or 0)
        return "embeds" in message.raw and (
            (reply == asked.message_id and reply != 0) or re.search(rf"\b{asked.mark}\b", message.text) is not None
        )


def _about(lines: Sequence[str], ids: set[str]) -> list[Line]:
    """The lines of a log that name one of the ids, or a run, call or answer that those name."""
    for _ in range(2):
        found = [each for each in lines if any(one in each for one in ids)]
        ids = ids | {one for each in found for one in _IDS.findall(each)}
    told = []
    for each in found:
        head, _, rest = each.partition(" ")
        try:
            told.append((datetime.fromisoformat(head).timestamp(), rest))
        except ValueError:
            continue
    return told
