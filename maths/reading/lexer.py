"""Cuts a message into tokens: mathematics in plain text, Unicode and LaTeX, and the words between."""

import re
import unicodedata
from dataclasses import dataclass
from fractions import Fraction

from maths.reading.lexer_words import (
    BESIDE_NAMES,
    PRODUCT_LETTERS,
    PRODUCTS,
    SHORT_WORDS,
    UNITS,
    WORDS_WITH_NAMES,
    word_length,
)
from maths.reading.symbols import (
    ALIASES,
    ARROWS,
    COMMAND_OPS,
    COMMAND_RELS,
    COMMAND_SPACE,
    COMMANDS,
    FUNCTIONS,
    GREEK,
    GREEK_LETTERS,
    ONE_SIGN,
    ONE_SPELLING,
    SUBSCRIPTS,
    SUPERSCRIPTS,
    TWO_SIGNS,
    TokenKind,
)

MATH_KINDS = frozenset(
    {
        "num",
        "name",
        "const",
        "func",
        "op",
        "rel",
        "open",
        "close",
        "bar",
        "comma",
        "sub",
        "cmd",
        "arrow",
        "prime",
        "diff",
    }
)
LONGEST_NUMBER = 400

_NUMBER = re.compile(r"\d+(?:\.\d+)?|\.\d+")
_THOUSANDS = re.compile(r"(?<![\d.,])\d{1,3}(?:,\d{3})+(?:\.\d+)?(?![\d]|,\d)")
_DECIMAL_COMMA = re.compile(r"(?<![\d.,])(\d+),(\d+)(?![\d]|[.,]\d)")
_LETTERS = re.compile(r"[A-Za-z]+(?:'[a-z]+)?")
_DOTS = re.compile(r"\.{3,}")
_HANGUL = re.compile(r"[가-힣ㄱ-ㅎㅏ-ㅣ]+")
_ORDINAL = re.compile(r"\d+(?:st|nd|rd|th)\b", re.IGNORECASE)
_COMMAND = re.compile(r"\\([A-Za-z]+|.)", re.DOTALL)
_NOISE = re.compile(
    r"<(?:@[!&]?|#|/[^:>]*:|a?:\w+:)\d+>|https?://\S+|\b(?:localhost:\d|www\.\w)\S*|[\w.+-]+@[\w-]+\.\w[\w.]*"
    r"|\b[a-z][\w-]+\.(?:com|net|org|io|dev|kr|edu)\b(?:/\S*)?|(?<!\w)@\w+"
    r"|(?<![\w)])\+\d{1,3}(?:[ -]\d{2,4}){2,4}(?=\D|$)"
)
"""Mentions, emoji, addresses and telephone numbers."""
_INVISIBLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
_SPOILER = re.compile(r"(?<!\|)\|\|(?=\S)([^|\n]+?)\|\|(?!\|)")
_CASES = re.compile(r"\\(?:begin|end)\s*\{[a-z]+\*?\}")
_SPLIT = re.compile("|".join(sorted(FUNCTIONS | {"pi"} | set(GREEK), key=len, reverse=True)))


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the message; `spaced` is true if white space stands before it."""

    kind: TokenKind
    text: str
    spaced: bool = False
    value: Fraction | None = None


class UnreadableNumber(Exception):  # noqa: N818
    """A number has too many digits."""


def normalize(text: str) -> str:
    """The text with one spelling for signs that keyboards, phones and web pages write differently."""
    text = _NOISE.sub(" ", _INVISIBLE.sub("", text))
    text = _SPOILER.sub(r" \1 ", text).replace("~~", "")
    text = re.sub(r"[⁰¹²³⁴-⁹⁺⁻⁽⁾ⁿˣʸⁱ]+", lambda run: "^{" + run[0].translate(SUPERSCRIPTS) + "}", text)
    text = re.sub(r"[₀-₉₊₋ₙₓᵢ]+", lambda run: "_{" + run[0].translate(SUBSCRIPTS) + "}", text)
    text = re.sub(r"[¼-¾⅐-⅞]", lambda char: "\\frac{{{}}}{{{}}}".format(*_vulgar(char[0])), text)
    text = text.translate(ONE_SPELLING)
    text = "".join(_compatible(char) for char in text)
    text = _CASES.sub("\n", text).replace("&", " ")
    text = _THOUSANDS.sub(lambda number: number[0].replace(",", ""), text)
    return _decimal_commas(text)


def _vulgar(char: str) -> list[str]:
    return unicodedata.normalize("NFKC", char).split("⁄")


def _compatible(char: str) -> str:
    """The plain letter of a full-width form or mathematical letter; Hangul and signs stay as they are."""
    if char < "\u2100" or "가" <= char <= "힣":
        return char
    plain = unicodedata.normalize("NFKC", char)
    return plain if len(plain) == 1 and plain.isascii() else char


def _decimal_commas(text: str) -> str:
    """`3,5x = 7` with a decimal point; a comma between equations or in a list stays."""

    def decimal(match: re.Match[str]) -> str:
        before, after = text[: match.start() + len(match[1])], text[match.end() - len(match[2]) :]
        left, right = re.split(r",\s|[;\n]", before)[-1], re.split(r",\s|[;\n]", after)[0]
        if "=" in left and "=" in right:
            return match[0]
        if re.search(r"(?:gcd|lcm|min|max|hcf|[CP(\[])\s*\(?\s*$", text[: match.start()]):
            return match[0]
        return f"{match[1]}.{match[2]}"

    return _DECIMAL_COMMA.sub(decimal, text)


class Lexer:
    """Reads a normalized text, token by token."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._spaced = False
        self.tokens: list[Token] = []

    def run(self) -> list[Token]:
        """All tokens; raises UnreadableNumber."""
        while self._at < len(self._text):
            char = self._text[self._at]
            if char in " \t\u00a0\u3000\u200b":
                self._at += 1
                self._spaced = True
            else:
                self._step(char)
        return self.tokens

    def _add(self, kind: TokenKind, text: str, length: int, value: Fraction | None = None) -> None:
        self.tokens.append(Token(kind, text, self._spaced, value))
        self._at += length
        self._spaced = False

    def _step(self, char: str) -> None:
        if char.isascii() and char.isalnum() and (length := word_length(self._text, self._at)):
            self._add("word", self._text[self._at : self._at + length].lower(), length)
        elif char.isascii() and (char.isdigit() or char == "."):
            self._number()
        elif char.isascii() and char.isalpha():
            self._letters()
        elif char == "\\":
            self._command()
        elif hangul := _HANGUL.match(self._text, self._at):
            self._add("word", hangul[0], len(hangul[0]))
        else:
            self._sign(char)

    def _number(self) -> None:
        if ordinal := _ORDINAL.match(self._text, self._at):
            self._add("word", ordinal[0].lower(), len(ordinal[0]))
            return
        match = _NUMBER.match(self._text, self._at)
        if match is None:
            dots = _DOTS.match(self._text, self._at)
            self._add(*(("cmd", "dots", len(dots[0])) if dots else ("break", ".", 1)))
            return
        if len(match[0]) > LONGEST_NUMBER:
            raise UnreadableNumber
        self._add("num", match[0], len(match[0]), Fraction(match[0]))

    def _letters(self) -> None:
        match = _LETTERS.match(self._text, self._at)
        assert match is not None
        run = match[0]
        if "'" in run and len(run.partition("'")[0]) == 1 and run[2:] != "m":
            run = run[0]
        for kind, text in self._pieces(run):
            self._add(kind, text, 0)
        self._at += len(run)

    def _pieces(self, run: str) -> list[tuple[TokenKind, str]]:
        if len(run) == 1:
            return [("name", run)] if run != "e" else [("const", "e")]
        if known := _known(run):
            return [known]
        if pieces := self._mathematical(run):
            return pieces
        return [("word", run.lower())]

    def _mathematical(self, run: str) -> list[tuple[TokenKind, str]]:
        """The pieces of `xy`, `sinx` and `dx`; none for a word."""
        before = self.tokens[-1] if self.tokens and not self._spaced else None
        touches = before is not None and before.kind in {"num", "close", "op", "open", "rel", "bar", "const"}
        after = self._text[self._at + len(run) : self._at + len(run) + 1]
        touches = touches or (after != "" and after in "^_=<>+*/")
        low = run.lower()
        if run in UNITS or low in WORDS_WITH_NAMES or "'" in run:
            return []
        if len(run) == 2 and run[0] == "d" and run[1] in "xyztuvrs" and run != "do":
            return [("diff", run[1])]
        added = len(run) == 2 and self.tokens and self.tokens[-1].text in {"+", "-", "="}
        added = added and (low not in SHORT_WORDS or run in PRODUCTS)
        bracketed = before is not None and before.kind == "open"  # `(in English)`
        if low in SHORT_WORDS and not (added or (touches and not bracketed and len(run) == 2)):
            return []
        pieces = _decomposed(run)
        letters = [text for kind, text in pieces if kind == "name" and len(text) == 1]
        if not set(letters) <= PRODUCT_LETTERS or len(run) > 12:
            return []
        named = any(len(text) > 1 for _, text in pieces)  # `e` alone would make mathematics of `bye` and `need`
        if (
            named
            and len(letters) <= 2
            and set(letters) <= BESIDE_NAMES
            and run.islower()
            and ("const", "e") not in pieces
        ):
            return pieces
        if added or (touches and len(run) <= 4) or set(run) <= set("xyz") or set(run) <= set("XYZ"):
            return pieces
        return []

    def _command(self) -> None:
        match = _COMMAND.match(self._text, self._at)
        if match is None:
            self._add("break", "\\", 1)
            return
        name, length = match[1], len(match[0])
        if name == "text":
            closing = self._text.find("}", self._at)
            self._add("break", "", max(length, closing + 1 - self._at))
        elif name in COMMAND_SPACE:
            self._at += length
            self._spaced = True
            if name in {"left", "right"} and self._text[self._at : self._at + 1] == ".":
                self._at += 1
        elif name in {"{", "}"}:
            self._add("open" if name == "{" else "close", "(" if name == "{" else ")", length)
        else:
            kind, text = _command_token(name)
            self._add(kind, text, length)

    def _sign(self, char: str) -> None:
        two = self._text[self._at : self._at + 2]
        if two in TWO_SIGNS:
            kind, text = TWO_SIGNS[two]
            self._add(kind, text, 2)
        elif char in ONE_SIGN:
            kind, text = ONE_SIGN[char]
            self._add(kind, text, 1)
        elif char in GREEK_LETTERS:
            self._add("name", GREEK_LETTERS[char], 1)
        else:
            self._add("break", char, 1)


