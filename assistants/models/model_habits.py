"""What is learned of a model's answers while the process runs: whether it thinks aloud, and how its streams end."""

import re
from dataclasses import dataclass, field
from typing import Final

_SEPARATES: Final = re.compile(r"^(?:[\w.-]+/)?(?:gpt-(?!oss)|chatgpt|o\d(?:-|$)|claude|gemini)", re.IGNORECASE)
"""Models whose providers never pass thoughts on as text."""
_THINKS: Final = re.compile(
    r"(?:^|[^a-z])(?:r1|qwq|qwen3|think|reason|magistral|glm-?[45z]|gpt-oss|exaone-deep|deephermes|nemotron|minimax-m|"
    r"cogito|smollm3|marco-o|skywork-o|phi-4-(?:mini-)?r|deepseek-v3\.[1-9]|seed-oss|ernie.*thinking|kimi-k2-t)",
    re.IGNORECASE,
)
"""Names of models that think before they answer."""


@dataclass(slots=True)
class ModelHabits:
    """By model; a provider has one of these."""

    _unopened: set[str] = field(default_factory=set)
    _plain: set[str] = field(default_factory=set)
    _finishes: set[str] = field(default_factory=set)

    def may_think_unopened(self, model: str) -> bool | None:
        """Whether an answer may begin with thoughts that no tag opens, since the template has put it into the prompt:
        True if it is likely, False if not, None if only the words can tell.
        """
        if model in self._unopened:
            return True
        if model in self._plain or _SEPARATES.search(model):
            return False
        return True if _THINKS.search(model) else None

    def separates(self, model: str) -> bool:
        """Whether the model's provider never passes thoughts on as text."""
        return _SEPARATES.search(model) is not None

    def surely_thinks_unopened(self, model: str) -> bool:
        """Whether an answer of the model has begun with thoughts that no tag opened."""
        return model in self._unopened

    def note_thoughts(self, model: str, *, unopened: bool) -> None:
        """An answer has ended; `unopened` says whether it began with thoughts that no tag opened."""
        if unopened:
            self._unopened.add(model)
            self._plain.discard(model)
        elif model not in self._unopened:
            self._plain.add(model)

    def note_finish(self, model: str) -> None:
        """A stream has said that its answer is over."""
        self._finishes.add(model)

    def finishes(self, model: str) -> bool:
        """Whether the model's streams say that an answer is over, so that one that does not has broken off."""
        return model in self._finishes
