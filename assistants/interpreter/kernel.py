"""A Jupyter kernel in the sandbox, as the server handles it: code goes in, outputs and files come out."""

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, Final, Literal

import msgpack
import structlog

from assistants.interpreter import kernel_runner
from workers.child_main import HEADER, pack, unpack
from workers.process_handle import environment
from workers.programs import Program, ProgramStarter

log = structlog.get_logger(__name__)

START_SECONDS: Final = 60.0
INTERRUPT_SECONDS: Final = 3.0
"""Seconds that code has to end after it was interrupted."""
DATA_SIZE: Final = 256 << 20
"""Bytes of /mnt/data, which is in memory."""
LARGEST_FRAME: Final = 96 << 20
MOST_OUTPUT: Final = 256_000
"""Characters of one call's outputs; then it is interrupted."""
MOST_IMAGES: Final = 20
"""Pictures of one call that are kept."""

PNG: Final = b"\x89PNG\r\n\x1a\n"
END_SECONDS: Final = 2.0
"""Seconds in which a program that has closed its pipe should have ended."""
TOO_MUCH: Final = {
    "memory": f"Python was ended: it took more than {kernel_runner.MEMORY >> 20} MiB of memory.",
    "processes": "Python was ended: it had started too many processes.",
    "disk": "Python was ended: its files took too much room.",
}

OutputKind = Literal["stream", "result", "error", "image"]


@dataclass(frozen=True, slots=True)
class Output:
    """Something that code has put out: text, or a PNG picture."""

    kind: OutputKind
    text: str = ""
    image: bytes = b""


@dataclass(frozen=True, slots=True)
class ChangedFile:
    """A file in /mnt/data that code has made or changed."""

    name: str
    size: int


class KernelDiedError(Exception):
    """There is no kernel any more; the message says why, for the model."""


