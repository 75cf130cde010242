"""Texts of quizzes in Markdown: nothing in them pings, and cuts leave escapes whole."""

import re
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.quizzes.safe_markdown import escaped, escaped_within, unmentioned
from tests.bot.quizzes.playing import question, quiz_turn
from tests.house import House


def with_choices(*choices: str) -> dict[str, Any]:
    return {"title": "A quiz", "questions": [{"question_text": "Which one?", "choices": list(choices)}]}


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


@given(st.text(max_size=200), st.integers(10, 60))
def test_a_cut_never_falls_into_an_escape(text: str, length: int) -> None:
    shown = escaped_within(text, length)
    assert len(shown) <= length
    if shown != escaped(text):
        assert shown.endswith("…")
        assert not re.search(r"(?<!\\)(?:\\\\)*\\…$", shown)


def test_mentions_in_a_question_are_words() -> None:
    assert unmentioned("@everyone <@1> <@&2> <#3>") == "@\u200beveryone <@\u200b1> <@\u200b&2> <#\u200b3>"
