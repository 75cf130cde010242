"""The chaos from the command line: its arguments, its tables, its violations."""

import argparse
import asyncio
from collections import Counter
from pathlib import Path

from benchmarks.chaos.run import Result, Size, run
from benchmarks.table import table


def main(arguments: list[str] | None = None) -> int:
    """Run it; 1 when a promise was broken."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.chaos", description=__doc__)
    parser.add_argument("--seed", type=int, action="append", help="a run's seed; more than one for as many runs")
    parser.add_argument("--seconds", type=float, default=Size.seconds)
    parser.add_argument("--students", type=int, default=Size.students)
    parser.add_argument("--servers", type=int, default=Size.servers, help="Discord servers")
    parser.add_argument("--fault-every", type=float, default=Size.fault_every, help="seconds, on average")
    parser.add_argument("--deed-every", type=float, default=Size.deed_every, help="seconds of a student, on average")
    parser.add_argument("--database", choices=["sqlite", "postgres"], default=Size.database)
    parser.add_argument("--bots", type=int, default=Size.bots, help="more than one needs PostgreSQL")
    parser.add_argument("--assistants", type=int, default=0, help="Assistants servers in processes of their own")
    parser.add_argument("--only", action="append", default=[], help="part of the name of faults that may happen")
    parser.add_argument("--kill-each", type=float, default=Size.kill_each, help="seconds; a process of each kind")
    parser.add_argument("--keep", type=Path, help="keep files and logs in this folder")
    options = parser.parse_args(arguments if arguments is not None else [])
    if options.bots > 1 and options.database == "sqlite":
        parser.error("several bots need --database postgres")
    size = Size(
        students=options.students,
        servers=options.servers,
        seconds=options.seconds,
        fault_every=options.fault_every,
        deed_every=options.deed_every,
        kill_each=options.kill_each,
        bots=options.bots,
        assistants=options.assistants,
        shards=2 * options.bots if options.bots > 1 else 1,
        database=options.database,
        only=options.only,
    )
    results = []
    for seed in options.seed or [1]:
        results.append(asyncio.run(run(seed, size, options.keep and options.keep / str(seed))))
        print(told(results[-1]), flush=True)
    broken = sum(len(each.violations) for each in results)
    print(f"{len(results)} runs, {broken} violations")
    return 1 if broken else 0


def told(result: Result) -> str:
    """A run in words."""
    rows = [
        ("asked for", _listed(result.counts)),
        ("went wrong", _listed(result.faults)),
        ("the model's troubles", _listed(result.model)),
        ("deaths", _listed(result.deaths)),
        ("warnings in the logs", _listed(result.warnings)),
        ("tokens", _listed(result.tokens)),
        ("quiet after", f"{result.seconds_to_settle:.0f} s, {result.seconds:.0f} s in all"),
        ("violations", str(len(result.violations))),
    ]
    stories = "\n\n".join(str(each) for each in result.violations)
    return table([f"seed {result.seed}", ""], rows) + (f"\n\n{stories}\n" if stories else "\n")


def _listed(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(counts.items())) or "none"
