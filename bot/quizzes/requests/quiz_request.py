"""A student's request for a quiz, and the prompt and instructions that the model gets for it."""

from dataclasses import dataclass
from typing import Final

from bot.conversations.question import Question, RunOptions
from bot.escaping import one_line
from bot.quizzes.safe_markdown import shortened
from bot.quizzes.sentences import NO_QUIZ, PROMPT, PROMPT_ANSWER, PROMPT_HARDER, PROMPT_MORE, PROMPT_TEXT
from bot.quizzes.session.quiz_session import Difficulty, Feedback, Mode, Source
from bot.quizzes.storage.quiz_records import QuizRecord, StoredRequest
from bot.sentences import Locale

LONGEST_TOPIC: Final = 200
LONGEST_TEXT: Final = 8_000
"""Characters of a message that a quiz is made from."""
DEFAULT_COUNT: Final = 3
FOLLOWING_COUNT: Final = 5
_LONGEST_START: Final = 60

_FEEDBACK: Final = (
    "When the responses come back, follow the advice that comes with them, in the language of the request. Responses "
    "of null were skipped."
)
_GROUP: Final = (
    "A group plays: the responses are by display name. Address what the group found hard, rather than every student."
)
_ON_ANSWER: Final = (
    "Ask about the subject of the question and the answer that the request holds, and about nothing else: problems of "
    "the same kind with other numbers, or what the answer says."
)
_FOLLOWING: Final = "Ask about the same subject as the last quiz, but none of its questions again."
_ONLY_FILES: Final = (
    "Search the server's files first and ask only about what they say. If they hold nothing on the topic, do not call "
    "generate_quiz: say so in a sentence, in the language of the request."
)
_SOURCES: Final[dict[Source | None, str]] = {
    "files": _ONLY_FILES,
    "anything": "Draw on what you know.",
    None: "Where the server's files may hold something on the topic, search them first and ask about what they say.",
}


def run_options(instructions: str) -> RunOptions:
    """The options of a run that makes a quiz: it must call `generate_quiz`.

    If the quiz is to be made from files only, the run must call any function: it searches the files first, and may then
    say that they hold nothing on the topic.
    """
    if _ONLY_FILES in instructions:
        return RunOptions(instructions=instructions, tool_choice="required")
    return RunOptions(
        instructions=instructions,
        tool_choice={"type": "function", "function": {"name": "generate_quiz"}},
        otherwise=NO_QUIZ,
    )


@dataclass(frozen=True, slots=True)
class QuizRequest:
    """What a student asks for: a quiz on a topic, on a `text`, on an answer, or after another quiz."""

    topic: str
    """In a few words; of a text or an answer, how it begins."""
    text: str = ""
    question: str = ""
    """What was asked, if the quiz is on that and its answer, which is `text`."""
    after: str = ""
    """The title of the quiz that this one follows."""
    harder: bool = False
    """Harder than that one."""
    count: int = DEFAULT_COUNT
    difficulty: Difficulty | None = None
    mode: Mode = "solo"
    source: Source | None = None
    feedback: Feedback = "each"

    @classmethod
    def on_text(cls, text: str) -> "QuizRequest":
        """A quiz on what a message says."""
        return cls(topic=shortened(one_line(text), _LONGEST_START), text=shortened(text, LONGEST_TEXT))

    @classmethod
    def on_answer(cls, question: str, answer: str) -> "QuizRequest":
        """A quiz on the subject of a question and its answer."""
        topic = shortened(one_line(question), _LONGEST_START)
        return cls(topic=topic, question=shortened(question, LONGEST_TEXT), text=shortened(answer, LONGEST_TEXT))

    @classmethod
    def following(cls, record: QuizRecord, *, harder: bool) -> "QuizRequest":
        """A quiz on the same subject as one that is over: with as many questions and harder, or with five more."""
        difficulty = record.difficulty
        if harder:
            difficulty = "medium" if difficulty == "easy" else "hard"
        return cls(
            topic=record.topic,
            after=record.session.quiz.title,
            harder=harder,
            count=record.session.count if harder else FOLLOWING_COUNT,
            difficulty=difficulty,
            mode=record.session.mode,
            source=record.source,
            feedback=record.session.feedback,
        )

    @property
    def topic_typed(self) -> bool:
        """Whether the topic is what the student typed."""
        return not self.text and not self.after

    @property
    def instructions(self) -> str:
        """The instructions of the run that makes the quiz."""
        level = f" The difficulty is to be {self.difficulty}." if self.difficulty else ""
        parts = [
            f"The student has asked for a quiz. Call generate_quiz once with {self.count} "
            f"question{'' if self.count == 1 else 's'}, in the language of the request, with one right choice each, "
            f"its index (counted from 0) as `answer`, an `explanation`, its `topic`, and the `slips` behind the wrong "
            f"choices.{level}",
            self._subject,
            _FEEDBACK,
        ]
        if self.mode == "together":
            parts.append(_GROUP)
        return " ".join(parts)

    @property
    def _subject(self) -> str:
        """What is to be asked about, for the model."""
        if self.question:
            return _ON_ANSWER
        if self.text:
            return "Ask about the text that the request holds."
        if not self.after:
            return _SOURCES[self.source]
        level = "Every question is to be harder than those of the last quiz. " if self.harder else ""
        return f"{level}{_FOLLOWING} {_SOURCES[self.source]}"

    def prompt(self, locale: Locale) -> str:
        """What the student asks in the conversation."""
        if self.question:
            return PROMPT_ANSWER(locale, question=self.question, answer=self.text)
        if self.after:
            return (PROMPT_HARDER if self.harder else PROMPT_MORE)(locale, title=one_line(self.after))
        return PROMPT_TEXT(locale, text=self.text) if self.text else PROMPT(locale, topic=self.topic)


def question_of(request: StoredRequest, channel_id: int | None = None) -> Question:
    """The request as a question to the tutor. Without `channel_id`, it was made in the conversation's own channel."""
    return Question(
        text=request.prompt,
        author_id=request.host_id,
        author_name=request.name,
        message_id=request.interaction_id,
        channel_id=request.conversation_id if channel_id is None else channel_id,
        locale=request.locale,
        options=run_options(request.instructions),
    )
