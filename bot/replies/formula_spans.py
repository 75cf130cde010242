r"""Finds where a formula begins and ends in a text, and tells formulas from dollars that are money.

Formulas are `\(…\)`, `\[…\]`, `$$…$$`, `$…$`, `\begin{…}…\end{…}`, and a bare `\boxed{…}`, `\frac{…}{…}` or the like.
"""

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Literal

from bot.replies.typesetting.environments import ENVIRONMENTS
from bot.replies.typesetting.parser import DEEPEST

LONGEST = 6_000
"""A delimiter is no delimiter if its end does not come within so many characters."""
LONGEST_DOLLAR = 1_000
_LONGEST_UNCLOSED_DOLLAR = 200


@dataclass(frozen=True, slots=True)
class FormulaSpan:
    """A formula in a text; `end` is the position after it."""

    end: int
    latex: str
    display: bool


_BEGIN = re.compile(r"\\begin\{([A-Za-z]+)(\*?)\}")
_BARE = re.compile(r"\\(?:boxed|[dt]?frac|sqrt|ce|binom|overline|vec|text|textbf|mathrm|mathbf|mathbb)(?=\{|\[)")
_PARTIAL = re.compile(r"\\[a-z]{1,8}")
"""This may become one of the macros above, or `\\begin`."""
_MACRO = re.compile(r"\\(?:[A-Za-z]|$)")
_GROUP = re.compile(r"[_^]?[{\[]")
_LONGEST_BARE = 400
_WORDS = re.compile(r"(?<![\\A-Za-z{])[A-Za-z]{3,}")
_KNOWN_WORDS = frozenset(
    [
        "sin",
        "cos",
        "tan",
        "log",
        "ln",
        "exp",
        "lim",
        "max",
        "min",
        "det",
        "dim",
        "mod",
        "arcsin",
        "arccos",
        "arctan",
        "sinh",
        "cosh",
        "tanh",
        "sec",
        "csc",
        "cot",
        "deg",
        "gcd",
        "lcm",
    ]
)
_PADDED = re.compile(r"\$[ \t]?([^\s$](?:[^$\n`]{0,200}[^\s$\\])?)[ \t]?\$(?![A-Za-z0-9_$\\])")
"""With a space inside one of the dollars, or inside both."""
_HUNG = re.compile(r"\$(?:[\\^_'][^$\n`]{0,200}|\([^$\n`]{0,80}\))(?<![\s\\])\$")
"""A formula directly after a word or a number: `H$_2$O`, `90$^\\circ$`, `Poisson$(\\lambda)$`."""
_HANGING = re.compile(r"\$(?:[\\^_'][^$\n`]{0,200})?")
_SURELY_MATHS = re.compile(r"[\\^_]")
_ARITHMETIC = re.compile(r"(?:[\d.,\s()]|(?<![A-Za-z])[A-Za-z](?![A-Za-z])|[-+−*/×÷·<>=≤≥≠≈])*")
_SIGN = re.compile(r"[-+−*/×÷·<>=≤≥≠≈(]")
_RANGE = re.compile(r"[\d.,]+\s*[-–−]\s*[\d.,]+")
"""From one amount to another."""
_WORD_OF_A_SENTENCE = re.compile(
    r"\b(?:a|an|and|are|at|but|cost|costs|each|for|from|in|is|it|no|not|of|on|or|per|so|the|to|was|you)\b",
    re.IGNORECASE,
)
_ENDS_WITH_SIGN = re.compile(r"[-+−*/×÷·<>,]\s*$")
_MATHS = re.compile(r"[\\^_=+<>|]|^[A-Za-z]$")


@lru_cache(maxsize=32)
def _landmarks(text: str) -> "_Landmarks":
    return _Landmarks(text)


