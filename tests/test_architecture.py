"""The house is as docs/architecture.md draws it: its ways, its words, its rooms, and names that a stranger can tell."""

import ast
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.test_project import ROOT, project_packages, tracked

MAP = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
MOST_FILES = 25
MOST_WORDS = 20
CODE = {".py", ".js", ".css"}

RESOURCE = "the API's resource: its endpoints, its table, its operations"
IN_EACH_ROOM = "each room of the bot has its own, and the room's name tells which"
DISCORD = "Discord's object: its routes, its checks, its payload, its state, its part of the page"
STYLES = "a part of the page and its styles"

SAME_NOUN = {
    "assistants: assistants": RESOURCE,
    "assistants: files": RESOURCE,
    "assistants: messages": RESOURCE,
    "assistants: run_steps": RESOURCE,
    "assistants: runs": RESOURCE,
    "assistants: threads": RESOURCE,
    "assistants: vector_stores": RESOURCE,
    "bot: errors": IN_EACH_ROOM,
    "bot: sentences": IN_EACH_ROOM,
    "bot: tables": IN_EACH_ROOM,
    "playground: application_commands": DISCORD,
    "playground: applications": DISCORD,
    "playground: attachments": DISCORD,
    "playground: bans": DISCORD,
    "playground: channels": DISCORD,
    "playground: command_index": DISCORD,
    "playground: components": DISCORD,
    "playground: embeds": DISCORD,
    "playground: gateway": DISCORD,
    "playground: guilds": DISCORD,
    "playground: interactions": DISCORD,
    "playground: mentions": DISCORD,
    "playground: messages": DISCORD,
    "playground: permissions": DISCORD,
    "playground: polls": DISCORD,
    "playground: reactions": DISCORD,
    "playground: snowflakes": DISCORD,
    "playground: threads": DISCORD,
    "playground: users": DISCORD,
    "playground: webhooks": DISCORD,
    "playground: composer": STYLES,
    "playground: overlays": STYLES,
    "playground: app": "the application: the server's (ASGI), and the page's",
}
"""Names that several files of a package have, and the noun that they share."""


def section(title: str) -> str:
    """What stands below a heading of the map, up to the next heading of its kind."""
    found = re.search(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", MAP, re.MULTILINE | re.DOTALL)
    assert found is not None, title
    return found[1]


def definitions(path: Path) -> set[str]:
    """The functions and classes of a module, and `Class.method`."""
    found: set[str] = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        if isinstance(node, ast.ClassDef):
            methods = (each for each in node.body if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef))
            found.update(f"{node.name}.{method.name}" for method in methods)
    return found


def code_files() -> Iterator[Path]:
    """Every file of code that the project is made of, but for tests and migrations."""
    for package in project_packages():
        for path in tracked(f"{package}/*"):
            if path.suffix in CODE and "versions" not in path.parts:
                yield path.relative_to(ROOT)


def test_every_step_of_the_three_ways_exists() -> None:
    steps = re.findall(r"`([\w/]+\.py):([\w.]+)`", section("The three ways"))
    assert len(steps) >= 20
    missing = [f"{path}:{name}" for path, name in steps if name not in definitions(ROOT / path)]
    assert not missing


def glossary() -> list[tuple[str, str]]:
    """Each word of ours, and the path where it lives."""
    rows: list[tuple[str, str]] = re.findall(
        r"^\| \*\*([^|*]+)\*\* \|[^|]+\| `([^`|]+)` \|$", section("Our words"), re.MULTILINE
    )
    return rows


def test_the_words_that_are_ours_are_few_and_live_where_the_glossary_says() -> None:
    rows = glossary()
    assert 5 <= len(rows) <= MOST_WORDS
    for word, place in rows:
        path = ROOT / place
        names = [path.stem] if path.is_dir() else [path.stem, *(name.split(".")[0] for name in definitions(path))]
        wanted = word.replace(" ", "").lower()
        assert any(wanted in name.replace("_", "").lower() for name in names), (word, place)


def test_every_path_on_the_map_exists() -> None:
    named = set(re.findall(r"`((?:\w+/)+(?:\w+\.\w+)?)`", MAP))
    assert len(named) > 20
    assert not [name for name in sorted(named) if not (ROOT / name).exists()]


def test_every_room_is_on_the_map() -> None:
    rooms = {path.parent for path in code_files() if path.suffix == ".py" and "migrations" not in path.parts}
    assert not [room.as_posix() for room in sorted(rooms) if f"`{room.as_posix()}/`" not in section("The rooms")]


def test_no_folder_holds_more_files_than_one_sees_at_a_glance() -> None:
    sizes = Counter(path.parent.as_posix() for path in code_files() if path.name != "__init__.py")
    assert not {folder: size for folder, size in sizes.items() if size > MOST_FILES}


def test_files_of_a_package_share_a_name_only_where_they_are_about_the_same_noun() -> None:
    named: dict[tuple[str, str], list[str]] = defaultdict(list)
    for path in code_files():
        if path.name not in {"__init__.py", "__main__.py", "env.py"}:
            named[path.parts[0], path.stem].append(path.as_posix())
    shared = {f"{package}: {name}": paths for (package, name), paths in named.items() if len(paths) > 1}
    assert sorted(shared) == sorted(SAME_NOUN), shared


@pytest.mark.parametrize("package", [*project_packages(), "tools"])
def test_tests_stand_in_the_rooms_of_what_they_test(package: str) -> None:
    """Each folder of tests mirrors a folder of code; folders without tests hold what tests need."""
    folders = {
        path.parent.relative_to(ROOT / "tests")
        for path in tracked(f"tests/{package}/test_*.py", f"tests/{package}/**/test_*.py")
    }
    assert folders
    assert not [folder.as_posix() for folder in sorted(folders) if not (ROOT / folder).is_dir()]


def test_arguments_of_functions_are_read_in_one_place() -> None:
    reads = re.compile(r"loads\([^)\n]*argument", re.IGNORECASE)
    rooms = ("assistants", "bot", "cogs")
    found = [path for room in rooms for path in (ROOT / room).rglob("*.py") if reads.search(path.read_text("utf-8"))]
    assert not found, "function_arguments/reader.py reads them"
