"""Reads word problems of everyday: percentages, prices, proportions, averages, angles, conversions of units."""

import re
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Final

from maths.reading.lexer import tokenize
from maths.reading.parser import parse
from maths.reading.word_problems.quantities import Quantity, asked_unit, shown
from maths.reading.word_problems.units import CELSIUS, DEGREE, FAHRENHEIT, Unit, unit_at
from maths.reading.word_problems.word_problem import NotOneStep, WordProblem

_POLYGONS: Final = {
    "triangle|삼각형": 3, "quadrilateral|사각형": 4, "pentagon|오각형": 5, "hexagon|육각형": 6, "heptagon|칠각형": 7,
    "octagon|팔각형": 8, "nonagon|구각형": 9, "decagon|십각형": 10, "dodecagon|십이각형": 12,
}  # fmt: skip
_EACH: Final = (
    r"(?:\beach\b[^.,?]{0,20}(?:costs?|is|at|for)\s*|(?:한|1)\s*(?:개|권|자루|병|장|명|마리|송이|kg)(?:에|당|의\s*값이|이)?\s*"
    r"|하나에\s*|개당\s*|권당\s*)¦"
)
_INVERSE: Final = re.compile(
    r"worker|people|\bmen\b|machine|pipe|pump|painter|\bspeed|tap\b|일꾼|사람|명이|기계|수도꼭지|속력", re.IGNORECASE
)
_FOR_PEOPLE: Final = re.compile(r"recipe|\bserv(?:es|ings?)\b|레시피|요리|인분", re.IGNORECASE)
"""More people need more of it; of workers, more need less time."""
_MONEY_WORDS: Final = r"costs?|price|pay|sells?|sold|bought|buy|worth|값|가격|원|얼마"


def read_everyday(text: str, quantities: Sequence[Quantity]) -> list[WordProblem]:
    """The word problem of a text; none if it is none of these.

    Raises:
        NotOneStep: it is one, but something is missing, or it takes more than one step.
    """
    for read in _READERS:
        if found := read(text, quantities):
            return [found]
    return []


def _problem(
    name: str,
    formula: str,
    given: Sequence[tuple[str, Quantity | Fraction]],
    wanted: str,
    unit: Unit | None = None,
    *,
    conversions: tuple[str, ...] = (),
) -> WordProblem:
    """A problem whose quantities fit together already."""
    known, facts = [], []
    for letter, one in given:
        value = one.value if isinstance(one, Quantity) else one
        behind = one.unit.behind if isinstance(one, Quantity) and one.unit else ""
        facts.append(rf"\({letter} = {shown(value)}\){behind}")
        known.append((letter, value))
    return WordProblem(
        name,
        parse(tokenize(formula)),
        tuple(known),
        wanted,
        tuple(facts),
        conversions=conversions,
        unit=unit.behind if unit else "",
    )


def _has(words: str, text: str) -> bool:
    return bool(re.search(words, text, re.IGNORECASE))


def _of(quantities: Sequence[Quantity], *dimensions: str) -> list[Quantity]:
    return [one for one in quantities if one.dimension in dimensions]


# -- percentages


def _percentage(text: str, quantities: Sequence[Quantity]) -> WordProblem | None:
    rates = _of(quantities, "percent")
    others = [one for one in quantities if one.dimension != "percent"]
    if len(rates) != 1:
        discount = _has(r"discount|\boff\b|할인", text)
        if len(rates) > 1 and discount and _of(quantities, "money"):
            raise NotOneStep("word_steps")
        return _change(text, quantities) if not rates else None
    (rate,) = rates
    if _has(r"of\s+(?:what|a|which|some)\s+number|어떤\s*수", text) and len(others) == 1:
        return _problem("part_of_unknown", "a = r/100 x", [("r", rate), ("a", others[0])], "x", others[0].unit)
    if len(others) != 1 or others[0].dimension not in {"money", "", "mass", "length", "volume"}:
        if (
            others
            and _of(others, "money")
            and _has(r"discount|\boff\b|할인|\btax|\bvat\b|부가세|세금|\btip\b|팁", text)
        ):
            raise NotOneStep("word_steps")
        return None
    price = others[0]
    if _has(r"\bvat\b|\btax|부가세|부가가치세|세금|\btip\b|\bgratuity|팁|service\s+charge|봉사료", text):
        return _added(text, price, rate)
    if _has(r"discount|\boff\b|\bsale\b|reduced|cheaper|할인|깎|세일", text) and price.unit is not None:
        return _discounted(text, price, rate)
    if (
        price.noun
        and _has(r"how\s+many|몇\s*(?:명|개|권|마리|그루)", text)
        and not _has(
            r"\bnot\b|\bleft\b|\brest\b|remain|없|안\s|않|아닌|나머지|increase|decrease|more|늘|증가|감소|줄", text
        )
    ):
        return _problem("part_of", "x = r/100 a", [("a", price), ("r", rate)], "x")
    return None


