"""Reads what is to be drawn: curves with their interval, points, and charts of numbers, in English and Korean."""

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, Literal

from maths.reading.lexer import UnreadableNumber, tokenize
from maths.reading.nodes import Node, Rel, Sym, variables_of
from maths.reading.parser import parse
from maths.reading.spans import find_spans
from maths.reading.token_cursor import ParseError

ChartKind = Literal["bar", "line", "pie", "histogram"]

LONGEST: Final = 1_000
"""Characters of a message that are read."""
MOST_CURVES: Final = 6
MOST_NUMBERS: Final = 60

_VERB: Final = re.compile(
    r"(?:^|[.,;:!?\n]\s*|\b(?:please|you|to|and|then|now|just|also|me|let'?s|saem)\s+)"
    r"(?:re-?)?(?:plot|graph|draw|sketch|chart)\b(?!\s+(?:of|is|has|shows?)\b)",
    re.IGNORECASE,
)
_NOUN: Final = re.compile(
    r"(?:^|\b(?:show|make|give|create|want|need|see|draw|plot|sketch|do|have)\b(?:\s+\w+){0,2}\s+)"
    r"(?:(?:me|us|a|an|the|as|their|its)\s+)*"
    r"(?:(?:bar|line|pie|column|function|scatter)[ -]?)?(?:graphs?|plots?|charts?|histograms?|sketch)\b"
    r"(?:\s+(?:of|for|with|showing)\b|\s*:|\W*$)"
    r"|\bas\s+(?:an?\s+)?(?:(?:bar|line|pie|column)[ -]?)?(?:graph|plot|chart|histogram)\b",
    re.IGNORECASE,
)
_KOREAN: Final = re.compile(
    r"그려|그릴\s*수|그리(?:고|자|면|기|시)|(?:그래프|차트|도표|히스토그램|그림)(?:를|을|로|도|만)?\s*(?:좀\s*)?(?:보여|만들|줘|주세요|부탁|나타내|표시|[?!.~]*\s*$)"
)
_ASKED: Final = re.compile(
    r"\b(?:what|where|when|why|which|how\s+(?:many|do|does|is|can\s+i)|find|does|is\s+the)\b.{0,80}\b(?:graph|plot|chart)\b"
    r"|그래프(?:의|가|는|에서)(?!\s*(?:모양|그림))",
    re.IGNORECASE,
)
"""A question about a graph, which asks for no drawing; unless it says draw."""
_HOW: Final = re.compile(
    r"\bhow\s+(?:to|do|does|would|should)\b.{0,30}\b(?:plot|graph|draw|sketch)\b|그리는\s*(?:법|방법)|어떻게\s*그[려리]",
    re.IGNORECASE,
)
"""A question on how drawing is done."""
_CHARTS: Final[tuple[tuple[ChartKind, re.Pattern[str]], ...]] = (
    ("histogram", re.compile(r"histogram|히스토그램|도수\s*분포", re.IGNORECASE)),
    ("pie", re.compile(r"\bpie\b|원\s?그래프|파이", re.IGNORECASE)),
    ("bar", re.compile(r"\bbars?\b|\bcolumn\s+chart|막대|바\s?차트", re.IGNORECASE)),
    ("line", re.compile(r"\bline\s*(?:chart|graph|plot)\b|꺾은선|선\s?그래프", re.IGNORECASE)),
)
_POINT: Final = re.compile(r"\(\s*([-−+]?\d{1,9}(?:\.\d{1,9})?)\s*,\s*([-−+]?\d{1,9}(?:\.\d{1,9})?)\s*\)")
_POINTS: Final = re.compile(r"\b(?:points?|coordinates?|scatter)\b|점|좌표|산점도", re.IGNORECASE)
_LABELLED: Final = re.compile(
    r"(?:(?<![\w가-힣])([^\W\d_][\w가-힣 ]{0,30}?)\s{0,3}[:=]?\s{0,3})?"
    r"(?<![\w.,])([-−]?\d{1,3}(?:,\d{3})+(?:\.\d{1,9})?|[-−]?\d{1,12}(?:\.\d{1,9})?)(?![\w.]*\d)"
)
_EDGE: Final = r"[-−+\d.\w√π*/()°^]{1,24}?"
_INTERVALS: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b(?:from|between)\s+(?:[a-zθ]\s*=\s*)?({_EDGE})\s+(?:to|and|until)\s+(?:[a-zθ]\s*=\s*)?({_EDGE})(?=$|[\s,;?!])",
        rf"(?:\b(?:on|over|in|for\s+[a-zθ]\s+in|[a-zθ]\s+in)\s+|∈\s*|구간\s*)[\[(]\s*({_EDGE})\s*[,~]\s*({_EDGE})\s*[\])]",
        rf"(?<![\w.(])({_EDGE})\s*(?:부터|에서|~)\s*({_EDGE})\s*까지",
    )
)
_AXIS: Final = re.compile(r"^(?:축|좌표|절편|값|axis|axes|intercepts?|values?|coordinates?)")


