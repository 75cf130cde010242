"""How a run ends when it does not complete."""

from typing import Literal

from assistants.models.model_protocol import ErrorCode, Usage

Reason = Literal["max_completion_tokens", "max_prompt_tokens"]


class Ending(Exception):  # noqa: N818
    """The run ends here."""


class Incomplete(Ending):
    """A token limit was met (`reason`), or the provider's content filter cut the answer (None)."""

    def __init__(self, reason: Reason | None, *, usage: Usage | None = None) -> None:
        super().__init__(reason or "content_filter")
        self.reason = reason
        self.usage = usage


class Failed(Ending):
    """Something broke; `message` can be shown to the client."""

    def __init__(self, code: ErrorCode, message: str) -> None:
        super().__init__(message)
        self.code: ErrorCode = code
        self.message = message
