"""Reads sentences that do something with numbers: `subtract 3 from 10`, `12에서 7을 빼면`, `a number plus 7 is 15`."""

import re
from collections.abc import Callable
from fractions import Fraction
from typing import Final

from maths.reading.arithmetic_in_words import NUMBER_WORDS
from maths.reading.word_problems.word_problem import NotOneStep

_NUMBER: Final = r"-?\d{1,12}(?:\.\d{1,9})?(?:/\d{1,9})?"
_UNKNOWN: Final = re.compile(
    r"\b(?:(?:a|an|some|the|what|which|one|my|this|that)\s+(?:certain\s+|unknown\s+|whole\s+|positive\s+)?number|x)\b"
    r"(?!\s+of\b|\s+is\s+-?\d+\s+(?:more|less|fewer)\b)"
    r"|\bwhat\b(?=\s+(?:plus|minus|times|divided|multiplied|added)\b)"
    r"|(?<=\bplus )what\b|(?<=\bminus )what\b|(?<=\btimes )what\b|(?<=divided by )what\b"
    r"|(?:어떤|임의의|모르는)\s*(?:자연수|정수|수)(?=에|의|를|을|와|과|보다|\s*[-+*/])",
    re.IGNORECASE,
)
_TERM: Final = rf"(\((?:[^()]|\([^()]*\)){{1,60}}\)|x|{_NUMBER})(?![\w%]|\s*(?:%|percent))"
_TERM_KO: Final = rf"(\((?:[^()]|\([^()]*\)){{1,60}}\)|x|{_NUMBER})"
_SUMS: Final = {"sum": "+", "product": "*", "difference": "-", "quotient": "/", "합": "+", "곱": "*", "차": "-"}
_TIMES: Final = {"double": "2", "twice": "2", "triple": "3", "thrice": "3", "half": "1/2", "quadruple": "4"}
_AND: Final = r"\s+(?:and|with)\s+"


def _of_two(match: re.Match[str]) -> str:
    """The sum, product, difference or quotient of two; of two numbers the smaller is taken from the larger."""
    names = [one for one in match.groups() if one and one.lower() in _SUMS]
    left, right = [one for one in match.groups() if one and one.lower() not in _SUMS]
    sign = _SUMS[names[0].lower()]
    if sign == "-" and all(re.fullmatch(_NUMBER, one) for one in (left, right)):
        left, right = sorted((left, right), key=_value, reverse=True)
    return f"({left} {sign} {right})"


def _value(text: str) -> Fraction:
    top, _, bottom = text.partition("/")
    return Fraction(top) / (Fraction(bottom) or 1) if bottom else Fraction(top)


