"""Answers as models give them, in English and Korean: split, joined, shown."""

import re

import pytest

from bot.replies.inline_rendering import formula_text
from bot.replies.markdown_rendering import Formula, Text
from bot.replies.splitter import MessageLimits, Part, Splitter
from tests.bot.replies.corpus import ANSWERS

NO_PROSE = re.compile(
    r"\\\(.*?\\\)|\\\[.*?\\\]|\$\$.*?\$\$|\$[^$\s](?:[^$]*?\S)??\$(?!\d)"
    r"|\\begin\{.*?\\end\{.*?\}|\\boxed\{\S*|\]\([^)]*\)|<.*?>|【[^】]*】",
    re.DOTALL,
)
TINY = MessageLimits(characters=300, pictures=2, components=9)


def split(text: str, limits: MessageLimits, step: int) -> list[Part]:
    splitter = Splitter(limits)
    parts: list[Part] = []
    for at in range(0, len(text), step):
        parts += splitter.feed(text[at : at + step])
    return [*parts, splitter.flush()]


def test_there_are_enough_answers_in_both_languages() -> None:
    assert len(ANSWERS) >= 190
    assert sum(bool(re.search("[가-힣]", answer)) for answer in ANSWERS) >= 25


@pytest.mark.parametrize("answer", ANSWERS)
def test_an_answer_survives_split_and_join(answer: str) -> None:
    for limits in (MessageLimits(), TINY):
        for step in (1, 13, len(answer)):
            parts = split(answer, limits, step)
            assert "".join(part.source for part in parts) == answer
            for part in parts:
                shown = sum(len(piece.text) for piece in part.pieces() if isinstance(piece, Text))
                assert shown <= limits.characters


@pytest.mark.parametrize("answer", ANSWERS[:-1])
def test_no_formula_of_an_answer_is_left_as_latex(answer: str) -> None:
    [part] = split(answer, MessageLimits(), len(answer))
    for piece in part.pieces():
        text = piece.text if isinstance(piece, Text | Formula) else ""
        prose = re.sub(r"```.*?```|`[^`\n]+`", "", text, flags=re.DOTALL)
        assert not re.search(r"\\[A-Za-z(\[]", prose), prose
        if isinstance(piece, Formula):
            assert formula_text(piece.latex, display=True).draw


@pytest.mark.parametrize("answer", ANSWERS[:-1])
def test_no_formula_is_shown_by_halves_while_an_answer_is_written(answer: str) -> None:
    splitter = Splitter()
    for at in range(0, len(answer), 3):
        splitter.feed(answer[at : at + 3])
        shown = "".join(getattr(piece, "text", "") for piece in splitter.open.pieces(incomplete=True))
        prose = re.sub(r"```.*?(?:```|\Z)|`[^`\n]*`?", "", shown, flags=re.DOTALL)
        assert not re.search(r"\\[A-Za-z(\[]", prose), prose[-80:]


@pytest.mark.parametrize("answer", ANSWERS)
def test_all_that_an_answer_says_is_shown(answer: str) -> None:
    """Its words, outside of formulas, links and marks of citations, in order."""
    [part] = split(answer, MessageLimits(), 5)
    shown = " ".join(getattr(piece, "text", "") for piece in part.pieces())
    prose = NO_PROSE.sub(" ", answer)
    at = 0
    for word in re.findall(r"[A-Za-z]{4,}|[가-힣]{2,}", prose):
        found = shown.find(word, at)
        assert found >= 0, word
        at = found
