"""What can go wrong with a provider: the errors that it answers, over HTTP or in a stream, and broken connections."""

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from assistants.models.model_protocol import ModelError, PromptTooLongError

TRANSIENT_STATUSES = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524, 529})
BAD_CALL = "tool_use_failed"
"""Groq's code for a call that cannot be read: the next attempt may do better."""
_LIMITED = frozenset({"rate_limit_exceeded", "rate_limit_error", "insufficient_quota", "RESOURCE_EXHAUSTED"})
_REQUEST_FAULT = re.compile(
    r"^(invalid_|context_length|image_|exceed_context|bio_policy|cyber_policy|content_filter|BadRequest|INVALID_ARGUMENT)"
)
_OVERLONG_CODES = frozenset({"context_length_exceeded", "exceed_context_size_error"})
_OVERLONG = re.compile(
    r"context[ _](length|size|window)|maximum prompt length|input token count|reduce the length"
    r"|\b(prompt|input|request|messages?) (is |are )?too (long|large)",
    re.IGNORECASE,
)
_CONTEXT_TOKENS = re.compile(r"(?:context (?:length|size|window)|prompt length)[^\d]{0,30}(\d{3,8})\b", re.IGNORECASE)
_WORDS = re.compile(r"[a-z]+(?:_[a-z]+)*(?:\.[a-z_]+)*")
_UNSUPPORTED = re.compile(
    r"support|unavailable|not available|unrecognized|unknown|unexpected|permitted|not allowed|not implemented|extra",
    re.IGNORECASE,
)
_TOOLLESS = re.compile(
    r"not support (tools?|functions?)\b|support tool use|not support (tool use|function calling)"
    r"|\b(tools?|tool use|function calling) (is|are) not (supported|enabled)|requires --enable-auto-tool-choice",
    re.IGNORECASE,
)
_WRONG_ADDRESS = (301, 302, 303, 307, 308, 404, 405, 410)
"""Statuses that tell of a wrong address."""
_QUOTABLE = frozenset({"store", "include", "text", "reasoning", "tools"})
"""Parameters whose names are everyday words: in an error message they count only in quotes."""


class BrokenStreamError(Exception):
    """The connection failed, or ended before the stream did."""


class ProviderError(Exception):
    """The provider answered with an error; `param` is the parameter that it objects to, where it says so."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        code: str | None = None,
        param: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.code = code
        self.param = param
        self.retry_after = retry_after

    @classmethod
    def from_body(
        cls, answer: object, *, status: int | None = None, retry_after: float | None = None
    ) -> "ProviderError":
        """The error in a body; `status` is the HTTP status, if that was one of an error.

        Providers write it as `{"error": {…}}`, `{"error": "…"}`, `{"object": "error", "message"}`, `{"detail": …}`, or
        one of these in an array (Gemini).
        """
        body = answer[0] if isinstance(answer, list) and answer else answer
        error = body.get("error") or body if isinstance(body, dict) else body
        if not isinstance(error, dict):
            error = {"message": str(error or "")}
        names = [value for name in ("code", "type", "status") if isinstance(value := error.get(name), str)]
        return cls(
            status or _status(error),
            _message(error),
            code=names[0] if names else None,
            param=error["param"] if isinstance(error.get("param"), str) else None,
            retry_after=retry_after,
        )

    @property
    def may_pass(self) -> bool:
        """Whether the same request may be answered a little later."""
        if self.code == BAD_CALL:
            return True
        return self.status in TRANSIENT_STATUSES and self.code != "insufficient_quota" and not self.overlong

    @property
    def overlong(self) -> bool:
        """Whether the prompt does not fit into the model's context."""
        return self.status == 413 or (
            400 <= self.status <= 500 and bool(self.code in _OVERLONG_CODES or _OVERLONG.search(self.message))
        )

    @property
    def context_tokens(self) -> int | None:
        """The context window in tokens that the error names, if the prompt was too long."""
        found = _CONTEXT_TOKENS.search(self.message)
        return int(found[1]) if found and self.overlong else None

    @property
    def toolless(self) -> bool:
        """Whether the model cannot call functions."""
        return 400 <= self.status < 500 and bool(_TOOLLESS.search(self.message))

    @property
    def unreadable_reasoning(self) -> bool:
        """Whether the provider cannot read the encrypted reasoning: it is another provider's, or too old."""
        return self.status == 400 and (self.code == "invalid_encrypted_content" or "encrypted" in self.message.lower())

    def objects_to(self, names: frozenset[str]) -> str | None:
        """The one of `names`, which are parameters, that the error complains of; None if it is about something else."""
        if self.status not in (400, 404, 422):
            return None
        told = [part for part in (self.param, *self._words()) if part]
        return next((name for part in told for name in names if part.split(".")[0] == name), None)

    @property
    def unsupported(self) -> bool:
        """Whether the provider does not know the parameter at all; else it is the value that is wrong."""
        return bool(_UNSUPPORTED.search(self.message)) or (self.code or "").startswith("unsupported")

    def _words(self) -> list[str]:
        words = _WORDS.findall(self.message)
        quoted = re.findall(r"['\"`]([a-z_.]+)['\"`]", self.message)
        return [word for word in words if word not in _QUOTABLE or word in quoted]