_ASKED: Final = r"\b(?:what(?:'s|\s+is)|how\s+much\s+is|find|calculate|what\s+number\s+is)"
Told = str | Callable[[re.Match[str]], str]
_ENGLISH: Final[tuple[tuple[str, Told], ...]] = (
    (rf"\b(?:the\s+)?(sum|product|difference|quotient)\s+(?:of|between)\s+{_TERM}{_AND}{_TERM}", _of_two),
    (rf"\b(double|twice|triple|thrice|quadruple)\s+{_TERM}", lambda m: f"({_TIMES[m[1].lower()]} * {m[2]})"),
    (rf"\bhalf\s+(?:of\s+)?{_TERM}", r"(\1 / 2)"),
    (rf"\badd\s+{_TERM}{_AND}{_TERM}", r"(\1 + \2)"),
    (rf"\badd\s+{_TERM}\s+to\s+{_TERM}", r"(\2 + \1)"),
    (rf"\b(?:subtract|take|deduct)\s+{_TERM}\s+(?:away\s+)?from\s+{_TERM}", r"(\2 - \1)"),
    (rf"\bmultiply\s+{_TERM}\s+(?:by|and|with|times)\s+{_TERM}", r"(\1 * \2)"),
    (rf"\bdivide\s+{_TERM}\s+by\s+{_TERM}", r"(\1 / \2)"),
    (rf"{_ASKED}\s+{_TERM}\s+more\s+than\s+{_TERM}", r"(\2 + \1)"),
    (rf"{_ASKED}\s+{_TERM}\s+(?:less|fewer)\s+than\s+{_TERM}", r"(\2 - \1)"),
    (rf"{_TERM}\s+(?:is\s+)?(?:added\s+to|more\s+than)\s+(x|\([^()]*\))", r"(\2 + \1)"),
    (rf"{_TERM}\s+(?:is\s+)?(?:subtracted\s+from|less\s+than|fewer\s+than)\s+(x|\([^()]*x[^()]*\))", r"(\2 - \1)"),
    (rf"{_TERM}\s+(?:is\s+)?(?:increased\s+by|plus)\s+{_TERM}", r"(\1 + \2)"),
    (rf"{_TERM}\s+(?:is\s+)?(?:decreased\s+by|reduced\s+by|minus)\s+{_TERM}", r"(\1 - \2)"),
    (rf"{_TERM}\s+(?:is\s+)?(?:times|multiplied\s+by)\s+{_TERM}", r"(\1 * \2)"),
    (rf"{_TERM}\s+(?:is\s+)?divided\s+by\s+{_TERM}", r"(\1 / \2)"),
)
_EXPRESSION: Final = r"((?:(?![A-Za-z]{2})[-+*/^().²³0-9A-Za-z ]){1,60}?)"
"""A short formula; no words."""
_END: Final = r"(?=\s*(?:[.,?!]|$|please))"
_ALGEBRA: Final[tuple[tuple[str, Told], ...]] = (
    (rf"\bdivide\s+{_EXPRESSION}\s+by\s+{_EXPRESSION}{_END}", r"(\1)/(\2)"),
    (rf"\bmultiply\s+{_EXPRESSION}\s+(?:by|and|with|times)\s+{_EXPRESSION}{_END}", r"(\1)*(\2)"),
    (rf"\b(?:subtract|take)\s+{_EXPRESSION}\s+(?:away\s+)?from\s+{_EXPRESSION}{_END}", r"(\2) - (\1)"),
    (rf"\badd\s+{_EXPRESSION}\s+(?:and|to|with)\s+{_EXPRESSION}{_END}", r"(\1) + (\2)"),
    (
        r"(\d+(?:\.\d+)?)\s*(?:%|percent)\s+(?:more|larger|greater|bigger)\s+than\s+(\d+(?:\.\d+)?)(?![\d.])",
        r"\2 + \1%",
    ),
    (r"(\d+(?:\.\d+)?)\s*(?:%|percent)\s+(?:less|smaller|fewer)\s+than\s+(\d+(?:\.\d+)?)(?![\d.])", r"\2 - \1%"),
    (
        r"(\d+(?:\.\d+)?)\s*보다\s*(\d+(?:\.\d+)?)\s*(?:%|퍼센트|프로)\s*(?:만큼\s*)?(?:더\s*)?(?:큰|많은)\s*[수값]",
        r"\1 + \2%",
    ),
    (
        r"(\d+(?:\.\d+)?)\s*보다\s*(\d+(?:\.\d+)?)\s*(?:%|퍼센트|프로)\s*(?:만큼\s*)?(?:더\s*)?(?:작은|적은)\s*[수값]",
        r"\1 - \2%",
    ),
)
_DONE: Final = r"(?:하면|하여|해서|하고|하니|한|함|면|ㄴ|했더니|였더니|더니)?"
_OBJECT: Final = r"\s*(?:[을를])\s*"
_KOREAN: Final[tuple[tuple[str, Told], ...]] = (
    (rf"{_TERM_KO}\s*의\s*({_NUMBER})\s*배(?:를|을)?", r"(\2 * \1)"),
    (rf"{_TERM_KO}\s*에\s*{_TERM_KO}{_OBJECT}더(?:한|해|하){_DONE}", r"(\1 + \2)"),
    (rf"{_TERM_KO}\s*에서\s*{_TERM_KO}{_OBJECT}(?:뺀|빼|뺐){_DONE}", r"(\1 - \2)"),
    (rf"{_TERM_KO}\s*에\s*{_TERM_KO}{_OBJECT}곱(?:한|해|하){_DONE}", r"(\1 * \2)"),
    (rf"{_TERM_KO}\s*[을를]\s*{_TERM_KO}\s*(?:으로|로)\s*나(?:눈|누|눴){_DONE}", r"(\1 / \2)"),
    (rf"{_TERM_KO}\s*[와과]\s*{_TERM_KO}\s*[을를]\s*더(?:한|해|하){_DONE}", r"(\1 + \2)"),
    (rf"{_TERM_KO}\s*[와과]\s*{_TERM_KO}\s*[을를]\s*곱(?:한|해|하){_DONE}", r"(\1 * \2)"),
    (rf"{_TERM_KO}\s*[와과]\s*{_TERM_KO}\s*의\s*(합|곱|차)(?![가-힣]{{2}})", _of_two),
    (rf"{_TERM_KO}\s*보다\s*{_TERM_KO}\s*(?:만큼\s*)?(?:더\s*)?큰\s*수", r"(\1 + \2)"),
    (rf"{_TERM_KO}\s*보다\s*{_TERM_KO}\s*(?:만큼\s*)?(?:더\s*)?작은\s*수", r"(\1 - \2)"),
)
_RULES: Final = [(re.compile(pattern, re.IGNORECASE), told) for pattern, told in (*_ENGLISH, *_ALGEBRA, *_KOREAN)]
_X: Final = re.compile(r"(?<![A-Za-z0-9_])x(?![A-Za-z0-9_])")
_MOST_ROUNDS: Final = 4
_LONGEST: Final = 300
"""Characters of a text in which such a sentence is looked for."""
_EQUALS: Final = re.compile(
    rf"\s*+(?:,\s*+)?(?:(?:the\s+result|it|you|i|we|he|she)\s+)?(?:is|gives?|equals?|makes?|gets?|was|=|(?:is\s+)?equal\s+to|results?\s+in)\s+"
    rf"({_NUMBER})(?=\s*(?:[.,?!]|$|find|what|and\b))"
    rf"|\s*+(?:(?:(?:값|결과|수)(?:은|는|이|가|면|하면)?|은|는|이|가|면|하면)\s*+)?({_NUMBER})\s*(?:이다|이야|야|입니다|이에요|예요|이\s*(?:된|되|나)|가\s*(?:된|되|나)"
    r"|일\s*때|이라면|라면|이면|면|이고|이|가|과\s*같|와\s*같|\W*$)",
    re.IGNORECASE,
)


