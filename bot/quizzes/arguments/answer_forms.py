"""Answers as models give them: an index, a number, a label, the text of a choice, several of these, or true.

What an answer can mean are its readings: ways of reading, with the choice that each names. Which way is right is seen
by the question's other answers and by those of the other questions.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from bot.escaping import one_line
from bot.quizzes.arguments.choice_labels import (
    CALLED,
    CIRCLED,
    FILLED,
    LABEL,
    LETTERS,
    bare_label,
    one_label,
    unlabelled,
)
from function_arguments.reader import bare

INDEXES: Final = frozenset(
    [
        *("answer", "answerindex", "answeridx", "correctindex", "correctidx", "correctanswerindex", "correctansweridx"),
        *("correctoptionindex", "correctchoiceindex", "rightanswerindex", "rightindex", "solutionindex"),
    ]
)
"""Names of fields whose numbers count from 0, as the schema says; a whole quiz may count from 1."""
NUMBERS: Final = frozenset(["answernumber", "correctnumber", "correctanswernumber", "correctoptionnumber"])
"""Names of fields whose numbers count from 1."""
VALUES: Final = frozenset(
    [
        *("correct", "correctanswer", "correctoption", "correctchoice", "correctresponse", "rightanswer"),
        *("rightchoice", "answerletter", "correctletter", "correctlabel", "answerlabel", "answerkey", "answertext"),
        *("correcttext", "correctanswers", "answers", "expectedanswer", "answerid", "correctid", "correctanswerid"),
        *("correctoptionid", "correctchoiceid", "정답", "답"),
    ]
)
"""Names of fields that hold the answer in some form; what their numbers count from is not known."""
FIELDS: Final = INDEXES | NUMBERS | VALUES
TEXTS: Final = ("text", "choice", "option", "value", "content", "answer", "label")
LABELS: Final = ("label", "letter", "key", "id", "index", "name")

_LABEL_AND_TEXT: Final = re.compile(rf"{LABEL}[\s,=\-–—]*(?P<text>.+)", re.DOTALL)
_TEXT_AND_LABEL: Final = re.compile(rf"(?P<text>.+?)(?:(?<!\s)\s++)?+(?=[(\[]){LABEL}", re.DOTALL)
_QUOTED: Final = re.compile(r"(\*\*|[`*_\"'“‘「])(.+?)(?:\1|[”’」])", re.DOTALL)
_BOLD_LABEL: Final = re.compile(r"\*\*([^*]{1,12})\*\*")
_COUNTED: Final = re.compile(r"(?:보기|#)\s*(10|[1-9])번?(?!\d)")
_LONGEST: Final = 1_000
"""Characters of an answer in words: a choice has fewer."""
_FULL_WIDTH: Final = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_MARKS: Final = re.compile(r"\\[,;:! ()]|\*\*|[$`]|(?<!\w)\s+|\s+(?!\w)|(?<=\d)\s+(?=[^\W\d])|(?<=[^\W\d])\s+(?=\d)")
"""What may differ between a choice and an answer: marks, and spaces that keep no words or numbers apart."""
_TRUE: Final = frozenset(
    [
        *("true", "t", "yes", "y", "correct", "right", "o", "○", "⭕"),
        *("참", "맞다", "맞음", "맞습니다", "예", "네", "옳다", "옳음", "그렇다"),
    ]
)
_FALSE: Final = frozenset(
    [
        *("false", "f", "no", "n", "incorrect", "wrong", "x", "×", "❌"),
        *("거짓", "틀리다", "틀림", "틀립니다", "틀렸다", "아니요", "아니오", "아니다"),
        *("옳지 않다", "옳지 않음", "맞지 않다", "그렇지 않다"),
    ]
)
_LITERALLY: Final = frozenset(["true", "false", "참", "거짓"])


@dataclass(slots=True)
class Answer:
    """An answer as it was given, and the choices that it may name, by the way it is read."""

    given: Any
    kind: str
    readings: dict[str, int]
    preferred: str | None


@dataclass(frozen=True, slots=True)
class AnswerReader:
    """Reads a question's answers; `keyed` says that the choices' labels stood beside them, not in their texts."""

    choices: Sequence[Any]
    labels: Sequence[str | None]
    keyed: bool

    def read(self, name: str, value: Any) -> Answer:
        """The answer that a field with the bare name `name` gives."""
        texts = self.choices
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, bool):
            said = _TRUE if value else _FALSE
            said = said if len(texts) == 2 else said & _LITERALLY
            return Answer(value, "truth", _one("truth", [_plain(text) in said for text in texts]), None)
        if isinstance(value, int):
            return self._numbered(name, value, texts)
        if isinstance(value, Mapping):
            return self._described(value)
        return self._worded(str(value), texts)

    def _numbered(self, name: str, value: int, texts: Sequence[Any]) -> Answer:
        if self.keyed and str(value) in self.labels:
            return Answer(value, "key", {"label": self.labels.index(str(value))}, None)
        readings = {} if name in NUMBERS else _found("index", 0 <= value < len(texts), value)
        if name not in INDEXES or value == len(texts):
            readings |= _found("number", 1 <= value <= len(texts), value - 1)
        elif 1 <= value < len(texts):
            readings["number"] = value - 1
        if str(value) in self.labels:
            readings["label"] = self.labels.index(str(value))
        if name not in INDEXES or not readings:
            readings |= _one("text", [_plain(text) == str(value) for text in texts])
        contract = name in INDEXES and "label" not in readings
        return Answer(value, "index" if contract else "number", readings, "index" if contract else None)

    def _described(self, value: Mapping[str, Any]) -> Answer:
        """An answer such as `{"label": "B", "text": "5/6"}`: its parts must agree."""
        texts = self.choices
        ((name, text),) = value.items() if len(value) == 1 else [("", None)]
        if (label := bare_label(name)) is not None and isinstance(text, str):
            found = [self._worded(f"{label}) {text}", texts)]
        else:
            found = [
                self.read("answer" if bare(name) in {"index", "answer"} else f"correct{bare(name)}", each)
                for name, each in value.items()
                if bare(name) in {*TEXTS, *LABELS, "number", "correct"} and each is not None
            ]
        preferred = [
            {way: each.readings[way]} if (way := each.preferred) in each.readings else each.readings for each in found
        ]
        for named in (preferred, [each.readings for each in found]):
            shared = set(range(len(texts))).intersection(*(set(each.values()) for each in named))
            if found and len(shared) == 1:
                return Answer(dict(value), "parts", {"parts": shared.pop()}, None)
        return Answer(dict(value), "parts", {}, None)

    def _worded(self, value: str, texts: Sequence[Any]) -> Answer:
        """An answer in words: the text of a choice, its label, or both; a text goes before a label."""
        readings: dict[str, int] = {}
        if len(value) > _LONGEST:
            return Answer(value, "words", readings, "text")
        said = _COUNTED.sub(r"\1번", _unquoted(value), count=1)
        for wanted in dict.fromkeys([value, said, CALLED.sub("", said, count=1)]):
            readings = readings or _naming(wanted, texts) or _naming(wanted, [unlabelled(text) for text in texts])
        plain = _plain(said)
        truth = _TRUE if plain in _TRUE else _FALSE if plain in _FALSE else None
        if not readings and truth is not None and len(texts) == 2:
            readings = _one("truth", [_plain(text) in truth for text in texts])
        said = _unquoted(CALLED.sub("", said, count=1))
        if (named := one_label(said)) is not None:
            readings |= self._labelled(named, texts)
        elif not readings:
            readings = self._labelled_text(said, texts)
        return Answer(value, "words", readings, "text")

    def _labelled(self, named: re.Match[str], texts: Sequence[Any]) -> dict[str, int]:
        """What a label alone can name: by the choices' own labels, or by their places."""
        label = named["number"] or named["label"]
        if label in FILLED:
            label = CIRCLED[FILLED.index(label)]
        own = [each.upper() if each else each for each in self.labels]
        if label.upper() in own:
            return {"label": own.index(label.upper())}
        if label in CIRCLED:
            label = str(CIRCLED.index(label) + 1)
            if label in own:
                return {"label": own.index(label)}
        if label.upper() in LETTERS:
            place = LETTERS.index(label.upper())
            return _found("label", not set(own) & set(LETTERS) and place < len(texts), place)
        if not label.isdecimal():
            return {}
        number = int(label)
        readings = _found("number", 1 <= number <= len(texts), number - 1)
        return readings if named["number"] else _found("index", 0 <= number < len(texts), number) | readings

    def _labelled_text(self, value: str, texts: Sequence[Any]) -> dict[str, int]:
        """What `B) 5/6` or `5/6 (B)` names: the label and the text must agree."""
        for pattern in (_LABEL_AND_TEXT, _TEXT_AND_LABEL):
            if (both := pattern.fullmatch(value)) is None:
                continue
            text = both["text"].strip()
            inner = text[1:-1] if text[:1] == "(" and text[-1:] == ")" else text
            by_text = _naming(text, texts) or _naming(inner, [unlabelled(each) for each in texts])
            if by_text and by_text["text"] in self._labelled(both, texts).values():
                return {"label": by_text["text"]}
        return {}


