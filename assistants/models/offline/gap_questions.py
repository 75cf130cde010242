"""Quiz questions with a gap: a sentence of a passage without one number or noun, and choices of the same kind."""

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from assistants.models.offline.passages import EMPTY, MarkedPassage, MarkedSentence, sentences
from assistants.models.offline.sentence_finding import is_sentence
from maths.quizzes.quiz import CHOICES, QuizQuestion
from maths.reading.language import Language
from maths.telling.korean_particles import particle

_LENGTH: Final = (25, 300)
_SHORT_KOREAN: Final = 10
_NUMBER: Final = re.compile(r"(?<![\w.,-])\d[\d,]*(?:\.\d+)?(?![\w]*[A-Za-z])")
_NOUN_ENDING: Final = re.compile(
    r"(?:tion|sion|ment|ness|ity|ism|ance|ence|ship|logy|graphy|ture|sis|phyll|gen|cracy|hood|dom)s?$", re.IGNORECASE
)
_NO_NOUN: Final = re.compile(
    r"(?:ly|ed|ing|ous|ive|able|ible|ful|less|ical|ish|est|ward)$"
    r"|^(?:also|about|after|before|because|between|through|during|while|where|which|their|there|these|those|other|others|another|every|first|second|third|"
    r"more|most|many|much|such|than|then|very|often|always|never|only|into|onto|over|under|with|without|within|from|they|them|when|what|who|whose|some|"
    r"both|each|same|own|next|last|large|small|great|good|long|short|high|new|old|different|important|whole|main|several|few|called|like|just|being|have|"
    r"does|would|could|should|today|again|almost|together|however|therefore|until|since|against|among|across|around|along|behind|below|above|near|upon)$",
    re.IGNORECASE,
)
_DETERMINED: Final = re.compile(
    r"\b(?:the|an?|its|their|his|her|our|this|that|these|of|in|by|into|from|with|as)\s+(?:[a-z-]+(?:ive|al|ous|ic|ar|ful|ed)\s+)?$",
    re.IGNORECASE,
)
_SINGULAR: Final = re.compile(r"\b(?:this|that|an?)\s+$", re.IGNORECASE)
_HEAD: Final = re.compile(
    r"^(?:\s*[.,;:!?)]|\s+(?:is|are|was|were|of|in|on|for|to|and|or|has|have|had|that|which|by|from|with|at|can|will|into|as|flows?)\b|$)"
)
_EOJEOL: Final = re.compile(
    r"(?<![가-힣])([가-힣]{2,}?)(으로부터|에서는|에서|에게|으로|까지|부터|이란|이라는|라는|이라고|라고|이며|이고|이다|입니다|은|는|이|가|을|를|의|에|와|과|로|도)(?![가-힣])"
)
_NO_KOREAN_NOUN: Final = re.compile(
    r"(?:하|되|있|없|이|한|된|는|여|해|며|고|서|려|면|지|게|던|든|까|들)$|^(?:그|이|저|것|수|때|등|및|또|더|매우|모든|여러|다른|가장|우리|자신|경우|때문|대한|위한|통해|따라|위해|이러|그러|어떤)$"
)


@dataclass(frozen=True, slots=True)
class _Term:
    """A noun that can be the gap, or a wrong choice: its kind, and where it stands in its sentence."""

    text: str
    kind: str
    start: int


FEWEST_WRONG: Final = 2
"""A short text has too few nouns for more wrong choices."""


def gap_questions(passages: Sequence[MarkedPassage], count: int, language: Language, seed: int) -> list[QuizQuestion]:
    """At most `count` questions, each a sentence of the passages with a gap."""
    rng = random.Random(seed)
    whole = [one for one in sentences(passages) if is_sentence(one.text)]
    pool = [term for one in whole for term in _terms(one.text)]
    candidates = [one for one in whole if _fits(one.text)]
    ranked = sorted(dict.fromkeys(candidates), key=lambda one: (not _NUMBER.search(one.text), rng.random()))
    made: list[QuizQuestion] = []
    for sentence in ranked:
        if len(made) == count:
            break
        question = _gap(sentence, pool, language, rng)
        if question is not None and all(question.text != other.text for other in made):
            made.append(question)
    return made


