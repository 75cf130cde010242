"""Finds the quantities in a sentence: numbers with their units, or with what is counted."""

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from maths.reading.word_problems.units import CURRENCIES, HOUR, MINUTE, SECOND, Unit, unit_at

_WORDS: Final = {word: value for value, word in enumerate(
    ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty"])}  # fmt: skip
_WORDS.update(thirty=30, forty=40, fifty=50, sixty=60, ninety=90, hundred=100, dozen=12)
_KOREAN: Final = {"한": 1, "두": 2, "세": 3, "네": 4, "다섯": 5, "여섯": 6, "일곱": 7, "여덟": 8, "아홉": 9, "열": 10}
_NOT_COUNTED: Final = (
    r"(?:angles?|points?|sides?|legs?|numbers?|lines?|trains?|cars?|vertices|people\s+who|digits?|parts?)\b"
)
_NUMBER: Final = re.compile(
    r"(?P<money>[$€£₩]\s?)?(?P<sign>(?<![\w)\d])[-−])?"
    r"(?P<whole>\d{1,3}(?:,\d{3})+(?![\d])|\d{1,12})(?P<decimals>\.\d{1,9})?"
    r"(?:\s?/\s?(?P<below>\d{1,6})(?![\d/]))?(?P<much>\s?(?:만|천|억))?"
    r"(?:\s(?P<top>\d{1,4})/(?P<bottom>\d{1,4}))?"
)
_LARGE: Final = {"만": 10_000, "천": 1_000, "억": 100_000_000}
_STOP: Final = (
    "and|are|but|can|cost|costs|does|find|for|from|has|have|how|into|more|much|off|over|per|than|that|the|then|their|they|to|was|"
    "what|when|which|who|will|with|each|every|times|respectively|percent|long|wide|high|tall|deep|discount|sale|tax|vat|tip|now"
)
_NOUN: Final = re.compile(
    rf"\s?(?!(?:{_STOP})\b)([A-Za-z]{{3,20}}|개|명|권|자루|마리|장|병|봉지|켤레|잔|송이|캔|조각|판|줄|상자|박스|인분|그릇|문제|쪽|페이지)"
)
_RATE_BEFORE: Final = re.compile(r"(시속|분속|초속)\s*(?:은|는|이|가)?\s*(?:약\s*)?$")
_RATES: Final = {"시속": HOUR, "분속": MINUTE, "초속": SECOND}
_IN_UNIT: Final = re.compile(r"\bin(?:to)?\s+(?=[a-zA-Z°㎠㎡])|몇\s*|(?<=how many )|(?<=what )", re.IGNORECASE)
_COMPOUND: Final = re.compile(r"^\s*(?:and\s+|,\s*)?$")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number in a sentence, its unit or the noun that it counts, and where it stands."""

    value: Fraction
    unit: Unit | None
    noun: str
    start: int
    end: int

    @property
    def dimension(self) -> str:
        """The dimension of its unit; empty without a unit."""
        return self.unit.dimension if self.unit else ""

    @property
    def text(self) -> str:
        """The number, as a decimal if it ends."""
        return shown(self.value)


def shown(value: Fraction) -> str:
    """A number as LaTeX: whole, as a decimal that ends within four places, or as a fraction."""
    if value.denominator == 1:
        return str(value.numerator)
    if 10_000 % value.denominator == 0:
        return f"{float(value):.4f}".rstrip("0")
    sign = "-" if value < 0 else ""
    return rf"{sign}\frac{{{abs(value.numerator)}}}{{{value.denominator}}}"


def with_digits(text: str) -> str:
    """The text with digits instead of the words that count: `two hours`, `두 시간`, `half an hour`."""
    text = re.sub(r"\bhalf\s+an\s+hour\b|반\s?시간(?=\s|동|$)", " 0.5 hours ", text, flags=re.IGNORECASE)
    text = re.sub(r"(\d{1,6})\s?만\s?(\d)\s?천(?=\s?(?:원|\d))", r"\1\g<2>000", text)
    text = re.sub(r"(?<=\d)\s?시간\s?반", ".5시간", text)
    text = re.sub(r"(?<=\d)\s+and\s+a\s+half\b", ".5", text, flags=re.IGNORECASE)
    names = "|".join(word for word in _WORDS if word != "one")
    counting = rf"\b({names})\b(?!\s+{_NOT_COUNTED})(?=[\s-]+[a-z])"
    text = re.sub(counting, lambda word: str(_WORDS[word[1].lower()]), text, flags=re.IGNORECASE)
    text = re.sub(r"\bone\s+(?=(?:hour|minute|second|day|year|week|kilo|k?m\b|met))", "1 ", text, flags=re.IGNORECASE)
    counted = r"(?=\s?(?:시간|개월|개|명|권|자루|마리|장|병|봉지|켤레|대\b|잔|송이|캔|조각|상자|박스))"
    return re.sub(rf"(?<![가-힣])({'|'.join(_KOREAN)})\s?{counted}", lambda word: f"{_KOREAN[word[1]]} ", text)


def find_quantities(text: str) -> list[Quantity]:
    """All quantities of a text (after `with_digits`), in their order; `1 hour 30 minutes` is one."""
    found: list[Quantity] = []
    at = 0
    while match := _NUMBER.search(text, at):
        at = match.end()
        if re.search(r"[A-Za-z_^]$|\d[.,:]$", text[: match.start()]) and not match["money"]:
            continue  # `x2`, a part of a number
        quantity = _quantity(text, match)
        at = quantity.end
        if found and _joins(text, found[-1], quantity):
            last = found.pop()
            assert last.unit is not None
            assert quantity.unit is not None
            total = last.value + quantity.value * quantity.unit.in_(last.unit)
            quantity = Quantity(total, last.unit, "", last.start, quantity.end)
        found.append(quantity)
    return found


def _quantity(text: str, match: re.Match[str]) -> Quantity:
    value = Fraction(match["whole"].replace(",", "") + (match["decimals"] or ""))
    if match["below"] and int(match["below"]):
        value /= int(match["below"])
    if match["top"] and int(match["bottom"]):
        value += Fraction(int(match["top"]), int(match["bottom"]))
    if match["much"]:
        value *= _LARGE[match["much"].strip()]
    if match["sign"]:
        value = -value
    if match["money"]:
        return Quantity(value, CURRENCIES[match["money"].strip()], "", match.start(), match.end())
    if rate := _RATE_BEFORE.search(text[: match.start()]):
        unit = unit_at(text, match.end())
        if unit is not None and unit[0].dimension == "length":
            return Quantity(value, unit[0].per(_RATES[rate[1]]), "", rate.start(), unit[1])
    if unit := unit_at(text, match.end()):
        return Quantity(value, unit[0], "", match.start(), unit[1])
    noun = _NOUN.match(text, match.end())
    return Quantity(value, None, noun[1].lower() if noun else "", match.start(), match.end())


def _joins(text: str, first: Quantity, second: Quantity) -> bool:
    """Whether two quantities are one: `1 hour 30 minutes`, `2만 5천 원`, `5 feet 6 inches`."""
    if first.unit is None or second.unit is None or first.dimension != second.dimension:
        return False
    if first.dimension not in {"time", "length", "mass", "volume"} or first.unit.factor <= second.unit.factor:
        return False
    return (
        bool(_COMPOUND.match(text[first.end : second.start])) and second.value * second.unit.factor < first.unit.factor
    )


def asked_unit(text: str, dimension: str) -> Unit | None:
    """The unit in which a text wants the result: `in m/s`, `몇 m`; None if it says none."""
    for match in _IN_UNIT.finditer(text):
        found = unit_at(text, match.end())
        if found is not None and found[0].dimension == dimension:
            return found[0]
    return None