def _added(text: str, price: Quantity, rate: Quantity) -> WordProblem:
    """A tax or a tip: the amount alone, or the price with it.

    Raises:
        NotOneStep: the text does not say which of them is asked for.
    """
    before = _has(r"(?:before|without|excluding)\s+(?:the\s+)?(?:tax|vat|tip)|제외|빼기\s*전|공급가", text)
    included = _has(
        r"(?:price|cost|bill|amount)\s+(?:is\s+)?(?:includes?|including)|포함(?:한|된|하여)?\s*(?:가격|금액)?(?:이|가)\s*\d",
        text,
    )
    if before and included:
        return _problem("price_with", "T = P (1 + r/100)", [("T", price), ("r", rate)], "P", price.unit)
    if before or included:
        raise NotOneStep("word_missing")
    amount = _has(
        r"(?:how\s+much|what)\s+(?:is|was|are)\s+(?:the|a)\s+(?:\d+\s*%\s*)?(?:\w+\s+)?(?:tax|vat|tip)|(?:find|calculate)\s+the\s+(?:\w+\s+)?(?:tax|vat|tip)"
        r"|how\s+much\s+(?:tax|vat|tip)|(?:tax|vat|tip)\s+amount|(?:부가세|세금|팁|부가가치세|봉사료)(?:는|은|가|만)?\s*(?:얼마|몇|구)",
        text,
    )
    total = _has(r"total|altogether|in\s+all|including|with\s+(?:the\s+)?(?:\d+\s*%\s*)?(?:tax|vat|tip)|\bpay\b"
                 r"|final|plus|added"
                 r"|포함|합|총|내야|더한|더하|붙", text)  # fmt: skip
    if amount == total:
        raise NotOneStep("word_missing")
    if amount:
        return _problem("part_of", "x = r/100 P", [("P", price), ("r", rate)], "x", price.unit)
    return _problem("price_with", "T = P (1 + r/100)", [("P", price), ("r", rate)], "T", price.unit)


def _discounted(text: str, price: Quantity, rate: Quantity) -> WordProblem:
    """The price after a discount, the discount itself, or the price before it."""
    if _has(r"original|regular\s+price|before\s+the\s+(?:discount|sale)|원래|정가는|정가를|할인\s*전", text):
        after = _has(r"(?:now|sale|after)\b|할인(?:해서|하여|된|받|한)|되었|됐", text)
        listed = _has(
            r"(?:original|regular)\s+price\s*(?:is|was|of|:|=)?\s*[$€£₩]?\s?\d|원래\s*(?:가격이?|값이?)?\s*\d|정가\s*(?:가|는|이)?\s*\d",
            text,
        )
        if not listed:
            if not after:
                raise NotOneStep("word_missing")
            return _problem("price_off", "N = P (1 - r/100)", [("N", price), ("r", rate)], "P", price.unit)
    if _has(r"how\s+much\s+(?:is\s+the\s+discount|do\s+(?:you|i|we|they)\s+save|money\s+is\s+saved|is\s+saved"
            r"|does\s+\w+\s+save)|"
            r"(?:what|find|calculate)\s+(?:is\s+)?the\s+(?:amount\s+of\s+(?:the\s+)?)?discount(?!ed)|할인\s*(?:금액|액|되는\s*금액|받는\s*금액)|얼마나?\s*(?:를\s*)?(?:할인|싸|아끼|절약)",
            text):  # fmt: skip
        return _problem("part_of", "x = r/100 P", [("P", price), ("r", rate)], "x", price.unit)
    return _problem("price_off", "N = P (1 - r/100)", [("P", price), ("r", rate)], "N", price.unit)


