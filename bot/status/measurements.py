"""What a process measures of the model and of Discord's REST API: for Prometheus since it began, and for the last hour.

Names and units after https://prometheus.io/docs/practices/naming/. No label holds a server's or a student's id.
"""

import math
import time
from collections import deque
from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Final

import aiohttp
import discord
import yarl
from openai.types.beta.threads import Run
from prometheus_client import CollectorRegistry, Counter, Histogram

from bot.conversations.run_errors import cause_of_error, cause_of_run
from bot.hourly_counts import HOUR, HourlyCounts
from bot.logs import kind_of
from bot.replies.bounded_calls import CallGivenUpError
from bot.replies.limits.invalid_requests import is_invalid
from bot.replies.request_trace import AnswerLostError
from bot.status.process_status import ModelStatus, RestStatus, Spread

KEPT_TIMES: Final = 500
LATELY: Final = 600.0
"""Seconds that tell whether something fails now."""
FEW: Final = 3
"""Failures that must have come lately, for it to fail."""
SCOPES: Final = frozenset({"user", "shared", "global"})
WORD_BUCKETS: Final = (0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60, 120)
RUN_BUCKETS: Final = (0.5, 1, 2, 4, 8, 15, 30, 60, 120, 300, 600)


class RecentTimes:
    """How long the last things took."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._times: deque[tuple[float, float]] = deque(maxlen=KEPT_TIMES)

    def add(self, seconds: float) -> None:
        """One more has ended."""
        self._times.append((self._clock(), seconds))

    def spread(self) -> Spread | None:
        """Of the last hour; None when there was nothing."""
        since = self._clock() - HOUR
        times = sorted(seconds for at, seconds in self._times if at > since)
        if not times:
            return None
        middle = (times[(len(times) - 1) // 2] + times[len(times) // 2]) / 2
        return Spread(round(middle, 3), round(times[math.ceil(0.95 * len(times)) - 1], 3))


class ModelMeasurements:
    """Is told how runs go (`run_stream.RunWatch`)."""

    def __init__(self, registry: CollectorRegistry, clock: Callable[[], float] = time.time) -> None:
        self._ends, self._failures = HourlyCounts(clock), HourlyCounts(clock)
        self._first_words, self._whole = RecentTimes(clock), RecentTimes(clock)
        self._runs = Counter("saem_runs", "Runs of the model, by how they ended.", ["outcome"], registry=registry)
        self._causes = Counter("saem_run_failures", "Runs that failed, by cause.", ["cause"], registry=registry)
        self._word_seconds = Histogram(
            "saem_first_word_seconds",
            "From the request for a run to the model's first word.",
            buckets=WORD_BUCKETS,
            registry=registry,
        )
        self._run_seconds = Histogram(
            "saem_run_duration_seconds",
            "From the request for a run to its end.",
            buckets=RUN_BUCKETS,
            registry=registry,
        )

    def first_word(self, seconds: float) -> None:
        """The model has said its first word."""
        self._first_words.add(seconds)
        self._word_seconds.observe(seconds)

    def ended(self, run: Run, seconds: float) -> None:
        """The run has ended, or waits for a person."""
        cause = cause_of_run(run)
        outcome = "refused" if run.status == "failed" and cause is None else str(run.status)
        self._end(outcome, cause, seconds)

    def failed(self, error: Exception, seconds: float) -> None:
        """The run could not be made, or not followed to its end."""
        cause = cause_of_error(error)
        self._end("failed" if cause is not None else "refused", cause, seconds)

    def _end(self, outcome: str, cause: str | None, seconds: float) -> None:
        self._ends.add(outcome)
        self._runs.labels(outcome).inc()
        if cause is not None:
            self._failures.add(cause)
            self._causes.labels(cause).inc()
        else:
            self._whole.add(seconds)
            self._run_seconds.observe(seconds)

    def status(self) -> ModelStatus:
        """The last hour."""
        failed, all_of_them = self._failures.total(LATELY), self._ends.total(LATELY)
        return ModelStatus(
            runs=self._ends.counts(),
            failures=self._failures.counts(),
            failing=failed >= FEW and 2 * failed > all_of_them,
            first_word=self._first_words.spread(),
            whole=self._whole.spread(),
        )


class RestMeasurements:
    """Sees the bot's requests to Discord: `attend` its trace, before a session uses that."""

    def __init__(self, registry: CollectorRegistry, clock: Callable[[], float] = time.time) -> None:
        self._statuses, self._scopes = HourlyCounts(clock), HourlyCounts(clock)
        self._unanswered = HourlyCounts(clock)
        self._requests = Counter(
            "saem_discord_requests", "Responses of Discord's REST API, by status.", ["status"], registry=registry
        )
        self._limited = Counter(
            "saem_discord_rate_limited", "Responses with 429, by scope.", ["scope"], registry=registry
        )
        self._invalid = Counter(
            "saem_discord_invalid_requests",
            "Responses that Discord counts before it shuts an address out: 401, 403, 429 of no shared limit.",
            registry=registry,
        )
        self._failures = Counter(
            "saem_discord_unanswered_requests",
            "Requests that got no response, by kind of error.",
            ["kind"],
            registry=registry,
        )

    def attend(self, config: aiohttp.TraceConfig) -> None:
        """See the requests of all sessions with this trace."""
        config.on_request_end.insert(0, self._on_end)  # another one may raise
        config.on_request_exception.append(self._on_exception)

    async def _on_end(
        self, _session: aiohttp.ClientSession, _context: SimpleNamespace, params: aiohttp.TraceRequestEndParams
    ) -> None:
        if _is_rest(params.url):
            self.answered(params.response.status, params.response.headers)

    async def _on_exception(
        self, _session: aiohttp.ClientSession, _context: SimpleNamespace, params: aiohttp.TraceRequestExceptionParams
    ) -> None:
        if _is_rest(params.url):
            self.broke_off(params.exception)

    def answered(self, status: int, headers: Mapping[str, str]) -> None:
        """A response came."""
        self._statuses.add(str(status))
        self._requests.labels(str(status)).inc()
        if is_invalid(status, headers):
            self._invalid.inc()
        if status == 429:
            scope = headers.get("X-RateLimit-Scope", "")
            # Without a scope it is not from Discord, but from Cloudflare, which stands before it.
            scope = scope if scope in SCOPES else "cloudflare"
            self._scopes.add(scope)
            self._limited.labels(scope).inc()

    def broke_off(self, error: BaseException) -> None:
        """No response came; what we give up ourselves does not count."""
        if isinstance(error, CallGivenUpError | AnswerLostError) or not isinstance(error, Exception):
            return
        self._unanswered.add(kind_of(error))
        self._failures.labels(type(error).__name__).inc()

    def status(self) -> RestStatus:
        """The last hour."""
        statuses = self._statuses.counts()
        unanswered = self._unanswered.counts()
        lately = self._statuses.counts(LATELY)
        failed = sum(count for status, count in lately.items() if status >= "500") + self._unanswered.total(LATELY)
        return RestStatus(
            requests=sum(statuses.values()) + sum(unanswered.values()),
            server_errors={status: count for status, count in statuses.items() if status >= "500"},
            limited=self._scopes.counts(),
            refused={status: count for status, count in statuses.items() if status in ("401", "403")},
            unanswered=unanswered,
            failing=failed >= FEW and 2 * failed > sum(lately.values()) + self._unanswered.total(LATELY),
        )


def _is_rest(url: yarl.URL) -> bool:
    """Whether a request goes to the REST API, and not to the gateway or to where files are."""
    return str(url).startswith(discord.http.Route.BASE)
