"""The program that runs in the sandbox beside a Jupyter kernel: it starts the kernel, passes code in and outputs out.

It reads frames from standard input and writes frames to standard output, as worker processes do
(`workers/child_main.py`):

parent -> runner   ["put", name, bytes]    write a file of /mnt/data
                   ["execute", code]       run code
                   ["warm up"]             load what most code needs
                   ["interrupt"]           raise KeyboardInterrupt in the code that runs
                   ["changed"]             tell the files that are new or changed since the last time
                   ["get", name]           send a file of /mnt/data
runner -> parent   ["ready"]               the kernel can be used
                   ["warm"]                it is warm
                   ["stream", text], ["image", png], ["result", text], ["error", text]
                   ["done"]                the code has ended
                   ["put", reason]         the file is there; or why not
                   ["changed", [[name, size], …]], ["file", name, bytes], ["no file", name, reason]
                   ["died", reason]        there is no kernel any more

What the code does to this program it does to its own sandbox: the parent believes no frame, and bounds each.
"""

import asyncio
import base64
import contextlib
import os
import resource
import sys
from pathlib import Path
from typing import Any, Final

import msgpack
from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager

import fonts
from workers.child_main import HEADER, unpack

DATA: Final = Path("/mnt/data")
HOME: Final = Path(os.environ.get("HOME", "/tmp"))  # noqa: S108 - the sandbox's own
MEMORY: Final = 1 << 30
"""Bytes that all processes of the sandbox may hold together, and each may take."""
LOOK_EVERY: Final = 0.2
"""Seconds between two looks at how much memory the processes hold."""
START_TIMEOUT: Final = 60
LONGEST_TEXT: Final = 64_000
"""Characters of one output that are passed on; the beginning and the end of a longer one."""
LARGEST_IMAGE: Final = 8 << 20
PLOTS: Final = """
font.family: DejaVu Sans, SaemHangul, SaemHan
axes.unicode_minus: False
"""
"""matplotlib's settings: labels may be Korean, Chinese or Japanese."""
SETUP: Final = """
import os as _os, sys as _sys
_os.chdir("/mnt/data")
_sys.path[:] = [*filter(None, _sys.path), "/mnt/data"]
try:
    _os.close(_os.open("/dev/ptmx", _os.O_RDWR | _os.O_NOCTTY))
except OSError:
    get_ipython().system = lambda command: print(get_ipython().getoutput(command, split=False))
del _os, _sys
"""
"""A file that is called like a library takes no library's place. Without terminals a command after `!` shows its output
at its end."""
WARM_UP: Final = "import matplotlib.pyplot as _p; _p.close(_p.figure()); del _p"
"""Takes a second, most of it for matplotlib's list of fonts, which the first plot need not wait for then."""


class Frames:
    """The frames from and to the parent."""

    def __init__(self, reader: asyncio.StreamReader, out: int) -> None:
        self._reader = reader
        self._out = out

    async def read(self) -> list[Any] | None:
        """The next frame; None when the parent has gone."""
        try:
            (size,) = HEADER.unpack(await self._reader.readexactly(HEADER.size))
            frame: list[Any] = unpack(await self._reader.readexactly(size))
        except asyncio.IncompleteReadError:
            return None
        return frame

    def write(self, *frame: Any) -> None:
        """Send a frame. It waits until the parent has taken it: nothing piles up here."""
        body = msgpack.packb(list(frame), use_bin_type=True, unicode_errors="replace")
        left = memoryview(HEADER.pack(len(body)) + body)
        while left:
            left = left[os.write(self._out, left) :]


