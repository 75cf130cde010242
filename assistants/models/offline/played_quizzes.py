"""Quizzes that were given earlier in a conversation: their questions, as the students saw them, and the responses."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_RESULTS = re.compile(
    r"^\[results\] .*?generate_quiz(?:, called earlier with |\()(\{.*\})"
    r"(?:, [^\n{}]*\n\n|\)\n=> )(\{.*?\})\s*$",
    re.DOTALL,
)
"""The message in which a bot tells how a quiz stands, besides its run: the call's arguments, then the output."""


@dataclass(frozen=True, slots=True)
class PlayedQuestion:
    """A question; `right` is the text of the right choice, empty if it is not known."""

    text: str
    choices: Mapping[str, str]
    """By the letters or numbers that the students saw, in their order."""
    right: str
    why: str
    source: Mapping[str, Any]
    """The question as the call had it."""

    @property
    def right_letter(self) -> str:
        """The letter of the right choice; empty if it is not known."""
        return next((letter for letter, text in self.choices.items() if text == self.right), "")


@dataclass(frozen=True, slots=True)
class PlayedQuiz:
    """A quiz, and what was answered so far."""

    title: str
    questions: tuple[PlayedQuestion, ...]
    responses: Mapping[str, Sequence[Any]]
    """By display name; the responses of a student who played alone are those of everybody (`""`)."""

    def response(self, place: int, name: str) -> str | None:
        """What a student answered to a question (from 1); None if nothing, or that is not known."""
        own = self.responses.get(name) or self.responses.get("") or ()
        given = own[place - 1] if place <= len(own) else None
        return None if given is None else str(given)

    def missed(self, name: str) -> list[int]:
        """The numbers (from 1) of the questions that a student did not have right; of all players if the student did
        not play.
        """
        players = [name] if name in self.responses else list(self.responses) or [""]
        return [
            place
            for place, question in enumerate(self.questions, start=1)
            if question.right and any(self.response(place, one) != question.right for one in players)
        ]


def played_quiz(arguments: Mapping[str, Any], output: str) -> PlayedQuiz | None:
    """A quiz by its call and the call's output; None if the call is no quiz, or it was never shown."""
    report = _parsed(output)
    if report.get("status") in {"invalid", "refused", "not_shown"}:
        return None
    shown = _list(report.get("questions"))
    questions = []
    for place, source in enumerate(_list(arguments.get("questions"))):
        if not isinstance(source, Mapping):
            continue
        seen = shown[place] if place < len(shown) and isinstance(shown[place], Mapping) else {}
        texts = [str(choice) for choice in _list(source.get("choices"))]
        letters = seen.get("choices") if isinstance(seen.get("choices"), Mapping) else None
        choices = {
            str(key): str(text) for key, text in (letters or dict(zip("ABCDEFGHIJ", texts, strict=False))).items()
        }
        answer = source.get("answer")
        right = texts[answer] if isinstance(answer, int) and 0 <= answer < len(texts) else ""
        right = choices.get(str(seen.get("right")), right)  # it may have been put right before the quiz was shown
        questions.append(
            PlayedQuestion(
                str(source.get("question_text", "")), choices, right, str(source.get("explanation") or ""), source
            )
        )
    if not questions:
        return None
    responses = report.get("responses")
    by_name = responses if isinstance(responses, Mapping) else {"": _list(responses)}
    return PlayedQuiz(
        str(arguments.get("title", "")), tuple(questions), {str(name): _list(own) for name, own in by_name.items()}
    )


def results_message(text: str) -> tuple[Mapping[str, Any], str] | None:
    """The arguments of `generate_quiz` and its output, if a message of the bot tells how a quiz stands; else None."""
    match = _RESULTS.match(text)
    asked = _parsed(match[1]) if match else {}
    return (asked, match[2]) if match and asked else None


def _list(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else []


def _parsed(text: str) -> Mapping[str, Any]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
