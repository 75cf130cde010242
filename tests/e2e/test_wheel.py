"""A built wheel, installed into an environment of its own, works in an empty folder."""

import asyncio
import os
import re
import signal
import subprocess
import sys
import sysconfig
from pathlib import Path

import aiohttp
import pytest

from tests.e2e.test_demo import OUR_OWN, START

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def saem(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command of an environment that has the wheel, and beside it only what the wheel depends on."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, capture_output=True, check=True)
    (wheel,) = folder.glob("*.whl")
    environment = folder / "environment"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", environment], check=True)
    python = environment / "bin/python"
    install = [sys.executable, "-m", "uv", "pip", "install", "--python", str(python), "--no-deps", "--offline"]
    subprocess.run([*install, str(wheel)], capture_output=True, check=True)
    (own,) = environment.glob("lib/python*/site-packages")
    (own / "dependencies.pth").write_text(f"{sysconfig.get_path('purelib')}\n", encoding="utf-8")
    return environment / "bin/saem"


def environment() -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(OUR_OWN)}
    return {**{name: value for name, value in inherited.items() if name != "PYTHONPATH"}, "PYTHONUNBUFFERED": "1"}


async def output_of(saem: Path, *arguments: str, directory: Path) -> tuple[int | None, str]:
    process = await asyncio.create_subprocess_exec(
        *(str(saem), *arguments),
        cwd=directory,
        env=environment(),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    out, _ = await asyncio.wait_for(process.communicate(), START)
    return process.returncode, out.decode()


async def test_its_check_says_what_to_do_in_an_empty_folder(saem: Path, tmp_path: Path) -> None:
    code, said = await output_of(saem, "check", directory=tmp_path)
    assert code == 1
    example = re.search(r"copy (\S+\.env\.example) to it", said)
    assert example is not None
    assert str(saem.parent.parent) in example[1]
    assert await asyncio.to_thread(Path(example[1]).is_file)
    assert "Model (offline, as there is no OPENAI_API_KEY): answers, and calls functions." in said
    assert "Traceback" not in said


async def test_its_demo_serves_the_page_in_an_empty_folder(saem: Path, tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        *(str(saem), "demo", "--port", "0", "--no-browser"),
        cwd=tmp_path,
        env=environment(),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    assert process.stdout is not None
    said = ""
    try:
        async with asyncio.timeout(START):
            while "Stop it with" not in said:
                line = (await process.stdout.readline()).decode()
                assert line, f"saem demo ended: {said}"
                said += line
        address = re.search(r"http://127\.0\.0\.1:\d+/", said)
        assert address is not None
        async with aiohttp.ClientSession() as http:
            async with http.get(address[0]) as page:
                text = await page.text()
            for wanted in re.findall(r'(?:src|href)="/?([\w./-]+\.(?:js|css))"', text):
                async with http.get(address[0] + wanted) as part:
                    assert part.status == 200, wanted
    finally:
        process.send_signal(signal.SIGTERM)
        rest, _ = await asyncio.wait_for(process.communicate(), 30)
    assert process.returncode == 0
    assert "Traceback" not in said + rest.decode()
