"""Text as search terms: both databases and all queries use the same ones.

Terms are words, for scripts with spaces between words; overlapping pairs of characters for Chinese, Japanese and Korean
(a two-syllable Korean word is one pair, whatever particle follows it); and for names such as `KD-204` or
`getElementById` the whole and its parts. Raise `VERSION` with every change here: then all files are indexed anew.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping

from assistants.stopwords import FILE_WORDS, STOP_PAIRS, STOPWORDS

VERSION = 2

COMMON = 10_000
"""About how many passages a search by words looks at: beyond that it leaves out the commonest words of a query."""

_CJK = (
    "\u1100-\u11ff\u3040-\u30ff\u3130-\u318f\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\U00020000-\U0003fffd"
)
_RUN = re.compile(
    rf"(?P<cjk>[{_CJK}]+)"
    rf"|(?P<number>\d+(?:[.,]\d+)+(?![^\W_{_CJK}]))"
    rf"|(?P<name>[^\W_{_CJK}]+(?:[-_.'’/][^\W_{_CJK}]+)+)"
    rf"|(?P<word>[^\W_{_CJK}]+)"
)
_JOINTS = re.compile(r"[-_.'’/]+")
_CAMEL = re.compile(r"(?<=[a-z\d])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_LONGEST = 64  # a longer "word" is data, not language


def terms(text: str) -> list[str]:
    """The terms of `text` in order, repeated as often as they occur, without blanks inside."""
    return list(_terms(text))


def passage_terms(text: str, heading: str | None) -> str:
    """The terms to index for a passage: its own, and those of its heading if the text does not hold it."""
    return " ".join(terms(text if heading is None or heading in text else f"{heading}\n{text}"))


def query_terms(query: str) -> list[str]:
    """The terms to look for, each once; a single CJK character ends in `*`, as it may begin any pair.

    Words that only make a question (stopwords) are left out, unless there are no others.
    """
    found = list(dict.fromkeys(_terms(query)))
    return [f"{term}*" if len(term) == 1 and _is_cjk(term) else term for term in _without_stopwords(found) or found]


def rarest_terms(counts: Mapping[str, int], budget: int = COMMON) -> list[str]:
    """The rarest terms of a query, in at most `budget` passages together; rare words tell the most.

    There is at least one, and a second one unless that is common by itself: one word makes no ranking.
    """
    chosen: list[str] = []
    spent = 0
    for term, count in sorted(counts.items(), key=lambda entry: entry[1]):
        if count == 0:
            continue
        if (chosen and count > budget) or (len(chosen) > 1 and spent + count > budget):
            break
        chosen.append(term)
        spent += count
    return chosen


def names_no_topic(query: str) -> bool:
    """Whether a query names only the files themselves, such as `the uploaded document`."""
    rest, spoken = FILE_WORDS.subn(" ", query)
    return spoken > 0 and not any(len(term) > 1 for term in _without_stopwords(list(_terms(rest))))


def _without_stopwords(found: list[str]) -> list[str]:
    return [term for term in found if term not in STOPWORDS and term not in STOP_PAIRS]


def folded(text: str) -> str:
    """`text` as terms are compared: compatibility forms composed, case folded, thousands separators removed."""
    return re.sub(r"(?<=\d),(?=\d)", "", unicodedata.normalize("NFKC", text).casefold())


def _terms(text: str) -> Iterator[str]:
    for run in _RUN.finditer(unicodedata.normalize("NFKC", text)):
        piece = run.group()
        match run.lastgroup:
            case "cjk":
                yield from _pairs(piece)
            case "number":
                yield piece.replace(",", "")[:_LONGEST]
            case "name":
                yield from _name(piece)
            case _:
                yield from _word(piece)


def _pairs(run: str) -> Iterator[str]:
    if len(run) == 1:
        yield run
    for start in range(len(run) - 1):
        yield run[start : start + 2]


def _name(piece: str) -> Iterator[str]:
    parts = [part for part in _JOINTS.split(piece) if part]
    if len(parts) == 2 and parts[1].casefold() in {"s", "t", "re", "ve", "ll", "d", "m"} and not parts[0].isdigit():
        yield from _word(parts[0])
        return
    for part in parts:
        yield from _word(part)
    joined = "".join(parts).casefold()
    if len(joined) <= _LONGEST:
        yield joined


def _word(piece: str) -> Iterator[str]:
    whole = piece.casefold()[:_LONGEST]
    yield _singular(whole)
    if not (piece.islower() or piece.isupper() or piece.isdigit()):
        humps = [hump for hump in _CAMEL.split(piece) if hump]
        if len(humps) > 1:
            yield from (_singular(hump.casefold()[:_LONGEST]) for hump in humps)


def _singular(word: str) -> str:
    """Roughly the singular of an English plural, so that a word and its plural are one term."""
    if len(word) < 4 or not word.endswith("s") or not word.isascii() or not word.isalpha():
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes", "zes")):
        return word[:-2]
    return word if word.endswith(("ss", "us", "is")) else word[:-1]


def _is_cjk(character: str) -> bool:
    return re.fullmatch(f"[{_CJK}]", character) is not None
