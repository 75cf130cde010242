"""Finds function calls that a model writes into its answer, where the server does not read its model's format.

Each family of models has its own: `<tool_call>{"name": …, "arguments": {…}}</tool_call>` (Hermes, Qwen),
`[TOOL_CALLS]` (Mistral), `<function=f>{…}` (Llama), `<function=f><parameter=x>` (Qwen Coder), `<｜tool▁calls▁begin｜>`
(DeepSeek), `<|tool_call_begin|>functions.f:0` (Kimi), `<arg_key>` (GLM), `<invoke name="f">`, or the JSON alone. What
is written so is a call only when a function of that name is on offer; else it is text, and nothing of it is lost.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from assistants.models.model_protocol import FunctionTool
from function_arguments.json_text import JsonTextError, Number, read_json, read_spans

_OPENINGS: Final = (
    *("<tool_call>", "<tool_calls>", "<TOOLCALL>", "<toolcall>", "<function_call>", "<function_calls>"),
    *("<functioncall>", "<function=", "<invoke name=", "<minimax:tool_call>", "[TOOL_CALLS]", "[TOOL_CALL]"),
    *("<|tool_call|>", "<|tool_calls|>", "<|tool_call_begin|>", "<|tool_calls_section_begin|>", "<|python_tag|>"),
    *("<|START_ACTION|>", "<|tools_prefix|>", "<|FunctionCallBegin|>", "<|plugin|>", "<|action_start|>"),
    *("<｜tool▁calls▁begin｜>", "<｜tool▁call▁begin｜>", "<｜DSML｜function_calls>"),
)
_OPENING: Final = re.compile("|".join(map(re.escape, _OPENINGS)))
_FIRST: Final = frozenset("<[")
_HELD: Final = frozenset("<[`{\n")
_LINE: Final = re.compile(r"(?:^|(?<=\n))(?:```\w*[ \t]*\n\s*)?\[?\{\s*[\"'](?:name|function|type)[\"']\s*:")
"""A line that begins like a call in bare JSON."""
_BEGUN_LINE: Final = re.compile(
    r"(?:^|(?<=\n))(?:`{1,3}|```\w*[ \t]*(?:\n\s*)?)?(?:\[?(?:\{\s*(?:[\"']\w{0,8}(?:[\"']\s*)?)?)?)?\Z"
)
_MARK: Final = (
    r"<[|｜][^<>|｜\n]{1,40}[|｜]>|<｜DSML｜[^<>]{1,40}>|</｜DSML｜[^<>]{1,40}>|\[/?(?:TOOL_CALLS?|ARGS)\]"
    r"|\[CALL_ID\][\w-]+|</?(?:tool_calls?|TOOLCALL|toolcall|function_calls?|functioncall|function|invoke"
    r"|minimax:tool_call)>|</s>|```(?:\w+)?"
)
_MARKS: Final = re.compile(rf"(?:{_MARK}|[\s,;\[\]])*")
_RESPONSE: Final = re.compile(r"\s*(?:<tool_response>|<\|tool_response|<function_response|\[TOOL_RESULTS\])")
"""What models invent as the call's output when they do not stop."""
_BARE: Final = re.compile(r"(?:```\w*\s*|json\s*)?\[?\s*(?:\{\s*(?:[\"']([A-Za-z_]*)([\"'])?)?)?")
_BARE_KEYS: Final = frozenset(["name", "function", "type", "id", "tool", "tool_name", "arguments", "parameters"])
_NAME_KEYS: Final = ("name", "function", "tool_name", "tool", "function_name", "recipient_name")
_ARGUMENT_KEYS: Final = ("arguments", "parameters", "args", "input", "tool_input", "action_input")
_CALL_KEYS: Final = frozenset([*_NAME_KEYS, *_ARGUMENT_KEYS, "type", "id", "tool_call_id"])
_PARAMETER: Final = re.compile(
    r"<(?:｜DSML｜)?parameter(?:=([\w.-]+)|\s+name=[\"']([\w.-]+)[\"'][^>]*)>(.*?)"
    r"(?:</(?:｜DSML｜)?parameter>|(?=<(?:｜DSML｜)?parameter[=\s]|</(?:function|invoke))|\Z)",
    re.DOTALL,
)
_PAIR: Final = re.compile(
    r"<arg_key>\s*(.*?)\s*</arg_key>\s*<arg_value>(.*?)(?:</arg_value>|(?=<arg_key>|</tool_call>)|\Z)", re.DOTALL
)
_END: Final = re.compile(r"\s*(?:</(?:｜DSML｜)?(?:function|invoke|tool_call)>\s*)*")


