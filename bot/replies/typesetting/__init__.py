"""LaTeX mathematics: `parse` reads it into a tree; `mathml` and `unicode` write the tree.

A macro that is not known is an error: no formula is shown with a part of it guessed.
"""

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


def parse(source: str) -> Node:
    """The tree of a formula (without its delimiters).

    Raises:
        LatexError: an unknown macro or environment, something unclosed, too long, nested too deep.
    """
    if len(source) > LONGEST:
        raise LatexError(f"longer than {LONGEST} characters")
    return Parser(source.translate(REPLACED_CHARACTERS), _MACROS).formula()
