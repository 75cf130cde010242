"""Makes quizzes: what is asked for, on a topic, a text or files, and the arguments of `generate_quiz`."""

import re
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from assistants.models.model_protocol import FunctionTool
from assistants.models.offline.gap_questions import gap_questions
from assistants.models.offline.input_items import FunctionOutput, ModelInput, without_name
from assistants.models.offline.passages import MarkedPassage, read_passages, topic_words
from assistants.models.offline.played_quizzes import PlayedQuiz
from assistants.models.offline.quiz_talk import about_quiz
from assistants.models.offline.sentences import CONVERSATION, say
from maths.quizzes.question_maker import Level
from maths.quizzes.quiz import GENERAL, TOPICS, QuizQuestion, Topic, make_quiz, topic_of
from maths.reading.language import Language, in_language

GENERATE_QUIZ = "generate_quiz"
DEFAULT_COUNT = 3
MAX_COUNT = 25
LONGEST_TOPIC = 200

_QUIZ = re.compile(
    r"\bquiz|\btest me\b|multiple[- ]choice|퀴즈|객관식|문제를?\s*(?:\d+|몇)\s*(?:개|문항)", re.IGNORECASE
)
NEW_QUIZ = re.compile(
    r"Call generate_quiz once|\bquiz\s+(?:me|us)\b|\b(?:make|give|create|want|another|new|start)\b.{0,30}\bquiz"
    r"|퀴즈.{0,20}(?:내\s*(?:줘|주)|만들)",
    re.IGNORECASE,
)
"""What asks for a quiz, also in a message about the last one."""
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
_ANSWERED = re.compile(
    r"^(?:Quiz me on this question and its answer|이 질문과 답으로 퀴즈를 내 주세요):"
    r"\s*\n+(.+?)\n+(?:Answer|답):\s*\n*(.+)$",
    re.DOTALL,
)
_NEXT_QUIZ = re.compile(
    r"^(?:Another quiz on the same subject as the last one|지난 퀴즈와 같은 주제로 퀴즈를 하나 더)", re.IGNORECASE
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
    r"(?:on|about|from|covering)\s+(?:the\s+topic\s+(?:of\s+)?)?(.+)"
    r"|\A(.+?)(?:에\s*+(?:대한|대해서?|관한|관해서?)|으로|로|의|을|를)?(?:(?<!\s)\s++)?+(?:객관식\s*+)?(?:퀴즈|문제)",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class QuizPlan:
    """The quiz that is wanted: on a topic of school mathematics, on a text, or, with neither, on the files."""

    count: int
    language: Language
    seed: int
    about: str
    topic: Topic | None
    text: str
    numbered: bool
    level: Level = "medium"
    only_files: bool = False
    """Only what stands in the files may be asked."""
    like: tuple[str, ...] = ()
    """Questions of an earlier quiz: those wanted are of the same kind, and not these."""
    question: str = ""
    """The student's question, if the quiz is on that and its answer, which is `text`."""
    repeated: tuple[Mapping[str, Any], ...] = ()
    """Questions of an earlier quiz that are wanted once more, as their call had them."""

    @property
    def needs_files(self) -> bool:
        """Whether the quiz can only be made from files."""
        return self.topic is None and not (self.text or self.repeated or self.question)

    @property
    def queries(self) -> list[str]:
        """What to search the files for: the topic; if it names the files themselves, `the uploaded file` too."""
        return [self.about, "the uploaded file"] if _FILES.search(self.about) else [self.about]


def wants_quiz(text: str, instructions: str) -> bool:
    """Whether a quiz is asked for."""
    return bool(_QUIZ.search(text[:2_000])) or "Call generate_quiz once" in instructions


def plan(model_input: ModelInput, instructions: str, language: Language, call_id: str) -> QuizPlan:
    """The quiz that the last message wants; the same for the same conversation and call."""
    asked = model_input.last_message
    text = match[1].strip() if (match := _TEXT.match(asked)) else ""
    about = _about(asked)
    topic = topic_of(text[:400] if text else about)
    if answered := _ANSWERED.match(asked):
        about, text = _without_request(" ".join(answered[1].split()))[:LONGEST_TOPIC], without_note(answered[2])
        level = _level("", instructions)
        topic = topic_of(answered[1])
        text = "" if topic or "\\(" in text or "\\[" in text else text
        seed = zlib.crc32(f"{asked}\n{call_id}".encode())
        return QuizPlan(
            _count(asked, instructions), language, seed, about, topic, text, False, level, question=answered[1]
        )
    if (next_one := _follow_up(model_input, instructions, language, call_id)) is not None:
        return next_one
    if topic is None and not text and _EXPLAINED.search(asked) and model_input.last_answer:
        last = without_note(model_input.last_answer)
        topic = topic_of(last[:300]) or (GENERAL if "\\(" in last else None)
        text = "" if topic else last
    only_files = "Search the server's files first and ask only" in instructions
    if only_files:
        topic = None
    seed = zlib.crc32(f"{asked}\n{call_id}".encode()) + model_input.earlier_quizzes
    level = _level(asked if not text else "", instructions)
    numbered = bool(_NUMBERED.search(asked))
    return QuizPlan(_count(asked, instructions), language, seed, about, topic, text, numbered, level, only_files)


def _follow_up(model_input: ModelInput, instructions: str, language: Language, call_id: str) -> QuizPlan | None:
    """The quiz that a message wants after another; None if it wants none."""
    found, asked = model_input.last_quiz, model_input.last_message
    if found is None:
        return None
    place, quiz = next((one for one in model_input.quizzes if _NEXT_QUIZ.match(asked) and one[1].title in asked), found)
    about = about_quiz(asked, quiz, model_input.last_name, spoken_of(model_input, place, quiz))
    texts = tuple(one.text for one in quiz.questions)
    whole = bool(_NEXT_QUIZ.match(asked))
    if not whole and (about is None or about.wish not in {"again", "more"} or _moved_on(model_input, place, quiz)):
        return None
    seed = zlib.crc32(f"{asked}\n{call_id}".encode()) + model_input.earlier_quizzes
    wanted = QuizPlan(
        _count(asked, instructions),
        language,
        seed,
        _topic_name(quiz.title),
        None,
        "",
        False,
        _level(asked, instructions),
    )
    if not whole and about is not None and about.wish == "again":
        return replace(wanted, repeated=tuple(quiz.questions[one - 1].source for one in about.places))
    if not whole and about is not None:
        several = bool(_COUNTED.search(asked)) or bool(re.search(r"\bquiz|\bquestions\b|퀴즈", asked, re.IGNORECASE))
        texts = tuple(quiz.questions[one - 1].text for one in about.places)
        wanted = replace(wanted, count=wanted.count if several else 1)
    topic = next((one for one in TOPICS if wanted.about in one.name), None)
    earlier = next((match[1] for one in model_input.messages if (match := _TEXT.match(without_name(one.text)))), "")
    return replace(wanted, like=texts, topic=topic, text=earlier if topic is None else "")


_COUNTED = re.compile(
    r"\d|\b(?:two|three|four|five|six|seven|eight|nine|ten)\b|(?:두|세|네|다섯|여섯|일곱|여덟|아홉|열)\s*(?:개|문제)"
)


def spoken_of(model_input: ModelInput, since: int, quiz: PlayedQuiz) -> int | None:
    """The question of a quiz that was explained last, of the messages after the place `since` but the newest."""
    spoken = None
    for one in model_input.messages[since + 1 : -1]:
        if one.role == "user" and one.quiz is None:
            about = about_quiz(without_name(one.text), quiz, "", spoken)
            if about is not None and len(about.places) == 1:
                spoken = about.places[0]
    return spoken


def _moved_on(model_input: ModelInput, since: int, quiz: PlayedQuiz) -> bool:
    """Whether the student has turned to another problem after the quiz."""
    later = [one.text for one in model_input.messages[since + 1 : -1] if one.role == "user" and one.quiz is None]
    words = [without_name(text) for text in later]
    return any(_MATHS.search(text) and about_quiz(text, quiz, "") is None for text in words)


_MATHS = re.compile(r"\d\s*[-+*/^=×÷]|[a-z]\s*[\^=+]|\\(?:frac|sqrt)|√|\d+%")


def _topic_name(title: str) -> str:
    """What a quiz is about, by the title that this model gave it."""
    for language in ("en", "ko"):
        before, _, after = say(language, "quiz_title", name="\x00").partition("\x00")
        if title.startswith(before) and title.endswith(after):
            return title.removeprefix(before).removesuffix(after)
    return title


_REQUEST = re.compile(
    r"^(?:(?:ok(?:ay)?|so|now|then|and|hey|hi|hello|saem|쌤|선생님|please|can\s+you|could\s+you|would\s+you|help\s+me(?:\s+(?:to|with))?"
    r"|i\s+(?:need|want)\s+to)\b[\s,!]*)+|(?:(?<![\s,])[\s,]++)?+\b(?:please|pls|plz|thanks|thank\s+you|for\s+me)[\s!.?]*$"
    r"|(?<=[\s를을])\s*(?:좀\s*)?(?:풀어|구해|계산해|알려|해)\s*(?:줘|주세요|줄래|주실래요)[요.!?\s]*$",
    re.IGNORECASE,
)


def _without_request(question: str) -> str:
    """A question as the name of a quiz: `expand (2x-1)(x+4)` of `now expand (2x-1)(x+4) please`."""
    return _REQUEST.sub("", question).strip() or question


def without_note(answer: str) -> str:
    """An answer without the note that it is the offline model's."""
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
    """The level: the one in the run's instructions, else the student's, else medium."""
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
    topic: str = ""
    """The topic of school mathematics that all are on; empty: of another subject."""

    def arguments(self, tool: FunctionTool) -> dict[str, Any]:
        """The arguments of `generate_quiz`, with the optional parts that the function's schema knows."""
        known = _question_properties(tool)
        questions = [_as_json(question, known, self.topic) for question in self.questions]
        return {"title": self.title, "questions": questions}


def _question_properties(tool: FunctionTool) -> set[str]:
    """The fields that a question may have by the function's schema."""
    properties = tool.parameters.get("properties", {})
    items = properties.get("questions", {}).get("items", {}) if isinstance(properties, dict) else {}
    return set(items.get("properties", {})) | {"question_text", "choices"}


def _as_json(question: QuizQuestion, known: set[str], topic: str) -> dict[str, Any]:
    whole = {
        "question_text": question.text,
        "choices": list(question.choices),
        "answer": question.answer,
        "explanation": question.why,
        "topic": topic,
        "slips": list(question.slips),
        "passage": question.passage,
    }
    return {name: value for name, value in whole.items() if name in known and value not in ("", [])}


def make(wanted: QuizPlan, passages: Sequence[MarkedPassage]) -> Quiz | None:
    """The quiz that is wanted, made from `passages` if there are any; None if it cannot be made."""
    language, name, subject = wanted.language, wanted.about, ""
    if wanted.repeated:
        return Quiz(say(language, "quiz_practice", name=name[:80]), tuple(_again(one) for one in wanted.repeated))
    source = [*passages] or ([MarkedPassage(wanted.text, "")] if wanted.text and wanted.topic is None else [])
    questions = gap_questions(source, wanted.count, language, wanted.seed) if source else []
    if not questions and wanted.topic is not None:
        questions = make_quiz(wanted.topic, wanted.count + len(wanted.like), language, wanted.seed, wanted.level)
        questions = [one for one in questions if one.text not in wanted.like][: wanted.count]
        name = in_language(wanted.topic.name, language)
        subject = name
    if not questions:
        return None
    return Quiz(say(language, "quiz_title", name=name[:80] or "Saem"), tuple(_numbered(questions, wanted)), subject)


def of_questions(wanted: QuizPlan, made: Sequence[Mapping[str, Any]]) -> Quiz | None:
    """The quiz of questions that a worker process has made; None if there are none."""
    if not made:
        return None
    questions = [QuizQuestion(one["text"], tuple(one["choices"]), one["answer"], one["why"]) for one in made]
    return Quiz(say(wanted.language, "quiz_title", name=wanted.about[:80]), tuple(questions))


def _again(source: Mapping[str, Any]) -> QuizQuestion:
    choices = tuple(str(choice) for choice in source.get("choices") or ())
    answer = source.get("answer")
    return QuizQuestion(
        str(source.get("question_text")),
        choices,
        answer if isinstance(answer, int) else 0,
        str(source.get("explanation") or ""),
    )


def general(wanted: QuizPlan) -> Quiz:
    """A quiz on general mathematics; its title says that nothing is known of the topic."""
    questions = make_quiz(GENERAL, wanted.count, wanted.language, wanted.seed, wanted.level)
    return Quiz(say(wanted.language, "general_title", name=wanted.about[:60]), tuple(_numbered(questions, wanted)))


def _numbered(questions: Sequence[QuizQuestion], wanted: QuizPlan) -> list[QuizQuestion]:
    if not wanted.numbered:
        return list(questions)
    return [
        replace(one, choices=tuple(f"{place}. {choice}" for place, choice in enumerate(one.choices, 1)))
        for one in questions
    ]


def searched(outputs: Sequence[FunctionOutput]) -> list[MarkedPassage]:
    """The passages that file searches returned since the last message."""
    return [passage for one in outputs if one.name == "file_search" for passage in read_passages(one.output)]


def relevant(wanted: QuizPlan, passages: Sequence[MarkedPassage]) -> list[MarkedPassage]:
    """The passages that share a word with the topic; if none does, all: the topic may be `the uploaded file`.

    If only the files may be asked about, and the topic names more than the files, passages must share a word with it.
    """
    words = topic_words(wanted.about)
    found = [passage for passage in passages if words & topic_words(passage.text)]
    return found if found or (wanted.only_files and words and not _FILES.search(wanted.about)) else list(passages)
