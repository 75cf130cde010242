"""Settings as hosts write them: what can be meant is understood, all else is one sentence without the value."""

from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import SecretStr

from assistants.__main__ import StartError
from assistants.__main__ import read_settings as read_server_settings
from bot.settings import Settings, SettingsError, check_env_file, read_settings


@pytest.fixture(autouse=True)
def _nothing_else(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No `.env` of this machine."""
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("read", "name", "value"),
    [
        (read_settings, "DISCORD_TOKEN", "a.hidden\nb"),
        (read_settings, "DISCORD_TOKEN", "“a.hidden.b”"),
        (read_settings, "DISCORD_GATEWAY_URL", "hidden"),
        (read_settings, "DISCORD_API_URL", "http://[::hidden"),
        (read_settings, "OPENAI_API_KEY", "열쇠hidden"),
        (read_settings, "OPENAI_BASE_URL", "http://hidden:PORT/v1"),
        (read_settings, "OPENAI_BASE_URL", "http://hidden:99999/v1"),
        (read_settings, "OPENAI_BASE_URL", "http://hid den/v1"),
        (read_settings, "ASSISTANTS_URL", "hidden.example/v1"),
        (read_server_settings, "OPENAI_API_KEY", "열쇠hidden"),
        (read_server_settings, "OPENAI_BASE_URL", "http://hidden:PORT/v1"),
        (read_server_settings, "OPENAI_BASE_URL", "hidden"),
        (read_server_settings, "MODEL_ALIASES", "hidden"),
        (read_server_settings, "MODEL_ALIASES", "{hidden"),
        (read_server_settings, "MODEL_ALIASES", '{"hidden": 3}'),
    ],
)
def test_a_value_that_cannot_be_used_is_refused_without_being_shown(
    monkeypatch: pytest.MonkeyPatch, read: Callable[[], object], name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises((SettingsError, StartError)) as refused:
        read()
    assert name in str(refused.value)
    assert "hidden" not in str(refused.value)


def test_what_can_be_meant_is_understood(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    given = {
        "HOME": str(tmp_path),
        "DATA_DIR": "~/saem",
        "LOG_LEVEL": " critical ",
        "DISCORD_TOKEN": " Bot a.b.c ",
        "OPENAI_API_KEY": "sk-1\n",
        "OPENAI_BASE_URL": " http://[::1]:8000/v1/ ",
        "EMBEDDING_MODEL": "none",
    }
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    bot, server = read_settings(), read_server_settings()
    for settings in (bot, server):
        assert settings.data_dir == tmp_path / "saem"
        assert settings.log_level == "CRITICAL"
        assert settings.openai_api_key == SecretStr("sk-1")
        assert settings.openai_base_url == "http://[::1]:8000/v1"
    assert bot.discord_token == SecretStr("a.b.c")
    assert server.embedding_model == ""


def test_blank_keys_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISCORD_TOKEN", "OPENAI_API_KEY", "ASSISTANTS_KEY"):
        monkeypatch.setenv(name, "  ")
    assert (read_settings().discord_token, read_settings().openai_api_key) == (None, None)
    assert (read_server_settings().openai_api_key, read_server_settings().assistants_key) == (None, None)


@pytest.mark.parametrize("line", ["DISCORD_TOKEN: hidden", "DISCORD_TOKEN='hidden", "export DISCORD_TOKEN hidden="])
def test_a_line_that_would_be_passed_over_is_named(tmp_path: Path, line: str) -> None:
    file = tmp_path / ".env"
    file.write_text(f"# mine\nexport MODEL=x # the model\n{line}\n", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"^Line 3 of .*\.env is no setting") as refused:
        check_env_file(file)
    assert "hidden" not in str(refused.value)


def test_a_file_without_a_mark_of_its_encoding_is_named(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("DISCORD_TOKEN=x\n", encoding="utf-16-le")
    with pytest.raises(SettingsError, match="UTF-8"):
        read_settings()


def test_a_databases_password_is_a_secret_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://me:hunter2secret@host/db")
    assert "hunter2secret" in read_settings().secrets


def test_both_names_of_the_key_are_understood(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "OPEN_API_KEY"):
        monkeypatch.setenv(name, "sk-1")
        key = Settings().openai_api_key
        assert key is not None
        assert key.get_secret_value() == "sk-1"
        monkeypatch.delenv(name)


def test_an_empty_setting_is_an_unset_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "")
    monkeypatch.setenv("TOKENS_PER_DAY", "")
    settings = Settings()
    assert settings.openai_api_key is None
    assert settings.tokens_per_day == 5_000_000


def test_a_setting_that_does_not_fit_is_named_without_its_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STUDENT_RUNS", "plenty")
    with pytest.raises(SettingsError, match="STUDENT_RUNS") as error:
        read_settings()
    assert "plenty" not in str(error.value)


def test_names_of_channels_come_as_a_list(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIBRARY_CHANNELS", "files, #자료실")
    assert Settings().library_channels == ("files", "자료실")


def test_the_keys_of_the_store_of_files_are_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FILES_URL", "s3://AKIA:hush%2Fhush@saem")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "more/secret")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "token")
    wanted = {"s3://AKIA:hush%2Fhush@saem", "hush/hush", "hush%2Fhush", "more/secret", "token"}
    assert wanted <= set(read_settings().secrets)
    monkeypatch.setenv("FILES_URL", "database")
    assert "database" not in read_settings().secrets


def test_secrets_do_not_show_in_what_settings_print(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "very.secret.token")
    assert "very.secret" not in repr(Settings())
