"""The messages that show sets of cards, and the presses on their buttons.

Which card is shown, and which side of it, stands in the buttons themselves: nothing is stored but the cards.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import discord
import structlog

from bot.errors import UserFacingError
from bot.escaping import escaped_name
from bot.learning.cards import sentences as say
from bot.learning.cards.card_arguments import written_card
from bot.learning.cards.card_buttons import CardForm, CardsId, typed_in
from bot.learning.cards.card_faces import face_of, formulas_of
from bot.learning.cards.card_screens import set_screen
from bot.learning.cards.card_set import CardSet
from bot.learning.cards.card_set_store import CardSetStore
from bot.learning.cards.kept_cards import KeptCards
from bot.quizzes.screens.screen_parts import view_of
from bot.replies.message_components import MessageState
from bot.sentences import of_code
from bot.tutor.error_handler import DISCORD_ERRORS, say_privately

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
        message = await channel.send(view=shown.view, files=shown.files, allowed_mentions=_NOBODY)
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
        card_set = await self._store.get(cards_id.set_id) if cards_id is not None else None
        if cards_id is None or card_set is None or card_set.channel_id != interaction.channel_id:
            raise UserFacingError(say.OLD)
        place = min(cards_id.place, len(card_set.cards) - 1)
        match cards_id.action:
            case "previous" | "next":
                await self._show(interaction, card_set, place, back=False)
            case "turn":
                await self._show(interaction, card_set, place, back=cards_id.back)
            case "keep":
                await self._keep(interaction, card_set)
            case "leave":
                self._check_owner(interaction, card_set)
                await self._leave_out(interaction, card_set, place, back=cards_id.back)
            case "edit" if interaction.type is discord.InteractionType.modal_submit:
                self._check_owner(interaction, card_set)
                await self._change(interaction, card_set, place, back=cards_id.back)
            case "edit":
                self._check_owner(interaction, card_set)
                form = CardForm(replace(cards_id, place=place), card_set.cards[place], of_code(interaction.locale))
                await interaction.response.send_modal(form)

    # Presses

    async def _keep(self, interaction: Interaction, card_set: CardSet) -> None:
        """Keep the cards for whoever pressed: their maker without those left out, others all of them."""
        locale, student_id = of_code(interaction.locale), interaction.user.id
        await interaction.response.defer(ephemeral=True, thinking=True)
        mine = student_id == card_set.host_id
        async with self._changes:
            deck, count, again = await self._kept_cards.keep(card_set, student_id, whole=not mine)
        sentence = say.KEPT_AGAIN if again else say.KEPT
        await say_privately(
            interaction, sentence(locale, cards=say.counted(locale, count), deck=escaped_name(deck.name))
        )

    async def _leave_out(self, interaction: Interaction, card_set: CardSet, place: int, *, back: bool) -> None:
        async with self._changes:
            card_set = await self._store.get(card_set.id) or card_set
            card = card_set.cards[place]
            card_set = replace(
                card_set, cards=card_set.with_card(place, card.model_copy(update={"left_out": not card.left_out}))
            )
            await self._store.set_cards(card_set)
        await self._show(interaction, card_set, place, back=back)

    async def _change(self, interaction: Interaction, card_set: CardSet, place: int, *, back: bool) -> None:
        """Take what was typed in the form."""
        typed = typed_in(interaction)
        written = written_card(typed.get("front", ""), typed.get("back", ""))
        if written is None:
            raise UserFacingError(say.EMPTY_SIDE)
        async with self._changes:
            card_set = await self._store.get(card_set.id) or card_set
            changed = card_set.cards[place].model_copy(update={"front": written.front, "back": written.back})
            card_set = replace(card_set, cards=card_set.with_card(place, changed))
            await self._store.set_cards(card_set)
        await self._show(interaction, card_set, place, back=back)

    @staticmethod
    def _check_owner(interaction: Interaction, card_set: CardSet) -> None:
        if interaction.user.id != card_set.host_id:
            raise UserFacingError(say.NOT_YOURS, name=f"<@{card_set.host_id}>")

    # Screens

    async def _show(self, interaction: Interaction, card_set: CardSet, place: int, *, back: bool) -> None:
        """Edit the message with the button: at once, and again when the formulas are drawn, if that takes longer."""
        message_id = interaction.message.id if interaction.message is not None else 0
        self._newest[message_id] = interaction.id
        shown = await self._shown(card_set, place, back=back, within=DRAW_WITHIN)
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
