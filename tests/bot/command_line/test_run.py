"""`saem run`: what keeps it from running is one plain sentence, never a traceback."""

import asyncio
import contextlib
import socket
import sqlite3
from pathlib import Path

import aiohttp
import pytest
from structlog.testing import capture_logs

import bot.command_line.run as run_module
from bot.__main__ import CONFIGURATION
from bot.command_line.assistants_server import is_offline
from bot.command_line.check import check
from bot.command_line.run import run
from bot.errors import ConfigurationError, StartupError
from bot.settings import Settings
from bot.store.store import StoreError
from playground.faults import Fault
from playground.server import Playground
from tests.bot.command_line.saem_process import saem, start
from tests.house import finished, settings_for
from tests.scripted_openai import ScriptedOpenAI, Turn


async def test_without_a_token_run_says_so_and_fails(tmp_path: Path) -> None:
    code, _, err = await saem("run", directory=tmp_path)
    assert code == CONFIGURATION
    assert "DISCORD_TOKEN" in err
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
    assert code == CONFIGURATION
    assert "copy the bot's token anew" in err
    assert "Traceback" not in err
    assert "wrong.token.here" not in err


@pytest.mark.parametrize(
    ("given", "model_api", "offline"),
    [
        ({}, None, True),
        ({"openai_api_key": "k"}, None, False),
        ({"openai_api_key": "k"}, "offline", True),
        ({"openai_base_url": "http://127.0.0.1:9/v1"}, "chat", False),
        ({"assistants_url": "http://127.0.0.1:9/v1"}, "offline", False),
    ],
)
def test_photos_are_offered_where_a_model_sees_them(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, str], model_api: str | None, offline: bool
) -> None:
    if model_api is not None:
        monkeypatch.setenv("MODEL_API", model_api)
    assert is_offline(Settings(_env_file=None, **given)) == offline  # type: ignore[call-arg, arg-type]


async def test_a_refused_token_is_not_sent_to_discord_again_by_a_restart(tmp_path: Path) -> None:
    async with Playground() as playground, ScriptedOpenAI() as openai:
        settings = settings_for(playground, openai, tmp_path, discord_token="wrong.token.here")
        for message in ("copy the bot's token anew", "does not try it again", "does not try it again"):
            asked = playground.stats.requests.total() + playground.stats.errors.total()
            with pytest.raises(ConfigurationError, match=message):
                await run(settings)
            now = playground.stats.requests.total() + playground.stats.errors.total()
            assert (now == asked) == (message == "does not try it again")
        # Another token is tried, and the check asks Discord about the refused one once more.
        await runs_until_identified(settings_for(playground, openai, tmp_path), playground)
        with pytest.raises(ConfigurationError, match="does not try it again"):
            await run(settings)
        assert await check(settings) == 1
        with pytest.raises(ConfigurationError, match="does not try it again"):
            await run(settings)


async def test_a_token_that_the_check_finds_valid_again_is_tried_again(tmp_path: Path) -> None:
    async with Playground() as playground, ScriptedOpenAI() as openai:
        settings = settings_for(playground, openai, tmp_path)
        user = playground.world.tokens.pop(playground.bot_token)
        with pytest.raises(ConfigurationError, match="copy the bot's token anew"):
            await run(settings)
        playground.world.tokens[playground.bot_token] = user
        with pytest.raises(ConfigurationError, match="does not try it again"):
            await run(settings)
        await check(settings)
        await runs_until_identified(settings, playground)


async def test_a_token_that_is_reset_while_the_bot_runs_ends_it_for_good(tmp_path: Path) -> None:
    async with Playground() as playground, ScriptedOpenAI() as openai:
        settings = settings_for(playground, openai, tmp_path)
        running = asyncio.create_task(run(settings))
        async with asyncio.timeout(30):
            while not playground.stats.identifies:
                assert not running.done(), running.exception()
                await asyncio.sleep(0.05)
        playground.world.tokens.pop(playground.bot_token)
        playground.gateway.drop(user=playground.bot, code=4004)
        with pytest.raises(ConfigurationError, match="copy the bot's token anew"):
            async with asyncio.timeout(30):
                await running
        with pytest.raises(ConfigurationError, match="does not try it again"):
            await run(settings)


async def test_a_token_that_the_gateway_alone_refuses_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the gateway does when no session is left to begin, and REST does not."""
    monkeypatch.setattr("bot.command_line.run.LONGEST_WAIT", 0.05)
    async with Playground() as playground, ScriptedOpenAI() as openai:
        settings = settings_for(playground, openai, tmp_path)
        running = asyncio.create_task(run(settings))
        async with asyncio.timeout(30):
            for sessions in (1, 2):
                while playground.stats.identifies < sessions or not playground.gateway.drop(
                    user=playground.bot, code=4004
                ):
                    assert not running.done(), running.exception()
                    await asyncio.sleep(0.05)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await runs_until_identified(settings, playground)


async def test_monitors_are_answered_while_it_runs_and_no_longer(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    async with Playground() as playground, ScriptedOpenAI() as openai, aiohttp.ClientSession() as web:
        settings = settings_for(playground, openai, tmp_path, metrics_port=port)
        running = asyncio.create_task(run(settings))
        seen: list[int] = []
        async with asyncio.timeout(30):
            while 200 not in seen:
                assert not running.done(), running.exception()
                with contextlib.suppress(aiohttp.ClientConnectionError):
                    async with web.get(f"http://127.0.0.1:{port}/healthz") as answer:
                        seen.append(answer.status)
                await asyncio.sleep(0.05)
        assert set(seen) <= {503, 200}
        async with web.get(f"http://127.0.0.1:{port}/metrics") as answer:
            assert "saem_shard_up" in await answer.text()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        with pytest.raises(aiohttp.ClientConnectionError):
            await web.get(f"http://127.0.0.1:{port}/livez")


async def runs_until_identified(settings: Settings, playground: Playground) -> None:
    """Run the bot until its gateway session begins, then stop it."""
    before = playground.stats.identifies
    running = asyncio.create_task(run(settings))
    async with asyncio.timeout(30):
        while playground.stats.identifies == before:
            assert not running.done(), running.exception()
            await asyncio.sleep(0.05)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_a_discord_that_cannot_be_reached_or_fails_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_module, "LONGEST_WAIT", 0.01)
    async with Playground() as playground, ScriptedOpenAI() as openai:
        playground.fail(Fault("status", "GET /users/@me", status=503))
        playground.fail(Fault("disconnect", "GET /users/@me", times=2))  # aiohttp tries once more by itself
        with capture_logs() as logs:
            await runs_until_identified(settings_for(playground, openai, tmp_path), playground)
    said = [(each["cause"], each["again_in"]) for each in logs if each["event"] == "discord.unreachable"]
    assert said == [
        ("Discord fails: 503: Upstream Error.", 0.01),
        ("Discord cannot be reached: Server disconnected.", 0.01),
    ]


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
