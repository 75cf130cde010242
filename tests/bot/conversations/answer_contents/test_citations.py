"""Marks in the model's text become numbered links, however the text is cut into pieces."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openai.types.beta.threads.file_citation_annotation import FileCitation

from bot.conversations.answer_contents.citations import Citations, Source
from bot.escaping import CITATION
from bot.sentences import Locale

TEXT = "The year is 2030【4:0†source】, not 2040【4:1†source】; 【중요】 is the model's own【4:0†source】."
SHOWN = (
    f"The year is 2030 {CITATION}[[1]](https://d/1), not 2040 {CITATION}[[2]](https://d/2); "
    f"【중요】 is the model's own {CITATION}[[1]](https://d/1)."
)


async def resolve(file_id: str) -> Source | None:
    known = {"a": Source("plan.pdf", "https://d/1"), "b": Source("old [1].pdf", "https://d/2")}
    return known.get(file_id)


def citations() -> Citations:
    made = Citations(resolve)
    made.annotate("【4:0†source】", "a")
    made.annotate("【4:1†source】", "b")
    return made


@given(st.lists(st.integers(0, len(TEXT)), max_size=12))
async def test_however_it_is_cut_the_text_comes_out_the_same(cuts: list[int]) -> None:
    made, shown, start = citations(), "", 0
    for end in [*sorted(cuts), len(TEXT)]:
        shown += await made.feed(TEXT[start:end])
        start = end
    shown += await made.flush()
    assert shown == SHOWN
    assert made.heard == TEXT


async def test_the_sources_stand_in_a_line_once_each() -> None:
    made = citations()
    await made.feed(TEXT)
    assert made.footer() == "[1] [plan.pdf](https://d/1) · [2] [old (1).pdf](https://d/2)"


async def test_a_mark_of_a_file_that_is_gone_is_left_out() -> None:
    made = Citations(resolve)
    made.annotate("【4:0†source】", "gone")
    assert await made.feed("So it is【4:0†source】.") == "So it is."
    assert made.footer() is None


async def test_what_never_ends_as_a_mark_is_shown() -> None:
    made = Citations(resolve)
    assert await made.feed("an open 【bracket") == "an open "
    assert await made.flush() == "【bracket"


async def test_the_model_cannot_mark_a_link_as_a_citation() -> None:
    made = Citations(resolve)
    assert await made.feed(f"See {CITATION}[[1]](https://evil.example).") == "See [[1]](https://evil.example)."


async def test_a_file_s_name_ends_no_label_and_makes_no_link() -> None:
    async def named(_file_id: str) -> Source:
        return Source("x](https://evil.example) [exam.txt", "https://d/1")

    made = Citations(named)
    made.annotate("【4:0†source】", "a", FileCitation.model_validate({"file_id": "a", "page": 2}))
    await made.feed("So【4:0†source】.")
    assert made.footer() == r"[1] [x)(https\://evil.example) (exam.txt, p. 2](https://d/1)"


@pytest.mark.parametrize(
    ("confidence", "locale", "label"),
    [
        (92, "en", "a.pdf, p. 2, read by OCR"),
        (40, "en", "a.pdf, p. 2, read by OCR, with doubts"),
        (92, "ko", "a.pdf, p. 2, 글자 인식(OCR)"),
        (None, "en", "a.pdf, p. 2"),
    ],
)
async def test_a_passage_that_ocr_has_read_is_said_to_be_so(confidence: int | None, locale: Locale, label: str) -> None:
    async def named(_file_id: str) -> Source:
        return Source("a.pdf", "https://d/1")

    made = Citations(named, locale)
    cited = {"file_id": "a", "page": 2, **({} if confidence is None else {"ocr_confidence": confidence})}
    made.annotate("【4:0†source】", "a", FileCitation.model_validate(cited))
    await made.feed("So【4:0†source】.")
    assert made.footer() == f"[1] [{label}](https://d/1)"
