"""Other forms of a quiz's arguments that mean the same: choices with labels, answers as letters, texts or true.

Models write quizzes as they have seen them elsewhere. What can be meant in one way is brought into the schema's form;
what can be meant in two ways is a problem, told in a sentence. An answer is read with those of the other questions: a
model that counts from 1 does so throughout.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from bot.quizzes.arguments.answer_forms import FIELDS, LABELS, TEXTS, Answer, AnswerReader, agree, settled
from bot.quizzes.arguments.choice_labels import LETTER, LETTERS, bare_label, count_up, own_label
from function_arguments.reader import bare

ALIASES: Final = {
    "quiztitle": "title",
    "topic": "title",
    "name": "title",
    "title": "question_text",
    "question": "question_text",
    "text": "question_text",
    "prompt": "question_text",
    "stem": "question_text",
    "quiz": "questions",
    "items": "questions",
    "options": "choices",
    "alternatives": "choices",
    "answers": "choices",
    "answeroptions": "choices",
    "answerchoices": "choices",
    "rationale": "explanation",
    "reason": "explanation",
    "justification": "explanation",
    "feedback": "explanation",
}
"""Bare names that models use, and the schema's; an alias counts only in an object that has such a property."""

_FLAGS: Final = ("correct", "iscorrect", "isanswer", "isright", "right", "answer")
_SLIPS: Final = ("slip", "mistake", "misconception")
_REFERS: Final = re.compile(
    r"(?<![\w$\\{^_])[B-HJ](?![\w'’=+^_])|(?<!\w)A (?:is|and|or|was)\b|\(A\)|\b(?:option|choice|answer) A\b|보기",
)


def in_schema_form(data: Any) -> tuple[Any, list[str]]:
    """The arguments in the schema's form, and the problems: what can be meant in two ways."""
    if not isinstance(data, Mapping):
        return data, []
    whole = dict(data)
    questions = whole.get("questions")
    if isinstance(questions, Mapping):
        questions = [questions] if "question_text" in questions else list(questions.values())
    if not isinstance(questions, list):
        return whole, []
    forms = [_Form.of(each) if isinstance(each, Mapping) else None for each in questions]
    problems = _settle_answers(forms)
    whole["questions"] = [
        each if form is None else form.question() for each, form in zip(questions, forms, strict=True)
    ]
    return whole, problems


@dataclass(slots=True)
class _Form:
    """One question, with what was understood of its choices."""

    rest: dict[str, Any]
    choices: Any
    labels: list[str | None] = field(default_factory=list)
    keyed: bool = False
    slips: list[Any] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    answer: Any = None

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> "_Form":
        """Read a question's choices, and what its answer may be."""
        rest = {name: value for name, value in given.items() if not _tells_answer(bare(name), value)}
        form = cls(rest, rest.pop("choices", None))
        told = {bare(name): _single(given[name]) for name in given if name not in rest and name != "choices"}
        told = {name: value for name, value in told.items() if value is not None and value != ""}
        if form.choices is None and told and all(isinstance(value, bool) for value in told.values()):
            form.choices = ["True", "False"]
        flagged = form._read_choices()
        form._read_slips()
        reader = AnswerReader(form.choices if isinstance(form.choices, list) else [], form.labels, form.keyed)
        form.answers = [reader.read(name, value) for name, value in told.items()]
        if flagged is not None:
            form.answers.append(Answer("correct", "flag", {"flag": flagged}, None))
        return form

    def question(self) -> dict[str, Any]:
        """The question in the schema's form."""
        question = dict(self.rest)
        if self.choices is not None:
            question["choices"] = self.choices
        if self.answer is not None:
            question["answer"] = self.answer
        if any(self.slips):
            question["slips"] = self.slips
        return question

    # -- choices

    def _read_choices(self) -> int | None:
        """Bring the choices into a list of texts; the index of the one that is marked as right."""
        flags: list[Any] = []
        if isinstance(self.choices, str):
            lines = [line.strip() for line in self.choices.splitlines() if line.strip()]
            self.choices = lines if len(lines) > 1 and count_up([own_label(line) for line in lines]) else self.choices
        if isinstance(self.choices, Mapping):
            self.choices, self.labels, flags = _of_mapping(self.choices)
        elif isinstance(self.choices, list):
            parts = [_part(each) for each in self.choices]
            self.slips = [_slip(each) for each in self.choices]
            self.choices = [text for text, _, _ in parts]
            self.labels = [label for _, label, _ in parts]
            flags = [flag for _, _, flag in parts]
        if not isinstance(self.choices, list):
            return None
        self._read_labels()
        right = [index for index, flag in enumerate(flags) if flag is True]
        return right[0] if len(right) == 1 else None

    def _read_slips(self) -> None:
        """Bring the slips, given by the labels or the texts of the choices, into the choices' order."""
        given = self.rest.get("slips")
        if not isinstance(given, Mapping) or not isinstance(self.choices, list):
            return
        by_name = {bare(name): value for name, value in given.items()}
        for each in (self.labels or LETTERS[: len(self.choices)], self.choices):
            found = [by_name.get(bare(str(name))) for name in each]
            if sum(value is not None for value in found) == len(given):
                self.slips = found
                return

    def _read_labels(self) -> None:
        """Take the labels off the choices: those given beside them, and letters that count up in front of all."""
        texts = self.choices
        if not texts or not all(isinstance(text, str) for text in texts):
            return
        if count_up(self.labels):
            self.keyed = True
            plain = list(texts)
        else:
            self.labels = [own_label(text) for text in texts]
            if not count_up(self.labels):
                self.labels = []
                return
            if not count_up([found[2] if (found := LETTER.match(text)) else None for text in texts]):
                return  # numbers stay: they are shown, and keep the choices in their order
            plain = [text[found.end() :] for text in texts if (found := LETTER.match(text))]
        told = [*plain, *(str(self.rest.get(name) or "") for name in ("question_text", "explanation"))]
        if any(_REFERS.search(text) for text in told):
            rows = zip(texts, self.labels, plain, strict=True)
            self.choices = [text if own_label(text) == label else f"{label}) {short}" for text, label, short in rows]
        else:
            self.choices = plain


