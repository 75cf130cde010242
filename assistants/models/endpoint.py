"""One completion over server-sent events: what both dialects of the API share."""

from collections.abc import AsyncGenerator, Callable, Iterable, Mapping
from contextlib import AsyncExitStack, aclosing
from dataclasses import dataclass, field
from typing import Any, Protocol

import structlog

from assistants.models.model_protocol import Finished, MessageStarted, ModelEvent
from assistants.models.provider_errors import Refusal
from assistants.models.provider_http import BrokenStream, Upstream

log = structlog.get_logger(__name__)

ABOUT_MEANING = frozenset({"response_format", "text", "tool_choice"})
"""Left out only where the provider has no such thing: a complaint about their value is the client's to hear."""
TOOL_PARAMETERS = frozenset({"tools", "tool_choice", "parallel_tool_calls"})

Body = Mapping[str, Any]


class Decoder(Protocol):
    """Turns the provider's events into ours; made anew for each attempt."""

    def feed(self, event: Mapping[str, Any]) -> Iterable[ModelEvent]:
        """Our events for one of the provider's.

        Raises:
            Refusal: the event says that the completion failed.
        """
        ...

    def end(self, *, said_so: bool) -> Iterable[ModelEvent]:
        """Our events, if any are due, when the stream has ended; `said_so` by `[DONE]`, else just so.

        Raises:
            BrokenStream: the stream ended before the completion did.
        """
        ...


@dataclass(frozen=True)
class Dialect:
    """What may be changed about a request that a provider refuses.

    `optional` are the parameters that an answer can do without (Groq takes no `include`, reasoning models no
    `temperature`), `renamed` those that have another name elsewhere; `without_reasoning` takes replayed reasoning out.
    """

    path: str
    optional: frozenset[str]
    renamed: Mapping[str, str] = field(default_factory=dict)
    without_reasoning: Callable[[Body], Body] = lambda body: body


class Endpoint:
    """One streaming endpoint of a provider, which remembers what its models do not take and how much they can read."""

    def __init__(self, upstream: Upstream, dialect: Dialect) -> None:
        self._upstream = upstream
        self._dialect = dialect
        self._refused: dict[str, set[str]] = {}
        self._renamed: dict[str, dict[str, str]] = {}
        self.windows: dict[str, int] = {}
        """Context windows in tokens that providers have named when a prompt did not fit, by model."""

    async def stream(self, body: Body, new_decoder: Callable[[], Decoder]) -> AsyncGenerator[ModelEvent, None]:
        """Stream one completion; faults before the first word or call are retried.

        Raises:
            PromptTooLongError: the prompt does not fit into the model's context.
            ModelError: no completion, or it broke off.
        """
        attempt = 1
        while True:
            started, sent = False, self._accepted(body)
            try:
                async with aclosing(self._attempt(sent, new_decoder())) as events:
                    async for event in events:
                        started = started or not isinstance(event, MessageStarted)
                        yield event
                        if isinstance(event, Finished):
                            return
                raise BrokenStream("the stream ended before the completion did")
            except (Refusal, BrokenStream) as error:
                if started:
                    raise self._upstream.explained(error) from error
                changed = self._changed(body, sent, error) if isinstance(error, Refusal) else None
                if changed is not None:
                    body = changed
                    continue
                await self._upstream.pause_or_raise(attempt, error)
            attempt += 1

    async def _attempt(self, body: Body, decoder: Decoder) -> AsyncGenerator[ModelEvent, None]:
        said_so, broken = False, None
        try:
            async with AsyncExitStack() as stack:
                events = self._upstream.events(self._dialect.path, body)
                stack.push_async_callback(events.aclose)
                async for event in events:
                    if event is None:
                        said_so = True
                        stack.pop_all()
                        self._upstream.read_out(events)
                        break
                    for ours in _fed(decoder, event):
                        if isinstance(ours, Finished):
                            stack.pop_all()
                            self._upstream.read_out(events)
                            yield ours
                            return
                        yield ours
        except BrokenStream as error:
            broken = error
        try:
            last = list(decoder.end(said_so=said_so))  # what breaks off behind the last word is not missed
        except BrokenStream as error:
            raise broken or error from broken
        for ours in last:
            yield ours

    def _accepted(self, body: Body) -> dict[str, Any]:
        """`body` as the model is known to take it."""
        model = str(body["model"])
        refused, renamed = self._refused.get(model, ()), self._renamed.get(model, {})
        return {renamed.get(name, name): value for name, value in body.items() if name not in refused}

    def _changed(self, body: Body, sent: Body, refusal: Refusal) -> Body | None:
        """What to send instead of `body`, if there is anything that the provider may take; it is remembered.

        `sent` is what was made of `body` and refused; meanwhile another request may have learnt the same.
        """
        model = str(body["model"])
        if (window := refusal.context_tokens) is not None:
            self.windows[model] = window
        if refusal.overlong:
            return None
        if refusal.unreadable_reasoning:
            plain = self._dialect.without_reasoning(body)
            return plain if plain != body else None
        name = self._objection(body, sent, refusal)
        if name is None:
            return None
        tell = log.warning if name == "tools" else log.info
        tell("model_parameter_refused", model=model, parameter=name, reason=refusal.message[:200])
        if (other := self._dialect.renamed.get(name)) is not None:
            self._renamed.setdefault(model, {})[name] = other
        else:
            self._refused.setdefault(model, set()).update(TOOL_PARAMETERS if name == "tools" else {name})
        return body

    def _objection(self, body: Body, sent: Body, refusal: Refusal) -> str | None:
        """The parameter that is to be left out, or called by its other name."""
        if refusal.toolless and "tools" in sent and body.get("tool_choice") in ("auto", "none"):
            return "tools"
        changeable = self._dialect.optional | self._dialect.renamed.keys()
        name = refusal.objects_to(frozenset(body.keys() & sent.keys() & changeable))
        lasting = name in ABOUT_MEANING or name in self._dialect.renamed
        return None if lasting and not refusal.unsupported else name


def _fed(decoder: Decoder, event: Mapping[str, Any]) -> Iterable[ModelEvent]:
    try:
        yield from decoder.feed(event)
    except (AttributeError, KeyError, TypeError) as error:
        log.warning("model_event_unreadable", error=repr(error), fields=sorted(map(str, event)))
        raise BrokenStream("an event of an unknown shape") from error
