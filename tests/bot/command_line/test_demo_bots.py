"""What `saem demo --bots` starts its bots with, and says of them."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.command_line.demo_bots import DemoBot, environment_of, holding
from bot.command_line.demo_postgres import postgres_programs
from bot.settings import Settings


def test_a_bot_gets_the_demos_discord_and_the_owners_key() -> None:
    settings = Settings(  # type: ignore[call-arg]
        _env_file=None,
        discord_token=SecretStr("MQ.Mg.Mw-of-the-demo"),
        discord_api_url="http://127.0.0.1:1/api",
        discord_gateway_url="ws://127.0.0.1:1",
        openai_api_key=SecretStr("key"),
        database_url=SecretStr("postgresql://here/shared"),
    )
    given = environment_of(settings, Path("place"), {"PATH": "programs", "DATABASE_URL": "postgresql://real/one"})
    assert given["PATH"] == "programs"
    assert given["DISCORD_TOKEN"] == "MQ.Mg.Mw-of-the-demo"
    assert given["DISCORD_API_URL"] == "http://127.0.0.1:1/api"
    assert given["DISCORD_GATEWAY_URL"] == "ws://127.0.0.1:1"
    assert given["OPENAI_API_KEY"] == "key"
    assert given["DATABASE_URL"] == "postgresql://here/shared"
    assert given["DATA_DIR"] == "place"
    assert given["FILES_URL"] == "database"
    assert "ASSISTANTS_KEY" not in given


@pytest.mark.parametrize(
    ("pid", "shards", "line"),
    [
        (None, [0], "bot 2 does not run"),
        (11, [], "bot 2 (process 11) holds no shard"),
        (11, [3], "bot 2 (process 11) holds shard 3"),
        (11, [3, 1], "bot 2 (process 11) holds shards 1, 3"),
    ],
)
def test_who_holds_what_is_said_in_a_line(pid: int | None, shards: list[int], line: str) -> None:
    assert holding(2, pid, shards) == line


def test_a_bot_that_was_not_started_has_no_process() -> None:
    assert DemoBot(1, {}, print).pid is None


def test_the_newest_postgresql_of_debian_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("bot.command_line.demo_postgres.DEBIAN", tmp_path / "postgresql")
    assert postgres_programs() is None
    for version in ("9.6", "17", "15"):
        folder = tmp_path / "postgresql" / version / "bin"
        folder.mkdir(parents=True)
        (folder / "initdb").touch()
    found = postgres_programs()
    assert found is not None
    assert found.parent.name == "17"
