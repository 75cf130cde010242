"""Finds the spans of mathematics between the words of a message."""

from collections.abc import Sequence
from dataclasses import dataclass

from maths.reading.lexer import MATH_KINDS, Token

_SHOWN = {"dots": "…", "root2": "√", "root3": "∛", "root4": "∜", "int": "∫"}
"""Commands as they are written."""


@dataclass(frozen=True, slots=True)
class Span:
    """Mathematical tokens between words; `before` and `after` are the words next to them, if any."""

    tokens: tuple[Token, ...]
    before: str
    after: str
    glued: bool = False
    """There is no space before the word behind it: `8pm`."""

    @property
    def text(self) -> str:
        """The span about as it was written."""
        return "".join(
            (" " if token.spaced else "") + ("d" if token.kind == "diff" else "") + _SHOWN.get(token.text, token.text)
            for token in self.tokens
        ).strip()


def find_spans(tokens: Sequence[Token]) -> list[Span]:
    """The spans of a message, each with the words before and behind it."""
    spans: list[Span] = []
    run: list[Token] = []
    before = ""
    for place, token in enumerate([*tokens, Token("break", "")]):
        if token.kind in MATH_KINDS and not is_article(tokens, place):
            run.append(token)
            continue
        text = token.text if token.kind in {"word", "name"} else ""
        for piece in _pieces(run):
            glued = token.kind == "word" and not token.spaced and piece[-1] is run[-1]
            spans.append(Span(tuple(piece), before, text, glued))
            before = ""
        run = []
        if token.kind == "word":
            before = token.text
        elif token.kind == "break" and token.text in ".?\n":
            before = ""
    return spans


def is_article(tokens: Sequence[Token], place: int) -> bool:
    """Whether a letter is a word: `a` or `I` between spaces, not beside a sign."""
    token = tokens[place]
    if token.kind != "name" or token.text not in {"a", "A", "I", "i"}:
        return False
    left = tokens[place - 1] if place else None
    right = tokens[place + 1] if place + 1 < len(tokens) else None
    named = left is not None and left.text in {"for", "find"} and (right is None or right.kind == "break")
    touches_left = named or (
        left is not None
        and (
            left.kind in {"op", "rel", "open", "sub", "cmd"}
            or left.text == "}"
            or (not token.spaced and left.kind in MATH_KINDS)
        )
    )
    touches_right = right is not None and (
        right.kind in {"op", "rel", "close", "sub", "arrow"} or (not right.spaced and right.kind in MATH_KINDS)
    )
    if right is not None and right.kind == "word" and not right.spaced:
        return False
    return not touches_left and not touches_right


def _pieces(run: list[Token]) -> list[list[Token]]:
    """The parts of a run between commas outside of brackets (or inside `{x+y=3, x-y=1}`), without loose ends."""
    if run and any(token.kind == "rel" for token in run) and is_bracketed(run):
        run = run[1:-1]
    pieces: list[list[Token]] = [[]]
    depth = 0
    for token in run:
        depth += (token.kind == "open") - (token.kind == "close")
        if token.kind == "comma" and depth <= 0:
            pieces.append([])
        else:
            pieces[-1].append(token)
    return [trimmed for piece in pieces if (trimmed := _trimmed(piece))]


def _trimmed(run: list[Token]) -> list[Token]:
    """The run without operators that lack an operand, and without brackets that lack their partner."""
    start, end = 0, len(run)
    changed = True
    while changed and start < end:
        changed = False
        first, last = run[start], run[end - 1]
        if _is_asked_for(run[start:end]):  # `3x = 6 x = ?`
            end, changed = end - 2, True
            continue
        if first.kind in {"rel", "comma", "sub", "prime", "arrow", "close"} or (
            first.kind == "op" and first.text not in "+-"
        ):
            start, changed = start + 1, True
        elif (
            last.kind in {"rel", "comma", "sub", "prime", "arrow", "open", "func"}
            or (last.kind == "op" and last.text not in "!%°")
            or last.kind == "cmd"
        ):
            end, changed = end - 1, True
        elif _excess(run[start:end]) > 0 and first.kind == "open":
            start, changed = start + 1, True
        elif (_excess(run[start:end]) < 0 and last.kind == "close") or (
            last.text == "!" and any(token.kind == "rel" for token in run[start:end])
        ):
            end, changed = end - 1, True
        elif first.kind == "open" and last.kind == "close" and end - start == 2:
            start, changed = end, True
    return run[start:end]


def _is_asked_for(run: Sequence[Token]) -> bool:
    """Whether a run ends in `x =`, which only asks for the unknown of the equation before it."""
    if len(run) < 5 or run[-1].kind != "rel" or run[-2].kind != "name" or not run[-2].spaced:
        return False
    return run[-3].kind in {"num", "name", "const", "close"} and any(token.kind == "rel" for token in run[:-2])


def is_bracketed(tokens: Sequence[Token]) -> bool:
    """Whether one pair of brackets holds everything: `(x + 1 = 3)`, but not `(x+1)^2 = (x+3)`."""
    if tokens[0].kind != "open" or tokens[-1].kind != "close":
        return False
    depth = 0
    for token in tokens[:-1]:
        depth += (token.kind == "open") - (token.kind == "close")
        if depth == 0:
            return False
    return True


def _excess(run: Sequence[Token]) -> int:
    return sum((token.kind == "open") - (token.kind == "close") for token in run)


def times_for_x(tokens: tuple[Token, ...]) -> tuple[Token, ...]:
    """The tokens with `*` for x in `3 x 4`: every x stands between two numbers."""
    places = [place for place, token in enumerate(tokens) if token.kind == "name" and token.text in "xX"]
    if (
        not places
        or not all(
            0 < place < len(tokens) - 1
            and tokens[place - 1].kind in {"num", "close"}
            and tokens[place + 1].kind in {"num", "open"}
            and (tokens[place].spaced == tokens[place + 1].spaced)
            for place in places
        )
        or any(token.kind == "rel" for token in tokens)
    ):
        return tokens
    if any(tokens[place - 1].kind == "close" or tokens[place + 1].kind == "open" for place in places):
        return tokens
    return tuple(Token("op", "*") if place in places else token for place, token in enumerate(tokens))