def _known(run: str) -> tuple[TokenKind, str] | None:
    low = ALIASES.get(run, ALIASES.get(run.lower(), run.lower()))
    if low == "lim":
        return ("cmd", "lim")
    if low == "pi":
        return ("const", "pi")
    if low in {"inf", "infty"}:
        return ("const", "oo")
    if low in GREEK:
        return ("name", low)
    if low in FUNCTIONS and (run.islower() or run.istitle() or run == "nCr"):
        return ("func", low)
    return None


def _decomposed(run: str) -> list[tuple[TokenKind, str]]:
    pieces: list[tuple[TokenKind, str]] = []
    at = 0
    while at < len(run):
        if match := _SPLIT.match(run, at):
            piece = _known(match[0])
            assert piece is not None
            pieces.append(piece)
            at = match.end()
        elif run[at] == "d" and at and run[at + 1 :] in {"x", "y", "t", "u"}:
            pieces.append(("diff", run[at + 1 :]))
            at = len(run)
        else:
            pieces.append(("const", "e") if run[at] == "e" else ("name", run[at]))
            at += 1
    return pieces


def _command_token(name: str) -> tuple[TokenKind, str]:
    if name in COMMANDS:
        return ("cmd", COMMANDS[name])
    if name in COMMAND_OPS:
        return ("op", COMMAND_OPS[name])
    if name in COMMAND_RELS:
        return ("rel", COMMAND_RELS[name])
    if name in ARROWS:
        return ("arrow", "->")
    if name in {"vert", "lvert", "rvert", "mid", "|"}:
        return ("bar", "|")
    if name in {"lbrace", "lbrack"}:
        return ("open", "(")
    if name in {"rbrace", "rbrack"}:
        return ("close", ")")
    return _known(name if name != "infty" else "inf") or ("break", name)


def tokenize(text: str) -> list[Token]:
    """The tokens of a message; raises UnreadableNumber."""
    return Lexer(normalize(text)).run()
