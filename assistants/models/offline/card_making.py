"""Makes flash cards: of passages of files, of the ideas of school mathematics, and of problems with their solutions."""

import re
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assistants.models.offline.explanations.explanation import Explanation
from assistants.models.offline.explanations.explanation_lookup import IDEAS, named_idea
from assistants.models.offline.gap_questions import gap_questions
from assistants.models.offline.passages import MARK, MarkedPassage, MarkedSentence, sentences, topic_words
from assistants.models.offline.quiz_making import without_note
from assistants.models.offline.sentence_finding import is_sentence, split
from assistants.models.offline.sentences import say
from maths.quizzes.quiz import Topic, make_quiz, topic_of
from maths.reading.language import Language, in_language
from maths.telling.korean_particles import particle

MAKE_CARDS = "make_cards"
DEFAULT_COUNT = 6
MOST_COUNT = 30
MOST_IDEAS = 3
LONGEST_BACK = 1_500
LONGEST_TOPIC = 200

_WANTED = re.compile(
    r"\bflash\s?cards?\b|\b(?:make|give|create|write)\s+(?:me\s+)?(?:some\s+|\d+\s+)?(?:study\s+|revision\s+)?cards\b"
    r"|(?:암기|낱말|플래시|단어|학습)\s*카드|카드\s*(?:\d+\s*장)?\s*(?:를|을)?\s*(?:만들|내)",
    re.IGNORECASE,
)
_PROMPT = re.compile(
    r"(?:Please make flash cards on the topic|다음 주제로 암기 카드를 만들어 주세요):\s*(.+)", re.DOTALL
)
_ANSWERED = re.compile(
    r"^(?:Please make flash cards on this question and its answer|이 질문과 답으로 암기 카드를 만들어 주세요):"
    r"\s*\n+(.+?)\n+\s*(?:Answer|답):\s*\n*(.+)$",
    re.DOTALL,
)
_ABOUT = re.compile(
    r"(?:cards?)\s+(?:on|about|for|of|covering)\s+(?:the\s+topic\s+(?:of\s+)?)?(.+)"
    r"|\A(.+?)(?:에\s*+(?:대한|대해서?|관한)|으로|로|의)?(?:(?<!\s)\s++)?+(?:(?:암기|낱말|플래시|단어|학습)\s*+)?카드",
    re.IGNORECASE | re.DOTALL,
)
_ORDERED = re.compile(r"make_cards once with (?:at most )?(\d+) cards")
_COUNT = re.compile(r"(\d{1,2})\s*(?:flash\s?)?cards|카드\s*(\d{1,2})\s*장", re.IGNORECASE)
_LAST_ANSWER = re.compile(
    r"^\W*(?:this|that|it|these|your answer|이거|그거|이것|방금\s*설명|이\s*내용)\W*$", re.IGNORECASE
)
_DEFINED = re.compile(
    r"^(?P<subject>(?:(?:The|An?)\s+)?[A-Za-z][\w'’ -]{1,50}?)\s+(?P<verb>is|are)\s+"
    r"(?:an?|the|called|defined\s+as|made\s+of|one\s+of|any)\s+\S.{8,}$"
)
_NO_SUBJECT = re.compile(
    r"^(?:it|this|that|these|those|they|there|he|she|we|you|one|some|many|most|what|which|who|here|if|when|all|each|both"
    r"|its|their|his|her|our|your|such|other|another|for|in|on|at|by|as)\b",
    re.IGNORECASE,
)
_DEFINED_IN_KOREAN = re.compile(
    r"^(?P<subject>[가-힣A-Za-z][가-힣A-Za-z0-9 ·-]{0,24}?)(?:이란|란|은|는)\s"
    r".{6,}(?:이다|라고\s*한다|말한다|뜻한다|가리킨다|입니다|라고\s*합니다|말합니다|뜻합니다|이에요|예요)[.!]?$"
)
_NO_KOREAN_SUBJECT = re.compile(r"^(?:이것|그것|저것|이|그|저|우리|여기|이는|그는|다음)(?:\s|$)|때$|경우$|위해서?$")
_LETS = re.compile(r"^Let's (\w)")
_CHOOSES = re.compile(r"\bwhich\b|\bfollowing\b|다음\s*중|옳은|알맞은", re.IGNORECASE)
_TO_DO = re.compile(r"^To ((?:(?!, | is ).)+)(?:, | is )")
_IDEA_IS = re.compile(
    r"^(?P<subject>(?:(?:The|An?)\s)?(?:[a-z]+\s)*?[A-Za-z](?:\\\(.+?\\\)|[^\\,;:.])*?)\s*"
    r"(?P<verb>:| is | are | means | turns | turn | differentiates | measures | studies | compares | assigns "
    r"| writes | has | have | says | touches )"
)
_IDEA_IS_IN_KOREAN = re.compile(r"^(?P<subject>(?:\\\(.+?\\\)|[^\\,;:.])+?)(?P<mark>은|는)\s")
_KOREAN_CLAUSE = re.compile(r"대하여|이면|하면|라면|같을")
_FORMULA_BEHIND = re.compile(r"(?<!\bof)(?<!\bto)(?<!\bat)(?<!의)\s+\\\([^()]*(?:\([^()]*\)[^()]*)*\\\)$")
_LONGEST_SUBJECT = 80
_LONGEST_NAME = 40


