r"""Finds where a formula begins and ends in a text, and tells formulas from dollars that are money.

Formulas are `\(…\)`, `\[…\]`, `$$…$$`, `$…$`, `\begin{…}…\end{…}`, and a bare `\boxed{…}`, `\frac{…}{…}` or the like.
"""

import re
from dataclasses import dataclass
from typing import Literal

from bot.replies.typesetting.environments import ENVIRONMENTS
from bot.replies.typesetting.parser import DEEPEST

LONGEST = 6_000
"""A delimiter is no delimiter if its end does not come within so many characters."""
LONGEST_DOLLAR = 1_000


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
_PADDED = re.compile(r"\$ ([^\s$](?:[^$\n`]{0,200}[^\s$\\])?) \$(?![\w$])")
_HUNG = re.compile(r"\$(?:[\\^_'][^$\n`]{0,200}|\([^$\n`]{0,80}\))(?<![\s\\])\$")
"""A formula directly after a word or a number: `H$_2$O`, `90$^\\circ$`, `Poisson$(\\lambda)$`."""
_HANGING = re.compile(r"\$(?:[\\^_'][^$\n`]{0,200})?")
_SURELY_MATHS = re.compile(r"[\\^_=]|^[A-Za-z]$")
_MATHS = re.compile(r"[\\^_=+<>|]|^[A-Za-z]$")


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
    start = at + 2
    end = text.find(mark, start, at + LONGEST)
    while end > 0 and _escaped(text, end):
        end = text.find(mark, end + 1, at + LONGEST)
    if end < 0 and len(text) - at >= LONGEST:
        return None
    inside = text[start : end if end >= 0 else len(text)]
    if not display and "\n\n" in inside:
        return None
    if end < 0:
        return None if "```" in inside or _FAR.search(inside) else "unclosed"
    if not inside.strip():
        return None
    return FormulaSpan(end + len(mark), inside.strip(), display)


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
    depth = 0
    mark = re.compile(rf"\\(begin|end)\{{{re.escape(begin[1] + begin[2])}\}}")
    for found in mark.finditer(text, at, at + LONGEST):
        depth += 1 if found[1] == "begin" else -1
        if depth == 0:
            return FormulaSpan(found.end(), text[at : found.end()], display=True)
        if depth > DEEPEST:
            return None
    return "unclosed" if len(text) - at < LONGEST else None


def _bare(text: str, at: int) -> FormulaSpan | Literal["unclosed"] | None:
    """A macro with its arguments, in a sentence without delimiters."""
    if _PARTIAL.fullmatch(text, at):
        return "unclosed"
    macro = _BARE.match(text, at)
    if macro is None or (at and (text[at - 1].isalnum() or text[at - 1] in "\\:{")):
        return None
    end = macro.end()
    while (group := _GROUP.match(text, end)) is not None:
        end = _group_end(text, group.end() - 1)
        if end == 0:
            return "unclosed" if len(text) - at < _LONGEST_BARE and "\n" not in text[at:] else None
    return FormulaSpan(end, text[at:end], display=False) if end > macro.end() else None


def _group_end(text: str, at: int) -> int:
    """The position after the bracket that closes the one at `at`; 0 if there is none near."""
    depth = 0
    for position in range(at, min(len(text), at + _LONGEST_BARE)):
        if text[position] == "\n":
            return 0
        if text[position] in "{}[]" and text[position - 1] != "\\":
            depth += 1 if text[position] in "{[" else -1
            if depth == 0:
                return position + 1
    return 0


def _dollar(text: str, at: int) -> FormulaSpan | Literal["unclosed"] | None:
    """A single dollar sign: a formula if no space follows it and none precedes its partner (pandoc's rule)."""
    if at + 1 >= len(text):
        return "unclosed"
    if at and text[at - 1].isalnum() and text[at - 1].isascii():
        return _hung_dollar(text, at)
    if text[at + 1].isspace():
        return _padded_dollar(text, at)
    for end in range(at + 1, min(len(text), at + LONGEST_DOLLAR)):
        char = text[end]
        if char == "\n" and text[end : end + 2] == "\n\n":
            return None
        if char == "$" and not _escaped(text, end):
            inside = text[at + 1 : end]
            return FormulaSpan(end + 1, inside, display=False) if _is_maths(inside, text[end + 1 : end + 2]) else None
    unfinished = text[at + 1 :]
    if len(unfinished) >= 200 or "\n\n" in unfinished:
        return None
    likely = _MACRO.search(unfinished) or not ("\n" in unfinished or _is_money(unfinished) or _is_prose(unfinished))
    return "unclosed" if likely else None


def _padded_dollar(text: str, at: int) -> FormulaSpan | None:
    """`$ x = 2 $`, with a space on both sides, as some models write: a formula if it cannot be anything else."""
    padded = _PADDED.match(text, at)
    if padded is None or not _SURELY_MATHS.search(padded[1]) or _is_money(padded[1]) or _is_prose(padded[1]):
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
