"""`saem setup`: from an empty folder to a `.env` that works, and to the first answer."""

import os
import stat
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from dotenv import dotenv_values

from bot.command_line.env_file import with_values, write_env
from bot.command_line.local_models import find_local_models
from playground.server import Playground
from tests.bot.command_line.saem_process import saem
from tests.bot.command_line.terminal import Terminal
from tests.e2e.test_demo import OUR_OWN
from tests.scripted_openai import Call, ScriptedOpenAI, Turn

OTHER = "another provider, with its address"
NONE = "none: the small offline model, to try it out"


def at_a_terminal(directory: Path, playground: Playground, *arguments: str) -> Terminal:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(OUR_OWN)}
    environment = {
        **inherited,
        "PYTHONPATH": str(Path(__file__).parents[3]),
        "DISCORD_API_URL": playground.api_url,
        "DISCORD_GATEWAY_URL": playground.gateway_url,
    }
    return Terminal((sys.executable, "-m", "bot", "setup", *arguments), directory, environment)


def calls_a_function(body: Mapping[str, Any]) -> Turn:
    """The reply to what `saem check` asks of a model; to everything else words."""
    if "Report the number" in str(body):
        return Turn(calls=[Call("report", {"number": 3})])
    return Turn("x is **5**.")


async def test_from_an_empty_folder_to_the_first_answer(tmp_path: Path) -> None:
    async with Playground() as discord, ScriptedOpenAI(embeddings=False) as openai:
        openai.reply = calls_a_function
        async with at_a_terminal(tmp_path, discord) as terminal:
            await terminal.sees("Token (it is not shown): ")
            await terminal.types("no.token.at-all")
            await terminal.sees("Discord token: refused")
            await terminal.sees("Token (it is not shown): ")
            await terminal.types(discord.bot_token)
            await terminal.sees("Discord token: valid, the bot is Saem")
            await terminal.sees("Message Content Intent: on.")
            await terminal.sees("Which one? [1]: ")
            await terminal.types(OTHER)
            await terminal.sees("Address (it ends in /v1 most often): ")
            await terminal.types(openai.url)
            await terminal.sees("(it is not shown): ")
            await terminal.types(openai.key)
            await terminal.sees("Model: ")
            await terminal.types("gpt-6-luna")
            await terminal.sees("answers, and calls functions.")
            await terminal.sees("EMBEDDING_MODEL=none")
            invitation = await terminal.sees("Start Saem now? [Y/n] ")
            assert "scope=bot" in invitation
            assert "permissions=" in invitation
            assert discord.bot_token not in terminal.shown
            assert openai.key not in terminal.shown
            await terminal.types("")
            await terminal.sees("catchup.done")
            alex = await discord.student("alex")
            question = await alex.says("math", f"<@{discord.bot.id}> 3x = 15")
            await alex.sees(question, contains="5", timeout=30)
        values = dotenv_values(tmp_path / ".env")
        assert stat.S_IMODE((tmp_path / ".env").stat().st_mode) == 0o600
        assert values["DISCORD_TOKEN"] == discord.bot_token
        assert (values["OPENAI_BASE_URL"], values["MODEL"]) == (openai.url, "gpt-6-luna")
        assert (values["OPENAI_API_KEY"], values["EMBEDDING_MODEL"]) == (openai.key, "none")


async def test_an_env_file_that_is_there_is_asked_about_and_keeps_its_other_lines(tmp_path: Path) -> None:
    async with Playground(message_content=False) as discord:
        before = "# mine\nLIBRARY_CHANNELS=files\nMODEL=old\n"
        (tmp_path / ".env").write_text(before)
        async with at_a_terminal(tmp_path, discord) as terminal:
            await terminal.sees("Change it? [y/N] ")
            await terminal.types("")
            await terminal.sees("Nothing was changed.")
            assert await terminal.ends() == 78
        assert (tmp_path / ".env").read_text() == before
        async with at_a_terminal(tmp_path, discord) as terminal:
            await terminal.sees("Change it? [y/N] ")
            await terminal.types("y")
            await terminal.sees("Token (it is not shown): ")
            await terminal.types(f"Bot {discord.bot_token}")
            await terminal.sees("Message Content Intent: off")
            await terminal.sees("`skip` goes on without it: ")
            discord.application.message_content = True
            await terminal.types("")
            await terminal.sees("Message Content Intent: on")
            await terminal.sees("Which one? [1]: ")
            await terminal.types("none")
            await terminal.sees("Please give a number")
            await terminal.types(NONE)
            await terminal.sees("Start Saem now? [Y/n] ")
            await terminal.types("n")
            assert await terminal.ends() == 0
        text = (tmp_path / ".env").read_text()
        assert text.startswith("# mine\nLIBRARY_CHANNELS=files\nMODEL=old\n")
        assert dotenv_values(tmp_path / ".env")["DISCORD_TOKEN"] == discord.bot_token


