"""One completion over server-sent events: what both dialects of the API share."""

from collections.abc import AsyncGenerator, Callable, Iterable, Mapping
from contextlib import aclosing
from typing import Any, Protocol

import structlog

from assistants.models.base import Finished, ModelError, ModelEvent
from assistants.models.upstream import BrokenStream, Refusal, Upstream

log = structlog.get_logger(__name__)


class UpstreamFault(Exception):  # noqa: N818
    """The stream itself says that the completion failed."""

    def __init__(self, error: ModelError, *, transient: bool) -> None:
        super().__init__(error.message)
        self.error = error
        self.transient = transient


class Decoder(Protocol):
    """Turns the provider's events into ours; made anew for each attempt."""

    def feed(self, event: Mapping[str, Any]) -> Iterable[ModelEvent]:
        """Our events for one of the provider's.

        Raises:
            UpstreamFault: the event says that the completion failed.
        """
        ...

    def end(self) -> Iterable[ModelEvent]:
        """Our events, if any are due, when the stream has ended.

        Raises:
            BrokenStream: the stream ended before the completion did.
        """
        ...


class Endpoint:
    """One streaming endpoint of a provider, which remembers the optional parameters that it does not take.

    `optional` are the parameters that an answer can do without: where the provider refuses one by name, the request is
    sent again without it (Groq takes no `include`, reasoning models no `temperature`).
    """

    def __init__(self, upstream: Upstream, path: str, optional: frozenset[str]) -> None:
        self._upstream = upstream
        self._path = path
        self._optional = optional
        self._refused: set[tuple[str, str]] = set()

    async def stream(
        self, body: Mapping[str, Any], new_decoder: Callable[[], Decoder]
    ) -> AsyncGenerator[ModelEvent, None]:
        """Stream one completion; faults before the first event are retried.

        Raises:
            ModelError: no completion, or it broke off.
        """
        attempt = 1
        while True:
            started = False
            try:
                async with aclosing(self._attempt(body, new_decoder())) as events:
                    async for event in events:
                        started = True
                        yield event
                        if isinstance(event, Finished):
                            return
                raise BrokenStream("the stream ended before the completion did")
            except Refusal as refusal:
                if self._forgo(body, refusal):
                    continue
                await self._upstream.pause_or_raise(attempt, refusal)
            except BrokenStream as error:
                if started:
                    raise self._upstream.explained(error) from error
                await self._upstream.pause_or_raise(attempt, error)
            except UpstreamFault as fault:
                if started or not fault.transient:
                    raise fault.error from fault
                await self._upstream.pause_or_raise(attempt, fault)
            attempt += 1

    async def _attempt(self, body: Mapping[str, Any], decoder: Decoder) -> AsyncGenerator[ModelEvent, None]:
        model = str(body["model"])
        sent = {name: value for name, value in body.items() if (model, name) not in self._refused}
        async with aclosing(self._upstream.events(self._path, sent)) as events:
            async for event in events:
                for ours in decoder.feed(event):
                    yield ours
        for ours in decoder.end():
            yield ours

    def _forgo(self, body: Mapping[str, Any], refusal: Refusal) -> bool:
        model = str(body["model"])
        usable = frozenset(name for name in self._optional if name in body and (model, name) not in self._refused)
        name = refusal.objects_to(usable)
        if name is None:
            return False
        log.info("model_parameter_refused", model=model, parameter=name)
        self._refused.add((model, name))
        return True
