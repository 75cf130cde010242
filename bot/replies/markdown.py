"""Cuts a model's Markdown into Discord messages. (First form: at paragraphs, lines and words.)"""

LIMIT = 3_800


class Splitter:
    """`feed()` text, take closed parts; what is still open stands in `open`."""

    def __init__(self, limit: int = LIMIT) -> None:
        self.limit = limit
        self.open = ""

    def feed(self, text: str) -> list[str]:
        """The parts that this text closes."""
        self.open += text
        closed = []
        while len(self.open) > self.limit:
            at = self._cut()
            closed.append(self.open[:at])
            self.open = self.open[at:]
        return closed

    def flush(self) -> str:
        """The last part."""
        last, self.open = self.open, ""
        return last

    def _cut(self) -> int:
        for mark in ("\n\n", "\n", ". ", " "):
            at = self.open.rfind(mark, 1, self.limit - len(mark))
            if at > 0:
                return at + len(mark)
        return self.limit
