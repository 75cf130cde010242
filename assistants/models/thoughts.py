"""Takes thoughts off answers that a server passes on as text, since it does not know that its model reasons.

Three forms: tags in front of the answer (`<think>…</think>`); the closing tag alone, where the template has put the
opening one into the prompt; and the channels of OpenAI's open models (`<|channel|>analysis<|message|>…`), see
`harmony.py`. https://cookbook.openai.com/articles/openai-harmony
"""

import re
from collections.abc import Collection
from typing import Final

from assistants.models.harmony import HarmonyChannels, begins_harmony, may_begin_harmony

_CLOSES: Final = {
    "<think>": "</think>",
    "<thinking>": "</thinking>",
    "<thought>": "</thought>",
    "<thoughts>": "</thoughts>",
    "<reasoning>": "</reasoning>",
    "<seed:think>": "</seed:think>",
    "<longcat_think>": "</longcat_think>",
    "[THINK]": "[/THINK]",
    "◁think▷": "◁/think▷",
    "<|begin_of_thought|>": "<|end_of_thought|>",
    "<|START_THINKING|>": "<|END_THINKING|>",
    "<|inner_prefix|>": "<|inner_suffix|>",
    "<unused94>": "<unused95>",
}
_TAG: Final = re.compile(rf"(?<!`)({'|'.join(map(re.escape, _CLOSES.values()))})")
_OPENING: Final = re.compile("|".join(map(re.escape, _CLOSES)))
_FIRST: Final = frozenset("<[◁")
_LONGEST_TAG: Final = max(map(len, _CLOSES.values()))
_WRAPPING: Final = re.compile(
    r"\s*(?:<answer>|<response>|<\|begin_of_solution\|>|<\|START_RESPONSE\|>)"
    r"|(?:</answer>|</response>|<\|end_of_solution\|>|<\|END_RESPONSE\|>)\s*\Z"
)
"""Tags around the answer that follows thoughts."""
_LIKE_THOUGHTS: Final = re.compile(
    r"(?:okay|ok|alright|all right|hmm*|hm|well|so|wait|first|now|let me|let's|let us|i need|i should|i have to|i'll|"
    r"we need|we have|we should|we are|we must|need to|the user|user|the student|the question|the problem|"
    r"thinking|to answer|this is|looking at|got it|사용자|학생이|음|자,|먼저|우선|好的|嗯|用户|首先|まず|ユーザー)"
    r"(?=[^A-Za-z]|$)",
    re.IGNORECASE,
)
_LONGEST_BEGINNING: Final = 12
"""Characters that show whether an answer begins like thoughts."""


