"""The names of the threads that Saem makes: the first line of a question, in plain words."""

import re

from bot.escaping import one_line, visible

NAME_LIMIT = 100
"""Characters of a thread's name."""

_TIME = re.compile(r"<t:-?\d+(?::\w)?>")
_LINK = re.compile(r"\[([^\]]*)\]\(<?https?://[^)]*\)")
_LINE_MARKS = re.compile(r"```\w*|`|^\s*(?:>{1,3}|#{1,3}|-#|[-*])\s+", re.MULTILINE)
# A star between two factors is no mark: marks stand at the edges of words.
_PAIRED_MARKS = re.compile(r"(?<![\w*])(\*{1,3}|_{1,3}|~~|\|\|)(?=\S)(.+?)(?<=\S)\1(?![\w*])")


def thread_name(text: str, otherwise: str) -> str:
    """A thread's name for a question: its first line without Markdown, 100 characters at most; else `otherwise`."""
    plain = _TIME.sub("", _LINK.sub(r"\1", _PAIRED_MARKS.sub(r"\2", _LINE_MARKS.sub("", text))))
    lines = [one_line(visible(line)) for line in plain.splitlines()]
    first = next((line for line in lines if line), otherwise)
    return first if len(first) <= NAME_LIMIT else first[: NAME_LIMIT - 1].rstrip() + "…"
