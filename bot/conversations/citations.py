"""Citations: the model's marks 【4:0†source】 become small numbered links, with a line of sources at the end."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from openai.types.beta.threads import MessageContent
from pydantic import BaseModel

from bot.conversations.location import Location
from bot.escaping import CITATION, escaped_name, without_citation_marks

_MARK = re.compile(r"【[^【】]{1,80}】")
_LONGEST = 82
"""Characters that a mark may have; longer text in such brackets is the model's own."""


@dataclass(frozen=True, slots=True)
class Source:
    """What a citation links to: a label (file name, page), and the address of the Discord message with the file."""

    label: str
    url: str | None = None


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

    def __init__(self, resolve: FindSource = no_source) -> None:
        self._resolve = resolve
        self.heard = ""
        """All text that was fed, unchanged."""
        self._held = ""
        self._files: dict[str, tuple[str, int | None]] = {}
        self._numbers: dict[Source, int] = {}

    def annotate(self, mark: str, file_id: str, page: int | None = None) -> None:
        """Note that a mark stands for a file, and for a page of it if the server names one."""
        self._files[mark] = (file_id, page)

    def words_of(self, part: MessageContent) -> str:
        """The text of a part of a stored message (a refusal has text too); its annotations are noted."""
        if part.type == "refusal":
            return part.refusal
        if part.type != "text":
            return ""
        for annotation in part.text.annotations:
            if annotation.type == "file_citation":
                cited = annotation.file_citation
                self.annotate(annotation.text, cited.file_id, page_of(cited))
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
        file_id, page = self._files.get(mark, (None, None))
        source = await self._resolve(file_id) if file_id is not None else None
        if source is None:
            return ""
        if page is not None:
            source = replace(source, label=f"{source.label}, p. {page}")
        number = self._numbers.setdefault(source, len(self._numbers) + 1)
        return f" {CITATION}[[{number}]]({source.url})" if source.url else f" [{number}]"


def page_of(cited: BaseModel | None) -> int | None:
    """The page of a file citation: an extra of our server that the Assistants API does not have."""
    page = (cited.model_extra or {}).get("page") if cited is not None else None
    return page if isinstance(page, int) else None


def _link(source: Source) -> str:
    label = escaped_name(source.label)
    return f"[{label}]({source.url})" if source.url else label
