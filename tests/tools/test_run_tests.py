"""The run of all tests: what fails by chance is named and forgiven, what fails twice is not."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]

PASSES = "def test_passes(): pass\n"
FLAKY = """
import pathlib
def test_flaky_{number}():
    seen = pathlib.Path(__file__).with_suffix(".seen{number}")
    first = not seen.exists()
    seen.touch()
    assert not first
"""
BROKEN = "def test_broken(): assert False\n"


def run_tests(folder: Path, source: str) -> subprocess.CompletedProcess[str]:
    (folder / "test_all.py").write_text(source, encoding="utf-8")
    # Only the plugin whose options `tools/run_tests.py` gives: to load all of them takes two seconds each time.
    plugins = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_PLUGINS": "xdist.plugin"}
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **plugins}
    command = [sys.executable, "-m", "tools.run_tests", "-n", "0"]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_a_run_without_failures_passes(tmp_path: Path) -> None:
    done = run_tests(tmp_path, PASSES)
    assert done.returncode == 0
    assert "Flaky" not in done.stdout


def test_a_test_that_passes_alone_right_after_is_named_in_the_last_lines_and_fails_nothing(tmp_path: Path) -> None:
    done = run_tests(tmp_path, PASSES + FLAKY.format(number=1))
    assert done.returncode == 0, done.stdout
    assert done.stdout.rstrip().splitlines()[-1].strip() == "test_all.py::test_flaky_1"


def test_a_test_that_fails_alone_too_fails_the_run_though_others_were_flaky(tmp_path: Path) -> None:
    done = run_tests(tmp_path, BROKEN + FLAKY.format(number=1))
    assert done.returncode == 1
    assert done.stdout.rstrip().splitlines()[-1].strip() == "test_all.py::test_broken"


def test_more_than_five_failures_are_not_run_again(tmp_path: Path) -> None:
    five = "".join(FLAKY.format(number=number) for number in range(5))
    assert run_tests(tmp_path, five).returncode == 0
    for seen in tmp_path.glob("*.seen*"):
        seen.unlink()
    done = run_tests(tmp_path, five + FLAKY.format(number=5))
    assert done.returncode == 1
    assert not done.stdout.count("1 passed")


def test_a_file_that_cannot_be_read_fails_the_run(tmp_path: Path) -> None:
    assert run_tests(tmp_path, "this is no Python").returncode not in {0, 5}
