"""What must be true of the databases and the logs when all processes have ended."""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from benchmarks.chaos.databases import Database
from benchmarks.chaos.model import USAGE, Model
from benchmarks.chaos.processes import Process
from benchmarks.chaos.records import Violation

EXPLAINED = re.compile(
    r"^(aiohttp\.|discord\.|openai\.|httpx2?\.|httpcore2?\.|sqlalchemy\.exc\.|asyncpg\.|sqlite3\.|database\.errors\."
    r"|ConnectionRe|ConnectionError|ConnectionAborted|BrokenPipe|TimeoutError|asyncio\.exceptions\.(?:Timeout|Cancelled|Incomplete)"
    r"|OSError: \[Errno (?:28|30|27)\]|FileNotFoundError: .*\.s\.PGSQL)"
)
"""Exceptions that say that a host, a network, a database or a disk has failed."""


def accounts(database: Database, model: Model, *, broke_off: bool) -> tuple[list[Violation], Counter[str]]:
    """Every token is accounted for: charges against what the runs have used, and these against what the model gave.

    `broke_off`: whether answers may have broken off, whose tokens a server estimates.
    """
    used: dict[str, tuple[str, int]] = {}
    for run_id, status, usage in database.rows("runs", "id, status, usage"):
        told = usage if isinstance(usage, dict) or usage is None else json.loads(usage)
        used[run_id] = (status, 0 if told is None else int(told["total_tokens"]))
    charged: defaultdict[str, int] = defaultdict(int)
    estimates: list[int] = []
    """Of runs that never began, or whose process was killed before it knew which run it was."""
    counts: Counter[str] = Counter()
    for run_id, tokens in database.rows("token_charges", "run_id, tokens"):
        if run_id is None:
            estimates.append(tokens)
        elif run_id not in used:
            counts["charges of runs that were deleted"] += 1
        charged[run_id or ""] += tokens
    found = []
    for run_id, (status, tokens) in used.items():
        if tokens and run_id not in charged and estimates and max(estimates) >= tokens:
            estimates.remove(max(estimates))
            counts["runs that a killed process had only estimated"] += 1
        elif status == "completed" and charged.get(run_id) != tokens:
            if charged.get(run_id, 0) > tokens:
                counts["charged by an estimate, of killed processes"] += 1
            else:
                found.append(
                    Violation("every token accounted for", f"{run_id} used {tokens}, charged {charged.get(run_id)}")
                )
        elif status != "completed" and charged.get(run_id, 0) < tokens:
            found.append(
                Violation(
                    "every token accounted for", f"{run_id} ({status}) used {tokens}, charged {charged.get(run_id)}"
                )
            )
    counts["charges of runs that never began"] = len(estimates)
    total = sum(tokens for _, tokens in used.values())
    counts["tokens of runs"], counts["tokens charged"] = total, sum(charged.values())
    counts["tokens that the model gave"] = model.answers * sum(USAGE)
    if total > counts["tokens that the model gave"] and not broke_off:
        found.append(Violation("every token accounted for", "runs have used more than the model gave"))
    return found, counts


def leftovers(database: Database) -> Iterator[Violation]:
    """Nothing is left open: no question, answer, call, promise or file under way, and nothing that is there twice."""
    for table, columns, where in (
        ("questions", "message_id, state", "state IN ('waiting', 'running')"),
        ("answers", "id, state", "state = 'running'"),
        ("announced_requests", "interaction_id, kind", "true"),
        ("library_files", "filename, state", "state IN ('waiting', 'leaving')"),
    ):
        for row in database.rows(table, columns, where):
            yield Violation("nothing is left open", f"{table}: {row}")
    origins = Counter(database.rows("cards", "owner_id, origin"))
    for origin, count in origins.items():
        if count > 1:
            yield Violation("no card twice", f"{origin} is there {count} times")
    for each in database.left_over():
        yield Violation("nothing is left over", each)


def logs(processes: Sequence[Process]) -> Iterator[Violation]:
    """No traceback that no fault explains, no exception that nobody took."""
    for process in processes:
        for last, whole in process.tracebacks():
            if not EXPLAINED.match(last):
                yield Violation("no unexplained traceback", f"{process.name}: {last}", tuple(whole.splitlines()[-25:]))
        if lost := process.warnings()["lost exceptions"]:
            yield Violation("no lost exception", f"{process.name}: {lost}")