def agree(answers: Sequence[Answer]) -> None:
    """Leave only those readings of a question's answers on which an answer that has one reading agrees."""
    certain = {index for each in answers if len(found := set(each.readings.values())) == 1 for index in found}
    if len(certain) != 1:
        return
    for each in answers:
        left = {way: index for way, index in each.readings.items() if index in certain}
        each.readings = left or each.readings


def settled(answer: Answer, given: Sequence[Answer]) -> int | list[int] | None:
    """The choice that an answer names, with all answers `given` in the quiz; a list if several can be meant."""
    readings = answer.readings
    numerals = [each.readings.keys() for each in given if str(each.given).isdecimal()]
    from_0, from_1 = {"index"} in numerals, {"number"} in numerals
    if from_0 and {"index", "number"} & readings.keys():
        readings = {way: index for way, index in readings.items() if way not in {"number", "label"}}
    elif from_1:
        readings = {way: index for way, index in readings.items() if way != "index"} or readings
    alike = [each for each in given if each.kind == answer.kind]
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


def _plain(text: Any) -> str:
    """A text for comparison: one line, without case, dollars around a formula and a full stop."""
    if not isinstance(text, str):
        return ""
    bare_text = one_line("".join(c for c in text if unicodedata.category(c) not in {"Cc", "Cf"} or c.isspace()))
    for opening, closing in (("$$", "$$"), ("$", "$"), ("\\(", "\\)")):
        if bare_text.startswith(opening) and bare_text.endswith(closing) and len(bare_text) > 2 * len(opening):
            bare_text = bare_text[len(opening) : -len(closing)].strip()
    return bare_text.removesuffix(".").strip().casefold()


def _unquoted(text: str) -> str:
    """A text without the marks of emphasis, code and quotation around it or around its label, in ASCII's width."""
    text = text.translate(_FULL_WIDTH).strip()
    while (quoted := _QUOTED.fullmatch(text)) is not None:
        text = quoted[2].strip()
    return _BOLD_LABEL.sub(r"\1", text, count=1)


def _naming(said: str, texts: Sequence[Any]) -> dict[str, int]:
    """The choice whose text was said: as it is written, else without regard to spaces, dollars and emphasis."""
    exact = _one("text", [_plain(text) == _plain(said) for text in texts])
    if exact or not _plain(said):
        return exact
    loose = [_MARKS.sub("", _plain(text)) for text in texts]
    return _one("text", [text == _MARKS.sub("", _plain(said)) for text in loose])


def _found(way: str, possible: bool, index: int) -> dict[str, int]:
    return {way: index} if possible else {}


def _one(way: str, matches: Sequence[bool]) -> dict[str, int]:
    return {way: list(matches).index(True)} if sum(matches) == 1 else {}
