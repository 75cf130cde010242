"""Discord's rate limits: buckets, and the global limit."""

import heapq
import random
from typing import Any

import pytest

from bot.replies.limits.invalid_requests import is_invalid, is_not_discords
from bot.replies.limits.rate_limits import (
    PROBED_AFTER,
    PROBES_A_SECOND,
    Bucket,
    Buckets,
    GlobalRateLimit,
    counts_globally,
    retry_after,
    route_of,
)

HEADERS = {"X-RateLimit-Limit": "5", "X-RateLimit-Remaining": "4", "X-RateLimit-Reset-After": "2"}


def test_the_buckets_of_interactions_long_gone_are_forgotten() -> None:
    buckets = Buckets()
    for second in range(10_000):
        buckets.update(f"PATCH token-{second}", HEADERS, float(second))
    assert len(buckets) < 300


def test_a_bucket_with_a_request_on_its_way_is_kept() -> None:
    buckets = Buckets()
    slow = buckets["POST 1"]
    slow.in_flight = 1
    for second in range(1_000):
        buckets.update(f"PATCH token-{second}", HEADERS, float(second))
    assert buckets["POST 1"] is slow


def test_routes_that_cloudflare_refuses_are_tried_soon_and_all_go_on_when_one_gets_through() -> None:
    buckets = Buckets()
    assert buckets.refuse("PATCH 0", 3_600.0, 100.0) == PROBED_AFTER
    assert buckets.refuse("PATCH 1", 2.0, 100.0) == 2.0
    assert buckets.refuse(None, 3_600.0, 100.0) == PROBED_AFTER
    assert [buckets[f"PATCH {number}"].ready_at(100.0) for number in range(3)] == [100.0 + PROBED_AFTER, 102.0, 100.0]
    buckets.update("PATCH 2", HEADERS, 101.0)  # never refused: it says nothing of the others
    assert buckets["PATCH 0"].ready_at(101.0) == 100.0 + PROBED_AFTER
    buckets.update("PATCH 1", HEADERS, 102.5)
    assert buckets["PATCH 0"].ready_at(102.5) == 102.5
    assert buckets["PATCH 1"].available(102.5) == 4


def test_many_routes_that_cloudflare_refuses_are_tried_a_few_in_a_second() -> None:
    buckets = Buckets()
    for number in range(500):
        assert buckets.refuse(f"PATCH {number}", 3_600.0, 0.0) == PROBED_AFTER
    assert buckets["PATCH 499"].ready_at(0.0) == 500 / PROBES_A_SECOND
    buckets.update("PATCH 0", HEADERS, 9.0)
    assert buckets["PATCH 499"].ready_at(9.0) == 9.0
    assert buckets.refuse("PATCH 7", 3_600.0, 9.0) == PROBED_AFTER
    assert buckets["PATCH 7"].ready_at(9.0) == 9.0 + PROBED_AFTER


@pytest.mark.parametrize(
    ("status", "headers", "expected"),
    [
        (429, {"Content-Type": "text/html", "Via": "1.1 google"}, True),
        (429, {"Content-Type": "application/json"}, True),
        (429, {"Via": "1.1 google"}, True),
        (429, {"Content-Type": "application/json", "Via": "1.1 google"}, False),
        (429, {"Content-Type": "application/json", "X-RateLimit-Scope": "user"}, False),
        (503, {"Content-Type": "text/html"}, False),
    ],
)
def test_whose_429_it_is(status: int, headers: dict[str, str], *, expected: bool) -> None:
    assert is_not_discords(status, headers) is expected


@pytest.mark.parametrize(
    ("status", "scope", "expected"),
    [
        (200, "", False),
        (401, "", True),
        (403, "", True),
        (404, "", False),
        (429, "user", True),
        (429, "shared", False),
        (503, "", False),
    ],
)
def test_what_counts_as_an_invalid_request(status: int, scope: str, *, expected: bool) -> None:
    assert is_invalid(status, {"X-RateLimit-Scope": scope}) is expected


def headers(limit: int, remaining: int, after: float) -> dict[str, str]:
    return {
        "X-RateLimit-Limit": str(limit),
        "X-RateLimit-Remaining": str(remaining),
        "X-RateLimit-Reset-After": str(after),
    }