@dataclass(frozen=True, slots=True)
class Card:
    """A card; `source` is the mark of the passage that it rests on."""

    front: str
    back: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class CardPlan:
    """The cards that are wanted: on a topic, or on a `question` and its `answer`."""

    count: int
    language: Language
    seed: int
    about: str
    topic: Topic | None
    question: str = ""
    answer: str = ""
    only_files: bool = False
    search_first: bool = False


def wants_cards(text: str, instructions: str) -> bool:
    """Whether cards are asked for."""
    return bool(_WANTED.search(text[:2_000])) or "Call make_cards once" in instructions


def plan(asked: str, last_answer: str, instructions: str, language: Language, call_id: str) -> CardPlan:
    """The cards that the last message wants; `last_answer` is what was said before it."""
    seed = zlib.crc32(f"{asked}\n{call_id}".encode())
    count = _count(asked, instructions)
    if answered := _ANSWERED.match(asked):
        question = "\n".join(line.strip() for line in answered[1].splitlines())
        answer = without_note("\n".join(line.removeprefix("  ") for line in answered[2].splitlines()))
        about = " ".join(_main_line(question).split())[:LONGEST_TOPIC]
        return CardPlan(count, language, seed, about, _topic(question), question, answer)
    about = _about(asked)
    if last_answer and _LAST_ANSWER.match(about):
        answer = without_note(last_answer)
        return CardPlan(count, language, seed, about, _topic(answer[:300]), answer[:300], answer)
    only_files = "make the cards only from what they say" in instructions
    search = only_files or "search them first" in instructions
    topic = None if only_files else _topic(about)
    return CardPlan(count, language, seed, about, topic, only_files=only_files, search_first=search)


def _topic(text: str) -> Topic | None:
    return topic_of(text)


def _main_line(question: str) -> str:
    """The line of a question that tells what it is about: of a problem below some words, the problem."""
    lines = [line for line in question.splitlines() if line.strip()] or [""]
    return next((line for line in lines if any(mark.isdigit() for mark in line)), lines[0])


def _about(asked: str) -> str:
    """The topic in the student's words."""
    line = asked.strip()[:1_000]
    match = _PROMPT.search(line) or _ABOUT.search(line)
    found = next((group for group in match.groups() if group), line) if match else line
    return " ".join(found.split())[:LONGEST_TOPIC].strip(" .!?\"'“”")


def _count(asked: str, instructions: str) -> int:
    found = _ORDERED.search(instructions) or _COUNT.search(asked[:2_000])
    number = next((group for group in found.groups() if group), "") if found else ""
    return max(1, min(MOST_COUNT, int(number))) if number else DEFAULT_COUNT


def make(
    wanted: CardPlan,
    passages: Sequence[MarkedPassage],
    solved: Sequence[Sequence[str]] = (),
    similar: Sequence[Mapping[str, Any]] = (),
) -> list[Card]:
    """The cards that are wanted: of passages first, of `solved` problems, of ideas and of questions, such as those that
    are `similar` to the student's; none if there are none.
    """
    cards = of_passages(passages, wanted)
    if not wanted.only_files:
        cards += [Card(_LETS.sub(lambda found: found[1].upper(), asked), told[:LONGEST_BACK]) for asked, told in solved]
        if wanted.question and MARK.search(wanted.answer):
            cards += of_passages([MarkedPassage(MARK.sub("", wanted.answer), "")], wanted)
        cards += of_ideas(wanted)
        cards += of_made(similar)
        cards += of_questions(wanted, wanted.count)
    return _each_once(cards)[: wanted.count]


def arguments(wanted: CardPlan, cards: Iterable[Card]) -> dict[str, Any]:
    """The arguments of `make_cards`."""
    title = in_language(wanted.topic.name, wanted.language) if wanted.topic else wanted.about[:80]
    shown = [{"front": one.front, "back": one.back, **({"source": one.source} if one.source else {})} for one in cards]
    return {"title": title or say(wanted.language, "cards_title"), "cards": shown}


def of_passages(passages: Sequence[MarkedPassage], wanted: CardPlan) -> list[Card]:
    """Cards of what passages say: terms that they define, then sentences with a gap. Each cites its passage."""
    words = topic_words(wanted.about)
    relevant = [one for one in passages if words & topic_words(one.text)] or ([] if wanted.topic else [*passages])
    told = [one for one in sentences(relevant) if is_sentence(one.text)]
    cards = [card for one in told if (card := _definition(one)) is not None]
    used = {card.back for card in cards}
    for question in gap_questions(relevant, wanted.count, wanted.language, wanted.seed):
        if question.why not in used:
            mark = next((one.mark for one in told if one.text == question.why), "")
            back = f"**{question.choices[question.answer]}**\n\n{question.why}"
            cards.append(Card(question.text, back, mark))
    return cards