class Kernel:
    """A kernel; it runs one piece of code at a time. `close` ends it with everything that it has started."""

    def __init__(self, process: Program) -> None:
        self._process = process
        self._stdin = process.stdin
        self._stdout = process.stdout
        self._stderr = asyncio.create_task(_log_stderr(process), name=f"kernel-{process.pid}-stderr")

    @classmethod
    async def start(cls, sandbox: ProgramStarter) -> "Kernel":
        """Start a kernel and wait until it can be used.

        Raises:
            KernelDiedError: it does not start.
        """
        program = [sys.executable, "-P", str(kernel_runner.__file__)]
        folders = {str(kernel_runner.DATA): DATA_SIZE}
        try:
            process = await sandbox.start(program, environment(), folders=folders, memory=kernel_runner.MEMORY)
        except OSError as error:
            log.warning("kernel.not_started", reason=str(error))
            raise KernelDiedError(f"Python could not be started: {error}.") from error
        kernel = cls(process)
        try:
            async with asyncio.timeout(START_SECONDS):
                frame = await kernel._read()
        except TimeoutError:
            await kernel.close()
            raise KernelDiedError("Python did not start in time.") from None
        except BaseException:
            await kernel.close()
            raise
        if frame != ["ready"]:
            await kernel.close()
            raise KernelDiedError("Python did not start.")
        log.debug("kernel.started", pid=process.pid)
        return kernel

    @property
    def alive(self) -> bool:
        """Whether it can be used, as far as is known."""
        return self._process.returncode is None and not self._stdin.is_closing()

    async def execute(self, code: str, seconds: float) -> AsyncIterator[Output]:
        """Run code; yields what it puts out, as it comes. After `seconds`, or too much output, it is interrupted.

        Raises:
            KernelDiedError: the kernel has ended, or did not heed the interruption; it must be closed.
        """
        await self._send("execute", code)
        written = images = 0
        stopped = ""
        deadline = asyncio.get_running_loop().time() + seconds
        while True:
            try:
                async with asyncio.timeout_at(deadline):
                    frame = await self._read()
            except TimeoutError:
                if stopped:
                    raise KernelDiedError(f"{stopped} It did not heed that, so Python was ended.") from None
                stopped = f"The code was stopped after {seconds:g} s."
                deadline = await self._interrupt()
                continue
            match frame:
                case ["done"]:
                    break
                case [("stream" | "result" | "error") as kind, str(text)]:
                    written += len(text)
                    if written <= MOST_OUTPUT:
                        yield Output(kind, text)
                    elif not stopped:
                        stopped = f"The code was stopped, as it had put out more than {MOST_OUTPUT} characters."
                        deadline = await self._interrupt()
                case ["image", bytes(image)] if image.startswith(PNG):
                    images += 1
                    if images <= MOST_IMAGES:
                        yield Output("image", image=image)
                case _:
                    raise KernelDiedError("Python sent what cannot be read.")
        if stopped:
            yield Output("error", stopped)

    async def warm_up(self) -> None:
        """Load what most code needs, while nobody waits.

        Raises:
            KernelDiedError: the kernel has ended.
        """
        await self._send("warm up")
        if await self._answer() != ["warm"]:
            raise KernelDiedError("Python sent what cannot be read.")

    async def put(self, name: str, data: bytes) -> str:
        """Write a file of /mnt/data; why that could not be done, or nothing.

        Raises:
            KernelDiedError: the kernel has ended.
        """
        if len(data) > DATA_SIZE:
            return "it is too large"
        await self._send("put", name, data)
        match await self._answer():
            case ["put", str(why)]:
                return why
        raise KernelDiedError("Python sent what cannot be read.")

    async def changed(self) -> list[ChangedFile]:
        """The files of /mnt/data that code has made or changed since the last time.

        Raises:
            KernelDiedError: the kernel has ended.
        """
        await self._send("changed")
        match await self._answer():
            case ["changed", list(entries)]:
                return [_changed_file(entry) for entry in entries]
        raise KernelDiedError("Python sent what cannot be read.")

    async def get(self, name: str) -> bytes | None:
        """A file of /mnt/data; None if it cannot be read.

        Raises:
            KernelDiedError: the kernel has ended.
        """
        await self._send("get", name)
        match await self._answer():
            case ["file", str(), bytes(data)]:
                return data
            case ["no file", *_]:
                return None
        raise KernelDiedError("Python sent what cannot be read.")

    async def close(self) -> None:
        """End the kernel, and everything in its sandbox."""
        self._process.kill()
        self._stdin.close()
        with contextlib.suppress(ConnectionError):
            await self._stdin.wait_closed()
        await self._process.wait()
        await asyncio.gather(self._stderr, return_exceptions=True)
        self._process.release()
        log.debug("kernel.ended", pid=self._process.pid)

    async def _why_ended(self) -> str:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(END_SECONDS):
                await self._process.wait()
        return TOO_MUCH.get(self._process.limit, "Python has ended.")

    async def _interrupt(self) -> float:
        """Interrupt the code; returns the time by which it must have ended."""
        await self._send("interrupt")
        return asyncio.get_running_loop().time() + INTERRUPT_SECONDS

    async def _send(self, *frame: Any) -> None:
        body = pack(list(frame))
        try:
            self._stdin.write(HEADER.pack(len(body)) + body)
            await self._stdin.drain()
        except ConnectionError:
            raise KernelDiedError(await self._why_ended()) from None

    async def _answer(self) -> list[Any]:
        try:
            async with asyncio.timeout(START_SECONDS):
                return await self._read()
        except TimeoutError:
            raise KernelDiedError("Python does not answer.") from None

    async def _read(self) -> list[Any]:
        """The next frame; what the sandbox sends is not believed.

        Raises:
            KernelDiedError: the kernel has ended, or sent what it never should.
        """
        try:
            (size,) = HEADER.unpack(await self._stdout.readexactly(HEADER.size))
            if size > LARGEST_FRAME:
                raise KernelDiedError("Python sent too much at once.")
            frame = unpack(await self._stdout.readexactly(size))
        except (asyncio.IncompleteReadError, ConnectionError):
            raise KernelDiedError(await self._why_ended()) from None
        except (ValueError, TypeError, OverflowError, msgpack.UnpackException):
            raise KernelDiedError("Python sent what cannot be read.") from None
        match frame:
            case ["died", "memory"]:
                raise KernelDiedError(TOO_MUCH["memory"])
            case ["died", *_]:
                raise KernelDiedError("Python has ended.")
            case list():
                return frame
        raise KernelDiedError("Python sent what cannot be read.")


def _changed_file(entry: Any) -> ChangedFile:
    match entry:
        case [str(name), int(size)] if size >= 0:
            return ChangedFile(name, size)
    raise KernelDiedError("Python sent what cannot be read.")


async def _log_stderr(process: Program) -> None:
    """Read what is printed there, so that nothing waits for it; the log tells the first lines."""
    left = 4_000
    while chunk := await process.stderr.read(4096):
        if left > 0:
            log.debug("kernel.printed", pid=process.pid, text=chunk[:left].decode("utf-8", "replace"))
            left -= len(chunk)
