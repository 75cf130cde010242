"""Other forms of a quiz's arguments that mean the same: choices with labels, answers as letters, texts or true.

Models write quizzes as they have seen them elsewhere. What can be meant in one way is brought into the schema's form;
what can be meant in two ways is a problem, told in a sentence. An answer is read with those of the other questions: a
model that counts from 1 does so throughout.
"""

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from bot.escaping import one_line
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

_INDEXES: Final = frozenset(
    [
        *("answer", "answerindex", "answeridx", "correctindex", "correctidx", "correctanswerindex", "correctansweridx"),
        *("correctoptionindex", "correctchoiceindex", "rightanswerindex", "rightindex", "solutionindex"),
    ]
)
"""Names of fields whose numbers count from 0, as the schema says; a whole quiz may count from 1."""
_NUMBERS: Final = frozenset(["answernumber", "correctnumber", "correctanswernumber", "correctoptionnumber"])
"""Names of fields whose numbers count from 1."""
_VALUES: Final = frozenset(
    [
        *("correct", "correctanswer", "correctoption", "correctchoice", "correctresponse", "rightanswer"),
        *("rightchoice", "answerletter", "correctletter", "correctlabel", "answerlabel", "answerkey", "answertext"),
        *("correcttext",),
    ]
)
"""Names of fields that hold the answer in some form; what their numbers count from is not known."""
_TEXTS: Final = ("text", "choice", "option", "value", "content", "answer", "label")
_LABELS: Final = ("label", "letter", "key", "id", "index", "name")
_FLAGS: Final = ("correct", "iscorrect", "isanswer", "isright", "right", "answer")

_LETTER: Final = re.compile(r"\(?([A-Ja-j])(?:\s*[).:\]]\s*|\s+[-–—]\s+)(?=\S)")
_OWN: Final = re.compile(r"\(?(10|[1-9A-Ja-j가-힣ㄱ-ㅎ])(?:\)|[.:](?![0-9A-Za-z]))\s*(?=\S)|([①-⑩])\s*(?=\S)")
_CALLED: Final = re.compile(
    r"(?:(?:the )?(?:correct |right )?(?:answer|option|choice)(?: is)?|정답은?|답은?)\s*[:：]?\s*(?=\S)", re.IGNORECASE
)
_ONE_LABEL: Final = re.compile(r"[(\[]?(10|[0-9A-Za-z가-힣ㄱ-ㅎ]|[①-⑩])\s*[)\].:]?\s*(?:번(?:이다|입니다)?)?\.?")
_REFERS: Final = re.compile(
    r"(?<![\w$\\{^_])[B-HJ](?![\w'’=+^_])|(?<!\w)A (?:is|and|or|was)\b|\(A\)|\b(?:option|choice|answer) A\b|보기",
)
_TRUE: Final = frozenset(
    ["true", "t", "yes", "y", "correct", "right", "o", "참", "맞다", "맞음", "예", "네", "옳다", "그렇다"]
)
_FALSE: Final = frozenset(
    ["false", "f", "no", "n", "incorrect", "wrong", "x", "거짓", "틀리다", "틀림", "아니요", "아니오", "틀렸다"]
)
_CIRCLED: Final = "①②③④⑤⑥⑦⑧⑨⑩"
LETTERS: Final = "ABCDEFGHIJ"


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
class _Answer:
    """An answer as it was given, and the choices that it may name, by the way it is read."""

    given: Any
    kind: str
    readings: dict[str, int]
    preferred: str | None