_BEGUN_MARK: Final = re.compile(r"[<\[][^<\[]*\Z")
_BROKEN_HEAD: Final = re.compile(
    r"\{\s*[\"']?(?:name|function)[\"']?\s*:\s*[\"']([\w.-]+)[\"']\s*,\s*[\"']?\w+[\"']?\s*:\s*(?=\{)"
)
_MARKS_BEFORE_NAME: Final = re.compile(
    rf"(?:{_MARK}|\s|<function=|<(?:｜DSML｜)?invoke\s+name=|[\"']|to=|function(?=<)|call:)*"
)
_TAIL: Final = re.compile(rf"(?:{_MARK}|\s)*\Z")


@dataclass(frozen=True, slots=True)
class TextCall:
    """A call that was written as text; `arguments` is JSON text as the model wrote it."""

    name: str
    arguments: str


class TextCalls:
    """Takes the calls off one answer; `tools` are on offer. What may be a call is held until the answer's end."""

    def __init__(self, tools: Sequence[FunctionTool]) -> None:
        self._tools = {tool.name: tool.parameters for tool in tools}
        names = "|".join(sorted(map(re.escape, self._tools), key=len, reverse=True))
        self._named = re.compile(
            rf"(?<![\w-])(?:functions?[./])?({names})(?![\w-])[\"']?(?::\d+)?(?:{_MARK}|[\s>:]|json(?=\s*\{{)|call_[\w-]+)*"
            if names
            else r"(?!)"
        )
        self._held = ""
        self._calling = False
        self._bare = False
        self._began = False
        self._fences = 0
        self._shown = ""
        """The last character shown."""

    def feed(self, text: str) -> str:
        """The part of the answer that can be shown now that `text` has come."""
        if not self._tools:
            return text
        if self._calling:
            self._held += text
            return ""
        if self._began and not self._held and self._shown not in "`\n" and _HELD.isdisjoint(text):
            self._shown = text[-1:] or self._shown
            return text
        self._held += text
        if not self._began:
            beginning = self._beginning()
            self._began = beginning != "undecided"
            self._calling = self._bare = beginning == "call"
            if beginning != "text":
                return ""
        return self._look_for_opening()

    def end(self, *, cut: bool = False) -> tuple[str, list[TextCall], str]:
        """The rest of the answer at its end: text, calls, and text behind them. A call cut short is dropped."""
        held, self._held = self._held, ""
        if not held:
            return "", [], ""
        if cut:
            return ("" if self._calling and self._names_function(held) else held), [], ""
        calls, behind = self._calls(held)
        if self._bare and behind.strip():
            return held, [], ""  # JSON in the midst of an answer is an example
        return ("", calls, behind) if calls else (held, [], "")

    def _beginning(self) -> Literal["undecided", "call", "text"]:
        """What the answer begins with: a call in bare JSON, or text."""
        start = self._held.lstrip()
        if not start:
            return "undecided"
        if start[0] not in "{[`j" or len(start) > 200:
            return "text"
        found = _BARE.match(start)
        if found is None or not found.end():
            return "undecided" if "json".startswith(start) or "```".startswith(start) else "text"
        if found.end() == len(start) and found[2] is None:
            may = found[1] is None or any(key.startswith(found[1]) for key in _BARE_KEYS)
            return "undecided" if may else "text"
        return "call" if found[2] is not None and found[1] in _BARE_KEYS else "text"

    def _look_for_opening(self) -> str:
        text = self._held
        lines = _LINE.finditer(text) if self._shown in {"", "\n"} or "\n" in text else ()
        for opening in sorted([*_OPENING.finditer(text), *lines], key=lambda found: found.start()):
            before = text[: opening.start()]
            if (before or self._shown).endswith("`") or (self._fences + before.count("```")) % 2:
                continue
            before = before.rstrip()
            self._held, self._calling, self._bare = text[len(before) :], True, opening.re is _LINE
            return self._show(before)
        at = len(text)
        line = _BEGUN_LINE.search(text)
        if line is not None and (line.start() or self._shown in {"", "\n"}):
            at = line.start()
        mark = _BEGUN_MARK.search(text)
        if mark is not None and any(each.startswith(mark[0]) for each in _OPENINGS):
            at = min(at, mark.start())
        self._held = text[at:]
        return self._show(text[:at])

    def _show(self, text: str) -> str:
        self._fences += text.count("```")
        self._shown = text[-1:] or self._shown
        return text

    # -- reading what was held

    def _names_function(self, text: str) -> bool:
        return self._named.search(text) is not None

    def _calls(self, text: str) -> tuple[list[TextCall], str]:
        """The calls that `text` begins with, and what follows them; no calls if it is not made of them."""
        calls: list[TextCall] = []
        at = _skip(text, 0)
        while at < len(text):
            found = self._json_call(text, at) or self._named_call(text, at)
            if found is None:
                break
            more, at = found
            calls += more
            at = _skip(text, at)
        behind = text[at:]
        if _RESPONSE.match(behind):
            behind = ""
        return calls, behind

    def _json_call(self, text: str, at: int) -> tuple[list[TextCall], int] | None:
        """A call as an object with a name and arguments."""
        if not text.startswith("{", at):
            return None
        try:
            spans, end = read_spans(text, at)
        except JsonTextError:
            return self._broken_call(text, at)
        if "function" in spans and text.startswith("{", spans["function"][0]):
            inner = self._json_call(text, spans["function"][0])
            return (inner[0], end) if inner is not None else None
        if not spans.keys() <= _CALL_KEYS:
            return None
        name = next((_string(text, spans[key]) for key in _NAME_KEYS if key in spans), None)
        name = (name or "").removeprefix("functions.")
        if name not in self._tools:
            return None
        place = next((spans[key] for key in _ARGUMENT_KEYS if key in spans), None)
        return [TextCall(name, _arguments(text, place))], end

    def _broken_call(self, text: str, at: int) -> tuple[list[TextCall], int] | None:
        """A call whose JSON has a fault: its arguments go to who reads arguments, as they are, to be told of it."""
        found = _BROKEN_HEAD.match(text, at)
        if found is None or found[1].removeprefix("functions.") not in self._tools:
            return None
        arguments = text[found.end() : _tail(text, found.end())].removesuffix("}")
        return [TextCall(found[1].removeprefix("functions."), arguments)], len(text)

    def _named_call(self, text: str, at: int) -> tuple[list[TextCall], int] | None:
        """A call as a name and, behind it, its arguments in JSON or in tags."""
        prefix = _MARKS_BEFORE_NAME.match(text, at)
        start = prefix.end() if prefix is not None else at
        named = self._named.match(text, start)
        if named is None:
            return None
        name, at = named[1], named.end()
        if text.startswith("{", at):
            try:
                _, end = read_spans(text, at)
            except JsonTextError:
                end = _tail(text, at)
            return [TextCall(name, text[at:end])], end
        pairs, at = self._tagged(text, at)
        if not pairs and not re.search(r"[>\]]\s*\Z|\}\s*\Z", text):
            return None
        given = {key: _typed(value, self._type(name, key)) for key, value in pairs}
        return [TextCall(name, json.dumps(given, ensure_ascii=False))], at

    def _tagged(self, text: str, at: int) -> tuple[list[tuple[str, str]], int]:
        """Arguments in tags, and the position behind them."""
        pairs: list[tuple[str, str]] = []
        while (found := _PARAMETER.match(text, at) or _PAIR.match(text, at)) is not None:
            name, value = [group for group in found.groups() if group is not None]
            pairs.append((name, value))
            at = _blank(text, found.end())
        closing = _END.match(text, at)
        return pairs, closing.end() if closing is not None else at

    def _type(self, name: str, key: str) -> object:
        schema: Any = (self._tools[name].get("properties") or {}).get(key)
        return schema.get("type") if isinstance(schema, Mapping) else None


