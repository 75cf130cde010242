"""Passages that `file_search` returned, and the sentence in them that answers a question."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from assistants.models.offline.sentence_finding import is_heading, is_sentence, sentences_of
from assistants.stopwords import STOPWORDS

_FENCED = re.compile(r"(【[^】\n]{1,80}】)[^\n]*\n<passage>\n(.*?)\n</passage>", re.DOTALL)
MARK = re.compile(r"【[^】\n]{1,80}】")
_WORD = re.compile(r"[가-힣]+|[A-Za-z][A-Za-z'-]+|\d[\d.,]*")
_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
EMPTY = STOPWORDS | frozenset(
    ["describe", "document", "file", "files", "no", "not", "one", "other", "said", "says", "such"]
)
"""Words that say nothing about a topic: those of questions, and those for the files themselves."""
_PARTICLES = re.compile(
    r"(?:으로부터|에서는|에서도|으로서|이라는|입니까|인가요|합니까|하나요|되나요|무엇|알려|주세요|에게|에서|"
    r"까지|부터|으로|이란|라는|인지|은|는|이|가|을|를|에|의|와|과|로|도|만|란)$"
)
_ASKS_NUMBER = re.compile(
    r"how\s+(?:many|much|long|far|high|tall|deep|old|big|large|often)|when\b|what\s+(?:year|date|number)|which\s+year|"
    r"몇|언제|얼마|연도|년도|며칠",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class MarkedPassage:
    """A passage of a file, with the mark that cites it."""

    text: str
    mark: str


@dataclass(frozen=True, slots=True)
class MarkedSentence:
    """A sentence of a passage, with the passage's mark."""

    text: str
    mark: str


def read_passages(output: str) -> list[MarkedPassage]:
    """The passages in the output of `file_search`; each mark may stand before or behind its text."""
    if (found := _from_json(output)) is not None:
        return found
    if fenced := _FENCED.findall(output):
        return [MarkedPassage(_clean(text), mark) for mark, text in fenced]
    marks = list(MARK.finditer(output))
    if not marks:
        return []
    starts_with_mark = output[: marks[0].start()].count("\n\n") <= 1 and not _closes_text(output, marks)
    ends = [*(mark.start() for mark in marks[1:]), len(output)]
    passages = []
    before = 0
    for mark, end in zip(marks, ends, strict=True):
        text = output[mark.end() : end] if starts_with_mark else output[before : mark.start()]
        before = mark.end()
        passages.append(MarkedPassage(_clean(text), mark[0]))
    return [passage for passage in passages if passage.text]


def _closes_text(output: str, marks: Sequence[re.Match[str]]) -> bool:
    """Whether marks stand behind their passages: nothing comes after the last one."""
    return not output[marks[-1].end() :].strip()


def _from_json(output: str) -> list[MarkedPassage] | None:
    try:
        value = json.loads(output)
    except (ValueError, RecursionError):
        return None
    return list(_objects(value))


def _objects(value: Any) -> Iterator[MarkedPassage]:
    if isinstance(value, list):
        for one in value:
            yield from _objects(one)
    elif isinstance(value, dict):
        texts = [one for one in value.values() if isinstance(one, str)]
        mark = next((found[0] for one in texts if (found := MARK.search(one))), "")
        text = max(texts, key=len, default="")
        if mark and MARK.sub("", text).strip():
            yield MarkedPassage(_clean(MARK.sub("", text)), mark)
        else:
            for one in value.values():
                yield from _objects(one)


def _clean(text: str) -> str:
    """The text without the fences, tags and rules that the tool adds."""
    lines = [line.strip() for line in text.splitlines()]
    kept = [line for line in lines if line and not re.match(r"^(?:```|~~~|</?\w+[^>]*>$|---+$|===+$)", line)]
    return "\n".join(kept)


def sentences(passages: Sequence[MarkedPassage]) -> list[MarkedSentence]:
    """The sentences and other lines of the passages, in their order."""
    return [MarkedSentence(text, passage.mark) for passage in passages for text in sentences_of(passage.text)]


def leading_sentences(passages: Sequence[MarkedPassage], count: int) -> list[MarkedSentence]:
    """The first whole sentences of the passages, for a summary: one of each passage, then further ones of the first."""
    each = [[one for one in sentences([passage]) if is_sentence(one.text)] for passage in passages]
    turns = [one for turn in range(count) for found in each if turn < len(found) for one in [found[turn]]]
    chosen = list(dict.fromkeys(turns))[:count]
    return [one for one in sentences(passages) if one in chosen]


def topic_words(text: str) -> set[str]:
    """The words that tell a text's topic, in lower case; Korean ones without particles, and as pairs of syllables."""
    found: set[str] = set()
    for word in _WORD.findall(text):
        low = word.lower()
        if re.match(r"[가-힣]", low):
            stem = _PARTICLES.sub("", low) or low
            if len(stem) >= 2:
                found.add(stem)
            found |= {stem[place : place + 2] for place in range(len(stem) - 1)}
        elif low not in EMPTY and len(low) > 1:
            found.add(low[:-1] if low.endswith("s") and len(low) > 4 else low)
    return found


def best_sentence(
    question: str, passages: Sequence[MarkedPassage], *, naming: str = "", share: int = 4
) -> MarkedSentence | None:
    """The sentence that shares the most words with the question; None if no sentence shares enough to answer it.

    Headings answer nothing. With `naming`, the sentence must match that pattern. At least one in `share` of the
    question's words must be shared.
    """
    wanted = topic_words(question)
    if not wanted:
        return None
    number = bool(_ASKS_NUMBER.search(question))
    scored = [
        (
            (len(wanted & topic_words(one.text)) + (number and bool(_NUMBER.search(one.text))))
            / (1 + len(one.text) / 400)
            * (1 if is_sentence(one.text) else 0.6),
            -place,
            one,
        )
        for place, one in enumerate(sentences(passages))
        if wanted & topic_words(one.text)
        and not is_heading(one.text)
        and (not naming or (is_sentence(one.text) and re.search(naming, one.text, re.IGNORECASE)))
    ]
    shared, _, best = max(scored, default=(0.0, 0, None), key=lambda entry: entry[:2])
    if best is None or shared < 0.5 or len(wanted & topic_words(best.text)) * share < len(wanted):
        return None
    return best
