"""A small version of the benchmark `leaks`: nothing that algebra can read stands in the open before its time."""

from pathlib import Path

import pytest

from benchmarks.leak_attempts import attempts
from benchmarks.leaks import in_the_open, measured


async def test_no_attempt_gets_the_answer_out_in_the_open(tmp_path: Path) -> None:
    leaks, hidden, made = await measured(tmp_path, list(attempts(12, seed=7)))
    assert not leaks
    assert hidden == len(made) == 12


@pytest.mark.parametrize(
    ("text", "opened"),
    [
        ("a ||b|| c", "a  c"),
        ("a \\|\\| b || c", "a || b || c"),
        ("||```\nx\n```|| y", " y"),
        ("`||` x ||y||", "`||` x "),
    ],
)
def test_the_benchmark_reads_messages_as_discord_does(text: str, opened: str) -> None:
    assert next(each for each in in_the_open({"content": text}) if each) == opened
