"""What a kernel's sandbox sends is not believed: frames that code has written in the runner's name."""

import asyncio
from typing import Any

import pytest

from assistants.interpreter import kernel
from assistants.interpreter.kernel import PNG, ChangedFile, Kernel, KernelDiedError
from workers.child_main import HEADER, pack


class Sink:
    """Takes what is written."""

    def write(self, data: bytes) -> None:
        pass

    async def drain(self) -> None:
        pass

    def is_closing(self) -> bool:
        return False

    def close(self) -> None:
        pass

    async def wait_closed(self) -> None:
        raise ConnectionResetError


class Forger:
    """A program whose output is given."""

    pid = 1
    returncode: int | None = None

    def __init__(self, *frames: bytes, limit: str = "") -> None:
        self.stdin: Any = Sink()
        self.stdout, self.stderr = asyncio.StreamReader(), asyncio.StreamReader()
        for frame in frames:
            self.stdout.feed_data(frame)
        self.stdout.feed_eof()
        self.stderr.feed_eof()
        self.limit = limit
        self.ended: list[str] = []

    def kill(self) -> None:
        self.ended.append("killed")

    def release(self) -> None:
        self.ended.append("released")

    async def wait(self) -> int:
        return -9


def framed(body: bytes) -> bytes:
    return HEADER.pack(len(body)) + body


def frame(*parts: Any) -> bytes:
    return framed(pack(list(parts)))


def kernel_of(*frames: bytes, limit: str = "") -> Kernel:
    forger: Any = Forger(*frames, limit=limit)
    return Kernel(forger)


FORGED = {
    "no frame": b"\0\0",
    "a frame that breaks off": b"\0\0\0\5abc",
    "a huge frame": b"\xff\xff\xff\xff",
    "no MessagePack": framed(b"\xc1"),
    "an unhashable key": framed(b"\x81\x90\x00"),
    "an impossible time": framed(b"\xc7\x0c\xff" + b"\xff" * 12),
    "too deep": framed(b"\x91" * 5_000 + b"\x90"),
    "no list": framed(b"\x01"),
    "an empty list": framed(b"\x90"),
    "another word": frame("sudo"),
    "another type": frame("stream", 1),
    "a picture that is a web page": frame("image", b"<svg onload=alert(1)>"),
    "files in another form": frame("changed", [["name"]]),
    "files that are none": frame("changed", 1),
    "a name that is none": frame("changed", [[1, 1]]),
    "a size that is none": frame("changed", [["name", "big"]]),
    "a size below nothing": frame("changed", [["name", -1]]),
    "a file that is text": frame("file", "name", "text"),
}


async def executed(forger: Kernel) -> list[str]:
    return [output.text async for output in forger.execute("1", 1)]


ASKED = (executed, Kernel.changed, lambda forger: forger.get("name"), lambda forger: forger.put("name", b""))


@pytest.mark.parametrize("forged", FORGED.values(), ids=FORGED)
@pytest.mark.parametrize("ask", [*ASKED, Kernel.warm_up])
async def test_a_forged_frame_ends_the_kernel_and_nothing_else(ask: Any, forged: bytes) -> None:
    with pytest.raises(KernelDiedError):
        await ask(kernel_of(forged))


async def test_honest_frames_are_understood() -> None:
    outputs = [
        each async for each in kernel_of(frame("image", PNG), frame("result", "2"), frame("done")).execute("", 1)
    ]
    assert [(each.kind, each.text, each.image) for each in outputs] == [("image", "", PNG), ("result", "2", b"")]
    assert await kernel_of(frame("changed", [["a", 0]])).changed() == [ChangedFile("a", 0)]
    assert await kernel_of(frame("file", "a", b"x")).get("a") == b"x"
    assert await kernel_of(frame("no file", "a", "OSError")).get("a") is None
    assert await kernel_of(frame("put", "")).put("a", b"") == ""
    assert await kernel_of(frame("put", "No space left on device")).put("a", b"") == "No space left on device"
    await kernel_of(frame("warm")).warm_up()


async def test_of_very_many_pictures_the_first_are_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernel, "MOST_IMAGES", 2)
    outputs = [each async for each in kernel_of(*[frame("image", PNG)] * 3, frame("done")).execute("", 1)]
    assert len(outputs) == 2


async def test_a_file_that_cannot_fit_is_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernel, "DATA_SIZE", 3)
    assert await kernel_of().put("a", b"1234") == "it is too large"
    assert await kernel_of(frame("put", "")).put("a", b"123") == ""


@pytest.mark.parametrize(
    ("limit", "words"), [("memory", "1024 MiB"), ("processes", "processes"), ("disk", "room"), ("", "has ended")]
)
async def test_a_kernel_that_its_sandbox_has_ended_says_why(limit: str, words: str) -> None:
    with pytest.raises(KernelDiedError, match=words):
        await kernel_of(limit=limit).changed()
    with pytest.raises(KernelDiedError, match="1024 MiB"):
        await kernel_of(frame("died", "memory")).changed()


async def test_a_closed_kernel_is_killed_and_released() -> None:
    forger: Any = Forger()
    await Kernel(forger).close()
    assert forger.ended == ["killed", "released"]