def _definition(sentence: MarkedSentence) -> Card | None:
    """A card for the term that a sentence defines."""
    text = sentence.text.strip()
    if found := _DEFINED.match(text):
        subject = found["subject"]
        if _NO_SUBJECT.match(subject) or len(subject.split()) > 5:
            return None
        return Card(f"What {found['verb']} {_lowered(subject)}?", text, sentence.mark)
    if found := _DEFINED_IN_KOREAN.match(text):
        subject = found["subject"].strip()
        if _NO_KOREAN_SUBJECT.search(subject):
            return None
        return Card(f"{subject}{_topic_particle(subject)} 무엇인가요?", text, sentence.mark)
    return None


def of_ideas(wanted: CardPlan) -> list[Card]:
    """Cards of the ideas of school mathematics that the topic, or the question, names."""
    named = named_idea(wanted.question or wanted.about)
    if named is None:
        return []
    words = topic_words(wanted.about) if not wanted.question else set()
    near = [
        idea
        for idea in IDEAS
        if idea is not named and words & topic_words(split(in_language(idea.texts, wanted.language))[0])
    ]
    chosen = [named, *near][: max(1, min(MOST_IDEAS, wanted.count // 2))]
    cards = [card for idea in chosen if (card := _idea_card(idea, wanted.language)) is not None]
    if _idea_card(named, wanted.language) is None and not wanted.question and len(wanted.about) <= _LONGEST_NAME:
        text = in_language(named.texts, wanted.language)
        cards.insert(0, Card(say(wanted.language, "card_on", name=wanted.about), text[:LONGEST_BACK]))
    return cards


def _idea_card(idea: Explanation, language: Language) -> Card | None:
    text = in_language(idea.texts, language)
    front = _asked_in_korean(text) if language == "ko" else _asked(text)
    return Card(front, text[:LONGEST_BACK]) if front else None


def _asked(text: str) -> str:
    """The question that an explanation in English answers; empty if its beginning does not tell."""
    if found := _TO_DO.match(text):
        return f"How do you {found[1]}?"
    found = _IDEA_IS.match(text)
    if found is None or len(found["subject"]) > _LONGEST_SUBJECT or _NO_SUBJECT.match(found["subject"]):
        return ""
    if text.startswith("continuous", found.end()):
        return ""  # that asks when it is so, not what it is
    verb = "are" if found["verb"].strip() in {"are", "have", "turn"} else "is"
    return f"What {verb} {_lowered(_named_only(found['subject'].strip()))}?"


def _asked_in_korean(text: str) -> str:
    found = _IDEA_IS_IN_KOREAN.match(text)
    if found is None or len(found["subject"]) > _LONGEST_SUBJECT:
        return ""
    subject = found["subject"].strip()
    if subject.endswith("때"):
        return f"{subject} 어떻게 하나요?"
    if _KOREAN_CLAUSE.search(subject):
        return ""
    subject = _named_only(subject)
    return f"{subject}{_topic_particle(subject)} 무엇인가요?"


def _named_only(subject: str) -> str:
    r"""`a fraction \(\frac{a}{b}\)` -> `a fraction`; a formula that belongs to the words stays."""
    return _FORMULA_BEHIND.sub("", subject)


def _lowered(subject: str) -> str:
    """`The chain rule` -> `the chain rule`; names and letters stay."""
    first, space, rest = subject.partition(" ")
    return subject if not first.istitle() or first in _PROPER else f"{first.lower()}{space}{rest}"


_PROPER = frozenset(["Pythagoras", "Euclid", "Newton", "Earth", "Korea", "I"])


def of_made(questions: Sequence[Mapping[str, Any]]) -> list[Card]:
    """Cards of questions that a worker process has made."""
    return [
        Card(one["text"], f"**{one['choices'][one['answer']]}**\n\n{one['why']}".strip()[:LONGEST_BACK])
        for one in questions
        if not _CHOOSES.search(one["text"])
    ]


def of_questions(wanted: CardPlan, count: int) -> list[Card]:
    """Cards of questions of the topic that can be answered without choices."""
    if wanted.topic is None:
        return []
    made = make_quiz(wanted.topic, count, wanted.language, wanted.seed, "medium")
    return [
        Card(one.text, f"**{one.choices[one.answer]}**\n\n{one.why}".strip())
        for one in made
        if not _CHOOSES.search(one.text)
    ]


def _topic_particle(subject: str) -> str:
    return "이란" if particle(subject, "은") == "은" else "란"


def _each_once(cards: Iterable[Card]) -> list[Card]:
    found: dict[str, Card] = {}
    for card in cards:
        found.setdefault(" ".join(card.front.split()).casefold(), card)
    return list(found.values())
