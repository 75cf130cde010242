"""Feedback on a quiz: which responses are right, told to one student or to a group."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assistants.models.offline.passages import MarkedPassage, sentences
from assistants.models.offline.quiz_making import Quiz
from assistants.models.offline.sentences import say
from maths.reading.language import Language


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """A question that was asked; `answer` is the index of the right choice, None if it is not known."""

    text: str
    choices: tuple[str, ...]
    answer: int | None
    why: str

    @property
    def right(self) -> str:
        """The text of the right choice."""
        return "" if self.answer is None else self.choices[self.answer]

    def place_of(self, response: Any) -> int | None:
        """The index of the choice that a response names by text, number (from 1) or letter; None if it names none."""
        if not isinstance(response, str | int) or isinstance(response, bool):
            return None
        said = str(response).strip()
        if said in self.choices:
            return self.choices.index(said)
        bare = [re.sub(r"^(?:\d+|[A-Ja-j])[.)]\s*", "", choice) for choice in self.choices]
        if said in bare:
            return bare.index(said)
        number = (
            int(said) - 1
            if re.fullmatch(r"\d{1,2}", said)
            else ord(said.upper()) - 65
            if re.fullmatch(r"[A-Ja-j]", said)
            else -1
        )
        return number if 0 <= number < len(self.choices) else None


def asked_questions(arguments: Mapping[str, Any], made_again: Quiz | None) -> list[AskedQuestion]:
    """The questions of a call; right answers that it does not hold come from the same quiz, made again."""
    known = {one.text: one for one in made_again.questions} if made_again else {}
    found = []
    for one in arguments.get("questions", []):
        if not isinstance(one, dict):
            continue
        text, choices = str(one.get("question_text", "")), tuple(str(choice) for choice in one.get("choices", []))
        remade = known.get(text)
        answer, why = one.get("answer"), str(one.get("explanation") or "")
        if remade is not None and remade.choices == choices:
            answer, why = (remade.answer if answer is None else answer), why or remade.why
        fitting = isinstance(answer, int) and 0 <= answer < len(choices)
        found.append(AskedQuestion(text, choices, answer if fitting else None, why))
    return found


def feedback(
    questions: Sequence[AskedQuestion], output: str, language: Language, passages: Sequence[MarkedPassage]
) -> str:
    """The feedback on the responses in `output`."""
    try:
        report = json.loads(output)
    except (ValueError, RecursionError):
        report = [part.strip() for part in output.split(",")] if output.strip() else []
    status = report.get("status") if isinstance(report, dict) else None
    if status in {"unfinished", "cancelled"}:
        return say(language, status)
    if status == "invalid":
        return say(language, "not_shown")
    if isinstance(report, dict) and "correct" in report and all(one.answer is not None for one in questions):
        return _beyond_results(questions, report, language, passages)
    responses = report.get("responses", report) if isinstance(report, dict) else report
    if isinstance(responses, dict):
        players = {str(name): given for name, given in responses.items() if isinstance(given, list)}
        return _to_group(questions, players, language) if players else say(language, "no_responses")
    if not isinstance(responses, list) or not responses:
        return say(language, "no_responses")
    return _to_one(questions, responses, language, passages)


def _beyond_results(
    questions: Sequence[AskedQuestion],
    report: Mapping[str, Any],
    language: Language,
    passages: Sequence[MarkedPassage],
) -> str:
    """The feedback where the students see who is right, the right answers and the explanations already."""
    correct = report["correct"]
    group = isinstance(correct, dict)
    players = [one for one in (correct.values() if group else [correct]) if isinstance(one, list)]
    hits = [sum(len(own) > index and own[index] is True for own in players) for index in range(len(questions))]
    missed = [place for place, hit in enumerate(hits, start=1) if hit < len(players)]
    if not players or not missed:
        return say(language, "quiz_praise")
    if group:
        lines = [say(language, "hardest", place=min(missed, key=lambda place: hits[place - 1]))]
    else:
        *others, last = missed
        key = "questions_names" if others else "question_name"
        named = say(language, key, places=", ".join(map(str, others)), place=last)
        lines = [say(language, "look_again", places=named, place=missed[0])]
    marks = {place: _citation(questions[place - 1].why, passages) for place in missed}
    lines += [say(language, "quiz_source", place=place, mark=mark) for place, mark in marks.items() if mark]
    return "\n".join(lines)


def _to_one(
    questions: Sequence[AskedQuestion], responses: Sequence[Any], language: Language, passages: Sequence[MarkedPassage]
) -> str:
    lines, right = [], 0
    given_answers = [*responses, *([None] * len(questions))]
    for place, (question, response) in enumerate(zip(questions, given_answers, strict=False), start=1):
        chosen = question.place_of(response)
        hit = chosen is not None and chosen == question.answer
        right += hit
        given = question.choices[chosen] if chosen is not None else str(response)
        if response is None:
            key = "quiz_skipped"
        elif question.answer is None:
            key = "quiz_unknown"
        else:
            key = "quiz_right" if hit else "quiz_wrong"
        why = question.why + _citation(question.why, passages)
        lines.append(say(language, key, place=place, given=f"“{given}”", right=f"“{question.right}”", why=why))
    count = len(questions)
    opening = say(language, "all_right" if right == count and count else "score", right=right, count=count)
    return "\n".join([opening, "", *lines])


def _citation(why: str, passages: Sequence[MarkedPassage]) -> str:
    """The mark of the passage that holds the explanation; empty if none does."""
    return next((one.mark for one in sentences(passages) if one.text == why), "")


def _to_group(questions: Sequence[AskedQuestion], players: Mapping[str, Sequence[Any]], language: Language) -> str:
    """The scores of a group, and the questions that not everybody had right."""
    count = len(questions)
    hits = [0] * count
    scores = []
    for name, responses in players.items():
        right = [
            question.answer is not None and question.place_of(one) == question.answer
            for question, one in zip(questions, responses, strict=False)
        ]
        scores.append((sum(right), name))
        hits = [total + hit for total, hit in zip(hits, [*right, *([False] * count)], strict=False)]
    lines = [
        f"- {say(language, 'quiz_group', name=name, right=right, count=count)}"
        for right, name in sorted(scores, key=lambda one: -one[0])
    ]
    for place, (question, hit) in enumerate(zip(questions, hits, strict=True), start=1):
        if hit < len(players) and question.answer is not None:
            values = {"right": f"“{question.right}”", "hits": hit, "players": len(players), "why": question.why}
            lines.append(say(language, "quiz_hard", place=place, text=question.text, **values))
    return "\n".join(lines)