def _change(text: str, quantities: Sequence[Quantity]) -> WordProblem | None:
    """`from $40 to $50: by what percent?`"""
    if len(quantities) != 2 or not _has(r"percent|%|퍼센트|프로|증가율|감소율", text):
        return None
    first, second = quantities
    if _has(r"what\s+per\s?cent|몇\s*(?:%|퍼센트|프로)", text) and first.unit and first.dimension == second.dimension:
        part = re.search(r"\b(?:of|on|out\s+of)\s+(?:a\s+|the\s+)?$", text[first.end : second.start], re.IGNORECASE)
        if part and second.value > 0:
            percent = unit_at("%", 0)
            assert percent is not None
            return _problem("percentage", "p = a/b * 100", [("a", first), ("b", second)], "p", percent[0])
    ordered = _has(r"\bfrom\b.+\bto\b|에서.+(?:으로|로)", text)
    changing = _has(
        r"increas|decreas|change|rose|rises?|fell|falls?|drop|grew|went|discount|증가|감소|올랐|오른|내렸|내린|늘|줄|변|할인",
        text,
    )
    if not (ordered and changing) or first.dimension != second.dimension or first.value <= 0:
        return None
    percent = unit_at("%", 0)
    unit = percent[0] if percent else None
    if second.value >= first.value:
        return _problem("percent_increase", "p = (b - a)/a * 100", [("a", first), ("b", second)], "p", unit)
    return _problem("percent_decrease", "p = (a - b)/a * 100", [("a", first), ("b", second)], "p", unit)


# -- prices and proportions


def _proportion(text: str, quantities: Sequence[Quantity]) -> WordProblem | None:
    """`3 apples cost $6, how much are 5?`, `5개에 3000원이면 1개에 얼마?`, `12 eggs for $3: price per egg?`"""
    if not _has(r"how\s+(?:much|many|far|long)|what|find|얼마|몇|구하|값", text) or (
        _INVERSE.search(text) and not _FOR_PEOPLE.search(text)
    ):
        return None
    if any(one.value <= 0 for one in quantities) or len(quantities) not in {2, 3}:
        return None
    if len(quantities) == 3 and _has(
        r"\beach\b|altogether|in\s+(?:all|total)|\btotal\b|\bchange\b|모두|전부|합(?:은|계|해)|거스름", text
    ):
        raise NotOneStep("word_steps")
    counted = [
        one for one in quantities if _kind(one) not in {"", "percent", "angle", "celsius", "fahrenheit", "score"}
    ]
    if len(counted) != len(quantities):
        return None
    if len(quantities) == 2:
        return _unit_price(text, quantities)
    first, second, third = quantities
    if _kind(first) == _kind(second) or _kind(third) not in {_kind(first), _kind(second)}:
        return None
    if not _has(
        rf"{_MONEY_WORDS}|weigh|무게|\bneeds?\b|uses?|makes?|takes?|recipe|serve|\bat\s+this\s+rate|필요|들|사용|만드|kg|map|지도|이면|일\s*때",
        text,
    ):
        return None
    if _kind(third) == _kind(first):
        bottom, top, other, unit = first, second, third, second.unit
    else:
        bottom, top, other, unit = second, first, third, first.unit
    if unit is None and not (bottom.unit and top.noun):
        return None
    value = other.value * (other.unit.in_(bottom.unit) if other.unit and bottom.unit else 1)
    converted: tuple[str, ...] = ()
    if other.unit and bottom.unit and other.unit.texts != bottom.unit.texts:
        converted = (rf"\({other.text}\){other.unit.behind} \(= {shown(value)}\){bottom.unit.behind}",)
    return _problem(
        "proportion", "x/c = b/a", [("a", bottom), ("b", top), ("c", value)], "x", unit, conversions=converted
    )


def _kind(one: Quantity) -> str:
    """What a quantity counts: its dimension, or its noun without the plural."""
    return one.dimension or (one.noun.removesuffix("s"))


