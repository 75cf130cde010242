"""How an answer begins: where it is posted, what it is charged, what is stored of it, and typing meanwhile."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace

from openai.types.beta.threads import Run

from bot import sentences
from bot.conversations.answer import Answer, new_answer_id
from bot.conversations.answer_contents.answer_files import AnswerFiles
from bot.conversations.answer_contents.citations import Citations
from bot.conversations.discord_interface import Destination
from bot.conversations.location import Location
from bot.conversations.question import Question, RunOptions
from bot.conversations.recovery import InterruptedAnswer
from bot.conversations.services import Services
from bot.prices import Spent
from bot.sentences import Locale
from bot.store.conversation_store import StoredAnswer
from bot.store.token_charges import Kind

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
        self._usual = Spent()
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

    async def store(self, answer: Answer, goes_on: str | None, interrupted: InterruptedAnswer | None) -> None:
        """Store that the answer is under way; if it `goes_on` with a run, charge an estimate of what that will cost.
        `interrupted` is the answer that it replaces.
        """
        started = StoredAnswer(answer.id, self._location.id, answer.run_id, "running")
        message_ids = answer.message_ids if interrupted is None else interrupted.message_ids
        replaced = interrupted.stored.id if interrupted is not None else None
        writing = [self._services.conversation_store.begin_answer(started, message_ids, replaced=replaced)]
        if goes_on is not None:
            budgets = self._services.quotas.budgets
            estimate = budgets.prices.estimate(budgets.model, prompt=LEAST_ESTIMATE, completion=0)
            writing.append(budgets.go_on(answer.id, goes_on, self._location.guild_id, estimate))
        await asyncio.gather(*writing)

    async def reserve(self, answer: Answer, student_id: int | None) -> None:
        """Charge an estimate of what the answer will cost: what the last one did, and its own words. What was asked
        together with this question may have used up a budget since. At the limit, the answer takes the cheaper model.

        Raises:
            UserFacingError: a budget is used up.
        """
        budgets = self._services.quotas.budgets
        words = sum(len(question.text) for question in answer.questions) // 3
        estimate = budgets.prices.estimate(budgets.model, prompt=LEAST_ESTIMATE + words, completion=0)
        if self._usual.tokens > LEAST_ESTIMATE:
            estimate = replace(
                self._usual,
                tokens=self._usual.tokens + words,
                picodollars=max(self._usual.picodollars, estimate.picodollars),
            )
        payer = student_id or answer.asker_id or 0
        kind = _kind_of(answer.options)
        answer.model = await budgets.reserve(answer.id, payer, self._location.guild_id, estimate, kind)
        if answer.model is not None:
            answer.notes.append(sentences.BY_CHEAPER_MODEL(answer.locale, model=answer.model.replace("`", "")))
        elif payer and (near := budgets.nearly_spent(payer, self._location.guild_id)) is not None:
            percent, reopened = near
            answer.notes.append(sentences.NEARLY_SPENT(answer.locale, percent=percent, when=reopened))

    def note_usage(self, run: Run) -> None:
        """Remember what a run has used: the next one will use about as much."""
        if (spent := self._services.quotas.budgets.prices.of_run(run)) is not None:
            self._usual = spent

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


_KINDS: dict[str, Kind] = {"generate_quiz": "quiz", "make_cards": "cards"}
"""By the function that a command has the model call."""


def _kind_of(options: RunOptions) -> Kind:
    """What an answer is charged as."""
    choice = options.tool_choice
    if isinstance(choice, dict) and (function := choice.get("function")) is not None:
        return _KINDS.get(str(function["name"]), "answer")
    return "answer"
