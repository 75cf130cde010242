"""Sentences, quotations, summaries and gaps: whole sentences, and nothing that is only a heading or a caption."""

import re

import pytest

from assistants.models.offline.gap_questions import gap_questions
from assistants.models.offline.passages import MarkedPassage, best_sentence, leading_sentences
from assistants.models.offline.sentence_finding import is_heading, is_sentence, sentences_of, split

SENTENCES = [
    "Ms. Lee teaches Dr. Kim's class at 9 a.m. on Mondays.", "Plants need light, e.g. sunlight, to grow.",
    "The value is 3.5 on the scale.", "See No. 5 and Fig. 2 for the data.", "Mr. and Mrs. Park live on St. "
            "John's Road.",
    "J. R. R. Tolkien wrote it in 1937.", "The U.S. army has 3.2 million soldiers, i.e. 1 percent of the people.",
    "Prof. Han vs. Prof. Cho: both were right.", "It opens at 8 a.m. and closes at 5 p.m. every day.",
    "Is it true that 3.14 is π?", "She said “Stop.” and left.", "수원시의 목표연도는 "
            "2030년이다.", "값은 3.5입니다.", "물은 100도에서 끓어요.",
    "2026. 3. 5.에 개학합니다.", "이것은 제 3장에서 다룬다!",
]  # fmt: skip


@pytest.mark.parametrize("first", SENTENCES)
@pytest.mark.parametrize("second", ["The next one follows here.", "다음 문장이 이어진다."])
def test_a_sentence_ends_where_it_ends(first: str, second: str) -> None:
    assert split(f"{first} {second} {first}") == [first, second, first]


def test_the_number_of_a_list_belongs_to_its_sentence() -> None:
    assert split("1. The cell is small. It has a wall.") == ["1. The cell is small.", "It has a wall."]


@pytest.mark.parametrize(
    "text",
    [
        "Chapter 3. Cells", "Photosynthesis", "Table 2: Prices of tickets", "Figure 4 shows.", "The Life of "
            "Plants", "그림 3. 세포의 구조", "표 1 가격",
        "제3장 수원의 역사", "도시기본계획의 목표", "Contents", "| name | age | size |", "UNIT 5 LINEAR "
            "EQUATIONS", "Introduction:",
    ],
)  # fmt: skip
def test_headings_and_captions_are_no_sentences(text: str) -> None:
    assert not is_sentence(text)


@pytest.mark.parametrize("text", ["The Life of Plants", "도시기본계획의 목표", "Photosynthesis", "그림 3. 세포의 구조"])
def test_headings_answer_nothing(text: str) -> None:
    assert is_heading(text)


@pytest.mark.parametrize(
    "text",
    ["The cell is the unit of life.", "Plants absorb light.  ", "The tower was built in "
            "1889.", "수원시의 목표연도는 2030년이다.", "물은 100도에서 끓어요."],
)  # fmt: skip
def test_sentences_are_sentences(text: str) -> None:
    assert is_sentence(text) or len(text.split()) < 4
    assert not is_heading(text)


BIOLOGY = MarkedPassage(
    """# Photosynthesis in Plants

Photosynthesis in Plants
Figure 1: A chloroplast under the microscope
Photosynthesis converts light into chemical energy in the chloroplast. Ms. Lee showed this in 1997 with
an experiment on spinach, e.g. with fresh leaves. The process releases oxygen into the atmosphere. The mitochondrion
is the place of respiration. Respiration consumes oxygen and releases energy. The membrane surrounds the nucleus of
the cell. Evaporation cools the surface of the leaf. The root absorbs water from the soil.
Table 2: Rates of transpiration""",
    "【1:0†source】",
)
KOREAN = MarkedPassage(
    "제2장 광합성\n광합성은 엽록체에서 일어난다. 식물은 이산화탄소를 흡수한다. 뿌리는 토양에서 수분을 얻는다. "
    "호흡은 미토콘드리아에서 일어난다. "
    "기공은 증산을 조절한다.\n그림 2. 엽록체의 구조\n잎의 표피는 수분을 보호한다.",
    "【2:0†source】",
)


def test_a_quotation_is_a_whole_sentence() -> None:
    found = best_sentence("When did Ms. Lee show photosynthesis?", [BIOLOGY])
    assert found is not None
    assert found.text.startswith("Ms. Lee showed this in 1997")
    assert found.text.endswith("e.g. with fresh leaves.")
    assert best_sentence("What is transpiration?", [BIOLOGY], naming="transpiration") is None


def test_a_summary_quotes_no_heading() -> None:
    told = [one.text for one in leading_sentences([BIOLOGY, KOREAN], 3)]
    assert len(told) == 3
    assert all(is_sentence(one) for one in told)
    assert told[0].startswith("Photosynthesis converts")
    assert any(one.startswith("광합성은") for one in told)


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("passage", [BIOLOGY, KOREAN], ids=["English", "Korean"])
def test_gaps_are_nouns_or_numbers_in_whole_sentences_with_choices_of_their_kind(
    passage: MarkedPassage, seed: int
) -> None:
    questions = gap_questions([passage], 4, "en", seed)
    assert questions
    text = " ".join(sentences_of(passage.text))
    for question in questions:
        asked = re.search("“(.+)”", question.text)
        assert asked
        right = question.choices[question.answer]
        assert is_sentence(asked[1].replace("____", right))
        assert len(set(question.choices)) == 4
        assert all(choice not in asked[1] for choice in question.choices)
        if not right.isdigit():
            assert all(choice in text for choice in question.choices)
            verbs = r"(?:ed|ing|ly|es)$|^(?:converts|absorbs|releases|cools|showed|흡수한|일어난|얻는|조절한)"
            assert not any(re.search(verbs, choice) for choice in question.choices if choice != "leaves")


def test_a_short_text_makes_a_quiz_with_nouns_for_choices() -> None:
    text = (
        "Plants make sugar from carbon dioxide and water. This happens in the chloroplasts, which hold the green "
        "pigment chlorophyll. Ms. Han says that the light reactions take place in the thylakoid membranes."
    )
    (question,) = gap_questions([MarkedPassage(text, "【1†】")], 3, "en", 1)
    assert question.choices[question.answer] == "reactions"
    assert set(question.choices) <= {"reactions", "chloroplasts", "chlorophyll", "pigment"}
    assert len(question.choices) >= 3


def test_a_text_of_headings_makes_no_quiz() -> None:
    headings = MarkedPassage(
        "Contents\nThe Life of Plants\nFigure 3: A Leaf\nChapter 2\nThe Water Cycle in Nature", "【1†】"
    )
    assert gap_questions([headings], 3, "en", 1) == []
