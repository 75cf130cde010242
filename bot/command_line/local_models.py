"""Models on this machine: the programs that serve them listen on their usual ports."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import aiohttp

PORTS: Final[Mapping[str, int]] = {"Ollama": 11434, "LM Studio": 1234, "llama.cpp": 8080, "vLLM": 8000}
"""Where each listens if nobody has told it otherwise (their documentation)."""
PATIENCE: Final = 2.0
_EMBEDDING: Final = ("embed", "bge-", "minilm", "e5-")
"""What stands in the names of models that make embeddings, and answer nothing."""


@dataclass(frozen=True, slots=True)
class LocalModels:
    """A program that serves models: its name, its OpenAI-compatible address, the models that answer, and the others."""

    program: str
    url: str
    models: Sequence[str]
    embedding_models: Sequence[str] = ()


async def find_local_models(ports: Mapping[str, int] = PORTS) -> list[LocalModels]:
    """The programs on this machine that list models. Whatever else listens on those ports is left out."""
    # No proxy of the environment: it is this machine that is asked.
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=PATIENCE)) as http:
        found = await asyncio.gather(*(_ask(http, program, port) for program, port in ports.items()))
    return [each for each in found if each is not None]


async def _ask(http: aiohttp.ClientSession, program: str, port: int) -> LocalModels | None:
    url = f"http://127.0.0.1:{port}/v1"
    try:
        async with http.get(f"{url}/models") as response:
            listed = _names(await response.json(content_type=None)) if response.ok else []
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError):
        return None
    models = [name for name in listed if not _makes_embeddings(name)]
    return LocalModels(program, url, models, [name for name in listed if _makes_embeddings(name)]) if listed else None


def _names(body: Any) -> list[str]:
    """The ids in `{"data": [{"id": …}]}`; none in anything else."""
    data = body.get("data") if isinstance(body, dict) else None
    rows = data if isinstance(data, list) else []
    ids = [row.get("id") for row in rows if isinstance(row, dict)]
    return [each for each in ids if isinstance(each, str) and each.isprintable() and each]


def _makes_embeddings(name: str) -> bool:
    return any(part in name.lower() for part in _EMBEDDING)
