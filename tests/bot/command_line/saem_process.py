"""The command `saem` in a process of its own."""

import asyncio
import os
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]


async def start(*arguments: str, directory: Path, **environment: str) -> asyncio.subprocess.Process:
    """The command in a process of its own."""
    path = os.pathsep.join([*os.environ.get("PYTHONPATH", "").split(os.pathsep), str(ROOT)])
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        *arguments,
        cwd=directory,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": path, **environment},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def saem(*arguments: str, directory: Path, **environment: str) -> tuple[int, str, str]:
    """The command until it ends: exit code, output, errors."""
    process = await start(*arguments, directory=directory, **environment)
    out, err = await process.communicate()
    assert process.returncode is not None
    return process.returncode, out.decode(), err.decode()
