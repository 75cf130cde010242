"""Texts of a quiz in Discord's Markdown: escaped, without mentions, shortened."""

import re
from functools import lru_cache
from typing import Final

from bot import escaping
from bot.escaping import one_line, visible, without_citation_marks
from bot.replies.formula_spans import FormulaSpan, find_formula
from bot.replies.inline_rendering import plain
from bot.replies.markdown_rendering import render
from bot.replies.typesetting import LatexError, parse
from bot.replies.typesetting.unicode import to_unicode

_MENTION: Final = re.compile(r"@(everyone|here)|<(@[!&]?\d+|#\d+)>")


@lru_cache(maxsize=2_048)
def readable(text: str) -> str:
    r"""`text` on one line, formulas in Unicode: `\(x^2\)` -> `x²`. A formula that cannot be parsed stays as it is."""
    shown, at, plain_from = "", 0, 0
    while (at := min((found for mark in "\\$" if (found := text.find(mark, at)) >= 0), default=-1)) >= 0:
        formula = find_formula(text, at)
        if isinstance(formula, FormulaSpan) and (line := _in_unicode(formula.latex)):
            shown += text[plain_from:at] + line
            at = plain_from = formula.end
        else:
            at += 1
    return one_line(visible(shown + text[plain_from:]))


def _in_unicode(latex: str) -> str:
    try:
        return to_unicode(parse(latex)).text
    except (LatexError, RecursionError):
        return ""


def typeset(text: str) -> str:
    """A question in Discord's Markdown: formulas in Unicode, and mentions that ping nobody."""
    pieces = (getattr(piece, "text", "\n") for piece in render(without_citation_marks(text)))
    return unmentioned("".join(pieces)).strip() or escaped(text)


def escaped(text: str) -> str:
    r"""`text` on one line with its Markdown escaped: `*@here*` -> `\*\@here\*`. Formulas are in Unicode."""
    return escaping.escaped(readable(text))


def unmarked_within(text: str, length: int) -> str:
    """`text` without its Markdown, on one line of at most `length` characters; links show their hosts."""
    return escaping.escaped_within(plain(without_citation_marks(text)), length)


def unmentioned(text: str) -> str:
    """`text` whose mentions of people, roles and channels are plain text; other Markdown stays."""
    return _MENTION.sub(lambda found: found[0].replace("@", "@\u200b").replace("#", "#\u200b"), text)


def shortened(text: str, length: int) -> str:
    """`text` cut to `length` characters; what is cut ends with an ellipsis."""
    return text if len(text) <= length else text[: max(length - 1, 0)].rstrip() + "…"


def escaped_within(text: str, length: int) -> str:
    """`escaped(text)` of at most `length` characters; an escape is never cut in two."""
    return escaping.escaped_within(readable(text), length)
