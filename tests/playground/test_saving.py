"""A playground that is kept in a file: what comes back, and what a file that cannot be used says."""

import asyncio
import dataclasses
import hashlib
import shutil
import sqlite3
import stat
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from playground.saving import records
from playground.saving.state_file import SavedStateError, StateFile, StateInUseError
from playground.server import Playground
from playground.world.applications import Application, ApplicationCommand
from playground.world.channels import Channel, Overwrite, ThreadMember, ThreadState
from playground.world.guilds import Guild, Member, Role
from playground.world.interactions import Interaction, InteractionState, OpenModal
from playground.world.messages import Attachment, Mentions, Message, Reaction
from playground.world.polls import Poll
from playground.world.users import User
from playground.world.webhooks import Webhook
from tests.playground.conftest import eventually
from tests.playground.everything import everything
from tests.playground.rest_client import RestClient


async def done(client: RestClient, method: str, path: str, body: Any = None) -> Any:
    """The JSON of a request that succeeds."""
    response = await client(method, path, body)
    assert response.status < 300, response.json
    return response.json


QUIZ = {"name": "quiz", "description": "a quiz"}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "discord.sqlite3"


async def test_all_that_people_did_is_there_at_the_next_start(path: Path, http: aiohttp.ClientSession) -> None:
    async with Playground(state=path) as before:
        minji, teacher = await before.student("minji"), await before.student("teacher")
        question = await minji.says("math", f"<@{before.bot.id}> 3x + 11 = 14 https://a.example/b")
        thread = await minji.starts_thread(question, "3x + 11 = 14")
        await teacher.drops("library", ("notes.txt", b"\x00\xff bytes"))
        await teacher.reacts(question, "👍")
        await minji.says(thread, "and then?")
        doomed = await minji.says("general", "delete me")
        await minji.deletes(doomed)
        edited = await minji.says("general", "old")
        await minji.edits(edited, "new")
        await minji.posts_in_forum("homework", "triangles", "what is a triangle?")
        admin, bot = (
            RestClient(http, before, before.user("teacher").token),
            RestClient(http, before, f"Bot {before.bot_token}"),
        )
        general = before.channel("general")
        await done(admin, "PUT", f"/channels/{general.id}/pins/{edited.id}")
        role = await done(admin, "POST", f"/guilds/{before.guild.id}/roles", {"name": "helpers"})
        await done(admin, "PUT", f"/guilds/{before.guild.id}/members/{minji.id}/roles/{role['id']}")
        await done(
            admin, "PUT", f"/channels/{general.id}/permissions/{role['id']}", {"type": 0, "allow": "1024", "deny": "0"}
        )
        await done(bot, "POST", "/users/@me/channels", {"recipient_id": str(minji.id)})
        before.clock.advance(30)  # the link's preview, and a clock that is not the machine's
        expected = everything(before)
    async with Playground(state=path) as after:
        assert everything(after) == expected
        newest = max(each.id for channel in after.world.channels.values() for each in channel.messages.values())
        again = await (await after.student("minji")).says("math", "I am back")
        assert again.id > newest


async def test_what_was_answered_survives_a_kill(path: Path, tmp_path: Path) -> None:
    # The file as it stands at that moment is what the next start would find after SIGKILL.
    async with Playground(state=path) as before:
        minji = await before.student("minji")
        said = await minji.says("math", "before the kill")
        copy = tmp_path / "copy.sqlite3"
        for end in ("", "-wal"):
            shutil.copyfile(f"{path}{end}", f"{copy}{end}")
    async with Playground(state=copy) as after:
        assert after.channel("math").messages[said.id].content == "before the kill"


async def test_an_interactions_token_works_after_a_restart(path: Path, http: aiohttp.ClientSession) -> None:
    async with Playground(state=path) as before:
        bot = RestClient(http, before, f"Bot {before.bot_token}")
        command = await done(
            bot, "POST", f"/applications/{before.bot.id}/commands", {"name": "quiz", "description": "a quiz"}
        )
        minji = await before.student("minji")
        running = asyncio.create_task(minji.runs("/quiz", where="math"))
        (one,) = await eventually(lambda: list(before.services.interactions.all()))
        await done(bot, "POST", f"/interactions/{one.id}/{one.token}/callback", {"type": 5})
        await running
        command_id = command["id"]
    async with Playground(state=path) as after:
        again = RestClient(http, after, f"Bot {after.bot_token}")
        listed = await done(again, "GET", f"/applications/{after.bot.id}/commands")
        assert [each["id"] for each in listed] == [command_id]
        edited = await done(
            again, "PATCH", f"/webhooks/{after.bot.id}/{one.token}/messages/@original", {"content": "here it is"}
        )
        assert after.channel("math").messages[int(edited["id"])].content == "here it is"


