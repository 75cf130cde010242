"""How an answer begins: where it is posted, what it is charged, what is stored of it, and typing meanwhile."""

import asyncio
from collections.abc import Callable, Sequence

from openai.types.beta.threads import Run

from bot.conversations.answer import Answer, new_answer_id
from bot.conversations.answer_contents.answer_files import AnswerFiles
from bot.conversations.answer_contents.citations import Citations
from bot.conversations.discord_interface import Destination
from bot.conversations.limits.token_budgets import tokens_of
from bot.conversations.location import Location
from bot.conversations.question import Question, RunOptions
from bot.conversations.recovery import InterruptedAnswer
from bot.conversations.services import Services
from bot.sentences import Locale
from bot.store.conversation_store import StoredAnswer

LEAST_ESTIMATE = 1_500
"""Tokens that a run is charged at least while it is under way: so many take the instructions and functions alone."""
TYPING_DELAY = 0.1
"""Seconds from asking the model to the first typing: quick answers need none, and by then it shows whether many
are asking at once."""


class AnswerBeginning:
    """Begins the answers of one conversation."""

    def __init__(self, services: Services, location: Location) -> None:
        self._services = services
        self._location = location
        self._usual_tokens = LEAST_ESTIMATE
        """What the last run has used."""

    def answer_to(self, batch: list[Question]) -> Answer:
        """A new answer to questions, of which one at least is addressed, and their context."""
        newest = [question for question in batch if question.addressed][-1]
        options = next((each.options for each in reversed(batch) if each.options), None)
        return self.new_answer(batch, self.destination_of(newest), newest.locale, options)

    def destination_of(self, question: Question | None) -> Destination:
        """Where the answer to a question is posted."""
        if question is not None and question.destination is not None:
            return question.destination
        reply_to = question.message_id if question is not None else None
        return self._services.discord.destination(self._location, reply_to)

    def new_answer(
        self,
        batch: list[Question],
        destination: Destination,
        locale: Locale,
        options: RunOptions | None,
        *,
        goes_on_in: Sequence[int] = (),
    ) -> Answer:
        """A new answer; with `goes_on_in` it is shown in those messages, as far as they reach."""
        answer_id = new_answer_id()
        file_limit = self._services.discord.file_limit(self._location)
        shown = self._services.discord.begin_reply(
            destination, answer_id, locale, goes_on_in=goes_on_in, file_limit=file_limit
        )
        held = self._services.reply_guard.guarded(shown, self._location, answer_id, batch)
        asker_id = next((each.author_id for each in batch if each.addressed), 0)
        reply = self._services.moderation.guarded(
            held, self._location, answer_id, asker_id, lambda: answer.stop("moderated")
        )
        notes: list[str] = []
        about = next((each.text for each in reversed(batch) if each.addressed), "")
        answer = Answer(
            id=answer_id,
            questions=batch,
            reply=reply,
            files=AnswerFiles(self._services.api, reply, notes, locale, limit=file_limit, about=about),
            notes=notes,
            destination=destination,
            citations=Citations(self._services.citation_resolver(self._location), locale),
            locale=locale,
            options=options or RunOptions(),
        )
        return answer

    async def store(
        self, answer: Answer, student_id: int | None, goes_on: str | None, interrupted: InterruptedAnswer | None
    ) -> None:
        """Store that the answer is under way, and charge an estimate of what it will cost: what the last one did, and
        its own words. `goes_on` is the run that it goes on with; `interrupted` the answer that it replaces.
        """
        started = StoredAnswer(answer.id, self._location.id, answer.run_id, "running")
        message_ids = answer.message_ids if interrupted is None else interrupted.message_ids
        replaced = interrupted.stored.id if interrupted is not None else None
        budgets, guild_id = self._services.quotas.budgets, self._location.guild_id
        if goes_on is not None:
            charge = budgets.go_on(answer.id, goes_on, guild_id, LEAST_ESTIMATE)
        else:
            tokens = self._usual_tokens + sum(len(question.text) for question in answer.questions) // 3
            charge = budgets.begin(answer.id, student_id or answer.asker_id or 0, guild_id, tokens)
        await asyncio.gather(
            self._services.conversation_store.begin_answer(started, message_ids, replaced=replaced), charge
        )

    def check_budgets(self, answer: Answer, student_id: int | None) -> None:
        """Check again: what was asked together with this question may have used up the day's tokens since.

        Raises:
            UserFacingError: they are used up.
        """
        self._services.quotas.budgets.check(student_id or answer.asker_id or 0, self._location.guild_id)

    def note_usage(self, run: Run) -> None:
        """Remember what a run has used: the next one will use about as much."""
        if (tokens := tokens_of(run)) is not None:
            self._usual_tokens = max(LEAST_ESTIMATE, tokens)

    def model_asked(self, answer: Answer, on_asked: Callable[[], None] | None) -> None:
        """The model is being asked: if it does not answer quickly, the student sees typing."""
        if on_asked is not None:
            on_asked()
        asyncio.get_running_loop().call_later(TYPING_DELAY, self._show_typing, answer)

    def _show_typing(self, answer: Answer) -> None:
        """Show typing, but not before those who wait have been asked: first words need the requests more."""
        if answer.ended.is_set() or answer.reply.text:
            return
        if self._services.concurrency_limit.crowded:
            asyncio.get_running_loop().call_later(TYPING_DELAY, self._show_typing, answer)
        else:
            self._services.discord.show_typing(answer.destination, answer.reply, answer.ended)
