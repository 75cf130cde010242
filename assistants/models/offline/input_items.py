"""Reads a request's input items: the messages, and what functions returned."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assistants.models.offline.played_quizzes import PlayedQuiz, played_quiz, results_message
from maths.reading.language import Language, language_of

_NOT_ASKED = re.compile(r"^\s*\[(?:to others|edited)\]", re.IGNORECASE)
_REMINDER = re.compile(r"^\s*Do not answer in words yet: call ")
_NAME = re.compile(r"^\s*(?!\[results\])(?P<name>[^\n:“]{1,80}?)(?: \(on “[^”\n]{0,1000}”\))?:[ \t]+")
_RESULTS = "[results]"
_PLACEHOLDER = re.compile(r"\((?:see what is attached|nothing)\)\s*$")


@dataclass(frozen=True, slots=True)
class InputMessage:
    """A message of the conversation; `images` counts its pictures."""

    role: str
    text: str
    images: int = 0
    quiz: PlayedQuiz | None = None
    """The quiz that it tells of, or that was played here; its text is not a student's then."""


@dataclass(frozen=True, slots=True)
class FunctionOutput:
    """A function's output, and the call that it belongs to."""

    name: str
    arguments: Mapping[str, Any]
    output: str
    call_id: str = ""


@dataclass(frozen=True, slots=True)
class ModelInput:
    """The messages of a conversation, and the outputs of functions since the last message."""

    messages: tuple[InputMessage, ...]
    outputs: tuple[FunctionOutput, ...] = ()
    earlier_quizzes: int = 0
    """Quizzes that were given before the last message."""

    @property
    def last_message(self) -> str:
        """The newest message of a student, without the display name in front."""
        text = next((one.text for one in reversed(self.messages) if one.role == "user"), "")
        return without_name(text)

    @property
    def results(self) -> str:
        """The newest message if the bot tells results in it; a student's own words never do."""
        text = next((one.text for one in reversed(self.messages) if one.role == "user"), "")
        return text if text.startswith(_RESULTS) else ""

    @property
    def last_quiz(self) -> tuple[int, PlayedQuiz] | None:
        """The place among the messages of the last quiz, and that quiz."""
        return self.quizzes[0] if self.quizzes else None

    @property
    def quizzes(self) -> list[tuple[int, PlayedQuiz]]:
        """The quizzes that were given, the last first, each with its place among the messages."""
        return [(place, one.quiz) for place, one in reversed(list(enumerate(self.messages))) if one.quiz is not None]

    @property
    def last_name(self) -> str:
        """The display name of whoever spoke last; empty if it is not known."""
        text = next((one.text for one in reversed(self.messages) if one.role == "user"), "")
        name = _NAME.match(text)
        return name["name"].strip() if name else ""

    @property
    def unanswered(self) -> tuple[InputMessage, ...]:
        """The students' messages since the last answer."""
        last = max((place for place, one in enumerate(self.messages) if one.role == "assistant"), default=-1)
        return tuple(one for one in self.messages[last + 1 :] if one.role == "user")

    @property
    def last_answer(self) -> str:
        """The last answer with text; empty if there is none."""
        return next((one.text for one in reversed(self.messages) if one.role == "assistant" and one.text), "")

    def language(self, instructions: str = "") -> Language:
        """The language of the newest message that has one."""
        texts = [without_name(one.text) for one in reversed(self.messages) if one.role == "user"]
        return next((found for text in [*texts, instructions] if (found := language_of(text))), "en")


def without_name(text: str) -> str:
    """A message without its author's display name, and without the placeholder of a message that has no words."""
    name = _NAME.match(text)
    if name and not re.search(r"[=<>+*/^?]", name["name"]):
        text = text[name.end() :]
    return _PLACEHOLDER.sub("", text).strip()


def read_input(items: Sequence[Mapping[str, Any]]) -> ModelInput:
    """Read the input items of a request."""
    messages: list[InputMessage] = []
    calls: dict[str, tuple[str, Mapping[str, Any]]] = {}
    outputs: list[FunctionOutput] = []
    quizzes = 0
    for item in items:
        kind = item.get("type", "message")
        if kind == "message" and (message := _message(item)) is not None:
            quizzes_here = [one for one in outputs if one.name == "generate_quiz"]
            messages += [  # a quiz answers the messages before it, without words
                InputMessage("assistant", "", quiz=played_quiz(one.arguments, one.output)) for one in quizzes_here
            ]
            messages += [InputMessage("assistant", "") for one in outputs if one.name == "give_help"]  # so does help
            messages.append(message)
            quizzes += len(quizzes_here)
            outputs = []
        elif kind == "function_call":
            calls[str(item.get("call_id"))] = (str(item.get("name")), parsed(str(item.get("arguments", ""))))
        elif kind == "function_call_output":
            name, arguments = calls.get(str(item.get("call_id")), ("", {}))
            outputs.append(
                FunctionOutput(name, arguments, output_text(item.get("output", "")), str(item.get("call_id")))
            )
    return ModelInput(tuple(messages), tuple(outputs), quizzes)


def _message(item: Mapping[str, Any]) -> InputMessage | None:
    """The message of an item; None if it is to be known only, or is the bot's reminder to call a tool."""
    role = str(item.get("role", "user"))
    content = item.get("content", "")
    parts = content if isinstance(content, list) else [{"type": "input_text", "text": content}]
    text = "\n".join(str(part.get("text") or part.get("refusal") or "") for part in parts)
    images = sum(part.get("type") == "input_image" for part in parts)
    if role not in {"user", "assistant"} or _NOT_ASKED.match(text) or (role == "user" and _REMINDER.match(text)):
        return None
    if role == "user" and _NAME.match(text):
        text = text.replace("\n  ", "\n")  # the further lines of a student's words
    told = results_message(text.strip()) if role == "user" else None
    return InputMessage(role, text.strip(), images, played_quiz(*told) if told else None)


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
