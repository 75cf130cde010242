"""The command line: what is missing is one plain sentence and an exit code, never a traceback."""

import asyncio
import contextlib
import os
import re
import signal
import socket
import sqlite3
import sys
from pathlib import Path

import aiohttp
import discord
import pytest
from discord.gateway import DiscordWebSocket

from bot.__main__ import main
from bot.command_line.check import check
from bot.command_line.demo import free_port
from bot.command_line.run import run
from bot.errors import StartupError
from bot.store.store import StoreError
from playground.server import Playground
from tests.house import finished, settings_for
from tests.scripted_openai import Call, Fault, ScriptedOpenAI, Turn

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def _back_to_discord(monkeypatch: pytest.MonkeyPatch) -> None:
    """`run` points discord.py elsewhere, in this process."""
    monkeypatch.setattr(discord.http.Route, "BASE", discord.http.Route.BASE)
    monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", DiscordWebSocket.DEFAULT_GATEWAY)


async def start(*arguments: str, directory: Path, **environment: str) -> asyncio.subprocess.Process:
    """The command in a process of its own."""
    path = os.pathsep.join([*os.environ.get("PYTHONPATH", "").split(os.pathsep), str(ROOT)])
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        *arguments,
        cwd=directory,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": path, **environment},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def saem(*arguments: str, directory: Path, **environment: str) -> tuple[int, str, str]:
    """The command until it ends: exit code, output, errors."""
    process = await start(*arguments, directory=directory, **environment)
    out, err = await process.communicate()
    assert process.returncode is not None
    return process.returncode, out.decode(), err.decode()


async def test_without_a_token_run_says_so_and_fails(tmp_path: Path) -> None:
    code, _, err = await saem("run", directory=tmp_path)
    assert code == 1
    assert "DISCORD_TOKEN" in err
    assert "Traceback" not in err


async def test_a_setting_that_does_not_fit_is_named(tmp_path: Path) -> None:
    code, _, err = await saem("run", directory=tmp_path, TOKENS_PER_DAY="many")
    assert code == 1
    assert "TOKENS_PER_DAY" in err
    assert "Traceback" not in err


async def test_a_wrong_token_is_refused_in_a_sentence(tmp_path: Path) -> None:
    async with Playground() as playground, ScriptedOpenAI() as openai:
        settings = settings_for(playground, openai, tmp_path, discord_token="wrong.token.here")
        with pytest.raises(StartupError, match="copy the bot's token anew"):
            await run(settings)
        code, _, err = await saem(
            "run",
            directory=tmp_path,
            DISCORD_TOKEN="wrong.token.here",
            DISCORD_API_URL=playground.api_url,
            DISCORD_GATEWAY_URL=playground.gateway_url,
        )
    assert code == 1
    assert "copy the bot's token anew" in err
    assert "Traceback" not in err
    assert "wrong.token.here" not in err


async def test_a_discord_that_cannot_be_reached_is_said_in_a_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    async with Playground() as playground, ScriptedOpenAI() as openai:
        settings = settings_for(playground, openai, tmp_path, discord_api_url=f"http://127.0.0.1:{port}/api/v10")
        with pytest.raises(StartupError, match="cannot be reached"):
            await run(settings)


async def test_a_database_that_cannot_be_opened_is_said_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    code, _, err = await saem("run", directory=tmp_path, DISCORD_TOKEN="a.b.c", DATA_DIR=str(tmp_path / "file"))
    assert code == 1
    assert "database" in err.lower() or "data" in err.lower()
    assert "Traceback" not in err


async def test_a_corrupt_database_is_said_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "saem.sqlite3").write_bytes(b"not a database, but long enough to look at" * 100)
    async with Playground() as playground, ScriptedOpenAI() as openai:
        with pytest.raises(StoreError, match="cannot be opened"):
            await run(settings_for(playground, openai, tmp_path))


async def test_with_the_content_intent_off_it_runs_all_the_same(tmp_path: Path) -> None:
    async with Playground(message_content=False) as playground, ScriptedOpenAI() as openai:
        openai.say("Heard.")
        running = asyncio.create_task(run(settings_for(playground, openai, tmp_path)))
        alex = await playground.student("alex")
        async with asyncio.timeout(30):
            while playground.stats.identifies < 2:
                assert not running.done(), running.exception()
                await asyncio.sleep(0.05)
        await asyncio.sleep(0.3)
        question = await alex.says("math", f"<@{playground.bot.id}> hello?")
        await finished(alex, question, "Heard.")
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_bot_and_server_may_have_one_sqlite_file_together(tmp_path: Path) -> None:
    file = tmp_path / "elsewhere" / "one.sqlite3"
    async with Playground() as playground, ScriptedOpenAI() as openai:
        openai.reply = lambda body: Turn("Heard.")
        students = [await playground.student(name) for name in ("alex", "minji", "junho")]
        for _ in range(2):  # a restart finds both schemas as they were
            identified = playground.stats.identifies
            running = asyncio.create_task(
                run(settings_for(playground, openai, tmp_path, database_url=f"sqlite:///{file}"))
            )
            async with asyncio.timeout(30):
                while playground.stats.identifies == identified:
                    assert not running.done(), running.exception()
                    await asyncio.sleep(0.05)
            await asyncio.sleep(0.3)
            said = await asyncio.gather(
                *(student.says("math", f"<@{playground.bot.id}> hello?") for student in students)
            )
            for student, question in zip(students, said, strict=True):
                await finished(student, question, "Heard.")
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
    assert file.is_file()
    assert not (tmp_path / "saem.sqlite3").exists()


