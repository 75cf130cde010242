"""The sandbox, from inside: what a document that has taken over a worker would try, and what a job must be able to."""

import asyncio
import os
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import psutil
import pytest
import pytest_asyncio

from tests.test_project import ROOT
from tests.workers import attacks
from workers import JobCrashed, JobFailed, LentFile, MadeFile, Pool, sandbox

ATTACKS = attacks.__name__
MIB = 1 << 20
MARKER = "sk-marker-of-a-secret"

pytestmark = [
    pytest.mark.skipif(sandbox.found() is None, reason=f"there is no sandbox here: {sandbox.why_none()}"),
    pytest.mark.asyncio(loop_scope="module"),
]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def pool() -> AsyncIterator[Pool]:
    async with Pool(size=1) as pool:
        yield pool


@pytest.fixture(scope="module")
def listener() -> Iterator[int]:
    """A port of this machine at which somebody answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=lambda: [server.accept() for _ in range(9)], daemon=True).start()
        yield server.getsockname()[1]


def folders(path: Path) -> list[Path]:
    return list(path.glob("saem-worker-*"))


async def gone(text: str) -> None:
    """Wait until no process with that word in its command line runs."""
    while any(text in " ".join(each.info["cmdline"] or ()) for each in psutil.process_iter(["cmdline"])):  # noqa: ASYNC110
        await asyncio.sleep(0.02)


async def test_a_job_reads_what_is_lent_writes_what_it_makes_and_starts_programs(pool: Pool, tmp_path: Path) -> None:
    source, target = tmp_path / "notes.txt", tmp_path / "made"
    source.write_text("쌤", encoding="utf-8")
    source.chmod(0o600)
    assert await pool.run(f"{ATTACKS}:sum_up", LentFile(source), MadeFile(target)) == 3
    assert target.read_text(encoding="utf-8") == "쌤42\n"


async def test_a_file_that_has_changed_is_lent_anew(pool: Pool, tmp_path: Path) -> None:
    source = tmp_path / "notes.txt"
    for text in ("one", "two", "three"):
        source.write_text(text)
        os.utime(source, ns=(hash(text) % 10**18, hash(text) % 10**18))
        assert await pool.run(f"{ATTACKS}:read_file", LentFile(source)) == text


async def test_what_an_earlier_job_was_lent_and_has_made_is_gone(pool: Pool, tmp_path: Path) -> None:
    secret, other, target = tmp_path / "secret", tmp_path / "other", tmp_path / "made"
    secret.write_text(MARKER)
    other.write_text("nothing")
    await pool.run(f"{ATTACKS}:sum_up", LentFile(secret), MadeFile(target))
    left = await pool.run(f"{ATTACKS}:list_folder", "/files")
    await pool.run(f"{ATTACKS}:read_file", LentFile(other))
    left = await pool.run(f"{ATTACKS}:list_folder", "/files")
    texts = [await pool.run(f"{ATTACKS}:read_file", f"/files/{name}") for name in left]
    assert MARKER not in "".join(texts)


async def test_a_file_that_is_not_there_fails_the_job_alone(pool: Pool, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        await pool.run(f"{ATTACKS}:read_file", LentFile(tmp_path / "none"))
    assert await pool.run(f"{ATTACKS}:interfaces") == ["lo"]


async def test_the_folder_of_the_jobs_files_goes_with_the_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    source = tmp_path / "notes"
    source.write_text("text")
    async with Pool(size=1) as pool:
        await pool.run(f"{ATTACKS}:read_file", LentFile(source))
        assert len(folders(tmp_path)) == 1
    assert folders(tmp_path) == []


FILES = {
    "the host's accounts": "/etc/passwd",
    "the host's shadow": "/etc/shadow",
    "the bot's settings": str(ROOT / ".env"),
    "the project's history": str(ROOT / ".git/HEAD"),
    "the project's own papers": str(ROOT / "pyproject.toml"),
    "the home of the user": str(Path.home() / ".bashrc"),
    "the first process's folder": "/proc/1/cwd/etc/passwd",
    "the kernel's memory": "/dev/mem",
    "the kernel's log": "/dev/kmsg",
    "the disk": "/dev/sda",
}


@pytest.mark.parametrize("path", FILES.values(), ids=FILES)
async def test_a_file_of_the_host_cannot_be_read(pool: Pool, path: str) -> None:
    with pytest.raises(JobFailed, match=r"FileNotFoundError|PermissionError|NotADirectoryError"):
        await pool.run(f"{ATTACKS}:read_file", path)


async def test_settings_and_data_beside_the_code_are_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a folder that Saem runs in: packages, and beside them what is nobody's business."""
    (tmp_path / "package_of_code").mkdir()
    (tmp_path / "package_of_code/__init__.py").write_text("def here(): return __file__")
    (tmp_path / "data").mkdir()
    (tmp_path / "data/saem.db").write_text(MARKER)
    (tmp_path / ".env").write_text(MARKER)
    monkeypatch.syspath_prepend(str(tmp_path))
    async with Pool(size=1) as pool:
        assert await pool.run("package_of_code:here") == str(tmp_path / "package_of_code/__init__.py")
        assert await pool.run(f"{ATTACKS}:list_folder", str(tmp_path)) == ["package_of_code"]


