"""The model's function `make_cards`: a call of it becomes a message with cards, and the run goes on at once."""

import json
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Final

import structlog
from openai import AsyncOpenAI
from openai.types import FunctionDefinition

from bot.conversations.answer_contents.citations import CitationResolver, FindSource
from bot.conversations.location import Location
from bot.conversations.registry import Conversations
from bot.conversations.tools import Note, Tool, ToolCall
from bot.errors import UserFacingError
from bot.learning.card import Citation
from bot.learning.cards import sentences as say
from bot.learning.cards.card_arguments import FUNCTION, CardsError, WrittenCard, WrittenCards, parse_cards
from bot.learning.cards.card_limits import CardLimits
from bot.learning.cards.card_set import CardSet, MadeCard, new_set_id
from bot.learning.cards.card_set_store import CardSetStore, StoredCardRequest
from bot.learning.cards.card_sets import CardSets
from bot.learning.cards.searched_passages import ANY_MARK, NO_PASSAGES, SearchedPassages, searched_passages
from bot.quizzes.safe_markdown import shortened
from bot.replies.requests.discord_failures import DISCORD_ERRORS
from bot.replies.view_messages import shown
from bot.sentences import Locale, of_text
from bot.store.conversation_store import ConversationStore
from bot.store.corrections import Corrections

log = structlog.get_logger(__name__)

LONGEST_PASSAGE: Final = 600
"""Characters of the passage that is kept with a card."""
MAX_CORRECTIONS: Final = 2
"""How often a run's cards are sent back to the model."""
_SHOWN: Final = (
    "The student sees the cards and can turn them over, edit them, leave some out and keep them. Do not write them out "
    "again: one sentence is enough, in the language of the request. What the student keeps comes with a later message."
)


class MakeCards(Tool):
    """The function. It shows the cards; its output says how many there are."""

    name = "make_cards"
    schema = FunctionDefinition.model_validate(FUNCTION)

    def __init__(
        self,
        card_sets: CardSets,
        store: CardSetStore,
        conversation_store: ConversationStore,
        *,
        limits: CardLimits,
        client: AsyncOpenAI,
        sources_in: CitationResolver,
    ) -> None:
        self._card_sets = card_sets
        self._store = store
        self._conversation_store = conversation_store
        self._limits = limits
        self._client = client
        self._sources_in = sources_in
        self._corrections = Corrections(conversation_store, self.name)

    async def call(self, call: ToolCall) -> str | None:
        """Show the cards. What is wrong goes back to the model, a few times; then what is right is shown."""
        return await self._output(call, recovered=False)

    async def output_so_far(self, call: ToolCall) -> str:
        """The same: nobody is waited for."""
        return await self._output(call, recovered=True)

    async def untold(self, conversation_id: int) -> Sequence[Note]:
        """Which cards of the conversation's sets were kept, since the model was told last."""
        return [
            Note(_kept_note(each, each.news), partial(self._store.news_told, each.id, each.news))
            for each in await self._store.with_news(conversation_id)
            if each.news is not None
        ]

    async def recover(self, conversations: Conversations, ours: Callable[[int], bool]) -> None:
        """Answer the calls that other processes took without an output, in guilds that are ours now."""
        for call_id in await conversations.left_calls(self.name, ours):
            call = await conversations.open_call(call_id)
            if call is not None:
                log.info("cards.call_recovered", call=call_id)
                await conversations.submit_output(call_id, await self._output(call, recovered=True))

    async def _output(self, call: ToolCall, *, recovered: bool) -> str:
        """Show the cards, if they are not shown yet; the output. A `recovered` call was let in before."""
        made = await self._store.of_call(call.call_id)
        if made is not None and made.message_id is not None:
            return _shown_output(made)
        request = await self._store.request_of(call.conversation_id, call.run_id)
        try:
            written = parse_cards(call.arguments)
        except CardsError as error:
            return await self._reject(call, request, error.problems)
        if written.problems and (not written.cards or await self._may_be_corrected(call)):
            return await self._reject(call, request, written.problems)
        if made is None:
            host_id = await self._host(call, request)
            if request is None and not recovered:
                try:
                    await self._limits.admit(call.call_id, host_id, call.guild_id)
                except UserFacingError as error:
                    await self._tell(call, error.sentence(_locale(written), **error.values))
                    return json.dumps({"status": "refused", "advice": "The student was told why: say nothing of it."})
            made = await self._store.add(await self._card_set(call, request, written, host_id))
        try:
            await shown(partial(self._card_sets.post, made), "cards")
        except DISCORD_ERRORS as error:
            log.warning("cards.not_shown", call=call.call_id, cause=error)
            return json.dumps({"status": "failed", "advice": "The cards could not be shown here. Say so."})
        if request is not None:
            await self._store.set_request_run(call.conversation_id, call.run_id)
        log.info("cards.shown", call=call.call_id, cards=len(made.cards))
        return _shown_output(made, written)

    async def _card_set(
        self, call: ToolCall, request: StoredCardRequest | None, written: WrittenCards, host_id: int
    ) -> CardSet:
        locale = request.locale if request is not None else _locale(written)
        typed = request.topic if request is not None and request.topic_typed else ""
        cites = any(card.source or ANY_MARK.search(card.front + card.back) for card in written.cards)
        passages = await searched_passages(self._client, call.thread_id, call.run_id) if cites else NO_PASSAGES
        find = self._sources_in(Location(call.channel_id, call.guild_id, call.channel_id))
        cards = []
        for card in written.cards:
            citation = await _citation(card, passages, find)
            source = "" if citation is not None else ANY_MARK.sub("", card.source).strip()
            cards.append(MadeCard(front=_bare(card.front), back=_bare(card.back), source=source, citation=citation))
        return CardSet(
            id=new_set_id(),
            call_id=call.call_id,
            guild_id=call.guild_id,
            channel_id=call.channel_id,
            host_id=host_id,
            locale=locale,
            title=typed or written.title or say.DEFAULT_TITLE(locale),
            cards=tuple(cards),
            conversation_id=call.conversation_id,
        )

    async def _may_be_corrected(self, call: ToolCall) -> bool:
        return await self._corrections.count(call.run_id) < MAX_CORRECTIONS

    async def _reject(self, call: ToolCall, request: StoredCardRequest | None, problems: Sequence[str]) -> str:
        """The output for what holds no cards; after the last correction the student is told."""
        may_be_corrected = await self._may_be_corrected(call)
        log.info("cards.arguments_wrong", call=call.call_id, problems=len(problems))
        if may_be_corrected:
            advice = "Nothing was shown. Correct this and call make_cards again, with all cards."
            return json.dumps({"status": "invalid", "problems": list(problems), "advice": advice}, ensure_ascii=False)
        if not await self._corrections.given_up(call.run_id):
            await self._tell(call, say.NO_CARDS(request.locale if request is not None else of_text(call.arguments)))
        return json.dumps({"status": "failed", "advice": "The student was told that there are no cards."})

    async def _tell(self, call: ToolCall, sentence: str) -> None:
        """Post a sentence where the cards would have been."""
        try:
            await self._card_sets.tell(call.channel_id, sentence)
        except DISCORD_ERRORS as failure:
            log.warning("cards.failure_not_told", call=call.call_id, cause=failure)

    async def _host(self, call: ToolCall, request: StoredCardRequest | None) -> int:
        """Who asked for the cards: by a command, by the message of the run, or else by the last message."""
        if request is not None:
            return request.student_id
        return call.asker_id or await self._conversation_store.last_author(call.conversation_id) or 0


