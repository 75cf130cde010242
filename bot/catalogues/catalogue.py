"""Reads the catalogues: what a sentence is in another language."""

import gettext
import io
from functools import cache
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent


def path_of(language: str) -> Path:
    """The file of a language, which has Discord's code (`ko`, `pt-BR`)."""
    return FOLDER / language.replace("-", "_") / "LC_MESSAGES" / "saem.po"


@cache
def catalogue(language: str) -> gettext.NullTranslations:
    """A language's translations; a sentence that it lacks stays English.

    Raises:
        OSError: If there is no catalogue of that language.
        babel.messages.pofile.PoFileError: If the file is not one that gettext takes.

    """
    from babel.messages.mofile import write_mo  # noqa: PLC0415 - commands that say nothing start without it
    from babel.messages.pofile import read_po  # noqa: PLC0415

    compiled = io.BytesIO()
    with path_of(language).open("rb") as file:
        write_mo(compiled, read_po(file, abort_invalid=True))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def translated(language: str, text: str, context: str = "") -> str:
    """A text in a language; English if it has not been translated."""
    found = catalogue(language)
    return found.pgettext(context, text) if context else found.gettext(text)


def translated_plural(language: str, texts: tuple[str, str], count: int, context: str = "") -> str:
    """The form of a text that a language uses for `count` things; `texts` is the English for one and for many."""
    found = catalogue(language)
    return found.npgettext(context, *texts, count) if context else found.ngettext(*texts, count)
