"""Text of an answer that is hidden behind spoilers until it is shown plainly.

It stands in the source of a reply between two tags, as a model's own `<details>` would; the opening one has an
attribute, by which it is known again.
"""

import re
from collections.abc import Sequence
from typing import Final

OPENS: Final = "<details hidden>"
_CLOSES: Final = "</details>"
_HIDDEN: Final = re.compile(rf"{OPENS}\n?(.*?)\n?{_CLOSES}\n?", re.DOTALL)
_TAGS: Final = re.compile(r"</?(?:details|summary|ol|ul|li|dl|dt|dd)\b[^<>]*>", re.IGNORECASE)
_LIST_NUMBER: Final = re.compile(r"^([ \t>*+•-]*)(\d{1,9})([.)])(?=\s|$)", re.MULTILINE)
_CODE_OR_TABLE: Final = re.compile(r"```|~~~|^\s*\|.*\|\s*$", re.MULTILINE)
_OPENED: Final = "<details>"
"""What opens it again at the beginning of the next message."""


def hidden(text: str) -> str:
    """`text` as a hidden part of a source; the model's own tags cannot end it."""
    inside = _without_tags(text).strip("\n").replace("||", "| |")  # else the spoiler would end there
    inside = re.sub(r"\\+$", "", inside, flags=re.MULTILINE)  # else the bars that end it would be escaped
    if not _CODE_OR_TABLE.search(inside):
        inside = _LIST_NUMBER.sub(r"\1\2\\\3", inside)  # else it would stand before the spoiler
    return f"{OPENS}\n{inside}\n{_CLOSES}\n"


def _without_tags(text: str) -> str:
    """`text` without tags that hide or number, and without those that stand there once others are taken out."""
    while (shorter := _TAGS.sub("", text)) != text:
        text = shorter
    return text


def without_bars(block: str) -> str:
    """A block that is shown, without bars that would begin a spoiler and end it where a hidden block begins."""
    return block if _CODE_OR_TABLE.search(block) else block.replace("||", "\\|\\|")


def without_own_mark(text: str) -> str:
    """A model's text, in which no `<details>` passes for one of ours."""
    return re.sub(r"<details\s+hidden\s*/?>", "<details>", text, flags=re.IGNORECASE)


def left_out(source: str) -> str:
    """A source in which `…` stands for what is hidden: for a file, which has no spoilers."""
    return re.sub(rf"{OPENS}.*\Z", "…\n", _HIDDEN.sub("…\n", source), flags=re.DOTALL)


def shown(source: str) -> str:
    """A source with everything shown plainly."""
    return _HIDDEN.sub(r"\1\n", source)


def plain_parts(parts: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """The parts of a source (what each opens again, and its text) with everything shown plainly."""
    plain: list[tuple[str, str]] = []
    is_open = False
    for opened, text in parts:
        if is_open:
            opened = opened.replace(_OPENED, "", 1)  # noqa: PLW2901
            if _CLOSES in text:
                text = text.replace(_CLOSES, "", 1)  # noqa: PLW2901
                is_open = False
        text = shown(text)  # noqa: PLW2901
        if OPENS in text:
            text = text.replace(f"{OPENS}\n", "", 1).replace(OPENS, "", 1)  # noqa: PLW2901
            is_open = True
        plain.append((opened, text))
    return plain
