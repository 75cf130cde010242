"""`saem demo`: its page, its port, its end."""

import asyncio
import os
import re
import signal
import socket
import sys
from pathlib import Path

import aiohttp

from bot.command_line.demo import free_port
from tests.bot.command_line.saem_process import ROOT, saem


async def test_the_demo_prints_its_pages_address_answers_there_and_ends_cleanly(tmp_path: Path) -> None:
    path = os.pathsep.join([*os.environ.get("PYTHONPATH", "").split(os.pathsep), str(ROOT)])
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "demo", "--port", "0"),
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": path},
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(60):
            lines = [(await process.stdout.readline()).decode() for _ in range(3)]
        address = re.search(r"http://127\.0\.0\.1:\d+/", "".join(lines))
        assert address is not None
        assert "offline model" in "".join(lines)
        async with aiohttp.ClientSession() as session, session.get(address[0]) as page:
            assert page.status == 200
    finally:
        process.send_signal(signal.SIGINT)
        await process.wait()
    assert process.returncode == 0
    assert {each.name for each in (tmp_path / "data").iterdir()} == {"demo"}


async def test_a_port_that_is_taken_is_said_in_a_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        code, _, err = await saem("demo", "--port", str(taken.getsockname()[1]), directory=tmp_path)
    assert code == 1
    assert "--port" in err
    assert "Traceback" not in err


def test_the_demo_goes_elsewhere_where_somebody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert free_port(port) == 0
    assert free_port(port) == port


async def test_a_port_that_is_none_is_said_in_a_sentence(tmp_path: Path) -> None:
    code, _, err = await saem("demo", "--port", "99999", directory=tmp_path)
    assert code == 2
    assert "a port is a number from 0 to 65535" in err
