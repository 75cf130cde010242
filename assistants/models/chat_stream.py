"""Reads the chunks that Chat Completions streams, and gives model events."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
import structlog

from assistants.models.answer_text import AnswerText
from assistants.models.call_arguments import CallArguments
from assistants.models.call_ids import call_item, client_call_id
from assistants.models.finish_reasons import Ending, ending
from assistants.models.model_habits import ModelHabits
from assistants.models.model_protocol import CallArguments as CallArgumentsEvent
from assistants.models.model_protocol import (
    CallStarted,
    Finished,
    FunctionTool,
    Item,
    ModelEvent,
    TextDelta,
    Usage,
)
from assistants.models.provider_errors import BrokenStreamError, ProviderError
from assistants.models.reported_usage import reported_usage
from function_arguments.reader import is_whole, read_arguments

log = structlog.get_logger(__name__)

ECHOED = "reasoning_content"
"""The field for what DeepSeek's models thought before a call; they want it again with the call's output."""
SIGNATURE = "extra_content"
"""The field that Gemini's models add to a call; they want it again with the call."""


@dataclass(slots=True)
class _Call:
    """A call that is being written; `index` is -1 until its name is known."""

    id: str | None = None
    name: str = ""
    early: str = ""
    """Arguments that came before the name."""
    arguments: CallArguments = field(default_factory=CallArguments)
    extra: Mapping[str, Any] | None = None
    index: int = -1
    shown: str = ""

    def is_another(self, call_id: str | None, name: str) -> bool:
        """Whether a fragment with this id and name, at the same index, begins the next call."""
        if call_id and self.id and call_id != self.id:
            return bool(name)
        return bool(name and self.name) and not call_id and self.arguments.whole

    def repeats(self, call_id: str | None, name: str, arguments: str) -> bool:
        """Whether a fragment with this id, name and arguments sends the call again."""
        if name != self.name or (call_id and self.id and call_id != self.id) or not is_whole(arguments):
            return False
        return bool(call_id and self.id) or read_arguments(arguments) == read_arguments(self.arguments.text)


