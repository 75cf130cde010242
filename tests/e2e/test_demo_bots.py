"""`saem demo --bots 2`: two bots share the servers, and one takes over when the other is killed."""

import asyncio
import os
import re
import signal
import sys
from pathlib import Path

import pytest

from playground.pilot import Student
from tests.e2e.test_demo import OUR_OWN, START
from tests.e2e.test_demo_restarts import student, thread_of

PATIENCE = 90
"""Seconds until a line or an answer is given up: the machine is shared. A dead bot's shards are free after some ten."""
BOT = "<@1300000000000000001>"
BOTH = re.compile(r"bot 1 \(process (\d+)\) holds shards? ([\d, ]+); bot 2 \(process (\d+)\) holds shards? ([\d, ]+)\.")


class Lines:
    """What a program prints, line by line."""

    def __init__(self, reader: asyncio.StreamReader) -> None:
        self._reader = reader
        self.heard: list[str] = []

    async def until(self, pattern: re.Pattern[str]) -> re.Match[str]:
        """Read on until a line fits."""
        async with asyncio.timeout(PATIENCE):
            while line := (await self._reader.readline()).decode():
                self.heard.append(line)
                if found := pattern.search(line):
                    return found
        raise AssertionError(f"saem demo ended: {''.join(self.heard)}")


def channel_in_each_server(alex: Student) -> dict[int, int]:
    """The channel #math of each server, by its shard of four."""
    found = {}
    for name, data in alex.events:
        if name in {"READY", "GUILD_CREATE"}:
            for guild in data.get("guilds", [data]):
                for channel in guild["channels"]:
                    if channel["name"] == "math":
                        found[(int(guild["id"]) >> 22) % 4] = int(channel["id"])
    return found


async def answered(alex: Student, channel: int, question: object, words: str) -> bool:
    """Whether a question has its answer, or a sentence with Retry, which is pressed."""
    shown = [*await thread_of(alex, question), *await alex.reads(channel)]  # type: ignore[arg-type]
    if any(words in post.text for post in shown):
        return True
    for post in shown:
        for control in post.controls:
            if control.label == "Retry" and control.custom_id:
                await alex.clicks(post, control.custom_id)
    return False


@pytest.mark.postgres
async def test_one_of_two_bots_is_killed_and_every_question_is_answered(tmp_path: Path) -> None:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(OUR_OWN)}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "demo", "--bots", "2", "--port", "0", "--no-browser"),
        cwd=tmp_path,
        env={**inherited, "PYTHONPATH": str(Path(__file__).parents[2]), "PYTHONUNBUFFERED": "1"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        limit=1 << 20,
    )
    assert process.stdout is not None
    lines = Lines(process.stdout)
    try:
        address = (await lines.until(re.compile(r"http://127\.0\.0\.1:\d+|PostgreSQL, and there is none")))[0]
        if not address.startswith("http"):
            pytest.skip("no PostgreSQL and no pgserver")
        while True:
            holding = await lines.until(BOTH)
            if len(holding[2].split(",")) == len(holding[4].split(",")) == 2:
                break
        async with student(address) as alex:
            channels = channel_in_each_server(alex)
            assert sorted(channels) == [0, 1, 2, 3]
            asked = {
                shard: await alex.says(channel, f"{BOT} solve {shard + 2}x = {(shard + 2) * (shard + 5)}")
                for shard, channel in channels.items()
            }
            os.kill(int(holding[3]), signal.SIGKILL)
            await lines.until(re.compile(r"Bot 2 has ended \(SIGKILL\); it starts again in"))
            reading = asyncio.create_task(lines.until(re.compile(r"bot 1 \(process \d+\) holds shards 0, 1, 2, 3;")))
            waiting = set(asked)
            async with asyncio.timeout(PATIENCE):
                while waiting:
                    for shard in tuple(waiting):
                        if await answered(alex, channels[shard], asked[shard], f"x = {shard + 5}"):
                            waiting.remove(shard)
                    await asyncio.sleep(0.5)
            await reading
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        rest, _ = await asyncio.wait_for(process.communicate(), START + 30)
        print("".join(lines.heard), rest.decode())
    assert process.returncode == 0
    assert "Traceback" not in "".join(lines.heard) + rest.decode()
