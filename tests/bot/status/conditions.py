"""Conditions that tests tell of."""

from typing import Any

from bot.status.condition import Condition, Process
from bot.status.process_status import ModelStatus, ProcessStatus, RestStatus, ShardStatus, Spread
from bot.store.notes import ALIVE_AT

NOW = 1_800_000_000.0


def process_status(process_id: str = "a", *shards: ShardStatus, **more: Any) -> ProcessStatus:
    """A process that is well, with these shards."""
    given: dict[str, Any] = {
        "process_id": process_id,
        "version": "1.2",
        "host": "one",
        "pid": 11,
        "started_at": NOW - 7_300,
        "noted_at": NOW - 2,
        "shard_count": 1,
        "servers": 3,
        "shards": shards or (ShardStatus(0, connected=True, latency=0.0421),),
        "problems": (),
        "changes": (),
        "model": ModelStatus({"completed": 40, "failed": 2}, {"key_refused": 2}, False, Spread(1.2, 4.0), Spread(5, 9)),
        "rest": RestStatus(1234, {"503": 2}, {"user": 3}, {"403": 1}, {"ServerDisconnectedError": 1}),
        "errors": {"answer.failed (503 server_error)": 3},
        **more,
    }
    return ProcessStatus(**given)


ALONE = Condition(
    now=NOW,
    heard_until={ALIVE_AT: NOW - 14},
    processes=[Process("a", "one", 11, NOW - 7_300, NOW - 2, status=process_status())],
    database_bytes=12_345_678,
)
A = Process("a", "one", 11, NOW - 7_300, NOW - 2)
B = Process("b", "two", 12, NOW - 30, NOW - 1, closing=True)
MANY = Condition(
    now=NOW,
    heard_until={f"{ALIVE_AT}:0/3": NOW - 5, f"{ALIVE_AT}:1/3": NOW - 5, f"{ALIVE_AT}:2/3": NOW - 5},
    processes=[A, B],
    shared=True,
    shards={0: "a", 1: "a", 2: "b"},
)
