"""Settings, sentences, thread names, logs: small things, by themselves."""

import io
import logging
import re
import string
import subprocess
import sys
from pathlib import Path

import pytest
import structlog

from bot import sentences
from bot.logs import BLACK, Redact, configure_logs
from bot.settings import Settings, SettingsError, read_settings
from bot.tutor.thread_names import thread_name


@pytest.fixture(autouse=True)
def _no_env_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A developer's own `.env` says nothing here."""
    monkeypatch.chdir(tmp_path)


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


def test_secrets_do_not_show_in_what_settings_print(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "very.secret.token")
    assert "very.secret" not in repr(Settings())


def test_every_sentence_fills_in_the_same_names_in_both_languages() -> None:
    for name, sentence in vars(sentences).items():
        if isinstance(sentence, sentences.Sentence):
            fields = [
                {field for _, field, _, _ in string.Formatter().parse(text) if field}
                for text in (sentence.en, sentence.ko)
            ]
            assert fields[0] == fields[1], name
            assert re.search("[가-힣]", sentence.ko), name


def test_hangul_is_answered_in_korean_whatever_the_guild_says() -> None:
    class Guild:
        preferred_locale = "en-US"

    assert sentences.of_text("이차방정식 풀어 주세요", Guild()) == "ko"
    assert sentences.of_text("please solve this", Guild()) == "en"


def test_formulas_alone_leave_it_to_the_guild() -> None:
    class Guild:
        preferred_locale = "ko"

    assert sentences.of_text("3x + 11 = 14", Guild()) == "ko"
    assert sentences.of_text("3x + 11 = 14") == "en"


def test_formulas_alone_of_someone_with_a_korean_name_are_answered_in_korean() -> None:
    assert sentences.of_text("3x + 11 = 14", None, "민지") == "ko"
    assert sentences.of_text("please solve 3x + 11 = 14", None, "민지") == "en"
    assert sentences.of_text("3x + 11 = 14", None, "Alex") == "en"


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("**Solve** `3x + 11 = 14`", "Solve 3x + 11 = 14"),
        ("> quoted\n# Heading", "quoted"),
        ("[a link](https://example.org) please", "a link please"),
        ("\n\n  second   line ", "second line"),
        ("", "otherwise"),
        ("2 * 3 * 4 and 2*3*4, or a_1 + |x| + b_1?", "2 * 3 * 4 and 2*3*4, or a_1 + |x| + b_1?"),
        ("***very*** ~~old~~ __news__ ||hidden||", "very old news hidden"),
    ],
)
def test_a_thread_is_named_after_its_question_in_plain_words(text: str, title: str) -> None:
    assert thread_name(text, "otherwise") == title


def test_a_long_question_is_cut_to_a_name() -> None:
    title = thread_name("가" * 300, "otherwise")
    assert len(title) == 100
    assert title.endswith("…")


def test_secrets_are_blacked_out_of_every_line(monkeypatch: pytest.MonkeyPatch) -> None:
    written = io.StringIO()
    monkeypatch.setattr(sys, "stderr", written)
    root, handlers, level = logging.getLogger(), logging.getLogger().handlers[:], logging.getLogger().level
    try:
        configure_logs("INFO", ["super-secret-token"])
        try:
            raise ValueError("with super-secret-token inside")
        except ValueError:
            structlog.get_logger("test").exception("failed", token="super-secret-token")
        logging.getLogger("library").warning("also %s", "super-secret-token")
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
        structlog.reset_defaults()
    assert written.getvalue().count(BLACK) >= 3
    assert "super-secret-token" not in written.getvalue()


def test_short_secrets_do_not_black_out_everything() -> None:
    assert Redact(["a"]).line("a banana") == "a banana"


def test_what_is_heavy_is_not_imported_by_the_bot() -> None:
    code = (
        "import sys, bot.__main__, assistants.inprocess_transport\n"
        "from bot.client import cog_names\n"
        "import importlib\n"
        "[importlib.import_module(name) for name in cog_names()]\n"
        "heavy = {'sympy', 'kreuzberg', 'ziamath', 'matplotlib', 'resvg_py', 'genanki'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=root, check=True)
    assert done.stdout.strip() == "[]"
