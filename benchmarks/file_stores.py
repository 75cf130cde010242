"""A file of 512 MB in each store of files: how long it takes, and what it costs in memory."""

import asyncio
import contextlib
import hashlib
import os
import tempfile
import time
from pathlib import Path

import psutil

from benchmarks.several_servers import postgres, served
from benchmarks.table import table
from tests.s3_server import s3_server

SIZE = 512 << 20


async def _peak(process: psutil.Process, until: asyncio.Event) -> float:
    peak = 0.0
    while not until.is_set():
        peak = max(peak, process.memory_info().rss / (1 << 20))
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(until.wait(), 0.02)
    return peak


async def measure(kind: str, database: str, url: str) -> tuple[str, str, str, str, str]:
    """Seconds up and down, and resident MiB before and at most."""
    with tempfile.TemporaryDirectory() as folder:
        path, digest = Path(folder) / "large.bin", hashlib.sha256()
        with path.open("wb") as file:
            for _ in range(SIZE >> 20):
                data = os.urandom(1 << 20)
                digest.update(data)
                file.write(data)
        environment = {"FILES_URL": url} if url else {}
        async with served(f"{folder}/server", database, **environment) as (server, client):
            process, done = psutil.Process(server._process.pid), asyncio.Event()
            before = server.resident_mib()
            watching = asyncio.create_task(_peak(process, done))
            slow = client.with_options(timeout=300)
            begun = time.monotonic()
            made = await slow.files.create(file=path, purpose="assistants")
            up = time.monotonic() - begun
            begun, came = time.monotonic(), hashlib.sha256()
            async with slow.files.with_streaming_response.content(made.id) as response:
                async for chunk in response.iter_bytes(1 << 20):
                    came.update(chunk)
            down = time.monotonic() - begun
            done.set()
            assert came.digest() == digest.digest()
            return kind, f"{up:.1f} s", f"{down:.1f} s", f"{before:.0f} MiB", f"{await watching:.0f} MiB"


async def _measure() -> str:
    rows = [await measure("folder", "", "")]
    async with s3_server() as s3:
        rows.append(await measure("S3 (moto, on the same machine)", "", s3.url()))
    with postgres() as url:
        if url is not None:
            rows.append(await measure("PostgreSQL", url, "database"))
    return table(["a file of 512 MB", "upload", "download", "resident before", "at most"], rows)


def main() -> str:
    return asyncio.run(_measure())
