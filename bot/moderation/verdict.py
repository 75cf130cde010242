"""What a check says of a text."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from openai.types import CompletionUsage


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a text was flagged for: names of categories, as the model gives them; none: nothing."""

    categories: tuple[str, ...] = ()

    @property
    def flagged(self) -> bool:
        """Whether the text may not be told."""
        return bool(self.categories)

    @property
    def about_self_harm(self) -> bool:
        """Whether its author may need help."""
        return any("self-harm" in each or "self_harm" in each or each == "S11" for each in self.categories)


class Check(Protocol):
    """Looks at texts."""

    async def verdicts(self, texts: Sequence[str], spent: Callable[[CompletionUsage], None]) -> list[Verdict]:
        """One for each text, in their order; `spent` is called with what was used.

        Raises:
            openai.OpenAIError: the provider does not answer, or refuses.
            ValueError: nobody can tell what it answers.
        """
        ...