@dataclass(slots=True)
class _Form:
    """One question, with what was understood of its choices."""

    rest: dict[str, Any]
    choices: Any
    labels: list[str | None] = field(default_factory=list)
    answers: list[_Answer] = field(default_factory=list)
    answer: Any = None

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> "_Form":
        """Read a question's choices, and what its answer may be."""
        rest = {name: value for name, value in given.items() if bare(name) not in _INDEXES | _NUMBERS | _VALUES}
        form = cls(rest, rest.pop("choices", None))
        told = {bare(name): _single(given[name]) for name in given if name not in rest and name != "choices"}
        told = {name: value for name, value in told.items() if value is not None and value != ""}
        if form.choices is None and told and all(isinstance(value, bool) for value in told.values()):
            form.choices = ["True", "False"]
        flagged = form._read_choices()
        form.answers = [form._answer(name, value) for name, value in told.items()]
        if flagged is not None:
            form.answers.append(_Answer("correct", "flag", {"flag": flagged}, None))
        return form

    def question(self) -> dict[str, Any]:
        """The question in the schema's form."""
        question = dict(self.rest)
        if self.choices is not None:
            question["choices"] = self.choices
        if self.answer is not None:
            question["answer"] = self.answer
        return question

    # -- choices

    def _read_choices(self) -> int | None:
        """Bring the choices into a list of texts; the index of the one that is marked as right."""
        flags: list[Any] = []
        if isinstance(self.choices, str):
            lines = [line.strip() for line in self.choices.splitlines() if line.strip()]
            self.choices = lines if len(lines) > 1 and _series([_own(line) for line in lines]) else self.choices
        if isinstance(self.choices, Mapping):
            self.choices, self.labels, flags = _of_mapping(self.choices)
        elif isinstance(self.choices, list):
            parts = [_part(each) for each in self.choices]
            self.choices = [text for text, _, _ in parts]
            self.labels = [label for _, label, _ in parts]
            flags = [flag for _, _, flag in parts]
        if not isinstance(self.choices, list):
            return None
        self._read_labels()
        right = [index for index, flag in enumerate(flags) if flag is True]
        return right[0] if len(right) == 1 else None

    def _read_labels(self) -> None:
        """Take the labels off the choices: those given beside them, and letters that count up in front of all."""
        texts = self.choices
        if not texts or not all(isinstance(text, str) for text in texts):
            return
        if _series(self.labels):
            plain = list(texts)
        else:
            self.labels = [_own(text) for text in texts]
            if not _series(self.labels):
                self.labels = []
                return
            if not _series([found[1] if (found := _LETTER.match(text)) else None for text in texts]):
                return  # numbers stay: they are shown, and keep the choices in their order
            plain = [text[found.end() :] for text in texts if (found := _LETTER.match(text))]
        told = [*plain, *(str(self.rest.get(name) or "") for name in ("question_text", "explanation"))]
        if any(_REFERS.search(text) for text in told):
            rows = zip(texts, self.labels, plain, strict=True)
            self.choices = [text if _own(text) == label else f"{label}) {short}" for text, label, short in rows]
        else:
            self.choices = plain

    # -- answers

    def _answer(self, name: str, value: Any) -> _Answer:
        texts = self.choices if isinstance(self.choices, list) else []
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, bool):
            said = _TRUE if value else _FALSE
            right = [index for index, text in enumerate(texts) if _plain(text) in said]
            return _Answer(value, "truth", {"truth": right[0]} if len(right) == 1 and len(texts) == 2 else {}, None)
        if isinstance(value, int):
            return self._numbered(name, value, texts)
        if isinstance(value, Mapping):
            return self._described(value)
        return self._worded(str(value), texts)

    def _numbered(self, name: str, value: int, texts: Sequence[Any]) -> _Answer:
        readings = {} if name in _NUMBERS else _found("index", 0 <= value < len(texts), value)
        if name not in _INDEXES or value == len(texts):
            readings |= _found("number", 1 <= value <= len(texts), value - 1)
        elif 1 <= value < len(texts):
            readings["number"] = value - 1
        if str(value) in self.labels:
            readings["label"] = self.labels.index(str(value))
        if name not in _INDEXES or not readings:
            readings |= _one("text", [_plain(text) == str(value) for text in texts])
        contract = name in _INDEXES and "label" not in readings
        return _Answer(value, "index" if contract else "number", readings, "index" if contract else None)

    def _described(self, value: Mapping[str, Any]) -> _Answer:
        """An answer such as `{"label": "B", "text": "5/6"}`: its parts must agree."""
        texts = self.choices if isinstance(self.choices, list) else []
        found = [
            self._answer(f"answer{bare(name)}" if bare(name) in {"index", "number"} else "answertext", each)
            for name, each in value.items()
            if bare(name) in {*_TEXTS, *_LABELS, "number"} and each is not None
        ]
        named = [
            {way: each.readings[way]} if (way := each.preferred) in each.readings else each.readings for each in found
        ]
        shared = set(range(len(texts))).intersection(*(set(each.values()) for each in named))
        readings = {"parts": shared.pop()} if found and len(shared) == 1 else {}
        return _Answer(dict(value), "parts", readings, None)

    def _worded(self, value: str, texts: Sequence[Any]) -> _Answer:
        plain = _plain(value)
        readings = _one("text", [_plain(text) == plain for text in texts])
        if not readings:
            readings = _one("text", [_plain(text) == _plain(_CALLED.sub("", value, count=1)) for text in texts])
        said = _TRUE if plain in _TRUE else _FALSE if plain in _FALSE else None
        if not readings and said is not None and len(texts) == 2 and len(plain) > 1:
            readings = _one("truth", [_plain(text) in said for text in texts])
        named = _ONE_LABEL.fullmatch(_CALLED.sub("", value.strip(), count=1))
        if named is not None:
            readings |= self._labelled(named[1], texts)
        elif (own := _own(_CALLED.sub("", value.strip(), count=1))) is not None:
            readings |= self._labelled_text(own, value, texts)
        return _Answer(value, "words", readings, "text")

    def _labelled(self, label: str, texts: Sequence[Any]) -> dict[str, int]:
        """What a label alone can name: by the choices' own labels, or by their places."""
        if label in _CIRCLED:
            label = label if label in self.labels else str(_CIRCLED.index(label) + 1)
        own = [each.upper() if each else each for each in self.labels]
        if label.upper() in own:
            return {"label": own.index(label.upper())}
        if label.upper() in LETTERS:
            return _found("label", not any(own), LETTERS.index(label.upper())) if self._has(label, texts) else {}
        if label.isdecimal():
            number = int(label)
            return _found("index", 0 <= number < len(texts), number) | _found(
                "number", 1 <= number <= len(texts), number - 1
            )
        return {}

    @staticmethod
    def _has(label: str, texts: Sequence[Any]) -> bool:
        return LETTERS.index(label.upper()) < len(texts)

    def _labelled_text(self, label: str, value: str, texts: Sequence[Any]) -> dict[str, int]:
        """What `B) 5/6` names: the label and the text must agree."""
        text = _plain(_OWN.sub("", _LETTER.sub("", _CALLED.sub("", value.strip(), count=1), count=1), count=1))
        found = [
            index for index, each in enumerate(texts) if isinstance(each, str) and _plain(_unlabelled(each)) == text
        ]
        by_label = self._labelled(label, texts)
        return {"label": found[0]} if len(found) == 1 and found[0] in by_label.values() else {}