class ChatDecoder:
    """Takes chunks of Chat Completions, gives model events.

    Servers differ. Calls come in fragments or whole, with or without `index` and `id`; a new name or id at an index
    that is in use begins a new call. A server that does not stream sends the whole completion as one chunk.
    """

    def __init__(
        self, tools: Sequence[FunctionTool] = (), *, model: str = "", habits: ModelHabits | None = None
    ) -> None:
        self._model = model
        self._habits = habits or ModelHabits()
        self._calls: list[_Call] = []
        self._at: dict[object, _Call] = {}
        self._words = AnswerText(tools, model=model, habits=self._habits)
        self._reasoning = ""
        self._text = ""
        self._refusal = ""
        self._usage = Usage()
        self._usage_alone = False
        self._finish: Ending | None = None
        self._finish_name: object = None

    @property
    def ended(self) -> bool:
        """See `Decoder.ended`."""
        return self._finish is not None

    def feed(self, event: Mapping[str, Any]) -> Iterable[ModelEvent]:
        """See `Decoder.feed`."""
        _raise_error(event)
        if event.get("usage"):
            self._usage = reported_usage(event["usage"], prompt="prompt_tokens", completion="completion_tokens")
            self._usage_alone = not event.get("choices")
        for choice in event.get("choices") or ():
            _raise_error(choice)
            delta = choice.get("delta") or choice.get("message") or {}
            self._reasoning += delta.get(ECHOED) or ""
            if any(delta.get(name) for name in (ECHOED, "reasoning", "reasoning_details", "thinking")):
                self._words.thoughts_are_apart()
            yield from self._say(self._words.feed(_said(delta.get("content"))))
            if delta.get("refusal"):
                self._refusal += delta["refusal"]
                yield TextDelta(delta["refusal"], refusal=True)
            for position, call in enumerate(_calls_of(delta)):
                yield from self._fragment(call, position)
            if (finish := ending(choice.get("finish_reason"))) is not None:
                self._finish, self._finish_name = finish, choice["finish_reason"]

    def end(self, *, said_so: bool, orderly: bool = False) -> Iterable[ModelEvent]:
        """See `Decoder.end`."""
        spoken = bool(self._text or self._calls or self._words.held)
        if self._finish is None:
            # Some servers never say that an answer is over: then a stream that ends in order is whole.
            enough = said_so or self._usage_alone or (orderly and not self._habits.finishes(self._model))
            if not spoken or not enough or not all(is_whole(each.arguments.text or "{}") for each in self._calls):
                raise BrokenStreamError("no finish_reason")
        elif self._finish == "failed":
            log.warning("model_finish_reason", reason=str(self._finish_name)[:100])
            raise BrokenStreamError("the answer ended with a fault")
        elif self._finish == "unreadable_call" and not self._calls:
            raise BrokenStreamError("a call that cannot be read")  # the next attempt may do better
        else:
            self._habits.note_finish(self._model)
        reason = self._finish if self._finish in ("max_output_tokens", "content_filter") else "completed"
        text, calls, behind = self._words.end(cut=reason != "completed", called=[call.name for call in self._calls])
        yield from self._say(text)
        for written in calls:
            yield from self._fragment(
                {
                    "index": ("text", len(self._calls)),
                    "function": {"name": written.name, "arguments": written.arguments},
                },
                0,
            )
        yield from self._say(behind)
        for call in self._calls:
            if reason == "completed":
                yield from self._argue(call, call.arguments.end())
        yield Finished(reason, self._usage, self._output())

    def _say(self, text: str) -> Iterable[ModelEvent]:
        if text:
            self._text += text
            yield TextDelta(text)

    def _fragment(self, fragment: Mapping[str, Any], position: int) -> Iterable[ModelEvent]:
        function = fragment.get("function") or {}
        call_id, name = fragment.get("id"), function.get("name") or ""
        slot = fragment.get("index")
        slot = position if slot is None else slot
        arguments = function.get("arguments")
        if arguments is not None and not isinstance(arguments, str):  # some servers forget that it is JSON text
            arguments = orjson.dumps(arguments).decode()
        call = self._at.get(slot)
        if call is not None and call.repeats(call_id, name, arguments or ""):
            call.arguments.add(arguments or "")
            return
        if call is None or call.is_another(call_id, name):
            call = self._at[slot] = _Call()
        call.id = call.id or call_id or None
        call.extra = fragment.get(SIGNATURE) or call.extra
        if call.index >= 0:
            yield from self._argue(call, call.arguments.add(arguments or ""))
            return
        call.name = name
        if not name:
            call.early += arguments or ""
            return
        call.index, call.shown = len(self._calls), client_call_id(call.id)
        self._calls.append(call)
        yield CallStarted(call.index, call.shown, name)
        yield from self._argue(call, call.arguments.add(call.early + (arguments or "")))

    def _argue(self, call: _Call, arguments: str) -> Iterable[ModelEvent]:
        if arguments:
            yield CallArgumentsEvent(call.index, arguments)

    def _output(self) -> list[Item]:
        output: list[Item] = []
        if self._reasoning and self._calls:
            output.append({"type": "reasoning", "summary": [], ECHOED: self._reasoning})
        parts: list[dict[str, Any]] = []
        if self._text:
            parts.append({"type": "output_text", "text": self._text, "annotations": []})
        if self._refusal:
            parts.append({"type": "refusal", "refusal": self._refusal})
        if parts:
            output.append({"type": "message", "role": "assistant", "content": parts})
        return output + [_call_of(call) for call in self._calls]


def _call_of(call: _Call) -> Item:
    item = {"type": "function_call", "call_id": call.id, "name": call.name, "arguments": call.arguments.text}
    return call_item(item if call.extra is None else {**item, SIGNATURE: call.extra}, call.shown)


def _raise_error(event: Mapping[str, Any]) -> None:
    """Raise the error that an event or a choice of it tells of: as `error`, or as MiniMax's `base_resp`."""
    if event.get("error") or event.get("object") == "error":
        raise ProviderError.from_body(event)
    told = event.get("base_resp")
    if isinstance(told, Mapping) and told.get("status_code"):
        raise ProviderError.from_body({"message": told.get("status_msg"), "code": told["status_code"]})


def _calls_of(delta: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """The fragments of calls in a delta; the API's first form had one `function_call`."""
    calls = delta.get("tool_calls") or ()
    if not calls and delta.get("function_call"):
        return ({"index": 0, "function": delta["function_call"]},)
    return [calls] if isinstance(calls, Mapping) else calls


def _said(content: Any) -> str:
    """The text of a delta; Mistral's reasoning models send parts instead, some of them thoughts."""
    if content is None or isinstance(content, str):
        return content or ""
    return "".join(part.get("text") or "" for part in content if part.get("type") == "text")
