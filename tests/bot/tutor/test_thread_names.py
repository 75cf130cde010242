"""The names of threads that are made from questions."""

import pytest

from bot.tutor.thread_names import thread_name


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("**Solve** `3x + 11 = 14`", "Solve 3x + 11 = 14"),
        ("> quoted\n# Heading", "quoted"),
        ("[a link](https://example.org) please", "a link please"),
        ("\n\n  second   line ", "second line"),
        ("", "otherwise"),
        ("2 * 3 * 4 and 2*3*4, or a_1 + |x| + b_1?", "2 * 3 * 4 and 2*3*4, or a_1 + |x| + b_1?"),
        ("***very*** ~~old~~ __news__ ||hidden||", "very old news hidden"),
    ],
)
def test_a_thread_is_named_after_its_question_in_plain_words(text: str, title: str) -> None:
    assert thread_name(text, "otherwise") == title


def test_a_long_question_is_cut_to_a_name() -> None:
    title = thread_name("가" * 300, "otherwise")
    assert len(title) == 100
    assert title.endswith("…")
