"""Letters, numbers and dates in a sentence that ask for nothing: `sink`, `room 3B`, `10:30`, `the test is on 12/5`."""

import re
from collections.abc import Sequence
from typing import Final

from maths.reading.arithmetic_in_words import with_signs
from maths.reading.intent import Intent
from maths.reading.lexer import tokenize
from maths.reading.nodes import Call, Frac, Postfix, Power, Root, variables_of, walk
from maths.reading.problems import Problem
from maths.reading.spans import Span

_LABELS: Final = frozenset(
    [
        "page", "pages", "pp", "chapter", "section", "room", "grade", "class", "unit", "lesson", "version", "level",
        "seat", "figure", "table", "bus", "flight", "gate", "vitamin", "the", "plan", "group", "team", "in", "on",
        "phone", "number", "type", "size", "paper", "line", "row", "season", "episode", "at",
    ]
)  # fmt: skip
_COUNTERS: Final = re.compile(r"^(?:쪽|페이지|반|번(?!째)|장|호|학년|월|층|권|회|동|형|용지|조|과|단원|판|급|팀)")
_AMOUNTS: Final = re.compile(r"^(?:개|명|컵|잔|병|살|마리|번째|주일|개월|점\b|반(?:\b|에|의|이))")
_FEW: Final = re.compile(r"^\d+[-~/]\d+$")
_CLOCK: Final = re.compile(r"^\d{1,2}:[0-5]\d(?::[0-5]\d)?$")
_RANGE: Final = re.compile(r"^\d+(?:[-~.]\d+)*$")
_LETTERED: Final = re.compile(r"^(?:\d*[A-Z]{1,2}\d*|[A-Z]{2,3}|[A-Z]/[A-Z]|[A-Z]-\d+)$")
_RATIO: Final = re.compile(r"ratio|비율|비례|비를|비는|비로|비로|비의|simplest|간단한", re.IGNORECASE)
_ASKING: Final = re.compile(
    r"what|whats|how|much|many|is|are|was|be|the|an|it|its|this|that|value|result|of|do|does|did|can|could|would|will|you"
    r"|me|my|we|us|please|plz|pls|help|with|calculate|compute|evaluate|solve|work|out|find|tell|give|get|got|answer"
    r"|to|for|equals?|as|in|at|and|or|if|so|then|by|on|one|question|problem|homework|hw|maths?|fractions?|decimals?|ratio"
    r"|simplest|lowest|form|terms|hey|hi|hello|yo|saem|teacher|sir|miss|bro|dude|thanks?|thx|ty|ok|okay|need|show|steps?"
    r"|explain|why|sum|difference|product|quotient|divided|minus|plus|times|[a-z]?(?:sin|cos|tan|log|ln|sqrt|pi|root)[a-z]?"
    r"|.*(?:계산|얼마|값|답|뭐|무엇|뭔|풀|알려|도와|구하|구해|쌤|선생|부탁|어떻|어케|주세요|해줘|해주|이거|이건|가르|간단|맞|안녕|제발"
    r"|문제|숙제|모르|더하|더한|빼|곱하|곱한|나누|나눈|설명|분수|소수|약분|결과|비율|비례|비를|비는|비로|합은|합을|차는|차를|하면|이요|입니다).*",
    re.IGNORECASE,
)
_BEYOND: Final = re.compile(
    r"\bprove\b|\bproof\b|\binverse\s+(?:of|function)|\b(?:domain|range)\s+of\s+(?!integer|real|natural|the\s+(?:integer|real|natural)"
    r"|(?:the\s+)?(?:\w+\s+){0,2}[-−]?\d[\d.]*\s*[,\s]\s*[-−]?\d)|\basymptotes?\b"
    r"|\bstandard\s+deviation|\bvariance\b|\bremainder\b(?!.*(?:\bdivided|\d\s*/\s*\d))|\bround(?:ed)?\b.*\bto\b|\bprobability\b|\bdeterminant\b|\bmatri(?:x|ces)\b"
    r"|\bdistance\s+between|\bmidpoint\b|\btaylor\b|\bmaclaurin\b|\bvolume\s+of\b|\bperimeter\b|\bcircumference\b"
    r"|증명|정의역|치역|역함수|점근선|표준편차|분산"
    r"|(?<!\) )(?<!\))(?<!나눈 )(?<!나눈)(?<!나눌 때 )(?<!나눴을 때 )(?<!나누었을 때 )나머지"
    r"|반올림|확률|행렬|두\s*점\s*사이|중점|테일러|부피|둘레",
    re.IGNORECASE,
)
_CODE: Final = re.compile(
    r"\bprint\s*\(|\bdef\s+\w+\(|\breturn\b[^.?!\n]*;|console\.log|#include|\bimport\s+\w+|\bSELECT\b.+\bFROM\b"
    r"|\b(?:int|float|double|let|const|var|char|bool)\s+\w+\s*=[^=\n]*;|\bfor\s*\([^)\n]*;|\b(?:if|while)\s*\(.*\)\s*\{"
    r"|\b(?:npm|pip3?|git|sudo|docker|curl)\s+[a-z-]+|^\s*>>>\s"
)
_ONE_SCRIPT: Final = re.compile(r"[가-힣]{2,}|[^\W\d_가-힣]{2,}")
_WORD: Final = re.compile(r"[^\W\d_]{2,}")
_SHOUTED: Final = re.compile(r"\d[-/:]\d+!+\s*(?:$|[^-+*/\s\d])")
"""`we won 3-2!`."""
_QUANTITY: Final = re.compile(
    r"(?<![\w.])\d+(?:\.\d+)?\s?(?:km|cm|mm|kg|mg|ml|mL|hours?|minutes?|시간|분(?!의)|초)(?![A-Za-z^])|\d\s?°\s?[CF]\b"
    r"|(?:how\s+many|몇)\s*(?:km|k?g|[cm]?m|m?[lL]|hours|minutes|seconds|meters|metres|grams|lit(?:er|re)s|시간|분|초)\b",
    re.IGNORECASE,
)


