"""The work of an answer as private messages: in parts, in fences that nothing in it can end."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.conversations.answer_source import WorkStep
from bot.replies.message_components import TEXT_LIMIT
from bot.tutor.work_messages import needs_file, work_file, work_messages


def test_code_and_output_stand_in_blocks_of_their_own() -> None:
    [message] = work_messages([WorkStep("print(2)", "2", 1)], "en")
    assert message == (
        "**Code**\n```py\nprint(2)\n```\n**Output**\n```\n2\n```\n-# Pictures that it drew, shown in the answer: 1"
    )
    assert not needs_file([message])


def test_several_pieces_are_numbered_and_one_without_output_says_so() -> None:
    [message] = work_messages([WorkStep("a = 1", "", 0), WorkStep("a", "1", 0)], "ko")
    assert "**코드 1**\n```py\na = 1\n```\n-# 출력이 없어요." in message
    assert "**코드 2**" in message


@pytest.mark.parametrize("text", ["```", "````", "a```b\n```py\n@everyone", "`", "x`", "``` ```", "`" * 50])
def test_no_fence_of_theirs_ends_ours(text: str) -> None:
    messages = work_messages([WorkStep(text, text, 0)], "en")
    for message in messages:
        assert [line for line in message.split("\n") if line.startswith("```")] == ["```py", "```", "```", "```"]
        assert message.count("```") == 4
    assert needs_file(messages) is ("```" in text)
    assert f"{text}\n" in work_file([WorkStep(text, text, 0)], "en")


def test_what_is_long_comes_in_parts_and_very_long_work_as_a_file_too() -> None:
    code = "\n".join(f"line_{number} = {number}" for number in range(1_500))
    steps = [WorkStep(code, "x" * 9_000, 0)]
    messages = work_messages(steps, "en")
    assert len(messages) > 4
    assert needs_file(messages)
    assert code in work_file(steps, "en")
    shown = re.sub(r"```(?:py)?\n?|\*\*\w+\*\*\n", "", "\n".join(messages))
    assert [line for line in shown.splitlines() if line.startswith("line_")] == code.splitlines()
    assert shown.count("x") == 9_000


@settings(deadline=None)
@given(st.text(alphabet="ab`\n 가", max_size=300), st.text(alphabet="`\nx", max_size=300), st.integers(0, 2))
def test_whatever_is_in_it_each_message_fits_and_is_closed(code: str, output: str, pictures: int) -> None:
    steps = [WorkStep(code * 20, output * 20, pictures)] * 2
    for message in work_messages(steps, "en"):
        assert len(message) <= TEXT_LIMIT
        assert message.count("```") % 2 == 0
        fences = [line for line in message.split("\n") if "```" in line]
        assert set(fences) <= {"```", "```py"}
    longest = max(map(len, re.findall("`+", work_file(steps, "en"))))
    assert longest >= 3
