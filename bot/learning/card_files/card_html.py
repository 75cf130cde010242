r"""A side of a card as HTML for Anki: Markdown as marks, formulas as MathJax (`\(…\)`, `\[…\]`), pictures as media.

Nothing of the text becomes HTML by itself: what looks like an element is shown as it is written.
"""

import html
import re
from collections.abc import Callable
from typing import Final, cast

from markdown_it import MarkdownIt

from bot.escaping import visible, without_citation_marks
from bot.learning.card_files.file_card import PICTURE_REFERENCE
from bot.replies.formula_spans import FormulaSpan, find_formula

_OPEN, _CLOSE = "\ue0f0", "\ue0f1"
"""Stand around the number of a piece of finished HTML, which Markdown does not touch."""
_PLACE: Final = re.compile(f"{_OPEN}(\\d+){_CLOSE}")
_ELEMENT: Final = re.compile(r"</?(?:sub|sup|u|b|strong|i|em)>", re.IGNORECASE)
_BREAK: Final = re.compile(r"<br\s*/?>", re.IGNORECASE)
_CODE: Final = re.compile(r"(`+)(?!`).*?(?<!`)\1(?!`)", re.DOTALL)
_ONE_PARAGRAPH: Final = re.compile(r"<p>((?:(?!</p>).)*)</p>", re.DOTALL)


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "breaks": True})
    return parser.enable(["table", "strikethrough"]).disable(["image", "code", "reference", "lheading"])


_MARKDOWN: Final = _parser()


def html_of(markdown: str, picture: Callable[[str], str | None]) -> str:
    """The HTML of a side. `picture` gives the file name of the picture with an id; None: it is not there."""
    finished: list[str] = []

    def finish(piece: str) -> str:
        finished.append(piece)
        return f"{_OPEN}{len(finished) - 1}{_CLOSE}"

    text = without_citation_marks(visible(markdown)).replace(_OPEN, "").replace(_CLOSE, "")
    text = PICTURE_REFERENCE.sub(lambda found: finish(_image(found, picture)), text)
    text = _with_formulas(text.replace("![", "["), finish)
    shown = cast("str", _MARKDOWN.render(text, {})).strip()
    if single := _ONE_PARAGRAPH.fullmatch(shown):
        shown = single[1]
    return _PLACE.sub(lambda found: finished[int(found[1])], shown)


def _with_formulas(text: str, finish: Callable[[str], str]) -> str:
    """The text with formulas and known elements finished; code stays as it is."""
    pieces: list[str] = []
    at = 0
    while at < len(text):
        match text[at]:
            case "`" if found := _CODE.match(text, at):
                pieces.append(found[0])
                at = found.end()
            case "\\" | "$" if isinstance(formula := find_formula(text, at), FormulaSpan):
                marks = ("\\[", "\\]") if formula.display else ("\\(", "\\)")
                pieces.append(finish(marks[0] + html.escape(formula.latex.strip(), quote=False) + marks[1]))
                at = formula.end
            case "\\":
                pieces.append(text[at : at + 2])
                at += 2
            case "<" if found := _ELEMENT.match(text, at):
                pieces.append(finish(found[0].lower()))
                at = found.end()
            case "<" if found := _BREAK.match(text, at):
                pieces.append("\n")
                at = found.end()
            case _:
                end = min((place for sign in "`\\$<" if (place := text.find(sign, at + 1)) > 0), default=len(text))
                pieces.append(text[at:end])
                at = end
    return "".join(pieces)


def _image(found: re.Match[str], picture: Callable[[str], str | None]) -> str:
    name = picture(found["id"])
    if name is None:
        return html.escape(found["alt"])
    return f'<img src="{html.escape(name)}" alt="{html.escape(found["alt"])}">'