class Runner:
    """The kernel of this sandbox."""

    def __init__(self, frames: Frames) -> None:
        self._frames = frames
        self._manager = AsyncKernelManager(transport="ipc", ip=str(HOME / "kernel"), kernel_name="python3")
        self._client: AsyncKernelClient | None = None
        self._seen: dict[str, tuple[int, int]] = {}
        """The files of /mnt/data when they were looked at last: time of change in ns, size."""
        self._running: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Start the kernel and wait for it."""
        self._manager._kernel_spec = KernelSpec(  # none is installed
            argv=[
                sys.executable,
                "-P",
                "-m",
                "ipykernel_launcher",
                "-f",
                "{connection_file}",
                "--HistoryManager.enabled=False",
                "--InteractiveShell.colors=NoColor",
            ],
            display_name="Python",
            language="python",
        )
        await self._manager.start_kernel(cwd=str(DATA))
        self._client = self._manager.client()
        self._client.start_channels()
        await self._client.wait_for_ready(timeout=START_TIMEOUT)
        await self._run(SETUP, silent=True)
        self._frames.write("ready")

    async def serve(self) -> None:
        """Do what the parent asks for, until it goes."""
        while (frame := await self._frames.read()) is not None:
            match frame:
                case ["execute", str(code)]:
                    self._running = asyncio.create_task(self._execute(code))
                case ["warm up"]:
                    await self._run(WARM_UP, silent=True)
                    self._frames.write("warm")
                case ["interrupt"]:
                    await self._manager.interrupt_kernel()
                case ["put", str(name), bytes(data)]:
                    self._put(name, data)
                case ["changed"]:
                    self._frames.write("changed", self._changed())
                case ["get", str(name)]:
                    self._get(name)

    async def watch(self) -> None:
        """End everything when the processes of this sandbox hold too much memory, or the kernel has died."""
        while True:
            await asyncio.sleep(LOOK_EVERY)
            if held_by_all() > MEMORY:
                self._frames.write("died", "memory")
                os._exit(1)
            if not await self._manager.is_alive():
                self._frames.write("died", "ended")
                os._exit(1)

    async def _execute(self, code: str) -> None:
        await self._run(code, silent=False)
        self._frames.write("done")

    async def _run(self, code: str, *, silent: bool) -> None:
        assert self._client is not None
        request = self._client.execute(code, silent=silent, store_history=not silent, allow_stdin=False)
        while True:
            message = await self._client.get_iopub_msg(timeout=None)
            if message["parent_header"].get("msg_id") != request:
                continue
            kind, content = message["msg_type"], message["content"]
            if kind == "status" and content["execution_state"] == "idle":
                return
            if not silent:
                self._pass_on(kind, content)

    def _pass_on(self, kind: str, content: dict[str, Any]) -> None:
        match kind:
            case "stream":
                self._frames.write("stream", shortened(content["text"]))
            case "display_data" | "execute_result":
                self._pass_on_data(kind, content["data"])
            case "error":
                self._frames.write("error", shortened("\n".join(content["traceback"])))

    def _pass_on_data(self, kind: str, data: dict[str, Any]) -> None:
        if "image/png" in data:
            picture = base64.b64decode(data["image/png"])
            if len(picture) <= LARGEST_IMAGE:
                self._frames.write("image", picture)
                return
            self._frames.write("stream", f"(a picture of {len(picture)} bytes is too large to be shown)\n")
        elif "text/plain" in data:
            self._frames.write("result" if kind == "execute_result" else "stream", shortened(str(data["text/plain"])))

    # -- files

    def _put(self, name: str, data: bytes) -> None:
        path = DATA / name
        try:
            path.write_bytes(data)
            self._seen[name] = stamp(path)
        except (OSError, ValueError) as error:
            with contextlib.suppress(OSError, ValueError):
                path.unlink()
            self._frames.write("put", getattr(error, "strerror", None) or str(error))
        else:
            self._frames.write("put", "")

    def _changed(self) -> list[list[Any]]:
        """The plain files right in /mnt/data that are new or changed, and whose names are text: `[[name, size], …]`."""
        entries = [entry for entry in os.scandir(DATA) if entry.is_file(follow_symlinks=False) and is_text(entry.name)]
        found = {entry.name: stamp(Path(entry)) for entry in entries}
        changed = [[name, size] for name, (at, size) in sorted(found.items()) if self._seen.get(name) != (at, size)]
        self._seen = found
        return changed

    def _get(self, name: str) -> None:
        try:
            with open(os.open(DATA / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as file:
                self._frames.write("file", name, file.read())
        except (OSError, ValueError, MemoryError) as error:
            self._frames.write("no file", name, type(error).__name__)


def is_text(name: str) -> bool:
    """Whether a file's name is UTF-8, which Linux does not ask for."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def stamp(path: Path) -> tuple[int, int]:
    """When a file was changed (ns), and its size."""
    state = path.lstat()
    return state.st_mtime_ns, state.st_size


def shortened(text: str) -> str:
    """The text; of a very long one the beginning and the end."""
    if len(text) <= LONGEST_TEXT:
        return text
    half = LONGEST_TEXT // 2
    return f"{text[:half]}\n[… {len(text) - 2 * half} characters …]\n{text[-half:]}"


def held_by_all() -> int:
    """The bytes of memory that all processes of this sandbox hold; 0 where the sandbox itself looks at that."""
    pages = 0
    try:
        processes = list(os.scandir("/proc"))
    except PermissionError:
        return 0
    for entry in processes:
        if entry.name.isdigit():
            try:
                with open(f"/proc/{entry.name}/statm", "rb") as statm:
                    pages += int(statm.read().split()[1])
            except (OSError, IndexError):
                continue
    return pages * resource.getpagesize()


def prepare_home() -> None:
    """Name folders that can be written to, and let matplotlib find our fonts."""
    os.environ |= {"IPYTHONDIR": str(HOME / "ipython"), "JUPYTER_RUNTIME_DIR": str(HOME / "jupyter")}
    (HOME / ".fonts").mkdir()
    for font in (fonts.HANGUL, fonts.HAN):
        (HOME / ".fonts" / font.name).symlink_to(font)
    settings = HOME / "matplotlib"
    settings.mkdir()
    (settings / "matplotlibrc").write_text(PLOTS, encoding="utf-8")
    os.environ["MPLCONFIGDIR"] = str(settings)


async def main() -> None:
    """Start the kernel, then do what the parent asks for."""
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    out, nothing = os.dup(1), os.open(os.devnull, os.O_RDWR)
    source = os.fdopen(os.dup(0), "rb")
    for descriptor in (0, 1):
        os.dup2(nothing, descriptor)
    reader = asyncio.StreamReader(limit=1 << 30)
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), source)
    prepare_home()
    runner = Runner(Frames(reader, out))
    await runner.start()
    watching = asyncio.create_task(runner.watch())
    await runner.serve()
    watching.cancel()
    os._exit(0)  # the sandbox ends with this process, and everything in it


if __name__ == "__main__":
    asyncio.run(main())
