"""What a student wants after a quiz: an explanation, what was wrong, the wrong questions again, or more of the kind."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from assistants.models.offline.played_quizzes import PlayedQuiz
from assistants.models.offline.sentences import say
from maths.reading.intent import intent_of
from maths.reading.language import Language

Wish = Literal["explain", "missed", "again", "more"]

_PLACE = re.compile(
    r"\b(?:questions?|problems?|number|no\.?|q|item|exercise)\s*#?\s*(\d{1,2})\b|#\s*(\d{1,2})\b|(\d{1,2})\s*번(?!\s*째?\s*단계)"
    r"|(?:문제|문항)\s*(\d{1,2})|\b(\d{1,2})(?:st|nd|rd|th)\s+(?:question|problem|one)\b",
    re.IGNORECASE,
)
_ORDINALS = (
    (r"\bfirst\s+(?:question|problem|one)|첫\s*(?:번째|째)?\s*(?:문제|문항|거|것)", 1),
    (r"\bsecond\s+(?:question|problem|one)|(?:두\s*번째|둘째)\s*(?:문제|문항|거|것)", 2),
    (r"\bthird\s+(?:question|problem|one)|(?:세\s*번째|셋째)\s*(?:문제|문항|거|것)", 3),
    (r"\bfourth\s+(?:question|problem|one)|(?:네\s*번째|넷째)\s*(?:문제|문항|거|것)", 4),
    (r"\blast\s+(?:question|problem|one)|마지막\s*(?:문제|문항|거|것)", -1),
)
_EXPLAIN = re.compile(
    r"\bwhy\b|\bexplain|\bhow\b|\bshow\b|\bsolve|\bsolution|\bwalk\b|\bgo\s+(?:through|over)\b|\bunderstand|\bget\b|\bhelp|"
    r"\bwhat(?:'s|\s+is|\s+was)\b|\bwrong\b|\bright\b|왜|설명|풀이|풀어|어떻게|알려|이해|모르|도와|답|뭐|틀|맞",
    re.IGNORECASE,
)
_AGAIN = re.compile(
    r"\b(?:wrong|missed|mistakes?|incorrect|failed)\b.*\b(?:again|once\s+more|retry|redo|repeat|try)\b"
    r"|\b(?:again|retry|redo|repeat|only|just|quiz|practi[sc]e)\b.{0,40}\b(?:wrong|missed|mistakes|incorrect)"
    r"|(?:틀린|오답).*(?:다시|또|한\s*번\s*더|퀴즈|풀래|풀게|풀고)|다시.*(?:틀린|오답)",
    re.IGNORECASE,
)
_MISSED = re.compile(
    r"\b(?:what|which|where|how\s+many)\b.*\b(?:wrong|miss(?:ed)?|mistakes?|incorrect)|\bmy\s+(?:mistakes?|score|results?)"
    r"|\bhow\s+did\s+(?:i|we)\s+do|\bi\s+(?:got|had)\s+wrong|뭐.*틀|뭘.*틀|무엇.*틀|어떤.*틀|어디.*틀|몇.*틀|틀린\s*(?:거|것|게|문제|문항)|내\s*(?:점수|결과)|몇\s*점|오답",
    re.IGNORECASE,
)
_MORE = re.compile(r"\bquiz(?:zes)?\b|\bquestions\b|퀴즈|문제", re.IGNORECASE)
_LETTER = re.compile(
    r"(?<![A-Za-z\\])([A-J])(?![A-Za-z])|\b([a-j])\s+(?=(?:is|was|not|wrong|right|correct|isn)\b)|([①-⑩])"
)


@dataclass(frozen=True, slots=True)
class AboutQuiz:
    """What a message wants of the last quiz."""

    wish: Wish
    places: tuple[int, ...] = ()
    """The questions that it is about, from 1; of `more`, those to be like."""
    choice: str = ""
    """The text of the choice that it asks about."""
    unknown: int | None = None
    """The number that it names, where there is no such question."""


def about_quiz(text: str, quiz: PlayedQuiz, name: str, spoken_of: int | None = None) -> AboutQuiz | None:
    """What a message of the student `name` wants of a quiz; None if it is about something else.

    `spoken_of` is the question that was explained last.
    """
    named, count = _named(text), len(quiz.questions)
    missed = tuple(quiz.missed(name))
    if named is not None and not 1 <= (count if named == -1 else named) <= count:
        return AboutQuiz("explain", unknown=named)
    place = count if named == -1 else named
    if _AGAIN.search(text) and not re.search(r"explain|설명|풀이", text, re.IGNORECASE):
        return AboutQuiz("again", (place,) if place else missed)
    if intent_of(text).another or (_MORE.search(text) and re.search(r"\bharder|\beasier|\bmore\b|어렵|쉬운|더", text)):
        like = (place,) if place else (spoken_of,) if spoken_of else missed or tuple(range(1, count + 1))
        return AboutQuiz("more", like)
    choice = _choice(text, quiz, place)
    if choice is not None:
        return AboutQuiz("explain", (choice[0],), choice[1]) if choice[0] else AboutQuiz("explain", missed)
    if place is not None:
        bare = len(_PLACE.sub("", text).split()) <= 2
        return AboutQuiz("explain", (place,)) if bare or _EXPLAIN.search(text) else None
    if _MISSED.search(text):
        explained = re.search(r"explain|why|설명|왜|풀이|알려\s*줘", text, re.IGNORECASE)
        return AboutQuiz("explain" if explained and missed else "missed", missed)
    return None


def _named(text: str) -> int | None:
    if match := _PLACE.search(text):
        return int(next(group for group in match.groups() if group))
    return next((place for words, place in _ORDINALS if re.search(words, text, re.IGNORECASE)), None)


def _choice(text: str, quiz: PlayedQuiz, place: int | None) -> tuple[int, str] | None:
    """The question and the text of a choice that a message asks about, by its letter or in words; 0: of which question
    cannot be told.
    """
    if not re.search(r"\bwhy\b|\bwrong\b|\bright\b|\bcorrect\b|\bnot\b|왜|틀|맞|아니|정답", text, re.IGNORECASE):
        return None
    places = [place] if place else list(range(1, len(quiz.questions) + 1))
    for one in places:
        for choice in sorted(quiz.questions[one - 1].choices.values(), key=len, reverse=True):
            if len(choice) > 1 and choice in text:
                return one, choice
    match = _LETTER.search(text)
    if match is None:
        return None
    letter = next(group for group in match.groups() if group).upper()
    having = [one for one in places if letter in quiz.questions[one - 1].choices]
    if len(having) > 1:
        chosen = [one for one in having if quiz.questions[one - 1].choices[letter] in _given(quiz, one)]
        having = chosen if len(chosen) == 1 else having
    if not having:
        return None
    if len(having) > 1:
        return 0, ""
    return having[0], quiz.questions[having[0] - 1].choices[letter]


def _given(quiz: PlayedQuiz, place: int) -> set[str | None]:
    return {quiz.response(place, name) for name in quiz.responses}


Explain = Callable[[int], str]
"""The steps of the solution of a question (from 1); empty if there are none."""


def answer(about: AboutQuiz, quiz: PlayedQuiz, name: str, language: Language, steps: dict[int, str]) -> str:
    """The reply in words to what a student wants of a quiz; `steps` holds solutions by the number of the question."""
    if about.unknown is not None:
        return say(language, "no_such_question", place=about.unknown, count=len(quiz.questions))
    if not about.places:
        return say(language, "nothing_missed")
    if about.wish == "missed":
        lines = [say(language, "missed")]
        for place in about.places:
            question, given = quiz.questions[place - 1], quiz.response(place, name)
            key = "missed_skipped" if given is None else "missed_wrong"
            lines.append(say(language, key, place=place, text=question.text, given=given, right=question.right))
        return "\n".join([*lines, "", say(language, "missed_end", place=about.places[0])])
    return "\n\n".join(_explained(about, quiz, place, language, steps.get(place, "")) for place in about.places)


def _explained(about: AboutQuiz, quiz: PlayedQuiz, place: int, language: Language, steps: str) -> str:
    question = quiz.questions[place - 1]
    parts = [say(language, "question_again", place=place, text=question.text)]
    if about.choice and question.right:
        key = "choice_right" if about.choice == question.right else "choice_wrong"
        parts.append(say(language, key, choice=about.choice, right=question.right))
    if steps:
        parts.append(steps)
    elif question.right:
        told = [] if about.choice else [say(language, "right_one", right=question.right)]
        parts.append(" ".join([*told, question.why]).strip() or say(language, "no_more_known"))
    else:
        parts.append(question.why or say(language, "no_more_known"))
    return "\n\n".join(part for part in parts if part)
