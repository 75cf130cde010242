"""Code that wants out, or wants to harm: in kernels of the real server, as a model would write it."""

import io
import json
from collections.abc import AsyncIterator
from typing import Any

import psutil
import pytest
import pytest_asyncio

from assistants.interpreter import code_interpreter, kernel, kernels
from tests.assistants.conftest import Running, running
from tests.assistants.interpreter.test_code_interpreter import TOOL, answer, told
from tests.workers import attacks
from tests.workers.test_sandbox import FILES, MARKER, WRITES
from workers import sandbox

pytestmark = [
    pytest.mark.skipif(sandbox.found() is None, reason=f"there is no sandbox here: {sandbox.why_none()}"),
    pytest.mark.asyncio(loop_scope="module"),
]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(kernels, "SPARE", False)
        patched.setenv("OPENAI_API_KEY", MARKER)
        async with running(tmp_path_factory.mktemp("data")) as here:
            yield here


ATTEMPTS: list[tuple[str, list[Any]]] = [
    *(
        ("read_file", [path])
        for path in (*FILES.values(), "/mnt/data/../../etc/passwd", "/proc/self/root" + "/etc/passwd")
    ),
    *(("write_file", [path]) for path in WRITES.values() if not path.startswith("/files")),
    *(("reach", [host, 443]) for host in ("127.0.0.1", "192.0.2.1", "2001:db8::1")),
    ("reach_by_datagram", ["192.0.2.1", 53]),
    ("resolve", ["discord.com"]),
    *(("open_family", [family]) for family in (17, 31, 38, 40)),
    ("open_raw", []),
    *(
        (attack, [])
        for attack in (
            *("make_user_namespace", "clone_into_namespace", "mount", "remount_root", "become_root", "change_root"),
            *("keyring", "perf", "io_uring", "load_bpf", "make_device", "kernel_setting", "type_into_terminal"),
        )
    ),
]
TRY_ALL = f"""
import json
from {attacks.__name__.rpartition(".")[0]} import attacks
for name, arguments in json.loads({json.dumps(json.dumps(ATTEMPTS))}):
    try:
        print("GOT", name, arguments, getattr(attacks, name)(*arguments))
    except Exception:
        pass
print(attacks.environments().count("{MARKER[:9]}" + "{MARKER[9:]}"), "secrets")
"""


BOMBS = {
    "memory, in hidden children": (
        "import os, time\nfor _ in range(4):\n  if os.fork() == 0:\n    os.setsid()\n    x = b'x' * (400 << 20)\n"
        "    time.sleep(60)\ntime.sleep(60)",
        "more than 1024 MiB",
    ),
    "forks": ("import os\nwhile True:\n  try: os.fork()\n  except OSError: pass", "Python was ended"),
    "a loop that heeds nothing": (
        "import signal\nfor n in range(1, 32):\n  n in (9, 19) or signal.signal(n, signal.SIG_IGN)\nwhile True: pass",
        "It did not heed that",
    ),
    "an end in the middle, and a child that stays": (
        "import os, subprocess\nsubprocess.Popen(['sleep', '600'], start_new_session=True)\nos.kill(os.getppid(), 9)",
        "has ended",
    ),
    "a forged frame": (
        "import os, time\nfor n in os.listdir(f'/proc/{os.getppid()}/fd'):\n  try:\n"
        "    os.write(os.open(f'/proc/{os.getppid()}/fd/{n}', os.O_WRONLY), b'\\0\\0\\0\\1\\x01')\n"
        "  except OSError: pass\ntime.sleep(60)",
        "",
    ),
}


