"""The two sides of a card of Anki's: its note's fields in its template, with gaps for cloze deletions.

https://docs.ankiweb.net/templates/fields.html
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

LONGEST: Final = 200_000
"""Characters of a side in HTML."""
_TAG: Final = re.compile(r"\{\{([^{}]{1,500})\}\}")
_CLOZE_BEGINS: Final = re.compile(r"\{\{c(\d{1,3}(?:,\d{1,3})*)::")
_ANSWER_LINE: Final = re.compile(r"^.*?<hr[^>]*\bid\s*=\s*[\"']?answer\b[^>]*>", re.IGNORECASE | re.DOTALL)
_OCCLUSION: Final = re.compile(r"\{\{c\d+(?:,\d+)*::image-occlusion:")
_LEADING_BREAKS: Final = re.compile(r"^(?:\s|<br\s*/?>|<hr\b[^>]*>)+", re.IGNORECASE)
_DEEPEST: Final = 8


@dataclass(frozen=True, slots=True)
class Template:
    """How the cards of one kind look: HTML with the names of fields."""

    front: str
    back: str


@dataclass(frozen=True, slots=True)
class NoteType:
    """The fields of a kind of notes, by place, and its templates; of cloze notes there is one template."""

    name: str
    fields: tuple[str, ...]
    templates: tuple[Template, ...]
    cloze: bool


def is_occlusion(values: Mapping[str, str]) -> bool:
    """Whether a note hides parts of a picture, which cannot be told in words."""
    return any(_OCCLUSION.search(value) for value in values.values())


def sides(note_type: NoteType, place: int, values: Mapping[str, str], more: Mapping[str, str]) -> tuple[str, str]:
    """The HTML of the front and the back of the card with that place among its note's cards.

    `more` has the fields that every card has, such as `Deck`.
    """
    templates = note_type.templates
    template = templates[0] if note_type.cloze else templates[min(place, len(templates) - 1)]
    front = _filled(template.front, values, more, place, back=False)
    back = _filled(template.back, values, more, place, back=True)
    back = _ANSWER_LINE.sub("", back, count=1)
    return front[:LONGEST], _LEADING_BREAKS.sub("", back)[:LONGEST]


def _filled(html: str, values: Mapping[str, str], more: Mapping[str, str], place: int, *, back: bool) -> str:
    html = _without_sections(html[:LONGEST], values, place)

    def field(found: re.Match[str]) -> str:
        *filters, name = [part.strip() for part in found[1].split(":")]
        if name == "FrontSide" or found[1].lstrip().startswith("tts "):
            return ""
        value = values.get(name, more.get(name, ""))
        if "type" in filters and not back:
            return ""
        if "cloze" in filters or "cloze-only" in filters:
            value = _with_gap(value, place + 1, back=back)
        return value

    return _TAG.sub(field, html)


def _without_sections(html: str, values: Mapping[str, str], place: int) -> str:
    """Keep `{{#Field}}…{{/Field}}` where the field has something, and `{{^Field}}…{{/Field}}` where it has nothing."""
    for _ in range(_DEEPEST):
        opening = list(re.finditer(r"\{\{([#^])\s*([^{}]{1,200}?)\s*\}\}", html))
        if not opening:
            break
        last = opening[-1]  # the innermost comes last
        name = last[2]
        closing = re.compile(rf"\{{\{{/\s*{re.escape(name)}\s*\}}\}}").search(html, last.end())
        if closing is None:
            html = html[: last.start()] + html[last.end() :]
            continue
        filled = bool(re.sub(r"<br\s*/?>|&nbsp;|\s", "", values.get(name, ""), flags=re.IGNORECASE))
        if number := re.fullmatch(r"c(\d+)", name):
            filled = int(number[1]) == place + 1
        inner = html[last.end() : closing.start()] if filled == (last[1] == "#") else ""
        html = html[: last.start()] + inner + html[closing.end() :]
    return re.sub(r"\{\{[#^/][^{}]*\}\}", "", html)


def _with_gap(text: str, number: int, *, back: bool) -> str:
    """Text with its cloze deletions shown, but for those with that number: on the front they are gaps."""
    return _clozes(text, 0, number, back=back, depth=0)[0]


def _clozes(text: str, at: int, number: int, *, back: bool, depth: int) -> tuple[str, int]:
    """The text from `at` to the end of the deletion that it stands in, and where that ends."""
    shown: list[str] = []
    while at < len(text):
        begins = _CLOZE_BEGINS.search(text, at)
        ends = text.find("}}", at) if depth else -1
        if ends >= 0 and (begins is None or ends < begins.start()):
            return "".join([*shown, text[at:ends]]), ends + 2
        if begins is None or depth >= _DEEPEST:
            break
        shown.append(text[at : begins.start()])
        inner, at = _clozes(text, begins.end(), number, back=back, depth=depth + 1)
        words, _, hint = inner.partition("::")
        if str(number) not in begins[1].split(","):
            shown.append(words)
        else:
            shown.append(f"<b>{words}</b>" if back else f"<b>[{hint or '…'}]</b>")
    return "".join([*shown, text[at:]]), len(text)
