"""`saem check`: a line for each thing, with what to do about it."""

import signal
import socket
from pathlib import Path

import pytest

from bot.command_line.check import check
from playground.server import Playground
from tests.bot.command_line.saem_process import saem, start
from tests.house import settings_for
from tests.scripted_openai import Call, Fault, ScriptedOpenAI, Turn


async def test_check_says_line_by_line_that_all_is_well(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async with Playground() as playground, ScriptedOpenAI() as openai:
        openai.reply = lambda body: Turn(calls=[Call("report", {"number": 3})])
        assert await check(settings_for(playground, openai, tmp_path)) == 0
    lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith(("✓ ", "✗ "))]
    assert [line for line in lines if line.startswith("✗ ")] == []
    wanted = (
        "token: valid",
        "Message Content Intent: on",
        "Invite link",
        "Database: writable",
        "calls functions",
        "Scanned pages: ",
        "Sandbox: ",
    )
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


async def test_check_tells_a_service_that_does_not_answer(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workers.service.client.CONNECT_SECONDS", 0.1)
    async with Playground() as playground, ScriptedOpenAI() as openai:
        settings = settings_for(playground, openai, tmp_path, interpreter_socket=tmp_path / "socket")
        assert await check(settings) == 1
    assert "docker compose up -d interpreter" in capsys.readouterr().out


async def test_check_tells_a_model_that_calls_no_functions(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async with Playground() as playground, ScriptedOpenAI() as openai:
        assert await check(settings_for(playground, openai, tmp_path)) == 1
    assert "does not call functions" in capsys.readouterr().out


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
        _, out, _ = await saem("check", directory=tmp_path, MODERATION_MODEL="omni-moderation-latest", **keys)
    assert "✓ Model" in out
    assert "✓ Moderation (omni-moderation-latest)" in out
    assert "✓ Embeddings (text-embedding-3-small)" in out
    assert {each.query for each in openai.received} == {"api-version=1"}


async def test_check_repeats_no_key_that_a_provider_repeats(tmp_path: Path) -> None:
    async with ScriptedOpenAI() as openai:
        openai.reply = lambda body: Fault(status=400, message=f"{openai.key} is no key for this.")
        keys = {"OPENAI_API_KEY": openai.key, "OPENAI_BASE_URL": openai.url}
        _, out, err = await saem("check", directory=tmp_path, MODERATION_MODEL="gpt-6-luna", **keys)
    assert "is no key for this" in out
    assert "✗ Moderation (gpt-6-luna): does not answer" in out
    assert openai.key not in out + err


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
