"""The formulas of shapes, motion, interest and density, with the words that name each of their letters."""

from dataclasses import dataclass
from typing import Final

from maths.reading.word_problems.units import Dimension


@dataclass(frozen=True, slots=True)
class Role:
    """What a letter stands for: its dimension, and the words that name it (a pattern)."""

    dimension: Dimension
    words: str


@dataclass(frozen=True, slots=True)
class Topic:
    """A shape, or another thing with formulas: the words that name it, its letters, and its formulas by name.

    `free` are the letters that bare numbers stand for, in their order: `a rectangle 3 by 4`.
    """

    words: str
    roles: dict[str, Role]
    formulas: dict[str, str]
    free: tuple[tuple[str, ...], ...] = ()
    money: str = ""
    """The letter that an amount of money without a name stands for."""


def _length(words: str) -> Role:
    return Role("length", words)


_AREA: Final = Role("area", r"(?<!surface )\barea|(?<!겉)넓이|면적|how\s+much\s+(?:space|grass|carpet|paint)")
_SURFACE: Final = Role("area", r"surface(?:\s+area)?|겉넓이")
_VOLUME: Final = Role("volume", r"volume|capacity|how\s+much\s+water|부피|들이")
_PERIMETER: Final = _length(r"perimeter|둘레|(?:distance|way)\s+around|how\s+much\s+fenc\w+")
_ROOMS: Final = (
    r"\b(?:room|floor|rug|carpet|garden|field|yard|playground|poster)\b|교실|화단|운동장|텃밭"
    r"|(?<![가-힣])방(?=의|은|이)"
)
_DISCS: Final = r"\b(?:pizza|wheel|coin)\b|피자|바퀴|동전"
_SIDE: Final = _length(r"sides?\b|edges?\b|한\s*변|(?<![빗밑윗랫])변|모서리")
_BASE: Final = _length(r"\bbase\b|밑변")
_HEIGHT: Final = _length(r"height|\bhigh\b|altitude|\btall\b|높이")
_LONG: Final = _length(r"length|\blong\b|\bsides?\b|가로")
_WIDE: Final = _length(r"width|\bwide\b|breadth|\bsides?\b|세로|폭|너비")
_RADIUS: Final = _length(r"radius|radii|반지름")
_DIAMETER: Final = _length(r"diameter|(?<!반)지름")
_DIAGONAL: Final = _length(r"diagonals?|대각선")

