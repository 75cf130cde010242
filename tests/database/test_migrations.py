"""The order of migrations: what they say follows what, whatever numbers they have."""

from pathlib import Path

import pytest
from alembic.script import ScriptDirectory

import assistants.store.schema
import bot.store.schema
from database.migrations import Migrations


def migrations(directory: Path, *followers: tuple[str, str | None]) -> Migrations:
    (directory / "versions").mkdir()
    for revision, follows in followers:
        told = "None" if follows is None else f'"{follows}"'
        text = f'"""Changes."""\n\nrevision = "{revision}"\ndown_revision: str | None = {told}\n'
        (directory / "versions" / f"{revision}_change.py").write_text(text, encoding="utf-8")
    return Migrations(directory, "versions_table", 1)


def test_numbers_may_come_in_another_order(tmp_path: Path) -> None:
    made = migrations(tmp_path, ("0001", None), ("0002", "0035"), ("0035", "0001"))
    assert made.newest == "0002"
    assert [each for each in ("0001", "0035", "0002", "0036") if made.is_behind(each)] == ["0001", "0035"]
    assert made.knows("0035")
    assert not made.knows("0036")


@pytest.mark.parametrize(
    "followers",
    [
        [("0001", None), ("0002", "0001"), ("0003", "0001")],
        [("0001", None), ("0002", None)],
        [("0001", None), ("0003", "0002")],
    ],
)
def test_they_stand_in_one_line(tmp_path: Path, followers: list[tuple[str, str | None]]) -> None:
    made = migrations(tmp_path, *followers)
    with pytest.raises(AssertionError, match="follows"):
        made.knows("0001")


@pytest.mark.parametrize("made", [assistants.store.schema.MIGRATIONS, bot.store.schema.MIGRATIONS])
def test_alembic_reads_the_same_order(made: Migrations) -> None:
    script = ScriptDirectory(str(made.directory))
    assert script.get_heads() == [made.newest]
    order = [each.revision for each in script.walk_revisions()]
    assert all(made.is_behind(each) for each in order[1:])
    assert len(order) == len(list((made.directory / "versions").glob("0*.py")))
