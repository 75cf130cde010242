"""Puts signs for operations in words: `five plus six`, `80의 15%`, `to the power of`, `1 + 2 + ... + 100`."""

import re
from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise

from maths.reading.korean_numerals import with_digits

NUMBER_WORDS = {
    word: str(value)
    for value, word in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
            "twenty",
        ]
    )
}
_OPERATORS = r"plus|minus|times|divided\s+by|multiplied\s+by|squared|cubed|per\s?cent|to\s+the\s+power\s+of"

_AMOUNT = r"[$€£₩]?\s?(\d{1,15}(?:\.\d{1,15})?)(?:\s*(?:dollars|euros|pounds|won|원|달러))?"
_PERCENT = r"(\d{1,15}(?:\.\d{1,15})?)\s*%"
_EVERY = r"(?:all\s+)?(?:the\s+)?(?:(?:whole\s+|natural\s+)?(?:numbers|integers)\s+)?(?:from\s+)?"


def _chosen(match: re.Match[str]) -> str:
    """`P(7, 3)`, `nCr 8 3`."""
    return f" {'binom' if match[1] in 'Cc' else 'perm'}({match[2]}, {match[3]}) "


def _chosen_below(match: re.Match[str]) -> str:
    """`₇P₃`."""
    plain = {place: str(digit) for digit, place in enumerate(range(ord("₀"), ord("₉") + 1))}
    n, r = (match[place].translate(plain) for place in (1, 3))
    return f" {'binom' if match[2] == 'C' else 'perm'}({n}, {r}) "


def _repeating(match: re.Match[str]) -> str:
    """`0.1666...` as a fraction."""
    whole, before, period = match.groups()
    places = 10 ** len(before)
    found = Fraction(int(whole + before)) / places + Fraction(int(period), places * (10 ** len(period) - 1))
    return f" ({found.numerator}/{found.denominator}) " if found.denominator > 1 else f" {found.numerator} "


def _continued(match: re.Match[str]) -> str:
    """`1 + 2 + 3 + ... + 100`: an arithmetic or geometric series as a sum sign; any other text stays as it is."""
    terms = [int(one) for one in match.groups()[:-1] if one]
    last = int(match[match.lastindex or 0])
    first, gap = terms[0], terms[1] - terms[0]
    steady = all(right - left == gap for left, right in pairwise(terms))
    if steady and gap > 0 and (last - first) % gap == 0 and last > terms[-1]:
        rest = first - gap
        step = "k" if gap == 1 else f"{gap}k"
        body = f"({step} {'+' if rest > 0 else '-'} {abs(rest)})" if rest else step
        return rf" \sum_{{k=1}}^{{{(last - first) // gap + 1}}} {body} "
    ratio = terms[1] // first if first and terms[1] % first == 0 else 0
    if len(terms) > 2 and ratio > 1 and all(right == left * ratio for left, right in pairwise(terms)):
        power = 0
        while first * ratio**power < last:
            power += 1
        if first * ratio**power == last:
            front = "" if first == 1 else f"{first} * "
            return rf" \sum_{{k=0}}^{{{power}}} {front}{ratio}^k "
    return match[0]


