"""The chaos of `benchmarks/chaos`, for a short time: nothing that anybody asked for is lost."""

from pathlib import Path

import pytest

from benchmarks.chaos.command import told
from benchmarks.chaos.run import Size, run


@pytest.mark.timeout(300)  # what is broken is looked for up to 75 seconds longer
async def test_nothing_is_lost_while_everything_fails(tmp_path: Path) -> None:
    size = Size(students=12, servers=4, seconds=20.0, fault_every=3.0, deed_every=3.0)
    result = await run(1, size, tmp_path)
    assert sum(result.faults.values()) > 3
    assert result.counts["answered"] > 10
    assert not result.violations, told(result)
