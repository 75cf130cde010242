"""Text of an answer that is hidden behind spoilers until it is shown plainly.

It stands in the source of a reply between two tags, as a model's own `<details>` would; the opening one has a number,
by which each hidden part is known again: one may be shown while others stay hidden.
"""

import re
from collections.abc import Container, Sequence
from typing import Final

OPENS: Final = "<details hidden "
"""How the opening tag of a hidden part begins."""
_CLOSES: Final = "</details>"
_OPENING: Final = rf"{OPENS}id=(\d+)>"
_HIDDEN: Final = re.compile(rf"{_OPENING}\n?(.*?)\n?{_CLOSES}\n?", re.DOTALL)
_STILL_OPEN: Final = re.compile(rf"{_OPENING}\n?((?:(?!{_CLOSES}).)*)\Z", re.DOTALL)
_TAGS: Final = re.compile(r"</?(?:details|summary|ol|ul|li|dl|dt|dd)\b[^<>]*>", re.IGNORECASE)
_LIST_NUMBER: Final = re.compile(r"^([ \t>*+•-]*)(\d{1,9})([.)])(?=\s|$)", re.MULTILINE)
_CODE_OR_TABLE: Final = re.compile(r"```|~~~|^\s*\|.*\|\s*$", re.MULTILINE)
_SEAM: Final = "\0"
_OPENED: Final = "<details>"
"""What opens it again at the beginning of the next message."""


def hidden(text: str, number: int) -> str:
    """`text` as a hidden part of a source, with its number there; the model's own tags cannot end it."""
    inside = _without_tags(text).strip("\n").replace("||", "| |")  # else the spoiler would end there
    inside = re.sub(r"\\+$", "", inside, flags=re.MULTILINE)  # else the bars that end it would be escaped
    if not _CODE_OR_TABLE.search(inside):
        inside = _LIST_NUMBER.sub(r"\1\2\\\3", inside)  # else it would stand before the spoiler
    return f"{OPENS}id={number}>\n{inside}\n{_CLOSES}\n"


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
    return re.sub(r"<details\s+hidden\b[^<>]*>", "<details>", text, flags=re.IGNORECASE)


def left_out(before: str, rest: str) -> str:
    """The `rest` of a source, with `…` for what is hidden: for a file, which has no spoilers. A hidden part may begin
    in the text `before`.
    """

    def dots(part: re.Match[str]) -> str:
        return f"{_SEAM}…\n" if _SEAM in part[0] else "…\n"

    whole = before.replace(_SEAM, "") + _SEAM + rest.replace(_SEAM, "")
    return re.sub(rf"{OPENS}.*\Z", dots, _HIDDEN.sub(dots, whole), flags=re.DOTALL).partition(_SEAM)[2]


def shown(source: str, numbers: Container[int]) -> str:
    """A source with the hidden parts of these numbers shown plainly."""
    return _HIDDEN.sub(lambda part: f"{part[2]}\n" if int(part[1]) in numbers else part[0], source)


def plain_parts(parts: Sequence[tuple[str, str]], numbers: Container[int]) -> list[tuple[str, str]]:
    """The parts of a source (what each opens again, and its text) with the hidden parts of these numbers shown plainly:
    also one that goes on from one part to the next.
    """
    plain: list[tuple[str, str]] = []
    goes_on = False
    """Whether a hidden part that is shown goes on here: its opening tag stood in an earlier part."""
    for opened, text in parts:
        inside = text
        if goes_on:
            opened = opened.replace(_OPENED, "", 1)  # noqa: PLW2901
            goes_on = _CLOSES not in inside
            inside = inside.replace(_CLOSES, "", 1)
        inside = shown(inside, numbers)
        found = _STILL_OPEN.search(inside)
        if found is not None and int(found[1]) in numbers:
            inside = inside[: found.start()] + found[2]
            goes_on = True
        plain.append((opened, inside))
    return plain
