"""Looks at questions and answers by a `Check`, and tells a server's moderators what was refused."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final

import openai
import structlog
from openai.types import CompletionUsage

from bot.conversations.discord_interface import AnswerReply
from bot.conversations.limits.token_budgets import TokenBudgets
from bot.conversations.location import Location
from bot.conversations.question import Question
from bot.moderation import sentences as say
from bot.moderation.moderated_reply import ModeratedReply
from bot.moderation.verdict import Check, Verdict
from bot.prices import Spent
from bot.sentences import Sentence

log = structlog.get_logger(__name__)

UNKNOWN: Final = Verdict()
"""What counts where the check does not answer: lessons go on, and the log says so."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What moderators are told. The words are not in it: not all who read there may read what was said elsewhere."""

    sentence: Sentence
    location: Location
    verdict: Verdict
    author_id: int = 0
    message: tuple[int | None, int | None] | None = None
    """The channel and the id of the Discord message that was refused, if it was one."""


Tell = Callable[[Finding], Awaitable[None]]
Charge = Callable[[int, int, Sequence[CompletionUsage]], Awaitable[None]]
"""Charges what was used: the student, the server."""


def charging(budgets: TokenBudgets, model: str) -> Charge:
    """Charges what checks by `model` have used."""

    async def charge(student_id: int, guild_id: int, spent: Sequence[CompletionUsage]) -> None:
        together = sum((budgets.prices.of_completion(model, each) for each in spent), Spent(model=model))
        await budgets.add(f"moderation_{secrets.token_hex(12)}", student_id, guild_id, together, "moderation")

    return charge


class Moderator:
    """Moderation of all conversations (`bot.conversations.moderation.Moderation`)."""

    def __init__(self, check: Check, *, tell: Tell, charge: Charge) -> None:
        self._check = check
        self._tell = tell
        self._charge = charge
        self._replies: dict[str, ModeratedReply] = {}
        """By answer: those whose words are looked at."""
        self._tasks: set[asyncio.Task[None]] = set()
        self._away = False
        """Whether the check did not answer last time."""

    async def refused(self, location: Location, questions: Sequence[Question]) -> dict[int, Sentence]:
        """Those of these messages that may not go to the model, by their places, with sentences for their authors."""
        places = [place for place, each in enumerate(questions) if each.text.strip() or each.quoted.strip()]
        if not places:
            return {}
        texts = ["\n\n".join(part for part in (questions[at].quoted, questions[at].text) if part) for at in places]
        payer = next((each.author_id for each in questions if each.addressed), 0)
        verdicts = await self._verdicts(texts, location, payer)
        refused: dict[int, Sentence] = {}
        for place, verdict in zip(places, verdicts, strict=True):
            question = questions[place]
            if not verdict.flagged:
                continue
            refused[place] = say.QUESTION_REFUSED_WITH_CARE if verdict.about_self_harm else say.QUESTION_REFUSED
            if question.addressed:  # what people say to one another is only left out
                where = (question.channel_id, question.message_id) if question.written else None
                self._report(Finding(say.FLAGGED_QUESTION, location, verdict, question.author_id, where))
        return refused

    def guarded(
        self, reply: AnswerReply, location: Location, answer_id: str, asker_id: int, stop: Callable[[], None]
    ) -> AnswerReply:
        """What takes the words of an answer in the place of `reply`; `stop` ends an answer whose words are refused."""

        async def may_be_told(text: str) -> bool:
            (verdict,) = await self._verdicts([text], location, asker_id)
            if verdict.flagged:
                self._report(Finding(say.FLAGGED_ANSWER, location, verdict))
            return not verdict.flagged

        moderated = self._replies[answer_id] = ModeratedReply(reply, may_be_told, stop)
        return moderated

    async def settle(self, answer_id: str) -> None:
        """Return when all words of an answer were looked at."""
        reply = self._replies.pop(answer_id, None)
        if reply is not None:
            await reply.settle()

    async def refuses_call(self, location: Location, asker_id: int, text: str) -> bool:
        """Whether what a function call would show to people may not be shown."""
        (verdict,) = await self._verdicts([text], location, asker_id)
        if verdict.flagged:
            self._report(Finding(say.FLAGGED_CALL, location, verdict))
        return verdict.flagged

    async def close(self) -> None:
        """Wait until moderators are told what was found."""
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _verdicts(self, texts: Sequence[str], location: Location, student_id: int) -> list[Verdict]:
        spent: list[CompletionUsage] = []
        try:
            verdicts = await self._check.verdicts(texts, spent.append)
            self._away = False
        except (openai.OpenAIError, ValueError) as error:
            if not self._away:
                log.warning("moderation.away", cause=error, hint="nothing is looked at until it answers again")
            self._away = True
            return [UNKNOWN] * len(texts)
        finally:
            if spent:
                self._start(self._charge(student_id, location.guild_id, spent))
        return verdicts

    def _report(self, finding: Finding) -> None:
        log.info(
            "moderation.flagged",
            what=finding.sentence.en,
            conversation=finding.location.id,
            categories=finding.verdict.categories,
        )
        self._start(self._tell(finding))

    def _start(self, work: Awaitable[None]) -> None:
        task = asyncio.create_task(_awaited(work))
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("moderation.not_told", exc_info=error)


async def _awaited(work: Awaitable[None]) -> None:
    await work
