"""The chaos from the command line: its arguments, its tables, its violations."""

import argparse
import asyncio
from collections import Counter
from pathlib import Path

from benchmarks.chaos.run import Result, Size, run
from benchmarks.table import table


def main(arguments: list[str] | None = None) -> str:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.chaos", description=__doc__)
    parser.add_argument("--seed", type=int, action="append", help="a run's seed; more than one for as many runs")
    parser.add_argument("--seconds", type=float, default=Size.seconds)
    parser.add_argument("--students", type=int, default=Size.students)
    parser.add_argument("--servers", type=int, default=Size.servers)
    parser.add_argument("--fault-every", type=float, default=Size.fault_every, help="seconds, on average")
    parser.add_argument("--deed-every", type=float, default=Size.deed_every, help="seconds of a student, on average")
    parser.add_argument("--database", help="DATABASE_URL of a PostgreSQL; otherwise SQLite")
    parser.add_argument("--keep", type=Path, help="keep files and logs in this folder")
    options = parser.parse_args(arguments if arguments is not None else [])
    size = Size(options.students, options.servers, options.seconds, options.fault_every, options.deed_every)
    more = {"DATABASE_URL": options.database} if options.database else {}
    results = []
    for seed in options.seed or [1]:
        results.append(asyncio.run(run(seed, size, options.keep and options.keep / str(seed), more)))
        print(told(results[-1]), flush=True)
    broken = sum(len(each.violations) for each in results)
    return f"{len(results)} runs, {broken} violations"


def told(result: Result) -> str:
    """A run in words."""
    rows = [
        ("asked for", _listed(result.counts)),
        ("went wrong", _listed(result.faults)),
        ("the model's troubles", _listed(result.model)),
        ("the bot was", _listed(result.deaths)),
        ("warnings in its log", _listed(result.warnings)),
        ("quiet after", f"{result.seconds_to_settle:.0f} s"),
        ("violations", str(len(result.violations))),
    ]
    stories = "\n\n".join(str(each) for each in result.violations)
    return table([f"seed {result.seed}", ""], rows) + (f"\n\n{stories}\n" if stories else "\n")


def _listed(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(counts.items())) or "none"
