"""The messages that show sets of cards, and the presses on their buttons.

Which card is shown, and which side of it, stands in the buttons themselves: nothing is stored but the cards. The set in
a channel is turned by whoever asked for it; a press of somebody else opens a copy, which that reader alone is shown.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import discord
import structlog

from bot.errors import UserFacingError
from bot.escaping import escaped_name
from bot.learning.cards import sentences as say
from bot.learning.cards.card_arguments import written_card
from bot.learning.cards.card_buttons import CardForm, CardsId
from bot.learning.cards.card_faces import face_of, formulas_of
from bot.learning.cards.card_screens import set_screen
from bot.learning.cards.card_set import CardSet, copy_call_id, copy_of
from bot.learning.cards.card_set_store import CardSetStore
from bot.learning.cards.kept_cards import KeptCards
from bot.quizzes.screens.screen_parts import view_of
from bot.replies.message_components import MessageState
from bot.replies.requests.discord_failures import DISCORD_ERRORS
from bot.replies.view_messages import nonce_of
from bot.sentences import of_interaction
from bot.tutor.deferred_responses import defer
from bot.tutor.error_handler import say_privately
from bot.tutor.sent_forms import typed_in

Interaction = discord.Interaction[Any]
_NOBODY: Final = discord.AllowedMentions.none()
_NO_PICTURES: Final[Mapping[str, bytes]] = {}
DRAW_WITHIN: Final = 1.0
"""Seconds that a press waits for formulas to be drawn: Discord waits three for an answer to it."""

Draw = Callable[[str], Coroutine[Any, Any, bytes | None]]
"""Draws a formula: its PNG, or None if it cannot be drawn."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ShownSet:
    """A set as a message shows it: its view, and the pictures that this refers to."""

    view: discord.ui.LayoutView
    state: MessageState
    whole: bool
    """Whether every formula is drawn, or cannot be."""

    @property
    def files(self) -> list[discord.File]:
        """The pictures, opened anew."""
        return self.state.files()


