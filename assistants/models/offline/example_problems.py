"""Example problems: for a topic that a student wants explained, and for a kind of problem."""

import re

from maths.reading.intent import ProblemKind
from maths.reading.lexer import tokenize
from maths.reading.parser import parse
from maths.reading.problems import Problem

_ASKED = re.compile(
    r"\bwhat(?:'s|\s+is|\s+are|\s+does)\b|\bhow\s+(?:to|do|does|can)\b|\bexplain|\bteach|\bshow\s+me|\btell\s+me\s+about"
    r"|뭐\s*(?:야|예요|에요|죠|지|임)|뭔(?:가|지|데)|무엇|(?:이란|란)\b|어떻게|설명|알려|가르쳐",
    re.IGNORECASE,
)
_TOPICS: tuple[tuple[str, ProblemKind, tuple[str, ...]], ...] = (
    (r"anti-?derivative|\bintegra(?:l|te|tion)|적분", "integral", ("3x^2 + 4x",)),
    (r"derivative|differentia|미분|도함수", "derivative", ("x^3 + 2x",)),
    (r"\blimits?\b|극한", "limit", ("lim x->1 (x^2-1)/(x-1)",)),
    (r"prime\s+factor|소인수", "primes", ("60",)),
    (r"\bfactor(?:i[sz]e|ing|i[sz]ation)|인수\s*분해", "factor", ("x^2 + 5x + 6",)),
    (r"\bexpan(?:d|sion)|전개", "expand", ("(x + 2)(x + 3)",)),
    (r"greatest\s+common|\bgcd\b|\bhcf\b|최대\s*공약수", "gcd", ("12", "18")),
    (r"least\s+common|\blcm\b|최소\s*공배수", "lcm", ("4", "6")),
    (r"simultaneous|systems?\s+of|연립", "solve", ("2x + y = 5", "x - y = 1")),
    (r"inequalit|부등식", "solve", ("2x + 1 < 7",)),
    (r"quadratic\s+formula|근의\s*공식", "solve", ("x^2 + 3x + 1 = 0",)),
    (r"quadratic|이차\s*방정식|근의\s*공식", "solve", ("x^2 - 5x + 6 = 0",)),
    (r"absolute\s+value|절[댓대]값", "solve", ("|x - 3| = 5",)),
    (r"equations?\b|방정식", "solve", ("3x + 11 = 14",)),
    (r"divi[ds].*fraction|fraction.*divi[ds]|분수.*(?:나누|나눗)|(?:나누|나눗).*분수", "evaluate", ("1/2 ÷ 3/4",)),
    (r"multipl.*fraction|fraction.*multipl|분수.*(?:곱하|곱셈)|(?:곱하|곱셈).*분수", "evaluate", ("2/3 * 4/5",)),
    (r"\bfractions?\b|분수|통분", "evaluate", ("1/2 + 1/3",)),
    (r"\bpercent|백분율|퍼센트", "evaluate", ("15% * 80",)),
    (r"square\s+roots?|제곱근|루트", "evaluate", ("sqrt(72)",)),
    (r"\baverages?\b|\bmean\b|평균", "mean", ("3", "5", "10")),
)  # fmt: skip
_KNOWN = [(re.compile(words, re.IGNORECASE), kind, texts) for words, kind, texts in _TOPICS]
KIND_EXAMPLES: dict[ProblemKind, str] = {
    "solve": "3x + 11 = 14", "derivative": "x^3 + 2x", "integral": "3x^2 + 4x", "factor": "x^2 + 5x + 6",
    "expand": "(x + 2)(x + 3)", "simplify": "(x^2 - 4)/(x - 2)", "evaluate": "1/2 + 1/3", "primes": "60",
}  # fmt: skip


def example_of(text: str) -> Problem | None:
    """An example of the topic that a text wants explained; None if there is none, or it is unknown."""
    return named_example(text) if _ASKED.search(text) else None


def named_example(text: str) -> Problem | None:
    """An example of the topic that a text names; None if it names no known topic."""
    for words, kind, texts in _KNOWN:
        if words.search(text):
            return Problem(kind, tuple(parse(tokenize(one)) for one in texts))
    return None


def example_of_kind(kind: ProblemKind | None) -> Problem:
    """An example of a kind of problem; an equation for a kind without one."""
    wanted = kind if kind in KIND_EXAMPLES else "solve"
    return Problem(wanted, (parse(tokenize(KIND_EXAMPLES[wanted])),))