def _unit_price(text: str, quantities: Sequence[Quantity]) -> WordProblem | None:
    """The price of one, or of several at a price for each."""
    prices = _of(quantities, "money")
    others = [one for one in quantities if one.dimension != "money"]
    if len(prices) != 1 or len(others) != 1:
        return None
    price, other = prices[0], others[0]
    around = text[max(0, price.start - 30) : price.start] + "¦" + text[price.end : price.end + 15]
    singly = _has(r"¦\s*(?:each|apiece|per\b|an?\s|for\s+(?:one|each)|/|씩)", around) or _has(_EACH, around)
    if singly:
        if _has(r"\bper\s+(?:\w+\s+)?\?|unit\s+price|한\s*\S{1,2}에\s*얼마", text):
            return None
        return _problem("price_times", "T = p n", [("p", price), ("n", other)], "T", price.unit)
    if _has(r"\beach\b|\bper\b|unit\s+(?:price|cost|rate)|(?:how\s+much\s+(?:is|for|does)|cost\s+of"
            r"|price\s+of)\s+(?:one|1|a\s+single|an?)\b"
            r"|(?:한|1)\s*(?:개|권|자루|병|장|송이|마리|캔|봉지|조각|kg|g|L)(?:에|당|의|은|는)|하나에|하나의"
            r"|개당|권당|단가|단위\s*가격", text):  # fmt: skip
        return _problem("unit_price", "p = T/n", [("T", price), ("n", other)], "p", price.unit)
    return None


def _share(text: str, quantities: Sequence[Quantity]) -> WordProblem | None:
    """`divide 60 in the ratio 2:3`, `60을 2:3으로 나누면`."""
    match = re.search(r"(\d{1,6})\s*(?::|to|대)\s*(\d{1,6})(?!\s*[:\d])", text)
    if (
        match is None
        or not _has(r"ratio|비례\s*배분|으로\s*나누|로\s*나누|비로\s*나", text)
        or not _has(r"divid|shar|split|나누|배분", text)
    ):
        return None
    rest = [one for one in quantities if one.end <= match.start() or one.start >= match.end()]
    if len(rest) != 1:
        raise NotOneStep("word_missing")
    whole = rest[0]
    a, b = Fraction(match[1]), Fraction(match[2])
    if a <= 0 or b <= 0 or whole.value <= 0:
        raise NotOneStep("word_impossible")
    return _problem("share", "x = S a/(a + b)", [("S", whole), ("a", a), ("b", b)], "x", whole.unit)


# -- averages, angles


def _mean(text: str, quantities: Sequence[Quantity]) -> WordProblem | None:
    if not _has(r"\baverage\b|\bmean\b|평균", text) or _has(
        r"speed|속력|속도|되려면|되게|to\s+(?:get|have|reach)\s+an\s+average", text
    ):
        return None
    if re.search(
        r"\b(?:average|mean)\b[^.?!]{0,30}\b(?:is|was)\s+\d|\b(?:average|mean)\s+\d+(?:\.\d+)?\s*[.;]\s"
        r"|평균(?:은|이|이\s*약)\s*\d",
        text,
        re.IGNORECASE,
    ):
        raise NotOneStep("word_steps")
    units = {one.unit.texts for one in quantities if one.unit is not None}
    if len(quantities) < 2 or len(units) != 1 or len(quantities) > 9:
        return None
    letters = "abcdefghk"[: len(quantities)].replace("e", "m")
    unit = next(one.unit for one in quantities if one.unit is not None)
    if any(one.unit is None and one.noun for one in quantities):
        raise NotOneStep("word_steps")
    formula = f"M = ({' + '.join(letters)})/{len(quantities)}"
    return _problem("mean", formula, list(zip(letters, quantities, strict=True)), "M", unit)


def _angle(text: str, quantities: Sequence[Quantity]) -> WordProblem | None:
    if not _has(
        r"\bangles?\b|\b(?:complement|supplement)\s+of\b|(?<![가-힣])(?:두\s*|세\s*|한\s*)?(?:내|외)?각(?=[의은이을도가]|\s|크)|내각|외각|보각|여각",
        text,
    ):
        return None
    sides = next((count for words, count in _POLYGONS.items() if _has(words, text)), None)
    given = re.search(r"정?\s?(\d{1,3})\s*각형|(\d{1,3})[- ](?:sided|gon)", text)
    if given:
        sides = int(given[1] or given[2])
        quantities = [one for one in quantities if not given.start() <= one.start < given.end()]
    if any(one.dimension not in {"angle", ""} or one.noun for one in quantities):
        return None
    special = {"complement": 90, "여각": 90, "supplement": 180, "보각": 180}
    for word, whole in special.items():
        if word in text.lower() and len(quantities) == 1:
            return _problem(
                "complement" if whole == 90 else "supplement", f"a + x = {whole}", [("a", quantities[0])], "x", DEGREE
            )
    if sides is None:
        return None
    if not quantities:
        return _polygon(text, sides)
    if _has(r"isosceles|이등변|exterior|외각|bisect|이등분|twice|배", text) or sides > 4:
        raise NotOneStep("word_steps")
    if _has(r"right[- ]?(?:angled\s+)?triangle|직각\s*삼각형", text) and len(quantities) == 1 and sides == 3:
        return _problem("right_triangle_angle", "a + x = 90", [("a", quantities[0])], "x", DEGREE)
    if len(quantities) != sides - 1:
        raise NotOneStep("word_missing")
    if sum(one.value for one in quantities) >= (sides - 2) * 180:
        raise NotOneStep("word_impossible")
    letters = "abc"[: len(quantities)]
    formula = f"{' + '.join(letters)} + x = {(sides - 2) * 180}"
    name = "triangle_angles" if sides == 3 else "quadrilateral_angles"
    return _problem(name, formula, list(zip(letters, quantities, strict=True)), "x", DEGREE)


