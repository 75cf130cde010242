"""What a process keeps from its neighbours of the same user."""

import asyncio
import os
import sys

import pytest

from workers.own_process import take_from_environment

BECOME_NOBODY = "os.setgroups([]); os.setgid(65534); os.setuid(65534)"
OWNER = f"""
import ctypes, os, sys, time
from workers.own_process import keep_memory_private
{BECOME_NOBODY}
ctypes.CDLL(None).prctl(4, 1, 0, 0, 0)  # readable, as every process is that has not changed its user
if sys.argv[1] == "private":
    keep_memory_private()
print("ready", flush=True)
time.sleep(60)
"""
READER = f"""
import os, sys
{BECOME_NOBODY}
for name in ("environ", "maps"):
    try:
        print("read" if open(f"/proc/{{sys.argv[1]}}/{{name}}").read() else "empty")
    except PermissionError:
        print("refused")
"""


@pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0, reason="only root can start two processes of nobody's"
)
@pytest.mark.parametrize(("memory", "seen"), [("private", b"refused"), ("open", b"read")])
async def test_a_process_of_the_same_user_cannot_read_environment_and_memory(memory: str, seen: bytes) -> None:
    owner = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-c", OWNER, memory),
        stdout=asyncio.subprocess.PIPE,
        env={"PYTHONPATH": os.pathsep.join(sys.path), "OPENAI_API_KEY": "sk-secret"},
    )
    try:
        assert owner.stdout is not None
        assert await owner.stdout.readline() == b"ready\n"
        reader = await asyncio.create_subprocess_exec(
            sys.executable, "-c", READER, str(owner.pid), stdout=asyncio.subprocess.PIPE
        )
        told, _ = await reader.communicate()
        assert told.split() == [seen, seen]
    finally:
        owner.kill()
        await owner.wait()


def test_variables_leave_the_environment_in_whatever_case(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    monkeypatch.setenv("Discord_Token", "secret")
    monkeypatch.setenv("MODEL", "kept")
    take_from_environment(["openai_api_key", "DISCORD_TOKEN", "NOT_SET"])
    assert not {"OPENAI_API_KEY", "Discord_Token"} & set(os.environ)
    assert os.environ["MODEL"] == "kept"
