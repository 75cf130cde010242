"""One streamed completion, over either API: attempts until the first word comes, without what the provider refuses."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping
from contextlib import AsyncExitStack, aclosing
from typing import Any, Protocol

import structlog

from assistants.models.model_protocol import Finished, MessageStarted, ModelEvent
from assistants.models.provider_client import ProviderClient
from assistants.models.provider_errors import BrokenStreamError, ProviderError
from assistants.models.refused_parameters import Body, Dialect, RefusedParameters

log = structlog.get_logger(__name__)

OPEN_END = 5.0
"""Seconds that a stream has to end after it has said that the answer is over."""


class Decoder(Protocol):
    """Turns the provider's events into ours; a new one is made for each attempt."""

    def feed(self, event: Mapping[str, Any]) -> Iterable[ModelEvent]:
        """Our events for one of the provider's.

        Raises:
            ProviderError: the event says that the completion failed.
        """
        ...

    @property
    def ended(self) -> bool:
        """Whether an event has said that the answer is over; usage, `[DONE]` and the stream's end may follow."""
        ...

    def end(self, *, said_so: bool, orderly: bool = False) -> Iterable[ModelEvent]:
        """Our last events, when the stream has ended; `said_so` is true if it ended with `[DONE]`, and `orderly` if the
        server ended it, rather than a connection that broke off.

        Raises:
            BrokenStreamError: the stream ended before the completion did.
        """
        ...


class CompletionAttempts:
    """Streams completions from one provider, and remembers what its models do not take and how much they can read."""

    def __init__(self, provider: ProviderClient, dialect: Dialect) -> None:
        self._provider = provider
        self._dialect = dialect
        self._parameters = RefusedParameters(dialect)
        self.windows: dict[str, int] = {}
        """Context windows in tokens that providers have named when a prompt did not fit, by model."""

    async def stream(self, body: Body, new_decoder: Callable[[], Decoder]) -> AsyncGenerator[ModelEvent, None]:
        """Stream one completion; what fails before the first word or call is tried again.

        Raises:
            PromptTooLongError: the prompt does not fit into the model's context.
            ModelError: there is no completion, or it broke off.
        """
        attempt = 1
        while True:
            started, sent = False, self._parameters.accepted(body)
            try:
                async with aclosing(self._attempt(sent, new_decoder())) as events:
                    async for event in events:
                        started = started or not isinstance(event, MessageStarted)
                        yield event
                        if isinstance(event, Finished):
                            return
                raise BrokenStreamError("the stream ended before the completion did")
            except (ProviderError, BrokenStreamError) as error:
                if started:
                    raise self._provider.explained(error) from error
                changed = self._changed(body, sent, error) if isinstance(error, ProviderError) else None
                if changed is not None:
                    body = changed
                    continue
                await self._provider.pause_or_raise(attempt, error)
            attempt += 1

    async def _attempt(self, body: Body, decoder: Decoder) -> AsyncGenerator[ModelEvent, None]:
        said_so, broken = False, None
        try:
            async with AsyncExitStack() as stack:
                events = self._provider.events(self._dialect.path, body)
                stack.push_async_callback(events.aclose)
                while True:
                    # Some servers leave the stream open behind an answer's end.
                    async with asyncio.timeout(OPEN_END if decoder.ended else None):
                        event = await anext(events)
                    if event is None:
                        said_so = True
                        stack.pop_all()
                        self._provider.read_out(events)
                        break
                    for ours in _fed(decoder, event):
                        if isinstance(ours, Finished):
                            stack.pop_all()
                            self._provider.read_out(events)
                            yield ours
                            return
                        yield ours
        except StopAsyncIteration:
            pass
        except TimeoutError:
            log.debug("model_stream_left_open", model=body.get("model"))
        except BrokenStreamError as error:
            broken = error
        try:
            # A stream that breaks off behind its last word is whole.
            last = list(decoder.end(said_so=said_so, orderly=broken is None))
        except BrokenStreamError as error:
            raise broken or error from broken
        for ours in last:
            yield ours

    def _changed(self, body: Body, sent: Body, error: ProviderError) -> Body | None:
        """What to send instead of `body`, if there is anything that the provider may take."""
        if (window := error.context_tokens) is not None:
            self.windows[str(body["model"])] = window
        return self._parameters.changed(body, sent, error)


def _fed(decoder: Decoder, event: Mapping[str, Any]) -> Iterable[ModelEvent]:
    try:
        yield from decoder.feed(event)
    except (AttributeError, KeyError, TypeError) as error:
        log.warning("model_event_unreadable", error=repr(error), fields=sorted(map(str, event)))
        raise BrokenStreamError("an event of an unknown shape") from error
