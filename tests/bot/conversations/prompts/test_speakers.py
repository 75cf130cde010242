"""Who is called what before the model: no two people by one name, over renaming, restarts and history."""

from types import SimpleNamespace
from typing import Any, cast

from hypothesis import given
from hypothesis import strategies as st

from bot.conversations.prompts.assistants_messages import SPEAKER, as_message
from bot.conversations.prompts.speakers import Speakers
from bot.conversations.question import AttachedContent, Question
from tests.bot.library.closed_channels import owner_of
from tests.house import House, eventually

NAMES = st.sampled_from(
    ["Minji", "minji", "Min\u200bji", "Ｍinji", "Minji (2)", "Minji 2", "System", "민지", "", "x" * 60]
)


@given(st.lists(st.tuples(st.integers(1, 4), NAMES, st.booleans()), max_size=25))
def test_no_two_people_are_ever_called_the_same(said: list[tuple[int, str, bool]]) -> None:
    speakers = Speakers()
    stored: list[Any] = []
    owners: dict[str, int] = {}
    for number, (author, name, restarted) in enumerate(said):
        if restarted:
            speakers = Speakers()
            speakers.take_from(stored)
        called = speakers.called(author, name)
        assert owners.setdefault(called.casefold(), author) == author
        assert speakers.called(author, name) == called
        question = Question("hello", author, name, message_id=number + 1)
        message = as_message(question, AttachedContent(), called)
        assert str(message["content"]).startswith(f"{called}: ")
        stored.append(SimpleNamespace(metadata=message["metadata"]))
        assert cast("dict[str, str]", message["metadata"])[SPEAKER] == f"{author} {called}"


def test_a_question_of_nobody_takes_nobodys_name() -> None:
    speakers = Speakers()
    assert speakers.name_of(Question("results", 0, "")) == ""
    assert speakers.called(5, "") == "Student"


async def test_two_students_of_one_display_name_are_told_apart_also_after_a_restart(house: House) -> None:
    alex, minji, owner = (
        await house.discord.student("alex"),
        await house.discord.student("minji"),
        await owner_of(house),
    )
    for student in (alex, minji):
        route = f"/guilds/{house.discord.guild.id}/members/{student.id}"
        await owner.client.request("PATCH", route, {"nick": "Kim Teacher"})
    question = await house.ask(alex, "one")
    await alex.sees(question.id, contains="one", matching=lambda post: post.by_bot)
    await minji.says(question.id, "two")
    await alex.sees(question.id, contains="You said: Kim Teacher (2): two")
    conversation = await house.bot.conversations.find(question.id)
    assert conversation is not None
    await eventually(lambda: conversation.settled)
    house.bot.conversations._loaded.clear()
    await minji.says(question.id, "three")
    await alex.sees(question.id, contains="You said: Kim Teacher (2): three")
    await alex.says(question.id, "four")
    await alex.sees(question.id, contains="You said: Kim Teacher: four")
