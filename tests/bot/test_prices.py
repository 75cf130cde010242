"""Prices are exact, and what is none is told in a sentence."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from openai.types import CompletionUsage
from openai.types.beta.threads import Run

from bot.conversations.limits.host_limits import picodollars
from bot.prices import PICO, Price, Prices, PricesError, Request, Spent, read_prices
from bot.settings import SettingsError, read_settings

HOSTS = """
currency = "USD"
[models.local]
input = 0
output = 0
[models.small]
input = 0.100001
cached_input = 0.01
output = 3
[models."gpt-6-luna"]
input = 7
output = 8
[embeddings]
vectors = 0.02
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "prices.toml"
    path.write_text(text, encoding="utf-8")
    return path


def run_with(model: str, usage: dict[str, Any] | None) -> Run:
    return Run.model_construct(id="run_1", model=model, usage=Run.model_fields["usage"].annotation and _usage(usage))


def _usage(usage: dict[str, Any] | None) -> Any:
    from openai.types.beta.threads.run import Usage

    return None if usage is None else Usage(**usage)


def test_the_hosts_prices_stand_over_ours_and_models_that_nobody_knows_cost_nothing(tmp_path: Path) -> None:
    ours, prices = read_prices(), read_prices(written(tmp_path, HOSTS), "vectors")
    assert ours.as_of == "2026-12-01"
    long = Price(200_000, 20_000, 750_000, 250_000)
    assert ours.of("gpt-6-luna") == Price(100_000, 10_000, 500_000, 125_000, 272_000, long)
    assert prices.of("gpt-6-luna") == Price(7_000_000, 7_000_000, 8_000_000), "cached tokens cost what others do"
    assert prices.of("gpt-6-luna-2026-09-22") == prices.of("gpt-6-luna")
    assert prices.of("gpt-4o") == ours.of("gpt-4o")
    assert prices.of("small") == Price(100_001, 10_000, 3_000_000)
    assert prices.of("nobody") is None
    assert prices.cost("nobody", Request(10**9, 10**9)) == 0
    assert prices.cost("local", Request(10**9, 10**9, 5)) == 0
    assert prices.embedding_cost(3) == 3 * 20_000


def test_a_run_costs_what_the_provider_tells_cached_tokens_and_embeddings_at_their_price(tmp_path: Path) -> None:
    prices = read_prices(written(tmp_path, HOSTS), "vectors")
    usage = {"prompt_tokens": 1_000, "completion_tokens": 10, "total_tokens": 1_010}
    cached = {**usage, "prompt_token_details": {"cached_tokens": 600}, "embedding_tokens": 25}
    assert prices.of_run(run_with("small", usage)) == Spent(1_010, 1_000 * 100_001 + 10 * 3_000_000, "small")
    assert prices.of_run(run_with("small", cached)) == Spent(
        1_010 + 3, 400 * 100_001 + 600 * 10_000 + 10 * 3_000_000 + 25 * 20_000, "small"
    )
    assert prices.of_run(run_with("small", None)) is None
    told = CompletionUsage.model_validate({**usage, "prompt_tokens_details": {"cached_tokens": 5_000}})
    assert prices.of_completion("small", told).picodollars == 1_000 * 10_000 + 10 * 3_000_000
    assert prices.of_embeddings(21) == Spent(3, 21 * 20_000, "vectors")


LONG = """
[models.m]
input = 1
cached_input = 0.1
cache_write = 1.25
output = 2
[models.m.long]
above = 200000
input = 2
output = 3
"""


def test_what_is_written_into_the_cache_and_long_requests_have_their_prices(tmp_path: Path) -> None:
    prices = read_prices(written(tmp_path, LONG))
    micro = 10**6
    assert prices.cost("m", Request(200_000, 1, cached=50_000, written=100_000)) == micro * (
        50_000 + 5_000 + 125_000 + 2
    )
    assert prices.cost("m", Request(200_001, 1, cached=50_000, written=100_000)) == micro * (2 * 200_001 + 3)
    assert prices.cost("m", Request(10, 0, cached=8, written=8)) == micro // 10 * 8 + micro // 100 * 250
    long = {"prompt_tokens": 300_000, "completion_tokens": 20, "cached_tokens": 9, "cache_write_tokens": 7}
    usage: dict[str, Any] = {
        "prompt_tokens": 450_000,
        "completion_tokens": 30,
        "total_tokens": 450_030,
        "prompt_token_details": {"cached_tokens": 109, "cache_write_tokens": 1_007},
    }
    several = micro * (150_000 - 100 - 1_000) + micro // 10 * 100 + micro // 100 * 125_000 + micro * 10 * 2
    for told, cost in (
        ([long], micro * (600_000 + 60) + several),
        ([long, long, {"prompt_tokens": -5}, "no"], micro * (600_000 + 60) + several),  # more than there was: once
        ([{**long, "prompt_tokens": 200_000}], prices.of_run(run_with("m", usage)).picodollars),  # type: ignore[union-attr]
    ):
        spent = prices.of_run(run_with("m", {**usage, "long_requests": told}))
        assert spent is not None
        assert (spent.tokens, spent.picodollars) == (450_030, cost)
    told_by_chat = CompletionUsage.model_validate({**usage, "prompt_tokens_details": usage["prompt_token_details"]})
    assert prices.of_completion("m", told_by_chat).picodollars == micro * (2 * 450_000 + 3 * 30)


