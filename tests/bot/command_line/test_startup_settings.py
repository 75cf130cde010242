"""Names that are probably mistyped, and the example of a `.env`."""

from pathlib import Path

import pytest

import assistants.__main__
import assistants.settings
import bot.settings
from bot.command_line.startup_settings import env_example, mistyped_names, names_of_secrets


def told(tmp_path: Path, *lines: str, **environment: str) -> list[str]:
    """The names that a sentence is said about, and the settings that it proposes: `["DISCORD_TOKN DISCORD_TOKEN"]`."""
    file = tmp_path / ".env"
    file.write_text("\n".join(lines), encoding="utf-8")
    sentences = [sentence.replace(str(file), ".env") for sentence in mistyped_names(file, environment)]
    return [f"{sentence.split()[0]} {sentence.split()[-2]}" for sentence in sentences]


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("DISCORD_TOKN", "DISCORD_TOKEN"),
        ("discord_tokn", "DISCORD_TOKEN"),
        ("DISCORD_BOT_TOKEN", "DISCORD_TOKEN"),
        ("DISCORDTOKEN", "DISCORD_TOKEN"),
        ("OPENAI_KEY", "OPENAI_API_KEY"),
        ("OPENAI_BASEURL", "OPENAI_BASE_URL"),
        ("TOKEN_PER_DAY", "TOKENS_PER_DAY"),
        ("LIBRARY_CHANNEL", "LIBRARY_CHANNELS"),
        ("EMBEDDINGS_MODEL", "EMBEDDING_MODEL"),
        ("ASSISTANT_URL", "ASSISTANTS_URL"),
    ],
)
def test_a_name_like_a_settings_is_told(tmp_path: Path, name: str, meant: str) -> None:
    assert told(tmp_path, f"{name}=x") == [f"{name.upper()} {meant}"]


def test_names_of_the_settings_and_of_other_programs_are_not_told(tmp_path: Path) -> None:
    assert not told(tmp_path, "DISCORD_TOKEN=x", "model=y", "OPEN_API_KEY=z", "TZ=Asia/Seoul", "POSTGRES_PASSWORD=x")
    assert not told(tmp_path, HOME="/root", PATH="/bin", OPENAI_ORG_ID="x", LC_ALL="C", HTTPS_PROXY="x")


def test_a_name_is_not_told_where_the_setting_is_there_too(tmp_path: Path) -> None:
    assert not told(tmp_path, "DISCORD_TOKN=old", "DISCORD_TOKEN=x")
    assert not told(tmp_path, "DISCORD_TOKN=old", DISCORD_TOKEN="x")


def test_the_environment_is_looked_at_too_but_less_closely(tmp_path: Path) -> None:
    assert told(tmp_path, DISCORD_TOKN="x") == ["DISCORD_TOKN DISCORD_TOKEN"]
    assert not told(tmp_path, OPENAI_KEY="x")
    assert told(tmp_path, "DISCORD_TOKN=x", DISCORD_TOKN="x") == ["DISCORD_TOKN DISCORD_TOKEN"]


def test_there_is_an_example_to_copy() -> None:
    assert "DISCORD_TOKEN=" in env_example().read_text(encoding="utf-8")


def test_all_secrets_are_taken_from_the_environment() -> None:
    fields = bot.settings.Settings.model_fields | assistants.settings.Settings.model_fields
    secret = {name.upper() for name, field in fields.items() if "Secret" in repr(field.annotation)}
    aws = {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"}
    assert secret == {"ASSISTANTS_KEY", "DATABASE_URL", "DISCORD_TOKEN", "FILES_URL", "OPENAI_API_KEY"} | aws
    assert names_of_secrets() == secret | {"OPEN_API_KEY"}
    assert set(assistants.__main__.NAMES_OF_SECRETS) == names_of_secrets() - {"DISCORD_TOKEN"}