@dataclass(frozen=True, slots=True)
class PlotRequest:
    """What is to be drawn: `curves` are trees with the text that they were read from, `low` and `high` the interval.

    `numbers` are those of a `chart`, each with its label, which may be empty.
    """

    curves: tuple[tuple[Node, str], ...] = ()
    low: Node | None = None
    high: Node | None = None
    points: tuple[tuple[Fraction, Fraction], ...] = ()
    chart: ChartKind | None = None
    numbers: tuple[tuple[str, Fraction], ...] = ()
    too_many: bool = False


def asks_to_draw(text: str) -> bool:
    """Whether a message asks for a drawing; one that asks something about a graph does not."""
    text = text[:LONGEST]
    if _HOW.search(text):
        return False
    if _VERB.search(text) or re.search(r"그려|그릴\s*수", text):
        return True
    return bool(_NOUN.search(text) or _KOREAN.search(text)) and not _ASKED.search(text)


def chart_in(text: str) -> ChartKind | None:
    """The kind of chart that a message names."""
    return next((kind for kind, words in _CHARTS if words.search(text)), None)


def read_plot(text: str) -> PlotRequest | None:
    """What a message wants to have drawn; None if it asks for no drawing, or nothing in it can be drawn."""
    if not asks_to_draw(text) or len(text) > LONGEST:
        return None
    points = tuple((_value(x), _value(y)) for x, y in _POINT.findall(text))
    chart = chart_in(text)
    if chart is not None and len(points) == 0:
        numbers = _numbers(text)
        if len(numbers) > 1:
            return PlotRequest(chart=chart, numbers=tuple(numbers[:MOST_NUMBERS]), too_many=len(numbers) > MOST_NUMBERS)
    if len(points) < 2 and not _POINTS.search(text):
        points = ()
    rest = _POINT.sub(" ; ", text) if points else text
    low, high, rest = _interval(rest)
    curves: list[tuple[Node, str]] = []
    for node, shown in _formulas(rest):
        if low is None and high is None and (bounds := _bounds(node)) is not None and curves:
            low, high = bounds
        elif _is_curve(node):
            curves.append((node, shown))
    if len(curves) > 1:
        curves = [(node, shown) for node, shown in curves if not isinstance(node, Sym)]
    if not curves and not points:
        return None
    return PlotRequest(
        tuple(curves[:MOST_CURVES]), low, high, points[:MOST_NUMBERS],
        too_many=len(curves) > MOST_CURVES or len(points) > MOST_NUMBERS,
    )  # fmt: skip


def _formulas(text: str) -> list[tuple[Node, str]]:
    """The trees of a text's formulas that can be read, each with its text."""
    found = []
    try:
        spans = find_spans(tokenize(text))
    except UnreadableNumber:
        return []
    for span in spans:
        if _AXIS.match(span.after):
            continue
        try:
            found.append((parse(span.tokens), span.text))
        except ParseError:
            continue
    return found


def _is_curve(node: Node) -> bool:
    return bool(variables_of(node))


def _interval(text: str) -> tuple[Node | None, Node | None, str]:
    """The interval that a text names, and the text without it."""
    for pattern in _INTERVALS:
        for found in pattern.finditer(text):
            ends = [_constant(end) for end in found.groups()]
            if ends[0] is not None and ends[1] is not None:
                return ends[0], ends[1], f"{text[: found.start()]} ; {text[found.end() :]}"
    return None, None, text


def _constant(text: str) -> Node | None:
    try:
        node = parse(tokenize(text))
    except (ParseError, UnreadableNumber):
        return None
    return None if variables_of(node) or isinstance(node, Rel) else node


def _bounds(node: Node) -> tuple[Node | None, Node | None] | None:
    """The bounds that `0 <= x <= 4`, `x > 0` or `|…|` give to one letter; None for anything else."""
    if not isinstance(node, Rel) or set(node.ops) & {"=", "!="}:
        return None
    names = variables_of(node)
    if names == ["y"] or len(names) != 1:
        return None
    match node:
        case Rel((first, second), (low, Sym(), high)) if first[0] == second[0]:
            return (low, high) if first[0] == "<" else (high, low)
        case Rel((op,), (Sym(), end)) | Rel((op,), (end, Sym())) if not variables_of(end):
            upwards = (op[0] == ">") == isinstance(node.sides[0], Sym)
            return (end, None) if upwards else (None, end)
    return None


def _numbers(text: str) -> list[tuple[str, Fraction]]:
    found = []
    if not re.search(r"\d,\s", text):  # `100,200,300`: no commas of thousands
        text = re.sub(r"(?<=\d),(?=[-−\d])", ", ", text)
    for label, number in _LABELLED.findall(text):
        words = _LABEL_NOISE.sub(" ", label).strip()
        found.append((words, _value(number)))
    return found


_LABEL_NOISE: Final = re.compile(
    r"^.*\b(?:of|for|with|and|chart|graph|plot|histogram|데이터|그래프|차트|막대)\b|^.*(?:그래프|차트|히스토그램)\S*|\b(?:and|is|are|명|개|점)\b",
    re.IGNORECASE,
)


def _value(text: str) -> Fraction:
    return Fraction(text.replace("−", "-").replace(",", ""))
