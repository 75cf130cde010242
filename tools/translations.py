"""Write the catalogues of bot/catalogues anew from the code, and say what is missing in each: `make translations`."""

import ast
import io
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po

from bot.catalogues.catalogue import FOLDER, path_of
from bot.sentences import LANGUAGE_NAMES

ROOT = Path(__file__).parents[1]
TEMPLATE = FOLDER / "saem.pot"
_HEAD = "# What Saem says. docs/translating.md tells how to translate it.\n#"
COMMANDS = "command"
"""The context of names and descriptions of commands."""
_DATES = re.compile(
    rb'^"(?:POT-Creation-Date|PO-Revision-Date|Generated-By|Last-Translator|Report-Msgid|Language-Team).*\n',
    re.MULTILINE,
)
Key = tuple[str, str]
"""The context of a sentence (empty: none), and its English."""


def sources() -> Iterator[Path]:
    """The files whose sentences are translated."""
    for room in ("bot", "cogs"):
        yield from sorted(path.relative_to(Path.cwd()) for path in (ROOT / room).rglob("*.py"))


def called(node: ast.AST) -> str | None:
    """`Sentence` or `localized` if a node makes one of them."""
    if not isinstance(node, ast.Call):
        return None
    name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", None)
    return name if name in ("Sentence", "localized") and node.args else None


def template() -> Catalog:
    """Every sentence in the code, in the order of the files."""
    found = Catalog(project="Saem", version="1", charset="utf-8", fuzzy=False, header_comment=_HEAD)
    for path in sources():
        calls = [node for node in ast.walk(ast.parse(path.read_bytes())) if called(node)]
        for node in sorted(calls, key=lambda each: (each.lineno, each.col_offset)):  # type: ignore[attr-defined]
            assert isinstance(node, ast.Call)
            if not isinstance(node.args[0], ast.Constant):
                continue  # where the two are defined
            text = ast.literal_eval(node.args[0])
            options = {
                each.arg: ast.literal_eval(each.value) for each in node.keywords if each.arg in ("plural", "context")
            }
            context = options.get("context") or (COMMANDS if called(node) == "localized" else None)
            found.add(
                (text, options["plural"]) if "plural" in options else text,
                locations=[(path.as_posix(), 1)],
                flags=["python-brace-format"] if "{" in text else [],
                context=context,
            )
    return found


def key_of(message: Message) -> Key:
    """What names a message in every catalogue."""
    return (message.context or "", message.id if isinstance(message.id, str) else message.id[0])


def catalogue_of(language: str) -> Catalog:
    """A language's catalogue as it stands; an empty one if there is none yet."""
    if not path_of(language).exists():
        return Catalog(locale=language.replace("-", "_"), project="Saem", version="1", charset="utf-8")
    with path_of(language).open("rb") as file:
        return read_po(file, locale=language.replace("-", "_"), abort_invalid=True)


def translations_of(language: str) -> dict[Key, str]:
    """A language's translations, of plurals the last form."""
    return {
        key_of(each): each.string if isinstance(each.string, str) else each.string[-1]
        for each in catalogue_of(language)
        if each.id and each.string
    }


def update(added: Mapping[str, Mapping[Key, str | tuple[str, ...]]] | None = None) -> dict[str, list[Key]]:
    """Write the template and all catalogues; returns what each language lacks.

    What the code says no longer is left out. `added` are further translations by language.
    """
    whole = template()
    TEMPLATE.write_bytes(as_po(whole))
    missing: dict[str, list[Key]] = {}
    for language in LANGUAGE_NAMES:
        if language == "en":
            continue
        old = catalogue_of(language)
        known = {key_of(each): each.string for each in old if each.id}
        known |= dict((added or {}).get(language, {}))
        new = Catalog(
            locale=old.locale,
            project="Saem",
            version="1",
            charset="utf-8",
            fuzzy=False,
            header_comment=_HEAD,
        )
        missing[language] = []
        for each in whole:
            if not each.id:
                continue
            said = known.get(key_of(each), "")
            several = isinstance(each.id, tuple)
            if several and isinstance(said, str):
                said = (said,) * new.num_plurals if new.num_plurals == 1 else ()
            if not said or not all(said):
                missing[language].append(key_of(each))
            new.add(
                each.id,
                said if several == isinstance(said, tuple) else "",
                locations=each.locations,
                flags=each.flags,
                context=each.context,
            )
        path_of(language).parent.mkdir(parents=True, exist_ok=True)
        path_of(language).write_bytes(as_po(new))
    return missing


def as_po(catalog: Catalog) -> bytes:
    """A catalogue without dates and line numbers, which would change with every other commit."""
    written = io.BytesIO()
    write_po(written, catalog, width=120, include_lineno=False)
    return _DATES.sub(b"", written.getvalue())


def main() -> int:
    """Write them; returns the exit code."""
    missing = update()
    for language, keys in missing.items():
        print(f"{language}: {'complete' if not keys else f'{len(keys)} sentences are missing'}")
        for context, text in keys:
            print(f"  {f'({context}) ' if context else ''}{text}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