async def _citation(card: WrittenCard, passages: SearchedPassages, find: FindSource) -> Citation | None:
    """Where in a file a card stands, if the model cites a passage that may be told where the cards are shown."""
    passage = passages.of_mark(card.source) or passages.of_mark(card.back) or passages.of_mark(card.front)
    passage = passage or passages.of_file(card.source)
    source = await find(passage.file_id) if passage is not None else None
    if passage is None or source is None:
        return None
    place = f"p. {passage.page}" if passage.page is not None else ""
    text = shortened(passage.text, LONGEST_PASSAGE)
    return Citation(file=source.label, place=place, link=source.url or "", passage=text)


def _bare(text: str) -> str:
    """A side without marks: they are the card's source."""
    return ANY_MARK.sub("", text).strip() or text


def _shown_output(card_set: CardSet, written: WrittenCards | None = None) -> str:
    """What became of a call: how many cards are shown, and what of it is not, and why."""
    output: dict[str, Any] = {"status": "shown", "count": len(card_set.cards), "advice": _SHOWN}
    if written is not None and written.doubles:
        output["doubles_left_out"] = written.doubles
    if written is not None and written.problems:
        output["not_shown"] = list(written.problems)
    return json.dumps(output, ensure_ascii=False)


def _kept_note(card_set: CardSet, news: str) -> str:
    title = json.dumps(card_set.title, ensure_ascii=False)
    return (
        f"[results] make_cards, called earlier for the cards {title}: the student has kept the cards whose fronts are "
        f"`kept`, and not those in `left_out`; know it, and speak of it only when asked.\n\n{news}"
    )


def _locale(written: WrittenCards) -> Locale:
    return of_text(f"{written.title} {written.cards[0].front} {written.cards[0].back}")
