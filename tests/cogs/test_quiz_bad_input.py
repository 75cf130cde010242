"""Quizzes that models should not send, and presses that nobody should make."""

from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from tests.cogs.quizzes import FRACTIONS, asked, outputs, press, question, quiz_turn, record, relabelled
from tests.house import House, finished
from tests.scripted_openai import Turn


def with_choices(*choices: str) -> dict[str, Any]:
    return {"title": "A quiz", "questions": [{"question_text": "Which one?", "choices": list(choices)}]}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("this is no JSON", "not valid JSON"),
        (with_choices("only one"), "has 1 items"),
        (with_choices(*[f"choice {n}" for n in range(30)]), "has 30 items"),
        (with_choices("x" * 5_000, "y"), "5000 characters long"),
        ({}, "`title` is missing"),
    ],
    ids=["no JSON", "one choice", "thirty choices", "a long choice", "nothing"],
)
async def test_what_is_wrong_goes_back_to_the_model_and_the_mended_quiz_is_played(
    house: House, arguments: Any, said: str
) -> None:
    house.openai.turns += [quiz_turn(arguments), quiz_turn()]
    alex = await house.discord.student("alex")
    await alex.runs("/quiz", where="math", topic="fractions")
    post = await question(alex, "What is 1/2 + 1/3?")
    mending = outputs(house)[0]
    assert mending["status"] == "invalid"
    assert any(said in problem for problem in mending["problems"])
    found = await record(house, post)
    assert (found.session.host, found.topic) == (alex.id, "fractions")


async def test_after_two_attempts_at_mending_the_student_is_told(house: House) -> None:
    house.openai.turns += [quiz_turn("{"), quiz_turn("{"), quiz_turn("{"), Turn("Sorry about that.")]
    alex = await house.discord.student("alex")
    await alex.runs("/quiz", where="math", topic="fractions")
    await alex.sees(contains="I did not manage to make a quiz")
    await alex.sees(contains="Sorry about that.")
    assert len(asked(house)) == 4
    assert "problems" not in outputs(house)[-1]


async def test_a_model_that_never_calls_the_function_does_not_leave_the_student_waiting(house: House) -> None:
    house.openai.reply = lambda _: Turn("I would rather talk about the weather.")
    alex = await house.discord.student("alex")
    await alex.runs("/quiz", where="math", topic="fractions")
    await alex.sees(contains="I did not manage to make a quiz")


async def test_markdown_and_mentions_in_choices_stand_for_themselves_and_ping_nobody(house: House) -> None:
    alex, sora = await house.discord.student("alex"), await house.discord.student("sora")
    nasty = with_choices(
        f"@everyone {sora.mention} and a long text", "**bold** [link](https://x.example) and more of it"
    )
    nasty["questions"][0]["question_text"] = f"Hi {sora.mention} @here?"
    house.openai.turns.append(quiz_turn(nasty))
    await alex.runs("/quiz", where="math", topic=f"{sora.mention} @everyone")
    post = await question(sora, r"\*\*bold\*\*")
    for message in sora.messages():
        assert message.raw["mentions"] == [] or message.author_id == alex.id
        assert not message.raw["mention_everyone"]
    assert r"\@everyone" in post.text
    assert sora.mention not in post.text


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


async def test_an_absurd_topic_is_no_danger(house: House) -> None:
    house.openai.turns += [quiz_turn(), Turn("hello")]
    alex = await house.discord.student("alex")
    await alex.runs("/quiz", where="math", topic="a" * 5_000 + "``` @everyone {topic} %s \n" * 20)
    await question(alex, "What is 1/2 + 1/3?")
    await finished(alex, await house.ask(alex, "still there?"), "hello")
