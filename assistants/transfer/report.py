"""What an import or export did: how much came, and what was left out, where it stands and why."""

from collections import Counter
from collections.abc import Callable

NOUNS = {
    "file": ("file", "files"),
    "vector_store": ("vector store", "vector stores"),
    "vector_store.file": ("file in vector stores", "files in vector stores"),
    "assistant": ("assistant", "assistants"),
    "thread": ("thread", "threads"),
    "thread.message": ("message", "messages"),
    "thread.run": ("run", "runs"),
    "thread.run.step": ("run step", "run steps"),
}
"""What a kind of object is called, by its `object`: one, and more."""


class TransferError(Exception):
    """An import or export cannot be done; the message is plain sentences for the owner."""


class Report:
    """Counts of objects by kind; `say` is called with a sentence for each thing that was left out or changed."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self.new: Counter[str] = Counter()
        self.updated: Counter[str] = Counter()
        self.unchanged: Counter[str] = Counter()
        self.skipped: Counter[str] = Counter()
        """What chats hold that no thread does, by what it is."""
        self.refused = 0

    def refuse(self, place: str, reason: str) -> None:
        """Something at `place` (a file and its line) is left out."""
        self.refused += 1
        self._say(f"{place}: {reason} Left out.")

    def note(self, place: str, sentence: str) -> None:
        """Something at `place` came otherwise than it stands there."""
        self._say(f"{place}: {sentence}")

    def counts(self) -> tuple[Counter[str], ...]:
        """The counts as they are now, for `take_back`."""
        return Counter(self.new), Counter(self.updated), Counter(self.unchanged)

    def take_back(self, counts: tuple[Counter[str], ...]) -> None:
        """Count as it was then: what has been counted since was not written."""
        self.new, self.updated, self.unchanged = counts

    def lines(self, new: str = "New") -> list[str]:
        """The summary, a line each; `new` is what objects are called that an import or export has written."""
        lines = []
        for title, counts in ((new, self.new), ("Updated", self.updated), ("Here already", self.unchanged)):
            if named := [counted(kind, counts[kind]) for kind in NOUNS if counts[kind]]:
                lines.append(f"{title}: {', '.join(named)}.")
        if self.skipped:
            named = [f"{count:,} {what}" for what, count in sorted(self.skipped.items())]
            lines.append(f"Not part of a thread: {', '.join(named)}.")
        if self.refused:
            lines.append(f"Left out: {self.refused:,}, each with a line above.")
        return lines or ["There was nothing."]


def counted(kind: str, count: int) -> str:
    """`3 messages`, by an object's kind."""
    return f"{count:,} {NOUNS[kind][count != 1]}"
