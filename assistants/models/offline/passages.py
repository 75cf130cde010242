"""Passages that `file_search` returned: quotes the sentence that answers, and makes questions with a gap."""

import json
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from assistants.stopwords import STOPWORDS
from maths.quizzes.quiz import CHOICES, QuizQuestion
from maths.reading.language import Language

_FENCED = re.compile(r"(【[^】\n]{1,80}】)[^\n]*\n<passage>\n(.*?)\n</passage>", re.DOTALL)
MARK = re.compile(r"【[^】\n]{1,80}】")
_WORD = re.compile(r"[가-힣]+|[A-Za-z][A-Za-z'-]+|\d[\d.,]*")
_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
_EMPTY = STOPWORDS | frozenset(
    ["describe", "document", "file", "files", "no", "not", "one", "other", "said", "says", "such"]
)
"""Words that say nothing about a topic: those of questions, and those for the files themselves."""
_PARTICLES = re.compile(
    r"(?:으로부터|에서는|에서도|으로서|이라는|입니까|인가요|합니까|하나요|되나요|무엇|알려|주세요|에게|에서|"
    r"까지|부터|으로|이란|라는|인지|은|는|이|가|을|를|에|의|와|과|로|도|만|란)$"
)
_VERB = re.compile(r"(?:하여|하는|한다|하고|하며|된다|되는|되어|있다|있는|없다|이다|했다|위해|위한|대한|통해|따라)$")
_ASKS_NUMBER = re.compile(
    r"how\s+(?:many|much|long|far|high|tall|deep|old|big|large|often)|when\b|what\s+(?:year|date|number)|which\s+year|"
    r"몇|언제|얼마|연도|년도|며칠",
    re.IGNORECASE,
)
_WRAPPED = 55
"""A line of at least so many characters that does not end a sentence goes on in the next line."""
_LINE_LENGTH = (25, 300)


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
    """The sentences of the passages, in their order."""
    found = []
    for passage in passages:
        for line in _unwrapped(passage.text):
            for piece in re.split(r"(?<=[.!?。])\s+", line):
                text = piece.strip(" \t-*#|>")
                if len(text) >= 2:
                    found.append(MarkedSentence(text, passage.mark))
    return found


def _unwrapped(text: str) -> list[str]:
    """The lines of a text; lines that were broken because of their length are joined."""
    lines: list[str] = []
    broken = False
    for line in text.splitlines():
        special = re.match(r"[-*#|>•]|\d+[.)]\s", line)
        if broken and not special:
            lines[-1] += f" {line}"
        else:
            lines.append(line)
        broken = len(line) >= _WRAPPED and not line.endswith((".", "!", "?", "。", ":", "|"))
    return lines


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
        elif low not in _EMPTY and len(low) > 1:
            found.add(low[:-1] if low.endswith("s") and len(low) > 4 else low)
    return found


def best_sentence(question: str, passages: Sequence[MarkedPassage]) -> MarkedSentence | None:
    """The sentence that shares the most words with the question; None if no sentence shares enough to answer it."""
    wanted = topic_words(question)
    if not wanted:
        return None
    number = bool(_ASKS_NUMBER.search(question))
    scored = [
        (
            (len(wanted & topic_words(one.text)) + (number and bool(_NUMBER.search(one.text))))
            / (1 + len(one.text) / 400),
            -place,
            one,
        )
        for place, one in enumerate(sentences(passages))
        if wanted & topic_words(one.text)
    ]
    shared, _, best = max(scored, default=(0.0, 0, None), key=lambda entry: entry[:2])
    if best is None or shared < 0.5 or len(wanted & topic_words(best.text)) * 4 < len(wanted):
        return None
    return best


def gap_questions(passages: Sequence[MarkedPassage], count: int, language: Language, seed: int) -> list[QuizQuestion]:
    """At most `count` questions, each a sentence of the passages with a gap."""
    rng = random.Random(seed)
    candidates = [
        one
        for one in sentences(passages)
        if _LINE_LENGTH[0] <= len(one.text) <= _LINE_LENGTH[1] or _short_korean(one.text)
    ]
    pool = _words(" ".join(one.text for one in sentences(passages)))
    ranked = sorted(dict.fromkeys(candidates), key=lambda one: (not _NUMBER.search(one.text), rng.random()))
    made: list[QuizQuestion] = []
    for sentence in ranked:
        if len(made) == count:
            break
        question = _gap(sentence, pool, language, rng)
        if question is not None and all(question.text != other.text for other in made):
            made.append(question)
    return made


def _short_korean(text: str) -> bool:
    return bool(re.search(r"[가-힣]", text)) and 10 <= len(text) <= _LINE_LENGTH[1]


def _words(text: str) -> list[str]:
    """The longer words, which could fill a gap, each once."""
    words = []
    for word in _WORD.findall(text):
        plain = _PARTICLES.sub("", word) if re.match(r"[가-힣]", word) else word
        korean = bool(re.match(r"[가-힣]", plain))
        long = len(plain) >= (2 if korean else 5) and plain.lower() not in _EMPTY
        if long and not plain[0].isdigit() and not _VERB.search(plain):
            words.append(plain)
    return list(dict.fromkeys(words))


def _gap(sentence: MarkedSentence, pool: Sequence[str], language: Language, rng: random.Random) -> QuizQuestion | None:
    numbers = [found[0].rstrip(".,") for found in _NUMBER.finditer(sentence.text) if len(found[0].rstrip(".,")) <= 12]
    if numbers:
        target = max(numbers, key=len)
        others = _other_numbers(target, rng)
    else:
        words = [word for word in _words(sentence.text) if sentence.text.count(word) == 1]
        if not words:
            return None
        target = max(words, key=lambda word: (word[0].isupper(), len(word)))
        same = [word for word in pool if word not in sentence.text and word[0].isupper() == target[0].isupper()]
        rng.shuffle(same)
        others = sorted(same, key=lambda word: abs(len(word) - len(target)))[: CHOICES - 1]
    if len(others) < CHOICES - 1:
        return None
    choices = [target, *others[: CHOICES - 1]]
    rng.shuffle(choices)
    text = sentence.text.replace(target, "____", 1)
    asked = f"Fill in the gap: “{text}”" if language == "en" else f"빈칸에 알맞은 말은? “{text}”"
    return QuizQuestion(asked, tuple(choices), choices.index(target), sentence.text)


def _other_numbers(target: str, rng: random.Random) -> list[str]:
    """Wrong numbers of the same form: near years for a year, other numbers of the same size."""
    plain = target.replace(",", "")
    if "." in plain:
        places = len(plain.partition(".")[2])
        value = float(plain)
        made = [f"{value * factor:.{places}f}" for factor in (0.5, 1.5, 2.0, 1.2, 0.8)]
    else:
        value = int(plain)
        steps = [-10, -5, 5, 10, 15] if 1000 <= value <= 2999 else _steps(value)
        made = [f"{value + one:,}" if "," in target else str(value + one) for one in steps if value + one >= 0]
    made = [one for one in dict.fromkeys(made) if one != target]
    rng.shuffle(made)
    return made[: CHOICES - 1]


def _steps(value: int) -> list[int]:
    size = max(1, 10 ** (len(str(value)) - 1))
    return [-2 * size, -size, size, 2 * size, 3 * size, 4 * size]
