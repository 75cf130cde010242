"""The units of school: their dimension, their size, and how they are written in English and Korean."""

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, Literal

from maths.reading.language import Texts

Dimension = Literal[
    "length", "area", "volume", "time", "speed", "mass", "density", "money", "percent", "angle", "celsius",
    "fahrenheit",
    "score", "count",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit; `factor` is its size in the dimension's first unit (m, m², m³, s, m/s, kg, kg/m³)."""

    dimension: Dimension
    factor: Fraction
    texts: Texts
    parts: "tuple[Unit, Unit] | None" = None
    """The units of which this one is the quotient: km and h of km/h."""

    def squared(self) -> "Unit":
        """The unit of areas that belongs to a unit of length."""
        return Unit("area", self.factor**2, (f"{self.texts[0]}²", f"{self.texts[1]}²"))

    def cubed(self) -> "Unit":
        """The unit of volumes that belongs to a unit of length."""
        return Unit("volume", self.factor**3, (f"{self.texts[0]}³", f"{self.texts[1]}³"))

    def per(self, time: "Unit") -> "Unit":
        """The unit of speeds that belongs to a unit of length and one of time."""
        short = (f"{self.texts[0]}/{_SHORT[time.texts[0]]}", f"{self.texts[1]}/{_SHORT[time.texts[0]]}")
        return Unit("speed", self.factor / time.factor, short, (self, time))

    @property
    def behind(self) -> str:
        """The unit as it stands behind a number in both languages: `⟪ hours|시간⟫`."""
        en, ko = self.texts
        tight = self.dimension in {"angle", "percent"}
        return f"⟪{'' if tight else ' '}{en}|{'' if tight or ko[:1] >= '가' else ' '}{ko}⟫"

    def in_(self, other: "Unit") -> Fraction:
        """How many of the other unit one of these is."""
        return self.factor / other.factor


def _of(dimension: Dimension, factor: Fraction | int | str, en: str, ko: str | None = None) -> Unit:
    return Unit(dimension, Fraction(factor), (en, en if ko is None else ko))


_SHORT: Final = {"hours": "h", "minutes": "min", "seconds": "s", "days": "day", "weeks": "week", "months": "month",
                 "years": "year"}  # fmt: skip
MM, CM, M, KM = (
    _of("length", size, name) for size, name in (("1/1000", "mm"), ("1/100", "cm"), (1, "m"), (1000, "km"))
)
INCH = _of("length", "0.0254", "inches", "인치")
FOOT = _of("length", "0.3048", "feet", "피트")
YARD = _of("length", "0.9144", "yards", "야드")
MILE = _of("length", "1609.344", "miles", "마일")
SECOND = _of("time", 1, "seconds", "초")
MINUTE = _of("time", 60, "minutes", "분")
HOUR = _of("time", 3600, "hours", "시간")
DAY = _of("time", 86400, "days", "일")
WEEK = _of("time", 604800, "weeks", "주")
MONTH = _of("time", 2629800, "months", "개월")
YEAR = _of("time", 31557600, "years", "년")
MG, G, KG, TONNE = (
    _of("mass", size, name) for size, name in (("1/1000000", "mg"), ("1/1000", "g"), (1, "kg"), (1000, "t"))
)
POUND_MASS = _of("mass", "0.45359237", "lb")
OUNCE = _of("mass", "0.028349523125", "oz")
ML, LITRE = _of("volume", "1/1000000", "mL"), _of("volume", "1/1000", "L")
HECTARE = _of("area", 10000, "ha")
PERCENT = _of("percent", 1, "%")
DEGREE = _of("angle", 1, "°")
CELSIUS, FAHRENHEIT = _of("celsius", 1, "°C"), _of("fahrenheit", 1, "°F")
SCORE = _of("score", 1, "points", "점")
CURRENCIES: Final = {
    "$": _of("money", 1, "dollars", "달러"), "€": _of("money", 1, "euros", "유로"), "£": _of("money", 1, "pounds",
    "파운드"),
    "₩": _of("money", 1, "won", "원"), "c": _of("money", "1/100", "cents", "센트"),
}  # fmt: skip

LENGTHS: Final = {
    r"mm|millimet(?:er|re)s?|밀리미터": MM, r"cm|centimet(?:er|re)s?|센티(?:미터)?": CM, r"km|kilomet(?:er|re)s?"
            r"|킬로미터": KM,
    r"m|met(?:er|re)s?|미터": M, r"inch(?:es)?|인치": INCH, r"ft|feet|foot|피트": FOOT, r"yards?|yds?|야드": YARD,
    r"miles?|마일": MILE,
}  # fmt: skip
TIMES: Final = {
    r"s|secs?|seconds?|초": SECOND, r"mins?|minutes?|분": MINUTE, r"h|hrs?|hours?|시간": HOUR,
    r"days?|일(?!\s*때)": DAY,
    r"weeks?|주일?": WEEK, r"months?|개월": MONTH, r"years?|yrs?|년": YEAR,
}  # fmt: skip
OTHERS: Final = {
    r"mg|밀리그램": MG, r"kgs?|kilo(?:gram(?:me)?)?s?"
                    r"|킬로(?:그램)?": KG, r"g|gram(?:me)?s?|그램": G, r"t|tons?|tonnes?|톤": TONNE,
    r"lbs?": POUND_MASS, r"oz|ounces?": OUNCE, r"mL|ml|cc|millilit(?:er|re)s?|밀리리터": ML,
    r"L|l|lit(?:er|re)s?|리터": LITRE, r"ha|hectares?|헥타르": HECTARE, r"%|per\s?cent|퍼센트|프로": PERCENT,
    r"°\s?C|℃|degrees?\s+(?:celsius|centigrade)|celsius|centigrade": CELSIUS,
    r"°\s?F|℉|degrees?\s+fahrenheit|fahrenheit": FAHRENHEIT,
    r"°|degrees?|도": DEGREE, r"points?|점": SCORE,
    r"dollars?|달러|USD|bucks": CURRENCIES["$"], r"cents?|센트": CURRENCIES["c"], r"euros?|유로": CURRENCIES["€"],
    r"pounds|파운드": CURRENCIES["£"], r"won|원|KRW": CURRENCIES["₩"],
}  # fmt: skip
_SIGNS: Final = {"㎜": MM, "㎝": CM, "㎞": KM, "㎎": MG, "㎏": KG, "㎖": ML, "㎠": CM.squared(), "㎡": M.squared(),
                 "㎢": KM.squared(), "㎤": CM.cubed(), "㎥": M.cubed(), "ℓ": LITRE}  # fmt: skip


def per_volume(mass: Unit, volume: Unit) -> Unit:
    """The unit of densities that belongs to a unit of mass and one of volume."""
    name = f"{mass.texts[0]}/{volume.texts[0]}"
    return Unit("density", mass.factor / volume.factor, (name, name), (mass, volume))


def _table() -> list[tuple[str, Unit]]:
    """Every way to write a unit, with the unit."""
    found: list[tuple[str, Unit]] = [(re.escape(sign), unit) for sign, unit in _SIGNS.items()]
    for length, unit in LENGTHS.items():
        for time, duration in TIMES.items():
            found.append((rf"(?:{length})\s*(?:/|per\s|an?\s)\s*(?:{time})", unit.per(duration)))
        found.append(
            (
                rf"(?:{length})\s*(?:\^\s?2|²|2|squared)|(?:square|sq\.?)\s+(?:{length})|제곱\s?(?:{length})",
                unit.squared(),
            )
        )
        found.append((rf"(?:{length})\s*(?:\^\s?3|³|3|cubed)|cubic\s+(?:{length})|세제곱\s?(?:{length})", unit.cubed()))
    for mass, weight in (("g", G), ("kg", KG)):
        for size, space in (
            (r"cm\s?(?:\^?3|³)", CM.cubed()),
            (r"m\s?(?:\^?3|³)", M.cubed()),
            ("mL|ml", ML),
            ("L", LITRE),
        ):
            found.append((rf"{mass}\s?/\s?(?:{size})", per_volume(weight, space)))
    found += [(r"mph", MILE.per(HOUR)), (r"kph|kmh", KM.per(HOUR))]
    for table in (LENGTHS, TIMES, OTHERS):
        found += list(table.items())
    return found


_ALL: Final = _table()
_END: Final = r"(?![A-Za-z\d²³/^]|\s*=)"
UNITS: Final = [
    (re.compile(rf"\s?-?(?:{pattern}){_END}", re.IGNORECASE if "L|" not in pattern else 0), unit)
    for pattern, unit in _ALL
]


def unit_at(text: str, start: int) -> tuple[Unit, int] | None:
    """The unit at a place of a text, the longest that fits, and where it ends; None if there is none."""
    found = [
        (match.end(), -place, unit)
        for place, (pattern, unit) in enumerate(UNITS)
        if (match := pattern.match(text, start))
    ]
    if not found:
        return None
    end, _, unit = max(found, key=lambda one: one[:2])
    return unit, end