async def test_broken_off_it_has_written_nothing(tmp_path: Path) -> None:
    async with Playground() as discord, at_a_terminal(tmp_path, discord) as terminal:
        await terminal.sees("Token (it is not shown): ")
        os.kill(terminal.process.pid, 2)
        await terminal.sees("Nothing was written.")
        assert await terminal.ends() == 78
    assert not (tmp_path / ".env").exists()


async def test_without_questions_values_come_from_the_environment(tmp_path: Path) -> None:
    async with Playground() as discord:
        api = {"DISCORD_API_URL": discord.api_url, "DISCORD_GATEWAY_URL": discord.gateway_url}
        code, _, err = await saem("setup", "--yes", directory=tmp_path, **api)
        assert (code, "DISCORD_TOKEN is not in the environment" in err) == (78, True)
        code, out, err = await saem("setup", "--yes", directory=tmp_path, DISCORD_TOKEN="a.b.c", **api)
        assert (code, "Discord token: refused" in out, "Nothing was written" in err) == (78, True, True)
        assert not (tmp_path / ".env").exists()
        code, out, err = await saem("setup", "--yes", directory=tmp_path, DISCORD_TOKEN=discord.bot_token, **api)
        assert (code, err) == (0, "")
        assert "Invite link" in out
        assert dotenv_values(tmp_path / ".env")["DISCORD_TOKEN"] == discord.bot_token
        code, _, err = await saem("setup", "--yes", directory=tmp_path, DISCORD_TOKEN=discord.bot_token, **api)
        assert (code, "There is a .env already" in err) == (78, True)
        code, _, err = await saem("setup", directory=tmp_path, DISCORD_TOKEN=discord.bot_token, **api)
        assert (code, "nobody sits at this terminal" in err) == (78, True)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "MODEL=new\n"),
        ("A=1\n# MODEL=old\nB=2\n", "A=1\nMODEL=new\nB=2\n"),
        ("# MODEL=one\nexport MODEL = two\n", "# MODEL=one\nMODEL=new\n"),
        ("MODEL=1\nMODEL=2", "MODEL=1\nMODEL=new\n"),
        ("MODELS=1\n", "MODELS=1\nMODEL=new\n"),
    ],
)
def test_a_setting_keeps_its_line(before: str, after: str) -> None:
    assert with_values(before, {"MODEL": "new"}) == after


@pytest.mark.parametrize("value", ["a b", "it's", "#1", 'say "x"', "$HOME", "back\\slash", "", "한국어"])
def test_every_value_is_read_as_it_was_given(tmp_path: Path, value: str) -> None:
    write_env(tmp_path / ".env", with_values("", {"MODEL": value}))
    assert dotenv_values(tmp_path / ".env", interpolate=True) == {"MODEL": value}


def test_a_file_that_cannot_be_written_leaves_the_old_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / ".env"
    path.write_text("A=1\n")

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_env(path, "A=2\n")
    assert [each.name for each in tmp_path.iterdir()] == [".env"]
    assert path.read_text() == "A=1\n"


async def test_models_on_this_machine_are_found_and_those_for_embeddings_told_apart() -> None:
    async def models(_request: web.Request) -> web.Response:
        listed = [{"id": name} for name in ("llama3.3", "nomic-embed-text:latest")]
        return web.json_response({"object": "list", "data": [*listed, {"id": 3}, "odd"]})

    app = web.Application()
    app.router.add_get("/v1/models", models)
    async with TestServer(app) as server, Playground() as something_else:
        other = int(something_else.origin.rsplit(":", 1)[1])
        assert await find_local_models({"Ollama": other, "nobody": 1}) == []
        (found,) = await find_local_models({"Ollama": server.port or 0, "nobody": 1})
        assert (found.program, found.url) == ("Ollama", f"http://127.0.0.1:{server.port}/v1")
    assert (found.models, found.embedding_models) == (["llama3.3"], ["nomic-embed-text:latest"])