_WORKED = re.compile(r"더하기|빼기|곱하기|나누기|[+×÷*]|\s-\s")
_MIXED = re.compile(r"(?<![\d./])(\d{1,6})\s*[와과]\s*(\d{1,6})\s*/\s*(\d{1,6})(?!\d)")
"""`2와 1/3` beside an operation."""
_X = re.compile(r"엑스(?=$|\s|[^가-힣]|제곱|[은는이가를의값]|더하기|빼기|곱하기|나누기)")
_DOTS = r"(?:\.{2,}|…|⋯|\\[cl]?dots)"
_SIGNS: list[tuple[str, str | Callable[[re.Match[str]], str]]] = [
    (r"\b(?:raised\s+)?to\s+the\s+power\s+(?:of\s+)?", " ^ "),
    (r"\braised\s+to\s+(?:the\s+)?", " ^ "),
    (r"\bto\s+the\s+(\d{1,15})(?:st|nd|rd|th)(?:\s+power)?\b", r" ^ \1 "),
    (r"\bsquared\b", " ^2 "),
    (r"\bcubed\b", " ^3 "),
    (r"\b(?:divided\s+by)\b", " / "),
    (r"(?<=\d)\s*(?:mod|modulo)\s*(?=\d)", " / "),
    (r"(\d{1,15})\s+is\s+(?=divided\s+by\s+\d|/\s*\d)", r"\1 "),
    (r"\b(?:multiplied\s+by|times)\b", " * "),
    (r"\bplus\b", " + "),
    (r"\bminus\b", " - "),
    (r"\b(?:is\s+)?greater\s+than\s+or\s+equal\s+to\b", " >= "),
    (r"\b(?:is\s+)?less\s+than\s+or\s+equal\s+to\b", " <= "),
    (r"\b(?:is\s+)?greater\s+than\b", " > "),
    (r"\b(?:is\s+)?less\s+than\b", " < "),
    (r"\b(?:is\s+)?equals?(?:\s+to)?\b", " = "),
    (r"\b(?:the\s+)?square\s*root\s+of\s+", " √ "),
    (r"\b(?:the\s+)?(?:cube|cubic|third)\s*root\s+of\s+", " ∛ "),
    (r"\bsquare\s+root\s+(?=\d)", " √ "),
    (r"\b(?:plus\s+|positive\s+)?infinity\b", " ∞ "),
    (r"\bhalf\s+of\b", " (1/2) * "),
    (r"what\s+per\s?cent(?:age)?\s+of\s+(\d{1,15})\s+is\s+(\d{1,15})", r" \2/\1 "),
    (r"what\s+per\s?cent(?:age)?\s+is\s+(\d{1,15})\s+(?:out\s+)?of\s+(\d{1,15})", r" \1/\2 "),
    (r"(\d{1,15})\s+as\s+a\s+per\s?cent(?:age)?\s+of\s+(\d{1,15})", r" \1/\2 "),
    (r"\b(\d{1,15})\s+out\s+of\s+(\d{1,15})\b", r" \1/\2 "),
    (r"(\d{1,15})\s+is\s+what\s+per\s?cent(?:age)?\s+of\s+(\d{1,15})", r" \1/\2 "),
    (r"(\d{1,15})\s*[은는]\s*(\d{1,15})\s*의\s*몇\s*(?:%|퍼센트|프로)", r" \1/\2 "),
    (r"(?<=[\d)])\s*per\s?cent\b", "%"),
    (r"(?<=[\dn)])!\s*=(?!=)", "! = "),
    (r"(\d{1,15})\s*(?:choose|C)\s*(\d{1,15})(?![A-Za-z\d])", r" binom(\1, \2) "),
    (r"(?<!\w)(\d{1,9})\s*P\s*(\d{1,9})(?![A-Za-z\d])", r" perm(\1, \2) "),
    (r"(?<![A-Za-z])([CP])\s*\(\s*(\d{1,9})\s*,\s*(\d{1,9})\s*\)", _chosen),
    (r"(?<![A-Za-z])n([CP])r\s*\(?\s*(\d{1,9})\s*[, ]\s*(\d{1,9})\s*\)?", _chosen),
    (r"([₀-₉]+)\s*([CP])\s*([₀-₉]+)", _chosen_below),
    (r"(\d{1,15})\s*분의\s*(\d{1,15})", r"(\2/\1)"),
    (r"([\w.)]{1,40})\s*의\s*(\d{1,15})\s*(?:제곱근|거듭제곱근)", r"\1의 \2 제곱근"),
    (r"([\w.)]{1,40}?)\s*의\s*세제곱근", r" ∛(\1)"),
    (r"([\w.)]{1,40}?)\s*의\s*제곱근", r" √(\1)"),
    (r"제곱근\s*(?=[\d(])", " √"),
    (r"(?:의\s*)?(?:세|삼)\s?제곱(?!근|식)", "^3 "),
    (r"(?:의\s*)?(?:네|사)\s?제곱(?!근|식)", "^4 "),
    (r"(?<=[\w)])\s*의\s*(\d{1,15})\s*(?:제곱(?!근)|승(?![가-힣]))", r"^\1 "),
    (r"(-?[\w.]{1,40})\s*의\s*절[댓대]값", r" |\1| "),
    (r"절[댓대]값\s*(?:이\s*)?(-?\d[\d./]{0,20})(?!인)", r" |\1| "),
    (r"\babsolute\s+value\s+of\s+(-?\d[\d./]{0,20})", r" |\1| "),
    (rf"\b(\d{{1,9}})\.(\d{{0,6}}?)(\d{{1,6}}?)\3{{1,12}}\s*{_DOTS}", _repeating),
    (
        rf"\b(\d{{1,6}})\s*\+\s*(\d{{1,6}})\s*(?:\+\s*(\d{{1,6}})\s*)?(?:\+\s*(\d{{1,6}})\s*)?\+?\s*{_DOTS}\s*\+?\s*(\d{{1,9}})(?!\d)",
        _continued,
    ),
    (
        r"\bsum\s+of\s+(?:the\s+)?first\s+(\d{1,6})\s+(?:natural|whole|positive|counting)\s+(?:numbers|integers)",
        r" \\sum_{k=1}^{\1} k ",
    ),
    (r"\bsum\s+(?:from\s+|of\s+)?([a-z])\s*=\s*(\d{1,6})\s+to\s+([\w^]{1,12})\s+(?:of\s+)?", r" \\sum_{\1=\2}^{\3} "),
    (r"[$€£₩]\s?(\d[\d,.]*)(?=\s*[-+*/×÷]\s*[$€£₩]?\s?\d)", r"\1"),
    (r"(?<=[-+*/×÷])(\s*)[$€£₩]\s?(?=\d)", r"\1"),
    (r"(?<=\d)\s?원(?=\s*[-+*/×÷]\s*\d)", ""),
    (r"(?<=[\w)])\s*(?<!완전)(?:의\s*)?제곱(?!근|식)", "^2 "),
    (r"\binverse\s+(sin|cos|tan)[a-z]*\s+(?:of\s+)?", r" arc\1 "),
    (r"\bd\s*(?:²|\^\s*2)\s*/\s*d([a-z])\s*(?:²|\^\s*2)", r"\\frac{d^{2}}{d\1^{2}} "),
    (r"\bd\s*(?:³|\^\s*3)\s*/\s*d([a-z])\s*(?:³|\^\s*3)", r"\\frac{d^{3}}{d\1^{3}} "),
    (r"∫\s*(-?\d{1,9})\s*\^\s*(-?\d{1,9}|π|pi|∞)\s+(?!d[a-z]\b)", r"∫_{\1}^{\2} "),
    (r"(?:루트|√)\s*", " √"),
    (r"(?<=\d)\s*(?:degrees?\b|도(?=\s|의|는|은|와|[?.,)]|$))", "°"),
    (r"더하기|플러스", " + "),
    (r"빼기|마이너스", " - "),
    (r"곱하기", " * "),
    (r"나누기", " / "),
    (r"(?:양의\s*)?무한대?", " ∞ "),
    (r"퍼센트|프로(?=\s|는|은|$)", "%"),
    (r"(?<=\d)\s*의\s*(\d{1,15}(?:\.\d{1,15})?)\s*%", r" * \1% "),
    (r"(?<=[\d%)])\s+of\s+(?=[\d(√$])", " * "),
    (r"(?<![.\d])(\d{1,9})\s*만(?=\s*원)", r"\g<1>0000"),
    (r"(?<=\d)\s*원(?=\s*의\s*\d)", ""),
    (rf"{_AMOUNT}\s*의\s*{_PERCENT}", r" \1 * \2% "),
    (rf"{_PERCENT}\s+(?:off|discount)\s+(?:of\s+|on\s+)?{_AMOUNT}", r" \2 - \1% "),
    (rf"\b(?:increas|rais)\w{{1,3}}\s+{_AMOUNT}\s+by\s+{_PERCENT}", r" \1 + \2% "),
    (rf"{_AMOUNT}\s+(?:is\s+)?(?:increased|raised)\s+by\s+{_PERCENT}", r" \1 + \2% "),
    (rf"\b(?:decreas|reduc|discount)\w{{0,3}}\s+{_AMOUNT}\s+by\s+{_PERCENT}", r" \1 - \2% "),
    (rf"{_AMOUNT}\s+(?:is\s+)?(?:decreased|reduced|discounted)\s+by\s+{_PERCENT}", r" \1 - \2% "),
    (rf"{_AMOUNT}[^.?!\n\d]{{0,60}}?\b{_PERCENT}\s*(?:off|discount)\b", r" \1 - \2% "),
    (rf"{_AMOUNT}[^.?!\n\d]{{0,30}}?\b{_PERCENT}\s*(?:를|을)?\s*(?:할인|싸|감소|줄|내리|인하|깎)", r" \1 - \2% "),
    (rf"{_AMOUNT}[^.?!\n\d]{{0,30}}?\b{_PERCENT}\s*(?:를|을)?\s*(?:증가|오르|올리|올라|인상|늘)", r" \1 + \2% "),
    (rf"\bsum\s+of\s+{_EVERY}(\d{{1,6}})\s+(?:to|through)\s+(\d{{1,6}})\b", r" \\sum_{k=\1}^{\2} k "),
    (
        r"(\d{1,6})부터\s*(\d{1,6})까지(?:의)?\s*(?:모든\s*)?(?:자연수|정수|수)?(?:의|를|을)?\s*(?:합|더)",
        r" \\sum_{k=\1}^{\2} k ",
    ),
]
_SPELT = [(re.compile(pattern, re.IGNORECASE), replacement) for pattern, replacement in _SIGNS]


def with_signs(text: str) -> str:
    """The text with signs instead of words for operations."""
    if re.search(_OPERATORS, text, re.IGNORECASE):
        for word, digits in NUMBER_WORDS.items():
            text = re.sub(rf"\b{word}\b(?=\s+(?:{_OPERATORS}))", digits, text, flags=re.IGNORECASE)
            text = re.sub(rf"(?i)\b((?:{_OPERATORS})\s+){word}\b", rf"\g<1>{digits}", text)
    text = with_digits(_X.sub("x", text))
    if _WORKED.search(text):
        text = _MIXED.sub(r" \1 \2/\3 ", text)
    for pattern, replacement in _SPELT:
        text = pattern.sub(replacement, text)
    return text
