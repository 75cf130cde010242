"""*Report to moderators*, from the menu of a message."""

from typing import Any

import pytest

from bot.moderation import sentences as say
from bot.sentences import Locale
from playground.pilot.student import Student
from tests.bot.library.closed_channels import owner_of
from tests.house import House, finished

MENU = "Report to moderators"
ENGLISH: Locale = "en"


async def reported(student: Student, message: Any, reason: str = "") -> str:
    """What the student is told after reporting a message."""
    form = await student.uses(MENU, message)
    if form.modal is None:
        return (await form.says()).text
    sent = await student.submits(form, **{say.REPORT_WHY(ENGLISH): reason})
    return (await sent.says()).text


async def test_students_report_answers_and_moderators_get_a_link(house: House) -> None:
    owner, alex = await owner_of(house), await house.discord.student("alex")
    house.openai.say("An answer.")
    start = await house.ask(alex, "hello")
    answer = await finished(alex, start, "An answer.")
    assert await reported(alex, answer) == say.REPORTS_NO_CHANNEL(ENGLISH)
    channel = next(each for each in house.discord.world.channels.values() if each.name == "general")
    await owner.runs("/settings moderation", where="math", channel=channel.id)
    assert await reported(alex, start) == say.REPORTS_NOT_MINE(ENGLISH)
    assert await reported(alex, answer, "It is wrong @everyone") == say.REPORTED(ENGLISH)
    told = await owner.sees(channel.id, contains="reported an answer")
    assert f"/{answer.id}" in told.text
    assert f"<@{alex.id}>" in told.text
    assert "It is wrong" in told.text
    assert not told.raw["mention_everyone"]
    assert not told.raw["mentions"]
    assert await reported(alex, answer) == say.REPORTED_ALREADY(ENGLISH)


async def test_form_that_was_open_when_the_channel_was_taken_away_is_told(house: House) -> None:
    owner, alex = await owner_of(house), await house.discord.student("alex")
    house.openai.say("An answer.")
    answer = await finished(alex, await house.ask(alex, "hello"), "An answer.")
    channel = next(each for each in house.discord.world.channels.values() if each.name == "general")
    await owner.runs("/settings moderation", where="math", channel=channel.id)
    form = await alex.uses(MENU, answer)
    await owner.runs("/settings moderation", where="math", off=True)
    sent = await alex.submits(form)
    await sent.says(say.REPORTS_NO_CHANNEL(ENGLISH))


@pytest.mark.parametrize("minutes", [0, 11])
async def test_many_reports_in_a_short_time_are_too_many(house: House, minutes: int) -> None:
    reports = house.bot.get_cog("ModerationCog").reports  # type: ignore[union-attr]
    now = reports._now()
    reports._made.extend((now - minutes * 60, 5, message) for message in range(5))
    owner, alex = await owner_of(house), await house.discord.student("alex")
    reports._made.extend((now - minutes * 60, alex.id, message) for message in range(5))
    house.openai.say("An answer.")
    answer = await finished(alex, await house.ask(alex, "hello"), "An answer.")
    channel = next(each for each in house.discord.world.channels.values() if each.name == "general")
    await owner.runs("/settings moderation", where="math", channel=channel.id)
    expected = say.REPORTED(ENGLISH) if minutes else say.REPORTS_TOO_MANY(ENGLISH, minutes=10)
    assert await reported(alex, answer) == expected
