"""Which API reaches the model: the one in `MODEL_API`, or the one that the key, the address and the provider tell."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import Literal

import structlog

from assistants.models.chat_request import ChatModel
from assistants.models.model_protocol import Model, ModelError, ModelEvent, ModelRequest
from assistants.models.offline.offline_model import OfflineModel
from assistants.models.provider_client import ProviderClient
from assistants.models.provider_errors import BrokenStreamError
from assistants.models.responses_request import PATH as RESPONSES_PATH
from assistants.models.responses_request import ResponsesModel
from workers import Pool

log = structlog.get_logger(__name__)

OPENAI_URL = "https://api.openai.com/v1"
ModelApi = Literal["responses", "chat", "offline"]
_NO_SUCH_ENDPOINT = (200, 404, 405, 410, 501)
"""Statuses of a provider without the Responses API. LM Studio answers 200 with an error in its body."""
_NO_TELLING = (401, 403, 429, 502, 503, 504)
"""Statuses that say nothing about the API."""


@asynccontextmanager
async def open_model(
    *, api: ModelApi | None, key: str | None, url: str | None, window: int | None, pool: Pool
) -> AsyncIterator[Model]:
    """Open the model of these settings: by `api` if it is given; the offline model if there is neither key nor address.

    `url` is the provider's (None: OpenAI's). `window` is the context window in tokens (None: that of the model's name).
    """
    if api == "offline" or (api is None and not key and not url):
        yield OfflineModel(pool)
        return
    async with ProviderClient(url or OPENAI_URL, key) as provider:
        if api == "responses" or (api is None and provider.url == OPENAI_URL):
            yield ResponsesModel(provider, window=window)
        elif api == "chat":
            yield ChatModel(provider, window=window)
        else:
            yield DetectedModel(provider, window=window)


class DetectedModel:
    """Asks the provider at the first request whether it has the Responses API; if not, it uses Chat Completions.

    The request has an empty body: a server that has the endpoint refuses it, so no token is spent.
    """

    def __init__(self, provider: ProviderClient, *, window: int | None = None) -> None:
        self._provider = provider
        self._responses = ResponsesModel(provider, window=window)
        self._chat = ChatModel(provider, window=window)
        self._found: ResponsesModel | ChatModel | None = None

    async def found(self) -> ResponsesModel | ChatModel:
        """The model behind the API that the provider has.

        Raises:
            ModelError: the provider cannot be reached.
        """
        if self._found is None:
            try:
                status = await self._provider.status(RESPONSES_PATH, {})
            except BrokenStreamError as error:
                raise ModelError("server_error", "The model cannot be reached.") from error
            if status in _NO_TELLING:
                return self._responses  # its request meets the same status; if not, the next one asks again
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
