"""The metrics that a dashboard may ask for: the names of samples that each process tells."""

from typing import Final

PROCESS: Final = {"build_info", "start_time_seconds", "healthy", "problems", "outages", "servers", "errors_total"}
SHARDS: Final = {"shard_up", "shard_latency_seconds"}
MODEL: Final = {"runs_total", "first_word_seconds_bucket", "run_duration_seconds_bucket"}
DISCORD: Final = {"discord_requests_total", "discord_invalid_requests_total"}
BOT: Final = {"up", "processes", "shards_free", "questions_waiting", "oldest_question_seconds", "answers_running"}
MORE: Final = {"tokens_today", "cost_today_dollars", "session_starts_used_up", "database_size_bytes"}
METRICS: Final = frozenset(
    [f"saem_{name}" for name in PROCESS | SHARDS | MODEL | DISCORD] + [f"saem_bot_{name}" for name in BOT | MORE]
)
UPON_TROUBLE: Final = frozenset(
    {
        "saem_run_failures_total",
        "saem_discord_rate_limited_total",
        "saem_discord_unanswered_requests_total",
        "saem_errors_last_hour",
    }
)
"""What has no sample before something goes wrong."""
