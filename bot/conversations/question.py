"""What a person says to the tutor, as the conversations take it in."""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from openai.types.beta import AssistantToolChoiceOptionParam
from openai.types.beta.threads import MessageContentPartParam
from openai.types.beta.threads.run_create_params import AdditionalMessageAttachment

from bot.sentences import Locale, Sentence

TEXT_LIMIT = 250_000
"""Characters of one message; the Assistants API takes 256,000."""


@dataclass(frozen=True, slots=True)
class AttachedContent:
    """What a message carries besides text, as the Assistants API takes it."""

    parts: tuple[MessageContentPartParam, ...] = ()
    """Pictures."""
    attachments: tuple[AdditionalMessageAttachment, ...] = ()
    """Files, each with the tools that may read it."""
    notes: tuple[str, ...] = ()
    """Sentences for the student, on what could not be taken."""


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """One message to the tutor (`addressed`), or said to somebody else beside it (context)."""

    text: str
    author_id: int
    author_name: str
    message_id: int | None = None
    """Discord's id of the message (or interaction): it is handled at most once. None: nobody wrote it in Discord."""
    addressed: bool = True
    channel_id: int | None = None
    """Where the message is (that a thread was made from one does not move it there)."""
    quoted: str = ""
    """What the message replies to, where the model cannot know it."""
    locale: Locale = "en"
    attached: "asyncio.Future[AttachedContent] | None" = None
    """Under way already: links to attachments expire."""
    options: "RunOptions | None" = None
    """How the run that answers it is to differ from others."""
    destination: Any = None
    """Where the answer goes: what `bot.replies.Reply` takes; None: to where the conversation is shown."""
    counted: bool = True
    """Whether it counts among the student's questions that wait or run."""
    asked_at: datetime = field(default_factory=lambda: datetime.now(UTC))

    def shown_at(self, destination: Any) -> "Question":
        """The same, with the place where its answer goes."""
        return replace(self, destination=destination)

    def in_place_of(self, other: "Question") -> "Question":
        """`other`, rewritten: it goes where that was to go, and counts if that did."""
        counted = self.addressed and other.addressed and other.counted
        quoted = self.quoted or other.quoted
        return replace(self, destination=other.destination, options=other.options, counted=counted, quoted=quoted)

    def uncounted(self) -> "Question":
        """The same, asked again by nobody."""
        return replace(self, counted=False)


@dataclass(frozen=True, slots=True)
class RunOptions:
    """How one run differs from the assistant's own ways."""

    instructions: str | None = None
    """Added to the assistant's instructions."""
    tool_choice: AssistantToolChoiceOptionParam | None = None
    otherwise: Sentence | None = None
    """For the student, where the model answers without calling a function that it was to call."""