def _fits(text: str) -> bool:
    shortest = _SHORT_KOREAN if re.search(r"[가-힣]", text) else _LENGTH[0]
    return shortest <= len(text) <= _LENGTH[1]


def _terms(text: str) -> list[_Term]:
    """The nouns of a sentence."""
    return _korean_terms(text) if re.search(r"[가-힣]", text) else _english_terms(text)


def _english_terms(text: str) -> list[_Term]:
    found = []
    for match in re.finditer(r"[A-Za-z][A-Za-z'-]+", text):
        word, before, behind = match[0], text[: match.start()], text[match.end() :]
        low = word.lower()
        if low in EMPTY or len(word) < 4 or _NO_NOUN.search(word) or "'" in word:
            continue
        if low.endswith("s") and not low.endswith("ss") and _SINGULAR.search(before):
            continue  # `this happens`
        begins = not before.strip(" \"“‘('")
        if word[0].isupper() and not begins:
            found.append(_Term(word, "name", match.start()))
        elif word.islower() and (_NOUN_ENDING.search(word) or (_DETERMINED.search(before) and _HEAD.match(behind))):
            found.append(
                _Term(
                    word,
                    "plural" if low.endswith("s") and not low.endswith(("ss", "sis", "us")) else "noun",
                    match.start(),
                )
            )
    return found


def _korean_terms(text: str) -> list[_Term]:
    found = [
        _Term(match[1], "korean", match.start())
        for match in _EOJEOL.finditer(text)
        if not _NO_KOREAN_NOUN.search(match[1]) and match[1] not in EMPTY
    ]
    names = [
        _Term(match[0], "name", match.start())
        for match in re.finditer(r"[A-Z][A-Za-z]{3,}", text)
        if match[0].lower() not in EMPTY
    ]
    return [*found, *names]


def _gap(
    sentence: MarkedSentence, pool: Sequence[_Term], language: Language, rng: random.Random
) -> QuizQuestion | None:
    text = sentence.text
    numbers = [
        (found[0].rstrip(".,"), found.start()) for found in _NUMBER.finditer(text) if len(found[0].rstrip(".,")) <= 12
    ]
    if numbers:
        target, start = max(numbers, key=lambda one: len(one[0]))
        others = _other_numbers(target, rng)
    else:
        terms = [term for term in _terms(text) if text.count(term.text) == 1]
        rng.shuffle(terms)
        chosen = next(
            (
                term
                for term in sorted(terms, key=_worth, reverse=True)
                if len(_alike(term, text, pool, rng)) >= FEWEST_WRONG
            ),
            None,
        )
        if chosen is None:
            return None
        target, start, others = chosen.text, chosen.start, _alike(chosen, text, pool, rng)
    if len(others) < FEWEST_WRONG:
        return None
    choices = [target, *others[: CHOICES - 1]]
    rng.shuffle(choices)
    gapped = f"{text[:start]}____{text[start + len(target) :]}"
    asked = f"Fill in the gap: “{gapped}”" if language == "en" else f"빈칸에 알맞은 말은? “{gapped}”"
    return QuizQuestion(asked, tuple(choices), choices.index(target), text, passage=text if sentence.mark else "")


def _worth(term: _Term) -> tuple[bool, int]:
    """Which noun is asked for first: a name, then the longest."""
    return (term.kind == "name", len(term.text))


def _alike(target: _Term, text: str, pool: Sequence[_Term], rng: random.Random) -> list[str]:
    """Wrong choices of the target's kind, which do not stand in the sentence; first those of the same ending."""
    kinds = [target.kind]
    if len({term.text for term in pool if term.kind == target.kind and term.text not in text}) < CHOICES - 1:
        kinds += [{"noun": "plural", "plural": "noun"}.get(target.kind, "")]  # a short text has few of one kind
    same = list(dict.fromkeys(term.text for term in pool if term.kind in kinds and term.text not in text))
    same = [word for word in same if word.lower() not in text.lower() and target.text not in word]
    rng.shuffle(same)
    return sorted(same, key=lambda word: (_ending(word) != _ending(target.text), abs(len(word) - len(target.text))))


def _ending(word: str) -> str:
    """What would give a choice away: the particle behind a Korean noun, the article before an English one."""
    return particle(word, "을") if re.search(r"[가-힣]", word) else str(word[0].lower() in "aeiou")


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
