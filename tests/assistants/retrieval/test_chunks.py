import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistants.retrieval.chunks import Section, chunks, count_tokens

PROSE = "".join(f"The river carries silt past town {n}. Every spring it floods {n} fields.\n\n" for n in range(200))


def test_no_chunk_is_longer_than_asked_for() -> None:
    for size, overlap in ((100, 50), (800, 400), (4096, 0)):
        assert all(chunk.tokens <= size for chunk in chunks([Section(PROSE)], size=size, overlap=overlap))


@given(
    st.text(alphabet=st.sampled_from("ab \n.수원123#`|。"), max_size=3000), st.integers(100, 300), st.integers(0, 150)
)
def test_every_word_of_a_text_is_in_some_chunk(text: str, size: int, overlap: int) -> None:
    found = list(chunks([Section(text)], size=size, overlap=min(overlap, size // 2)))
    position = 0
    for chunk in found:
        start = text.find(chunk.text, max(0, position - len(text)))
        assert start >= 0
    everything = "".join(chunk.text for chunk in found)
    assert set(text.split()) <= set(everything.split()) | {
        word for word in text.split() if word in everything or len(word) > 50
    }


def test_neighbours_share_about_the_overlap() -> None:
    found = list(chunks([Section(PROSE)], size=400, overlap=200))
    for before, after in itertools.pairwise(found):
        shared = next(
            n for n in range(min(len(before.text), len(after.text)), -1, -1) if before.text.endswith(after.text[:n])
        )
        assert 100 <= count_tokens(after.text[:shared]) <= 220


def test_chunks_begin_and_end_where_a_reader_pauses() -> None:
    found = list(chunks([Section(PROSE)], size=300, overlap=100))
    assert all(chunk.text.endswith(".") for chunk in found)
    assert all(chunk.text.startswith(("The", "Every")) for chunk in found)


def test_a_chunk_never_reaches_over_a_page() -> None:
    found = list(chunks([Section("first page", page=1), Section("second page", page=2)]))
    assert [(chunk.text, chunk.page) for chunk in found] == [("first page", 1), ("second page", 2)]


def test_a_chunk_names_the_headings_that_it_stands_under() -> None:
    text = (
        "# Seas\n\n"
        + "Salt water. " * 200
        + "\n\n## Tides\n\n"
        + "The moon pulls. " * 300
        + "\n```\n# no heading\n```\n"
    )
    found = list(chunks([Section(text, markdown=True)], size=200, overlap=0))
    assert found[0].heading == "Seas"
    assert found[-1].heading == "Seas › Tides"


def test_text_without_any_blank_is_cut_all_the_same() -> None:
    found = list(chunks([Section("가" * 5000)], size=800, overlap=400))
    assert len(found) > 5
    assert all(chunk.tokens <= 800 for chunk in found)


def test_an_overlap_of_more_than_half_is_refused() -> None:
    with pytest.raises(ValueError, match="half"):
        list(chunks([Section("x")], size=100, overlap=51))


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("The quick brown fox jumps over the lazy dog.", 9, 12),
        ("수원시의 목표연도는 2030년이다.", 9, 20),
        ("x = 3.14159 + y", 6, 12),
    ],
)
def test_tokens_are_counted_about_as_models_count_them(text: str, low: int, high: int) -> None:
    assert low <= count_tokens(text) <= high
