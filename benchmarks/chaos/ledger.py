"""What must be true of the databases and the logs when all processes have ended."""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

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


ENDED = frozenset({"completed", "failed", "cancelled", "expired", "incomplete"})
"""The states of runs that use no more."""
PROMISE = "every token accounted for"


def accounts(database: Database, model: Model, *, disturbed: bool) -> tuple[list[Violation], Counter[str]]:
    """Every token is accounted for.

    What is promised, and looked at: the charges of a run that has ended are settled, and together exactly what the
    server says that it has used. A run without a charge is one whose process was killed before it knew the run's id:
    then there is an estimate without a run, of the same guild if that is known, for each such run. Of a run that was
    ended for a dead process the server may not know the usage: it keeps its estimate; a completed run's usage is always
    known. What completed runs have used are whole answers of the model, and no more than it began to give; where
    no answer broke off and no process died (`disturbed`), all runs together have used just what it gave.
    """
    used: dict[str, tuple[str, str, int]] = {}
    unknown: set[str] = set()
    for run_id, status, thread_id, usage in database.rows("runs", "id, status, thread_id, usage"):
        told = usage if isinstance(usage, dict) or usage is None else json.loads(usage)
        if told is None and status in ENDED - {"completed"}:
            unknown.add(run_id)
        used[run_id] = (status, thread_id, 0 if told is None else int(told["total_tokens"]))
    guilds: dict[str, int] = dict(database.rows("conversations", "thread_id, guild_id", "thread_id IS NOT NULL"))
    charged: defaultdict[str, int] = defaultdict(int)
    open_still: set[str] = set()
    estimates: Counter[int] = Counter()
    counts: Counter[str] = Counter()
    for run_id, guild_id, tokens, settled in database.rows("token_charges", "run_id, guild_id, tokens, settled"):
        counts["tokens charged"] += tokens
        if run_id is None:
            estimates[guild_id] += tokens > 0
            continue
        charged[run_id] += tokens
        counts["charges of runs that were deleted"] += run_id not in used
        if not settled:
            open_still.add(run_id)
    found = []
    # Runs of threads that the bot knows first: a thread that was made with such a run is of no known guild.
    for run_id, (status, thread_id, tokens) in sorted(used.items(), key=lambda run: run[1][1] not in guilds):
        guild_id = guilds.get(thread_id, next(iter(+estimates), -1))
        if status not in ENDED:
            counts["runs that wait for people"] += 1
        elif run_id in open_still:
            found.append(Violation(PROMISE, f"{run_id} ({status}) used {tokens}, and its charge is an estimate still"))
        elif tokens and run_id not in charged and estimates[guild_id]:
            estimates[guild_id] -= 1
            counts["runs that a killed process had only estimated"] += 1
        elif run_id in unknown:
            counts["runs whose usage the server does not know"] += 1
        elif charged.get(run_id, 0) != tokens:
            found.append(Violation(PROMISE, f"{run_id} ({status}) used {tokens}, charged {charged.get(run_id)}"))
    counts["estimates without a run"] = estimates.total()
    return found + list(_against(model, used, counts, disturbed=disturbed)), +counts


def _against(
    model: Model, used: Mapping[str, tuple[str, str, int]], counts: Counter[str], *, disturbed: bool
) -> Iterator[Violation]:
    """What the runs have used, against the model's own log."""
    answer, given = sum(USAGE), model.answers * sum(USAGE)
    completed = {run_id: tokens for run_id, (status, _, tokens) in used.items() if status == "completed"}
    total = sum(tokens for _, _, tokens in used.values())
    counts["tokens of runs"], counts["tokens that the model gave"] = total, given
    for run_id, tokens in completed.items():
        if not tokens or tokens % answer:
            yield Violation(PROMISE, f"{run_id} used {tokens}, which are no whole answers of {answer}")
    if sum(completed.values()) > given:
        yield Violation(PROMISE, f"completed runs have used {sum(completed.values())}, and the model gave {given}")
    if not disturbed and not counts["charges of runs that were deleted"] and total != given:
        yield Violation(PROMISE, f"all runs have used {total}, and the model gave {given}")


def leftovers(database: Database) -> Iterator[Violation]:
    """Nothing is left open: no question, answer, call, promise or file under way, and nothing that is there twice."""
    for table, columns, where in (
        ("questions", "message_id, state", "state IN ('waiting', 'running')"),
        ("answers", "id, state", "state = 'running'"),
        ("announced_requests", "interaction_id, kind", "true"),
        ("runs", "id, status", "status IN ('queued', 'in_progress', 'cancelling')"),
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