class Thoughts:
    """Takes the thoughts off one answer.

    `unopened` tells what is known of the model: whether its answers may begin with thoughts that no tag opens (None:
    the words tell); what may be thoughts is held until they end, or the answer does. After the end, `was_unopened`
    tells whether there were such thoughts. With `watch`, a closing tag in the midst of an answer counts as well: what
    came before it has been shown, but the next answers are held. `functions` are those that may be called.
    """

    def __init__(self, *, unopened: bool | None = False, watch: bool = False, functions: Collection[str] = ()) -> None:
        self._functions = functions
        self._unopened = unopened
        self._watch = watch
        self.was_unopened = False
        self._held = ""
        self._searched = 0
        self._closes: str | None = None
        self._harmony: HarmonyChannels | None = None
        self._started = False
        self._waiting = False
        self._over = False
        self._opened = False
        self._last = ""
        """The last character shown."""
        self._thought = False

    @property
    def thinking(self) -> bool:
        """Whether what is held are thoughts, or may be."""
        return self._closes is not None or self._waiting

    def feed(self, text: str) -> str:
        """The part of the answer that can be shown now that `text` has come."""
        if self._harmony is not None:
            return self._harmony.feed(text)
        if self._over:
            return self._after(text)
        self._held += text
        return self._advance()

    def separated(self) -> None:
        """The server has sent thoughts apart from the answer: what comes is the answer."""
        if not self._held:
            self._unopened = False

    def end(self, *, cut: bool = False, surely_unopened: bool = False) -> str:
        """The rest, at the end of the answer. Thoughts that never ended are the answer, unless it was cut short."""
        if self._harmony is not None:
            return self._harmony.end(cut=cut)
        if cut and (self._closes is not None or (self._waiting and surely_unopened)):
            return ""
        left, self._held = self._held, ""
        if self._over and self._thought:
            return _WRAPPING.sub("", left)
        self._over = True
        return left

    def _advance(self) -> str:
        while self._closes is None and not self._waiting:
            start = self._held.lstrip()
            opening = next((tag for tag in _CLOSES if start.startswith(tag)), None)
            if opening is not None:
                self._closes, self._searched = _CLOSES[opening], 0
                break
            if any(tag.startswith(start) for tag in (*_CLOSES, *_CLOSES.values())) or (
                not self._thought and may_begin_harmony(start)
            ):
                return ""
            if not self._thought and begins_harmony(start):
                self._harmony = HarmonyChannels(self._functions)
                held, self._held = start, ""
                return self._harmony.feed(held)
            if self._thought and any(tag.startswith(start) for tag in _BEFORE_ANSWER):
                return ""
            closing = _TAG.match(start)
            if closing is not None and not self._thought:  # the template has opened thoughts, and there were none
                self.was_unopened = True
                if not (answer := start[closing.end() :].lstrip()):
                    return ""
                self._held, self._thought = answer, True
                continue
            if self._thought or self._unopened is False:
                return self._release()
            if self._unopened is None and not _LIKE_THOUGHTS.match(start):
                if len(start) < _LONGEST_BEGINNING and _may_become_thoughts(start):
                    return ""
                return self._release()
            self._waiting = True
        return self._after_tag() if self._waiting else self._after_thoughts()

    def _after_thoughts(self) -> str:
        assert self._closes is not None
        place = self._held.find(self._closes, max(0, self._searched - len(self._closes)))
        if place < 0:
            self._searched = len(self._held)
            return ""
        answer = self._held[place + len(self._closes) :].lstrip()
        if not answer:  # the blank lines after the thoughts belong to them
            return ""
        return self._go_on(answer)

    def _after_tag(self) -> str:
        """Wait for the tag that closes thoughts which none has opened."""
        found = _TAG.search(self._held, max(0, self._searched - _LONGEST_TAG - 1))
        if found is None:
            self._searched = len(self._held)
            return ""
        if _OPENING.search(self._held, 0, found.start()) is not None:
            return self._release()  # the answer is about such tags
        answer = self._held[found.end() :].lstrip()
        self.was_unopened = True
        if not answer:
            return ""
        return self._go_on(answer)

    def _go_on(self, answer: str) -> str:
        """Look at what follows thoughts: more of them, or the answer."""
        self._held, self._closes, self._waiting, self._thought = answer, None, False, True
        return self._advance()

    def _release(self) -> str:
        text, self._held, self._over = self._held, "", True
        if self._thought:
            text = _WRAPPING.sub("", text, count=1) if _WRAPPING.match(text) else text
        return self._after(text)

    def _after(self, text: str) -> str:
        """The answer goes on. A closing tag in it shows that what was shown were thoughts: the next are held."""
        if not self._held and _FIRST.isdisjoint(text):
            self._last = text[-1:] or self._last
            return text
        text = self._held + text
        self._opened = self._opened or _OPENING.search(text) is not None
        if self._watch and not self._opened and (tag := _TAG.search(text)) is not None and self._is_bare(tag):
            self.was_unopened = True
            text = f"{text[: tag.start()].rstrip()}\n\n{text[tag.end() :].lstrip()}"
        at = max(text.rfind(first) for first in _FIRST)
        begun = text[at:] if at >= 0 else ""
        if begun and any(tag.startswith(begun) for tag in _ENDINGS):
            self._held, text = begun, text[:at]
        else:
            self._held = ""
        self._last = text[-1:] or self._last
        return text

    def _is_bare(self, tag: re.Match[str]) -> bool:
        """Whether a tag does not stand in backticks, as one that the answer is about."""
        return tag.start() > 0 or self._last != "`"


_BEFORE_ANSWER: Final = ("<answer>", "<response>", "<|begin_of_solution|>", "<|START_RESPONSE|>")
_ENDINGS: Final = (*_CLOSES.values(), "</answer>", "</response>", "<|end_of_solution|>", "<|END_RESPONSE|>")


def _may_become_thoughts(start: str) -> bool:
    return any(word.startswith(start.casefold()) for word in _BEGINNINGS)


_BEGINNINGS: Final = tuple(
    re.sub(r"\(\?:|\)", "", part).replace("hmm*", "hmm") for part in _LIKE_THOUGHTS.pattern.split(")(?=")[0].split("|")
)


def without_thoughts(text: str, *, unopened: bool = False, functions: Collection[str] = ()) -> str:
    """A whole answer without its thoughts; `unopened` as the answer's stream found it."""
    thoughts = Thoughts(unopened=unopened, functions=functions)
    return thoughts.feed(text) + thoughts.end()
