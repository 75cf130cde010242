"""A report in words: a line for each check, and as JSON."""

from collections.abc import Iterator, Mapping
from typing import Any

from conformance.deviations import printable
from conformance.suite import Outcome, Report, Result

MARKS: Mapping[Outcome, str] = {"passed": "✓", "failed": "✗", "skipped": "–"}
MOST_SHOWN = 6
"""Deviations of one check that are shown in the table; JSON has all."""


def lines_of(result: Result) -> Iterator[str]:
    """The lines of one check."""
    return map(printable, _lines_of(result))


def _lines_of(result: Result) -> Iterator[str]:
    check = result.check
    yield f"{MARKS[result.outcome]} {check.name:<34} {check.about}"
    if result.reason:
        yield f"    skipped: {result.reason}"
    for deviation in result.deviations[:MOST_SHOWN]:
        yield f"    {deviation}"
    if len(result.deviations) > MOST_SHOWN:
        yield f"    and {len(result.deviations) - MOST_SHOWN} more"


def closing_lines(report: Report) -> Iterator[str]:
    """What stands below the table."""
    counts = ", ".join(f"{report.count(outcome)} {outcome}" for outcome in MARKS)
    yield f"{report.url}: {counts}."
    if report.left:
        yield f"{report.left} things that the checks made could not be removed from the server."
    if _runs_failed(report):
        yield f"Runs failed with the model {report.model}: --model names another."


def _runs_failed(report: Report) -> bool:
    failed = [result for result in report.results if result.outcome == "failed"]
    return any("failed" in deviation.found for result in failed for deviation in result.deviations)


def as_json(report: Report) -> dict[str, Any]:
    """The whole report."""
    return {
        "url": report.url,
        "model": report.model,
        **{outcome: report.count(outcome) for outcome in MARKS},
        "left_behind": report.left,
        "checks": [
            {
                "name": result.check.name,
                "group": result.check.group,
                "about": result.check.about,
                "outcome": result.outcome,
                "reason": result.reason,
                "deviations": [
                    {"path": each.path, "expected": each.expected, "found": each.found} for each in result.deviations
                ],
            }
            for result in report.results
        ],
    }
