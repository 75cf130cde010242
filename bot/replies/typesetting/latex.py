"""Reads LaTeX mathematics into a tree. What it does not know it refuses: nothing is drawn as half a guess."""

from bot.replies.typesetting import environments, macro_definitions, macros, text_macros, units
from bot.replies.typesetting.alphabets import PLAIN_SIGNS
from bot.replies.typesetting.parser import DEEPEST, Parser
from bot.replies.typesetting.tokens import LONGEST, LatexError
from bot.replies.typesetting.tree import Node

__all__ = ["DEEPEST", "LONGEST", "LatexError", "parse"]

_MACROS = {**macros.MACROS, **text_macros.MACROS, **units.MACROS, **environments.MACROS, **macro_definitions.MACROS}


def parse(source: str) -> Node:
    """The tree of a formula (without its delimiters).

    Raises:
        LatexError: an unknown macro or environment, something unclosed, too long, nested too deep.
    """
    if len(source) > LONGEST:
        raise LatexError(f"longer than {LONGEST} characters")
    return Parser(source.translate(PLAIN_SIGNS), _MACROS).whole()
