"""HTML as models write it between and inside Markdown: the elements that mean something, and what they become.

Only known elements are read. `List<int>`, `a<b and c>d` and every other `<` stay as they are.
"""

import html
import re
import unicodedata
from dataclasses import dataclass
from urllib.parse import quote

_ATTRIBUTE = r"(?:\s+[\w:@.-]+\s*=\s*(?:\"[^\"<>]*\"|'[^'<>]*'|[^\s\"'<>=]+)|\s+(?:open|reversed|noshade|hidden)\b)"
_ATTRIBUTES = rf"{_ATTRIBUTE}*\s*/?"
"""Attributes with values: `a<b and c>d` has none."""

_BLOCKS = (
    "details|summary|p|div|center|section|article|figure|figcaption|header|footer|main|ul|ol|li|dl|dt|dd|hr|h[1-6]"
    "|blockquote|pre|table"
)
_INLINES = (
    "br|wbr|b|strong|i|em|var|cite|dfn|u|ins|s|del|strike|mark|code|kbd|samp|tt|a|img|sub|sup|q|span|font|small|big|abbr"
    "|label|nobr|bdi|time|tr|td|th|thead|tbody|tfoot|caption"
)
BLOCK_TAG = re.compile(rf"<!--|<(?P<close>/?)(?P<name>{_BLOCKS})(?P<attributes>{_ATTRIBUTES})>", re.IGNORECASE)
"""A tag that begins or ends a block, or a comment's beginning."""
INLINE_TAG = re.compile(rf"<(?P<close>/?)(?P<name>{_INLINES})(?P<attributes>{_ATTRIBUTES})>", re.IGNORECASE)
_NAMES = [*_BLOCKS.replace("h[1-6]", "h1|h2|h3|h4|h5|h6").split("|"), *_INLINES.split("|")]
_ATTRIBUTE_BEGUN = r"\s+[\w:@.-]*(?:\s*=\s*(?:\"[^\"<>]*|'[^'<>]*|[^\s\"'<>]*))?"
_BEGUN = re.compile(rf"<(?:!-{{0,2}}|/?([A-Za-z][A-Za-z0-9]*)?({_ATTRIBUTE}*(?:\s*/|{_ATTRIBUTE_BEGUN})?))\Z")
MARKS = {
    **dict.fromkeys(["b", "strong", "mark"], "**"),
    **dict.fromkeys(["i", "em", "var", "cite", "dfn"], "*"),
    **dict.fromkeys(["u", "ins"], "__"),
    **dict.fromkeys(["s", "del", "strike"], "~~"),
    **dict.fromkeys(["code", "kbd", "samp", "tt"], "`"),
    "q": '"',
    "sub": "sub",
    "sup": "sup",
}
"""What stands for an element around its words in Discord."""
LONGEST = 4_000
"""An element is none if its end does not come within so many characters."""

_LONGEST_TAG = 600

COMMENT_END = re.compile(r"-->")
_CLOSING = {
    name: re.compile(rf"</{name}\s*>", re.IGNORECASE)
    for name in [*MARKS, "a", "summary", "pre", "table", *(f"h{level}" for level in range(1, 7))]
}


def closing(name: str, text: str, at: int) -> re.Match[str] | None:
    """The closing tag of the element `name` whose contents begin at `at`; None if it does not come."""
    return _CLOSING[name.lower()].search(text, at, at + LONGEST)


def is_begun(text: str, at: int) -> bool:
    """Whether the text ends, from `at` on, in a tag or a comment that is still being written."""
    found = _BEGUN.match(text, at, at + LONGEST) if len(text) - at <= _LONGEST_TAG else None
    if found is None:
        return False
    name = (found[1] or "").lower()
    return name in _NAMES if found[2] else any(known.startswith(name) for known in _NAMES)


# Tags that a sentence is about

_CALLED_TAG = re.compile(r"[`'\"”’)]*\s+(?:(?:tags?|elements?)\b|태그|요소|タグ|要素)", re.IGNORECASE)
_SPOKEN_OF = re.compile(
    _CALLED_TAG.pattern.replace(r"\s+", r"\s*")
    + r"|(?:은|는|이|가|을|를|와|과|의|로|으로|에|에서|도|만)(?![가-힣])|[はがをとのにも](?![一-龠])",
    re.IGNORECASE,
)
"""What shows that the tag before it is the sentence's subject, if it is not closed."""
_LIKE_A_WORD = re.compile(
    r"[,.;?!)](?:\s|\Z)|\s*[:：](?:\s|\Z)|\s+[-–—=→]\s|\s+(?:is|are|was|does|do|makes?|means|stands|defines?|creates?|holds?|contains?"
    r"|groups?|shows?|and|or)\b",
    re.IGNORECASE,
)
"""What follows a tag that stands like a word in a sentence; a tag that is used has its closing one."""
_JOINED = re.compile(r"\s*(?:(?:and|or|with|to|by|then|plus|및|와|과|또는|と)\s*|[&,/~–…-]*\s*|\.\.\.)*", re.IGNORECASE)
"""All that stands between `<p>` and `</p>` where these two are spoken of."""
_WORD = re.compile(r"[^\W\d_]")
_ANY_TAG = re.compile(r"<[^<>]*>")
_MAY_STAND_ALONE = frozenset(["br", "wbr", "p", "li", "dt", "dd", "details", "summary", "blockquote", *MARKS])
"""Tags that models write in a line without closing them, or close much later."""


