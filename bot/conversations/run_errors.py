"""What a student is told when a run fails, is cut off, or cannot be made."""

import openai
from openai.types.beta.threads import Run

from bot import sentences
from bot.errors import UserFacingError
from bot.sentences import Sentence
from database.outages import is_outage

TOKEN_LIMITS = frozenset({"max_completion_tokens", "max_prompt_tokens"})
"""The reasons of an incomplete run that name its own token limits."""


STORE_CODES = frozenset({"database_unavailable", "disk_full", "files_unavailable"})
"""Errors of the Assistants server that cannot keep anything."""


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
            code = run.last_error.code if run.last_error else None
            codes = {"rate_limit_exceeded": sentences.MODEL_BUSY, "invalid_prompt": sentences.REFUSED}
            return codes.get(code or "", sentences.FAILED)
        case "incomplete":
            # The API names token limits alone; other reasons are those of the provider's filter.
            filtered = run.incomplete_details is not None and str(run.incomplete_details.reason) not in TOKEN_LIMITS
            return sentences.FILTERED if filtered else sentences.CUT_OFF
        case "expired":
            return sentences.EXPIRED
        case _:
            return None
