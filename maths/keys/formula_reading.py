"""Reads a formula as a model writes it; what can be meant in two ways is not read."""

import re
from collections.abc import Sequence
from typing import Final

from maths.reading.lexer import Token, UnreadableNumber, tokenize
from maths.reading.nodes import Apply, Const, Node, Rel, Substitution, rewrite
from maths.reading.parser import Parser, parse
from maths.reading.problem_kinds import is_complex, is_slash_derivative
from maths.reading.spans import times_for_x
from maths.reading.token_cursor import ParseError

LONGEST: Final = 600
"""Characters of a formula or question that is read."""

_DELIMITERS: Final = re.compile(r"\$\$?|\\[()\[\]]|\*\*(?=\S[^*]*\*\*)|(?<=\S)\*\*(?!\s*[\dA-Za-z(])|`")
_TEXT: Final = re.compile(r"\\(?:text|mathrm|textbf|mathbf|boxed)\s*\{([^{}]*)\}")
_SUFFIX: Final = re.compile(
    r"\s*\((?:중근|이중근|double root|repeated root|twice)\)\s*$|(?:입니다|이다|이에요|예요)\s*\.?$|\.$"
)
_LIST_OR_DECIMAL: Final = re.compile(r"(?<![\d,.])\d+,\d{1,2}(?!\d)|(?<![\d,.])\d+,\d{4,}|(?<![\d.])0,\d")
_LABEL: Final = re.compile(
    r"^\s*(?:\(?([A-Ja-j가-하ㄱ-ㅎ1-9]|10)[).]\s+|\(([A-Ja-j가-하ㄱ-ㅎ1-9])\)\s*|([①-⑩])\s*)(?=\S)"
)
_SERIES: Final = ("ABCDEFGHIJ", "abcdefghij", "123456789", "①②③④⑤⑥⑦⑧⑨⑩", "가나다라마바사아자차", "ㄱㄴㄷㄹㅁㅂㅅㅇㅈㅊ")


class NotRead(Exception):  # noqa: N818
    """The text is no formula, or can be meant in two ways."""


def plain_text(text: str) -> str:
    r"""The text without the marks of formulas and of Markdown: `**$x^2$**` -> ` x^2 `."""
    text = text.replace("\\dfrac", "\\frac").replace("\\tfrac", "\\frac").replace("\\cfrac", "\\frac")
    text = re.sub(r"\\(?:implies|Rightarrow|iff)\b", " ⇒ ", text)
    text = re.sub(r"\\(?:le|leq|leqslant)(?![a-z])", "≤", text)
    text = re.sub(r"\\(?:ge|geq|geqslant)(?![a-z])", "≥", text)
    text = re.sub(r"\\infty(?![a-z])", "∞", text)
    text = re.sub(r"\\pm(?![a-z])", "±", text)
    text = re.sub(r"\\lvert(?![a-z])|\\rvert(?![a-z])|\\left\s*\||\\right\s*\|", "|", text)
    text = re.sub(r"\\left\s*\\\{|\\\{", "{", re.sub(r"\\right\s*\\\}|\\\}", "}", text))
    return _DELIMITERS.sub(" ", _TEXT.sub(r" \1 ", text))


def without_labels(choices: Sequence[str]) -> list[str]:
    """The choices without numbers or letters in front, if these count up: `A) 3`, `B) 4`."""
    found = [_LABEL.match(choice) for choice in choices]
    labels = [next(label for label in match.groups() if label) for match in found if match]
    if any(labels == list(series[: len(choices)]) for series in _SERIES):
        return [choice[match.end() :] for choice, match in zip(choices, found, strict=True) if match]
    return list(choices)


def choice_text(choice: str) -> str:
    """A choice without marks, and without what ends a sentence."""
    return _SUFFIX.sub("", plain_text(choice).strip()).strip()


def tokens_of(text: str) -> tuple[Token, ...]:
    """The tokens of a formula.

    Raises:
        NotRead: the text is too long, has words or other signs, or may be meant in two ways.
    """
    if len(text) > LONGEST or _LIST_OR_DECIMAL.search(text):
        raise NotRead
    try:
        tokens = tuple(tokenize(text))
    except UnreadableNumber as error:
        raise NotRead from error
    if not tokens or any(token.kind in {"word", "break"} for token in tokens):
        raise NotRead
    return tokens


