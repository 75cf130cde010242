"""The page's pure modules, tested in node."""

import shutil
import subprocess
from pathlib import Path
from typing import Final

import pytest

MODULES: Final = Path(__file__).parent


def test_the_pages_pure_modules_pass_their_own_tests() -> None:
    node = shutil.which("node")
    if node is None or _version(node) < (20,):
        pytest.skip("node 20 or newer is not here")
    files = sorted(str(each) for each in MODULES.glob("*.test.mjs"))
    done = subprocess.run([node, "--test", *files], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "# fail 0" in done.stdout or "fail 0" in done.stdout


def _version(node: str) -> tuple[int, ...]:
    told = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=10, check=True).stdout
    return tuple(int(part) for part in told.strip().lstrip("v").split(".")[:1])
