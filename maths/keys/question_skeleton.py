"""A question as its words, with a sign in the place of each formula: `solve § for §`, and the formulas."""

import re
from dataclasses import dataclass
from typing import Final

from maths.keys.formula_reading import LONGEST, NotRead, plain_text
from maths.reading.lexer import MATH_KINDS, Token, UnreadableNumber, tokenize
from maths.reading.spans import is_article

MOST_FORMULAS: Final = 6
_DROPPED: Final = frozenset({".", "?", "!", ";", '"', "(", ")", "[", "]", "\n", "", "\\", "~"})
"""Breaks that change nothing."""
_BETWEEN: Final = frozenset({"op", "rel"})

_FRAME: Final = re.compile(
    r"^\s*(?:\(?\d{1,2}[.)]\s+(?=\S)|Q(?:uestion)?\s*\d*\s*[.:)]\s*|문제\s*\d*\s*[.:)]\s*|\[문제\s*\d*\]\s*)"
    r"|\(?(?:단,?\s*)?\$?C\$?(?:는|은)\s*적분\s*상수(?:이다|입니다)?\.?\)?"
    r"|\((?:where|with)?\s*\$?C\$? (?:is|=) (?:a|an|the) (?:arbitrary )?constant(?: of integration)?\.?\)"
    r"|(?:please )?(?:select|choose|pick) (?:the )?(?:correct|right|best) (?:answer|option|choice)(?: below)?[.:]?\s*$"
    r"|(?:(?:옳은|알맞은|맞는|올바른)\s*것을?|정답을?|답을?)\s*(?:하나\s*)?고르(?:세요|시오)\.?\s*$",
    re.IGNORECASE,
)
_ARITHMETIC_WORDS: Final = (
    (r"(?<=\d)\s*(?:times|multiplied by|곱하기)\s*(?=-?\d)", " * "),
    (r"(?<=\d)\s*(?:divided by|나누기)\s*(?=-?\d)", " ÷ "),
    (r"(?<=\d)\s*(?:plus|더하기)\s*(?=-?\d)", " + "),
    (r"(?<=\d)\s*(?:minus|빼기)\s*(?=\d)", " - "),
    (r"(?<=\d)\s*(?:percent|per cent|퍼센트|프로)(?![a-z가-힣]*age)", "%"),
    (r"(\d+) (?:raised )?to the power (?:of )?(\d+)", r"\1^{\2}"),
    (r"(\d+) (?:raised )?to the (\d+)(?:st|nd|rd|th) power", r"\1^{\2}"),
    (r"(\d+) squared\b|(\d+)의 ?제곱(?!근)", r"\1\2^2"),
    (r"(\d+) cubed\b|(\d+)의 ?세제곱(?!근)", r"\1\2^3"),
    (r"(\d+) factorial\b", r"\1!"),
    (r"\bcube root of (\d+)(?![\d.^])", r"∛(\1)"),
    (r"\bsquare root of (\d+)(?![\d.^])", r"√(\1)"),
    (r"\blog(?:arithm)? (?:to the )?base (\d+) of (\d+)", r"log_{\1}(\2)"),
    (
        r"(?:\\frac\s*\{\s*d\s*y\s*\}\s*\{\s*d\s*x\s*\}|\bdy\s*/\s*dx\b)(?=\s*(?:\?|$|[.은는을를이가]"
        r"|=\s*\??\s*$))", " derivative "),
)  # fmt: skip
_LIMIT: Final = re.compile(
    r"\blimit (?:of )?(?P<body>(?:(?!\bas\b).)+?),? as ?(?P<var>[a-z]) *(?:approaches|tends to|goes to|→|->|\\to) *"
    r"(?P<to>-?(?:\d+(?:/\d+)?|∞|infinity|π))(?=\s*[?.]?\s*$)"
)
_KOREAN_LIMIT: Final = re.compile(
    r"(?P<var>[a-z])\s*(?:→|->|\\to|가|이)\s*(?P<to>-?(?:\d+(?:/\d+)?|∞))\s*(?:일|(?:으로|로)\s*(?:한없이\s*)?(?:갈|가까워질))"
    r"\s*때,?\s*(?P<body>[^가-힣]+?)\s*의\s*극한값?"
)
HANGUL: Final = re.compile(r"[가-힣]")


@dataclass(frozen=True, slots=True)
class Skeleton:
    """The words with `§` for each formula; Korean words stand without spaces."""

    words: str
    formulas: tuple[tuple[Token, ...], ...]
    korean: bool


def skeleton_of(question: str) -> Skeleton:
    """The skeleton of a question; raises NotRead."""
    if len(question) > LONGEST:
        raise NotRead
    text = plain_text(_FRAME.sub(" ", question))
    for pattern, written in _ARITHMETIC_WORDS:
        text = re.sub(pattern, written, text, flags=re.IGNORECASE)
    text = _LIMIT.sub(r"limit \\lim_{\g<var> \\to \g<to>} (\g<body>)", text)
    text = _KOREAN_LIMIT.sub(r"\\lim_{\g<var> \\to \g<to>} (\g<body>) 의 극한값", text)
    try:
        tokens = tokenize(text.strip())
    except UnreadableNumber as error:
        raise NotRead from error
    words: list[str] = []
    formulas: list[tuple[Token, ...]] = []
    run: list[Token] = []
    for place, token in enumerate([*tokens, Token("break", "")]):
        if token.kind in MATH_KINDS and not is_article(tokens, place) and not _is_colon(token):
            run.append(token)
            continue
        pieces = formulas_in(run)
        formulas += pieces
        words += ["§"] * len(pieces)
        run = []
        if token.kind in {"word", "name"}:
            words.append(token.text.lower())
        elif _is_colon(token):
            words += [":"] if _between_numbers(tokens, place) else []
        elif token.text not in _DROPPED or _is_gap(tokens, place):
            words.append("¿")
    if len(formulas) > MOST_FORMULAS:
        raise NotRead
    korean = bool(HANGUL.search(question))
    return Skeleton(("" if korean else " ").join(words), tuple(formulas), korean)


def formulas_in(run: list[Token]) -> list[tuple[Token, ...]]:
    """The formulas between the commas of a run, without the `=` that only asks: `3 + 4 =`."""
    pieces: list[list[Token]] = [[]]
    depth = 0
    for token in run:
        depth += (token.kind == "open") - (token.kind == "close")
        if token.kind == "comma" and depth <= 0:
            pieces.append([])
        else:
            pieces[-1].append(token)
    found = []
    for piece in pieces:
        while piece and piece[-1].kind == "rel" and piece[-1].text == "=":
            piece.pop()
        if piece:
            found.append(tuple(piece))
    return found


def _is_colon(token: Token) -> bool:
    return token.kind == "op" and token.text == ":"


def _between_numbers(tokens: list[Token], place: int) -> bool:
    around = tokens[max(place - 1, 0) : place + 2]
    return len(around) == 3 and around[0].kind == around[2].kind == "num"


def _is_gap(tokens: list[Token], place: int) -> bool:
    """Whether a question mark stands for a part of a formula: `3 + ? = 8`."""
    after = tokens[place + 1] if place + 1 < len(tokens) else None
    before = tokens[place - 1] if place else None
    joins = after is not None and after.kind in _BETWEEN and after.text != ":"
    lacks = before is not None and before.kind == "op" and before.text not in "!%°:"
    return place < len(tokens) and tokens[place].text == "?" and (joins or lacks)
