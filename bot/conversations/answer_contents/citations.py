"""Citations: the model's marks 【4:0†source】 become small numbered links, with a line of sources at the end."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from openai.types.beta.threads import MessageContent
from pydantic import BaseModel

from bot.conversations.location import Location
from bot.escaping import CITATION, escaped_name, without_citation_marks
from bot.sentences import READ_BADLY_BY_OCR, READ_BY_OCR, Locale

_MARK = re.compile(r"【[^【】]{1,80}】")
_LONGEST = 82
"""Characters that a mark may have; longer text in such brackets is the model's own."""


@dataclass(frozen=True, slots=True)
class Source:
    """What a citation links to: a label (file name, page), and the address of the Discord message with the file."""

    label: str
    url: str | None = None


LOW_CONFIDENCE = 70
"""Per cent of OCR's confidence under which readers are warned of mistakes."""


@dataclass(frozen=True, slots=True)
class CitedPassage:
    """What the server says of a cited passage; `confidence` is that of OCR in per cent, None without OCR."""

    file_id: str
    page: int | None = None
    confidence: int | None = None


FindSource = Callable[[str], Awaitable[Source | None]]
"""From a file's id to its source; None when it is not known any more, or may not be told here."""

CitationResolver = Callable[[Location], FindSource]
"""What finds the sources that may be told in the place of a conversation."""


async def no_source(file_id: str) -> None:
    """Finds nothing."""


def no_sources(location: Location) -> FindSource:  # noqa: ARG001
    """The resolver when there is no library."""
    return no_source


class Citations:
    """Turns the marks in one answer's text into links; the text comes in pieces, and its annotations before it.

    A mark that is not complete yet is held back. A mark without an annotation is left out: it tells a reader nothing.
    The links carry `CITATION`, which is taken out of the model's own text: so it cannot write one that looks the same.
    """

    def __init__(self, resolve: FindSource = no_source, locale: Locale = "en") -> None:
        self._resolve = resolve
        self._locale = locale
        self.heard = ""
        """All text that was fed, unchanged."""
        self._held = ""
        self._files: dict[str, CitedPassage] = {}
        self._numbers: dict[Source, int] = {}

    def annotate(self, mark: str, file_id: str, cited: BaseModel | None = None) -> None:
        """Note that a mark stands for a file, and for what else the server says of the passage."""
        self._files[mark] = CitedPassage(file_id, extra_of(cited, "page"), extra_of(cited, "ocr_confidence"))

    def words_of(self, part: MessageContent) -> str:
        """The text of a part of a stored message (a refusal has text too); its annotations are noted."""
        if part.type == "refusal":
            return part.refusal
        if part.type != "text":
            return ""
        for annotation in part.text.annotations:
            if annotation.type == "file_citation":
                cited = annotation.file_citation
                self.annotate(annotation.text, cited.file_id, cited)
        return part.text.value

    async def feed(self, text: str) -> str:
        """Take more text; returns what can be shown now."""
        self.heard += text
        self._held += text
        start = self._held.rfind("【")
        whole = len(self._held)
        if start >= 0 and "】" not in self._held[start:] and whole - start < _LONGEST:
            whole = start
        ready, self._held = self._held[:whole], self._held[whole:]
        return await self._linked(ready)

    async def flush(self) -> str:
        """The text is complete; returns what was held back."""
        ready, self._held = self._held, ""
        return await self._linked(ready)

    def footer(self) -> str | None:
        """The line of sources; None when nothing was cited."""
        if not self._numbers:
            return None
        return " · ".join(f"[{number}] {_link(source)}" for source, number in self._numbers.items())

    async def _linked(self, text: str) -> str:
        pieces, end = [], 0
        text = without_citation_marks(text)
        for found in _MARK.finditer(text):
            if "†" not in found[0] and found[0] not in self._files:
                continue  # brackets in the model's own text, as Korean uses them
            pieces += [text[end : found.start()], await self._link_of(found[0])]
            end = found.end()
        return "".join([*pieces, text[end:]])

    async def _link_of(self, mark: str) -> str:
        passage = self._files.get(mark)
        source = await self._resolve(passage.file_id) if passage is not None else None
        if source is None or passage is None:
            return ""
        label = source.label
        if passage.page is not None:
            label += f", p. {passage.page}"
        if passage.confidence is not None:
            unsure = passage.confidence < LOW_CONFIDENCE
            label += f", {(READ_BADLY_BY_OCR if unsure else READ_BY_OCR)(self._locale)}"
        source = replace(source, label=label)
        number = self._numbers.setdefault(source, len(self._numbers) + 1)
        return f" {CITATION}[[{number}]]({source.url})" if source.url else f" [{number}]"


def extra_of(cited: BaseModel | None, name: str) -> int | None:
    """A number that our server says of a citation beyond the Assistants API: its page, or the confidence of OCR."""
    value = (cited.model_extra or {}).get(name) if cited is not None else None
    return value if isinstance(value, int) else None


def _link(source: Source) -> str:
    label = escaped_name(source.label)
    return f"[{label}]({source.url})" if source.url else label
