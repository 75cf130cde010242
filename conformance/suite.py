"""Runs the checks on a server, one after another, and removes what they have made."""

import asyncio
import contextlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

# Each file adds its checks to the list, in this order.
from conformance.checks import assistants, errors, files, runs, streams, threads, vector_stores
from conformance.checks.registry import CHECKS, GROUPS, Check
from conformance.connection import Connection, Response, UnansweredError
from conformance.contract import operations
from conformance.deviations import Deviation
from conformance.trial import CheckFailedError, CheckSkippedError, ServerGoneError, Trial, described

__all__ = ["assistants", "errors", "files", "runs", "streams", "threads", "vector_stores"]

Outcome = Literal["passed", "failed", "skipped"]

FIRST_LOOKS = ("listAssistants", "createThread", "listFiles", "listVectorStores")


class UntestableError(Exception):
    """There is no server to check at the address, or it does not let us in; the message says which."""


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one check; `reason` says why it was skipped."""

    check: Check
    outcome: Outcome
    deviations: Sequence[Deviation] = ()
    reason: str = ""


@dataclass(slots=True)
class Report:
    """What became of all checks; `left` counts what could not be removed from the server."""

    url: str
    model: str
    results: list[Result] = field(default_factory=list)
    seen: set[tuple[str, int]] = field(default_factory=set)
    left: int = 0

    def count(self, outcome: Outcome) -> int:
        """The number of checks with an outcome."""
        return sum(result.outcome == outcome for result in self.results)


def chosen_checks(only: Iterable[str]) -> list[Check]:
    """The checks whose name or group contains one of the words, in any case; all for no words.

    Raises:
        ValueError: a word stands in no name; the message is a sentence.
    """
    wanted = [word.lower() for word in only]
    in_order = sorted(CHECKS, key=lambda each: GROUPS.index(each.group))
    if not wanted:
        return in_order
    for word in wanted:
        if not any(word in f"{each.group} {each.name}".lower() for each in CHECKS):
            groups = ", ".join(GROUPS)
            raise ValueError(f"No check is called {word!r}. Groups are {groups}; operations go by their names.")
    return [each for each in in_order if any(word in f"{each.group} {each.name}".lower() for word in wanted)]


async def run_checks(
    connection: Connection,
    checks: Sequence[Check],
    *,
    model: str,
    wait: float,
    tell: Callable[[Result], None] = lambda _: None,
) -> Report:
    """Check a server; `tell` hears each result as soon as it is known.

    Raises:
        UntestableError: there is nothing to be checked.
    """
    await look(connection)
    trial = Trial(connection, model=model, wait=wait)
    report = Report(connection.url, model, seen=trial.seen)
    gone = False
    try:
        for each in checks:
            result, gone = await _run_check(trial, each, gone=gone)
            report.results.append(result)
            tell(result)
    finally:
        # Also after Ctrl+C: the server is left as it was found.
        with contextlib.suppress(asyncio.CancelledError):
            report.left = await asyncio.shield(asyncio.ensure_future(trial.clean()))
    return report


async def _run_check(trial: Trial, check: Check, *, gone: bool) -> tuple[Result, bool]:
    """The result of one check, and whether the server has stopped answering."""
    if gone:
        return Result(check, "skipped", reason="The server has stopped answering."), True
    trial.found = []
    try:
        await check.run(trial)
    except CheckSkippedError as skipped:
        trial.found += trial.broken.get(check.name, [])
        if not trial.found:
            return Result(check, "skipped", reason=str(skipped)), False
    except CheckFailedError:
        pass
    except ServerGoneError:
        gone = True
    found = list(dict.fromkeys(trial.found))
    return Result(check, "failed" if found else "passed", found), gone


async def look(connection: Connection) -> None:
    """See whether there is an Assistants server at all, and whether it lets us in.

    Raises:
        UntestableError: there is none, or it does not.
    """
    answers: list[Response] = []
    for name in FIRST_LOOKS:
        operation = operations()[name]
        try:
            answer = await connection.send(operation, body={} if operation.method == "POST" else None)
        except UnansweredError as error:
            raise UntestableError(f"{error} Is the server running, and is its address right?") from None
        answers.append(answer)
        refusal = _refusal(answer)
        if refusal:
            raise UntestableError(refusal)
        if answer.status == 200 and answer.kind != "text/html":
            if name == "createThread":
                await _remove_thread(connection, answer)
            return
    what = "; ".join(sorted({described(answer) for answer in answers}))
    ending = "" if connection.url.endswith("/v1") else " The base URL of most servers ends in /v1."
    raise UntestableError(f"{connection.url} is no Assistants server: it answered {what}.{ending}")


def _refusal(answer: Response) -> str:
    if answer.status in {401, 403}:
        return f"The server refuses the key: {described(answer)}."
    if answer.status == 429:
        return f"The server has no time for us: {described(answer)}. Try again later."
    if 300 <= answer.status < 400:
        return f"The server is elsewhere: {described(answer)}. Give that address; the key is not sent there unasked."
    return ""


async def _remove_thread(connection: Connection, answer: Response) -> None:
    with contextlib.suppress(ValueError, KeyError, TypeError, UnansweredError):
        await connection.send(operations()["deleteThread"], [str(answer.json()["id"])])
