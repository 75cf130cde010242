"""docs/playground.md is true: its faults, calls and options exist."""

import argparse
import json
import re
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from playground import __main__ as command_line
from playground.pilot import Student
from playground.rest import routes
from playground.rest.router import Router
from playground.server import Playground
from tests.playground.rest_client import RestClient

DOCS = (Path(__file__).parents[2] / "docs" / "playground.md").read_text()


def faults() -> list[dict[str, Any]]:
    spans = re.findall(r'`(\{"kind".*?\})`', DOCS)
    return [json.loads(each.replace("…", '"GET /nowhere"')) for each in spans]


@pytest.mark.parametrize("fault", faults(), ids=lambda fault: str(fault["kind"]))
async def test_every_fault_of_the_table_happens(
    playground: Playground, http: aiohttp.ClientSession, fault: dict[str, Any]
) -> None:
    async with http.post(f"{playground.origin}/playground/faults", json=fault) as response:
        assert response.status == 200
        assert "count" in await response.json()


def test_every_call_of_the_students_table_is_a_route() -> None:
    router = Router(routes.ALL)
    section = DOCS.split("### REST, below")[1].split("### `POST")[0]
    calls = re.findall(r"`((?:GET|POST|PUT|PATCH|DELETE)(?:`, `[A-Z]+)*) (/[^`]+)`", section)
    assert len(calls) > 10
    for methods, path in calls:
        for method in re.findall("[A-Z]+", methods):
            assert router.find(method, path.split("?")[0].replace("{emoji}", "x"))[0], f"{method} {path}"


def test_every_option_is_documented(monkeypatch: pytest.MonkeyPatch) -> None:
    options: list[str] = []
    add = argparse.ArgumentParser.add_argument

    def note(self: argparse.ArgumentParser, *names: str, **arguments: Any) -> argparse.Action:
        options.extend(each for each in names if each.startswith("--"))
        return add(self, *names, **arguments)

    monkeypatch.setattr(argparse.ArgumentParser, "add_argument", note)
    monkeypatch.setattr("sys.argv", ["playground"])
    command_line._arguments()
    assert [each for each in options if f"`{each}" not in DOCS and each != "--help"] == []


def ids(value: Any, path: str = "") -> list[str]:
    """Return the paths of ids that are no strings; components count theirs with numbers."""
    found: list[str] = []
    if isinstance(value, dict):
        for key, child in value.items():
            if (key == "id" or key.endswith("_id")) and not isinstance(child, (str, type(None))):
                found.append(f"{path}.{key}")
            if key != "components":
                found += ids(child, f"{path}.{key}")
    elif isinstance(value, list):
        for index, child in enumerate(value):
            found += ids(child, f"{path}[{index}]")
    return found


async def test_ids_are_strings_everywhere(playground: Playground, minji: Student, as_bot: RestClient) -> None:
    post = await minji.says("#math", f"<@{playground.bot.id}>", files=[("a.txt", b"x")])
    await minji.says("#math", "re", reply_to=post)
    thread = await minji.starts_thread(post, "t")
    await minji.says(thread, "x")
    await minji.reacts(post, "👍")
    await minji.types("#math")
    await minji.deletes(post)
    await minji.wait_for(lambda: any(name == "MESSAGE_DELETE" for name, _ in minji.events))
    assert [each for name, data in minji.events for each in ids(data, name)] == []
    for path in ("/users/@me", "/applications/@me", f"/guilds/{playground.guild.id}", f"/channels/{thread}"):
        assert ids((await as_bot("GET", path)).json, path) == []
