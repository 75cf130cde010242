"""Reads LaTeX mathematics into a tree. What it does not know it refuses: nothing is drawn as half a guess."""

from bot.replies.maths import definitions, environments, macros, units, words
from bot.replies.maths.alphabets import PLAIN_SIGNS
from bot.replies.maths.grammar import DEEPEST, Parser
from bot.replies.maths.tokens import LONGEST, LatexError
from bot.replies.maths.tree import Node

__all__ = ["DEEPEST", "LONGEST", "LatexError", "parse"]

_MACROS = {**macros.MACROS, **words.MACROS, **units.MACROS, **environments.MACROS, **definitions.MACROS}


def parse(source: str) -> Node:
    """The tree of a formula (without its delimiters).

    Raises:
        LatexError: an unknown macro or environment, something unclosed, too long, nested too deep.
    """
    if len(source) > LONGEST:
        raise LatexError(f"longer than {LONGEST} characters")
    return Parser(source.translate(PLAIN_SIGNS), _MACROS).whole()
