"""A student's request for cards, and the prompt and instructions that the model gets for it."""

from dataclasses import dataclass
from typing import Final, Literal

from bot.conversations.question import Question, RunOptions
from bot.escaping import one_line
from bot.learning.cards.card_set_store import StoredCardRequest
from bot.learning.cards.sentences import NO_CARDS, PROMPT, PROMPT_ANSWER
from bot.quizzes.safe_markdown import shortened
from bot.sentences import Locale

Source = Literal["files", "anything"]

LONGEST_TOPIC: Final = 200
LONGEST_TEXT: Final = 8_000
"""Characters of a question, and of an answer, that cards are made from."""
DEFAULT_COUNT: Final = 6
MOST_COUNT: Final = 30
_LONGEST_START: Final = 60

_ONLY_FILES: Final = (
    "Search the server's files first and make the cards only from what they say. If they hold nothing on the topic, do "
    "not call make_cards: say so in a sentence, in the language of the request."
)
_SOURCES: Final[dict[Source | None, str]] = {
    "files": _ONLY_FILES,
    "anything": "Draw on what you know.",
    None: "Where the server's files may hold something on the topic, search them first and make cards of that.",
}
_CITE: Final = "Give each card that rests on a passage of a file that passage's mark as `source`."
_ON_ANSWER: Final = (
    "The cards are on the subject of the question and the answer that the request holds, and on nothing else: its "
    "terms, rules and formulas, and what the student should know next time."
)


@dataclass(frozen=True, slots=True)
class CardRequest:
    """What a student asks for: cards on a topic, or on an answer (`text`) to a `question`."""

    topic: str
    """In a few words; of an answer, how its question begins."""
    question: str = ""
    text: str = ""
    count: int = DEFAULT_COUNT
    source: Source | None = None
    has_files: bool = False
    """Whether there are files that may be told where the cards are shown."""

    @classmethod
    def on_answer(cls, question: str, answer: str) -> "CardRequest":
        """Cards on the subject of a question and its answer."""
        topic = shortened(one_line(question), _LONGEST_START)
        return cls(topic, shortened(question, LONGEST_TEXT), shortened(answer, LONGEST_TEXT))

    @property
    def instructions(self) -> str:
        """The instructions of the run that makes the cards."""
        count = f"at most {self.count} cards" if self.text else f"{self.count} cards"
        source = "anything" if self.source is None and not self.has_files else self.source
        subject = _ON_ANSWER if self.text else f"{_SOURCES[source]} {_CITE}"
        return (
            f"The student has asked for flash cards. Call make_cards once with {count}, in the language of the "
            f"request: each asks one thing, and none asks what another asks. {subject}"
        )

    def prompt(self, locale: Locale) -> str:
        """What the student asks in the conversation."""
        if self.text:
            return PROMPT_ANSWER(locale, question=self.question, answer=self.text)
        return PROMPT(locale, topic=self.topic)


def run_options(instructions: str) -> RunOptions:
    """The options of a run that makes cards: it must call `make_cards`.

    If the files are to be searched first, the run must call any function; if they are all that cards may be made of, it
    may then say that they hold nothing on the topic.
    """
    if any(sources in instructions for sources in (_ONLY_FILES, _SOURCES[None])):
        return RunOptions(instructions=instructions, tool_choice="required")
    return RunOptions(
        instructions=instructions,
        tool_choice={"type": "function", "function": {"name": "make_cards"}},
        otherwise=NO_CARDS,
    )


def question_of(request: StoredCardRequest, channel_id: int | None = None) -> Question:
    """The request as a question to the tutor. Without `channel_id`, it was made in the conversation's own channel."""
    return Question(
        text=request.prompt,
        author_id=request.student_id,
        author_name=request.name,
        message_id=request.interaction_id,
        channel_id=request.conversation_id if channel_id is None else channel_id,
        locale=request.locale,
        options=run_options(request.instructions),
    )
