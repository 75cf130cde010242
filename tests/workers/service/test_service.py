"""The interpreter's service in a container of its own: what programs there may do, and what their clients are told."""

import asyncio
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import yaml  # type: ignore[import-untyped]

from assistants.interpreter.kernel import Kernel, KernelDiedError
from tests.test_project import ROOT
from tests.workers import attacks
from tests.workers.service.container import Container, container, needs_container
from tests.workers.test_sandbox import FILES, MARKER
from workers import JobCrashed, JobFailed, JobTimedOut, LentFile, MadeFile, Pool
from workers.service import client, supervisor
from workers.service.client import ServiceError, ServiceSandbox
from workers.service.messages import PROTOCOL, encode, receive, send

ATTACKS = attacks.__name__
pytestmark = [needs_container, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Container]:
    async with container(tmp_path_factory.mktemp("volume")) as here:
        yield here


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def pool(running: Container) -> AsyncIterator[Pool]:
    async with Pool(size=1, find_sandbox=lambda: running.sandbox) as pool:
        yield pool


async def test_a_job_reads_what_is_lent_writes_what_it_makes_and_starts_programs(pool: Pool, tmp_path: Path) -> None:
    source, target = tmp_path / "notes.txt", tmp_path / "made"
    source.write_text("쌤", encoding="utf-8")
    source.chmod(0o600)
    for _ in range(2):
        assert await pool.run(f"{ATTACKS}:sum_up", LentFile(source), MadeFile(target)) == 3
        assert target.read_text(encoding="utf-8") == "쌤42\n"


async def test_what_an_earlier_job_was_lent_and_has_made_is_gone(pool: Pool, tmp_path: Path) -> None:
    secret, other, target = tmp_path / "secret", tmp_path / "other", tmp_path / "made"
    secret.write_text(MARKER)
    other.write_text("nothing")
    await pool.run(f"{ATTACKS}:sum_up", LentFile(secret), MadeFile(target))
    await pool.run(f"{ATTACKS}:read_file", LentFile(other))
    left = await pool.run(f"{ATTACKS}:read_beside", LentFile(other))
    assert sorted(left.values()) == ["", "nothing"]


