"""What is known of models by their names."""

import re

from assistants.models.provider_http import Upstream

UNKNOWN_WINDOW = 32_768
"""A cautious guess for a model that we know nothing of; `MODEL_CONTEXT` says it for certain."""

_WINDOWS: tuple[tuple[re.Pattern[str], int], ...] = tuple(
    (re.compile(pattern), window)
    for pattern, window in (
        (r"^gpt-4\.1", 1_000_000),
        (r"^gpt-4o|^chatgpt-4o|^gpt-4-turbo", 128_000),
        (r"^gpt-4", 8_192),
        (r"^gpt-3\.5", 16_385),
        (r"^gpt-[5-9]|^gpt-\d\d", 400_000),
        (r"^o\d", 200_000),
        (r"claude|gemini", 200_000),
        (r"gpt-oss|llama-?[34]|qwen-?[23]|mistral|deepseek", 131_072),
    )
)


def context_window(model: str) -> int:
    """The tokens that prompt and answer of `model` may have together, as its maker states it."""
    name = model.rsplit("/", 1)[-1].lower()
    return next((window for pattern, window in _WINDOWS if pattern.search(name)), UNKNOWN_WINDOW)


async def model_ids(upstream: Upstream) -> list[str]:
    """The ids under `GET /models`.

    Raises:
        ModelError: the provider does not answer, or refuses the key.
    """
    answer = await upstream.get("/models")
    rows = answer.get("data") if isinstance(answer, dict) else answer
    return [str(row["id"]) for row in rows or [] if isinstance(row, dict) and "id" in row]
