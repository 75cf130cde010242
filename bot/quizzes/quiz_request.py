"""A student's request for a quiz, and the prompt and instructions that the model gets for it."""

from dataclasses import dataclass
from typing import Final, Literal

from bot.conversations.question import Question, RunOptions
from bot.escaping import one_line
from bot.quizzes.quiz_store import StoredRequest
from bot.quizzes.safe_markdown import shortened
from bot.quizzes.sentences import NO_QUIZ, PROMPT, PROMPT_ANSWER, PROMPT_TEXT
from bot.quizzes.session import Mode
from bot.sentences import Locale

Difficulty = Literal["easy", "medium", "hard"]
Source = Literal["files", "anything"]

LONGEST_TOPIC: Final = 200
LONGEST_TEXT: Final = 8_000
"""Characters of a message that a quiz is made from."""
DEFAULT_COUNT: Final = 3
_LONGEST_START: Final = 60

_FEEDBACK: Final = (
    "When the responses come back, give your feedback in the same language: for each question the answer given and the "
    "right answer and, where it was wrong, why, in a sentence or two. Responses of null were skipped."
)
_GROUP: Final = (
    "A group plays: the responses are by display name. Address what the group found hard, rather than every student."
)
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
    """What a student asks for: a quiz on a topic, on a `text`, or on the answer above."""

    topic: str
    """In a few words; of a text or an answer, how it begins."""
    text: str = ""
    on_last_answer: bool = False
    count: int = DEFAULT_COUNT
    difficulty: Difficulty | None = None
    mode: Mode = "solo"
    source: Source | None = None

    @classmethod
    def on_text(cls, text: str) -> "QuizRequest":
        """A quiz on what a message says."""
        return cls(topic=shortened(one_line(text), _LONGEST_START), text=shortened(text, LONGEST_TEXT))

    @classmethod
    def on_answer(cls, topic: str) -> "QuizRequest":
        """A quiz on the last answer in the conversation."""
        return cls(topic=topic, on_last_answer=True)

    @property
    def topic_typed(self) -> bool:
        """Whether the topic is what the student typed."""
        return not self.text and not self.on_last_answer

    @property
    def instructions(self) -> str:
        """The instructions of the run that makes the quiz."""
        level = f" The difficulty is to be {self.difficulty}." if self.difficulty else ""
        parts = [
            f"The student has asked for a quiz. Call generate_quiz once with {self.count} "
            f"question{'' if self.count == 1 else 's'}, in the language of the request, with one right choice each, "
            f"its index (counted from 0) as `answer`, and an `explanation`.{level}",
            "Ask about the text that the request holds." if self.text else _SOURCES[self.source],
            _FEEDBACK,
        ]
        if self.mode == "together":
            parts.append(_GROUP)
        return " ".join(parts)

    def prompt(self, locale: Locale) -> str:
        """What the student asks in the conversation."""
        if self.on_last_answer:
            return PROMPT_ANSWER(locale)
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
