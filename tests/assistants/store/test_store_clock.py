"""Servers on one PostgreSQL go by its time, whatever their machines' clocks say."""

import time

import pytest

from assistants.store.store import open_store


@pytest.mark.postgres
@pytest.mark.parametrize("wrong", [-3_600.0, 60.0, 86_400.0])
async def test_a_machine_whose_clock_differs_takes_the_databases_time(
    postgres: str, monkeypatch: pytest.MonkeyPatch, wrong: float
) -> None:
    real = time.time
    async with open_store(postgres) as store:
        monkeypatch.setattr(time, "time", lambda: real() + wrong)
        clock = await store.steady_clock()
        assert abs(clock() - real()) < 10
        monkeypatch.setattr(time, "time", real)  # NTP puts it right
        assert abs(clock() - real()) < 10
