"""Embeddings: vectors of texts, made by the provider's endpoint."""

import asyncio
import functools
import hashlib
import ssl
import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl

import httpx2
import structlog
from openai import (
    DEFAULT_CONNECTION_LIMITS,
    APIConnectionError,
    APIStatusError,
    AsyncOpenAI,
    DefaultAsyncHttpxClient,
    OpenAIError,
)

from assistants.models.api_detection import OPENAI_URL
from assistants.models.proxy import proxy_for
from assistants.retrieval.chunks import count_tokens
from assistants.settings import Settings

log = structlog.get_logger(__name__)

DIMENSIONS = 512
"""Numbers in a vector, for models that let one choose."""

_BATCH = 64
_QUERY_PATIENCE = 4.0  # seconds; then a search goes on without vectors
_PAUSE = 300.0  # seconds until an endpoint that failed is tried again
_REMEMBERED = 512


@dataclass(frozen=True, slots=True)
class Embedded:
    """Vectors of texts (normalised, float16 numbers), and the tokens that the provider has read for them."""

    vectors: Sequence[bytes]
    tokens: int = 0


class NoEmbeddingsError(Exception):
    """The endpoint cannot make vectors now; files are found by words alone."""


class Embedder:
    """An embeddings model; after a failure of its endpoint it pauses for a while."""

    def __init__(self, client: AsyncOpenAI, model: str) -> None:
        self._client = client
        self.model = model
        self._silent_until = 0.0
        self._queries: OrderedDict[str, bytes] = OrderedDict()

    @property
    def ready(self) -> bool:
        """Whether the endpoint can be asked: it has not failed lately."""
        return time.monotonic() >= self._silent_until

    async def documents(self, texts: Sequence[str]) -> Embedded:
        """The vectors of passages, normalised, as float16 numbers.

        Raises:
            NoEmbeddingsError: the endpoint does not answer, or has no such model.
        """
        vectors: list[bytes] = []
        tokens = 0
        for start in range(0, len(texts), _BATCH):
            embedded = await self._ask(self._client, texts[start : start + _BATCH])
            vectors += embedded.vectors
            tokens += embedded.tokens
        return Embedded(vectors, tokens)

    async def queries(self, texts: Sequence[str]) -> Embedded:
        """The vectors of queries; those of the latest queries are remembered, and cost nothing.

        Raises:
            NoEmbeddingsError: as above, or it takes too long.
        """
        tokens = 0
        new = [text for text in dict.fromkeys(texts) if text not in self._queries]
        if new:
            hurried = self._client.with_options(max_retries=0, timeout=_QUERY_PATIENCE)
            embedded = await self._ask(hurried, new)
            tokens = embedded.tokens
            for text, vector in zip(new, embedded.vectors, strict=True):
                self._queries[text] = vector
        result = [self._queries[text] for text in texts]
        for text in texts:
            self._queries.move_to_end(text)
        while len(self._queries) > _REMEMBERED:
            self._queries.popitem(last=False)
        return Embedded(result, tokens)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def _ask(self, client: AsyncOpenAI, texts: Sequence[str]) -> Embedded:
        if not self.ready:
            raise NoEmbeddingsError("the embeddings endpoint failed a moment ago")
        try:
            if self.model.startswith("text-embedding-3"):
                answer = await client.embeddings.create(model=self.model, input=list(texts), dimensions=DIMENSIONS)
            else:
                answer = await client.embeddings.create(model=self.model, input=list(texts))
            vectors = [entry.embedding for entry in sorted(answer.data, key=lambda entry: entry.index)]
            if len(vectors) != len(texts):
                raise NoEmbeddingsError("the embeddings endpoint answered with another number of vectors")
            from assistants.retrieval.vectors import pack  # noqa: PLC0415 - numpy is for those who use vectors

            usage = getattr(answer, "usage", None)  # not every provider says it
            tokens = usage.total_tokens if usage is not None else 0
            return Embedded(await asyncio.to_thread(pack, vectors), tokens or sum(map(count_tokens, texts)))
        except (OpenAIError, ValueError, TypeError) as error:
            self._pause(error)
            raise NoEmbeddingsError(str(error)) from error

    def _pause(self, error: Exception) -> None:
        self._silent_until = time.monotonic() + _PAUSE
        reason = f"status {error.status_code}" if isinstance(error, APIStatusError) else type(error).__name__
        log.warning(
            "embeddings_unavailable",
            model=self.model,
            reason=reason,
            reachable=not isinstance(error, APIConnectionError),
            consequence="files are found by words alone",
            again_in_seconds=_PAUSE,
        )


def embedder_of(settings: Settings) -> Embedder | None:
    """The embedder of the settings; None if there is none, and words alone are searched."""
    if not settings.embedding_model or settings.model_api == "offline":
        return None
    if settings.openai_api_key is None and settings.openai_base_url is None:
        return None
    key = settings.openai_api_key.get_secret_value() if settings.openai_api_key else "none"
    # The proxy is the model's; httpx would look at ALL_PROXY too, and not start at all when that is a SOCKS one.
    proxy = proxy_for(settings.openai_base_url or OPENAI_URL)
    transport = httpx2.AsyncHTTPTransport(
        verify=_certificates(), proxy=None if proxy is None else str(proxy), limits=DEFAULT_CONNECTION_LIMITS
    )
    http = DefaultAsyncHttpxClient(transport=transport)
    address, _, query = (settings.openai_base_url or OPENAI_URL).partition("?")  # Azure's `?api-version=…`
    client = AsyncOpenAI(
        api_key=key,
        base_url=address,
        default_query=dict(parse_qsl(query)),
        http_client=http,
        max_retries=4,
        timeout=60,
    )
    return Embedder(client, settings.embedding_model)


@functools.cache
def _certificates() -> ssl.SSLContext:
    """What TLS trusts, read once in a process: it takes longer than all else that opens the server."""
    return httpx2.create_ssl_context()


def digest(text: str) -> bytes:
    """The digest of a text, which is the key of its vectors."""
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=16).digest()
