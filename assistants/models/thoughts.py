"""Takes thoughts off answers: `<think>…</think>` in front of the text.

Some servers do not know that their model reasons, and pass its thoughts on as text (llama.cpp, vLLM and Ollama without
the right template).
"""

_OPENS = ("<think>", "<thinking>", "<thought>", "[THINK]")
_CLOSES = {"<think>": "</think>", "<thinking>": "</thinking>", "<thought>": "</thought>", "[THINK]": "[/THINK]"}


class Thoughts:
    """Takes the thoughts off the beginning of one answer."""

    def __init__(self) -> None:
        self._held = ""
        self._searched = 0
        self._closes: str | None = None
        self._over = False

    def feed(self, text: str) -> str:
        """The part of the answer that can be shown now that `text` has come."""
        if self._over:
            return text
        self._held += text
        if self._closes is None:
            start = self._held.lstrip()
            opening = next((tag for tag in _OPENS if start.startswith(tag)), None)
            if opening is None:
                return "" if any(tag.startswith(start) for tag in _OPENS) else self._release()
            self._closes = _CLOSES[opening]
        return self._after_thoughts(self._closes)

    def end(self) -> str:
        """The rest, at the end of the answer; thoughts that never ended are the answer."""
        return self._release()

    def _after_thoughts(self, closes: str) -> str:
        place = self._held.find(closes, max(0, self._searched - len(closes)))
        if place < 0:
            self._searched = len(self._held)
            return ""
        answer = self._held[place + len(closes) :].lstrip()
        if not answer:  # the blank lines after the thoughts belong to them
            return ""
        self._held = answer
        return self._release()

    def _release(self) -> str:
        text, self._held, self._over = self._held, "", True
        if self._closes is not None and self._closes in text:
            text = text.partition(self._closes)[2].lstrip()
        return text


def without_thoughts(text: str) -> str:
    """A whole answer without its thoughts."""
    thoughts = Thoughts()
    return thoughts.feed(text) + thoughts.end()
