"""Writes docs/conformance.md: `python -m tests.conformance.page`, or `make conformance`.

What is quick stands in the page as it is found at any time, and a test compares it; the rest is as it was when the page
was last written: `--quick` leaves it alone.
"""

import argparse
import asyncio
import json
import os
import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import structlog

from conformance import contract
from conformance.connection import connected
from conformance.recordings import recorded_names, recording
from conformance.report import MARKS
from conformance.suite import Report, chosen_checks, run_checks
from tests.assistants.conftest import KEY, running
from tests.assistants.response_watch import RECORD
from tests.assistants.scripted_model import ScriptedModel
from tests.conformance.clients.clients import CLIENTS, KINDS, Outcome, run_client
from tests.conformance.clients.helpful_model import helpful
from tests.conformance.obliging_model import obliging
from tests.conformance.seeded_faults import seed

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/conformance.md"
SEEDED = 500
"""Faults that are seeded, drawn from all of them."""
NEEDS_SANDBOX = "stream of the code interpreter"


async def quick_report(folder: Path) -> Report:
    """What `saem conformance` finds in our own server, with a model that does as it is asked."""
    async with (
        running(folder, ScriptedModel(otherwise=obliging)) as server,
        connected(server.url, KEY, seconds=20, stream_seconds=20) as connection,
    ):
        return await run_checks(connection, chosen_checks(()), model="gpt-6-luna", wait=20)


def operations_table(report: Report) -> str:
    """The operations, and whether their checks pass."""
    rows = ["| Operation | Request | Answered with | Check |", "|---|---|---|---|"]
    names = contract.operations()
    for result in report.results:
        operation = names.get(result.check.name)
        if operation is None:
            continue
        statuses = sorted(status for name, status in report.seen if name == operation.id)
        answered = ", ".join(map(str, statuses))
        rows.append(
            f"| `{operation.id}` | `{operation.method} {operation.path}` | {answered} | {_mark(report, operation.id)} |"
        )
    return "\n".join(rows)


def checks_table(report: Report) -> str:
    """The checks of streams and errors."""
    rows = ["| Check | | |", "|---|---|---|"]
    names = contract.operations()
    others = [result.check for result in report.results if result.check.name not in names]
    return "\n".join([*rows, *(f"| {each.name} | {each.about} | {_mark(report, each.name)} |" for each in others)])


def _mark(report: Report, name: str) -> str:
    (outcome,) = [result.outcome for result in report.results if result.check.name == name]
    # Where this machine has no sandbox the check is skipped; the page tells what a machine with one finds.
    return MARKS["passed" if outcome == "skipped" and name == NEEDS_SANDBOX else outcome]


def events_table(seen: Counter[str]) -> str:
    """All events: whether they are in a recording, and how often the tests saw them."""
    recorded = {event.name for name in recorded_names() for event in recording(name)}
    rows = ["| Event | In a recording | Compared in the tests |", "|---|---|---|"]
    rows += [
        f"| `{name}` | {'yes' if name in recorded else 'no'} | {seen[name]:,} |" for name in contract.event_names()
    ]
    return "\n".join(rows)


def responses_table(seen: Counter[str]) -> str:
    """The responses that the tests saw, by operation and status."""
    rows = ["| Operation | Responses compared in the tests, by status |", "|---|---|"]
    for operation in contract.operations():
        statuses = sorted((key.split()[1], count) for key, count in seen.items() if key.split()[0] == operation)
        rows.append(f"| `{operation}` | {', '.join(f'{status}: {count:,}' for status, count in statuses)} |")
    return "\n".join([*rows, f"| together | {sum(seen.values()):,} |"])


def clients_table(outcomes: Iterable[Outcome]) -> str:
    """The clients, and what their programs did."""
    rows = ["| Client | Version | For | What its program did | |", "|---|---|---|---|---|"]
    for each in outcomes:
        kind = KINDS[Path(each.client.program).suffix]
        what = each.skipped or "; ".join(each.did)
        mark = "skipped" if each.skipped else MARKS["passed" if each.passed else "failed"]
        name = f"[{each.client.name}](../tests/conformance/clients/programs/{each.client.program})"
        rows.append(f"| {name} | {each.version} | {kind} | {' '.join(what.split())} | {mark} |")
    return "\n".join(rows)


def with_section(page: str, name: str, text: str) -> str:
    """The page with the text between its two marks of that name replaced.

    Raises:
        ValueError: there are no such marks.
    """
    marks = re.compile(rf"(<!-- {name} -->\n).*?(\n<!-- end of {name} -->)", re.DOTALL)
    if not marks.search(page):
        raise ValueError(f"{PAGE.name} has no place for {name}.")
    return marks.sub(lambda found: found[1] + text + found[2], page)


def with_quick_sections(page: str, report: Report) -> str:
    """The page with what is found at any time."""
    page = with_section(page, "operations", operations_table(report))
    return with_section(page, "checks", checks_table(report))


def tested(folder: Path) -> tuple[Counter[str], Counter[str]]:
    """The responses and events that the server's tests compare; they are run for it.

    Raises:
        SystemExit: they fail.
    """
    environment = {**os.environ, RECORD: str(folder)}
    command = [sys.executable, "-m", "tools.run_tests", "-q", "tests/assistants"]
    if subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode:
        raise SystemExit("The server's tests fail: the page is left as it was.")
    responses: Counter[str] = Counter()
    events: Counter[str] = Counter()
    for file in folder.glob("*.jsonl"):
        for line in file.read_text(encoding="utf-8").splitlines():
            counts = json.loads(line)
            responses.update(counts["responses"])
            events.update(counts["events"])
    return responses, events


async def ran_clients() -> list[Outcome]:
    """Run all clients' programs, one after another, each on a server of its own."""
    outcomes = []
    for client in CLIENTS:
        with tempfile.TemporaryDirectory() as folder:
            async with running(Path(folder), ScriptedModel(otherwise=helpful)) as server:
                outcome = await run_client(client, server.url, KEY)
        outcomes.append(outcome)
        word = "skipped" if outcome.skipped else "passed" if outcome.passed else "failed"
        print(f"{client.name} {outcome.version}: {word}", outcome.skipped or outcome.failure, flush=True)
    return outcomes


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the page; the exit code, 1 where a check or a client fails."""
    parser = argparse.ArgumentParser(prog="python -m tests.conformance.page", description="Write docs/conformance.md.")
    parser.add_argument("--quick", action="store_true", help="only what is quick")
    parser.add_argument("--clients", action="store_true", help="what is quick, and the clients")
    given = parser.parse_args(arguments)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    page = PAGE.read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        report = asyncio.run(quick_report(Path(folder)))
    page = with_quick_sections(page, report)
    bad = report.count("failed")
    if not given.quick:
        outcomes = asyncio.run(ran_clients())
        bad += sum(not outcome.passed and not outcome.skipped for outcome in outcomes)
        page = with_section(page, "clients", clients_table(outcomes))
    if not given.quick and not given.clients:
        with tempfile.TemporaryDirectory() as folder:
            responses, events = tested(Path(folder))
        page = with_section(page, "responses", responses_table(responses))
        page = with_section(page, "events", events_table(events))
        found, seeded, missed = asyncio.run(seed(most=SEEDED))
        print("Not found:", *missed, sep="\n  ")
        page = with_section(page, "faults", f"{found} of {seeded} faults were found.")
    PAGE.write_text(page, encoding="utf-8")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