def test_the_offline_model_answers_for_all_others_and_costs_no_money() -> None:
    usage = {"prompt_tokens": 1_000, "completion_tokens": 10, "total_tokens": 1_010}
    prices = Prices(answers_as="offline")
    assert prices.of_run(run_with("gpt-6-luna", usage)) == Spent(1_010, 0, "offline")


def test_a_million_small_runs_cost_exactly_a_million_times_one() -> None:
    prices = Prices({"m": Price(100_001, 10_000, 3_000_000)})
    one = prices.cost("m", Request(7, 1, cached=3))
    assert sum([one] * 1_000) == 1_000 * one == 1_000 * (4 * 100_001 + 3 * 10_000 + 3_000_000)
    assert picodollars(Decimal("0.000001")) == 10**6
    assert picodollars(Decimal("12.50")) == 12_500_000_000_000
    assert picodollars(Decimal(1)) == PICO


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[models.m]\ninput = "0.10"\noutput = 1', "such as 0.25, not '0.10'"),
        ("[models.m]\ninput = -1\noutput = 1", "from 0 to"),
        ("[models.m]\ninput = nan\noutput = 1", "from 0 to"),
        ("[models.m]\ninput = inf\noutput = 1", "from 0 to"),
        ("[models.m]\ninput = true\noutput = 1", "such as 0.25"),
        ("[models.m]\ninput = 200000\noutput = 1", "from 0 to"),
        ("[models.m]\ninput = 0.0000001\noutput = 1", "six decimals"),
        ("[models.m]\ninput = 1", "lacks `output`"),
        ("[models.m]\ninput = 1\noutput = 1\ncache = 1", "has no `cache`"),
        (f"{LONG}cache = 1", 'm".long has no `cache`'),
        (LONG.replace("output = 3", ""), 'm".long lacks `output`'),
        (LONG.replace("200000", "99999"), "above is a number of tokens from 100,000"),
        (LONG.replace("200000", "true"), "above is a number of tokens from 100,000"),
        (LONG.replace("above = 200000", ""), "a table with `above`"),
        (LONG.replace("1.25", "-1.25"), 'm".cache_write is from 0 to'),
        ("models = 3", "`models` is a table"),
        ("[models]\nm = 3", "a table with `input`"),
        ('currency = "EUR"', "US dollars (`USD`), not in 'EUR'"),
        ("modles = 1", "`modles` is not known"),
        ("as_of = 3", "`as_of` is a day"),
        ("[embeddings]\nm = -0.1", "from 0 to"),
        ("[models", "is not TOML"),
    ],
)
def test_what_is_no_price_is_told_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(PricesError) as error:
        read_prices(path)
    assert said in str(error.value)
    assert str(path) in str(error.value)


def test_a_start_tells_what_is_wrong_with_the_prices_and_with_amounts_of_money(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for given, said in (
        ({"prices_file": written(tmp_path, "[models.m]\ninput = -1\noutput = 1")}, "PRICES_FILE does not fit"),
        ({"prices_file": tmp_path / "none.toml"}, "cannot be read"),
        ({"dollars_per_day": "€5"}, "DOLLARS_PER_DAY does not fit"),
        ({"dollars_per_day": "-5"}, "without a sign of a currency"),
        ({"server_dollars_per_month": "1e3"}, "SERVER_DOLLARS_PER_MONTH does not fit"),
        ({"student_dollars_per_day": "0.0000001"}, "STUDENT_DOLLARS_PER_DAY does not fit"),
    ):
        with pytest.raises(SettingsError) as error:
            read_settings(**given)
        assert said in str(error.value)
    assert read_settings(dollars_per_day="0.25").dollars_per_day == Decimal("0.25")
