"""Inlines: the fast reading finds the same as the exact one."""

from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from bot.replies import markdown_inline


def _joined_words(pieces: Iterable[markdown_inline.Inline]) -> list[tuple[str, str]]:
    """Pieces as kind and source, with words, spaces and bare addresses that stand together joined."""
    found: list[tuple[str, str]] = []
    for piece in pieces:
        plain = piece.kind in {"text", "space"} or (piece.kind == "link" and not piece.target)
        kind = "text" if plain else piece.kind
        if found and kind == "text" and found[-1][0] == "text":
            found[-1] = ("text", found[-1][1] + piece.source)
        else:
            found.append((kind, piece.source))
    return found


@given(st.text(alphabet=r"ab .\`$*_~|![]()<>1:/한" + "\n", max_size=60), st.booleans())
def test_the_fast_reading_finds_what_the_exact_one_finds(text: str, incomplete: bool) -> None:
    exact, fast = (
        markdown_inline.fine_inlines(text, incomplete=incomplete),
        markdown_inline.coarse_inlines(text, incomplete=incomplete),
    )
    assert _joined_words(fast) == _joined_words(exact)
