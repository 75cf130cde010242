"""What a process measures of the model and of Discord's REST API."""

from types import SimpleNamespace
from typing import Any

import aiohttp
import httpx2 as httpx
import openai
import pytest
from prometheus_client import CollectorRegistry

from bot.conversations.run_errors import (
    _PROVIDER_SAYS,
    FailureCause,
    ModelStalledError,
    cause_of_error,
    cause_of_run,
)
from bot.errors import UserFacingError
from bot.hourly_counts import HOUR
from bot.replies.bounded_calls import CallGivenUpError
from bot.replies.request_trace import AnswerLostError
from bot.sentences import WHAT_I_DO_IN_WORDS
from bot.status.measurements import FEW, KEPT_TIMES, LATELY, ModelMeasurements, RecentTimes, RestMeasurements
from bot.status.process_status import Spread
from tests.bot.test_hourly_counts import Clock


def a_run(status: str, code: str | None = None, message: str = "") -> Any:
    return SimpleNamespace(status=status, last_error=code and SimpleNamespace(code=code, message=message))


def sdk_error(kind: type[openai.APIStatusError], status: int) -> openai.APIStatusError:
    return kind("words", response=httpx.Response(status, request=httpx.Request("GET", "http://x")), body=None)


@pytest.mark.parametrize(
    ("run", "cause"),
    [
        (a_run("completed"), None),
        (a_run("cancelled"), None),
        (a_run("failed", "invalid_prompt", "The model cannot be reached"), None),
        (a_run("expired"), "expired"),
        (a_run("failed"), "other"),
        (a_run("failed", "server_error", "something"), "other"),
        (a_run("failed", "rate_limit_exceeded", "something"), "rate_limited"),
        (a_run("failed", "rate_limit_exceeded", "The quota at the model's provider is used up."), "quota_used_up"),
        (a_run("failed", "server_error", "The model's provider refused the key (401)."), "key_refused"),
    ],
)
def test_why_a_run_failed(run: Any, cause: FailureCause | None) -> None:
    assert cause_of_run(run) == cause


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (UserFacingError(WHAT_I_DO_IN_WORDS), None),
        (sdk_error(openai.BadRequestError, 400), None),
        (sdk_error(openai.AuthenticationError, 401), "server_refuses_key"),
        (sdk_error(openai.RateLimitError, 429), "server_busy"),
        (sdk_error(openai.InternalServerError, 500), "server_fault"),
        (openai.APIConnectionError(request=httpx.Request("GET", "http://x")), "server_unreachable"),
        (ModelStalledError(), "stalled"),
        (TimeoutError(), "expired"),
        (ValueError(), "other"),
    ],
)
def test_why_a_run_could_not_be_made(error: Exception, cause: FailureCause | None) -> None:
    assert cause_of_error(error) == cause


def test_the_embedded_server_says_what_its_causes_are_known_by() -> None:
    from assistants.models.provider_errors import ProviderError, model_error

    answers = (
        (401, None),
        (429, "insufficient_quota"),
        (429, None),
        (404, "model_not_found"),
        (404, None),
        (502, None),
    )
    errors = [ProviderError(status, "words", code=code) for status, code in answers]
    said = [str(model_error(error, "words")) for error in (*errors, ValueError())]
    causes = [cause_of_run(a_run("failed", "server_error", words)) for words in said]
    assert set(causes) == set(_PROVIDER_SAYS.values()), said


def test_runs_are_counted_for_an_hour_and_for_prometheus() -> None:
    registry, clock = CollectorRegistry(), Clock()
    model = ModelMeasurements(registry, clock)
    for seconds in (1.0, 2.0, 9.0):
        model.first_word(seconds)
        model.ended(a_run("completed"), 2 * seconds)
    model.ended(a_run("failed", "server_error", "The model cannot be reached"), 1.0)
    model.ended(a_run("failed", "invalid_prompt"), 1.0)
    model.failed(ModelStalledError(), 120.0)
    status = model.status()
    assert status.runs == {"completed": 3, "failed": 2, "refused": 1}
    assert status.failures == {"unreachable": 1, "stalled": 1}
    assert status.first_word == Spread(2.0, 9.0)
    assert status.whole == Spread(3.0, 18.0)
    assert not status.failing
    assert registry.get_sample_value("saem_runs_total", {"outcome": "completed"}) == 3
    assert registry.get_sample_value("saem_run_failures_total", {"cause": "stalled"}) == 1
    assert registry.get_sample_value("saem_first_word_seconds_sum") == 12.0
    assert registry.get_sample_value("saem_run_duration_seconds_count") == 4
    clock.now += HOUR + 60
    assert model.status().runs == {}
    assert model.status().first_word is None
    assert registry.get_sample_value("saem_runs_total", {"outcome": "completed"}) == 3


def test_the_model_fails_while_most_runs_of_the_last_minutes_do() -> None:
    clock = Clock()
    model = ModelMeasurements(CollectorRegistry(), clock)
    for _ in range(FEW - 1):
        model.failed(ModelStalledError(), 1.0)
    assert not model.status().failing
    model.failed(ModelStalledError(), 1.0)
    assert model.status().failing
    for _ in range(FEW):
        model.ended(a_run("completed"), 1.0)
    assert not model.status().failing
    model.failed(ModelStalledError(), 1.0)
    assert model.status().failing
    clock.now += LATELY + 60
    assert not model.status().failing


def test_times_are_bounded_and_spread() -> None:
    times = RecentTimes(Clock())
    for each in range(KEPT_TIMES + 100):
        times.add(float(each % 100))
    assert len(times._times) == KEPT_TIMES
    assert times.spread() == Spread(49.5, 94.0)


def test_what_discord_refuses_is_counted_by_status_and_scope() -> None:
    registry = CollectorRegistry()
    rest = RestMeasurements(registry, Clock())
    for status, headers in (
        (200, {}),
        (204, {}),
        (404, {}),
        (403, {}),
        (401, {}),
        (502, {}),
        (429, {"X-RateLimit-Scope": "user"}),
        (429, {"X-RateLimit-Scope": "shared"}),
        (429, {"X-RateLimit-Scope": "of some other kind"}),
        (429, {}),
    ):
        rest.answered(status, headers)
    rest.broke_off(aiohttp.ServerDisconnectedError())
    rest.broke_off(CallGivenUpError())
    rest.broke_off(AnswerLostError("x"))
    seen = rest.status()
    assert seen.requests == 11
    assert seen.server_errors == {"502": 1}
    assert seen.limited == {"cloudflare": 2, "user": 1, "shared": 1}
    assert seen.refused == {"403": 1, "401": 1}
    assert seen.unanswered == {"ServerDisconnectedError": 1}
    assert not seen.failing
    assert registry.get_sample_value("saem_discord_requests_total", {"status": "429"}) == 4
    assert registry.get_sample_value("saem_discord_rate_limited_total", {"scope": "cloudflare"}) == 2
    assert registry.get_sample_value("saem_discord_invalid_requests_total") == 5
    assert registry.get_sample_value("saem_discord_unanswered_requests_total", {"kind": "ServerDisconnectedError"}) == 1


def test_discord_fails_while_most_requests_of_the_last_minutes_do() -> None:
    clock = Clock()
    rest = RestMeasurements(CollectorRegistry(), clock)
    rest.answered(503, {})
    rest.answered(500, {})
    assert not rest.status().failing
    rest.broke_off(TimeoutError())
    assert rest.status().failing
    for _ in range(3):
        rest.answered(200, {})
    assert not rest.status().failing
    clock.now += LATELY + 60
    rest.answered(200, {})
    assert not rest.status().failing
