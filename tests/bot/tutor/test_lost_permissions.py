"""Saem loses its permissions in the middle of an answer, and gets them back."""

import asyncio

import pytest
from structlog.testing import capture_logs

from playground.pilot import Student
from playground.world.permissions import Permission
from tests.bot.library.closed_channels import owner_of
from tests.house import House, eventually, finished
from tests.scripted_openai import Turn

LONG = " ".join(f"word{number}" for number in range(700))


async def deny(house: House, permission: int) -> None:
    """Take a permission from the bot in #math, also in its threads; 0 gives back what was taken."""
    owner = await owner_of(house)
    channel = next(each for each in house.discord.world.channels.values() if each.name == "math")
    body = {"type": 1, "allow": "0", "deny": str(int(permission))}
    await owner.client.request("PUT", f"/channels/{channel.id}/permissions/{house.discord.bot.id}", body)


def shown(student: Student, place: object) -> list[tuple[str, list[str]]]:
    """The bot's messages there: how each begins and ends, and its buttons."""
    posts = [post for post in student.messages(place) if post.by_bot]  # type: ignore[arg-type]
    return [(f"{post.text[:5]}…{post.text[-7:]}", [each.label or "" for each in post.controls]) for post in posts]


async def test_what_is_too_long_for_a_message_that_may_not_be_sent_follows_when_it_may(house: House) -> None:
    gate = asyncio.Event()
    house.openai.turns.append(Turn(LONG, pieces=["word0 ", LONG[6:]], gate=gate))
    alex = await house.discord.student("alex")
    question = await house.ask(alex, "tell me")
    await finished(alex, question, "word0", button="saem:stop:")
    await deny(house, Permission.SEND_MESSAGES_IN_THREADS)
    gate.set()
    cut = await finished(alex, question, "There is more to this, but I may not write here any more.")
    assert len(shown(alex, question)) == 1
    assert "Stop" not in [each.label for each in cut.controls]
    await deny(house, 0)
    rest = await finished(alex, question, "word699")
    await eventually(lambda: not alex.now(cut).controls)
    assert rest.id != cut.id
    assert "There is more" not in alex.now(cut).text


@pytest.mark.parametrize("removed", [False, True], ids=["closed", "removed"])
async def test_an_answer_where_saem_was_shut_out_loses_its_stop_when_it_is_let_in_again(
    house: House, *, removed: bool
) -> None:
    gate = asyncio.Event()
    house.openai.turns.append(Turn("Half. Whole.", pieces=["Half. ", "Whole."], gate=gate))
    alex = await house.discord.student("alex")
    question = await house.ask(alex, "tell me")
    half = await finished(alex, question, "Half.", button="saem:stop:")
    if removed:
        house.discord.remove_bot(house.discord.guild)
    else:
        await deny(house, Permission.VIEW_CHANNEL)
    with capture_logs() as logged:
        gate.set()
        await eventually(lambda: any(line["event"] == "reply.refused" for line in logged))
    assert [each.label for each in alex.now(half).controls] == ["Stop"]
    if removed:
        house.discord._invite(house.discord.application, house.discord.guild)
    else:
        await deny(house, 0)
    whole = await finished(alex, question, "Half. Whole.")
    assert whole.id == half.id
    assert "Stop" not in [each.label for each in whole.controls]
