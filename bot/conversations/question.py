"""A question: what a person says to the tutor, with what is attached to it."""

import asyncio
import hashlib
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from openai.types.beta import AssistantToolChoiceOptionParam
from openai.types.beta.threads import MessageContentPartParam
from openai.types.beta.threads.run_create_params import AdditionalMessageAttachment

from bot.discord_clock import DISCORD_CLOCK
from bot.sentences import Locale, Sentence

TEXT_LIMIT = 250_000
"""Characters of one message; the Assistants API takes 256,000."""


@dataclass(frozen=True, slots=True)
class AttachedContent:
    """What is attached to a message, as the Assistants API takes it."""

    parts: tuple[MessageContentPartParam, ...] = ()
    """Pictures."""
    attachments: tuple[AdditionalMessageAttachment, ...] = ()
    """Files, each with the tools that may read it."""
    notes: tuple[str, ...] = ()
    """Sentences for the student about attachments that could not be taken."""


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """A message to the tutor (`addressed`), or a message to somebody else that is context for the next question."""

    text: str
    author_id: int
    author_name: str
    message_id: int | None = None
    """The id of the Discord message (or interaction), which is handled at most once; None: it is not from Discord."""
    addressed: bool = True
    channel_id: int | None = None
    """Where the message is; it stays there when a thread is made from it."""
    quoted: str = ""
    """The message that it replies to, when the model cannot know that."""
    locale: Locale = "en"
    attached: "asyncio.Future[AttachedContent] | None" = None
    """Being downloaded from the start, because links to attachments expire."""
    attachment_ids: tuple[int, ...] = ()
    """The Discord ids of what is attached to the message itself."""
    edited: bool = False
    """Whether these are the new words of a message that was answered with its old ones."""
    options: "RunOptions | None" = None
    """How the run that answers it differs from other runs."""
    destination: Any = None
    """Where the answer is posted: what `bot.replies.reply.Reply` takes; None: where the conversation's answers go."""
    counted: bool = True
    """Whether it counts among the student's questions that wait or run."""
    written: bool = False
    """Whether it is a Discord message with the id `message_id`, which may be deleted; a command's is none."""
    asked_at: datetime = field(default_factory=DISCORD_CLOCK.now)

    @property
    def digest(self) -> str:
        """What tells these words, and what is attached to them, from others; empty where they are not from Discord."""
        if self.message_id is None:
            return ""
        return hashlib.sha256(f"{self.attachment_ids}{self.text}".encode(errors="replace")).hexdigest()[:32]

    def as_edited(self) -> "Question":
        """The new words of a message that was answered before: to be known, and not to be answered by themselves."""
        return replace(self, edited=True, counted=False)

    def shown_at(self, destination: Any) -> "Question":
        """The same question, its answer posted at `destination`."""
        return replace(self, destination=destination)

    def in_place_of(self, other: "Question") -> "Question":
        """This question as the new text of `other`, with its destination and options; it counts if both do."""
        counted = self.addressed and other.addressed and other.counted
        quoted = self.quoted or other.quoted
        return replace(self, destination=other.destination, options=other.options, counted=counted, quoted=quoted)

    def uncounted(self) -> "Question":
        """The same question, asked again by the bot and not by the student."""
        return replace(self, counted=False)


@dataclass(frozen=True, slots=True)
class RunOptions:
    """How one run differs from the other runs of its assistant."""

    instructions: str | None = None
    """Added to the assistant's instructions."""
    tool_choice: AssistantToolChoiceOptionParam | None = None
    model: str | None = None
    """In place of the assistant's."""
    otherwise: Sentence | None = None
    """What the student is told when the model does not call the function that it should call."""
