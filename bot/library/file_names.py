"""Names of files as people see them in Discord."""

import discord

_LONGEST = 80
"""Characters of a name that are shown; of a longer name, the first 50 and the last 20."""


def printable(name: str) -> str:
    """The name without invisible characters (such as marks of direction), shortened where it is long."""
    shown = "".join(c for c in name if c.isprintable())
    return shown if len(shown) <= _LONGEST else f"{shown[:50]}…{shown[-20:]}"


def escaped(name: str) -> str:
    """The printable name, with Markdown and mentions escaped."""
    return discord.utils.escape_markdown(discord.utils.escape_mentions(printable(name).replace("`", "'")))
