"""The program that runs in a worker process: reads a job, calls its function, writes the result.

It runs as a script, so that only the standard library and msgpack are loaded before the first job. It reads frames from
standard input and writes frames to standard output. A frame is a 4-byte big-endian length and that many bytes of
MessagePack:

parent -> child   [function, arguments, memory, seconds, output]
child -> parent   ["begun"], then one of
                  ["done", result, held], ["failed", kind, message, traceback, held], ["memory"]

`held` is the memory that the process holds after the job, in bytes: the parent replaces a process that holds too much.
"""

import gc
import importlib
import os
import struct
import sys
import traceback
from collections.abc import Callable
from typing import Any, BinaryIO

import msgpack

resource: Any
try:
    import resource
except ImportError:  # Windows has no such limits
    resource = None

HEADER = struct.Struct(">I")
MAX_MESSAGE = 4_000
MAX_TRACEBACK = 16_000
SPARE_CPU_SECONDS = 5


class OutputTooLarge(Exception):  # noqa: N818 - its name is what the parent reads
    """The result is larger than the job's limit."""


def pack(value: Any) -> bytes:
    """Encode one frame's body; raises TypeError for what MessagePack cannot encode."""
    body: bytes = msgpack.packb(value, use_bin_type=True)
    return body


def unpack(body: bytes) -> Any:
    """Decode one frame's body."""
    return msgpack.unpackb(body, raw=False, strict_map_key=False)


def held_memory() -> int:
    """The private memory of this process in bytes; 0 where the system does not tell."""
    try:
        with open("/proc/self/statm", "rb") as statm:
            return int(statm.read().split()[5]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError, AttributeError):
        return 0


def limit_memory(extra: int | None) -> None:
    """Let the process take `extra` bytes more than it holds now; None removes the limit.

    On Linux, RLIMIT_DATA counts private writable memory, but not the address space that threads and libraries only
    reserve. On other systems RLIMIT_AS is tried. Where that is refused, ignored or unknown (macOS, Windows), only the
    time of a job is limited.
    """
    if resource is None:
        return
    which = resource.RLIMIT_DATA if sys.platform == "linux" else resource.RLIMIT_AS
    hard = resource.getrlimit(which)[1]
    soft = hard if extra is None else held_memory() + extra
    if hard != resource.RLIM_INFINITY:
        soft = hard if soft == resource.RLIM_INFINITY else min(soft, hard)
    try:
        resource.setrlimit(which, (soft, hard))
    except (ValueError, OSError):
        return


def limit_cpu(seconds: float | None) -> None:
    """End the process after `seconds` more of CPU time, so that it does not run on when its parent was killed."""
    if resource is None:
        return
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    if seconds is None:
        soft = hard
    else:
        usage = resource.getrusage(resource.RUSAGE_SELF)
        allowed = seconds * (os.cpu_count() or 1) + SPARE_CPU_SECONDS
        soft = int(usage.ru_utime + usage.ru_stime + allowed) + 1
        soft = soft if hard == resource.RLIM_INFINITY else min(soft, hard)
    try:
        resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))
    except (ValueError, OSError):
        return


def load(name: str) -> Callable[..., Any]:
    """Import `package.module:function`; for `package.module:` the module is imported, and the function does nothing."""
    module_name, _, attribute = name.partition(":")
    if module_name not in sys.modules:
        _import(module_name)
    target: Any = sys.modules[module_name]
    if not attribute:
        return lambda: None
    for part in attribute.split("."):
        target = getattr(target, part)
    function: Callable[..., Any] = target
    return function


def _import(module: str) -> None:
    """Import a module; what it loads stays, so the garbage collector looks through none of it, now or later."""
    gc.disable()
    try:
        importlib.import_module(module)
        gc.freeze()
    finally:
        gc.enable()


def failure(error: BaseException) -> list[Any]:
    """An exception as it is sent to the parent, without `held`."""
    trace = "".join(traceback.format_exception(error))[-MAX_TRACEBACK:]
    return ["failed", type(error).__name__, str(error)[:MAX_MESSAGE], trace]


def call(function: Callable[..., Any], arguments: list[Any], output: int) -> bytes:
    """Call the function and encode its result; raises what the function raises."""
    body = pack(["done", function(*arguments), held_memory()])
    if len(body) > output:
        raise OutputTooLarge(f"the result has {len(body)} bytes; {output} are allowed")
    return body


class Channel:
    """The frames to and from the parent."""

    def __init__(self, reader: BinaryIO, writer: BinaryIO) -> None:
        self._reader = reader
        self._writer = writer

    def read(self) -> bytes | None:
        """The next frame's body; None when the parent has closed the pipe."""
        header = self._reader.read(HEADER.size)
        if len(header) < HEADER.size:
            return None
        (size,) = HEADER.unpack(header)
        body = self._reader.read(size)
        return body if len(body) == size else None

    def write(self, body: bytes) -> None:
        """Send one frame."""
        self._writer.write(HEADER.pack(len(body)) + body)
        self._writer.flush()


def do_job(channel: Channel, frame: bytes) -> None:
    """Do one job and write its result."""
    name, arguments, memory, seconds, output = unpack(frame)
    try:
        function = load(name)
        channel.write(pack(["begun"]))
        limit_cpu(seconds)
        limit_memory(memory)
        body = call(function, arguments, output)
    except MemoryError:
        limit_memory(None)
        channel.write(pack(["memory"]))
        raise SystemExit(0) from None
    except (Exception, SystemExit, KeyboardInterrupt) as error:  # noqa: BLE001 - the parent raises it
        limit_memory(None)
        body = pack([*failure(error), held_memory()])
    finally:
        limit_memory(None)
        limit_cpu(None)
    channel.write(body)


def private_channel() -> Channel:
    """Use standard input and output for frames; what jobs print goes to standard error instead."""
    reader = os.fdopen(os.dup(0), "rb")
    writer = os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    os.close(nothing)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - open as long as the process lives
    sys.stdout = open(1, "w", encoding="utf-8", errors="backslashreplace", buffering=1, closefd=False)  # noqa: SIM115
    return Channel(reader, writer)


def main() -> None:
    """Do jobs until the parent closes the pipe."""
    if resource is not None:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    channel = private_channel()
    while (frame := channel.read()) is not None:
        do_job(channel, frame)


if __name__ == "__main__":
    main()