def _settle_answers(forms: Sequence[_Form | None]) -> list[str]:
    """Set each question's answer; the problems are sentences on those that can be read in two ways."""
    problems: list[str] = []
    for form in forms:
        if form is not None:
            agree(form.answers)
    given = [answer for form in forms if form is not None for answer in form.answers]
    for number, form in enumerate(forms, start=1):
        if form is None or not form.answers:
            continue
        named = [settled(answer, given) for answer in form.answers]
        chosen = {index for index in named if isinstance(index, int)}
        doubtful = next((each for each in named if isinstance(each, list)), None)
        if len(chosen) == 1 and (doubtful is None or chosen <= set(doubtful)) and None not in named:
            (form.answer,) = chosen
        elif len(chosen) > 1:
            problems.append(f"Question {number} has two answers that differ: give `answer` alone.")
        elif doubtful is not None:
            possible = " or ".join(f"choice {index + 1}" for index in sorted(set(doubtful)))
            shown = json.dumps(form.answers[0].given, ensure_ascii=False)[:80]
            problems.append(
                f"Question {number}: the answer {shown} can mean {possible}. "
                "Give the text of the right choice as `answer`."
            )
        else:
            form.answer = form.answers[0].given
            if isinstance(form.answer, Mapping | list):
                form.answer = str(form.answer)
    return problems


def _of_mapping(choices: Mapping[str, Any]) -> tuple[list[Any], list[str | None], list[Any]]:
    """Choices by label (`{"A": "2/5"}`), or by text with what is right (`{"2/5": false}`)."""
    if choices and all(isinstance(value, bool) for value in choices.values()):
        return list(choices), [None] * len(choices), list(choices.values())
    parts = [_part(value) for value in choices.values()]
    labels: list[str | None] = [bare_label(key) for key in choices]
    return [text for text, _, _ in parts], labels, [flag for _, _, flag in parts]


def _part(choice: Any) -> tuple[Any, str | None, Any]:
    """A choice's text, its label and whether it is marked as right."""
    if isinstance(choice, bool):
        return str(choice), None, None
    if isinstance(choice, int | float):
        return str(choice), None, None
    if not isinstance(choice, Mapping):
        return choice, None, None
    fields = {bare(name): value for name, value in choice.items()}
    if len(choice) == 1 and not fields.keys() & set(TEXTS):
        ((label, text),) = choice.items()
        return (_part(text)[0], bare_label(label), None) if bare_label(label) else (choice, None, None)
    flag = next((fields.pop(name) for name in _FLAGS if isinstance(fields.get(name), bool)), None)
    name = next((name for name in TEXTS if isinstance(fields.get(name), str | int | float)), None)
    if name is None:
        return choice, None, flag
    text = fields.pop(name)
    label = next((str(fields[each]) for each in LABELS if isinstance(fields.get(each), str | int)), None)
    return _part(text)[0], bare_label(label) if label else None, flag


def _slip(choice: Any) -> str | None:
    """The mistake that leads to a choice, where the choice itself tells it."""
    if not isinstance(choice, Mapping):
        return None
    fields = {bare(name): value for name, value in choice.items()}
    return next((fields[name] for name in _SLIPS if isinstance(fields.get(name), str)), None)


def _single(value: Any) -> Any:
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def _tells_answer(name: str, value: Any) -> bool:
    """Whether a field of a question tells its answer, by its bare name."""
    return name in FIELDS and not (name == "answers" and isinstance(value, list) and len(value) > 1)
