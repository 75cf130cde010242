"""How one process of the bot is, as it notes it itself, in a row that others read. Nothing in it is a person's."""

import json
from dataclasses import asdict, dataclass, fields
from typing import Any, Final, Literal

ProblemKind = Literal["no_shard", "shard_apart", "stopping", "database", "assistants", "outage"]
KEPT_CHANGES: Final = 20


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a process is not well."""

    kind: ProblemKind
    subject: str = ""
    """The shard's number, or what cannot be used."""
    cause: str = ""
    """Of an outage: its kind; else what kind of error it is."""
    since: float = 0.0
    """Unix seconds; 0 where nobody knows."""


@dataclass(frozen=True, slots=True)
class ShardStatus:
    """One shard of a process."""

    shard_id: int
    connected: bool
    """Whether its session has begun or goes on."""
    latency: float | None = None
    """Seconds from a heartbeat to its acknowledgement; None before the first."""


@dataclass(frozen=True, slots=True)
class ShardChange:
    """A shard came to a process, or left it."""

    at: float
    """Unix seconds."""
    shard_id: int
    gained: bool


@dataclass(frozen=True, slots=True)
class Spread:
    """How long things took in the last hour: seconds of the one in the middle, and of the 95th of a hundred."""

    median: float
    p95: float


@dataclass(frozen=True, slots=True)
class ModelStatus:
    """The model, in the last hour."""

    runs: dict[str, int]
    """By how they ended: `completed`, `failed` …"""
    failures: dict[str, int]
    """By cause (`run_errors.FailureCause`)."""
    failing: bool = False
    """Whether most of the last minutes' runs failed."""
    first_word: Spread | None = None
    whole: Spread | None = None
    """From the request to the end of the run."""


@dataclass(frozen=True, slots=True)
class RestStatus:
    """Discord's REST API, in the last hour."""

    requests: int
    server_errors: dict[str, int]
    """By status, `503`."""
    limited: dict[str, int]
    """Responses with 429, by their scope: `user`, `shared`, `global`, or `cloudflare`, which names none."""
    refused: dict[str, int]
    """Responses with 401 and 403, by status."""
    unanswered: dict[str, int]
    """Requests without a response, by kind of error."""
    failing: bool = False
    """Whether most of the last minutes' requests failed."""


@dataclass(frozen=True, slots=True)
class ProcessStatus:
    """One process. Times are Unix seconds by its own clock."""

    process_id: str
    version: str
    host: str
    pid: int
    started_at: float
    noted_at: float
    shard_count: int
    servers: int
    shards: tuple[ShardStatus, ...]
    problems: tuple[Problem, ...]
    changes: tuple[ShardChange, ...]
    """The last ones, oldest first."""
    model: ModelStatus
    rest: RestStatus
    errors: dict[str, int]
    """What the log called errors in the last hour, by event and kind."""
    starts_again_at: float | None = None
    """If Discord lets no session begin any more today: from when on it does."""

    def as_json(self) -> str:
        """As JSON."""
        return json.dumps(asdict(self), separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> "ProcessStatus":
        """Read what a process has noted; what another release has added is left out.

        Raises:
            TypeError, ValueError: it is none, or another release's that lacks something.
        """
        value = json.loads(text)
        if not isinstance(value, dict):
            raise TypeError("no object")
        value["shards"] = tuple(_read(ShardStatus, each) for each in value.get("shards", ()))
        value["problems"] = tuple(_read(Problem, each) for each in value.get("problems", ()))
        value["changes"] = tuple(_read(ShardChange, each) for each in value.get("changes", ()))
        model = dict(value.get("model") or {})
        for name in ("first_word", "whole"):
            model[name] = _read(Spread, model[name]) if model.get(name) else None
        value["model"] = _read(ModelStatus, model)
        value["rest"] = _read(RestStatus, value.get("rest"))
        read: ProcessStatus = _read(cls, value)
        return read


def _read(kind: Any, value: Any) -> Any:
    if not isinstance(value, dict):
        raise TypeError("no object")
    return kind(**{each.name: value[each.name] for each in fields(kind) if each.name in value})