def in_passing(span: Span, intent: Intent, text: str) -> bool:
    """Whether a span only looks like mathematics, in a sentence that asks for none."""
    if intent.kind not in {None, "evaluate"}:
        return False
    written = span.text.replace(" ", "")
    if _AMOUNTS.match(span.after) and _FEW.match(written):
        return True
    if not _WORD.search(text.replace(span.text, " ", 1)):
        return False
    if _is_lone_run(span) or _is_letters(span) or _is_quantity(span):
        return True
    if _CLOCK.match(written):
        return not _RATIO.search(text)
    labelled = span.before in _LABELS or bool(_COUNTERS.match(span.after))
    if _LETTERED.match(written):
        return len(written) > 1
    return labelled and " " not in span.text and bool(_RANGE.match(written))


def _is_quantity(span: Span) -> bool:
    """Whether a unit follows the number at once, as in `7-8pm`."""
    return span.glued and span.tokens[-1].kind == "num" and span.after.isascii()


def foreign_words(text: str) -> list[str]:
    """The words that neither ask for a calculation nor are polite phrases: beside them a sum may ask for nothing.

    Raises:
        UnreadableNumber: a number is too long.
    """
    read = [token.text for token in tokenize(with_signs(text)) if token.kind == "word"]
    return [word for one in read for word in _ONE_SCRIPT.findall(one) if not _ASKING.fullmatch(word)]


def without_asides(problems: Sequence[Problem], text: str) -> tuple[Problem, ...]:
    """`the test is on 12/5, solve 2x = 8`: beside a problem with letters, a lone fraction is a date or the like.

    Raises:
        UnreadableNumber: a number is too long.
    """
    lettered = [one for one in problems if any(variables_of(node) for node in one.nodes)]
    if not lettered or not foreign_words(text):
        return tuple(problems)
    return tuple(one for one in problems if one.kind != "evaluate" or not isinstance(one.nodes[0], Frac))


def asks_nothing(problems: Sequence[Problem], intent: Intent, text: str) -> bool:
    """Whether all that was read are years, dates, scores, quantities with units or lone percentages in a sentence.

    Raises:
        UnreadableNumber: a number is too long.
    """
    if _QUANTITY.search(text) or (_are_percentages(problems) and len(re.findall(r"\d+", text)) > 1):
        return True
    if not problems or intent.kind not in {None, "evaluate", "solve"}:
        return False
    worked = (Power, Root, Call) if _SHOUTED.search(text) else (Power, Root, Call, Postfix)
    plain = all(
        problem.kind == "evaluate"
        and not any(isinstance(part, worked) for node in problem.nodes for part in walk(node))
        for problem in problems
    )
    signs = re.search(r"[=+*×÷^]|\d\s+[-/]\s+\d|\d\s*[xX]\s*\d", with_signs(text))
    return plain and not signs and bool(foreign_words(text))


def _are_percentages(problems: Sequence[Problem]) -> bool:
    """Whether only percentages such as `25%` were read."""
    nodes = [node for problem in problems for node in problem.nodes if problem.kind == "evaluate"]
    return len(nodes) == len(problems) > 0 and all(isinstance(node, Postfix) and node.mark == "%" for node in nodes)


def is_beyond(text: str) -> bool:
    """Whether a message asks for something that is not known here, such as a proof or an inverse."""
    return bool(_BEYOND.search(text))


def is_code(text: str) -> bool:
    """Whether a message is a program or a command, and no mathematics."""
    return bool(_CODE.search(text))


def _is_lone_run(span: Span) -> bool:
    """Whether a span is a word such as `sink` or `pint`: a function's name, and letters besides x, y and z."""
    if len(span.tokens) < 2 or any(token.spaced for token in span.tokens[1:]):
        return False
    if any(token.kind not in {"name", "func", "const"} for token in span.tokens):
        return False
    letters = {token.text for token in span.tokens if token.kind == "name" and len(token.text) == 1}
    return not letters <= set("xyz") and any(len(token.text) > 1 for token in span.tokens)


def _is_letters(span: Span) -> bool:
    """Whether a span is single letters, such as `r u` in `r u ok`."""
    return len(span.tokens) > 1 and all(
        token.kind == "name" and len(token.text) == 1 and (token.spaced or place == 0)
        for place, token in enumerate(span.tokens)
    )
