"""Quizzes: what is asked for, the arguments of `generate_quiz`, and the feedback on what comes back."""

import json
import re
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assistants.models.model_protocol import FunctionTool
from assistants.models.offline.input_items import Dialogue, Returned, parsed
from assistants.models.offline.passages import Passage, gap_questions, read_passages, sentences, terms
from assistants.models.offline.sentences import CONVERSATION, say
from maths.quizzes.question_maker import Level
from maths.quizzes.quiz import GENERAL, QuizQuestion, Topic, make_quiz, topic_of
from maths.reading.language import Language, in_language

GENERATE_QUIZ = "generate_quiz"
DEFAULT_COUNT = 3
MAX_COUNT = 25
LONGEST_TOPIC = 200

_QUIZ = re.compile(
    r"\bquiz|\btest me\b|multiple[- ]choice|퀴즈|객관식|문제를?\s*(?:\d+|몇)\s*(?:개|문항)", re.IGNORECASE
)
_RESULTS = re.compile(
    r"^\[results\] .*?generate_quiz(?:, called earlier with |\()(\{.*?\})"
    r"(?:, has its result now[^\n]*\n\n|\)\n=> )(\{.*?\})\s*$",
    re.DOTALL,
)
"""How a bot tells the result of a call whose run did not wait for it: the call's arguments, then its output."""
_TEXT = re.compile(r"^(?:Quiz me on this|이 내용으로 퀴즈를 내 주세요):\s*\n\s*\n(.+)$", re.DOTALL)
_EXPLAINED = re.compile(
    r"what you (?:have )?just (?:explained|said)|방금 설명|\bthat\W*$|\bthis\W*$|\bit\W*$", re.IGNORECASE
)
_COUNTS = [
    re.compile(r"(\d{1,2})\s*(?:[a-z-]+\s+){0,3}(?:questions?|items|problems)", re.IGNORECASE),
    re.compile(r"(\d{1,2})\s*(?:개의?\s*)?(?:문제|문항|개)"),
    re.compile(r"문제\s*(\d{1,2})\s*개"),
]
_WORDS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "한": 1, "두": 2, "세": 3, "네": 4, "다섯": 5, "여섯": 6, "일곱": 7, "여덟": 8, "아홉": 9, "열": 10,
}  # fmt: skip
_COUNT_WORDS = re.compile(
    rf"\b({'|'.join(word for word in _WORDS if word.isascii())})\s+(?:[a-z-]+\s+){{0,3}}(?:questions?|items|problems)|"
    rf"({'|'.join(word for word in _WORDS if not word.isascii())})\s*(?:개|문제|문항)",
    re.IGNORECASE,
)
_FILES = re.compile(r"\bfiles?\b|document|upload|library|\bpdf\b|파일|자료|문서|업로드", re.IGNORECASE)
_DIFFICULTY = re.compile(r"difficulty is to be (easy|medium|hard)")
_LEVELS: tuple[tuple[Level, re.Pattern[str]], ...] = (
    ("easy", re.compile(r"\b(?:easy|easier|simple)\b|쉬운|쉽게", re.IGNORECASE)),
    ("hard", re.compile(r"\b(?:hard|harder|difficult|challenging)\b|어려운|어렵게", re.IGNORECASE)),
)
_NUMBERED = re.compile(r"numbered|번호|1\s*(?:to|-|~|부터|에서)\s*4", re.IGNORECASE)
_NAMED = re.compile(r"(?:topic|주제로[^:\n]{0,40}):\s*(.+)", re.IGNORECASE | re.DOTALL)
_ABOUT = re.compile(
    r"(?:on|about|from|covering)\s+(?:the\s+topic\s+(?:of\s+)?)?(.+)|(.+?)(?:에\s*(?:대한|대해서?|관한|관해서?)|으로|로|의|을|를)?\s*(?:객관식\s*)?(?:퀴즈|문제)",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Plan:
    """The quiz that is wanted: on a topic of school mathematics, on a text, or (neither) on what the files hold."""

    count: int
    language: Language
    seed: int
    about: str
    topic: Topic | None
    text: str
    numbered: bool
    level: Level = "medium"
    only_files: bool = False
    """What the files do not hold may not be asked about."""

    @property
    def needs_files(self) -> bool:
        """Whether only files could help."""
        return self.topic is None and not self.text

    @property
    def queries(self) -> list[str]:
        """What to search the files for; where they are wanted themselves, that in plain words too."""
        return [self.about, "the uploaded file"] if _FILES.search(self.about) else [self.about]


def wants_quiz(text: str, instructions: str) -> bool:
    """Whether a quiz is asked for."""
    return bool(_QUIZ.search(text[:2_000])) or "Call generate_quiz once" in instructions


def plan(dialogue: Dialogue, instructions: str, language: Language, call_id: str) -> Plan:
    """What quiz the last message wants; the same for the same conversation and call."""
    asked = dialogue.asked
    text = match[1].strip() if (match := _TEXT.match(asked)) else ""
    about = _about(asked)
    topic = topic_of(text[:400] if text else about)
    if topic is None and not text and _EXPLAINED.search(asked) and dialogue.last_answer:
        last = without_note(dialogue.last_answer)
        topic = topic_of(last[:300]) or (GENERAL if "\\(" in last else None)
        text = "" if topic else last
    only_files = "Search the server's files first and ask only" in instructions
    if only_files:
        topic = None
    seed = zlib.crc32(f"{asked}\n{call_id}".encode()) + dialogue.earlier_quizzes
    level = _level(asked if not text else "", instructions)
    numbered = bool(_NUMBERED.search(asked))
    return Plan(_count(asked, instructions), language, seed, about, topic, text, numbered, level, only_files)


def without_note(answer: str) -> str:
    """An answer without the words on what answers."""
    for note in CONVERSATION["note"]:
        answer = answer.replace(note, "")
    return answer.strip()


def _about(asked: str) -> str:
    """The topic in the student's words."""
    line = asked.strip()[:1_000]
    match = _NAMED.search(line) or _ABOUT.search(line)
    found = next((group for group in match.groups() if group), line) if match else line
    return " ".join(found.split())[:LONGEST_TOPIC].strip(" .!?\"'“”")


def _level(asked: str, instructions: str) -> Level:
    """How hard it is to be: as the run says, else as the student does."""
    said = _DIFFICULTY.search(instructions)
    for level, pattern in _LEVELS:
        if said[1] == level if said else pattern.search(asked[:500]):
            return level
    return "medium"


def _count(asked: str, instructions: str) -> int:
    if ordered := re.search(r"generate_quiz once with (\d+) question", instructions):
        return max(1, min(MAX_COUNT, int(ordered[1])))
    for pattern in _COUNTS:
        if found := pattern.search(asked[:2_000]):
            return max(1, min(MAX_COUNT, int(found[1])))
    if found := _COUNT_WORDS.search(asked[:2_000]):
        return _WORDS[(found[1] or found[2]).lower()]
    return DEFAULT_COUNT


@dataclass(frozen=True, slots=True)
class Quiz:
    """A finished quiz."""

    title: str
    questions: tuple[QuizQuestion, ...]

    def arguments(self, tool: FunctionTool) -> dict[str, Any]:
        """The arguments of `generate_quiz`, with the optional parts that the function's schema knows."""
        known = _question_properties(tool)
        return {"title": self.title, "questions": [_as_json(question, known) for question in self.questions]}


def _question_properties(tool: FunctionTool) -> set[str]:
    """The names that a question may have."""
    properties = tool.parameters.get("properties", {})
    items = properties.get("questions", {}).get("items", {}) if isinstance(properties, dict) else {}
    return set(items.get("properties", {})) | {"question_text", "choices"}


def _as_json(question: QuizQuestion, known: set[str]) -> dict[str, Any]:
    whole = {
        "question_text": question.text,
        "choices": list(question.choices),
        "answer": question.answer,
        "explanation": question.why,
    }
    return {name: value for name, value in whole.items() if name in known}


def make(wanted: Plan, passages: Sequence[Passage]) -> Quiz | None:
    """The quiz that is wanted, made of `passages` where there are any; None when it cannot be made."""
    language, name = wanted.language, wanted.about
    source = [*passages] or ([Passage(wanted.text, "")] if wanted.text and wanted.topic is None else [])
    questions = gap_questions(source, wanted.count, language, wanted.seed) if source else []
    if not questions and wanted.topic is not None:
        questions = make_quiz(wanted.topic, wanted.count, language, wanted.seed, wanted.level)
        name = in_language(wanted.topic.name, language)
    if not questions:
        return None
    return Quiz(say(language, "quiz_title", name=name[:80] or "Saem"), tuple(_numbered(questions, wanted)))


def general(wanted: Plan) -> Quiz:
    """A quiz on mathematics at large, whose title says why."""
    questions = make_quiz(GENERAL, wanted.count, wanted.language, wanted.seed, wanted.level)
    return Quiz(say(wanted.language, "general_title", name=wanted.about[:60]), tuple(_numbered(questions, wanted)))


def _numbered(questions: Sequence[QuizQuestion], wanted: Plan) -> list[QuizQuestion]:
    if not wanted.numbered:
        return list(questions)
    return [
        QuizQuestion(
            one.text, tuple(f"{place}. {choice}" for place, choice in enumerate(one.choices, 1)), one.answer, one.why
        )
        for one in questions
    ]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it was asked, as far as its right answer is known."""

    text: str
    choices: tuple[str, ...]
    answer: int | None
    why: str

    @property
    def right(self) -> str:
        """The right choice."""
        return "" if self.answer is None else self.choices[self.answer]

    def place_of(self, response: Any) -> int | None:
        """The index of a response: a choice's text, its number (from 1) or letter; None when it is none of them."""
        if not isinstance(response, str | int) or isinstance(response, bool):
            return None
        said = str(response).strip()
        if said in self.choices:
            return self.choices.index(said)
        bare = [re.sub(r"^(?:\d+|[A-Ja-j])[.)]\s*", "", choice) for choice in self.choices]
        if said in bare:
            return bare.index(said)
        number = (
            int(said) - 1
            if re.fullmatch(r"\d{1,2}", said)
            else ord(said.upper()) - 65
            if re.fullmatch(r"[A-Ja-j]", said)
            else -1
        )
        return number if 0 <= number < len(self.choices) else None


def asked_questions(arguments: Mapping[str, Any], again: Quiz | None) -> list[Asked]:
    """The questions of a call; right answers that it does not carry come from the same quiz made again."""
    known = {one.text: one for one in again.questions} if again else {}
    found = []
    for one in arguments.get("questions", []):
        if not isinstance(one, dict):
            continue
        text, choices = str(one.get("question_text", "")), tuple(str(choice) for choice in one.get("choices", []))
        remade = known.get(text)
        answer, why = one.get("answer"), str(one.get("explanation") or "")
        if remade is not None and remade.choices == choices:
            answer, why = (remade.answer if answer is None else answer), why or remade.why
        fitting = isinstance(answer, int) and 0 <= answer < len(choices)
        found.append(Asked(text, choices, answer if fitting else None, why))
    return found


def results_message(text: str) -> tuple[Mapping[str, Any], str] | None:
    """A quiz's results told in a message: its questions, and the report in the form of an output."""
    match = _RESULTS.match(text)
    asked = parsed(match[1]) if match else {}
    return (asked, match[2]) if match and asked else None


def feedback(questions: Sequence[Asked], output: str, language: Language, passages: Sequence[Passage]) -> str:
    """What to say on the responses."""
    try:
        report = json.loads(output)
    except (ValueError, RecursionError):
        report = [part.strip() for part in output.split(",")] if output.strip() else []
    status = report.get("status") if isinstance(report, dict) else None
    if status in {"unfinished", "cancelled"}:
        return say(language, status)
    if status == "invalid":
        return say(language, "not_shown")
    responses = report.get("responses", report) if isinstance(report, dict) else report
    if isinstance(responses, dict):
        players = {str(name): given for name, given in responses.items() if isinstance(given, list)}
        return _to_group(questions, players, language) if players else say(language, "no_responses")
    if not isinstance(responses, list) or not responses:
        return say(language, "no_responses")
    return _to_one(questions, responses, language, passages)


def _to_one(
    questions: Sequence[Asked], responses: Sequence[Any], language: Language, passages: Sequence[Passage]
) -> str:
    lines, right = [], 0
    given_answers = [*responses, *([None] * len(questions))]
    for place, (question, response) in enumerate(zip(questions, given_answers, strict=False), start=1):
        chosen = question.place_of(response)
        hit = chosen is not None and chosen == question.answer
        right += hit
        given = question.choices[chosen] if chosen is not None else str(response)
        if response is None:
            key = "quiz_skipped"
        elif question.answer is None:
            key = "quiz_unknown"
        else:
            key = "quiz_right" if hit else "quiz_wrong"
        why = question.why + _citation(question.why, passages)
        lines.append(say(language, key, place=place, given=f"“{given}”", right=f"“{question.right}”", why=why))
    count = len(questions)
    opening = say(language, "all_right" if right == count and count else "score", right=right, count=count)
    return "\n".join([opening, "", *lines])


def _citation(why: str, passages: Sequence[Passage]) -> str:
    """The mark of the passage that an explanation is a sentence of."""
    return next((one.mark for one in sentences(passages) if one.text == why), "")


def _to_group(questions: Sequence[Asked], players: Mapping[str, Sequence[Any]], language: Language) -> str:
    """The scores, and what the group found hard."""
    count = len(questions)
    hits = [0] * count
    scores = []
    for name, responses in players.items():
        right = [
            question.answer is not None and question.place_of(one) == question.answer
            for question, one in zip(questions, responses, strict=False)
        ]
        scores.append((sum(right), name))
        hits = [total + hit for total, hit in zip(hits, [*right, *([False] * count)], strict=False)]
    lines = [
        f"- {say(language, 'quiz_group', name=name, right=right, count=count)}"
        for right, name in sorted(scores, key=lambda one: -one[0])
    ]
    for place, (question, hit) in enumerate(zip(questions, hits, strict=True), start=1):
        if hit < len(players) and question.answer is not None:
            values = {"right": f"“{question.right}”", "hits": hit, "players": len(players), "why": question.why}
            lines.append(say(language, "quiz_hard", place=place, text=question.text, **values))
    return "\n".join(lines)


def searched(returned: Sequence[Returned]) -> list[Passage]:
    """The passages that file searches returned since the last message."""
    return [passage for one in returned if one.name == "file_search" for passage in read_passages(one.output)]


def relevant(wanted: Plan, passages: Sequence[Passage]) -> list[Passage]:
    """The passages that share a word with the topic.

    Where none does, all of them: the topic may be `the uploaded file`. But if the files alone may be asked about, a
    topic that has words of its own must be in them.
    """
    words = terms(wanted.about)
    found = [passage for passage in passages if words & terms(passage.text)]
    return found if found or (wanted.only_files and words and not _FILES.search(wanted.about)) else list(passages)
