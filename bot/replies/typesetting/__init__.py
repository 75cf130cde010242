"""LaTeX mathematics: `parse` reads it into a tree; `mathml` and `unicode` write the tree.

A macro that is not known is an error: no formula is shown with a part of it guessed.
"""

import html
import re
from unicodedata import normalize

from bot.replies.typesetting import chemistry, environments, macros, newcommand, text_macros, units
from bot.replies.typesetting.alphabets import REPLACED_CHARACTERS
from bot.replies.typesetting.parser import Parser
from bot.replies.typesetting.tokens import LONGEST, LatexError
from bot.replies.typesetting.tree import Node

__all__ = ["LatexError", "parse"]

_MACROS = {
    **macros.MACROS,
    **text_macros.MACROS,
    **units.MACROS,
    **environments.MACROS,
    **chemistry.MACROS,
    **newcommand.MACROS,
}


_ENTITY = re.compile(
    r"&(?:lt|gt|le|ge|ne|amp|nbsp|times|divide|minus|plusmn|deg|pi|infin|#\d{1,6}|#x[0-9a-fA-F]{1,5});"
)
"""Some models write HTML's entities in formulas too; after the `&` of a column no semicolon follows a name."""


def parse(source: str) -> Node:
    """The tree of a formula (without its delimiters).

    Raises:
        LatexError: an unknown macro or environment, something unclosed, too long, nested too deep.
    """
    if len(source) > LONGEST:
        raise LatexError(f"longer than {LONGEST} characters")
    text = _ENTITY.sub(lambda found: _character(found[0]), source) if "&" in source else source
    return Parser(normalize("NFC", text).translate(REPLACED_CHARACTERS), _MACROS).formula()


def _character(entity: str) -> str:
    """The character of an entity, as LaTeX."""
    char = html.unescape(entity)
    return {"\u00a0": "~", "&": "\\&"}.get(char, char)
