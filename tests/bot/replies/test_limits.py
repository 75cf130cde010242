"""What is remembered of Discord's limits."""

from bot.replies.rate_limits import Buckets

HEADERS = {"X-RateLimit-Limit": "5", "X-RateLimit-Remaining": "4", "X-RateLimit-Reset-After": "2"}


def test_the_buckets_of_interactions_long_gone_are_forgotten() -> None:
    buckets = Buckets()
    for second in range(10_000):
        buckets.heard(f"PATCH token-{second}", HEADERS, float(second))
    assert len(buckets) < 300


def test_a_bucket_with_a_request_on_its_way_is_kept() -> None:
    buckets = Buckets()
    slow = buckets["POST 1"]
    slow.in_flight = 1
    for second in range(1_000):
        buckets.heard(f"PATCH token-{second}", HEADERS, float(second))
    assert buckets["POST 1"] is slow
