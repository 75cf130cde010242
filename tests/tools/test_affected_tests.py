"""What `make test-fast` runs: what a change can touch, the nearest first, for two minutes."""

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from tools.affected_tests import ALWAYS, BUDGET, affected_tests, changed_files

FILES = {
    "bot/__init__.py": "",
    "bot/tables.py": "ROWS = 1\n",
    "bot/store.py": "from bot.tables import ROWS\n",
    "bot/quiz.py": "from bot import store\n",
    "bot/apart.py": "",
    "playground/page/app.js": "",
    "tests/conftest.py": "def a():\n    import tests.house\n",
    "tests/house.py": "import bot.quiz, bot.client\n",
    "tests/test_project.py": "",
    "tests/bot/conftest.py": "",
    "tests/bot/test_tables.py": "from bot.tables import ROWS\n",
    "tests/bot/test_quiz.py": "from bot.quiz import store\n",
    "tests/bot/test_apart.py": "from bot import apart\n",
    "tests/cogs/test_house.py": "def test_it(house): ...\n",
    "tests/e2e/test_page.py": "def test_it(browser_page: OpenPage): ...\n",
    "bot/client.py": "",
    "cogs/quiz.py": "from bot import apart\n",
}


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    for name, source in {**FILES, "tests/durations.json": "{}"}.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source, encoding="utf-8")
    git(tmp_path, "init", "-q")
    commit(tmp_path)
    return tmp_path


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True)


def commit(folder: Path) -> None:
    git(folder, "add", "-A")
    git(folder, "-c", "user.name=A", "-c", "user.email=a@example.org", "commit", "-qm", "change")


def take(repository: Path, seconds: Mapping[str, float]) -> None:
    (repository / "tests/durations.json").write_text(json.dumps(seconds), encoding="utf-8")


def test_tests_that_import_what_changed_run_straight_or_through_others(repository: Path) -> None:
    found = affected_tests(repository, ["bot/tables.py"])
    assert found.run == [ALWAYS, "tests/bot/test_tables.py", "tests/bot/test_quiz.py", "tests/cogs/test_house.py"]
    assert not found.left_out


def test_what_nobody_imports_touches_its_own_tests_alone(repository: Path) -> None:
    assert affected_tests(repository, ["bot/nobody.py"]).run == [ALWAYS]
    assert affected_tests(repository, ["tests/bot/test_quiz.py"]).run == [ALWAYS, "tests/bot/test_quiz.py"]
    assert affected_tests(repository, ["README.md"]).run == [ALWAYS]


def test_the_bot_loads_cogs_though_it_imports_none(repository: Path) -> None:
    assert affected_tests(repository, ["bot/apart.py"]).run[1:] == [
        "tests/bot/test_apart.py",
        "tests/cogs/test_house.py",
    ]


def test_tests_of_the_changed_room_come_first(repository: Path) -> None:
    assert affected_tests(repository, ["bot/store.py", "tests/cogs/test_house.py"]).run[1:] == [
        "tests/cogs/test_house.py",
        "tests/bot/test_quiz.py",
    ]


def test_fixtures_touch_the_tests_below_them(repository: Path) -> None:
    below = affected_tests(repository, ["tests/bot/conftest.py"]).run
    assert sorted(below) == sorted([ALWAYS, *(name for name in FILES if name.startswith("tests/bot/test_"))])


def test_the_page_is_tested_in_the_browser(repository: Path) -> None:
    assert affected_tests(repository, ["playground/page/app.js"]).run == [ALWAYS, "tests/e2e/test_page.py"]


def test_the_nearest_fill_two_minutes_and_what_does_not_fit_is_told(repository: Path) -> None:
    take(repository, {"tests/bot/test_tables.py": BUDGET - 1, "tests/bot/test_quiz.py": 2})
    found = affected_tests(repository, ["bot/tables.py"])
    assert found.run == [ALWAYS, "tests/bot/test_tables.py", "tests/cogs/test_house.py"]
    assert found.left_out == ["tests/bot/test_quiz.py"]


def test_a_change_is_what_is_not_committed_and_else_the_last_commit(repository: Path) -> None:
    (repository / "bot/new.py").touch()
    (repository / "bot/store.py").write_text("", encoding="utf-8")
    assert changed_files(repository) == ["bot/new.py", "bot/store.py"]
    commit(repository)
    assert changed_files(repository) == ["bot/new.py", "bot/store.py"]
    (repository / "bot/quiz.py").write_text("", encoding="utf-8")
    assert changed_files(repository) == ["bot/quiz.py"]
    assert changed_files(repository, "HEAD~1") == ["bot/new.py", "bot/quiz.py", "bot/store.py"]