def is_spoken_of(text: str, tag: re.Match[str]) -> bool:
    """Whether a sentence names the tag (`the <div> tag`) and does not use it: it is shown as it is."""
    if tag["name"] is None or tag["attributes"]:
        return False
    name = tag["name"].lower()
    after = text[tag.end() : tag.end() + _LONGEST_TAG]
    line = after.split("\n", 1)[0]
    if tag["close"]:
        opening = text.rfind(f"<{name}>", max(0, tag.start() - _LONGEST_TAG), tag.start())
        if opening < 0:
            return bool(_CALLED_TAG.match(line))
        return _is_joined(text[opening + len(name) + 2 : tag.start()])
    if _CALLED_TAG.match(line):
        return True
    end = re.search(rf"</{name}\s*>", after, re.IGNORECASE)
    if end is not None:
        return _is_joined(after[: end.start()])
    if name in MARKS:
        return False
    if _SPOKEN_OF.match(line):
        return True
    if name in {"details", "summary", "br", "wbr"}:
        return False
    if _LIKE_A_WORD.match(line):
        return True
    before = _ANY_TAG.sub("", text[max(0, tag.start() - _LONGEST_TAG) : tag.start()].rsplit("\n", 1)[-1])
    return name not in _MAY_STAND_ALONE and bool(_WORD.search(before) and _WORD.match(line.lstrip()))


def _is_joined(between: str) -> bool:
    return between != "" and bool(_JOINED.fullmatch(between))


def attribute(attributes: str, name: str) -> str:
    """The value of an attribute, without its entities; empty if it is not there."""
    found = re.search(rf"\b{name}\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))", attributes, re.IGNORECASE)
    return html.unescape(found[1] or found[2] or found[3] or "") if found else ""


def link(words: str, address: str) -> str:
    """A Markdown link."""
    return f"[{words}]({quote(address.strip(), safe=':/?#@!$&*+,;=%~-._')})"


# Entities

_ENTITY = re.compile(r"&(?:[A-Za-z][A-Za-z0-9]{1,30}|#\d{1,7}|#[xX][0-9A-Fa-f]{1,6});")
_ENTITY_BEGUN = re.compile(r"&(?:[A-Za-z][A-Za-z0-9]{0,30}|#[xX]?[0-9A-Fa-f]{0,7})?\Z")


def entity(text: str, at: int) -> tuple[str, str] | None:
    """The entity at `at` and the text that it stands for; None if there is none."""
    found = _ENTITY.match(text, at)
    if found is None:
        return None
    meant = html.unescape(found[0])
    return None if meant == found[0] else (found[0], _visible(meant))


def is_entity_begun(text: str, at: int) -> bool:
    """Whether the text ends in an entity that is still being written."""
    return len(text) - at <= 32 and _ENTITY_BEGUN.match(text, at) is not None


def _visible(text: str) -> str:
    """Without control characters and what turns the direction of writing; spaces are plain ones."""
    plain = "".join(" " if unicodedata.category(char) == "Zs" else char for char in text)
    return "".join(
        char
        for char in plain
        if char in "\n\t\u200c\u200d" or unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Co", "Cn"}
    )


def unescaped(text: str) -> str:
    """`text` with what its entities stand for."""
    return _ENTITY.sub(lambda found: _visible(html.unescape(found[0])), text)


# Elements that are open around a block


@dataclass(frozen=True, slots=True)
class OpenElements:
    """What is open before a block: how many `<details>`, and lists (the number of the next item; 0: no numbers).

    `in_line`: the block goes on in a line that has something already. `after_gap`: it comes after a blank line.
    """

    details: int = 0
    lists: tuple[int, ...] = ()
    in_line: bool = False
    after_gap: bool = False

    @property
    def tags(self) -> str:
        """HTML that opens all of them again."""
        lists = "".join(f'<ol start="{number}">' if number else "<ul>" for number in self.lists)
        return "<details>" * self.details + lists


NOTHING_OPEN = OpenElements()


def effect(name: str, tag: re.Match[str], opened: OpenElements, *, gap: bool) -> tuple[str, OpenElements]:
    """What a tag shows, and what is open after it. `gap`: a blank line follows it."""
    closes = bool(tag["close"])
    line_end = "\n" if opened.in_line else ""
    details, lists, shown = opened.details, opened.lists, ""
    if name == "details":
        details = min(max(details + (-1 if closes else 1), 0), _MOST_OPEN)
    elif name in {"ul", "ol"} and closes:
        lists = lists[:-1]
        gap = gap and not lists
    elif name in {"ul", "ol"}:
        start = attribute(tag["attributes"], "start")
        first = int(start) if start.isdecimal() and len(start) < 7 else 1
        lists = (*lists, first if name == "ol" else 0)[-_MOST_OPEN:]
    elif name in {"li", "dt", "dd", "blockquote"} and not closes:
        number = lists[-1] if lists else 0
        mark = {"blockquote": "> ", "dt": "", "dd": "  - "}.get(name, f"{number}. " if number else "- ")
        if name == "li" and number:
            lists = (*lists[:-1], number + 1)
        shown = "  " * max(len(lists) - 1, 0) + mark
    gap = closes and name != "li" and (gap or name == "p") and not opened.after_gap
    after = OpenElements(details, lists, bool(shown), not shown and (gap or opened.after_gap))
    return line_end + "\n" * gap + shown, after


_MOST_OPEN = 6


def cells(table: str) -> list[list[str]]:
    """The rows of a `<table>`, as Markdown in cells."""
    rows = re.split(r"<tr\b[^<>]*>", table, flags=re.IGNORECASE)[1:]
    split = (re.split(r"<t[dh]\b[^<>]*>", row, flags=re.IGNORECASE)[1:] for row in rows)
    return [[_CELL_END.sub("", cell).strip().replace("\n", " ") for cell in row] for row in split if row]


_CELL_END = re.compile(
    r"</?(?:td|th|tr|thead|tbody|tfoot|table|caption|colgroup)\b[^<>]*>.*", re.IGNORECASE | re.DOTALL
)