_ASKS_ALONE: Final = re.compile(
    r"\W*(?:(?:if|when|suppose|so|then|find|solve|what|which|is|are|was|be|the|that|this|x|number|value|it|of|for|please|can|could|you|tell|me|"
    r"calculate|work|out|my|saem|hi|hey|solution|to)\W+|(?:쌤|선생님|이때|일\s*때|때|그러면|그럼|어떤|이|그|처음|수|값|무엇|뭐|뭘|몇|얼마|구하|구해|찾|답)"
    r"[가-힣]{0,5}\W*|x(?=[가-힣])|[을를은는이가]\s+|(?:된다|됩니다|됐다|되었다|됐어|나온다|나왔다|나옵니다|나와|돼|돼요|줘|주세요|시오|세요|알려|풀어)[가-힣]{0,3}\W*)*",
    re.IGNORECASE,
)
"""All that may stand beside the equation of a puzzle that asks for its number."""
_NUMBER_WORD: Final = re.compile(
    rf"\b(?:{'|'.join(NUMBER_WORDS)})\b(?=\s+(?:times|more|less|fewer|plus|minus)\b)", re.IGNORECASE
)


def with_operations(text: str) -> str:
    """The text with signs for what its sentences do with numbers; a puzzle becomes the equation for its number.

    Raises:
        NotOneStep: it is a puzzle that takes more than one equation, or asks for something else than its number.
    """
    if len(text) > _LONGEST or not re.search(r"\d", text):
        return text
    puzzle = _UNKNOWN.sub("x", _NUMBER_WORD.sub(lambda match: NUMBER_WORDS[match[0].lower()], text))
    if "=" in text or not _X.search(puzzle) or _X.search(text):
        return _told(text)
    told = _told(puzzle)
    for found in re.finditer(r"\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)", told):
        equals = _EQUALS.match(told, found.end())
        if equals and "x" in found[0] and _ASKS_ALONE.fullmatch(f"{told[: found.start()]} {told[equals.end() :]}"):
            return f"{found[0][1:-1]} = {equals[1] or equals[2]}"
    if told != puzzle:
        raise NotOneStep("word_steps")
    return text


def _told(text: str) -> str:
    for _ in range(_MOST_ROUNDS):
        before = text
        for pattern, told in _RULES:
            text = pattern.sub(told, text)
        if text == before:
            break
    return text
