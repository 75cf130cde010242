"""The part of a question that asks for a form: `…, in lowest terms`, `to two decimal places`, `대분수로 나타내면?`.

It is taken off, and the rest says which value is meant. Only what can be meant in one way is understood: a question
that asks for `3 significant figures`, for the nearest ten, or for a truncated number, is left alone.
"""

import re
from dataclasses import dataclass
from typing import Final, Literal

AskedForm = Literal["simplest", "mixed", "improper", "scientific", "rounded"]

_NUMBERS: Final = {
    "one": 1, "two": 2, "three": 3, "four": 4, "1": 1, "2": 2, "3": 3, "4": 4, "first": 1, "second": 2, "third": 3,
    "첫": 1, "둘": 2, "셋": 3, "넷": 4, "한": 1, "두": 2, "세": 3, "네": 4,
}  # fmt: skip

_SIMPLEST: Final = (
    r"(?:(?:reduced|simplified|as a(?: (?:reduced|simplified))? fraction)\s+)?"
    r"(?:in|to|into)\s+(?:its\s+|the\s+|their\s+)?(?:lowest\s+terms?|simplest\s+(?:form|terms?)|fully\s+reduced\s+form"
    r"|reduced\s+form)|as\s+a\s+(?:fully\s+)?(?:reduced|simplified)\s+fraction"
)
_ALSO_SIMPLEST: Final = r"(?:,?\s+in\s+(?:its\s+)?(?:lowest\s+terms?|simplest\s+(?:form|terms?)))?"
_MIXED: Final = (
    r"(?:as|to|into)\s+a\s+(?:simplified\s+)?mixed\s+(?:number|fraction|numeral)" + _ALSO_SIMPLEST
)  # fmt: skip
_IMPROPER: Final = r"(?:as|to|into)\s+an\s+improper\s+fraction" + _ALSO_SIMPLEST
_SCIENTIFIC: Final = r"in\s+scientific\s+notation"
_ROUNDED: Final = (
    r"(?:as\s+a\s+decimal,?\s+)?(?:(?:rounded|correct|accurate)\s+)?to\s+"
    r"(?P<places>one|two|three|four|[1-4])\s+(?:decimal\s+places?|decimals|d\.?\s?p\.?)"
)
_FORMS: Final[tuple[tuple[AskedForm, str], ...]] = (
    ("simplest", _SIMPLEST), ("mixed", _MIXED), ("improper", _IMPROPER), ("scientific", _SCIENTIFIC),
    ("rounded", _ROUNDED),
)  # fmt: skip


def _unnamed(words: str) -> str:
    """The pattern with other names for its groups: a name may stand once."""
    return re.sub(r"\(\?P<([a-z]+)>", r"(?P<first_\1>", words)


_GIVE: Final = (
    r"(?:(?:and\s+)?(?:give|write|express|state|leave|simplify|put|round)\s+(?:your\s+|the\s+)?(?:final\s+)?"
    r"(?:answer|result|it)\s+)?"
)
_ENGLISH: Final = [
    (
        form,
        re.compile(
            rf"(?:(?<!\s)\s++)?+(?:[,;.(]\s*+)?{_GIVE}{words}\s*+(?:\)\s*+)?(?=[?.:]|$|(?:equals?|is|are)\b)"
            rf"|^\s*(?:(?:written|expressed)\s+)?(?:{_unnamed(words)})\s*,\s*",
            re.IGNORECASE,
        ),
    )
    for form, words in _FORMS
]

_SHOWN: Final = (
    r"(?:나타내|바꾸|고치|쓰|표현하|구하)(?:면|시오|세요|어라|여라|십시오)?"
    r"(?:\s*+(?:얼마|무엇)(?:인가요|일까요|입니까)?)?"
)
_FIRST: Final = r"(?:(?<!\s)\s++)?+(?:(?:을|를|은|는)\s*+)?+(?:(?:계산|약분|반올림)(?:하여|해서|하고)\s*+)?+"
_KOREAN: Final[list[tuple[AskedForm, re.Pattern[str]]]] = [
    (
        "simplest",
        re.compile(rf"{_FIRST}(?:가장\s*)?(?:기약\s*분수|간단한\s*분수)(?:로|으로)\s*{_SHOWN}\s*+(?:[?.]\s*+)?$"),
    ),
    (
        "simplest",
        re.compile(
            r"(?:(?<!\s)\s++)?+(?:와|과)\s*+(?:(?:값이|크기가)\s*+)?같은\s*+기약\s*+분수(?:는|은|를|을)?.{0,12}$"
        ),
    ),
    ("mixed", re.compile(rf"{_FIRST}대분수로\s*{_SHOWN}\s*+(?:[?.]\s*+)?$")),
    ("improper", re.compile(rf"{_FIRST}가분수로\s*{_SHOWN}\s*+(?:[?.]\s*+)?$")),
    (
        "rounded",
        re.compile(
            r"(?:(?<!\s)\s++)?+(?:(?:을|를|은|는)\s*+)?+(?:(?:계산하여|계산해서)\s*+)?+(?:반올림(?:하여|해서)\s*+)?+소수\s*(?P<places>첫|둘|셋|넷|한|두|세|네)\s*"
            rf"(?:째|번째)\s*자리까지\s*(?:반올림(?:하여|해서)\s*)?(?:{_SHOWN}|반올림(?:하면|하시오|하세요))\s*+(?:[?.]\s*+)?$"
        ),
    ),
    (
        "rounded",
        re.compile(
            r"(?:(?<!\s)\s++)?+(?:(?:을|를|은|는)\s*+)?+(?:(?:계산하여|계산해서)\s*+)?+소수\s*(?P<at>첫|둘|셋|넷|한|두|세|네)\s*(?:째|번째)\s*자리에서\s*"
            rf"(?:반올림(?:하면|하시오|하세요)|반올림(?:하여|해서)\s*{_SHOWN})\s*+(?:[?.]\s*+)?$"
        ),
    ),
]
_ROUNDS: Final = re.compile("반올림")


@dataclass(frozen=True, slots=True)
class FormClause:
    """The form that is asked for, and the question without it; `places`: of a rounded decimal."""

    form: AskedForm
    rest: str
    places: int | None = None


def form_clause(question: str) -> FormClause | None:
    """The only clause of a question that asks for a form; None if there is none, or more than one."""
    korean = bool(re.search(r"[가-힣]", question))
    found = [
        (form, match)
        for form, pattern in (_KOREAN if korean else _ENGLISH)
        for match in pattern.finditer(question)
    ]  # fmt: skip
    whole = [  # `as a mixed number in simplest form` is one clause
        (form, match) for form, match in found if not any(_is_within(match, other) for _, other in found)
    ]
    if len(whole) != 1:
        return None
    form, match = whole[0]
    rest = f"{question[: match.start()]} {'' if korean else question[match.end() :]}".strip()
    if not rest:
        return None
    if form != "rounded":
        return FormClause(form, rest)
    if korean and not _ROUNDS.search(match[0]):
        return None  # `소수 둘째 자리까지` may be meant as truncated
    return FormClause(form, rest, _places(match))


def _is_within(match: re.Match[str], other: re.Match[str]) -> bool:
    return other is not match and other.start() <= match.start() and match.end() <= other.end()


def _places(match: re.Match[str]) -> int:
    """How many places a decimal is rounded to: `둘째 자리까지` two, `셋째 자리에서 반올림` two as well."""
    groups = {name.removeprefix("first_"): given for name, given in match.groupdict().items() if given}
    if groups.get("at"):
        return _NUMBERS[groups["at"]] - 1
    return _NUMBERS[groups["places"].lower()]
