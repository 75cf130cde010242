"""Finds the explanation that a message asks for."""

import re
from typing import Final

from assistants.models.offline.explanations.algebra_ideas import ALGEBRA_IDEAS
from assistants.models.offline.explanations.calculus_ideas import CALCULUS_IDEAS
from assistants.models.offline.explanations.explanation import Explanation
from assistants.models.offline.explanations.number_ideas import NUMBER_IDEAS
from assistants.models.offline.explanations.shape_ideas import SHAPE_IDEAS

IDEAS: Final[tuple[Explanation, ...]] = (*CALCULUS_IDEAS, *ALGEBRA_IDEAS, *NUMBER_IDEAS, *SHAPE_IDEAS)
MOST_OTHER_WORDS: Final = 2
"""A question on an idea has at most so many words that are neither the idea's nor those of questions."""

_ASKED: Final = re.compile(
    r"\bwhat(?:'?s|\s+is|\s+are|\s+does|\s+do)\b|\bhow\s+(?:to|do|does|can|are|is)\b|\bexplain|\bteach|\bshow\s+me\s+how|\btell\s+me\s+about"
    r"|\bdefin(?:e|ition)|\bmeaning\b|\bformulas?\b|\bhelp\b|\bunderstand\b|\blearn\b|\bmethods?\b|\bintroduc|\bmeans?\b"
    r"|뭐\s*(?:야|예요|에요|죠|지|임|니)|뭔(?:가|지|데)|무엇|(?:이란|란)\b|란\s*\?|어떻게|설명|알려|가르쳐|정의|공식|방법|하는\s*법|구하는\s*법|푸는\s*법|뜻"
    r"|이해가?\s*(?:안|못)|모르겠|배우고|개념|원리",
    re.IGNORECASE,
)
_FILLER: Final = re.compile(
    r"\b(?:what|whats|what's|is|are|does|do|did|how|to|can|could|would|you|we|i|one|explain|teach|show|tell|me|us|about|the|a|an|of|in|on|for|and|or|"
    r"with|please|pls|plz|define|definition|meaning|mean|means|formula|formulas|help|understand|don'?t|get|learn|method|methods|solve|solving|find|"
    r"finding|calculate|calculating|compute|work|works|working|use|using|it|its|simple|simply|words|terms|example|examples|maths?|mathematics|school|"
    r"idea|concept|rule|rules|theorem|basics?|general|generally|again|hi|hello|hey|saem|teacher|ok|okay|so|my|want|need|add|subtract|multiply|divide|"
    r"draw|graph|write|convert|simplify|evaluate|step|steps|by|like|i'm|five|5|year|old|kid|numbers?|expressions?|problems?|some|any|all|when|why|there|"
    r"line|lines|linear|two|different|denominators?|exactly|really|actually|new|just|first|know|question|have|that|this|they|them|from|into)\b",
    re.IGNORECASE,
)
_ENDINGS: Final = re.compile(
    r"설명|알려|가르쳐|어떻게|무엇|뭐|방법|개념|공식|정의|원리|뜻|주세요|줘|해|하는|푸는|구하는|풀|법|좀|선생님|쌤|수학|에서|대해|대하여|쉽게|자세히|"
    r"예를|들어|이해|안|못|모르|배우|싶|계산|인가|입니|이란|란|어떤|건가|건지|하나|있|되|가지"
)
_BARE: Final = re.compile(r"^\W*(?:the\s+)?\w+(?:\s+\w+){0,2}\W*$")


def named_idea(text: str) -> Explanation | None:
    """The idea that a text names; None if it names none. A name in a longer one (함수 in 삼각함수) names nothing."""
    found = [(match, one) for one in IDEAS for match in re.finditer(one.words, text, re.IGNORECASE)]
    return next(
        (
            one
            for match, one in found
            if not any(
                other.start() <= match.start() and match.end() <= other.end() and len(other[0]) > len(match[0])
                for other, _ in found
            )
        ),
        None,
    )


def explanation_of(text: str) -> Explanation | None:
    """The explanation that a message asks for; None if it asks for none, or is about something else besides."""
    idea = named_idea(text)
    if idea is None:
        return None
    rest = re.sub(idea.words, " ", text, flags=re.IGNORECASE)
    others = [
        word
        for word in re.findall(r"[A-Za-z][A-Za-z']+|[가-힣]{2,}", _FILLER.sub(" ", rest))
        if not _ENDINGS.search(word)
    ]
    bare = _BARE.match(text) is not None and not others
    return idea if (_ASKED.search(text) and len(others) <= MOST_OTHER_WORDS) or bare else None