WRITES = {
    "beside the code": str(ROOT / "workers/mine.py"),
    "into the code": str(ROOT / "workers/pool.py"),
    "into the system": "/usr/bin/mine",
    "to the root": "/mine",
    "into the files' folder": "/files/mine",
    "to a kernel setting": "/proc/sys/kernel/core_pattern",
    "to the sysrq trigger": "/proc/sysrq-trigger",
}


@pytest.mark.parametrize("path", WRITES.values(), ids=WRITES)
async def test_nothing_can_be_written_but_scratch_and_what_is_made(pool: Pool, path: str) -> None:
    with pytest.raises(JobFailed, match=r"OSError|PermissionError|FileNotFoundError"):
        await pool.run(f"{ATTACKS}:write_file", path)


@pytest.mark.parametrize("attack", ["write_to_lent", "beside"])
async def test_a_lent_file_and_its_folder_stay_as_they_are(pool: Pool, tmp_path: Path, attack: str) -> None:
    source = tmp_path / "notes"
    source.write_text("as it was")
    with pytest.raises(JobFailed, match=r"OSError|PermissionError"):
        await pool.run(f"{ATTACKS}:{attack}", LentFile(source))
    assert source.read_text() == "as it was"


async def test_what_is_made_cannot_be_a_link_to_another_file(pool: Pool, tmp_path: Path) -> None:
    with pytest.raises(JobFailed, match=r"OSError|PermissionError"):
        await pool.run(f"{ATTACKS}:replace_made", MadeFile(tmp_path / "made"))
    assert not (tmp_path / "made").exists()


async def test_the_machine_cannot_be_reached(pool: Pool, listener: int) -> None:
    assert attacks.reach("127.0.0.1", listener)
    with pytest.raises(JobFailed, match=r"OSError|ConnectionRefusedError"):
        await pool.run(f"{ATTACKS}:reach", "127.0.0.1", listener)
    assert await pool.run(f"{ATTACKS}:interfaces") == ["lo"]


@pytest.mark.parametrize(
    ("attack", "arguments"),
    [
        ("reach", ["192.0.2.1", 443]),
        ("reach", ["2001:db8::1", 443]),
        ("reach_by_datagram", ["192.0.2.1", 53]),
        ("resolve", ["discord.com"]),
        ("open_raw", []),
        ("open_family", [40]),  # AF_VSOCK: the host of a virtual machine
        ("open_family", [38]),  # AF_ALG
        ("open_family", [17]),  # AF_PACKET
        ("open_family", [31]),  # AF_BLUETOOTH
    ],
)
async def test_no_network_can_be_reached(pool: Pool, attack: str, arguments: list[str | int]) -> None:
    with pytest.raises(JobFailed, match=r"OSError|PermissionError|gaierror"):
        await pool.run(f"{ATTACKS}:{attack}", *arguments)


async def test_an_abstract_socket_of_the_machine_cannot_be_reached(pool: Pool) -> None:
    name = f"saem-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("\0" + name)
        server.listen()
        assert attacks.reach_abstract(name) == name
        with pytest.raises(JobFailed, match="ConnectionRefusedError"):
            await pool.run(f"{ATTACKS}:reach_abstract", name)