async def test_an_interaction_that_waited_fails_after_its_three_seconds(
    path: Path, http: aiohttp.ClientSession
) -> None:
    async with Playground(state=path) as before:
        bot = RestClient(http, before, f"Bot {before.bot_token}")
        await done(bot, "POST", f"/applications/{before.bot.id}/commands", QUIZ)
        minji = await before.student("minji")
        running = asyncio.create_task(minji.runs("/quiz", where="math"))
        await eventually(lambda: list(before.services.interactions.all()))
        running.cancel()
    async with Playground(state=path) as after:
        assert [each.state for each in after.services.interactions.all()] == [InteractionState.WAITING]
        after.clock.advance(4)
        assert [each.state for each in after.services.interactions.all()] == [InteractionState.FAILED]


async def test_another_token_of_the_bots_works_at_the_next_start(path: Path, http: aiohttp.ClientSession) -> None:
    async with Playground(state=path) as before:
        said = await (await before.student("minji")).says("math", "hello")
    async with Playground(state=path, bot_token=before.bot_token.replace("nothing", "other")) as after:
        bot = RestClient(http, after, f"Bot {after.bot_token}")
        found = await done(bot, "GET", f"/channels/{after.channel('math').id}/messages/{said.id}")
        old = RestClient(http, after, f"Bot {before.bot_token}")
        assert (await old("GET", "/users/@me")).status == 401
        assert found["content"] == "hello"


def test_the_file_is_its_owners_alone(path: Path) -> None:
    StateFile(path).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_two_playgrounds_do_not_share_a_file(path: Path) -> None:
    first = StateFile(path)
    with pytest.raises(StateInUseError, match="in use by another playground"):
        StateFile(path)
    first.close()
    StateFile(path).close()


@pytest.mark.parametrize(("version", "age"), [(0, "an older"), (records.FORMAT + 1, "a newer")])
def test_another_format_is_said(path: Path, version: int, age: str) -> None:
    StateFile(path).close()
    with sqlite3.connect(path) as database:
        database.execute(f"PRAGMA user_version = {version}")
    database.close()
    with pytest.raises(SavedStateError, match=f"{age} version"):
        StateFile(path)


def test_a_database_of_something_else_is_left_alone(path: Path) -> None:
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE mine (a)")
    database.close()
    before = path.read_bytes()
    with pytest.raises(SavedStateError, match="not a saved playground"):
        StateFile(path)
    assert path.read_bytes() == before


def damage(path: Path, size: int) -> None:
    path.write_bytes(path.read_bytes()[:size] + b"nonsense" * 100)


@pytest.mark.parametrize("size", [100, 4096, 5000])
async def test_a_broken_file_is_said(path: Path, size: int) -> None:
    async with Playground(state=path):
        pass
    damage(path, size)
    with pytest.raises(SavedStateError, match="broken"):
        Playground(state=path)
    with pytest.raises(SavedStateError, match="broken"):  # the first one has let go of it
        Playground(state=path)


@pytest.mark.parametrize("kind", ["clock", "user", "application", "guild", "channel", "attachment", "message"])
async def test_a_record_that_is_none_is_said(path: Path, kind: str) -> None:
    async with Playground(state=path) as before:
        await (await before.student("minji")).drops("math", ("a.txt", b"hello"))
    with sqlite3.connect(path) as database:
        database.execute("UPDATE records SET data = '{}' WHERE kind = ?", (kind,))
    database.close()
    with pytest.raises(SavedStateError, match="broken"):
        Playground(state=path)


async def test_a_disk_that_is_full_loses_nothing_that_fits_later(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with Playground(state=path) as before:
        file = before._file
        assert file is not None
        pages = file._database.execute("PRAGMA page_count").fetchone()[0]
        file._database.execute(f"PRAGMA max_page_count = {pages}")
        minji = await before.student("minji")
        said = await minji.drops("math", ("long.txt", b"x" * 100_000))
        file._database.execute("PRAGMA max_page_count = 100000")
        await minji.says("math", "and on")
    async with Playground(state=path) as after:
        assert after.channel("math").messages[said.id].attachments[0].data == b"x" * 100_000


FIELDS = "40954b4348a661df"


def test_a_change_of_the_saved_fields_raises_the_format() -> None:
    """Whoever changes the fields of what is saved raises FORMAT and writes the new digest here."""
    saved = (
        User, Application, ApplicationCommand, Guild, Role, Member, Channel, Overwrite, ThreadState, ThreadMember,
        Message, Attachment, Reaction, Mentions, Interaction, OpenModal, Webhook, Poll,
    )  # fmt: skip
    names = [
        f"{each.__name__}.{field.name}: {field.type}"
        for each in saved
        for field in dataclasses.fields(each)
        if field.name not in records.LEFT_OUT.get(each, ())
    ]
    digest = hashlib.sha256("\n".join([*names, str(records.FORMAT)]).encode()).hexdigest()[:16]
    assert digest == FIELDS
