"""Which test files a change can touch: those that depend on what changed, the nearest first, within a budget of time.

The nearest are those of the changed rooms (a test's path names the room or the file), then those with the fewest
imports between. Imports are read from the source, straight and through other modules. A test file also depends on the
`conftest.py` files of its folders, and on `tests/house.py` when it names the fixture `house`; the bot loads all cogs.
"""

import ast
import json
import re
import subprocess
from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

BUDGET: Final = 300.0
"""Seconds of tests, as `tests/durations.json` has them: a run on two cores takes some two minutes for it."""
UNKNOWN: Final = 1.0
"""Seconds of a test file that was not measured yet."""
ALWAYS: Final = "tests/test_project.py"
PAGE: Final = "playground/page/"
BROWSER: Final = re.compile(r"\bbrowser(?:_page)?: (?:Browser|OpenPage)")
"""What a test's parameters say when it looks into a browser."""
COGS: Final = re.compile(r"cogs/[a-z]\w*\.py")
LOADS_COGS: Final = "bot/client.py"


@dataclass(frozen=True, slots=True)
class Affected:
    """Paths of test files: those to run, and those left out for want of time."""

    run: Sequence[str]
    left_out: Sequence[str]


def changed_files(root: Path, since: str | None = None) -> list[str]:
    """Paths of the files that differ from the commit `since`, untracked ones too.

    Without `since`: from where the branch left its upstream; where there is no upstream, from HEAD, or from the commit
    before when nothing is uncommitted.
    """
    untracked = _git(root, "ls-files", "--others", "--exclude-standard")
    base = since or next(iter(_git(root, "merge-base", "HEAD", "@{upstream}")), None)
    if base is None:
        dirty = _git(root, "status", "--porcelain")
        base = "HEAD" if dirty else "HEAD~1"
    return sorted({*untracked, *_git(root, "diff", "--name-only", base)})


def affected_tests(root: Path, changed: Sequence[str]) -> Affected:
    """The test files that depend on `changed`: as many of the nearest as fit into `BUDGET`."""
    tracked = _git(root, "ls-files", "--cached", "--others", "--exclude-standard", "*.py")
    files = [name for name in tracked if (root / name).is_file()]
    distances = _distances(_dependents(root, files), changed)
    tests = [name for name in files if re.search(r"(^|/)test_[^/]*\.py$", name)]
    if any(name.startswith(PAGE) for name in changed):
        distances |= {name: 1 for name in tests if BROWSER.search((root / name).read_text(encoding="utf-8"))}
    seconds, words = durations(root), _words(changed)
    near = sorted(
        (name for name in tests if name in distances and name != ALWAYS),
        key=lambda name: (not words & _words([name]), distances[name], seconds.get(name, UNKNOWN)),
    )
    run, total = [ALWAYS], 0.0
    left_out: list[str] = []
    for name in near:
        longer = total + seconds.get(name, UNKNOWN)
        if longer > BUDGET:
            left_out.append(name)
        else:
            run.append(name)
            total = longer
    return Affected(run, left_out)


def durations(root: Path) -> Mapping[str, float]:
    """Seconds that each test file took when `make durations` was last run."""
    recorded: dict[str, float] = json.loads((root / "tests/durations.json").read_text(encoding="utf-8"))
    return recorded


def _words(names: Iterable[str]) -> set[str]:
    """What paths name: their last folder and their file, without `test_` and the endings of plurals."""
    parts = (part for name in names for part in (Path(name).parent.name, *Path(name).stem.split("_")))
    return {part.rstrip("s") for part in parts} - {"test", "", "bot", "cog", "init"}


def _distances(dependents: Mapping[str, set[str]], changed: Iterable[str]) -> dict[str, int]:
    """How many imports lie between each file and the nearest changed one."""
    distances = dict.fromkeys(changed, 0)
    waiting = deque(distances)
    while waiting:
        name = waiting.popleft()
        for dependent in dependents.get(name, ()):
            if dependent not in distances:
                distances[dependent] = distances[name] + 1
                waiting.append(dependent)
    return distances


def _dependents(root: Path, files: Sequence[str]) -> dict[str, set[str]]:
    """For each file, the files that import it."""
    modules = {_module(name): name for name in files}
    dependents: dict[str, set[str]] = defaultdict(set)
    for name in files:
        source = (root / name).read_text(encoding="utf-8")
        for imported in _imported(ast.parse(source)):
            if imported in modules:
                dependents[modules[imported]].add(name)
        if name.startswith("tests/"):
            for folder in Path(name).parents:
                dependents[f"{folder.as_posix()}/conftest.py"].add(name)
            if re.search(r"\bhouse\b", source):
                dependents["tests/house.py"].add(name)
    dependents |= {name: dependents[name] | {LOADS_COGS} for name in files if COGS.fullmatch(name)}
    # Every test lies below tests/conftest.py; what only that file imports is reached through `house` above.
    for importers in dependents.values():
        importers.discard("tests/conftest.py")
    return dependents


def _module(name: str) -> str:
    return name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _imported(tree: ast.AST) -> Iterable[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _git(root: Path, *arguments: str) -> list[str]:
    """The lines that git prints; none where it fails."""
    done = subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True, check=False)
    return done.stdout.splitlines() if done.returncode == 0 else []