async def test_other_processes_cannot_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", MARKER)
    async with Pool(size=1) as pool:
        assert len(await pool.run(f"{ATTACKS}:processes")) <= 2
        assert MARKER not in await pool.run(f"{ATTACKS}:environments")


@pytest.mark.parametrize("attack", ["kill", "attach", "read_memory"])
async def test_the_parent_cannot_be_touched(pool: Pool, attack: str) -> None:
    with pytest.raises(JobFailed, match=r"ProcessLookupError|PermissionError"):
        await pool.run(f"{ATTACKS}:{attack}", os.getpid())


@pytest.mark.parametrize(
    "attack",
    [
        "make_user_namespace",
        "clone_into_namespace",
        "mount",
        "remount_root",
        "become_root",
        "change_root",
        "keyring",
        "perf",
        "io_uring",
        "load_bpf",
        "make_device",
        "kernel_setting",
        "type_into_terminal",
    ],
)
async def test_the_kernel_refuses(pool: Pool, attack: str) -> None:
    with pytest.raises(JobFailed, match=r"PermissionError|OSError"):
        await pool.run(f"{ATTACKS}:{attack}")


async def test_the_scratch_folder_and_each_file_are_bounded(pool: Pool, tmp_path: Path) -> None:
    with pytest.raises(JobFailed, match="No space left"):
        await pool.run(f"{ATTACKS}:fill_scratch", 2 * sandbox.SCRATCH)
    with pytest.raises(JobFailed, match="File too large"):
        await pool.run(f"{ATTACKS}:large_file", MadeFile(tmp_path / "made"), 5 << 30)


async def test_children_are_bounded_in_number() -> None:
    found = sandbox.found()
    assert found is not None
    if os.geteuid() == 0 and found.user is None:
        pytest.skip("the kernel does not bound the processes of root")
    async with Pool(size=1) as pool:
        most = sandbox.LIMITS["nproc"]
        assert await pool.run(f"{ATTACKS}:fork_until_refused", most + 50) < most


async def test_a_child_that_was_left_behind_ends_with_the_process() -> None:
    async with Pool(size=1) as pool:
        await pool.run(f"{ATTACKS}:leave_child_behind")
        while not any("left-behind" in each for each in await pool.run(f"{ATTACKS}:processes")):
            pass  # while it becomes another program, a process shows no command line
    await asyncio.wait_for(gone("left-behind"), 20)


async def test_a_job_that_crashes_is_told_as_outside() -> None:
    async with Pool(size=1) as pool:
        with pytest.raises(JobCrashed, match="SIGSEGV"):
            await pool.run("tests.workers.jobs:segfault")
        with pytest.raises(JobCrashed, match="exited with code 3"):
            await pool.run("tests.workers.jobs:leave", 3)


@pytest.mark.parametrize("wait", [0, 0.001, 0.003, 0.01, 0.02, 0.04])
async def test_a_job_that_is_cancelled_while_its_process_starts_leaves_nothing(wait: float) -> None:
    """A moment too early, bubblewrap's death would leave its child behind, which holds the pipes."""
    before = set(psutil.Process().children(recursive=True))
    async with Pool(size=1) as pool:
        job = asyncio.create_task(pool.run(f"{ATTACKS}:interfaces"))
        await asyncio.sleep(wait)
        job.cancel()
        await asyncio.wait([job], timeout=10)
        assert job.done()
    assert set(psutil.Process().children(recursive=True)) <= before


async def test_cancelling_a_job_ends_all_its_processes() -> None:
    async with Pool(size=1) as pool:
        await pool.run(f"{ATTACKS}:leave_child_behind")
        job = asyncio.create_task(pool.run("tests.workers.jobs:spin"))
        await asyncio.sleep(0)
        job.cancel()
        with pytest.raises(asyncio.CancelledError):
            await job
        await asyncio.wait_for(gone("left-behind"), 20)


async def test_a_sandbox_needs_bubblewrap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda _: None)
    sandbox.look.cache_clear()
    try:
        assert sandbox.found() is None
        assert sandbox.why_none() == "bubblewrap is not installed"
    finally:
        sandbox.look.cache_clear()
