"""What a check is, and the list that each file of checks adds its own to."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from conformance import contract
from conformance.trial import JSON, Trial, items

CheckFunction = Callable[[Trial], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that is looked at; `about` is what is sent, or what is to hold."""

    name: str
    group: str
    about: str
    run: CheckFunction


GROUPS = (
    "Assistants",
    "Threads",
    "Messages",
    "Runs",
    "Run steps",
    "Files",
    "Vector stores",
    "Files of vector stores",
    "Batches of files",
    "Streams",
    "Errors",
)
"""In the order in which they are checked."""
CHANGING = frozenset({"last_active_at", "expires_at"})
"""What may change from one request to the next."""
CHECKS: list[Check] = []


def operation_check(group: str) -> Callable[[CheckFunction], CheckFunction]:
    """The check of an operation, by a function that is named as the operation is, in Python's way."""

    def add(function: CheckFunction) -> CheckFunction:
        words = function.__name__.split("_")
        name = words[0] + "".join(word.title() for word in words[1:])
        operation = contract.operations()[name]
        CHECKS.append(Check(name, group, f"{operation.method} {operation.path}", function))
        return function

    return add


def check(group: str, name: str, about: str) -> Callable[[CheckFunction], CheckFunction]:
    """A check of something that is no single operation."""

    def add(function: CheckFunction) -> CheckFunction:
        CHECKS.append(Check(name, group, about, function))
        return function

    return add


def expect_fields(trial: Trial, body: Mapping[str, Any], expected: Mapping[str, Any]) -> None:
    """Note where an answer does not hold what was sent."""
    for key, value in expected.items():
        trial.expect(f"$.{key}", value, body.get(key))


def expect_echo(trial: Trial, path: str, sent: Any, found: Any) -> None:
    """Note where an answer does not hold what was sent, at any depth; what a server adds to an object is its own."""
    if isinstance(sent, dict) and isinstance(found, dict):
        for key, value in sent.items():
            expect_echo(trial, f"{path}.{key}", value, found.get(key))
    elif isinstance(sent, list) and isinstance(found, list) and len(sent) == len(found):
        for index, value in enumerate(sent):
            expect_echo(trial, f"{path}[{index}]", value, found[index])
    else:
        trial.expect(path, sent, found)


def expect_deleted(trial: Trial, body: Mapping[str, Any], id_: str, kind: str) -> None:
    """Note where the answer to a deletion is not as it should be."""
    expect_fields(trial, body, {"id": id_, "object": kind, "deleted": True})


async def expect_pages(
    trial: Trial, operation: str, *ids: str, made: list[str], get: Sequence[str], before: bool = True
) -> None:
    """Note where lists and their pages do not fit together; `made` are the newest three that stand in the list.

    `get` is the operation that gives one of them, and the ids in its path before its own.
    """

    async def page(**query: Any) -> tuple[list[str], JSON]:
        body = await trial.call(operation, *ids, query=query)
        found = [str(item.get("id")) for item in items(body)]
        where = "&".join(f"{key}={value}" for key, value in query.items())
        trial.expect(f"$.first_id ({where})", found[0] if found else None, body.get("first_id"))
        trial.expect(f"$.last_id ({where})", found[-1] if found else None, body.get("last_id"))
        return found, body

    newest, body = await page(limit=3, order="desc")
    trial.expect("$.object", "list", body.get("object"))
    trial.require("$.data[*].id (order=desc)", sorted(newest) == sorted(made), f"the newest three, {made}", newest)
    if sorted(newest) != sorted(made):
        return
    single = await trial.call(*get, newest[0])
    for key, value in items(body)[0].items():
        if key not in CHANGING:
            trial.expect(f"$.data[0].{key}", single.get(key), value)
    unsorted = [item["created_at"] for item in items(body) if isinstance(item.get("created_at"), int)]
    trial.expect("$.data[*].created_at (order=desc)", sorted(unsorted, reverse=True), unsorted)
    default, _ = await page(limit=3)
    trial.expect("$.data[*].id (no order, so desc)", newest, default)
    first, body = await page(limit=2, order="desc")
    trial.expect("$.data[*].id (limit=2)", newest[:2], first)
    trial.expect("$.has_more (limit=2 of 3)", True, body.get("has_more"))
    second, _ = await page(limit=1, order="desc", after=newest[1])
    trial.expect("$.data[*].id (after the second)", newest[2:], second)
    rising, body = await page(limit=2, order="asc", after=newest[2])
    trial.expect("$.data[*].id (order=asc, after the third)", [newest[1], newest[0]], rising)
    rising, body = await page(limit=2, order="asc", after=newest[1])
    trial.expect("$.data[*].id (order=asc, after the second)", [newest[0]], rising)
    trial.expect("$.has_more (nothing more)", False, body.get("has_more"))
    if before:
        earlier, _ = await page(limit=1, order="desc", before=newest[1])
        trial.expect("$.data[*].id (before the second)", [newest[0]], earlier)
