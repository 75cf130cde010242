"""Reads the events that the Responses API streams, and gives model events."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from assistants.models.answer_text import AnswerText
from assistants.models.call_arguments import CallArguments
from assistants.models.call_ids import call_item, client_call_id
from assistants.models.finish_reasons import ending
from assistants.models.model_habits import ModelHabits
from assistants.models.model_protocol import CallArguments as CallArgumentsEvent
from assistants.models.model_protocol import (
    CallStarted,
    Finished,
    FinishReason,
    FunctionTool,
    Item,
    MessageStarted,
    ModelEvent,
    TextDelta,
)
from assistants.models.provider_errors import BrokenStreamError, ProviderError
from assistants.models.reported_usage import reported_usage

_LAST = {
    "response.completed": None,
    "response.done": None,
    "response.incomplete": "incomplete",
    "response.failed": "failed",
    "response.cancelled": "cancelled",
}
"""The events that end a response, and its status; None where the response itself tells it."""
PARAGRAPH = "\n\n"


@dataclass(slots=True)
class _Call:
    index: int
    given: str | None
    shown: str
    name: str
    arguments: CallArguments = field(default_factory=CallArguments)

    def item(self) -> Item:
        """The call as an output item, for servers that send none."""
        return {"type": "function_call", "call_id": self.given, "name": self.name, "arguments": self.arguments.text}


class ResponsesDecoder:
    """Takes events of the Responses API, gives model events.

    Servers differ in what they leave out. Texts and arguments may come in deltas, whole at the end, or both, and
    `response.completed` may carry no output. What was not streamed by the end of an item is sent then. A server that
    does not stream sends the whole response as one event.
    """

    def __init__(
        self, tools: Sequence[FunctionTool] = (), *, model: str = "", habits: ModelHabits | None = None
    ) -> None:
        self._model = model
        self._habits = habits or ModelHabits()
        self._calls: dict[object, _Call] = {}
        self._texts: dict[object, str] = {}
        self._words = AnswerText(tools, model=model, habits=self._habits)
        self._output: list[Item] = []
        self._open: set[object] = set()
        """Items that have begun and not ended."""
        self._message: object = None

    @property
    def ended(self) -> bool:
        """See `Decoder.ended`."""
        return False

    def feed(self, event: Mapping[str, Any]) -> Iterable[ModelEvent]:  # noqa: C901 - one case for each event
        """See `Decoder.feed`."""
        match event.get("type"):
            case "response.output_text.delta" | "response.refusal.delta" as kind:
                yield from self._text(event, event.get("delta") or "", refusal="refusal" in kind)
            case "response.output_text.done" | "response.refusal.done" as kind:
                whole = event.get("text") or event.get("refusal") or ""
                yield from self._text(event, _rest(whole, self._texts.get(_part(event), "")), refusal="refusal" in kind)
            case "response.reasoning_text.delta" | "response.reasoning_summary_text.delta":
                self._words.thoughts_are_apart()
            case "response.output_item.added":
                self._open.add(_item(event))
                if (event.get("item") or {}).get("type") == "message":
                    yield MessageStarted()
                yield from self._started(event)
            case "response.function_call_arguments.delta":
                yield from self._arguments(event, event.get("delta") or "")
            case "response.function_call_arguments.done":
                yield from self._rest_of_arguments(event, event.get("arguments") or "")
            case "response.output_item.done":
                yield from self._item_done(event)
            case str(kind) if kind in _LAST:
                response = event.get("response") or {}
                yield from self._ended(response, _LAST[kind] or response.get("status") or "completed")
            case "error":
                raise ProviderError.from_body(event.get("error") or event)
            case None if "output" in event:
                yield from self._ended(event, event.get("status") or "completed")
            case None if event.get("error"):
                raise ProviderError.from_body(event)

    def end(self, *, said_so: bool, orderly: bool = False) -> Iterable[ModelEvent]:
        """See `Decoder.end`. An answer whose items have all ended is whole, though no event says so."""
        enough = said_so or (orderly and not self._habits.finishes(self._model))
        if not self._output or self._open or not enough:
            raise BrokenStreamError("no response.completed")
        yield from self._ended({}, "completed", said=False)

    def _text(self, event: Mapping[str, Any], delta: str, *, refusal: bool = False) -> Iterable[ModelEvent]:
        key = _part(event)
        self._texts[key] = self._texts.get(key, "") + delta
        shown = delta if refusal else self._words.feed(delta)
        if shown:
            yield from self._say(key, shown, refusal=refusal)

    def _say(self, key: object, shown: str, *, refusal: bool = False) -> Iterable[ModelEvent]:
        if self._message is not None and self._message != key:
            yield TextDelta(PARAGRAPH, refusal)
        self._message = key
        yield TextDelta(shown, refusal)

    def _started(self, event: Mapping[str, Any]) -> Iterable[ModelEvent]:
        item = event.get("item") or {}
        key = _item(event)
        if item.get("type") != "function_call" or key in self._calls or not item.get("name"):
            return
        given = item.get("call_id") or item.get("id")
        call = self._calls[key] = _Call(len(self._calls), given, client_call_id(given), item["name"])
        yield CallStarted(call.index, call.shown, call.name)
        yield from self._rest_of_arguments(event, item.get("arguments") or "")

    def _arguments(self, event: Mapping[str, Any], delta: str) -> Iterable[ModelEvent]:
        call = self._calls.get(_item(event))
        if call is not None:
            yield from _argue(call, call.arguments.add(delta))

    def _rest_of_arguments(self, event: Mapping[str, Any], whole: str) -> Iterable[ModelEvent]:
        call = self._calls.get(_item(event))
        if call is not None:
            yield from _argue(call, call.arguments.set(whole))

    def _item_done(self, event: Mapping[str, Any]) -> Iterable[ModelEvent]:
        item = event.get("item") or {}
        if item.get("type") == "function_call":
            yield from self._started(event)
            yield from self._rest_of_arguments(event, item.get("arguments") or "")
        self._output.append(dict(item))
        self._open.discard(_item(event))

    def _ended(self, response: Mapping[str, Any], status: str, *, said: bool = True) -> Iterable[ModelEvent]:
        if response.get("error") or status == "failed":
            raise ProviderError.from_body(response.get("error") or {})
        if status not in ("completed", "incomplete"):
            raise BrokenStreamError(f"the response ended as {status[:50]}")
        if said:
            self._habits.note_finish(self._model)
        items = [dict(item) for item in response.get("output") or []] or self._output
        yield from self._unstreamed(items)
        reason: FinishReason = "completed"
        if status == "incomplete":
            told = ending((response.get("incomplete_details") or {}).get("reason") or "length")
            if told not in ("content_filter", "max_output_tokens"):
                raise BrokenStreamError("the response is incomplete")
            reason = told
        yield from self._last_words(cut=reason != "completed")
        usage = reported_usage(response.get("usage"), prompt="input_tokens", completion="output_tokens")
        yield Finished(reason, usage, self._shown(items))

    def _unstreamed(self, items: list[Item]) -> Iterable[ModelEvent]:
        """Texts and calls that only the end holds: some servers send nothing but `response.completed`."""
        silent = not self._texts
        called = 0
        for index, item in enumerate(items):
            if item.get("type") == "function_call":
                called += 1
                if called > len(self._calls):
                    yield from self._started({"item": item, "output_index": ("unstreamed", index)})
            for place, part in enumerate(item.get("content") or [] if item.get("type") == "message" and silent else []):
                event = {"output_index": index, "content_index": place}
                told = part.get("text") or part.get("refusal") or ""
                yield from self._text(event, told, refusal=part.get("type") == "refusal")

    def _last_words(self, *, cut: bool) -> Iterable[ModelEvent]:
        names = [call.name for call in self._calls.values()]
        text, calls, behind = self._words.end(cut=cut, called=names)
        if text:
            yield from self._say(self._message, text)
        for written in calls:
            place = ("text", len(self._calls))
            item = {"type": "function_call", "name": written.name, "arguments": written.arguments}
            yield from self._started({"item": item, "output_index": place})
        if behind:
            yield from self._say(self._message, behind)
        for call in self._calls.values() if not cut else ():
            yield from _argue(call, call.arguments.end())

    def _shown(self, items: list[Item]) -> list[Item]:
        """The output as it is kept: calls are in the order in which they began, with the ids that clients see."""
        calls = iter(self._calls.values())
        output: list[Item] = []
        for item in items:
            if item.get("type") == "function_call" and (call := next(calls, None)) is not None:
                output.append(call_item({**item, "arguments": call.arguments.text}, call.shown))
            else:
                output.append(self._as_shown(item) if item.get("type") == "message" else item)
        return output + [call_item(call.item(), call.shown) for call in calls]

    def _as_shown(self, message: Item) -> Item:
        content = message.get("content")
        if not isinstance(content, list):
            return message
        parts = [{**part, "text": self._words.of_whole(part["text"])} if part.get("text") else part for part in content]
        return {**message, "content": parts}


def _argue(call: _Call, arguments: str) -> Iterable[ModelEvent]:
    if arguments:
        yield CallArgumentsEvent(call.index, arguments)


def _item(event: Mapping[str, Any]) -> object:
    index = event.get("output_index")
    return index if index is not None else event.get("item_id") or (event.get("item") or {}).get("id")


def _part(event: Mapping[str, Any]) -> object:
    return (_item(event), event.get("content_index") or 0)


def _rest(whole: str, streamed: str) -> str:
    return whole[len(streamed) :] if whole.startswith(streamed) else ""
