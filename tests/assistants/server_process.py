"""A server in a process of its own, whose model thinks for ever, or says a word every 20 ms.

`python -m tests.assistants.server_process FOLDER DATABASE_URL KEY`; it prints its address. What the model does,
the last message says: `think` (for ever, but for a server with QUICK set), `speak`, or else N words at once.
"""

import asyncio
import os
import sys
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from assistants.app import create_app
from assistants.http_server import bind, serve_app
from assistants.models.model_protocol import Finished, ModelEvent, ModelRequest, TextDelta, Usage
from assistants.settings import Settings
from workers import Pool


class Speaker:
    """Thinks or speaks."""

    async def stream(self, request: ModelRequest) -> AsyncGenerator[ModelEvent, None]:
        asked = str(request.input[-1]["content"])
        if "think" in asked and "QUICK" not in os.environ:
            await asyncio.Event().wait()
        if "speak" not in asked:
            for number in range(int("".join(filter(str.isdigit, asked)))):
                yield TextDelta(f"{number} ")
                if not number % 10:
                    await asyncio.sleep(0)
            yield Finished("completed", Usage(1, 1), [])
            return
        number = 0
        while True:
            yield TextDelta(f"{number} ")
            number += 1
            await asyncio.sleep(0.02)

    async def list_models(self) -> list[str]:
        return ["speaker"]

    def context_window(self, model: str) -> int:
        return 1_000_000


@asynccontextmanager
async def _speaker() -> AsyncIterator[Speaker]:
    yield Speaker()


async def serve(folder: str, url: str, key: str) -> None:
    """Serve until killed."""
    given: dict[str, Any] = {"data_dir": Path(folder), "embedding_model": "", "code_interpreter": "off"}
    if url:
        given["database_url"] = SecretStr(url)
    settings = Settings(_env_file=None, openai_api_key=None, **given)  # type: ignore[call-arg]
    opener: Any = lambda _settings, _pool: _speaker()  # noqa: E731
    with bind("127.0.0.1", 0) as listener:
        async with (
            Pool(size=1) as pool,
            serve_app(create_app(settings, pool=pool, key=key, open_model=opener), listener),
        ):
            print(f"http://127.0.0.1:{listener.getsockname()[1]}/v1", flush=True)
            await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(*sys.argv[1:4]))
