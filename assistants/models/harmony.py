"""Reads the channels of OpenAI's open models (gpt-oss) where a server passes them on as text.

`<|channel|>analysis<|message|>thoughts<|end|><|start|>assistant<|channel|>final<|message|>answer<|return|>`; a call is
`<|channel|>commentary to=functions.f <|constrain|>json<|message|>{…}<|call|>`. Some servers leave the marks out:
`analysisThoughts.assistantfinalAnswer.` https://cookbook.openai.com/articles/openai-harmony
"""

import re
from collections.abc import Collection
from typing import Final

MARKS: Final = ("<|start|>", "<|channel|>", "<|message|>", "<|end|>", "<|return|>", "<|call|>", "<|constrain|>")
_MARK: Final = re.compile("|".join(map(re.escape, MARKS)))
_RECIPIENT: Final = re.compile(r"\bto=(?:functions\.)?([\w.-]+)")
_BARE: Final = re.compile(r"analysis(?=[A-Z0-9\"'“(\u00c0-\uffff])")
_BARE_FINAL: Final = re.compile(r"assistant\s?final(?=\S|\s)")
_BARE_CALL: Final = re.compile(r"assistant\s?commentary\s+to=functions\.([\w-]+)\s*(?:json|code)?\s*(?=\{)")
_STARTS: Final = ("<|start|>", "<|channel|>", "analysis")


def may_begin_harmony(start: str) -> bool:
    """Whether more text is needed to tell if an answer that begins so has channels."""
    return any(mark.startswith(start) for mark in _STARTS)


def begins_harmony(start: str) -> bool:
    """Whether an answer that begins so has channels."""
    return start.startswith(("<|start|>", "<|channel|>")) or _BARE.match(start) is not None


class HarmonyChannels:
    """Gives what is for the user: the final channel, and commentary to nobody.

    A call of one of `functions` is given as `<tool_call>…`; one of anything else, such as `browser.search`, is dropped.
    """

    def __init__(self, functions: Collection[str] = ()) -> None:
        self._functions = functions
        self._held = ""
        self._bare: bool | None = None
        self._final = False
        self._header: str | None = ""
        """The header that is being read; None within a message."""
        self._shown = True
        self._called = ""
        self._body = ""

    def feed(self, text: str) -> str:
        """The part of the answer that can be shown now."""
        self._held += text
        if self._bare is None:
            self._bare = not self._held.startswith("<|")
        return self._feed_bare() if self._bare else self._feed_marked()

    def end(self, *, cut: bool) -> str:
        """The rest, at the answer's end."""
        if self._bare:
            if self._final:
                return ""
            call = _BARE_CALL.search(self._held)
            if call is not None:
                return self._call(call[1], self._held[call.end() :])
            return "" if cut else self._held
        held, self._held = self._held, ""
        shown = self._message(held) if self._header is None else ""
        return shown if cut and self._called else shown + self._close()

    def _feed_bare(self) -> str:
        if not self._final:
            found = _BARE_FINAL.search(self._held)
            if found is None:
                return ""
            self._final = True
            self._held = self._held[found.end() :].lstrip()
        text, self._held = self._held, ""
        return text

    def _feed_marked(self) -> str:
        shown = ""
        while (mark := _MARK.search(self._held)) is not None:
            before, self._held = self._held[: mark.start()], self._held[mark.end() :]
            shown += self._pass(before, mark[0])
        keep = self._held.rfind("<")
        begun = self._held[keep:] if keep >= 0 else ""
        whole = len(self._held) - (len(begun) if begun and any(each.startswith(begun) for each in MARKS) else 0)
        if self._header is None:
            ready, self._held = self._held[:whole], self._held[whole:]
            shown += self._message(ready)
        return shown

    def _pass(self, before: str, mark: str) -> str:
        """Go over one mark, with the text before it."""
        if self._header is not None:
            self._header += before + (" " if mark != "<|message|>" else "")
            if mark == "<|message|>":
                self._open(self._header)
            elif mark in {"<|end|>", "<|return|>", "<|call|>"}:
                self._header = ""
            return ""
        shown = self._message(before)
        if mark == "<|message|>":
            return shown
        shown += self._close()
        self._header = ""
        return shown

    def _open(self, header: str) -> None:
        recipient = _RECIPIENT.search(header)
        self._called = recipient[1] if recipient is not None else ""
        self._shown = recipient is None and "analysis" not in header
        self._header, self._body = None, ""

    def _message(self, text: str) -> str:
        if self._called:
            self._body += text
            return ""
        return text if self._shown else ""

    def _close(self) -> str:
        called, self._called = self._called, ""
        return self._call(called, self._body) if called else ""

    def _call(self, name: str, arguments: str) -> str:
        if name not in self._functions:
            return ""
        return f'<tool_call>{{"name": "{name}", "arguments": {arguments.strip() or "{}"}}}</tool_call>'
