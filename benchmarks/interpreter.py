"""How fast code runs in the sandbox: `python -m benchmarks interpreter`.

Kernels as the server uses them, without a server around them; and a document read by a worker process in the sandbox
and outside of it, by turns.
"""

import asyncio
import logging
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import psutil
import structlog

from assistants.interpreter.kernel import Kernel
from assistants.interpreter.kernels import Kernels
from assistants.retrieval.ingestion import EXTRACT
from benchmarks.corpus import questions
from benchmarks.table import median, ms, percentile, table
from workers import LentFile, MadeFile, Pool, sandbox

STARTS = 5
CALLS = 200
PLOTS = 10
THREADS = 20
READS = 15
PLOT = "import matplotlib.pyplot as plt\nplt.plot([x * x - 3 * x for x in range(40)]);"


def main() -> str:
    found = sandbox.found()
    if found is None:
        return f"There is no sandbox here: {sandbox.why_none()}."
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    return asyncio.run(measure(found))


async def measure(found: sandbox.Sandbox) -> str:
    cold, warm, plots, held = await kernels_alone(found)
    together = await threads_at_once(found)
    inside, outside = await document_reads()
    rows = [
        ("cold kernel to the first output of `1 + 1`", ms(median(cold)), "2,500 ms"),
        ("warm call of `1 + 1`, median", ms(median(warm)), "60 ms"),
        ("the same, 95th percentile", ms(percentile(warm, 95)), ""),
        ("a plot, median", ms(median(plots)), "600 ms"),
        (
            f"{THREADS} threads at once, each from nothing to its answer: the last one",
            ms(max(together)),
            "all answered",
        ),
        ("memory of an idle kernel, with the program beside it", f"{held / (1 << 20):.0f} MiB", ""),
        ("a document read in the sandbox against outside, medians", f"{median(inside) / median(outside):.2f}", "1.05"),
    ]
    return table(("", "measured", "target"), rows)


async def timed(work: Callable[[], Awaitable[object]]) -> float:
    began = time.perf_counter()
    await work()
    return time.perf_counter() - began


async def run(kernel: Kernel, code: str) -> None:
    kinds = [output.kind async for output in kernel.execute(code, 60)]
    assert kinds
    assert "error" not in kinds


async def kernels_alone(found: sandbox.Sandbox) -> tuple[list[float], list[float], list[float], int]:
    cold: list[float] = []
    for _ in range(STARTS):
        began = time.perf_counter()
        kernel = await Kernel.start(found)
        await run(kernel, "1 + 1")
        cold.append(time.perf_counter() - began)
        await kernel.close()
    kernel = await Kernel.start(found)
    await kernel.warm_up()
    held = sum(child.memory_info().rss for child in psutil.Process().children(recursive=True))
    warm = [await timed(lambda: run(kernel, "1 + 1")) for _ in range(CALLS)]
    plots = [await timed(lambda: run(kernel, PLOT)) for _ in range(PLOTS)]
    await kernel.close()
    return cold, warm, plots, held


async def threads_at_once(found: sandbox.Sandbox) -> list[float]:
    kernels = Kernels(found)

    async def ask(number: int) -> None:
        async with kernels.of(f"thread-{number}") as held:
            await run(held.kernel, f"{number} + 1")

    taken = await asyncio.gather(*(timed(lambda n=n: ask(n)) for n in range(THREADS)))  # type: ignore[misc]
    await kernels.close()
    return taken


async def document_reads() -> tuple[list[float], list[float]]:
    """A document of many pages, in a warm process, inside and outside by turns."""
    with tempfile.TemporaryDirectory() as folder:
        source, made = Path(folder) / "book.md", Path(folder) / "made"
        source.write_text("\n\n".join(one.passage for one in questions()) * 20, encoding="utf-8")
        async with Pool(size=1) as within, Pool(size=1, find_sandbox=lambda: None) as without:

            async def read(pool: Pool) -> None:
                await pool.run(EXTRACT, LentFile(source), "book.md", 800, 400, MadeFile(made), "", "")

            await read(within)
            await read(without)
            inside: list[float] = []
            outside: list[float] = []
            for _ in range(READS):
                inside.append(await timed(lambda: read(within)))
                outside.append(await timed(lambda: read(without)))
    return inside, outside
