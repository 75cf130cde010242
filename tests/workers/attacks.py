"""What a document that has taken over a worker process would try. Each function returns what it has got, as text; what
the sandbox refuses raises.
"""

import contextlib
import ctypes
import mmap
import os
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

LIBC = ctypes.CDLL(None, use_errno=True)
X86_64 = os.uname().machine == "x86_64"
NEW_USER_NAMESPACE = 0x10000000


def checked(result: int) -> str:
    """The result of a system call; raises OSError when it failed."""
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return str(result)


# What it may do, and must be able to


def sum_up(path: str, made: str) -> int:
    """Read a file that was lent, write the one that is asked for, and use the scratch folder and a child process."""
    data = Path(path).read_bytes()
    scratch = Path(tempfile.gettempdir()) / "scratch"
    scratch.write_bytes(data)
    done = subprocess.run([sys.executable, "-c", "print(6 * 7)"], capture_output=True, check=True)
    Path(made).write_bytes(scratch.read_bytes() + done.stdout)
    return len(data)


# What it may not


def read_file(path: str) -> str:
    return Path(path).read_text(encoding="utf-8", errors="replace")


def list_folder(path: str) -> list[str]:
    return os.listdir(path)


def read_beside(path: str) -> dict[str, str]:
    """The contents of the files in the folder of a file."""
    return {each.name: read_file(str(each)) for each in Path(path).parent.iterdir()}


def write_file(path: str) -> str:
    Path(path).write_text("mine", encoding="utf-8")
    return path


def write_to_lent(path: str) -> str:
    os.chmod(path, 0o600)
    return write_file(path)


def replace_made(made: str) -> str:
    os.unlink(made)
    os.symlink("/etc/passwd", made)
    return made


def beside(path: str) -> str:
    return write_file(str(Path(path).with_name("another")))


def reach(address: str, port: int) -> str:
    with socket.create_connection((address, port), timeout=3) as connection:
        return repr(connection.getpeername())


def reach_by_datagram(address: str, port: int) -> str:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        return str(sender.sendto(b"secret", (address, port)))


def resolve(name: str) -> str:
    return repr(socket.getaddrinfo(name, 443))


def reach_abstract(name: str) -> str:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect("\0" + name)
    return name


def open_family(family: int) -> str:
    with socket.socket(family, socket.SOCK_DGRAM) as opened:
        return repr(opened)


def open_raw() -> str:
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP) as opened:
        return repr(opened)


def interfaces() -> list[str]:
    return [name for _, name in socket.if_nameindex()]


def processes() -> list[str]:
    """The command lines of all processes that can be seen."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                found.append((entry / "cmdline").read_bytes().replace(b"\0", b" ").decode())
    return found


def environments() -> str:
    """The environment of every process that shows it."""
    found = b""
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            found += (entry / "environ").read_bytes() if entry.name.isdigit() else b""
    return found.decode("utf-8", "replace")


def number(pid: int | str) -> int:
    return os.getppid() if isinstance(pid, str) else pid


def kill(pid: int | str) -> str:
    os.kill(number(pid), 9)
    return str(pid)


def attach(pid: int | str) -> str:
    return checked(LIBC.ptrace(16, number(pid), 0, 0))


def read_memory(pid: int | str) -> str:
    return checked(LIBC.process_vm_readv(number(pid), None, 0, None, 0, 0))


def make_user_namespace() -> str:
    return checked(LIBC.unshare(NEW_USER_NAMESPACE))


def clone_into_namespace() -> str:
    """As `unshare`, by clone: number 56 on x86-64, 220 on arm64."""
    return checked(LIBC.syscall(56 if X86_64 else 220, NEW_USER_NAMESPACE | 17, 0, 0, 0, 0))


def mount() -> str:
    return checked(LIBC.mount(b"none", b"/tmp", b"tmpfs", 0, None))


def remount_root() -> str:
    return checked(LIBC.mount(None, b"/", None, 0x20, None))  # MS_REMOUNT: writable again


def become_root() -> str:
    os.setuid(0)
    return str(os.getuid())


def change_root() -> str:
    os.chroot("/tmp")
    return "/tmp"


def keyring() -> str:
    return checked(LIBC.syscall(250 if X86_64 else 219, 0, -3, 0, 0, 0))


def perf() -> str:
    return checked(LIBC.syscall(298 if X86_64 else 241, None, 0, -1, -1, 0))


def io_uring() -> str:
    return checked(LIBC.syscall(425, 1, None))


def load_bpf() -> str:
    return checked(LIBC.syscall(321 if X86_64 else 280, 0, None, 0))


def make_device() -> str:
    os.mknod("/tmp/disk", 0o600 | 0o060000, os.makedev(8, 0))
    return "made"


def kernel_setting() -> str:
    return write_file("/proc/sys/kernel/core_pattern")


def fill_scratch(size: int) -> int:
    """Write `size` bytes into the scratch folder, in files of 64 MiB; returns how many could be."""
    written, block = 0, mmap.mmap(-1, 64 << 20)
    try:
        for number in range(size // len(block)):
            Path(f"/tmp/fill-{number}").write_bytes(block)
            written += len(block)
    finally:
        for file in Path("/tmp").glob("fill-*"):
            file.unlink()
    return written


def large_file(made: str, size: int) -> str:
    with open(made, "r+b") as file:
        file.truncate(size)
    return made


def fork_until_refused(most: int) -> int:
    """How many children it could start, at most `most`."""
    children: list[int] = []
    try:
        while len(children) < most:
            child = os.fork()
            if child == 0:
                time.sleep(60)
                os._exit(0)
            children.append(child)
    except OSError:
        pass
    for child in children:
        os.kill(child, 9)
        os.waitpid(child, 0)
    return len(children)


def leave_child_behind() -> str:
    """Start a child in a session of its own that ignores all signals which can be ignored."""
    ignore = "import signal, time\nfor n in range(1, 32):\n  n in (9, 19) or signal.signal(n, signal.SIG_IGN)\n"
    program = [sys.executable, "-c", f"{ignore}time.sleep(600)", "left-behind"]
    subprocess.Popen(program, start_new_session=True, stdin=subprocess.DEVNULL)
    return "left"


def type_into_terminal() -> str:
    import fcntl

    fcntl.ioctl(0, 0x5412, b"x")
    return "typed"


def watch_folders() -> str:
    return checked(LIBC.inotify_init())


def share_memory() -> str:
    return checked(LIBC.shmget(4711, 4096, 0o1600))


def share_queue() -> str:
    return checked(LIBC.mq_open(b"/mine", os.O_CREAT | os.O_RDWR, 0o600, None))


def open_terminal() -> str:
    return str(os.open("/dev/ptmx", os.O_RDWR))
