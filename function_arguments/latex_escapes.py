r"""Reads the characters between the quotes of a JSON string whose author may have forgotten to escape LaTeX.

JSON wants `\\frac` where LaTeX has `\frac`. Models often write `\frac`, which JSON reads as a form feed and `rac`, or
`\sqrt`, which JSON refuses. A backslash is taken as LaTeX's where JSON's meaning makes no sense:

- `\b` and `\f` before anything, and a backslash before whatever JSON knows no escape for;
- `\n`, `\r`, `\t` before letters that make a command (`\neq`, `\rho`, `\times`), unless the rest is a word or a
  variable itself (`\nu`, `\tan`): then the place decides (in a formula or not, behind what, how the author writes
  elsewhere);
- `\u` that is not followed by four hexadecimal digits.

Right escapes stay right, also beside wrong ones. Where both meanings are possible, `AmbiguousEscapeError` is raised.
"""

import re
from dataclasses import dataclass
from typing import Final, Literal

from function_arguments.tex_names import AMBIGUOUS, NAMES, OVERESCAPED

_RUN: Final = re.compile(r"(\\+)([^\\]?)", re.DOTALL)
_WORD: Final = re.compile(r"[A-Za-z]+")
_HEX: Final = re.compile(r"u([0-9A-Fa-f]{4})")
_BRACED_HEX: Final = re.compile(r"u\{([0-9A-Fa-f]{4,6})\}")
_LOW_SURROGATE: Final = re.compile(r"\\u([Dd][C-Fc-f][0-9A-Fa-f]{2})")
_LITERAL: Final = {"n": "\n", "r": "\r", "t": "\t"}
_CONTROL: Final = {"\b": "\\b", "\f": "\\f"}
_CONTROL_BEFORE_LETTER: Final = re.compile(r"[\b\f](?=[A-Za-z])")
_AFTER_LATEX: Final = re.compile(r"[A-Za-z()\[\]{},;:!|%$&#_^]")
"""What follows a backslash in LaTeX, but for the line break."""
_SENTENCE_END: Final = re.compile(r"[.:;?!,…)\]}$。、?!:]\Z|\n\s*\Z|\\n\s*\Z")
_BOUNDARY: Final = re.compile(r"(?:\$\$|\\\[|\\\\|\}|&)\s*\Z")
_OPENING: Final = re.compile(r"(?:\$\$|\\\[)\s*\Z")
_BREAK_BEFORE_END: Final = re.compile(r"(?:(?!\$\$|\\\]|\\end\b).)*?\\n\s*+(?:\$\$|\\++(?:\]|end\b))", re.DOTALL)
"""From a position in a displayed formula to its end, with a line break before that end."""
_BEHIND_WORD: Final = re.compile(r"[A-Za-z]{3}\Z|[가-힣ㄱ-ㅎぁ-ヿ一-鿿]\Z")
"""In text, a command stands directly behind a variable (`h\\nu`), but behind no word."""
_MATHS_MARK: Final = re.compile(r"(\\*)([()\[\]]|begin\{[A-Za-z]+\*?\}|end\{[A-Za-z]+\*?\}|\$\$?)")
_EXCERPT: Final = 20
_NEAR: Final = 40
_MOST_LOOKED_AT: Final = 100
"""Commands in one string whose place is looked at; what has more of them is no quiz."""

Place = Literal["inline", "display", "text"]


class AmbiguousEscapeError(ValueError):
    """A backslash can be meant in two ways; the message tells the author how to write each."""


@dataclass(frozen=True, slots=True)
class Style:
    """How an author escapes LaTeX: `single` if some command has one backslash, `double` if some has two."""

    single: bool = False
    double: bool = False


def style_of(raw: str) -> Style:
    """How LaTeX is escaped in JSON text."""
    single = double = False
    for run in _RUN.finditer(raw):
        length, after = len(run[1]), run[2]
        word = _word(raw, run.end(1))
        if length == 1:
            single = single or _only_latex(raw, run.end(1), after, word)
        elif length == 2:
            double = double or (len(word) > 1 and (after not in "nrt" or word in NAMES)) or after in {"(", "["}
        elif length == 4:
            double = True
    return Style(single, double)


