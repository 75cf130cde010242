"""Buttons of quizzes: their custom ids, and presses on buttons that are unknown or fail."""

from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from bot.quizzes.screens.buttons import CustomId, parse_custom_id
from tests.bot.quizzes.example_quizzes import FRACTIONS
from tests.bot.quizzes.playing import press, question, quiz_turn, record, relabelled
from tests.house import House


async def test_buttons_of_unknown_quizzes_and_old_releases_get_a_sentence(house: House) -> None:
    house.openai.turns += [quiz_turn(), quiz_turn({**FRACTIONS, "title": "Other"})]
    alex, sora = await house.discord.student("alex"), await house.discord.student("sora")
    await alex.runs("/quiz", where="math", topic="fractions")
    post = await question(alex, "What is 1/2 + 1/3?")
    await sora.runs("/quiz", where="general", topic="fractions")
    elsewhere = await question(sora, "### Other")
    own, other = await record(house, post), await record(house, elsewhere)
    forged = [
        "quiz:000000000000:answer:0:0",
        "quiz:v0:7:2",
        "quiz:",
        f"quiz:{own.id}:answer:9:0",
        f"quiz:{own.id}:answer:0:9",
        f"quiz:{own.id}:launch:0:0",
        f"quiz:{other.id}:answer:0:0",
    ]
    for custom_id in forged:
        relabelled(house, post, custom_id)
        pressed = await press(alex, post, custom_id)
        assert pressed.ok, custom_id
        assert (await pressed.says("do not know any more")).ephemeral
    assert (await record(house, elsewhere)).session == other.session


async def test_when_the_store_fails_the_press_is_answered_and_not_counted(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.openai.turns.append(quiz_turn())
    alex = await house.discord.student("alex")
    await alex.runs("/quiz", where="math", topic="fractions")
    post = await question(alex, "What is 1/2 + 1/3?")

    async def full(*_: Any) -> None:
        raise OperationalError("INSERT", {}, Exception("database or disk is full"))

    with monkeypatch.context() as broken:
        broken.setattr(house.bot.store, "write", full)
        pressed = await alex.clicks(post, "5/6")
        assert pressed.ok
        assert (await pressed.says("did not work")).ephemeral
    assert (await record(house, post)).session.responses == {}
    await alex.clicks(post, "5/6")
    assert list((await record(house, post)).session.responses) == [alex.id]


@pytest.mark.parametrize(
    ("custom_id", "press"),
    [
        ("quiz:0123456789ab:answer:2:3", CustomId("0123456789ab", "answer", 2, 3)),
        ("quiz:ab:send", CustomId("ab", "send")),
        ("quiz:ab:launch:1", None),
        ("quiz:ab", None),
        ("quiz:../../x:answer:1:1", None),
        ("quiz:ab:answer:1:1:1", None),
        ("quiz:ab:answer:-1:1", None),
    ],
)
def test_custom_ids_are_read_strictly(custom_id: str, press: CustomId | None) -> None:
    assert parse_custom_id(custom_id) == press