async def test_what_harms_ends_with_its_kernel_and_the_thread_goes_on(
    server: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In one thread: each call is the first of a new kernel, which takes a second."""
    monkeypatch.setattr(code_interpreter, "SECONDS", 1.5)
    monkeypatch.setattr(kernel, "INTERRUPT_SECONDS", 0.2)
    before = set(psutil.Process().children(recursive=True))
    thread = await server.thread("Try.")
    await answer(server, thread.id, *(bomb for bomb, _ in BOMBS.values()), "6 * 7")
    said = [item["output"] for item in server.model.requests[-1].input if item["type"] == "function_call_output"]
    for output, (_, words) in zip(said, BOMBS.values(), strict=False):
        assert words in output
    assert said[-1] == "42"
    left = [each for each in set(psutil.Process().children(recursive=True)) - before if each.is_running()]
    assert len(left) <= KERNEL_PROCESSES


KERNEL_PROCESSES = 4
"""Bubblewrap twice, the program beside the kernel, and the kernel: those of the last call."""

LEAVE = r"""
import os, pickle
class Trap:
    def __reduce__(self): return (os.system, ("touch /tmp/trapped",))
pickle.dump(Trap(), open("trap.pkl", "wb"))
open("plain.txt", "w").write("x"); os.link("plain.txt", "hard.txt")
for name in ("..", "../../x", "/etc/x", "a/b"):
    try: open(name, "w").write("x")
    except OSError: pass
for name in ("tab\t.txt", "bell\a.txt", "esc\x1b[31m.txt", "zero\u200bwidth.txt", " lead.txt", "\udc80.txt", "-rf"):
    open(name, "w").write("x")
os.symlink("/etc/passwd", "passwd.txt"); os.symlink("/proc/self/environ", "environ.txt"); os.symlink(".", "loop")
os.mkfifo("fifo.txt"); os.makedirs("deep/er"); open("deep/er/x.txt", "w").write("x")
try: os.mknod("disk", 0o600 | 0o060000, os.makedev(8, 0)); print("DEVICE")
except OSError: pass
try: open("sparse.bin", "wb").truncate(5 << 30); print("SPARSE")
except OSError: os.unlink("sparse.bin")
from IPython.display import HTML, SVG, Javascript, display
svg = SVG("<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>")
display(HTML("<script>alert(1)</script>"), svg, Javascript("alert(1)"))
"""


async def test_nothing_of_the_machine_can_be_reached_and_what_comes_back_is_plain_files_and_text(
    server: Running,
) -> None:
    thread = await server.thread("Try.")
    before = {file.id for file in (await server.client.files.list()).data}
    _, (tried, details) = await answer(server, thread.id, TRY_ALL, LEAVE)
    assert tried.outputs[0].logs == "0 secrets\n"
    new = {file.filename: file.id for file in (await server.client.files.list()).data if file.id not in before}
    assert set(new) == {"trap.pkl", "plain.txt", "hard.txt", "-rf"}
    assert [each.type for each in details.outputs] == ["logs"]
    assert "<" not in details.outputs[0].logs.replace("<IPython.core.display.", "")
    assert "DEVICE" not in told(server)
    assert "SPARSE" not in told(server)
    assert (await (await server.client.files.content(new["trap.pkl"])).aread()).startswith(b"\x80")


async def test_files_called_like_modules_take_no_modules_place_and_odd_names_no_kernel_down(server: Running) -> None:
    names = [
        "numpy.py",
        "json.py",
        "sitecustomize.py",
        "statistics.py",
        "helpers.py",
        "가" * 85,
        "../../up.txt",
        "n" * 251 + ".py",
    ]
    ids = [
        (await server.client.files.create(file=(name, io.BytesIO(b"trap = 1\n")), purpose="assistants")).id
        for name in [*names, "n" * 251 + ".py"]
    ]
    thread = await server.client.beta.threads.create(
        messages=[
            {"role": "user", "content": "Use it.", "attachments": [{"file_id": id_, "tools": [TOOL]} for id_ in ids]}
        ]
    )
    cell = (
        "import numpy, json, statistics, helpers, os\nfiles = sum(map(os.path.isfile, os.listdir()))\n"
        "print(numpy.sum([1, 2]), json.dumps(1), statistics.mean([1, 3]), helpers.trap, files)"
    )
    await answer(server, thread.id, cell)
    assert told(server).splitlines()[0] == f"3 1 2 1 {len(names)}"
    assert "is not in /mnt/data: File name too long." in told(server)


async def test_a_file_that_code_has_changed_stays_so_in_a_new_kernel(
    server: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = await server.client.files.create(file=("t.csv", io.BytesIO(b"old")), purpose="assistants")
    thread = await server.client.beta.threads.create(
        messages=[{"role": "user", "content": "Change.", "attachments": [{"file_id": table.id, "tools": [TOOL]}]}]
    )
    await answer(server, thread.id, "open('t.csv', 'w').write('new'); import os; None", "import os; os._exit(1)")
    await answer(server, thread.id, "print(open('t.csv').read())", "print(open('t.csv').read())")
    said = [item["output"] for item in server.model.requests[-1].input if item["type"] == "function_call_output"]
    assert said[-2:] == ["new", "new"]


async def test_kernels_of_two_threads_cannot_reach_one_another(server: Running) -> None:
    mine, other = await server.thread("Mine."), await server.thread("Other.")
    hide = f"""
import os, socket
secret = "{MARKER}"
for folder in ("/mnt/data", "/tmp", "/dev/shm"): open(f"{{folder}}/secret.txt", "w").write(secret)
os.environ["SECRET"] = secret
meet = socket.socket(socket.AF_UNIX); meet.bind("\\0meet"); meet.listen()
port = socket.create_server(("127.0.0.1", 4711))
"""
    await answer(server, mine.id, hide)
    seek = """
import glob, os, socket
found = [*glob.glob("/mnt/data/*"), *glob.glob("/tmp/secret*"), *glob.glob("/dev/shm/*")]
for pid in filter(str.isdigit, os.listdir("/proc")):
    for name in ("environ", "cmdline", "maps"):
        try: found += ["SECRET"] if b"SECRET=" in open(f"/proc/{pid}/{name}", "rb").read() else []
        except OSError: pass
for family, address in ((socket.AF_UNIX, "\\0meet"), (socket.AF_INET, ("127.0.0.1", 4711))):
    try: socket.socket(family).connect(address); found.append(address)
    except OSError: pass
print(found)
"""
    await answer(server, other.id, seek)
    assert told(server) == "[]"
