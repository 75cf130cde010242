"""The command line: what is missing is one plain sentence and an exit code, never a traceback."""

import asyncio
import signal
import sys
from pathlib import Path

import pytest

from bot.__main__ import main
from tests.bot.command_line.saem_process import ROOT, saem


async def test_a_setting_that_does_not_fit_is_named(tmp_path: Path) -> None:
    code, _, err = await saem("run", directory=tmp_path, TOKENS_PER_DAY="many")
    assert code == 1
    assert "TOKENS_PER_DAY" in err
    assert "Traceback" not in err


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
    assert code == 1
    assert named in err
    assert not any(word in out + err for word in ("Traceback", "hidden"))


@pytest.mark.parametrize("encoding", ["utf-16", "cp949"])
async def test_an_env_file_in_another_encoding_is_said_in_a_sentence(tmp_path: Path, encoding: str) -> None:
    (tmp_path / ".env").write_text("DISCORD_TOKEN=x\nLIBRARY_CHANNELS=자료실\n", encoding=encoding)
    for command in ("run", "serve"):
        code, _, err = await saem(command, directory=tmp_path)
        assert code == 1
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
