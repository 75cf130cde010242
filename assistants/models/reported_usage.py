"""The tokens that a provider reports for a completion; what it leaves out, or writes as something else, counts as 0."""

from collections.abc import Mapping
from typing import Any

from assistants.models.model_protocol import Usage


def reported_usage(usage: object, *, prompt: str, completion: str) -> Usage:
    """The `usage` of an answer; `prompt` and `completion` are how its API calls the two counts.

    DeepSeek (`prompt_cache_hit_tokens`) and Moonshot (`cached_tokens`) have the cached tokens elsewhere:
    https://api-docs.deepseek.com/guides/kv_cache, https://platform.moonshot.ai/docs/api/chat
    Gateways to Anthropic's models have the tokens written into the cache as `cache_creation_input_tokens`.
    """
    told = _object(usage)
    details = _object(told.get(f"{prompt}_details"))
    cached, written = details.get("cached_tokens"), details.get("cache_write_tokens")
    reasoning = _object(told.get(f"{completion}_details")).get("reasoning_tokens")
    return Usage(
        _count(told.get(prompt)),
        _count(told.get(completion)),
        _count(cached) or _count(told.get("prompt_cache_hit_tokens")) or _count(told.get("cached_tokens")),
        reasoning_tokens=_count(reasoning),
        cache_write_tokens=_count(written) or _count(told.get("cache_creation_input_tokens")),
    )


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _count(value: object) -> int:
    return int(value) if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < 1e12 else 0
