"""Functions for the worker processes of the tests: the well-behaved, the heavy and the hostile."""

import ctypes
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any


def echo(*values: Any) -> list[Any]:
    return list(values)


def pid() -> int:
    return os.getpid()


def add(left: int, right: int) -> int:
    return left + right


def fail(message: str) -> None:
    raise ValueError(message)


def leave(code: int) -> None:
    os._exit(code)


def ask_to_leave() -> None:
    sys.exit("no more")


def segfault() -> None:
    ctypes.string_at(0)


def spin() -> None:
    while True:
        pass


def huge_power() -> int:
    """Holds the interpreter's lock inside one C call, so that no signal handler or thread could end it."""
    base = 9**9
    return len(str(9**base))


def sleep(seconds: float) -> float:
    time.sleep(seconds)
    return seconds


def wait_for_file(path: str) -> str:
    while not Path(path).exists():
        time.sleep(0.005)
    return path


def note_and_wait(log: str, name: str, gate: str) -> str:
    with Path(log).open("a") as notes:
        notes.write(f"{name}\n")
    return wait_for_file(gate)


def take(size: int) -> int:
    return len(bytearray(size))


def letters(size: int) -> str:
    return "a" * size


def print_loudly() -> str:
    print("printed by a job")
    os.write(1, b"\x00\x00\x00\x05written to descriptor one\n")
    subprocess.run([sys.executable, "-c", "print('printed by a grandchild')"], check=True)
    return "done"


def shout(lines: int) -> int:
    for number in range(lines):
        print(f"{number:0100d}")
    return lines


def read_input() -> str:
    return sys.stdin.read()


def environment() -> dict[str, str]:
    return dict(os.environ)


def modules() -> list[str]:
    return sorted(sys.modules)


def unpackable() -> object:
    return object()


def start_grandchild() -> int:
    return subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"]).pid


def start_grandchild_and_spin(path: str) -> None:
    Path(path).write_text(str(start_grandchild()))
    spin()


def nested(depth: int) -> list[Any]:
    result: list[Any] = []
    for _ in range(depth):
        result = [result]
    return result
