"""Which way leads to the model: said by `MODEL_API`, or found out from the key, the address and the provider itself."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import Literal

import structlog

from assistants.models.chat_request import ChatModel
from assistants.models.model_protocol import Model, ModelError, ModelEvent, ModelRequest
from assistants.models.offline.offline_model import OfflineModel
from assistants.models.provider_http import BrokenStream, Upstream
from assistants.models.responses_request import PATH as RESPONSES_PATH
from assistants.models.responses_request import ResponsesModel
from workers import Pool

log = structlog.get_logger(__name__)

OPENAI_URL = "https://api.openai.com/v1"
ModelApi = Literal["responses", "chat", "offline"]
_NO_SUCH_ENDPOINT = (200, 404, 405, 410, 501)
"""LM Studio's 200 is one too: it says so in the body, to a body that no endpoint could answer."""
_NO_TELLING = (401, 403, 429, 502, 503, 504)


@asynccontextmanager
async def open_model(
    *, api: ModelApi | None, key: str | None, url: str | None, window: int | None, pool: Pool
) -> AsyncIterator[Model]:
    """Open the model of these settings: `api` when it is said; without key and address the offline model.

    `url` is the provider's (OpenAI's when None), `window` the context window in tokens (known by name when None).
    """
    if api == "offline" or (api is None and not key and not url):
        yield OfflineModel(pool)
        return
    async with Upstream(url or OPENAI_URL, key) as upstream:
        if api == "responses" or (api is None and upstream.url == OPENAI_URL):
            yield ResponsesModel(upstream, window=window)
        elif api == "chat":
            yield ChatModel(upstream, window=window)
        else:
            yield FoundOutModel(upstream, window=window)


class FoundOutModel:
    """Asks the provider, at the first request, whether it has the Responses API; else it is Chat Completions.

    The question is an empty body: a server that has the endpoint refuses it, so no token is spent.
    """

    def __init__(self, upstream: Upstream, *, window: int | None = None) -> None:
        self._upstream = upstream
        self._responses = ResponsesModel(upstream, window=window)
        self._chat = ChatModel(upstream, window=window)
        self._found: ResponsesModel | ChatModel | None = None

    async def found(self) -> ResponsesModel | ChatModel:
        """The way that the provider has.

        Raises:
            ModelError: the provider cannot be reached.
        """
        if self._found is None:
            try:
                status = await self._upstream.status(RESPONSES_PATH, {})
            except BrokenStream as error:
                raise ModelError("server_error", "The model cannot be reached.") from error
            if status in _NO_TELLING:
                return self._responses  # whose request is answered in the same way, or else asked about again
            self._found = self._chat if status in _NO_SUCH_ENDPOINT else self._responses
            log.info("model_api_found", api="chat" if self._found is self._chat else "responses")
        return self._found

    async def stream(self, request: ModelRequest) -> AsyncGenerator[ModelEvent, None]:
        """See `Model.stream`."""
        model = await self.found()
        async with aclosing(model.stream(request)) as events:
            async for event in events:
                yield event

    async def list_models(self) -> list[str]:
        """See `Model.list_models`."""
        return await self._chat.list_models()

    def context_window(self, model: str) -> int:
        """See `Model.context_window`."""
        return (self._found or self._chat).context_window(model)