def retry_after(headers: Mapping[str, str]) -> float | None:
    """In how many seconds a provider wants to be asked again (more than 0); None where it does not say.

    `retry-after-ms` is OpenAI's; `Retry-After` holds seconds or a date.
    https://www.rfc-editor.org/rfc/rfc9110#field.retry-after
    """
    for name, unit in (("retry-after-ms", 0.001), ("Retry-After", 1.0)):
        text = headers.get(name) or ""
        try:
            seconds = float(text) * unit
        except ValueError:
            try:
                now = parsedate_to_datetime(headers["Date"]) if "Date" in headers else datetime.now(UTC)
                seconds = (parsedate_to_datetime(text) - now).total_seconds()
            except (ValueError, TypeError):  # TypeError: one of the two has no time zone
                continue
        if math.isfinite(seconds) and seconds > 0:
            return seconds
    return None


def brief(error: BaseException | None) -> str:
    """An error for a log: status and code, or its kind. What the provider says may quote a question or a file."""
    if isinstance(error, ProviderError):
        return f"{error.status} {error.code or ''}".strip()
    if isinstance(error, ModelError):
        return brief(error.__cause__) if error.__cause__ is not None else error.code
    return type(error).__name__


def model_error(error: Exception, told: str) -> ModelError:
    """`error` as a ModelError, in words for a person; `told` is the part of its message that may be shown."""
    if not isinstance(error, ProviderError):
        return ModelError("server_error", "The model cannot be reached, or its answer broke off.")
    match error.status:
        case 401 | 403:
            return ModelError("server_error", f"The model's provider refused the key ({error.status}).")
        case _ if error.overlong:
            return PromptTooLongError(f"The conversation is too long for the model: {told}")
        case 404 | 405 if "model" in f"{error.code} {told}".lower():
            return ModelError("server_error", f"The model's provider does not have that model: {told}")
        case status if status in _WRONG_ADDRESS:
            return ModelError("server_error", f"There is no such model or address (MODEL, OPENAI_BASE_URL): {told}")
        case 402 | 429 if error.status == 402 or error.code == "insufficient_quota":
            return ModelError("rate_limit_exceeded", "The quota at the model's provider is used up.")
        case 429:
            return ModelError("rate_limit_exceeded", "The model is busy: its provider's rate limit is reached.")
        case status if status >= 500 or status in TRANSIENT_STATUSES:
            return ModelError("server_error", f"The model's provider has a fault ({status}): {told}")
        case status:
            return ModelError("invalid_prompt", f"The model's provider refused the request ({status}): {told}")


def _status(error: dict[str, Any]) -> int:
    """The HTTP status that fits an error in a stream."""
    for name in ("code", "status", "status_code"):
        value = error.get(name)
        if isinstance(value, int | str) and str(value).isdigit() and 400 <= int(value) <= 599:
            return int(value)
    names = [value for name in ("code", "type", "status") if isinstance(value := error.get(name), str)]
    if any(name in _LIMITED for name in names):
        return 429
    return 400 if any(_REQUEST_FAULT.match(name) for name in names) else 500


def _message(error: dict[str, Any]) -> str:
    message = error.get("message") or error.get("detail") or "The model's provider has a fault."
    # OpenRouter says "Provider returned error" and keeps what the provider said beside it.
    metadata = error.get("metadata")
    raw = metadata.get("raw") if isinstance(metadata, dict) else None
    return f"{message} {raw}" if raw else str(message)
