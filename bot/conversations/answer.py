"""One answer under way: its run, its reply, and why it was stopped if it was."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Literal

from bot.conversations.citations import Citations
from bot.conversations.discord_interface import AnswerReply, Destination
from bot.conversations.question import Question, RunOptions
from bot.sentences import Locale
from bot.store.tables import AnswerState

StopReason = Literal["button", "deleted", "edited", "gone", "shutdown"]


def new_answer_id() -> str:
    """Short, for it stands in buttons; not to be guessed."""
    return secrets.token_urlsafe(12)


@dataclass(slots=True)
class Last:
    """The newest answer that ended, as far as buttons need it."""

    id: str
    run_id: str | None
    state: AnswerState
    questions: list[Question]
    delivered: bool
    locale: Locale
    message_ids: list[int]
    hide_buttons: Callable[[], Awaitable[None]] | None = None
    options: RunOptions | None = None
    withdrawn: bool = False
    """Whether all that was asked is deleted."""

    def forget(self, message_id: int) -> None:
        """A question, or its context, was deleted."""
        left = [question for question in self.questions if question.message_id != message_id]
        if len(left) < len(self.questions):
            self.questions, self.withdrawn = left, not any(question.addressed for question in left)


@dataclass(slots=True, eq=False)
class Answer:
    """One answer under way or just ended."""

    id: str
    questions: list[Question]
    """What it answers, context included, oldest first; empty for a continuation."""
    reply: AnswerReply
    destination: Destination
    citations: Citations
    locale: Locale
    options: RunOptions = field(default_factory=RunOptions)
    run_id: str | None = None
    thread_id: str | None = None
    delivered: bool = False
    """Whether the Assistants thread has the questions."""
    stopped: StopReason | None = None
    edits: dict[int, Question | None] = field(default_factory=dict)
    """What became of its messages since, by their ids: what they say now, or None where they were deleted."""
    notes: list[str] = field(default_factory=list)
    """Sentences for the student that stand below the answer."""
    used_tools: bool = False
    on_stop: Callable[[], None] | None = None
    """Ends the run; set while there is one."""
    on_asked: Callable[[], None] | None = None
    """Called when the model is being asked, so that the next question may be on its way."""
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def asked(self) -> list[Question]:
        """The questions proper."""
        return [question for question in self.questions if question.addressed]

    @property
    def message_ids(self) -> list[int]:
        """Discord's ids of the questions and their context."""
        return [question.message_id for question in self.questions if question.message_id is not None]

    @property
    def asker_id(self) -> int | None:
        """The student whose turn it is on: the first who asked."""
        return self.asked[0].author_id if self.asked else None

    def may_be_stopped_by(self, student_id: int) -> bool:
        """Those who asked; anyone, where nobody did."""
        return not self.asked or any(question.author_id == student_id for question in self.asked)

    def stop(self, reason: StopReason) -> None:
        """End it early; the first reason counts."""
        if self.stopped is None:
            self.stopped = reason
            if self.on_stop is not None:
                self.on_stop()

    def as_last(self, state: AnswerState) -> Last:
        """What is remembered of it, once it has ended."""
        last = Last(
            id=self.id,
            run_id=self.run_id,
            state=state,
            questions=self.questions,
            delivered=self.delivered,
            locale=self.locale,
            message_ids=self.reply.message_ids,
            options=self.options,
        )
        for message_id, now in self.edits.items():
            if now is None:
                last.forget(message_id)
        return last
