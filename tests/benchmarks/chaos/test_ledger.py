"""What the ledger of the chaos lets pass, and what not: tables as they may be found, and the sentence about them."""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any, cast

import pytest

from benchmarks.chaos.databases import Database
from benchmarks.chaos.ledger import accounts
from benchmarks.chaos.model import USAGE, Model

ANSWER = sum(USAGE)
Rows = Sequence[tuple[Any, ...]]


class _Tables:
    def __init__(self, runs: Rows, charges: Rows) -> None:
        self._tables = {"runs": runs, "token_charges": charges, "conversations": [("thread_1", 1), ("thread_2", 2)]}

    def rows(self, table: str, columns: str, where: str = "true") -> list[tuple[Any, ...]]:
        return list(self._tables[table])


def _run(tokens: int, status: str = "completed", thread: str = "thread_1") -> tuple[Any, ...]:
    return "run_1", status, thread, {"total_tokens": tokens}


def _charge(tokens: int, run: str | None = "run_1", *, guild: int = 1, settled: bool = True) -> tuple[Any, ...]:
    return run, guild, tokens, settled


def _found(runs: Rows, charges: Rows, answers: int = 1, *, disturbed: bool = True) -> list[str]:
    tables, model = cast("Database", _Tables(runs, charges)), cast("Model", SimpleNamespace(answers=answers))
    return [each.about for each in accounts(tables, model, disturbed=disturbed)[0]]


@pytest.mark.parametrize(
    ("runs", "charges"),
    [
        ([_run(ANSWER)], [_charge(ANSWER)]),
        ([_run(ANSWER)], [_charge(ANSWER - 5), _charge(5)]),
        ([_run(1686, "cancelled")], [_charge(1686)]),
        ([_run(ANSWER)], [_charge(1500, None)]),
        ([_run(0, "failed")], []),
        ([_run(ANSWER, "requires_action")], [_charge(1500, settled=False)]),
        ([], [_charge(ANSWER)]),
    ],
    ids=["exact", "in two", "cancelled", "never known", "cost nothing", "waits for people", "deleted"],
)
def test_what_was_used_is_charged(runs: Rows, charges: Rows) -> None:
    assert _found(runs, charges) == []


@pytest.mark.parametrize(
    ("runs", "charges", "about"),
    [
        ([_run(ANSWER)], [], "run_1 (completed) used 18, charged None"),
        ([_run(ANSWER)], [_charge(ANSWER - 1)], "run_1 (completed) used 18, charged 17"),
        ([_run(ANSWER)], [_charge(1500)], "run_1 (completed) used 18, charged 1500"),
        ([_run(1686, "cancelled")], [_charge(1502)], "run_1 (cancelled) used 1686, charged 1502"),
        ([_run(ANSWER)], [_charge(ANSWER, settled=False)], "run_1 (completed) used 18, and its charge is an estimate"),
        ([_run(ANSWER)], [_charge(1500, None, guild=2)], "run_1 (completed) used 18, charged None"),
        ([_run(ANSWER)], [_charge(0, None)], "run_1 (completed) used 18, charged None"),
        ([_run(20)], [_charge(20)], "run_1 used 20, which are no whole answers of 18"),
        ([_run(2 * ANSWER)], [_charge(2 * ANSWER)], "completed runs have used 36, and the model gave 18"),
    ],
    ids=["no charge", "less", "more", "cut", "open", "of another guild", "nothing estimated", "no answer", "too much"],
)
def test_what_was_used_and_is_not_charged_is_told(runs: Rows, charges: Rows, about: str) -> None:
    assert any(each.startswith(about) for each in _found(runs, charges))


def test_one_estimate_stands_for_one_run() -> None:
    runs = [_run(ANSWER), ("run_2", *_run(ANSWER)[1:])]
    assert _found(runs, [_charge(1500, None)], answers=2) == ["run_2 (completed) used 18, charged None"]


def test_undisturbed_runs_have_used_just_what_the_model_gave() -> None:
    assert _found([_run(ANSWER)], [_charge(ANSWER)], answers=2, disturbed=False) == [
        "all runs have used 18, and the model gave 36"
    ]
