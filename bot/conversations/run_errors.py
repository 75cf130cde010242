"""What a student is told when a run fails, is cut off, or cannot be made."""

from typing import Final, Literal

import openai
from openai.types.beta.threads import Run

from bot import sentences
from bot.errors import UserFacingError
from bot.sentences import Sentence
from database.outages import is_outage

TOKEN_LIMITS = frozenset({"max_completion_tokens", "max_prompt_tokens"})
"""The reasons of an incomplete run that name its own token limits."""


STORE_CODES = frozenset({"database_unavailable", "disk_full", "disk_unwritable", "files_unavailable"})
"""Errors of the Assistants server that cannot keep anything."""


FailureCause = Literal[
    "key_refused",
    "quota_used_up",
    "rate_limited",
    "unreachable",
    "no_such_model",
    "provider_fault",
    "server_refuses_key",
    "server_busy",
    "server_unreachable",
    "server_fault",
    "stalled",
    "expired",
    "other",
]
"""Why an answer failed, for the owner; `server_…`: the Assistants server, else the model's provider."""

_PROVIDER_SAYS: Final[dict[str, FailureCause]] = {
    "The model's provider refused the key": "key_refused",
    "The quota at the model's provider is used up": "quota_used_up",
    "The model is busy": "rate_limited",
    "The model cannot be reached": "unreachable",
    "The model's provider does not have that model": "no_such_model",
    "There is no such model or address": "no_such_model",
    "The model's provider has a fault": "provider_fault",
}
"""How the embedded server's messages begin (assistants/models/provider_errors.py)."""


_SAID_OF: Final[dict[FailureCause, Sentence]] = {
    "key_refused": sentences.MODEL_NEEDS_HOST,
    "no_such_model": sentences.MODEL_NEEDS_HOST,
    "quota_used_up": sentences.MODEL_QUOTA_SPENT,
    "rate_limited": sentences.MODEL_BUSY,
    "unreachable": sentences.MODEL_BROKE_OFF,
    "provider_fault": sentences.MODEL_HAS_FAULT,
}
"""What a student is told of a failed run; of all other causes that something went wrong."""


class ModelStalledError(TimeoutError):
    """A run's stream said nothing for too long; the run is cancelled."""


def sentence_for_error(error: BaseException) -> Sentence:
    """What a student is told when a run cannot be made, or a call to the Assistants server fails."""
    match error:
        case UserFacingError():
            return error.sentence
        case openai.APIError() if error.code in STORE_CODES:
            return sentences.STORE_AWAY
        case openai.RateLimitError():
            return sentences.MODEL_BUSY
        case (
            openai.APIConnectionError()
            | openai.AuthenticationError()
            | openai.PermissionDeniedError()
            | openai.NotFoundError()
        ):
            return sentences.MODEL_AWAY
        case openai.BadRequestError():
            return sentences.REFUSED
        case ModelStalledError():
            return sentences.STALLED
        case Exception() if is_outage(error) and not isinstance(error, TimeoutError):
            return sentences.STORE_AWAY
        case TimeoutError():
            return sentences.EXPIRED
        case _:
            return sentences.FAILED


def sentence_for_run(run: Run) -> Sentence | None:
    """What a student is told about how a run ended; None when it ended well, or was cancelled."""
    match run.status:
        case "failed":
            cause = cause_of_run(run)
            return sentences.REFUSED if cause is None else _SAID_OF.get(cause, sentences.FAILED)
        case "incomplete":
            # The API names token limits alone; other reasons are those of the provider's filter.
            filtered = run.incomplete_details is not None and str(run.incomplete_details.reason) not in TOKEN_LIMITS
            return sentences.FILTERED if filtered else sentences.CUT_OFF
        case "expired":
            return sentences.EXPIRED
        case _:
            return None


def sentence_for_silence(cut: Sentence | None) -> Sentence:
    """What stands in the place of an answer without a word; `cut` is what would be said below one (see above)."""
    if cut == sentences.CUT_OFF:
        return sentences.CUT_OFF_UNSAID
    return cut or sentences.NOTHING_SAID


def cause_of_run(run: Run) -> FailureCause | None:
    """Why a run failed; None when it did not, or when the question was at fault."""
    if run.status == "expired":
        return "expired"
    if run.status != "failed" or (run.last_error is not None and run.last_error.code == "invalid_prompt"):
        return None
    if run.last_error is None:
        return "other"
    for words, cause in _PROVIDER_SAYS.items():
        if (run.last_error.message or "").startswith(words):
            return cause
    return "rate_limited" if run.last_error.code == "rate_limit_exceeded" else "other"


def cause_of_error(error: BaseException) -> FailureCause | None:
    """Why a run could not be made or followed to its end; None when the question was at fault."""
    match error:
        case UserFacingError() | openai.BadRequestError():
            return None
        case openai.AuthenticationError() | openai.PermissionDeniedError():
            return "server_refuses_key"
        case openai.RateLimitError():
            return "server_busy"
        case openai.APIConnectionError():
            return "server_unreachable"
        case openai.APIError():
            return "server_fault"
        case ModelStalledError():
            return "stalled"
        case TimeoutError():
            return "expired"
        case _:
            return "other"
