"""The labels of choices, as models write them: `B)`, `**B.**`, `Option B:`, `②`, `2번`, `나.`."""

import re
from collections.abc import Sequence
from typing import Any, Final

LETTERS: Final = "ABCDEFGHIJ"
CIRCLED: Final = "①②③④⑤⑥⑦⑧⑨⑩"
FILLED: Final = "❶❷❸❹❺❻❼❽❾❿"

LABEL: Final = (
    r"[(\[]?(?:(?P<number>(?:10|[1-9])(?=\s*번)|[①-⑩❶-❿])|(?P<label>10|[0-9A-Za-z가-힣ㄱ-ㅎ]))"
    r"\s*[)\].:]?\s*(?:번째|번)?"
)
"""A label that names a choice: `number` is one that counts from 1 in any case, `label` another."""
LETTER: Final = re.compile(
    r"(?:(?:Option|Choice|보기)\s+)?(\*\*)?[(\[]?([A-J])(?:\s*[).:\]]\s*|\s+[-–—]\s+)(?(1)\*\*\s*)(?=\S)", re.IGNORECASE
)
"""A letter in front of a choice; the second group is the letter."""
CALLED: Final = re.compile(
    r"(?:(?:the )?(?:correct |right )?(?:answer|option|choice)(?: is)?|정답은?|답은?)\s*[:：]?\s*(?=\S)", re.IGNORECASE
)
"""Words in front of an answer or a label: `The answer is …`, `정답: …`."""
_OWN: Final = re.compile(r"\(?(10|[1-9A-Ja-j가-힣ㄱ-ㅎ])(?:\)|[.:](?![0-9A-Za-z]))\s*(?=\S)|([①-⑩])\s*(?=\S)")
_ONE: Final = re.compile(rf"{LABEL}\s*(?:is (?:the )?(?:correct|right)(?: answer| one)?|이다|입니다)?\.?")
_SERIES: Final = (
    LETTERS,
    LETTERS.lower(),
    "123456789",
    "0123456789",
    CIRCLED,
    "가나다라마바사아자차",
    "ㄱㄴㄷㄹㅁㅂㅅㅇㅈㅊ",
)


def one_label(text: str) -> re.Match[str] | None:
    """A text that is one label and nothing else, with the groups of `LABEL`."""
    return _ONE.fullmatch(CALLED.sub("", text.strip(), count=1))


def bare_label(text: str) -> str | None:
    """The label alone, of a text that is one: `option_b` has none, `Option B.` has `B`."""
    named = one_label(text)
    return named["number"] or named["label"] if named else None


def own_label(text: Any) -> str | None:
    """The label that a text begins with."""
    if not isinstance(text, str):
        return None
    if (found := LETTER.match(text)) is not None:
        return found[2]
    found = _OWN.match(text)
    return found[1] or found[2] if found is not None else None


def unlabelled(text: Any) -> str:
    """A text without its label."""
    if not isinstance(text, str):
        return ""
    found = LETTER.match(text) or _OWN.match(text)
    return text[found.end() :] if found else text


def count_up(labels: Sequence[str | None]) -> bool:
    """Whether labels count up from the first of their kind."""
    if len(labels) < 2 or None in labels:
        return False
    return any(list(labels) == [*series, "10"][: len(labels)] for series in _SERIES)
