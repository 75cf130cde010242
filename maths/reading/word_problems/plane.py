"""Reads problems on points in the plane: slope, line, distance, midpoint."""

import re
from fractions import Fraction
from typing import Final

from maths.reading.lexer import tokenize
from maths.reading.parser import parse
from maths.reading.word_problems.quantities import shown
from maths.reading.word_problems.word_problem import NotOneStep, WordProblem

_VALUE: Final = r"\s*([-−]?\d{1,9}(?:\.\d{1,6})?(?:/\d{1,6})?)\s*"
_POINT: Final = re.compile(rf"\({_VALUE},{_VALUE}\)")
_SLOPE: Final = re.compile(rf"(?:slope|gradient|기울기)(?:가|이|는|은|\s|of|is|=|m)*{_VALUE}", re.IGNORECASE)
_TOPICS: Final = (
    ("midpoint", r"mid-?\s?point|halfway|중점"),
    ("distance", r"distance|how\s+far|length\s+of|거리|길이"),
    ("line", r"\bline\b|equation|직선의?\s*(?:방정식|식)|방정식"),
    ("slope", r"\bslope\b|gradient|기울기"),
)
_OTHERS: Final = re.compile(
    r"perpendicular|parallel|tangent|circle|parabola|curve|수직|평행|접선|원의|포물선|이차|vector|벡터|triangle|삼각형|"
    r"divid|내분|외분|reflect|대칭|rotate|회전",
    re.IGNORECASE,
)


def read_plane(text: str) -> WordProblem | None:
    """The problem on points of a text; None if it has none.

    Raises:
        NotOneStep: it takes more than one formula, or another one.
    """
    points = tuple((_number(match[1]), _number(match[2])) for match in _POINT.finditer(text))
    asked = [name for name, words in _TOPICS if re.search(words, text, re.IGNORECASE)]
    if not points or not asked:
        return None
    if _OTHERS.search(text):
        return None
    given_slope = _SLOPE.search(text)
    names = ["A", "B", "C", "D"]
    facts = tuple(rf"\({name}({shown(x)}, {shown(y)})\)" for name, (x, y) in zip(names, points, strict=False))
    if len(points) == 1 and given_slope and "line" in asked:
        slope = _number(given_slope[1])
        return WordProblem("line_with_slope", parse(tokenize("y = m (x - a) + b")), (("m", slope),), "y",
                           (*facts, rf"\(m = {shown(slope)}\)"), points=points)  # fmt: skip
    if len(points) != 2:
        if len(points) == 1:
            return None  # `slope of y = x^2 at (1, 1)` is a tangent
        raise NotOneStep("word_steps")
    if (
        "line" in asked
        and "slope" in asked
        and re.search(
            r"slope.{0,40}(?:of|의).{0,20}(?:line|직선)|직선의?\s*기울기|line'?s?\s+slope", text, re.IGNORECASE
        )
    ):
        asked = ["slope"] if not re.search(r"equation|방정식", text, re.IGNORECASE) else asked
    (x1, y1), (x2, y2) = points
    if points[0] == points[1] and asked[0] not in {"distance", "midpoint"}:
        raise NotOneStep("word_same_point")
    given = (("x_1", x1), ("y_1", y1), ("x_2", x2), ("y_2", y2))
    formulas = {
        "slope": ("m = (y_2 - y_1)/(x_2 - x_1)", "m"),
        "distance": ("d = sqrt((x_2 - x_1)^2 + (y_2 - y_1)^2)", "d"),
        "midpoint": ("M = (x_1 + x_2)/2", "M"),
        "line": ("y = m (x - x_1) + y_1", "y"),
    }
    if len({name for name in asked if name in {"slope", "line"}}) < len(asked) and len(asked) > 1:
        raise NotOneStep("word_steps")
    formula, wanted = formulas[asked[0]]
    return WordProblem(f"plane_{asked[0]}", parse(tokenize(formula)), given, wanted, facts, points=points)


def _number(text: str) -> Fraction:
    top, _, bottom = text.replace("−", "-").partition("/")
    if bottom and int(bottom) == 0:
        raise NotOneStep("word_missing")
    return Fraction(top) / (int(bottom) if bottom else 1)
