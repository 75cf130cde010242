"""A request's input items, as far as the offline model understands them."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from maths.reading.language import Language, language_of

_TO_OTHERS = re.compile(r"^\s*\[to others\]", re.IGNORECASE)
_REMINDER = re.compile(r"^\s*Do not answer in words yet: call ")
_NAME = re.compile(r"^\s*(?!\[results\])[^\n:]{1,80}:[ \t]+")
_PLACEHOLDER = re.compile(r"\((?:see what is attached|nothing)\)\s*$")


@dataclass(frozen=True, slots=True)
class Said:
    """A message of the conversation; `images` counts its pictures."""

    role: str
    text: str
    images: int = 0


@dataclass(frozen=True, slots=True)
class Returned:
    """A function's output, with the call that it answers."""

    name: str
    arguments: Mapping[str, Any]
    output: str
    call_id: str = ""


@dataclass(frozen=True, slots=True)
class Dialogue:
    """What was said, and what functions returned since the last message."""

    said: tuple[Said, ...]
    returned: tuple[Returned, ...] = ()
    earlier_quizzes: int = 0
    """Quizzes that were given before the last message."""
    quoted: str = field(default="", compare=False)

    @property
    def asked(self) -> str:
        """The newest message of a student's, without the display name in front."""
        text = next((one.text for one in reversed(self.said) if one.role == "user"), "")
        return without_name(text)

    @property
    def unanswered(self) -> tuple[Said, ...]:
        """The students' messages since the last answer."""
        last = max((place for place, one in enumerate(self.said) if one.role == "assistant"), default=-1)
        return tuple(one for one in self.said[last + 1 :] if one.role == "user")

    @property
    def last_answer(self) -> str:
        """What was answered last; empty at the beginning."""
        return next((one.text for one in reversed(self.said) if one.role == "assistant" and one.text), "")

    def language(self, instructions: str = "") -> Language:
        """The language of the newest message that has one."""
        texts = [without_name(one.text) for one in reversed(self.said) if one.role == "user"]
        return next((found for text in [*texts, instructions] if (found := language_of(text))), "en")


def without_name(text: str) -> str:
    """A message without its author's display name, and without the stand-ins for a message that has no words."""
    name = _NAME.match(text)
    if name and not re.search(r"[=<>+*/^?]", name[0]):
        text = text[name.end() :]
    return _PLACEHOLDER.sub("", text).strip()


def read_dialogue(items: Sequence[Mapping[str, Any]]) -> Dialogue:
    """Understand a request's input."""
    said: list[Said] = []
    calls: dict[str, tuple[str, Mapping[str, Any]]] = {}
    returned: list[Returned] = []
    quizzes = 0
    for item in items:
        kind = item.get("type", "message")
        if kind == "message" and (message := _message(item)) is not None:
            shown = sum(one.name == "generate_quiz" for one in returned)
            if shown:
                said.append(Said("assistant", ""))  # a quiz answers what was said before it, without words
            said.append(message)
            quizzes += shown
            returned = []
        elif kind == "function_call":
            calls[str(item.get("call_id"))] = (str(item.get("name")), parsed(str(item.get("arguments", ""))))
        elif kind == "function_call_output":
            name, arguments = calls.get(str(item.get("call_id")), ("", {}))
            returned.append(Returned(name, arguments, output_text(item.get("output", "")), str(item.get("call_id"))))
    return Dialogue(tuple(said), tuple(returned), quizzes)


def _message(item: Mapping[str, Any]) -> Said | None:
    """A message, unless it was said to others or only reminds of a tool."""
    role = str(item.get("role", "user"))
    content = item.get("content", "")
    parts = content if isinstance(content, list) else [{"type": "input_text", "text": content}]
    text = "\n".join(str(part.get("text") or part.get("refusal") or "") for part in parts)
    images = sum(part.get("type") == "input_image" for part in parts)
    if role not in {"user", "assistant"} or _TO_OTHERS.match(text) or (role == "user" and _REMINDER.match(text)):
        return None
    return Said(role, text.strip(), images)


def output_text(output: Any) -> str:
    """A function's output as text; it may come as parts."""
    if isinstance(output, str):
        return output
    if isinstance(output, list):
        return "\n".join(str(part.get("text", "")) for part in output if isinstance(part, dict))
    return json.dumps(output, ensure_ascii=False)


def parsed(text: str) -> Mapping[str, Any]:
    """A JSON object, empty for anything else."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
