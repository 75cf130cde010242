"""The pool, with real processes; outside the sandbox, where they can be seen (`test_sandbox.py` looks inside)."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import psutil
import pytest
from structlog.testing import capture_logs

from workers import JobCrashed, JobFailed, JobTimedOut, Pool, WorkerError

JOBS = "tests.workers.jobs"
MIB = 1 << 20
linux_only = pytest.mark.skipif(sys.platform != "linux", reason="only Linux enforces the memory limit")


def no_sandbox() -> None:
    return None


@pytest.fixture
async def pool() -> AsyncIterator[Pool]:
    async with Pool(size=2, find_sandbox=no_sandbox) as pool:
        yield pool


@pytest.fixture
async def single() -> AsyncIterator[Pool]:
    async with Pool(size=1, find_sandbox=no_sandbox) as pool:
        yield pool


async def gone(pid: int) -> None:
    """Wait until no such process runs."""
    while psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:  # noqa: ASYNC110
        await asyncio.sleep(0.01)


def read(path: Path) -> str:
    return path.read_text() if path.exists() else ""


async def until_written(path: Path) -> str:
    while not (text := await asyncio.to_thread(read, path)):  # noqa: ASYNC110
        await asyncio.sleep(0.005)
    return text


async def test_a_job_returns_what_its_function_returns(pool: Pool) -> None:
    values = [None, True, -(2**63), 2**64 - 1, 1.5, "쌤 √2", b"\x00\xff", [1, [2]], {"a": {"b": 1}, "3": 4}]
    assert await pool.run(f"{JOBS}:echo", *values) == values


async def test_many_jobs_share_the_workers(pool: Pool) -> None:
    sums = await asyncio.gather(*(pool.run(f"{JOBS}:add", n, 1) for n in range(50)))
    assert sums == list(range(1, 51))
    assert len(pool.pids) <= 2


async def test_no_process_runs_before_the_first_job(pool: Pool) -> None:
    assert pool.pids == []


async def test_a_worker_keeps_its_modules_for_the_next_job(single: Pool) -> None:
    first = await single.run(f"{JOBS}:pid")
    assert await single.run(f"{JOBS}:pid") == first
    assert first != os.getpid()


async def test_a_job_goes_to_the_worker_that_knows_its_module(pool: Pool) -> None:
    await asyncio.gather(pool.run("time:sleep", 0.05), pool.run("fractions:Fraction.from_float.__doc__.upper"))
    warm = await pool.run(f"{JOBS}:pid")
    await pool.run("time:time")
    assert await pool.run(f"{JOBS}:pid") == warm


async def test_idle_workers_go() -> None:
    async with Pool(size=1, idle_after=0.01, find_sandbox=no_sandbox) as pool:
        first = await pool.run(f"{JOBS}:pid")
        await gone(first)
        assert await pool.run(f"{JOBS}:pid") != first


async def test_an_exception_comes_back_with_its_name_message_and_place(single: Pool) -> None:
    pid = await single.run(f"{JOBS}:pid")
    with pytest.raises(JobFailed) as caught:
        await single.run(f"{JOBS}:fail", "틀렸어요")
    assert (caught.value.kind, caught.value.message) == ("ValueError", "틀렸어요")
    assert "in fail" in caught.value.traceback
    assert await single.run(f"{JOBS}:pid") == pid


async def test_a_missing_module_or_function_fails_the_job(pool: Pool) -> None:
    with pytest.raises(JobFailed) as module:
        await pool.run("no_such_module:at_all")
    with pytest.raises(JobFailed) as function:
        await pool.run(f"{JOBS}:nothing")
    assert (module.value.kind, function.value.kind) == ("ModuleNotFoundError", "AttributeError")


async def test_a_result_that_cannot_travel_fails_the_job(pool: Pool) -> None:
    with pytest.raises(JobFailed, match="TypeError"):
        await pool.run(f"{JOBS}:unpackable")


async def test_arguments_that_cannot_travel_are_refused_at_once(pool: Pool) -> None:
    with pytest.raises(TypeError):
        await pool.run(f"{JOBS}:echo", object())
    assert pool.pids == []


@pytest.mark.parametrize("function", ["spin", "huge_power"])
async def test_a_job_that_takes_too_long_is_killed_and_the_pool_goes_on(single: Pool, function: str) -> None:
    pid = await single.run(f"{JOBS}:pid")
    with pytest.raises(JobTimedOut):
        await single.run(f"{JOBS}:{function}", timeout=0.2)
    await gone(pid)
    assert await single.run(f"{JOBS}:add", 1, 2) == 3


@pytest.mark.parametrize(("function", "arguments"), [("leave", [3]), ("leave", [0]), ("segfault", [])])
async def test_a_dead_process_is_a_crashed_job_and_the_pool_goes_on(
    single: Pool, function: str, arguments: list[int]
) -> None:
    with pytest.raises(JobCrashed):
        await single.run(f"{JOBS}:{function}", *arguments)
    assert await single.run(f"{JOBS}:add", 1, 2) == 3


async def test_a_crash_says_how_the_process_ended(single: Pool) -> None:
    with pytest.raises(JobCrashed, match="exited with code 3"):
        await single.run(f"{JOBS}:leave", 3)


async def test_a_job_that_calls_exit_fails_and_keeps_its_worker(single: Pool) -> None:
    pid = await single.run(f"{JOBS}:pid")
    with pytest.raises(JobFailed, match="SystemExit"):
        await single.run(f"{JOBS}:ask_to_leave")
    assert await single.run(f"{JOBS}:pid") == pid


@linux_only
async def test_too_much_memory_crashes_the_job_and_not_the_next_one(single: Pool) -> None:
    with pytest.raises(JobCrashed, match="memory"):
        await single.run(f"{JOBS}:take", 512 * MIB, memory=64 * MIB)
    assert await single.run(f"{JOBS}:take", 128 * MIB, memory=256 * MIB) == 128 * MIB


@linux_only
async def test_the_memory_limit_is_each_jobs_own(single: Pool) -> None:
    pid = await single.run(f"{JOBS}:pid", memory=16 * MIB)
    assert await single.run(f"{JOBS}:take", 200 * MIB, memory=400 * MIB) == 200 * MIB
    assert await single.run(f"{JOBS}:pid") == pid


async def test_too_much_output_fails_the_job(single: Pool) -> None:
    with pytest.raises(JobFailed, match="OutputTooLarge"):
        await single.run(f"{JOBS}:letters", 2 * MIB, output=MIB)
    assert len(await single.run(f"{JOBS}:letters", 2 * MIB)) == 2 * MIB


async def test_output_that_is_nested_too_deeply_does_not_hurt_the_parent(single: Pool) -> None:
    with pytest.raises(WorkerError):
        await single.run(f"{JOBS}:nested", 5_000)
    assert await single.run(f"{JOBS}:add", 1, 2) == 3


async def test_cancelling_the_caller_kills_the_job(single: Pool, tmp_path: Path) -> None:
    job = asyncio.create_task(single.run(f"{JOBS}:start_grandchild_and_spin", str(tmp_path / "pid")))
    grandchild = int(await until_written(tmp_path / "pid"))
    (worker,) = single.pids
    job.cancel()
    with pytest.raises(asyncio.CancelledError):
        await job
    await gone(worker)
    await gone(grandchild)
    assert await single.run(f"{JOBS}:add", 1, 2) == 3


async def test_a_child_in_a_session_of_its_own_does_not_hold_the_pool(single: Pool) -> None:
    job = asyncio.create_task(single.run("tests.workers.attacks:leave_child_behind"))
    assert await job == "left"
    with pytest.raises(JobTimedOut):
        await single.run(f"{JOBS}:spin", timeout=0.2)
    assert await single.run(f"{JOBS}:add", 1, 2) == 3
    for process in psutil.process_iter(["cmdline"]):
        if "left-behind" in (process.info["cmdline"] or ()):
            process.kill()


async def test_cancelling_a_job_in_the_queue_leaves_the_others(single: Pool, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    running = asyncio.create_task(single.run(f"{JOBS}:wait_for_file", str(gate)))
    waiting = asyncio.create_task(single.run(f"{JOBS}:add", 1, 1))
    last = asyncio.create_task(single.run(f"{JOBS}:add", 1, 2))
    await asyncio.sleep(0)
    waiting.cancel()
    gate.touch()
    assert await running == str(gate)
    assert await last == 3
    assert waiting.cancelled()


async def test_what_a_job_prints_goes_to_the_log_and_not_into_its_result(single: Pool) -> None:
    with capture_logs() as logs:
        assert await single.run(f"{JOBS}:print_loudly") == "done"
        await single.close()
    lines = [entry["line"] for entry in logs if entry["event"] == "worker.printed"]
    assert "printed by a job" in lines
    assert "printed by a grandchild" in lines
    assert any("written to descriptor one" in line for line in lines)


async def test_a_job_that_prints_without_end_does_not_flood_the_log(single: Pool) -> None:
    with capture_logs() as logs:
        assert await single.run(f"{JOBS}:shout", 20_000) == 20_000
        await single.close()
    assert 0 < len([entry for entry in logs if entry["event"] == "worker.printed"]) < 2_000


async def test_a_job_finds_its_standard_input_empty(single: Pool) -> None:
    assert await single.run(f"{JOBS}:read_input", timeout=5) == ""


async def test_secrets_of_the_environment_do_not_reach_a_worker(single: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    seen = await single.run(f"{JOBS}:environment")
    assert "OPENAI_API_KEY" not in seen
    assert seen["PATH"] == os.environ["PATH"]


async def test_a_worker_loads_nothing_that_its_job_does_not_need(single: Pool) -> None:
    loaded = set(await single.run(f"{JOBS}:modules"))
    assert not loaded & {"asyncio", "sympy", "structlog", "discord", "sqlalchemy", "workers.pool"}


async def test_warming_imports_a_module_before_the_first_job(single: Pool) -> None:
    await single.warm("fractions")
    (warm,) = single.pids
    assert "fractions" in await single.run(f"{JOBS}:modules")
    assert await single.run(f"{JOBS}:pid") == warm


async def test_lanes_take_turns(single: Pool, tmp_path: Path) -> None:
    log, gate = tmp_path / "log", tmp_path / "gate"
    jobs = [single.run(f"{JOBS}:note_and_wait", str(log), "first", str(gate), lane="documents")]
    for name, lane in [("d2", "documents"), ("d3", "documents"), ("d4", "documents"), ("f1", "formulas")]:
        jobs.append(single.run(f"{JOBS}:note_and_wait", str(log), name, str(gate), lane=lane))
    tasks = [asyncio.create_task(job) for job in jobs]
    await until_written(log)
    gate.touch()
    await asyncio.gather(*tasks)
    order = log.read_text().split()
    assert order[0] == "first"
    assert order.index("f1") < order.index("d3")
    assert [name for name in order if name.startswith("d")] == ["d2", "d3", "d4"]


async def test_long_jobs_leave_a_worker_for_short_ones(pool: Pool, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    long = [asyncio.create_task(pool.run(f"{JOBS}:wait_for_file", str(gate), timeout=60)) for _ in range(3)]
    assert await pool.run(f"{JOBS}:add", 1, 2, timeout=5) == 3
    gate.touch()
    assert await asyncio.gather(*long) == [str(gate)] * 3


async def test_a_worker_that_died_while_idle_is_replaced_unseen(single: Pool) -> None:
    first = await single.run(f"{JOBS}:pid")
    psutil.Process(first).kill()
    assert await single.run(f"{JOBS}:pid") != first


async def test_closing_ends_idle_running_and_waiting_jobs() -> None:
    pool = Pool(size=2, find_sandbox=no_sandbox)
    await pool.run(f"{JOBS}:pid")
    jobs = [asyncio.create_task(pool.run(f"{JOBS}:spin", timeout=5)) for _ in range(4)]
    while len(pool.pids) < 2:  # noqa: ASYNC110
        await asyncio.sleep(0.005)
    pids = pool.pids
    await pool.close()
    results = await asyncio.gather(*jobs, return_exceptions=True)
    assert all(isinstance(result, JobCrashed) for result in results)
    for pid in pids:
        await gone(pid)
    with pytest.raises(RuntimeError):
        await pool.run(f"{JOBS}:pid")


async def test_closing_while_a_process_starts_leaves_nothing_behind() -> None:
    before = set(psutil.Process().children())
    pool = Pool(size=1, find_sandbox=no_sandbox)
    job = asyncio.create_task(pool.run(f"{JOBS}:pid"))
    await asyncio.sleep(0)
    await pool.close()
    with pytest.raises(JobCrashed):
        await job
    assert set(psutil.Process().children()) <= before


async def test_a_fat_worker_is_replaced_after_its_job(single: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workers.pool.MAX_HELD", 1)
    first = await single.run(f"{JOBS}:pid")
    await gone(first)
    assert await single.run(f"{JOBS}:pid") != first


async def test_a_pool_needs_a_worker() -> None:
    with pytest.raises(ValueError, match="at least one"):
        Pool(size=0)


PARENT = f"""
import asyncio
from workers import Pool

async def main():
    async with Pool(size=1, find_sandbox=lambda: None) as pool:
        print("pid", await pool.run("{JOBS}:pid"), flush=True)
        await asyncio.sleep(600)

asyncio.run(main())
"""


async def test_an_idle_worker_ends_with_a_parent_that_was_killed() -> None:
    parent = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        PARENT,
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert parent.stdout is not None
    while not (line := await parent.stdout.readline()).startswith(b"pid "):
        assert line
    worker = int(line.split()[1])
    assert psutil.pid_exists(worker)
    parent.kill()
    await parent.communicate()
    await gone(worker)
