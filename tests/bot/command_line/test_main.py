"""The command line: what is missing is one plain sentence and an exit code, never a traceback."""

import asyncio
import signal
import sys
import tomllib
from pathlib import Path

import pytest

from bot.__main__ import CONFIGURATION, main
from tests.bot.command_line.saem_process import ROOT, saem


async def test_a_setting_that_does_not_fit_is_named(tmp_path: Path) -> None:
    code, _, err = await saem("run", directory=tmp_path, TOKENS_PER_DAY="many")
    assert code == CONFIGURATION
    assert "TOKENS_PER_DAY" in err
    assert "Traceback" not in err


@pytest.mark.parametrize("command", ["run", "check", "demo"])
async def test_all_settings_that_do_not_fit_are_named_at_once(tmp_path: Path, command: str) -> None:
    lines = [
        "TOKENS_PER_DAY=hidden",
        "STUDENT_RUNS=0",
        "OPENAI_BASE_URL=hidden.example/v1",
        "MODEL_API=hidden",
        "MODEL_CONTEXT=hidden",
    ]
    (tmp_path / ".env").write_text("\n".join(lines), encoding="utf-8")
    code, out, err = await saem(command, directory=tmp_path)
    assert code == CONFIGURATION
    for name in ("TOKENS_PER_DAY", "STUDENT_RUNS", "OPENAI_BASE_URL", "MODEL_API", "MODEL_CONTEXT"):
        assert err.count(f"The setting {name} does not fit") == 1
    assert len(err.splitlines()) == 5
    assert "hidden" not in out + err


async def test_a_setting_of_the_embedded_server_does_not_matter_where_there_is_another(tmp_path: Path) -> None:
    code, _, err = await saem(
        "run", directory=tmp_path, MODEL_API="odd", ASSISTANTS_URL="http://127.0.0.1:1/v1", TOKENS_PER_DAY="odd"
    )
    assert code == CONFIGURATION
    assert "TOKENS_PER_DAY" in err
    assert "MODEL_API" in err  # which server it will be is not known while the settings cannot be read
    _, _, err = await saem("run", directory=tmp_path, MODEL_API="odd", ASSISTANTS_URL="http://127.0.0.1:1/v1")
    assert "MODEL_API" not in err
    assert "DISCORD_TOKEN" in err


async def test_the_server_alone_names_all_its_settings_that_do_not_fit(tmp_path: Path) -> None:
    code, _, err = await saem("serve", directory=tmp_path, MODEL_API="hidden", ASSISTANTS_PORT="hidden")
    assert code == 1
    assert [line.split()[0] for line in err.splitlines()] == ["MODEL_API", "ASSISTANTS_PORT"]
    assert "hidden" not in err


@pytest.mark.parametrize("command", ["run", "check", "serve"])
async def test_a_mistyped_name_is_told_by_every_command(tmp_path: Path, command: str) -> None:
    (tmp_path / ".env").write_text("DISCORD_TOKN=hidden\nMODEL_API=odd_so_that_it_ends\n", encoding="utf-8")
    if command == "check":
        (tmp_path / ".env").write_text("DISCORD_TOKN=hidden\n", encoding="utf-8")
    _, out, err = await saem(command, directory=tmp_path)
    told = out if command == "check" else err
    assert "DISCORD_TOKN in .env is not a setting of Saem's, so it changes nothing: is DISCORD_TOKEN meant?" in told
    assert "hidden" not in out + err


def test_a_check_tells_wrong_values_and_mistyped_names_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / ".env").write_text("DISCORD_TOKN=hidden\nMODEL_API=odd\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert main(["check"]) == CONFIGURATION
    told = capsys.readouterr().err
    assert "MODEL_API" in told
    assert told.count("is DISCORD_TOKEN meant?") == 1


def test_the_version_is_that_of_the_project(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert capsys.readouterr().out == f"saem {project['version']}\n"


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    assert ended.value.code == 0
    out = capsys.readouterr().out
    assert all(command in out for command in ("run", "demo", "serve", "check"))


@pytest.mark.parametrize(
    ("command", "settings", "named"),
    [
        ("run", {"DISCORD_TOKEN": "x", "DATABASE_URL": "mysql://me:hidden@host/db"}, "DATABASE_URL"),
        ("check", {"DATABASE_URL": "hidden words"}, "DATABASE_URL"),
        ("run", {"DISCORD_TOKEN": "x", "OPENAI_BASE_URL": "hidden.example.com/v1"}, "OPENAI_BASE_URL"),
        ("run", {"DISCORD_TOKEN": "x", "MODEL_API": "hidden"}, "MODEL_API"),
        ("check", {"MODEL_API": "hidden"}, "MODEL_API"),
        ("serve", {"DATABASE_URL": "mysql://me:hidden@host/db"}, "DATABASE_URL"),
    ],
)
async def test_a_setting_that_no_room_can_use_is_one_sentence_without_its_value(
    tmp_path: Path, command: str, settings: dict[str, str], named: str
) -> None:
    code, out, err = await saem(command, directory=tmp_path, **settings)
    assert code == (1 if command == "serve" else CONFIGURATION)
    assert named in err
    assert not any(word in out + err for word in ("Traceback", "hidden"))


@pytest.mark.parametrize("encoding", ["utf-16", "cp949"])
async def test_an_env_file_in_another_encoding_is_said_in_a_sentence(tmp_path: Path, encoding: str) -> None:
    (tmp_path / ".env").write_text("DISCORD_TOKEN=x\nLIBRARY_CHANNELS=자료실\n", encoding=encoding)
    for command in ("run", "serve"):
        code, _, err = await saem(command, directory=tmp_path)
        assert code == CONFIGURATION
        assert "UTF-8" in err
        assert "Traceback" not in err


@pytest.mark.parametrize("module", ["bot.console_script", "assistants.__main__", "playground.__main__"])
async def test_an_interrupt_while_everything_is_being_loaded_is_no_traceback(tmp_path: Path, module: str) -> None:
    interrupted = (
        "import os, runpy, signal, sys\n"
        "class Interrupt:\n"
        "    def find_spec(self, name, *_):\n"
        "        if name in ('discord', 'uvicorn'):\n"
        "            os.kill(os.getpid(), signal.SIGINT)\n"
        "sys.meta_path.insert(0, Interrupt())\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
    )
    begin = (
        "import bot.console_script; bot.console_script.main()"
        if module == "bot.console_script"
        else f"runpy.run_module('{module}', None, '__main__')"
    )
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", interrupted + begin),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert await process.communicate() == (b"", b"")
    assert process.returncode == -signal.SIGINT
