"""The bot's metrics for Prometheus: what a process has counted, and how it and the whole bot are just now.

Names and units after https://prometheus.io/docs/practices/naming/. No label holds a server's or a student's id. What is
of the whole bot (`saem_bot_…`) is the same in each process: take the greatest, not the sum.
"""

from collections.abc import Iterator
from typing import get_args

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from bot.logs import error_counts
from bot.prices import PICO
from bot.status.bot_status import BotStatus, ConditionUnknownError
from bot.status.condition import Condition
from bot.status.process_status import ProblemKind, ProcessStatus
from database.outages import ADVICE


class StatusCollector(Collector):
    """Tells of the status that it was shown last."""

    def __init__(self) -> None:
        self.process: ProcessStatus | None = None
        self.bot: Condition | None = None

    def collect(self) -> Iterator[Metric]:
        """Called by the registry."""
        yield _gauge("saem_bot_up", "Whether the database tells how the bot is.", float(self.bot is not None))
        if self.process is not None:
            yield from _process_metrics(self.process)
        if self.bot is not None:
            yield from _bot_metrics(self.bot)


def _process_metrics(status: ProcessStatus) -> Iterator[Metric]:
    build = GaugeMetricFamily("saem_build_info", "The release that runs.", labels=["version"])
    build.add_metric([status.version], 1)
    yield build
    yield _gauge("saem_start_time_seconds", "When the process began, in Unix time.", status.started_at)
    yield _gauge("saem_healthy", "Whether nothing is wrong with the process: as /healthz says.", not status.problems)
    problems = GaugeMetricFamily("saem_problems", "What is wrong with the process, by kind.", labels=["kind"])
    for kind in get_args(ProblemKind):
        problems.add_metric([kind], sum(each.kind == kind for each in status.problems))
    yield problems
    outages = GaugeMetricFamily("saem_outages", "Databases and disks that cannot be used, by kind.", labels=["kind"])
    for kind in map(str, ADVICE):
        outages.add_metric([kind], sum(each.kind == "outage" and each.cause == kind for each in status.problems))
    yield outages
    up = GaugeMetricFamily("saem_shard_up", "Whether a shard is connected.", labels=["shard"])
    latency = GaugeMetricFamily(
        "saem_shard_latency_seconds", "From a heartbeat to its acknowledgement.", labels=["shard"]
    )
    for shard in status.shards:
        up.add_metric([str(shard.shard_id)], float(shard.connected))
        if shard.latency is not None:
            latency.add_metric([str(shard.shard_id)], shard.latency)
    yield up
    yield latency
    yield _gauge("saem_servers", "Discord servers of the process's shards.", status.servers)
    yield CounterMetricFamily("saem_errors", "Errors in the log.", value=error_counts.counts.ever)
    errors = GaugeMetricFamily(
        "saem_errors_last_hour", "Errors in the log in the last hour, by cause.", labels=["cause"]
    )
    for cause, count in status.errors.items():
        errors.add_metric([cause], count)
    yield errors


def _bot_metrics(seen: Condition) -> Iterator[Metric]:
    yield _gauge("saem_bot_processes", "Processes that run.", len(seen.living))
    free = sum(owner not in {each.process_id for each in seen.living} for owner in seen.shards.values())
    yield _gauge("saem_bot_shards_free", "Shards that nobody holds, where processes share them.", free)
    yield _gauge("saem_bot_questions_waiting", "Questions that wait for an answer.", seen.waiting)
    oldest = 0.0 if seen.oldest_waiting is None else max(0.0, seen.now - seen.oldest_waiting)
    yield _gauge("saem_bot_oldest_question_seconds", "For how long the oldest of them waits.", oldest)
    yield _gauge("saem_bot_answers_running", "Answers under way.", seen.running)
    yield _gauge("saem_bot_tokens_today", "Tokens used since midnight in UTC.", seen.tokens)
    cost = seen.picodollars / PICO
    yield _gauge("saem_bot_cost_today_dollars", "US dollars that they cost, as far as prices are known.", cost)
    yield _gauge(
        "saem_bot_session_starts_used_up", "Whether Discord lets no session begin.", seen.starts_again_at is not None
    )
    yield _gauge("saem_bot_database_size_bytes", "The size of the databases.", seen.database_bytes or 0)


def _gauge(name: str, told: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, told, value=float(value))


class Metrics:
    """All metrics of one process."""

    def __init__(self, status: BotStatus) -> None:
        self._status = status
        self._collector = StatusCollector()
        self._registry: CollectorRegistry = status.registry
        self._registry.register(self._collector)
        ProcessCollector(registry=self._registry)

    async def exposition(self, accept: str) -> tuple[bytes, str]:
        """The metrics in the format that fits an `Accept` header, and that format's content type."""
        self._collector.process = await self._status.of_process()
        try:
            self._collector.bot = await self._status.read_bot()
        except ConditionUnknownError:
            self._collector.bot = None
        encode, content_type = choose_encoder(accept)
        return encode(self._registry), content_type