class _Landmarks:
    """Where things are in a text. Each is looked for once, however many formulas may begin before it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._next: dict[str, tuple[int, int]] = {}

    def next(self, mark: str, at: int, *, escapable: bool = False) -> int:
        """Where `mark` comes next, from `at` on; past the end of the text if it does not come."""
        since, found = self._next.get(mark, (1, 0))
        if since <= at <= found:
            return found
        found = self.text.find(mark, at)
        while escapable and found >= 0 and _escaped(self.text, found):
            found = self.text.find(mark, found + 1)
        found = found if found >= 0 else len(self.text) + 1
        self._next[mark] = at, found
        return found

    def next_gap(self, at: int) -> int:
        """Where two blank lines come next; past the end of the text if they do not come."""
        since, found = self._next.get("gap", (1, 0))
        if since <= at <= found:
            return found
        gap = _FAR.search(self.text, at)
        found = gap.start() if gap else len(self.text) + 1
        self._next["gap"] = at, found
        return found

    @cached_property
    def brackets(self) -> dict[int, int]:
        """The position of each opening bracket, with that of the one that closes it in the same line."""
        pairs: dict[int, int] = {}
        open_: list[int] = []
        for found in _BRACKETS.finditer(self.text):
            match found[0]:
                case "\n":
                    open_.clear()
                case "{" | "[":
                    open_.append(found.start())
                case "}" | "]" if open_:
                    pairs[open_.pop()] = found.start()
        return pairs

    @cached_property
    def environments(self) -> dict[int, tuple[int, int]]:
        """The position of each `\\begin`, with the end of its environment (-1: none) and how deep others are in it."""
        found_: dict[int, tuple[int, int]] = {}
        open_: dict[str, list[tuple[int, int]]] = {}
        for found in _BEGIN_OR_END.finditer(self.text):
            same = open_.setdefault(found[2], [])
            if found[1] == "begin":
                same.append((found.start(), 1))
            elif same:
                _close(same, found.end(), found_)
        for same in open_.values():
            while same:
                _close(same, -1, found_)
        return found_


def _close(open_: list[tuple[int, int]], end: int, found: dict[int, tuple[int, int]]) -> None:
    """Take the innermost of the open environments, and note its end and its depth."""
    begin, depth = open_.pop()
    found[begin] = end, depth
    if open_:
        open_[-1] = open_[-1][0], max(open_[-1][1], depth + 1)


_BRACKETS = re.compile(r"\n|(?<!\\)[{}\[\]]")
_BEGIN_OR_END = re.compile(r"\\(begin|end)\{([A-Za-z]+\*?)\}")


def find_formula(text: str, at: int) -> FormulaSpan | Literal["unclosed"] | None:
    """The formula that begins at `at`; None if none does; "unclosed" if its end may come with further text."""
    if text.startswith("\\(", at):
        return _until(text, at, "\\)", display=False)
    if text.startswith("\\[", at):
        return _until(text, at, "\\]", display=True)
    if text.startswith("\\begin{", at):
        return _environment(text, at)
    if text[at] == "\\":
        return _bare(text, at)
    if text[at] != "$" or (at and text[at - 1] == "\\"):
        return None
    if text.startswith("$$", at):
        return _until(text, at, "$$", display=True)
    return _dollar(text, at)


_FAR = re.compile(r"\n\s*\n\s*\n")
"""Two blank lines end every formula."""


def _until(text: str, at: int, mark: str, *, display: bool) -> FormulaSpan | Literal["unclosed"] | None:
    landmarks = _landmarks(text)
    start = at + 2
    end = landmarks.next(mark, start, escapable=True)
    if end > at + LONGEST - len(mark):
        if len(text) - at >= LONGEST:
            return None
        end = len(text)
    closed = end < len(text)
    if not display and landmarks.next("\n\n", start) < end:
        return None
    if not closed:
        return None if landmarks.next("```", start) < end or landmarks.next_gap(start) < end else "unclosed"
    if not (inside := text[start:end]).strip():
        return None
    end += len(mark)
    return FormulaSpan(end, inside.strip(), display and ("\n" in inside or not _is_in_sentence(text, at, end)))


_MARKS_BEFORE = re.compile(r"[ \t]*(?:(?:[-*+•>]|\d{1,9}[.)])[ \t]+|>)*")
_SIGNS_AFTER = re.compile(r"[ \t]*[.,;:!?。，、]*[ \t]*(?=\n|$)")
_DISPLAYED = ("$$", "\\[", "\\]")


def _is_in_sentence(text: str, start: int, end: int) -> bool:
    """Whether a formula of one line, in marks of display, stands among words; what a colon introduces does not."""
    line = text.rfind("\n", 0, start) + 1
    marks = _MARKS_BEFORE.match(text, line, start)
    before = text[max(marks.end() if marks else line, start - 80) : start].strip()
    if _SIGNS_AFTER.match(text, end):
        return bool(before) and not before.rstrip("*_").endswith((":", "：", *_DISPLAYED))
    after = text[end : end + 80].lstrip(" \t")
    return not (before.endswith(_DISPLAYED) or (not before and after.startswith(_DISPLAYED)))


def _escaped(text: str, at: int) -> bool:
    slashes = 0
    while at - slashes - 1 >= 0 and text[at - slashes - 1] == "\\":
        slashes += 1
    return slashes % 2 == 1


def _environment(text: str, at: int) -> FormulaSpan | Literal["unclosed"] | None:
    begin = _BEGIN.match(text, at)
    if begin is None:
        partial = text[at : at + 40]
        return "unclosed" if "}" not in partial and len(text) - at < 40 else None
    if begin[1] not in ENVIRONMENTS:
        return None
    end, depth = _landmarks(text).environments[at]
    if depth > DEEPEST or end > at + LONGEST:
        return None
    if end > 0:
        return FormulaSpan(end, text[at:end], display=True)
    return "unclosed" if len(text) - at < LONGEST else None


def _bare(text: str, at: int) -> FormulaSpan | Literal["unclosed"] | None:
    """A macro with its arguments, in a sentence without delimiters."""
    if _PARTIAL.fullmatch(text, at):
        return "unclosed"
    macro = _BARE.match(text, at)
    if macro is None or (at and (text[at - 1].isalnum() or text[at - 1] in "\\:{")):
        return None
    end = macro.end()
    brackets = _landmarks(text).brackets
    while (group := _GROUP.match(text, end)) is not None:
        closing = brackets.get(group.end() - 1, -1)
        if not 0 <= closing < group.end() - 1 + _LONGEST_BARE:
            near = len(text) - at < _LONGEST_BARE and "\n" not in text[at:]
            return "unclosed" if near and closing < 0 else None
        end = closing + 1
    return FormulaSpan(end, text[at:end], display=False) if end > macro.end() else None


def _dollar(text: str, at: int) -> FormulaSpan | Literal["unclosed"] | None:
    """A single dollar sign: a formula if no space follows it and none precedes its partner (pandoc's rule).

    With spaces, as some models write them, it is a formula if what is between cannot be anything else.
    """
    if at + 1 >= len(text):
        return "unclosed"
    if at and text[at - 1].isalnum() and text[at - 1].isascii():
        return _hung_dollar(text, at)
    if text[at + 1].isspace():
        return _padded_dollar(text, at)
    landmarks = _landmarks(text)
    end, gap = landmarks.next("$", at + 1, escapable=True), landmarks.next("\n\n", at + 1)
    if end < at + LONGEST_DOLLAR and end < len(text):
        if gap < end:
            return None
        inside = text[at + 1 : end]
        if _is_maths(inside, text[end + 1 : end + 2]):
            return FormulaSpan(end + 1, inside, display=False)
        return _padded_dollar(text, at)
    if len(text) - at > _LONGEST_UNCLOSED_DOLLAR or gap < len(text):
        return None
    unfinished = text[at + 1 :]
    likely = _MACRO.search(unfinished) or not ("\n" in unfinished or _is_money(unfinished) or _is_prose(unfinished))
    return "unclosed" if likely else None


def _padded_dollar(text: str, at: int) -> FormulaSpan | None:
    """`$ x = 2 $`, `$a_1 = $`, with a space inside a dollar: a formula if it cannot be anything else."""
    padded = _PADDED.match(text, at)
    if padded is None or not _is_surely_maths(padded[1]):
        return None
    return FormulaSpan(padded.end(), padded[1], display=False)


def _hung_dollar(text: str, at: int) -> FormulaSpan | Literal["unclosed"] | None:
    """After a letter or a digit: a formula if it is a script, a macro or all in brackets."""
    if (hung := _HUNG.match(text, at)) is not None and not _is_prose(hung[0][1:-1]):
        return FormulaSpan(hung.end(), hung[0][1:-1], display=False)
    return "unclosed" if _HANGING.fullmatch(text, at) else None


def _is_maths(inside: str, after: str) -> bool:
    if not inside or inside[-1].isspace() or "`" in inside:
        return False
    if after.isdigit() or (after.isascii() and after.isalpha() and not _MATHS.search(inside)):
        return False
    if _is_prose(inside):
        return False
    return not (_is_money(inside) and re.search(r"[,;–—-]\s*$|^\d[\d.,]*\s*/", inside))


def _is_surely_maths(inside: str) -> bool:
    """Whether it can be neither an amount nor words."""
    if _SURELY_MATHS.search(inside):
        return True
    if _ARITHMETIC.fullmatch(inside):
        signed = _SIGN.search(inside) and not _ENDS_WITH_SIGN.search(inside)
        return bool(signed and not _RANGE.fullmatch(inside)) or re.fullmatch("[A-Za-z]", inside) is not None
    return "=" in inside and not _is_money(inside) and not _WORD_OF_A_SENTENCE.search(inside)


def may_be_two_amounts(text: str, at: int, end: int) -> bool:
    """Whether what is between the dollars at `at` and before `end` is no formula if a digit follows: `$5 and US$`."""
    inside = text[at + 1 : end - 1]
    return text[at] == "$" and end == len(text) and _is_money(inside) and ("\\(" in inside or "\\" not in inside)


def _is_money(inside: str) -> bool:
    return (
        re.match(r"\d[\d,.]*(?:\s?(?:k|m|bn?|million|billion|thousand))?(?:\s|[,.;:!?)]|$)", inside, re.IGNORECASE)
        is not None
    )


def _is_prose(inside: str) -> bool:
    """Whether it has words as in sentences, not as in formulas."""
    bare = re.sub(r"\\(?:text\w*|mathrm|operatorname|mbox|ce)\*?\s*\{[^{}]*\}", "", inside)
    words = [word for word in _WORDS.findall(bare) if word.lower() not in _KNOWN_WORDS]
    return len(words) >= 2 and not re.search(r"[\\^_=]", bare)
