"""The arguments of `give_help`: their schema for the model, and the check of what the model sends."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from bot.escaping import visible, without_citation_marks
from function_arguments.reader import ArgumentsError, bare, read_arguments

MOST_HINTS: Final = 4
LONGEST_PROBLEM: Final = 1_000
LONGEST_HINT: Final = 500
LONGEST_SOLUTION: Final = 2_000
LONGEST_ANSWER: Final = 300
LONGEST_TOPIC: Final = 100

FUNCTION: Final[dict[str, Any]] = {
    "name": "give_help",
    "description": (
        "Help a student with an exercise without telling its answer: the student gets the problem and your first hint, "
        "with buttons for the next hint, for answering and for the solution. The function returns what the student "
        "did. Write neither hints, solution nor answer in your words beside it."
    ),
    "parameters": {
        "type": "object",
        "required": ["problem", "hints", "solution", "answer"],
        "properties": {
            "problem": {
                "type": "string",
                "description": "The exercise in full. Formulas in LaTeX between dollars; backslashes doubled.",
            },
            "hints": {
                "type": "array",
                "description": "1 to 4 hints, each a little more than the one before; none tells the answer.",
                "minItems": 1,
                "maxItems": MOST_HINTS,
                "items": {"type": "string"},
            },
            "solution": {"type": "string", "description": "The whole solution, a step on each line."},
            "answer": {
                "type": "string",
                "description": "The final answer alone, for example `x = 3`, `3/4`, `x = 1 or x = 2`, `12 cm`.",
            },
            "topic": {"type": "string", "description": "The topic in one to three words, in the student's language."},
        },
    },
}
"""The function's definition in the form of an Assistants `function` tool."""

_ALIASES: Final = {
    **dict.fromkeys(["exercise", "question", "task", "problemtext", "problemstatement", "statement"], "problem"),
    **dict.fromkeys(["hint", "hintlist", "clues", "nudges"], "hints"),
    **dict.fromkeys(["workedsolution", "fullsolution", "steps", "solutionsteps", "explanation"], "solution"),
    **dict.fromkeys(["finalanswer", "correctanswer", "rightanswer", "result"], "answer"),
    **dict.fromkeys(["subject", "category"], "topic"),
}
"""Bare names that models use, and the schema's."""
_NUMBERED: Final = re.compile(r"hint(\d{1,2})")
_LONGEST: Final = {
    "problem": LONGEST_PROBLEM,
    "solution": LONGEST_SOLUTION,
    "answer": LONGEST_ANSWER,
    "topic": LONGEST_TOPIC,
}


class HelpError(Exception):
    """The arguments are no valid help; `problems` are sentences that tell the model what to correct."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__(" ".join(problems))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class Help:
    """The arguments of `give_help`, checked."""

    problem: str
    hints: tuple[str, ...]
    solution: str
    answer: str
    topic: str | None = None


def parse_help(arguments: str) -> Help:
    """Read the arguments of a call of `give_help`.

    Raises:
        HelpError: they are not JSON, or no help that can be shown.
    """
    try:
        data = read_arguments(arguments, FUNCTION["parameters"], aliases=_ALIASES)
    except ArgumentsError as error:
        raise HelpError([str(error)]) from error
    problems: list[str] = []
    texts = {name: _text(name, data.get(name), problems) for name in ("problem", "solution", "answer")}
    hints = _hints(data, problems)
    topic = _text("topic", data.get("topic"), []) if data.get("topic") else ""
    if problems:
        raise HelpError(problems)
    return Help(texts["problem"], hints, texts["solution"], texts["answer"], topic or None)


def _text(name: str, value: Any, problems: list[str]) -> str:
    """A text, or several lines of one; what is wrong with it goes to `problems`."""
    if value is None:
        problems.append(f"`{name}` is missing.")
        return ""
    parts = value if isinstance(value, list) else [value]
    lines = [_said(part) for part in parts]
    if any(line is None for line in lines):
        problems.append(f"`{name}` must be a string.")
        return ""
    # Several answers are alternatives, several lines of anything else stand below each other.
    text = (" or " if name == "answer" else "\n").join(line for line in lines if line)
    if not _is_written(text):
        problems.append(f"`{name}` is empty.")
    elif len(text) > _LONGEST[name]:
        problems.append(f"`{name}` is {len(text)} characters long; at most {_LONGEST[name]} are possible.")
    return text


def _said(value: Any) -> str | None:
    """A text as the model wrote it; None if it is none. An object with one text is that text."""
    match value:
        case bool():
            return None
        case str():
            return without_citation_marks(visible(value)).strip()
        case int() | float():
            return str(value)
        case Mapping():
            texts = [each for each in value.values() if isinstance(each, str)]
            return _said(texts[0]) if len(texts) == 1 else None
    return None


def _hints(data: Mapping[str, Any], problems: list[str]) -> tuple[str, ...]:
    """The hints: an array, an object by number, one text with a hint a line, or `hint1`, `hint2` beside the rest."""
    given = data.get("hints")
    if given is None:
        numbered = {int(found[1]): data[name] for name in data if (found := _NUMBERED.fullmatch(bare(name)))}
        given = [numbered[number] for number in sorted(numbered)] or None
    if isinstance(given, str):
        lines = [line.strip() for line in given.splitlines() if line.strip()]
        given = lines if len(lines) > 1 and all(_OWN_NUMBER.match(line) for line in lines) else [given]
    if isinstance(given, Mapping):
        given = list(given.values())
    if not isinstance(given, list):
        problems.append("`hints` is missing." if given is None else "`hints` must be an array of strings.")
        return ()
    said = [_said(each) for each in given]
    if any(hint is None for hint in said):
        problems.append("`hints` must be an array of strings.")
        return ()
    hints = [_OWN_NUMBER.sub("", hint, count=1).strip() for hint in said if hint]
    hints = list(dict.fromkeys(hint for hint in hints if _is_written(hint)))
    if not 1 <= len(hints) <= MOST_HINTS:
        problems.append(f"`hints` has {len(hints)} items; 1 to {MOST_HINTS} are possible.")
    for number, hint in enumerate(hints, start=1):
        if len(hint) > LONGEST_HINT:
            problems.append(f"Hint {number} is {len(hint)} characters long; at most {LONGEST_HINT} are possible.")
    return tuple(hints)


_OWN_NUMBER: Final = re.compile(
    r"^\s*\*{0,2}(?:(?:hint|힌트)\s*#?\d{1,2}\s*[:.)-]?|\d{1,2}[.):]|[-*•](?=\s))\*{0,2}\s*", re.IGNORECASE
)
"""`Hint 1:`, `2.`: the message numbers the hints by itself."""


def _is_written(text: str) -> bool:
    return any(c.isprintable() and not c.isspace() for c in text)


# Outputs


def invalid_output(problems: Sequence[str]) -> str:
    """The output for arguments that are no valid help: it asks the model to correct them."""
    advice = "Nothing was shown. Call give_help again with all of this mended."
    return json.dumps({"status": "invalid", "problems": list(problems), "advice": advice}, ensure_ascii=False)


def rejected_output() -> str:
    """The output after the last correction."""
    advice = "The help could not be shown, and the student knows. Give one hint in words, without the answer."
    return json.dumps({"status": "invalid", "advice": advice})


def not_shown_output() -> str:
    """The output if Discord refuses the message."""
    return json.dumps({"status": "not_shown", "error": "Discord does not let the help be shown here."})