def decoded(raw: str, whole: Style | None = None) -> str:
    """The string whose JSON text, without its quotes, is `raw`; `whole` is the style of all that the author wrote.

    Raises:
        AmbiguousEscapeError: a line break or a tab may be meant as well as a command.
    """
    if "\\" not in raw:
        return _CONTROL_BEFORE_LETTER.sub(lambda found: _CONTROL[found[0]], raw)
    return _Decoder(raw, whole or Style()).text()


class _Decoder:
    def __init__(self, raw: str, whole: Style) -> None:
        self._raw = raw
        own = style_of(raw)
        self._style = own if own.single or own.double else whole
        self._twice = _escaped_twice(raw)
        self._looked_at = 0
        self._others: dict[str, bool] = {}

    def text(self) -> str:
        raw, at, pieces = self._raw, 0, []
        while (run := _RUN.search(raw, at)) is not None:
            pieces.append(raw[at : run.start()])
            piece, at = self._run(run)
            pieces.append(piece)
        whole = "".join([*pieces, raw[at:]])
        return _CONTROL_BEFORE_LETTER.sub(lambda found: _CONTROL[found[0]], whole)

    def _run(self, run: re.Match[str]) -> tuple[str, int]:
        """What a run of backslashes with the character behind it stands for, and where to go on."""
        length, after = len(run[1]), run[2]
        if length % 2 == 0:
            if self._twice:
                return "\\" * (length // 4), run.end(1)
            if length == 2 and self._breaks_row(run.end(1), after):
                return "\\\\", run.end(1)
            return "\\" * (length // 2), run.end(1)
        piece, end = self._escape(run.end(1), after)
        pairs = length // 2
        if length == 3 and (piece.startswith("\\") or (piece == "\n" and self._style == Style(single=True))):
            pairs = 2  # a row's end and a command, neither of them escaped
        return "\\" * pairs + piece, end

    def _escape(self, at: int, after: str) -> tuple[str, int]:
        """What one backslash before the character at `at` stands for, and where to go on."""
        raw = self._raw
        if after in {'"', "/"}:
            return after, at + 1
        if after == "'" and raw[at + 1 : at + 2] != "{":
            return after, at + 1
        if after == "u" and (point := _HEX.match(raw, at)) is not None:
            return self._code_point(int(point[1], 16), point.end())
        if after == "u" and (point := _BRACED_HEX.match(raw, at)) is not None and int(point[1], 16) <= 0x10FFFF:
            return chr(int(point[1], 16)), point.end()
        if after in _LITERAL and not self._is_command(at, after):
            return _LITERAL[after], at + 1
        return "\\", at

    def _code_point(self, high: int, end: int) -> tuple[str, int]:
        low = _LOW_SURROGATE.match(self._raw, end) if 0xD800 <= high < 0xDC00 else None
        if low is None:
            return chr(high), end
        return chr(0x10000 + ((high - 0xD800) << 10) + int(low[1], 16) - 0xDC00), low.end()

    def _is_command(self, at: int, letter: str) -> bool:
        word = _word(self._raw, at)
        if word not in NAMES:
            return False
        if word not in AMBIGUOUS:
            return True
        self._looked_at += 1
        if self._looked_at > _MOST_LOOKED_AT:
            raise self._ambiguous(at, word)
        place = _place(self._raw[: at - 1], self._raw[at + len(word) :])
        if place == "inline" or (place == "display" and letter == "t"):
            return True
        if word in {"num", "tt"}:
            return self._raw[at + len(word) : at + len(word) + 1] == "{" or self._raw[at - 2 : at - 1] == "{"
        if letter == "t":
            return not self._has_other(r"\\t")
        return self._is_command_in_display(at, word) if place == "display" else self._is_command_in_text(at, word)

    def _is_command_in_display(self, at: int, word: str) -> bool:
        before = self._raw[max(0, at - 1 - _NEAR) : at - 1]
        if self._style == Style(single=True):
            return not (_OPENING.search(before) and _BREAK_BEFORE_END.match(self._raw, at))
        if _BOUNDARY.search(before):
            breaks = self._style.double or _BREAK_BEFORE_END.match(self._raw, at)
            return not breaks
        if self._style.double:
            raise self._ambiguous(at, word)
        return True

    def _is_command_in_text(self, at: int, word: str) -> bool:
        before = self._raw[max(0, at - 1 - _NEAR) : at - 1]
        if not before.strip() and at <= _NEAR:
            return True  # a line break at the beginning is never meant
        if _SENTENCE_END.search(before):
            return False
        if before[-1:].isspace() or before[-1:] in "([{=+-*<>":
            if self._has_other(r"\\n"):
                raise self._ambiguous(at, word)
            return True
        if self._style == Style(double=True) or _BEHIND_WORD.search(before):
            return False
        raise self._ambiguous(at, word)

    def _has_other(self, escape: str) -> bool:
        """Whether the string has `escape` where it can only be the line break or the tab."""
        if escape not in self._others:
            found = re.finditer(rf"(?<!\\){escape}", self._raw)
            self._others[escape] = any(_word(self._raw, each.end() - 1) not in NAMES for each in found)
        return self._others[escape]

    def _breaks_row(self, at: int, after: str) -> bool:
        r"""Whether `\\` at `at` is a row's end that was not escaped, as the commands around it were not."""
        if self._style != Style(single=True):
            return False
        if not _AFTER_LATEX.match(after):
            return True
        return len(_word(self._raw, at)) == 1 and _place(self._raw[: at - 2], self._raw[at:]) == "display"

    def _ambiguous(self, at: int, word: str) -> AmbiguousEscapeError:
        shown = self._raw[max(0, at - 1 - _EXCERPT) : at + len(word) + _EXCERPT]
        white = "line break" if word[0] == "n" else "tab"
        return AmbiguousEscapeError(
            f"in `{shown}`, `\\{word}` can be the command \\{word} or a {white} before `{word[1:]}`: "
            f"write `\\\\{word}` for the command, or a space behind the {white}"
        )


def _only_latex(raw: str, at: int, after: str, word: str) -> bool:
    """Whether one backslash before `after` can be nothing but LaTeX's."""
    if after in _LITERAL:
        return word in NAMES and word not in AMBIGUOUS
    if after == "u":
        return _HEX.match(raw, at) is None and _BRACED_HEX.match(raw, at) is None
    return after not in {"", '"', "'", "/"}


def _escaped_twice(raw: str) -> bool:
    """Whether all backslashes are escaped once too often."""
    runs = list(_RUN.finditer(raw))
    if not runs or any(len(run[1]) % 4 for run in runs):
        return False
    return any(
        _word(raw, run.end(1)) in OVERESCAPED and raw[run.end(1) + len(_word(raw, run.end(1))) :][:1] == "{"
        for run in runs
    )


def _word(raw: str, at: int) -> str:
    found = _WORD.match(raw, at)
    return found[0] if found is not None else ""


def _place(before: str, behind: str) -> Place:
    """Where a position is: in a formula within a line, in a displayed one, or in text."""
    stack: list[str] = []
    for mark in _MATHS_MARK.finditer(before):
        _pass(stack, len(mark[1]), mark[2], before[mark.end() : mark.end() + 1] or "\\")
    if not stack:
        return "text"
    if stack[-1] == "$":
        return "inline" if _dollar_closes(behind) else "text"
    return "inline" if stack[-1] == "(" else "display"


def _pass(stack: list[str], slashes: int, mark: str, behind: str) -> None:
    """Change the stack of open formulas by one mark with so many backslashes before it and that character behind it."""
    if mark.startswith("$"):
        if slashes:
            return
        if mark in stack:
            del stack[stack.index(mark) :]
        elif not stack and (mark == "$$" or not behind.isspace()):
            stack.append(mark)
    elif slashes in {1, 2}:
        if mark in {"(", "["} or mark.startswith("begin"):
            stack.append(mark[0] if mark[0] in "([" else "begin")
        else:
            opening = {")": "(", "]": "["}.get(mark, "begin")
            if opening in stack:
                del stack[len(stack) - 1 - stack[::-1].index(opening) :]


def _dollar_closes(behind: str) -> bool:
    """Whether a formula between dollars ends in `behind`: a dollar with no space before it and no digit after it."""
    for found in re.finditer(r"(?<!\\)\$", behind.partition("\\n\\n")[0]):
        at = found.start()
        return not behind[max(0, at - 1) : at].isspace() and not behind[at + 1 : at + 2].isdigit()
    return False
