"""Folds topics together: `fractions`, `분수`, `adding fractions` and `Quiz: fractions 3` are one."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from bot.learning.topics.school_topics import SCHOOL_TOPICS, SchoolTopic
from bot.sentences import Locale

LONGEST_NAME: Final = 60


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic as results are counted by it: one of school, or what was written where the table has none."""

    key: str
    en: str
    ko: str
    known: bool
    """Whether it is one of the table; others may hold words that are nobody else's business."""

    def name(self, locale: Locale) -> str:
        """Its name in a language."""
        return self.ko if locale == "ko" else self.en


_NOISE_EN: Final = re.compile(
    r"\b(?:quiz(?:zes)?|test|practice|practise|problem|question|exercise|review|homework|lesson|chapter|unit|grade"
    r"|basic|easy|medium|hard|about|on|of|the|a|an|with|and|in|for|my|some|introduction|to|level|part|maths?)\b"
)
_NOISE_KO: Final = re.compile(
    r"퀴즈|문제풀이|문제|연습|시험|복습|숙제|단원|기초|기본|심화|쉬운|어려운|에\s*대한|관련|수학"
)
_WORD: Final = re.compile(r"[a-z0-9']+(?:-[a-z0-9']+)*")
_HANGUL: Final = re.compile(r"[가-힣]")
_IRREGULAR: Final = {"matrices": "matrix", "vertices": "vertex", "indices": "index", "axes": "axis", "maths": "math"}
_ALWAYS_S: Final = ("ss", "us", "is")


@lru_cache(maxsize=4_096)
def fold(written: str) -> Topic:
    """The topic that somebody means by `written`."""
    text = unicodedata.normalize("NFKC", written).casefold()
    text = text.replace("’", "'")
    best: tuple[int, int, int] | None = None
    found: SchoolTopic | None = None
    words, korean = _words(text), re.sub(r"\s+", "", text)
    for place, topic in enumerate(SCHOOL_TOPICS):
        longest = max((*_english(topic, words), *_korean(topic, korean)), default=0)
        weight = (topic.rank, longest, -place)
        if longest and (best is None or weight > best):
            best, found = weight, topic
    if found is not None:
        return Topic(found.en, found.en, found.ko, known=True)
    name = " ".join(written.split())[:LONGEST_NAME] or "?"
    return Topic(f"={_plain(text)}", name, name, known=False)


def _english(topic: SchoolTopic, words: tuple[str, ...]) -> Iterator[int]:
    """The lengths of the topic's English words that stand in the text."""
    for phrase in topic.en_words:
        sought = _words(phrase)
        if phrase.startswith("=") and sought != words:
            continue
        for start in range(len(words) - len(sought) + 1):
            if words[start : start + len(sought)] == sought:
                yield sum(map(len, sought))


def _korean(topic: SchoolTopic, text: str) -> Iterator[int]:
    """Twice the lengths of the topic's Korean words in the text: a syllable says as much as two letters."""
    for word in (*topic.ko_words, topic.ko.replace(" ", "")):
        if _HANGUL.search(word) and word in text and (len(word) > 1 or word == text):
            yield 2 * len(word)


@lru_cache(maxsize=4_096)
def _words(text: str) -> tuple[str, ...]:
    """The English words in the singular."""
    return tuple(_singular(word) for word in _WORD.findall(text))


def _singular(word: str) -> str:
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if len(word) < 4 or word.endswith(_ALWAYS_S) or not word.endswith("s"):
        return word
    if word.endswith("ies"):
        return word if word == "series" else word[:-3] + "y"
    if word.endswith(("ches", "shes", "xes", "sses")):
        return word[:-2]
    return word[:-1]


def _plain(text: str) -> str:
    """What is left of an unknown topic without small words, numbers and signs, so that its spellings meet."""
    kept = _NOISE_KO.sub(" ", _NOISE_EN.sub(" ", " ".join(_words(text)) if text.isascii() else text))
    kept = re.sub(r"[\W\d_]+", " ", kept).strip()
    return kept or re.sub(r"\s+", " ", text).strip()
