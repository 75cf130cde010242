"""The project as a whole: what its documents say is so, and nothing stands in it that must not."""

import ast
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tools.settings_table import example, table
from tools.venv import usable

ROOT = Path(__file__).parent.parent


def tracked(*patterns: str) -> list[Path]:
    found = subprocess.run(["git", "ls-files", *patterns], cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / name for name in found.stdout.splitlines() if (ROOT / name).is_file()]


def test_every_setting_stands_in_the_docs_and_in_the_example() -> None:
    assert (ROOT / "docs/settings.md").read_text(encoding="utf-8") == table()
    assert (ROOT / ".env.example").read_text(encoding="utf-8") == example()


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_a_lock_has_hashes_and_no_addresses(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert "://" not in text
    blocks = re.split(r"\n(?=[a-z0-9])", text.strip())
    assert all("--hash=sha256:" in block for block in blocks)


def test_every_dependency_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    locked = set(
        re.findall(r"^([a-z0-9.-]+)==", (ROOT / "requirements.lock").read_text(encoding="utf-8"), re.MULTILINE)
    )
    names = {re.split(r"[\[><=;! ]", line)[0].lower().replace(".", "-") for line in project["dependencies"]}
    assert names <= {name.replace(".", "-") for name in locked}


def test_everything_imported_is_declared() -> None:
    """A module that only happens to be installed, because something else brings it, is missing one day."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    ours = {*project_packages(), "tools"}
    optional = [line for extra in project["optional-dependencies"].values() for line in extra]
    declared = {
        re.split(r"[\[><=;! ]", line)[0].lower().replace("_", "-") for line in [*project["dependencies"], *optional]
    }
    distributions = packages_distributions()
    undeclared = set()
    for path in tracked(*(f"{package}/*.py" for package in ours)):
        for module in imported(path) - ours - sys.stdlib_module_names:
            brought_by = {name.lower().replace("_", "-") for name in distributions.get(module, [module])}
            if not brought_by & declared:
                undeclared.add(f"{path.relative_to(ROOT)}: {module}")
    assert not undeclared


def imported(path: Path) -> set[str]:
    """The top-level modules that a file imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.split(".")[0])
    return found


def project_packages() -> list[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    packages: list[str] = project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    return packages


def test_links_between_documents_lead_somewhere() -> None:
    broken: list[str] = []
    for page in tracked("*.md"):
        targets = re.findall(r"\]\(([^)#:]+?)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
        missing = (target for target in targets if not (page.parent / target).exists())
        broken.extend(f"{page.relative_to(ROOT)} -> {target}" for target in missing)
    assert not broken


def test_no_path_of_a_machine_and_no_package_mirror_is_named() -> None:
    forbidden = re.compile(r"index-url|find-links\s|/(?:root|home)/\w+/|" + re.escape(str(ROOT)))
    own = {Path(__file__), ROOT / "tools/lock.py"}
    texts = [path for path in tracked() if path not in own and path.suffix not in {".png", ".otf", ".ttf", ".woff2"}]
    found = [
        str(path.relative_to(ROOT))
        for path in texts
        if forbidden.search(path.read_text(encoding="utf-8", errors="replace"))
    ]
    assert not found


def test_the_image_copies_every_package() -> None:
    copied = re.findall(r"^COPY (\w+) \1$", (ROOT / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(copied) == sorted(project_packages())


@pytest.fixture
def set_up(tmp_path: Path) -> Path:
    """A folder with an environment in it, as `make venv` leaves it."""
    folder = tmp_path / "공부 방"
    folder.mkdir()
    for name in ("Makefile", "pyproject.toml", "requirements.lock"):
        shutil.copy(ROOT / name, folder)
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder / ".venv"], check=True)
    (folder / ".venv/.runtime").write_text(f"{folder}\n", encoding="utf-8")
    return folder


def is_set_up_anew(folder: Path) -> bool:
    made = subprocess.run(["make", "-n", "venv"], cwd=folder, capture_output=True, text=True, check=True)
    return "tools.venv" in made.stdout


def test_an_environment_is_made_anew_where_it_no_longer_fits(set_up: Path, tmp_path: Path) -> None:
    assert not is_set_up_anew(set_up)
    moved = set_up.rename(tmp_path / "elsewhere")
    assert is_set_up_anew(moved)
    (moved / ".venv/.runtime").write_text(f"{moved}\n", encoding="utf-8")
    assert not is_set_up_anew(moved)
    for python in (moved / ".venv/bin").glob("python*"):
        python.unlink()
    (moved / ".venv/bin/python").symlink_to("/uninstalled/python3")
    assert is_set_up_anew(moved)


def test_an_environment_whose_making_was_broken_off_is_not_gone_on_with(
    set_up: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(set_up)
    assert not usable(Path(".venv"))
    pip = set_up / ".venv/lib" / f"python{sys.version_info.major}.{sys.version_info.minor}" / "site-packages/pip.py"
    pip.touch()
    assert usable(Path(".venv"))
    (set_up / ".venv/bin/python").unlink()
    assert not usable(Path(".venv"))


def test_a_wheel_holds_every_package_and_the_example_of_an_env_file(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as file:
        names = set(file.namelist())
        assert file.read("bot/.env.example") == (ROOT / ".env.example").read_bytes()
    for package in project_packages():
        inside = {str(path.relative_to(ROOT)) for path in tracked(f"{package}/**")}
        assert inside <= names, sorted(inside - names)[:5]