def _polygon(text: str, sides: int) -> WordProblem | None:
    """The sum of a polygon's angles, or one angle of a regular one."""
    if not 3 <= sides <= 200:
        return None
    count = [("n", Fraction(sides))]
    if _has(r"exterior|외각", text):
        if _has(r"\bsum\b|합", text):
            return None
        return _problem("exterior_angle", "x = 360/n", count, "x", DEGREE)
    if _has(r"\bsum\b|total|합", text):
        return _problem("angle_sum", "S = 180 (n - 2)", count, "S", DEGREE)
    if _has(r"regular|정\s?(?:\d+|[삼사오육칠팔구십])", text):
        return _problem("interior_angle", "x = (180 (n - 2))/n", count, "x", DEGREE)
    return None


# -- conversions


def _conversion(text: str, quantities: Sequence[Quantity]) -> WordProblem | None:
    """`convert 5 km to m`, `3시간은 몇 분?`, `how many cm in 2 m?`, `25 °C in °F`."""
    if len(quantities) != 1 or quantities[0].unit is None:
        return None
    (one,) = quantities
    unit = one.unit
    assert unit is not None
    target = _target(text, one)
    if target is None or target.texts == unit.texts:
        return None
    if {unit.dimension, target.dimension} == {"celsius", "fahrenheit"}:
        if unit.dimension == "celsius":
            return _problem("celsius", "F = 9/5 C + 32", [("C", one)], "F", FAHRENHEIT)
        return _problem("fahrenheit", "C = 5/9 (F - 32)", [("F", one)], "C", CELSIUS)
    if unit.dimension != target.dimension or unit.dimension in {"money", "percent"}:
        return None
    factor = unit.in_(target)
    fact = rf"\(1\){unit.behind} \(= {shown(factor)}\){target.behind}"
    return WordProblem(
        "conversion", parse(tokenize("y = k x")), (("x", one.value), ("k", factor)), "y",
        (rf"\(x = {one.text}\){unit.behind}",), (fact,), target.behind,
    )  # fmt: skip


def _target(text: str, one: Quantity) -> Unit | None:
    """The unit to convert to."""
    dimensions = {one.dimension, *({"celsius", "fahrenheit"} if one.dimension in {"celsius", "fahrenheit"} else ())}
    after = text[one.end :]
    for pattern in (r"^\s*(?:=|is|are)?\s*(?:to|in|into|as|equals?"
                    r"|=)\s+(?:how\s+many\s+)?", r"\bhow\s+many\s+", r"몇\s*", r"^\s*(?:을|를|은"
            r"|는)?\s*(?=\S+\s*(?:로|으로)(?:\s|$))",
                    r"\b(?:to|in|into)\s+"):  # fmt: skip
        source = after if pattern.startswith("^") else text
        for match in re.finditer(pattern, source, re.IGNORECASE):
            found = unit_at(source, match.end())
            if (
                found is not None
                and found[0].dimension in dimensions
                and found[0].texts != (one.unit.texts if one.unit else ())
            ):
                return found[0]
    named = re.search(
        r"(fahrenheit|화씨|\b(?:to|in)\s+F\b)|(celsius|centigrade|섭씨|\b(?:to|in)\s+C\b)", after, re.IGNORECASE
    )
    if named and one.dimension in {"celsius", "fahrenheit"}:
        return FAHRENHEIT if named[1] else CELSIUS
    return next((wanted for dimension in dimensions if (wanted := asked_unit(text, dimension))), None)


_READERS: Final[tuple[Callable[[str, Sequence[Quantity]], WordProblem | None], ...]] = (
    _conversion, _share, _angle, _mean, _percentage, _proportion,
)  # fmt: skip