TOPICS: Final[tuple[Topic, ...]] = (
    Topic(
        r"right[- ]?(?:angled?\s+)?triangle|right[- ]angled|hypotenuse|pythagor\w*|직각\s*삼각형|빗변|피타고라스",
        {
            "a": _length(r"\blegs?\b|\bbase\b|\bsides?\b|밑변|(?:직각을\s*(?:낀|이루는)\s*)?(?:두|한)\s*변"),
            "b": _length(r"\blegs?\b|height|\bsides?\b|높이|(?:직각을\s*(?:낀|이루는)\s*)?(?:두|한|다른)\s*변"),
            "c": _length(r"hypotenuse|longest\s+side|빗변"),
            "A": _AREA,
        },
        {"pythagoras": "a^2 + b^2 = c^2", "area_right_triangle": "A = (a b)/2"},
        (("a", "b"),),
    ),
    Topic(
        r"\bladder\b|사다리(?!꼴)",
        {
            "c": _length(r"ladder|\blong\b|사다리(?:의\s*길이)?"),
            "a": _length(r"\bfoot\b|\bbase\b|\bbottom\b|from\s+the\s+(?:wall|house|building)|벽에서|밑"),
            "b": _length(r"how\s+high|height|reach\w*|up\s+the\s+wall|\bhigh\b|높이"),
        },
        {"pythagoras": "a^2 + b^2 = c^2"},
    ),
    Topic(r"equilateral\s+triangle|정삼각형", {"s": _SIDE, "P": _PERIMETER, "A": _AREA},
          {"perimeter_equilateral": "P = 3 s", "area_equilateral": "A = sqrt(3)/4 s^2"}, (("s",),)),
    Topic(r"\bsquare(?!\s*(?:root|cm|mm|km|m\b|met|centi|kilo|feet|foot|inch|yard|mile|ft|in\b))|정사각형",
          {"s": _SIDE, "A": _AREA, "P": _PERIMETER, "d": _DIAGONAL},
          {"area_square": "A = s^2", "perimeter_square": "P = 4 s", "diagonal_square": "d^2 = 2 s^2"}, (("s",),)),
    Topic(r"rectang(?:le|ular)(?!\s+(?:box|prism|solid|tank|pyramid))|직사각형",
          {"l": _LONG, "w": _WIDE, "A": _AREA, "P": _PERIMETER, "d": _DIAGONAL},
          {"area_rectangle": "A = l w", "perimeter_rectangle": "P = 2(l + w)", "diagonal_rectangle": "d^2 = l^2 + w^2"},
          (("l", "w"),)),
    Topic(r"(?<!직각)(?<!직각 )(?<!정)삼각형|(?<!right )(?<!angled )(?<!equilateral )\btriang(?:le|ular)(?!\s+prism)",
          {"b": _BASE, "h": _HEIGHT, "A": _AREA, "P": _PERIMETER, "x": _SIDE, "y": _SIDE, "z": _SIDE},
          {"area_triangle": "A = (b h)/2", "perimeter_triangle": "P = x + y + z"}),
    Topic(r"parallelogram|평행\s*사변형", {"b": _BASE, "h": _HEIGHT, "A": _AREA}, {"area_parallelogram": "A = b h"}),
    Topic(r"trapez(?:oid|ium)|사다리꼴",
          {"a": _length(r"윗변|parallel\s+sides?|\bbases?\b|top"), "b": _length(r"아랫변|parallel\s+sides?"
            r"|\bbases?\b|bottom"),
           "h": _HEIGHT, "A": _AREA}, {"area_trapezoid": "A = ((a + b) h)/2"}),
    Topic(r"rhombus|마름모", {"p": _DIAGONAL, "q": _DIAGONAL, "A": _AREA, "s": _SIDE, "P": _PERIMETER},
          {"area_rhombus": "A = (p q)/2", "perimeter_square": "P = 4 s"}),
    Topic(r"circ(?:le|ular)\b(?!\s+(?:cylinder|cone))|circumference"
          r"|(?<![\d가-힣])(?<!\d )(?<!만 )(?<!천 )(?<!억 )원(?=의|에|이|은|인|을|\s*모양|\s|$)",
          {"r": _RADIUS, "d": _DIAMETER, "A": _AREA, "C": _length(r"circumference|perimeter|둘레|원주"
            r"|(?:distance|way)\s+around")},
          {"area_circle": "A = pi r^2", "circumference": "C = 2 pi r", "circumference_diameter": "C = pi d",
           "area_circle_diameter": "A = (pi d^2)/4", "diameter": "d = 2 r"}),
    Topic(r"\bcube\b|정육면체", {"s": _SIDE, "V": _VOLUME, "S": _SURFACE},
          {"volume_cube": "V = s^3", "surface_cube": "S = 6 s^2"}, (("s",),)),
    Topic(r"cuboid|rectangular\s+(?:box|prism|solid|tank)|\bbox\b|\btank\b|aquarium|직육면체",
          {"l": _LONG, "w": _WIDE, "h": _HEIGHT, "V": _VOLUME, "S": _SURFACE},
          {"volume_cuboid": "V = l w h", "surface_cuboid": "S = 2(l w + w h + l h)"}, (("l", "w", "h"),)),
    Topic(r"cylind(?:er|rical)|원기둥", {"r": _RADIUS, "h": _HEIGHT, "V": _VOLUME, "S": _SURFACE},
          {"volume_cylinder": "V = pi r^2 h", "surface_cylinder": "S = 2 pi r^2 + 2 pi r h"}),
    Topic(r"\bcon(?:e|ical)\b|원뿔", {"r": _RADIUS, "h": _HEIGHT, "V": _VOLUME}, {"volume_cone": "V = (pi r^2 h)/3"}),
    Topic(r"\bsphere\b|spherical|\bball\b|(?<![가-힣])구(?=의|인|\s)", {"r": _RADIUS, "V": _VOLUME, "S": _SURFACE},
          {"volume_sphere": "V = 4/3 pi r^3", "surface_sphere": "S = 4 pi r^2"}),
    Topic(r"\bpyramid\b|각뿔", {"B": Role("area", r"base(?:\s+area)?"
                                                r"|area\s+of\s+the\s+base|밑넓이"), "h": _HEIGHT, "V": _VOLUME},
          {"volume_pyramid": "V = (B h)/3"}),
    Topic(r"(?<!rectangular )\bprism\b|각기둥",
          {"B": Role("area", r"base(?:\s+area)?|area\s+of\s+the\s+base|밑넓이"), "h": _HEIGHT, "V": _VOLUME},
          {"volume_prism": "V = B h"}),
    Topic(r"\bdensity\b|밀도", {"m": Role("mass", r"mass|weigh\w*|질량"), "V": _VOLUME, "D": Role("density",
    r"density|밀도")},
          {"density": "D = m/V"}),
    Topic(r"simple\s+interest|단리",
          {"P": Role("money", r"principal|원금"), "r": Role("percent", r"rate|interest\s+rate|이율|이자율"),
           "t": Role("time", r"time|기간"), "I": Role("money", r"(?:simple\s+)?interest\b|이자"),
           "T": Role("money", r"total|amount|원리합계|원리금")},
          {"interest": "I = (P r t)/100", "interest_total": "T = P (1 + (r t)/100)"}, money="P"),
    Topic(r"compound\s+interest|compounded|복리",
          {"P": Role("money", r"principal|원금"), "r": Role("percent", r"rate|이율|이자율"), "t": Role("time",
          r"time|기간"),
           "T": Role("money", r"total|amount|worth|balance|원리합계|원리금|how\s+much")},
          {"compound": "T = P (1 + r/100)^t"}, money="P"),
    Topic(r"",  # any sentence with a speed, or with a way and a time
          {"d": Role("length", r"how\s+far|distance|거리|how\s+many\s+(?:km|kilomet\w+|miles|met\w+|m)\b"
                               r"|몇\s*(?:km|m|킬로미터|미터)"),
           "t": Role("time", r"how\s+long|how\s+much\s+time|how\s+many\s+(?:hours|minutes|seconds)|\btime\b"
                             r"|몇\s*(?:시간|분|초)|"
                             r"걸리는\s*시간|시간이?\s*얼마|얼마나\s*걸"),
           "v": Role("speed", r"speed|how\s+fast|velocity|속력|속도|빠르기|시속|분속|초속|몇\s*(?:km/h|m/s)")},
          {"speed": "d = v t"}),
)  # fmt: skip
THINGS: Final[dict[str, Topic]] = {
    _ROOMS: next(one for one in TOPICS if "area_rectangle" in one.formulas),
    _DISCS: next(one for one in TOPICS if "area_circle" in one.formulas),
}
"""Things whose shape school takes for granted, if the text names none."""
SPEED: Final = TOPICS[-1]
SHAPES: Final = TOPICS[:-1]