def test_a_bucket_paces_what_is_left_over_what_is_left_of_its_window() -> None:
    bucket = Bucket()
    bucket.update(headers(5, 4, 5.0), now=10.0)
    assert bucket.pace(10.0) == pytest.approx(1.0)
    bucket.update(headers(5, 1, 2.0), now=13.0)
    assert bucket.pace(13.0) == pytest.approx(1.0)
    assert bucket.ready_at(13.0) == 13.0


def test_an_empty_bucket_is_ready_when_its_window_ends_and_full_after_it() -> None:
    bucket = Bucket()
    bucket.update(headers(5, 0, 2.0), now=10.0)
    assert bucket.ready_at(10.5) == 12.0
    assert bucket.available(12.0) == 5


def test_answers_that_arrive_out_of_order_do_not_fill_a_bucket() -> None:
    bucket = Bucket()
    bucket.update(headers(5, 2, 4.0), now=1.0)
    bucket.update(headers(5, 3, 4.0), now=1.1)
    assert bucket.available(1.2) == 2


@pytest.mark.parametrize("urgent", [True, False])
def test_no_second_of_discords_sees_more_than_the_rate_however_requests_are_delayed(*, urgent: bool) -> None:
    chance = random.Random(5)
    global_limit = GlobalRateLimit(rate=10, period=1.0)
    now = 0.0
    counted: list[float] = []
    answers: list[float] = []
    while len(counted) < 300:
        while answers and answers[0] <= now:
            global_limit.answered(heapq.heappop(answers))
        ready = global_limit.ready_at(now, urgent=urgent)
        if ready > now:
            now = min(ready, answers[0] if answers else ready)
            continue
        global_limit.take(now)
        there, back = chance.expovariate(5), chance.expovariate(5)
        counted.append(now + there)
        heapq.heappush(answers, now + there + back)
    counted.sort()
    assert all(later - earlier >= 1.0 for earlier, later in zip(counted, counted[10:], strict=False))


def test_what_is_not_urgent_leaves_gaps_for_what_is() -> None:
    global_limit = GlobalRateLimit(rate=10, period=1.0)
    now = 0.0
    for _ in range(30):
        now = max(now, global_limit.ready_at(now, urgent=False))
        global_limit.take(now)
        global_limit.answered(now)
    assert global_limit.ready_at(now) - now <= 0.11


@pytest.mark.parametrize(
    ("method", "path", "route"),
    [
        ("PATCH", "/api/v10/channels/12/messages/34", "PATCH 12"),
        ("POST", "/api/v10/channels/12/messages", "POST 12"),
        ("PATCH", "/api/v10/webhooks/1/token/messages/@original", "PATCH token"),
        ("POST", "/api/v10/channels/12/typing", None),
    ],
)
def test_routes_are_told_apart(method: str, path: str, route: Any) -> None:
    assert route_of(method, path) == route


def test_what_is_of_an_interaction_or_no_api_call_does_not_count_against_the_global_limit() -> None:
    assert not counts_globally("/api/v10/interactions/1/token/callback")
    assert not counts_globally("/api/v10/webhooks/1/token/messages/@original")
    assert not counts_globally("/attachments/1/2/answer.md")
    assert counts_globally("/api/v10/channels/1/messages")


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "7", "X-RateLimit-Reset-After": "5"}, 7.0),
        ({"X-RateLimit-Reset-After": "0.25"}, 0.25),
        ({"Retry-After": "soon", "X-RateLimit-Reset-After": "5"}, 5.0),
        ({"Date": "Wed, 21 Oct 2026 07:28:00 GMT", "Retry-After": "Wed, 21 Oct 2026 07:28:09 GMT"}, 9.0),
        ({"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}, 0.0),
        ({"Date": "Wed, 21 Oct 2026 07:28:00 GMT", "Retry-After": "Wed, 21 Oct 2026 07:28:09"}, 1.0),
        ({"Retry-After": "-3"}, 0.0),
        *(({"Retry-After": text}, 1.0) for text in ("", "soon", "nan", "inf")),
        ({}, 1.0),
    ],
)
def test_a_429_tells_for_how_long_whoever_wrote_it(headers: dict[str, str], seconds: float) -> None:
    assert retry_after(headers) == seconds
