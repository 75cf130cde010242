"""An answer of the tutor, while it is under way and after it has ended."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Literal

from bot.conversations.answer_contents.answer_files import AnswerFiles
from bot.conversations.answer_contents.citations import Citations
from bot.conversations.discord_interface import AnswerReply, Destination
from bot.conversations.question import Question, RunOptions
from bot.sentences import Locale
from bot.store.tables import AnswerState

StopReason = Literal["button", "deleted", "edited", "gone", "moderated", "shutdown"]
"""Why an answer was stopped: by its Stop button, because its question was deleted or edited, because its Discord thread
was deleted, because moderation refused its words, or because the bot shuts down."""


def new_answer_id() -> str:
    """An id that is short, as it stands in buttons, and cannot be guessed."""
    return secrets.token_urlsafe(12)


@dataclass(slots=True)
class EndedAnswer:
    """What is remembered of the newest answer that has ended, for the buttons under it."""

    id: str
    run_id: str | None
    state: AnswerState
    questions: list[Question]
    delivered: bool
    locale: Locale
    stored_message_ids: list[int] = field(default_factory=list)
    """The Discord messages that show it, if it was read from the store."""
    reply: AnswerReply | None = None
    """Shows it, if this process began it; its last edits may still be on their way."""
    ending: "asyncio.Task[None] | None" = None
    """Shows and stores how it ended."""
    hide_buttons: Callable[[], Awaitable[None]] | None = None
    options: RunOptions | None = None
    show_edited: Callable[[], Awaitable[None]] | None = None
    """Adds the button that answers its questions as they are edited."""
    withdrawn: bool = False
    """Whether all its questions were deleted."""
    edited: bool = False
    """Whether some of its questions were edited since."""

    @property
    def message_ids(self) -> list[int]:
        """The Discord messages that show it."""
        return self.stored_message_ids if self.reply is None else self.reply.message_ids

    async def withdraw(self) -> None:
        """Edit nothing of it any more, for it is about to be replaced; how it ended is stored afterwards."""
        if self.reply is not None:
            await self.reply.withdraw()
        if self.ending is not None:
            await asyncio.wait({self.ending})

    def replace(self, question: Question) -> bool:
        """Take the new words of one of its questions, or of their context; False if it has them, or is about others."""
        for index, old in enumerate(self.questions):
            if old.message_id == question.message_id and old.digest != question.digest:
                self.questions[index], self.edited = question.in_place_of(old), True
                return True
        return False

    def forget(self, message_id: int) -> None:
        """Leave out a question, or a message of its context, that was deleted."""
        left = [question for question in self.questions if question.message_id != message_id]
        if len(left) < len(self.questions):
            self.questions, self.withdrawn = left, not any(question.addressed for question in left)


@dataclass(slots=True, eq=False)
class Answer:
    """An answer that is under way or has just ended."""

    id: str
    questions: list[Question]
    """What it answers, with context, oldest first; empty when it continues a run with tool outputs."""
    reply: AnswerReply
    destination: Destination
    citations: Citations
    files: AnswerFiles
    locale: Locale
    options: RunOptions = field(default_factory=RunOptions)
    run_id: str | None = None
    thread_id: str | None = None
    model: str | None = None
    """The model that its run has to take; None: the assistant's."""
    delivered: bool = False
    """Whether the questions are in the Assistants thread."""
    stopped: StopReason | None = None
    refused: list[Question] = field(default_factory=list)
    """Messages that moderation has left out of `questions`."""
    edits: dict[int, Question | None] = field(default_factory=dict)
    """Its messages that were edited or deleted since, by id: the new question, or None for a deleted one."""
    notes: list[str] = field(default_factory=list)
    """Sentences for the student that are shown below the answer."""
    asked_people: bool = False
    """Whether a function that people answer, or that shows something, was called: then it is not made anew."""
    on_stop: Callable[[], None] | None = None
    """Ends the run; set while a run is under way."""
    on_asked: Callable[[], None] | None = None
    """Called when the model is being asked, so that the next question can be asked too."""
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def asked(self) -> list[Question]:
        """The questions without their context."""
        return [question for question in self.questions if question.addressed]

    @property
    def message_ids(self) -> list[int]:
        """The Discord messages of the questions and their context."""
        return [question.message_id for question in self.questions if question.message_id is not None]

    def newest_words(self, message_id: int | None) -> str | None:
        """The digest of one of its messages, as it was edited last; None for one that was deleted, or is another's."""
        if message_id in self.edits:
            edited = self.edits[message_id]
            return edited.digest if edited is not None else None
        return next((each.digest for each in self.questions if each.message_id == message_id), None)

    @property
    def asker_id(self) -> int | None:
        """The student who asked first; None when nobody asked."""
        return self.asked[0].author_id if self.asked else None

    def may_be_stopped_by(self, student_id: int) -> bool:
        """Whether the student is one of those who asked; True for everybody when nobody asked."""
        return not self.asked or any(question.author_id == student_id for question in self.asked)

    def stop(self, reason: StopReason) -> None:
        """End it early; if it is stopped several times, the first reason counts."""
        if self.stopped is None:
            self.stopped = reason
            if self.on_stop is not None:
                self.on_stop()

    def as_ended(self, state: AnswerState) -> EndedAnswer:
        """What is remembered of it once it has ended."""
        ended = EndedAnswer(
            id=self.id,
            run_id=self.run_id,
            state=state,
            questions=self.questions,
            delivered=self.delivered,
            locale=self.locale,
            reply=self.reply,
            options=self.options,
        )
        for message_id, edited in self.edits.items():
            if edited is None:
                ended.forget(message_id)
        return ended