def read_formula(text: str) -> Node:
    """The tree of a formula; raises NotRead."""
    return tree_of(tokens_of(text))


def tree_of(tokens: Sequence[Token]) -> Node:
    """The tree of tokens that are all of one formula; raises NotRead."""
    tokens = times_for_x(tuple(tokens))
    if is_ambiguous(tokens):
        raise NotRead
    try:
        node = Parser(tokens).slash_derivative() if is_slash_derivative(tokens) else parse(tokens)
    except (ParseError, UnreadableNumber, RecursionError, ValueError) as error:
        raise NotRead from error
    return rewrite(node, Substitution("i", Const("i"))) if is_complex(node) else node


def is_ambiguous(tokens: Sequence[Token]) -> bool:
    """Whether people read a formula in several ways: `6/2(1+2)`, `1/2x`, `e^2x`, `x^1/2`, `sin x/2`, `√3x`, `2:3`."""
    for place, token in enumerate(tokens):
        before = tokens[place - 1] if place else None
        rest = tokens[place + 1 :]
        if token.kind == "op" and token.text == ":":
            return True
        if token.kind == "op" and token.text in "/÷" and rest and _runs_on(rest, tight_only=token.text == "/"):
            return True
        if token.kind == "op" and token.text == "^" and rest and _exponent_runs_on(before, rest):
            return True
        if token.kind == "func" and rest and _argument_runs_on(rest):
            return True
        if token.text in {"root2", "root3", "root4"} and len(rest) > 1 and rest[0].kind == "num":
            if rest[1].kind in {"name", "const"} and not rest[1].spaced:
                return True
            if rest[1].kind == "op" and rest[1].text == "^":
                return True
    return False


def _runs_on(rest: Sequence[Token], *, tight_only: bool) -> bool:
    """Whether a number or letter behind a slash is followed by a factor without a sign, as in `1/2x`."""
    if rest[0].kind not in {"num", "name", "const"}:
        return False
    follower = rest[1] if len(rest) > 1 else None
    if follower is not None and follower.kind == "op" and follower.text == "^" and len(rest) > 3:
        depth, place = 0, 2
        while place < len(rest):
            depth += (rest[place].kind == "open") - (rest[place].kind == "close")
            place += 1
            if depth == 0:
                break
        follower = rest[place] if place < len(rest) else None
    if follower is None or follower.kind not in {"num", "name", "const", "func", "open", "cmd"}:
        return False
    return not (tight_only and follower.spaced and rest[0].kind == "num")


def _exponent_runs_on(before: Token | None, rest: Sequence[Token]) -> bool:
    at = 1 if rest[0].kind == "op" and rest[0].text in "+-" else 0
    if len(rest) <= at + 1 or rest[at].kind not in {"num", "name", "const"}:
        return False
    base_is_number = before is not None and before.kind in {"num", "const"}
    follower = rest[at + 1]
    if follower.kind == "op" and follower.text == "/" and not follower.spaced:
        return rest[at].text == "1" or base_is_number
    return follower.kind in {"name", "const", "open", "func"} and base_is_number and not follower.spaced


def _argument_runs_on(rest: Sequence[Token]) -> bool:
    """Whether an argument without brackets is divided or raised to a power: `sin x/2`, `ln x^2`."""
    at = 0
    if rest[0].kind == "op" and rest[0].text == "^":
        return False
    if rest[0].kind == "sub":
        at = 2
        if len(rest) > 1 and rest[1].text == "{":
            at = next((place + 1 for place, token in enumerate(rest) if token.text == "}"), len(rest))
    start = at
    while at < len(rest) and rest[at].kind in {"num", "name", "const"}:
        at += 1
    if at == start or at >= len(rest) or rest[at].kind != "op":
        return False
    if rest[at].text == "/":
        return rest[at - 1].text != "pi"
    return rest[at].text == "^" and at > start + 1


def expression_of(node: Node, names: Sequence[str]) -> Node:
    """The right side of `f'(x) = 2x` and `y = 2x`, where y is no variable of the question; else the node itself."""
    match node:
        case Rel(("=",), (Apply(), body)) if not isinstance(body, Rel):
            return body
        case Rel(("=",), (left, body)) if getattr(left, "name", "") in {"y", "I", "A", "S"} - set(names):
            return body
    return node
