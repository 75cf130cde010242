"""The pictures and files that an answer's runs have made with code: fetched once, and shown with the answer."""

import re
from collections.abc import Sequence
from typing import Final, Protocol

import openai
import structlog
from openai.types import FileObject
from openai.types.beta.threads import Annotation
from openai.types.beta.threads.runs import CodeInterpreterToolCall

from bot import sentences
from bot.escaping import escaped_name, one_line, visible
from bot.sentences import Locale

log = structlog.get_logger(__name__)

MOST: Final = 40
"""Pictures and files of one answer."""
MOST_SERIES: Final = 8
"""Series whose names stand in an alt text."""
_PICTURES: Final = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a")
_SHOWN_ENDINGS: Final = (".png", ".jpg", ".jpeg", ".gif", ".webp")
_TITLE: Final = re.compile(r"""title\s{0,4}[(=]\s{0,8}[rRuU]?(?:"([^"\\\n]{1,200})"|'([^'\\\n]{1,200})')""")
_AXES: Final = re.compile(r"""([xy])label\s{0,4}[(=]\s{0,8}[rRuU]?(?:"([^"\\\n]{1,100})"|'([^'\\\n]{1,100})')""")
_SERIES: Final = re.compile(r"""\blabel\s{0,4}=\s{0,8}[rRuU]?(?:"([^"\\\n]{1,100})"|'([^'\\\n]{1,100})')""")
_FOLDER: Final = "/mnt/data/"


class SupportsFiles(Protocol):
    """What is needed of a reply."""

    def picture(self, filename: str, data: bytes, alt: str = "") -> None:
        """Add a picture after the text so far."""

    def file(self, filename: str, data: bytes, alt: str | None = None) -> str:
        """Add a file below the text; with `alt` it is a picture. Returns the name that it has there."""
        ...


class FilesApi(Protocol):
    """What is needed of the Assistants server."""

    async def file(self, file_id: str) -> FileObject:
        """What the server knows of a file."""
        ...

    async def file_content(self, file_id: str) -> bytes:
        """Its content."""
        ...


class AnswerFiles:
    """Shows each file once, however often the runs name it; what cannot be shown has a sentence below the answer.

    `limit` is the most bytes that Discord takes of one file; `about` is what the answer is asked about, for pictures of
    which the code tells nothing.
    """

    def __init__(
        self,
        api: FilesApi,
        reply: SupportsFiles,
        notes: list[str],
        locale: Locale,
        *,
        limit: int,
        about: str = "",
    ) -> None:
        self._api = api
        self._reply = reply
        self._notes = notes
        self._locale = locale
        self._limit = limit
        self._about = about
        self._seen: set[str] = set()
        self._code: dict[str, str] = {}
        """The code that drew a picture, by the picture's id."""
        self.ran_code = False
        """Whether the runs have called the code interpreter."""
        self.any_shown = False

    def note_calls(self, calls: Sequence[CodeInterpreterToolCall]) -> None:
        """Take what a run's finished calls tell of the pictures that they made."""
        for call in calls:
            self.ran_code = True
            for output in call.code_interpreter.outputs:
                if output.type == "image":
                    self._code[output.image.file_id] = call.code_interpreter.input

    async def picture(self, file_id: str) -> None:
        """Show a picture after the text so far."""
        if not self._is_new(file_id):
            return
        name = sentences.A_PICTURE(self._locale)
        if (data := await self._fetch(file_id, name)) is not None:
            self._reply.picture(f"{file_id}.png", data, self._alt(file_id))
            self.any_shown = True

    async def annotated(self, annotations: Sequence[Annotation]) -> None:
        """Show the files that a text links to, below the answer."""
        for annotation in annotations:
            if annotation.type == "file_path":
                name = annotation.text.rpartition(_FOLDER)[2] or annotation.text
                await self._file(annotation.file_path.file_id, name)

    async def _file(self, file_id: str, name: str) -> None:
        if not self._is_new(file_id):
            return
        shown = escaped_name(name)
        data = await self._fetch(file_id, shown)
        if data is None:
            return
        is_picture = name.lower().endswith(_SHOWN_ENDINGS) and looks_like_a_picture(data)
        attached = self._reply.file(name, data, visible(one_line(name)) if is_picture else None)
        self.any_shown = True
        if not is_picture and not name.isascii():
            self._notes.append(sentences.FILE_IS_NAMED(self._locale, attached=attached, name=shown))

    def _is_new(self, file_id: str) -> bool:
        if file_id in self._seen:
            return False
        self._seen.add(file_id)
        if len(self._seen) == MOST + 1:
            self._notes.append(sentences.FILES_TOO_MANY(self._locale, limit=MOST))
        return len(self._seen) <= MOST

    async def _fetch(self, file_id: str, name: str) -> bytes | None:
        """The content; None, and a note, if it cannot be fetched or Discord would not take it."""
        try:
            size = (await self._api.file(file_id)).bytes
            if size <= self._limit:
                return await self._api.file_content(file_id)
        except openai.OpenAIError as error:
            log.warning("answer.file_not_fetched", file=file_id, cause=error)
            self._notes.append(sentences.PICTURE_GONE(self._locale, name=name))
            return None
        limit = f"{self._limit / (1 << 20):.3g}"
        self._notes.append(sentences.FILE_TOO_LARGE(self._locale, name=name, size=-(-size >> 20), limit=limit))
        return None

    def _alt(self, file_id: str) -> str:
        """What a picture shows, by the titles in its code; else what was asked."""
        told = titles_in(self._code.get(file_id, ""))
        if not told:
            return (
                sentences.PICTURE_FOR(self._locale, text=visible(one_line(self._about))[:200])
                if self._about
                else (sentences.A_PICTURE(self._locale))
            )
        return sentences.PICTURE_OF(self._locale, text=visible(told))


def titles_in(code: str) -> str:
    """The title, the axes' labels and the series' names that code gives to a plot, as one line; empty without these."""
    title = next((one or two for one, two in _TITLE.findall(code)), "")
    axes = {axis: one or two for axis, one, two in _AXES.findall(code)}
    named = [f"{axis}: {label}" for axis, label in sorted(axes.items()) if label.strip().lower() != axis]
    series = [one or two for one, two in _SERIES.findall(code)]
    series = [label for label in dict.fromkeys(series) if label not in title][:MOST_SERIES]
    parts = [title, *named, ", ".join(series)]
    return one_line("; ".join(part for part in parts if part.strip()))


def looks_like_a_picture(data: bytes) -> bool:
    """Whether Discord can show it, by its first bytes: names may lie."""
    return data.startswith(_PICTURES) or (data[:4] == b"RIFF" and data[8:12] == b"WEBP")
