"""How many tokens a model can read, by its name; and the names that a provider offers."""

import re

from assistants.models.provider_client import ProviderClient

UNKNOWN_WINDOW = 32_768
"""A cautious guess for an unknown model; the setting `MODEL_CONTEXT` overrides it."""

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
    """How many tokens a prompt and its answer may have together with `model`, as its maker states it."""
    name = model.rsplit("/", 1)[-1].lower()
    return next((window for pattern, window in _WINDOWS if pattern.search(name)), UNKNOWN_WINDOW)


async def model_ids(provider: ProviderClient) -> list[str]:
    """The ids under `GET /models`.

    Raises:
        ModelError: the provider does not answer, or refuses the key.
    """
    answer = await provider.get("/models")
    rows = answer.get("data") if isinstance(answer, dict) else answer
    return [str(row["id"]) for row in rows or [] if isinstance(row, dict) and "id" in row]