def _settle_answers(forms: Sequence[_Form | None]) -> list[str]:
    """Set each question's answer; the problems are sentences on those that can be read in two ways."""
    problems: list[str] = []
    given = [answer for form in forms if form is not None for answer in form.answers]
    kinds = {kind: [each for each in given if each.kind == kind] for kind in {each.kind for each in given}}
    for number, form in enumerate(forms, start=1):
        if form is None or not form.answers:
            continue
        settled = [_settled(answer, kinds[answer.kind]) for answer in form.answers]
        chosen = {index for index in settled if isinstance(index, int)}
        doubtful = next((each for each in settled if isinstance(each, list)), None)
        if len(chosen) == 1 and (doubtful is None or chosen <= set(doubtful)) and None not in settled:
            (form.answer,) = chosen
        elif len(chosen) > 1:
            problems.append(f"Question {number} has two answers that differ: give `answer` alone.")
        elif doubtful is not None:
            named = " or ".join(f"choice {index + 1}" for index in sorted(set(doubtful)))
            shown = json.dumps(form.answers[0].given, ensure_ascii=False)[:80]
            problems.append(
                f"Question {number}: the answer {shown} can mean {named}. "
                "Give the text of the right choice as `answer`."
            )
        else:
            form.answer = form.answers[0].given
            if isinstance(form.answer, Mapping | list):
                form.answer = str(form.answer)
    return problems