async def test_check_says_line_by_line_that_all_is_well(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async with Playground() as playground, ScriptedOpenAI() as openai:
        openai.reply = lambda body: Turn(calls=[Call("report", {"number": 3})])
        assert await check(settings_for(playground, openai, tmp_path)) == 0
    lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith(("✓ ", "✗ "))]
    assert [line for line in lines if line.startswith("✗ ")] == []
    wanted = ("token: valid", "Message Content Intent: on", "Invite link", "Database: writable", "calls functions")
    assert all(any(words in line for line in lines) for words in wanted)
    assert any("scope=bot" in line and "permissions=" in line for line in lines)


async def test_check_says_what_is_missing_and_what_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async with Playground(message_content=False) as playground, ScriptedOpenAI(embeddings=False) as openai:
        openai.reply = lambda body: Fault(status=401, message="Incorrect API key provided.")
        settings = settings_for(playground, openai, tmp_path, discord_token="wrong.token.here")
        assert await check(settings) == 1
        assert await check(settings_for(playground, openai, tmp_path)) == 1
    bad = [line for line in capsys.readouterr().out.splitlines() if line.startswith("✗ ")]
    for words in ("token: refused", "Message Content Intent: off", "OPENAI_API_KEY", "EMBEDDING_MODEL"):
        assert any(words in line for line in bad), words
    assert "wrong.token.here" not in "".join(bad)


async def test_check_tells_a_model_that_calls_no_functions(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async with Playground() as playground, ScriptedOpenAI() as openai:
        assert await check(settings_for(playground, openai, tmp_path)) == 1
    assert "does not call functions" in capsys.readouterr().out


async def test_the_demo_prints_its_pages_address_answers_there_and_ends_cleanly(tmp_path: Path) -> None:
    path = os.pathsep.join([*os.environ.get("PYTHONPATH", "").split(os.pathsep), str(ROOT)])
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "demo", "--port", "0"),
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": path},
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(60):
            lines = [(await process.stdout.readline()).decode() for _ in range(3)]
        address = re.search(r"http://127\.0\.0\.1:\d+/", "".join(lines))
        assert address is not None
        assert "offline model" in "".join(lines)
        async with aiohttp.ClientSession() as session, session.get(address[0]) as page:
            assert page.status == 200
    finally:
        process.send_signal(signal.SIGINT)
        await process.wait()
    assert process.returncode == 0
    assert not (tmp_path / "data").exists()


async def test_a_port_that_is_taken_is_said_in_a_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        code, _, err = await saem("demo", "--port", str(taken.getsockname()[1]), directory=tmp_path)
    assert code == 1
    assert "--port" in err
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


async def test_an_env_file_from_notepad_with_quotes_and_a_bot_prefix_is_understood(tmp_path: Path) -> None:
    async with Playground() as playground:
        text = f'\ufeffDISCORD_TOKEN= "Bot {playground.bot_token}" \r\nDISCORD_API_URL="{playground.api_url}/"\r\n'
        (tmp_path / ".env").write_bytes(text.encode())
        code, out, err = await saem("check", directory=tmp_path)
    assert (code, err) == (0, "")
    assert "Discord token: valid" in out


async def test_check_shows_its_lines_on_a_terminal_without_the_signs(tmp_path: Path) -> None:
    code, out, err = await saem("check", directory=tmp_path, PYTHONIOENCODING="ascii", LC_ALL="C", PYTHONUTF8="0")
    assert code == 1
    assert "[!!] Discord token: none." in out
    assert "[ok] Database: writable" in out
    assert err == ""