def _tail(text: str, at: int) -> int:
    """Where the marks at the end of `text` begin."""
    found = _TAIL.search(text, at)
    return found.start() if found is not None else len(text)


def _blank(text: str, at: int) -> int:
    return len(text) - len(text[at:].lstrip())


def _skip(text: str, at: int) -> int:
    found = _MARKS.match(text, at)
    return found.end() if found is not None else at


def _string(text: str, span: tuple[int, int]) -> str | None:
    try:
        value, _ = read_json(text[span[0] : span[1]])
    except JsonTextError:
        return None
    return value if isinstance(value, str) and not isinstance(value, Number) else None


def _arguments(text: str, span: tuple[int, int] | None) -> str:
    """The arguments as they stand; those in a string are its content, as the API has them."""
    if span is None:
        return "{}"
    raw = text[span[0] : span[1]]
    if raw.startswith("{"):
        return raw
    held = _string(text, span)
    return "{}" if raw in {"null", "None"} else held if held is not None else raw


def _typed(value: str, wanted: object) -> Any:
    """A value between tags: a text, unless the schema wants something else that it is."""
    stripped = value.strip("\n") if wanted in (None, "string") else value.strip()
    if wanted == "string":
        return stripped
    if wanted in ("array", "object"):
        return stripped
    try:
        found = json.loads(stripped)
    except ValueError:
        return stripped
    return found