def _settled(answer: _Answer, alike: Sequence[_Answer]) -> int | list[int] | None:
    """The choice that an answer names, read as all `alike` can be read; a list if there are several, None if none."""
    readings = answer.readings
    if not readings:
        return None
    common = [way for way in readings if all(way in each.readings for each in alike)]
    if answer.preferred in common:
        return readings[answer.preferred]
    for ways in (common, list(readings)):
        found = {readings[way] for way in ways}
        if len(found) == 1:
            return found.pop()
        if found:
            return sorted(found)
    return None


def _likeliest(answer: _Answer) -> set[int]:
    """The choices that a part of an answer may name, when it stands with others that say the same."""
    way = answer.preferred
    return {answer.readings[way]} if way in answer.readings else set(answer.readings.values())


def _of_mapping(choices: Mapping[str, Any]) -> tuple[list[Any], list[str | None], list[Any]]:
    """Choices by label (`{"A": "2/5"}`), or by text with what is right (`{"2/5": false}`)."""
    if choices and all(isinstance(value, bool) for value in choices.values()):
        return list(choices), [None] * len(choices), list(choices.values())
    parts = [_part(value) for value in choices.values()]
    labels: list[str | None] = [_bare_label(key) for key in choices]
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
    if len(choice) == 1 and not fields.keys() & set(_TEXTS):
        ((label, text),) = choice.items()
        return (_part(text)[0], _bare_label(label), None) if _bare_label(label) else (choice, None, None)
    flag = next((fields.pop(name) for name in _FLAGS if isinstance(fields.get(name), bool)), None)
    name = next((name for name in _TEXTS if isinstance(fields.get(name), str | int | float)), None)
    if name is None:
        return choice, None, flag
    text = fields.pop(name)
    label = next((str(fields[each]) for each in _LABELS if isinstance(fields.get(each), str | int)), None)
    return _part(text)[0], _bare_label(label) if label else None, flag


def _bare_label(label: str) -> str | None:
    named = _ONE_LABEL.fullmatch(_CALLED.sub("", label.strip(), count=1))
    return named[1] if named else None


def _own(text: Any) -> str | None:
    """The label that a text begins with."""
    if not isinstance(text, str):
        return None
    found = _LETTER.match(text) or _OWN.match(text)
    return next(group for group in found.groups() if group) if found else None


def _unlabelled(text: Any) -> str:
    if not isinstance(text, str):
        return ""
    found = _LETTER.match(text) or _OWN.match(text)
    return text[found.end() :] if found else text


_SERIES: Final = (
    LETTERS,
    LETTERS.lower(),
    "123456789",
    "0123456789",
    _CIRCLED,
    "가나다라마바사아자차",
    "ㄱㄴㄷㄹㅁㅂㅅㅇㅈㅊ",
)


def _series(labels: Sequence[str | None]) -> bool:
    """Whether labels count up from the first of their kind."""
    if len(labels) < 2 or None in labels:
        return False
    return any(list(labels) == [*series, "10"][: len(labels)] for series in _SERIES)


def _single(value: Any) -> Any:
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def _plain(text: Any) -> str:
    """A text for comparison: one line, without case, dollars around a formula and a full stop."""
    if not isinstance(text, str):
        return ""
    bare_text = one_line("".join(c for c in text if unicodedata.category(c) not in {"Cc", "Cf"} or c.isspace()))
    for opening, closing in (("$$", "$$"), ("$", "$"), ("\\(", "\\)")):
        if bare_text.startswith(opening) and bare_text.endswith(closing) and len(bare_text) > 2 * len(opening):
            bare_text = bare_text[len(opening) : -len(closing)].strip()
    return bare_text.removesuffix(".").strip().casefold()


def _found(way: str, possible: bool, index: int) -> dict[str, int]:
    return {way: index} if possible else {}


def _one(way: str, matches: Sequence[bool]) -> dict[str, int]:
    return {way: list(matches).index(True)} if sum(matches) == 1 else {}