class CardSets:
    """Shows sets and takes presses. `wait_for_turn` waits for the bot's share of Discord's global rate limit."""

    def __init__(
        self,
        client: discord.Client,
        store: CardSetStore,
        kept_cards: KeptCards,
        *,
        draw: Draw,
        wait_for_turn: Callable[[], Awaitable[None]],
    ) -> None:
        self._client = client
        self._store = store
        self._kept_cards = kept_cards
        self._draw = draw
        self._wait_for_turn = wait_for_turn
        self._changes = asyncio.Lock()
        """Two presses at once change one after the other."""
        self._newest: dict[int, int] = {}
        """The newest press on each message whose formulas are still being drawn."""
        self._tasks: set[asyncio.Task[Any]] = set()

    async def post(self, card_set: CardSet) -> None:
        """Post the first card of a set.

        Raises:
            discord.HTTPException, discord.RateLimited: Discord refuses it.
        """
        shown = await self._shown(card_set, 0, back=False, within=None)
        await self._wait_for_turn()
        channel = self._client.get_partial_messageable(card_set.channel_id)
        nonce = nonce_of(card_set.id)  # a process that died may have posted them
        message = await channel.send(view=shown.view, files=shown.files, allowed_mentions=_NOBODY, nonce=nonce)
        await self._store.set_message(card_set.id, message.id)

    async def tell(self, channel_id: int, sentence: str) -> None:
        """Post a sentence of Saem's.

        Raises:
            discord.HTTPException, discord.RateLimited: Discord refuses it.
        """
        await self._wait_for_turn()
        view = view_of(discord.ui.TextDisplay(sentence))
        await self._client.get_partial_messageable(channel_id).send(view=view, allowed_mentions=_NOBODY)

    async def press(self, interaction: Interaction, cards_id: CardsId | None) -> None:
        """Take a press on a button, or a form that was sent.

        Raises:
            UserFacingError: it cannot be done.
        """
        pressed = await self._store.get(cards_id.set_id) if cards_id is not None else None
        if cards_id is None or pressed is None or pressed.channel_id != interaction.channel_id:
            raise UserFacingError(say.OLD)
        place = min(cards_id.place, len(pressed.cards) - 1)
        left_out = pressed.cards[place].left_out
        card_set = await self._own(interaction, pressed)
        match cards_id.action:
            case "previous" | "next":
                await self._show(interaction, card_set, place, back=False)
            case "turn":
                await self._show(interaction, card_set, place, back=cards_id.back)
            case "keep":
                await self._keep(interaction, card_set)
            case "leave":
                await self._leave_out(interaction, card_set, place, back=cards_id.back, left_out=not left_out)
            case "edit" if interaction.type is discord.InteractionType.modal_submit:
                await self._change(interaction, card_set, place, back=cards_id.back)
            case "edit":
                form = CardForm(
                    replace(cards_id, set_id=card_set.id, place=place),
                    card_set.cards[place],
                    of_interaction(interaction),
                )
                await interaction.response.send_modal(form)

    # Presses

    async def _own(self, interaction: Interaction, card_set: CardSet) -> CardSet:
        """The set, if it is that of whoever pressed; else their copy of it, with what they have changed in that."""
        reader_id = interaction.user.id
        if card_set.host_id == reader_id:
            return card_set
        async with self._changes:
            known = await self._store.of_call(copy_call_id(card_set, reader_id))
            made = copy_of(card_set, reader_id, of_interaction(interaction), known)
            if known is None:
                return await self._store.add(made)
            if made.cards != known.cards:
                await self._store.set_cards(made)
            return made

    async def _keep(self, interaction: Interaction, card_set: CardSet) -> None:
        """Keep the cards that are not left out for whoever pressed."""
        locale, student_id = of_interaction(interaction), interaction.user.id
        await defer(interaction, ephemeral=True, thinking=True)
        async with self._changes:
            deck, count, again = await self._kept_cards.keep(card_set, student_id)
            if card_set.conversation_id is not None:
                await self._store.set_news(card_set.id, news_of(card_set))
        sentence = say.KEPT_AGAIN if again else say.KEPT
        await say_privately(
            interaction, sentence(locale, cards=say.counted(locale, count), deck=escaped_name(deck.name))
        )

    async def _leave_out(
        self, interaction: Interaction, card_set: CardSet, place: int, *, back: bool, left_out: bool
    ) -> None:
        """Leave a card out, or take it in again: what the button said."""
        card_set = await self._with(card_set, place, {"left_out": left_out})
        await self._show(interaction, card_set, place, back=back)

    async def _change(self, interaction: Interaction, card_set: CardSet, place: int, *, back: bool) -> None:
        """Take what was typed in the form."""
        typed = typed_in(interaction)
        written = written_card(typed.get("front", ""), typed.get("back", ""))
        if written is None:
            raise UserFacingError(say.EMPTY_SIDE)
        card_set = await self._with(card_set, place, {"front": written.front, "back": written.back})
        await self._show(interaction, card_set, place, back=back)

    async def _with(self, card_set: CardSet, place: int, changes: Mapping[str, Any]) -> CardSet:
        """The set with a card changed, as it is stored."""
        async with self._changes:
            card_set = await self._store.get(card_set.id) or card_set
            changed = card_set.cards[place].model_copy(update={**changes, "own": card_set.is_copy})
            card_set = replace(card_set, cards=card_set.with_card(place, changed))
            await self._store.set_cards(card_set)
        return card_set

    # Screens

    async def _show(self, interaction: Interaction, card_set: CardSet, place: int, *, back: bool) -> None:
        """Edit the message with the button: at once, and again when the formulas are drawn, if that takes longer.

        A copy is shown to its reader alone: in a new message, if the button stands under the set that all see.
        """
        message = interaction.message
        message_id = message.id if message is not None else 0
        begins = card_set.is_copy and not (message is not None and message.flags.ephemeral)
        if not begins:
            self._newest[message_id] = interaction.id
        shown = await self._shown(card_set, place, back=back, within=DRAW_WITHIN)
        if begins:
            sent = await interaction.response.send_message(
                view=shown.view, files=shown.files, ephemeral=True, allowed_mentions=_NOBODY
            )
            message_id = sent.message_id or 0
            self._newest.setdefault(message_id, interaction.id)
        else:
            await interaction.response.edit_message(view=shown.view, attachments=shown.files, allowed_mentions=_NOBODY)
        if shown.whole:
            self._newest.pop(message_id, None)
        else:
            self._spawn(self._show_drawn(interaction, message_id, card_set, place, back=back))

    async def _show_drawn(
        self, interaction: Interaction, message_id: int, card_set: CardSet, place: int, *, back: bool
    ) -> None:
        """Show the formulas too, unless somebody has turned the card over meanwhile."""
        shown = await self._shown(card_set, place, back=back, within=None)
        if self._newest.get(message_id) != interaction.id:
            return
        del self._newest[message_id]
        try:
            await interaction.edit_original_response(view=shown.view, attachments=shown.files, allowed_mentions=_NOBODY)
        except DISCORD_ERRORS as error:
            log.info("cards.formulas_not_shown", set=card_set.id, cause=error)

    async def _shown(self, card_set: CardSet, place: int, *, back: bool, within: float | None) -> ShownSet:
        """The card with the formulas that are drawn `within` so many seconds (None: all of them)."""
        card = card_set.cards[place]
        formulas = formulas_of(card.front) + (formulas_of(card.back) if back else [])
        tasks = {asyncio.create_task(self._draw(formula)): formula for formula in dict.fromkeys(formulas)}
        done = (await asyncio.wait(tasks, timeout=within))[0] if tasks else set()
        drawn = {formula: task.result() if task in done else None for task, formula in tasks.items()}
        if not back:  # it is turned over next
            for formula in formulas_of(card.back):
                self._spawn(self._draw(formula))
        front = face_of(card.front, drawn, _NO_PICTURES, name="front-")
        turned = face_of(card.back, drawn, _NO_PICTURES, name="back-") if back else None
        components = (*front.components, *(turned.components if turned is not None else ()))
        view = set_screen(card_set, place, front, turned)
        return ShownSet(view, MessageState(components), whole=len(done) == len(tasks))

    def _spawn(self, work: Coroutine[Any, Any, Any]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Stop the work in the background."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


def news_of(card_set: CardSet) -> str:
    """What the model is told when the cards of a set were kept, as JSON: their fronts, and those of the others."""
    kept = [card.front for _, card in card_set.kept]
    left_out = [card.front for card in card_set.cards if card.left_out]
    return json.dumps({"kept": kept, "left_out": left_out}, ensure_ascii=False)