async def test_a_file_that_is_not_there_fails_the_job_alone(pool: Pool, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        await pool.run(f"{ATTACKS}:read_file", LentFile(tmp_path / "none"))
    assert await pool.run(f"{ATTACKS}:list_folder", "/usr")


ATTEMPTS: list[tuple[str, list[Any]]] = [
    *(("read_file", [path]) for path in FILES.values()),
    *(
        ("list_folder", [path])
        for path in ("/", "/proc", "/run/interpreter", "/run/scratch", "/dev", "/dev/shm", "/etc")
    ),
    *(("read_file", [path]) for path in ("/run/interpreter/socket.key", "/proc/1/environ", "/proc/self/mounts")),
    *(("write_file", [path]) for path in ("/run/interpreter/mine", "/run/scratch/mine", "/dev/shm/mine", "/usr/mine")),
    *(("reach", [host, 443]) for host in ("127.0.0.1", "192.0.2.1", "2001:db8::1")),
    ("reach_by_datagram", ["127.0.0.1", 53]),
    ("resolve", ["discord.com"]),
    *(("open_family", [family]) for family in (2, 10, 17, 31, 38, 40)),
    ("open_raw", []),
    *((attack, [1]) for attack in ("kill", "attach", "read_memory")),
    *((attack, ["parent"]) for attack in ("kill", "attach", "read_memory")),
    *(
        (attack, [])
        for attack in (
            *("make_user_namespace", "clone_into_namespace", "mount", "remount_root", "become_root", "change_root"),
            *("keyring", "perf", "io_uring", "load_bpf", "make_device", "kernel_setting", "type_into_terminal"),
            *("watch_folders", "share_memory", "share_queue", "open_terminal"),
        )
    ),
]


REFUSALS = {"PermissionError", "OSError", "FileNotFoundError", "NotADirectoryError", "gaierror"}


async def test_nothing_of_others_can_be_reached(pool: Pool) -> None:
    """As one test: each attempt is a job of a millisecond."""
    succeeded = []
    for attack, arguments in ATTEMPTS:
        try:
            got = await pool.run(f"{ATTACKS}:{attack}", *arguments)
        except JobFailed as error:
            got = "" if error.kind in REFUSALS else repr(error)
        if got:
            succeeded.append((attack, arguments, got))
    assert succeeded == []


async def test_a_lent_file_and_its_folder_stay_as_they_are(pool: Pool, tmp_path: Path) -> None:
    source = tmp_path / "notes"
    source.write_text("as it was")
    for attack, argument in (
        ("write_to_lent", LentFile(source)),
        ("beside", LentFile(source)),
        ("replace_made", MadeFile(tmp_path / "made")),
    ):
        with pytest.raises(JobFailed, match=r"OSError|PermissionError"):
            await pool.run(f"{ATTACKS}:{attack}", argument)
    assert source.read_text() == "as it was"
    assert not (tmp_path / "made").exists()


async def test_jobs_that_crash_or_do_not_end_are_told_as_outside(running: Container) -> None:
    async with Pool(size=1, find_sandbox=lambda: running.sandbox) as pool:
        with pytest.raises(JobCrashed, match="SIGSEGV"):
            await pool.run("tests.workers.jobs:segfault")
        with pytest.raises(JobCrashed, match="exited with code 3"):
            await pool.run("tests.workers.jobs:leave", 3)
        with pytest.raises(JobTimedOut):
            await pool.run("tests.workers.jobs:spin", timeout=0.1)
        with pytest.raises(JobFailed, match="File too large"):
            await pool.run(f"{ATTACKS}:large_file", MadeFile(running.folder / "made"), 5 << 30)


async def run(kernel: Kernel, code: str) -> str:
    return "".join([output.text async for output in kernel.execute(code, 20)])


HIDE = """
import os, time, tempfile, glob
for _ in range(3):
    if os.fork() == 0:
        os.setsid()
        if os.fork():
            os._exit(0)
        {what}
time.sleep(30)
"""


async def test_kernels_do_not_see_one_another_and_end_with_all_that_they_have_started(running: Container) -> None:
    mine, other = await Kernel.start(running.sandbox), await Kernel.start(running.sandbox)
    try:
        secret = await run(
            mine, f"open('/mnt/data/secret.txt', 'w').write('{MARKER}')\nimport os; print(os.getcwd(), os.getpid())"
        )
        folder, pid = secret.split()[:2]
        listing = await run(other, "import os; print(os.listdir('/mnt/data'))")
        assert listing == "[]\n"
        for attempt in (  # even knowing the folder's name, which nobody tells it
            f"open('{folder}/secret.txt').read()",
            f"os.listdir('{folder}')",
            f"open('{folder}/mine.txt', 'w')",
            f"os.unlink('{folder}/secret.txt')",
            f"os.rename('{folder}/secret.txt', '/mnt/data/secret.txt')",
            f"os.link('{folder}/secret.txt', '/mnt/data/secret.txt')",
            f"os.symlink('{folder}/secret.txt', 'link'); open('link').read()",
            f"os.truncate('{folder}/secret.txt', 0)",
            f"os.kill({pid}, 9)",
            f"open('/proc/{pid}/environ').read()",
            f"open('/proc/{pid}/cwd/secret.txt').read()",
            f"open('/proc/{pid}/root' + '/etc/passwd').read()",
        ):
            said = await run(other, attempt)
            assert "Error" in said, attempt
            assert MARKER not in said.replace(attempt, "")
        assert await run(mine, "open('/mnt/data/secret.txt').read()") == repr(MARKER)
    finally:
        await mine.close()
        await other.close()


@pytest.mark.parametrize(
    ("what", "limit"),
    [
        ("x = b'x' * (500 << 20); time.sleep(30)", "memory"),
        ("while True: os.fork()", "processes|memory"),  # whichever comes first
        ("[open(f'{n}', 'wb').write(b'x' * (190 << 20)) for n in range(9)]; time.sleep(30)", "room"),
    ],
)
async def test_what_takes_too_much_is_ended_with_all_its_hidden_children(
    running: Container, what: str, limit: str
) -> None:
    async with nothing_is_left(running):
        kernel = await Kernel.start(running.sandbox)
        try:
            with pytest.raises(KernelDiedError, match=limit):
                await run(kernel, HIDE.format(what=what))
        finally:
            await kernel.close()


@asynccontextmanager
async def nothing_is_left(running: Container) -> AsyncIterator[None]:
    """What is started in the container within the block ends with it (a supervisor may be about to)."""
    _, before = await asyncio.to_thread(supervisor.held, running.process.pid)
    yield
    async with asyncio.timeout(10):
        while (await asyncio.to_thread(supervisor.held, running.process.pid))[1] > before:  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def test_a_client_that_goes_away_ends_its_program(running: Container) -> None:
    sleep = [sys.executable, "-c", "import time; time.sleep(600)"]
    async with nothing_is_left(running):
        program = await running.sandbox.start(sleep, {})
        program.kill()
        assert await program.wait() == client.KILLED
        program.release()
        starting = asyncio.create_task(running.sandbox.start(sleep, {}))
        await asyncio.sleep(0)
        starting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await starting


async def test_a_program_that_is_not_there_is_refused_with_a_sentence(running: Container) -> None:
    with pytest.raises(ServiceError, match="could not be confined"):
        await running.sandbox.start(["/no/such/program"], {})
    with pytest.raises(ServiceError, match="/elsewhere must be a link to /proc/self/cwd there"):
        await running.sandbox.start([sys.executable], {}, folders={"/elsewhere": 1})


def spoken(path: Path, message: bytes) -> list[Any] | None:
    """Say something to the service; its answer."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(5)
        connection.connect(str(path))
        send(connection, message)
        connection.shutdown(socket.SHUT_WR)
        received = receive(connection)
    return received and received[0]


@pytest.mark.parametrize(
    ("message", "answer"),
    [
        (encode("hello", PROTOCOL, "guessed"), "another key"),
        (encode("start", PROTOCOL, "", [], {}, {}, None), "another key"),
        (encode("hello", PROTOCOL + 1, "guessed"), "another version"),
        (encode("hello"), "another version"),
    ],
)
async def test_who_does_not_know_the_key_is_refused(running: Container, message: bytes, answer: str) -> None:
    received = await asyncio.to_thread(spoken, running.folder / "socket", message)
    assert received is not None
    assert received[0] == "refused"
    assert answer in received[1]


@pytest.mark.parametrize("message", [b"\0", b"\0\0\0\5abc", b"\xff\xff\xff\xff", b"\0\0\0\1\xc1", b"\0\0\0\1\x01"])
async def test_what_is_no_message_is_not_answered(running: Container, message: bytes) -> None:
    assert await asyncio.to_thread(spoken, running.folder / "socket", message) is None
    await asyncio.to_thread(running.sandbox.ask)


async def test_a_service_that_is_not_there_or_does_not_answer_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "CONNECT_SECONDS", 0.1)
    monkeypatch.setattr(client, "ANSWER_SECONDS", 0.1)
    path = tmp_path / "socket"
    with pytest.raises(ServiceError, match="does not answer"):
        await ServiceSandbox(path).start([sys.executable], {})
    with socket.socket(socket.AF_UNIX) as silent:
        silent.bind(str(path))
        silent.listen()
        (tmp_path / "socket.key").write_text("key")
        with pytest.raises(ServiceError, match="does not answer"):
            await ServiceSandbox(path).start([sys.executable], {})
        async with Pool(size=1, find_sandbox=client.finder(path)) as pool:
            with pytest.raises(JobCrashed, match=r"no worker process could be started: .* does not answer"):
                await pool.run(f"{ATTACKS}:list_folder", "/")


async def test_where_nothing_can_be_confined_nothing_is_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The kernel is too old: the service says so, and starts nothing."""
    ours, theirs = socket.socketpair()
    monkeypatch.setattr("workers.landlock.version", lambda: 5)
    with ours, theirs:
        ours.sendall(encode("hello", PROTOCOL, "key"))
        monkeypatch.setattr(supervisor, "die_with_parent", lambda: None)  # this process is not the service's
        supervisor.supervise(theirs, "key")
        received = receive(ours)
    assert received is not None
    assert received[0][0] == "no sandbox"
    assert "Linux 6.12" in received[0][1]


async def test_without_the_link_for_its_folder_no_kernel_starts(tmp_path: Path) -> None:
    async with container(tmp_path, link=False) as here:
        with pytest.raises(KernelDiedError, match="/mnt/data must be a link"):
            await Kernel.start(here.sandbox)


async def test_a_container_that_ends_takes_its_kernels_along_and_the_next_one_is_waited_for(tmp_path: Path) -> None:
    async with container(tmp_path) as here:
        kernel = await Kernel.start(here.sandbox)
        here.end()
        with pytest.raises(KernelDiedError, match="Python has ended"):
            await run(kernel, "1 + 1")
        assert not kernel.alive
        await kernel.close()
        asking = asyncio.create_task(asyncio.to_thread(here.sandbox.ask))
        async with container(tmp_path):
            await asking


async def test_the_compose_file_names_the_same_socket_and_takes_all_rights() -> None:
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))["services"]
    service, bot = services["interpreter"], services["saem"]
    assert service["command"] == f"saem interpreter {bot['environment']['INTERPRETER_SOCKET']}"
    assert "interpreter:/run/interpreter:ro" in bot["volumes"]
    assert service["network_mode"] == "none"
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["pids_limit"] > 0
    assert service["mem_limit"]
    assert "env_file" not in service
    assert "ln -s /proc/self/cwd /mnt/data" in (ROOT / "Dockerfile").read_text(encoding="utf-8")
