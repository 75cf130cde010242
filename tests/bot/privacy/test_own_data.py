"""`/my-data`: all that is kept about a student, and nothing of others."""

import io
import json
import zipfile
from typing import Any

import aiohttp

from bot.privacy.own_data import OWNERS
from bot.store.schema import whole_schema
from playground.pilot.student import Student
from tests.bot.library.dropped_files import reacted
from tests.house import House, finished

OF_NO_STUDENT = {
    "answer_messages", "answers", "announced_requests", "budget_notices", "conversations",
    "deferred_responses", "guilds", "holds", "identify_buckets", "library_channels", "library_guilds",
    "library_threads", "notes", "process_status", "request_allowances", "separate_threads", "server_settings",
    "shard_cluster", "shard_guilds", "shard_processes", "shards", "tool_calls", "veiled_answers",
}  # fmt: skip
"""Tables whose rows are no one student's: of conversations (which are told), of servers, of processes; and what is
there for minutes alone."""


def test_every_table_is_told_or_ruled_to_be_of_no_student() -> None:
    schema = whole_schema()
    assert set(schema.tables) == set(OWNERS) | OF_NO_STUDENT
    for name, column in OWNERS.items():
        assert column in schema.tables[name].columns


async def own_data(house: House, student: Student) -> dict[str, Any]:
    """What is in the file that a student gets, by its name: JSON read, other files as bytes."""
    asked = await student.runs("/my-data", where="math")
    await asked.says("I have sent it")
    dm = await student.dm(house.discord.bot.id)
    message = await student.sees(dm, contains="all that I keep")
    async with aiohttp.ClientSession() as http, http.get(message.raw["attachments"][0]["url"]) as response:
        packed = zipfile.ZipFile(io.BytesIO(await response.read()))
    return {
        name: json.loads(packed.read(name)) if name.endswith(".json") else packed.read(name)
        for name in packed.namelist()
    }


async def test_a_student_gets_their_words_answers_rows_and_files_and_nothing_of_others(house: House) -> None:
    alex, minji = await house.discord.student("alex"), await house.discord.student("minji")
    house.openai.say("To alex.", "To minji.", "To alex again.")
    start = await house.ask(alex, "my first words")
    await finished(alex, start, "To alex.")
    await minji.says(start.id, f"<@{house.discord.bot.id}> secret of minji")
    await finished(minji, start, "To minji.")
    await alex.says(start.id, f"<@{house.discord.bot.id}> my second words")
    await finished(alex, start, "To alex again.")
    dropped = await alex.drops("library", ("notes.txt", b"Water boils."))
    await reacted(alex, dropped, "\N{WHITE HEAVY CHECK MARK}")
    found = await own_data(house, alex)
    said = [message["text"] for each in found["conversations.json"] for message in each["messages"]]
    assert ["first words" in said[0], said[1], "second words" in said[2], said[3]] == [
        True, "To alex.", True, "To alex again.",
    ]  # fmt: skip
    assert "minji" not in str(found)
    assert len(found["questions.json"]) == 2
    assert found["library_files.json"][0]["filename"] == "notes.txt"
    assert [data for name, data in found.items() if name.startswith("files/")] == [b"Water boils."]
    assert "left-out.txt" not in found
