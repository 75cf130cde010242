"""Every pattern of ours reads hostile text in a time that grows with the square of its length at most."""

import importlib
import multiprocessing
import pkgutil
import re
import time
from collections.abc import Iterator
from multiprocessing.connection import Connection

ROOMS = ("assistants", "bot", "function_arguments", "maths")
UNITS = (
    *("-", " ", "- ", "1", "1 ", "x", "x ", "=", "(", ")", "a=", "\\", "\\frac", "{", "}", "[", "]", ",", ", "),
    *(".", "*", "_", "`", "<", "<a ", "&", "$", "|", "1,", "1.", "x+", "ab ", "그", "그래서 ", "\t", "(1)", "a)"),
    *("/", "1/", "^2", "'", '"', "\n", "- x", "x=1 ", "\\(", "\\n", "…", "①", ">", "#"),
)
LENGTH = 300
ALLOWANCE = 0.02
"""Seconds of the process's own time for one reading: what is read in less may take any share of it."""
PATIENCE = 20
"""Seconds without a word from the child: the pattern that it reads with hangs."""
GROWTH = 6.5
"""Times as long for twice the text: 4 is the square, 8 is the cube."""


def patterns() -> Iterator[tuple[str, re.Pattern[str]]]:
    """The compiled patterns of all modules, also in lists, tuples and dictionaries, each once, with its name."""
    seen: set[re.Pattern[str]] = set()
    for room in ROOMS:
        for module in pkgutil.walk_packages(importlib.import_module(room).__path__, f"{room}."):
            if "migrations" in module.name or module.name.endswith("__main__"):
                continue
            for name, value in vars(importlib.import_module(module.name)).items():
                for pattern in _within(value):
                    if pattern not in seen:
                        seen.add(pattern)
                        yield f"{module.name}.{name}: {pattern.pattern[:60]}", pattern


def _within(value: object) -> Iterator[re.Pattern[str]]:
    match value:
        case re.Pattern() if isinstance(value.pattern, str):
            yield value
        case dict():
            for each in value.values():
                yield from _within(each)
        case list() | tuple() | set() | frozenset():
            for each in value:
                yield from _within(each)


def seconds(pattern: re.Pattern[str], text: str) -> float:
    """The process's own time for a search of the text."""
    start = time.process_time()
    pattern.search(text)
    return time.process_time() - start


def tell_growth(chosen: list[tuple[str, re.Pattern[str]]] | None, out: Connection) -> None:
    """Tell the name of each pattern (of all ours, if none is chosen) before it is tried, then what is wrong with it."""
    tried = 0
    for name, pattern in chosen or patterns():
        tried += 1
        out.send(("tries", name))
        for unit in UNITS:
            short, long = (f"{(unit * length)[:length]}!" for length in (LENGTH, 2 * LENGTH))
            if seconds(pattern, long) < ALLOWANCE:
                continue
            before, after = (min(seconds(pattern, text) for _ in range(3)) for text in (short, long))
            if after > ALLOWANCE and after > GROWTH * before:
                out.send(("slow", f"{name} on {unit!r}: {before:.3f} s, then {after:.3f} s for twice the text"))
    out.send(("done", str(tried)))


def faults_of(chosen: list[tuple[str, re.Pattern[str]]] | None, patience: float) -> tuple[list[str], int]:
    """What is wrong with the patterns, and how many were tried; the first that hangs ends it."""
    ours, theirs = multiprocessing.get_context("spawn").Pipe(duplex=False)
    child = multiprocessing.get_context("spawn").Process(target=tell_growth, args=(chosen, theirs))
    child.start()
    theirs.close()
    faults: list[str] = []
    told = ("starts", "")
    try:
        while told[0] != "done":
            if not ours.poll(patience):
                return [*faults, f"{told[1]} hangs"], 0
            told = ours.recv()
            if told[0] == "slow":
                faults.append(told[1])
    finally:
        child.kill()
        child.join()
        ours.close()
    return faults, int(told[1])


def test_no_pattern_hangs_on_repeated_text() -> None:
    faults, tried = faults_of(None, PATIENCE)
    assert faults == []
    assert tried > 500


def test_a_pattern_that_hangs_is_named() -> None:
    chosen = [("square", r"\s+y"), ("cubic", r"\s*,?\s*y"), ("endless", r"(?:-{2,})+1")]
    faults, _ = faults_of([(name, re.compile(source)) for name, source in chosen], patience=3)
    assert {fault.split(" ")[0] for fault in faults} == {"cubic", "endless"}
    assert faults[-1] == "endless hangs"