async def test_check_tells_keys_in_each_others_places_and_an_address_without_its_end(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with Playground() as playground, ScriptedOpenAI() as openai:
        settings = settings_for(
            playground, openai, tmp_path, discord_token="sk-proj-1", openai_base_url=openai.url.removesuffix("/v1")
        )
        assert await check(settings) == 1
    bad = [line for line in capsys.readouterr().out.splitlines() if line.startswith("✗ ")]
    assert any("put that into OPENAI_API_KEY" in line for line in bad)
    assert any("end in /v1" in line for line in bad)
    assert "sk-proj-1" not in "".join(bad)


async def test_check_tells_a_gateway_that_cannot_be_reached(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    async with Playground() as playground, ScriptedOpenAI() as openai:
        openai.reply = lambda body: Turn(calls=[Call("report", {"number": 3})])
        assert await check(settings_for(playground, openai, tmp_path)) == 0
        settings = settings_for(playground, openai, tmp_path, discord_gateway_url=f"ws://127.0.0.1:{port}")
        assert await check(settings) == 1
    bad = [line for line in capsys.readouterr().out.splitlines() if line.startswith("✗ ")]
    assert [line for line in bad if "DISCORD_GATEWAY_URL" in line] == bad


@pytest.mark.parametrize("settings", [{"MODEL_API": "offline"}, {"EMBEDDING_MODEL": "none"}])
async def test_check_does_not_look_for_embeddings_where_none_are_used(tmp_path: Path, settings: dict[str, str]) -> None:
    async with ScriptedOpenAI(embeddings=False) as openai:
        keys = {"OPENAI_API_KEY": openai.key, "OPENAI_BASE_URL": openai.url}
        _, out, _ = await saem("check", directory=tmp_path, **keys, **settings)
        assert not [each for each in openai.received if each.path == "/v1/embeddings"]
    assert "✓ Embeddings: none" in out
    assert ("✓ Model (offline" in out) == ("MODEL_API" in settings)


async def test_check_asks_an_address_with_a_query_behind_it(tmp_path: Path) -> None:
    async with ScriptedOpenAI() as openai:
        openai.reply = lambda body: Turn(calls=[Call("report", {"number": 3})])
        keys = {"OPENAI_API_KEY": openai.key, "OPENAI_BASE_URL": f"{openai.url}?api-version=1"}
        _, out, _ = await saem("check", directory=tmp_path, **keys)
    assert "✓ Model" in out
    assert "✓ Embeddings (text-embedding-3-small)" in out
    assert {each.query for each in openai.received} == {"api-version=1"}


async def test_check_repeats_no_key_that_a_provider_repeats(tmp_path: Path) -> None:
    async with ScriptedOpenAI() as openai:
        openai.reply = lambda body: Fault(status=400, message=f"{openai.key} is no key for this.")
        keys = {"OPENAI_API_KEY": openai.key, "OPENAI_BASE_URL": openai.url}
        _, out, err = await saem("check", directory=tmp_path, **keys)
    assert "is no key for this" in out
    assert openai.key not in out + err


async def test_a_gateway_that_is_away_is_a_line_in_the_log_not_a_traceback(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    async with Playground() as playground:
        process = await start(
            "run",
            directory=tmp_path,
            DISCORD_TOKEN=playground.bot_token,
            DISCORD_API_URL=playground.api_url,
            DISCORD_GATEWAY_URL=f"ws://127.0.0.1:{port}",
        )
        assert process.stderr is not None
        first = (await process.stderr.readline()).decode()
        process.terminate()
        rest = (await process.stderr.read()).decode()
        assert await process.wait() == 0
    assert "Failed to connect" in first
    assert "Cannot connect to host" in first
    assert "Traceback" not in rest


async def test_a_database_of_a_newer_release_is_said_in_a_sentence(tmp_path: Path) -> None:
    async with Playground() as playground, ScriptedOpenAI() as openai:
        settings = settings_for(playground, openai, tmp_path)
        await check(settings)
        with contextlib.closing(sqlite3.connect(tmp_path / "saem.sqlite3")) as database:
            database.execute("UPDATE saem_schema SET version_num = '9999'")
            database.commit()
        with pytest.raises(StoreError, match="a newer release"):
            await run(settings)


@pytest.mark.parametrize("module", ["bot.command_line.console_script", "assistants.__main__", "playground.__main__"])
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
        "import bot.command_line.console_script; bot.command_line.console_script.main()"
        if module == "bot.command_line.console_script"
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


async def test_a_check_that_is_broken_off_has_not_succeeded(tmp_path: Path) -> None:
    async with Playground() as playground, ScriptedOpenAI() as openai:
        openai.reply = lambda body: Turn("Late.", first_after=60)
        process = await start(
            "check",
            directory=tmp_path,
            DISCORD_TOKEN=playground.bot_token,
            DISCORD_API_URL=playground.api_url,
            DISCORD_GATEWAY_URL=playground.gateway_url,
            OPENAI_API_KEY=openai.key,
            OPENAI_BASE_URL=openai.url,
        )
        assert process.stdout is not None
        while "Database" not in (await process.stdout.readline()).decode():
            assert not process.stdout.at_eof()
        process.send_signal(signal.SIGINT)
        assert await process.wait() == 130


def test_the_demo_goes_elsewhere_where_somebody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert free_port(port) == 0
    assert free_port(port) == port


async def test_a_port_that_is_none_is_said_in_a_sentence(tmp_path: Path) -> None:
    code, _, err = await saem("demo", "--port", "99999", directory=tmp_path)
    assert code == 2
    assert "a port is a number from 0 to 65535" in err
