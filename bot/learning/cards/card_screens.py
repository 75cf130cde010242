"""What a set of cards looks like: one card at a time, its front or both sides. Nothing here sends anything."""

from collections.abc import Iterator
from typing import Any, Final

import discord

from bot.escaping import escaped_name
from bot.learning.card import Citation
from bot.learning.cards import sentences as say
from bot.learning.cards.card_buttons import CardsId, CardsItem, button
from bot.learning.cards.card_faces import Face
from bot.learning.cards.card_set import CardSet
from bot.quizzes.safe_markdown import escaped_within
from bot.quizzes.screens.screen_parts import BLUE, GREEN, GREY, LONGEST_HEADING, view_of
from bot.replies.message_components import MessageState, items_of
from bot.sentences import Locale

_LONGEST_SOURCE: Final = 120


def set_screen(card_set: CardSet, place: int, front: Face, back: Face | None) -> discord.ui.LayoutView:
    """The card in that place; with `back`, turned over."""
    card, locale = card_set.cards[place], card_set.locale
    notes = [say.CARD_OF(locale, number=place + 1, count=len(card_set.cards))]
    notes.append((say.FRONT if back is None else say.BACK)(locale))
    if card_set.is_copy:
        notes.append(say.OWN_COPY(locale))
    if card.left_out:
        notes.append(say.LEFT_OUT(locale))
    title = escaped_within(card_set.title, LONGEST_HEADING)
    items: list[Any] = [discord.ui.TextDisplay(f"### 🗂️ {title}\n-# {' · '.join(notes)}")]
    items += items_of(MessageState(front.components))
    if back is not None:
        items += [discord.ui.Separator(), *items_of(MessageState(back.components))]
        if source := source_line(card.source, card.citation, locale):
            items.append(discord.ui.TextDisplay(source))
    if front.cut or (back is not None and back.cut):
        items.append(discord.ui.TextDisplay(f"-# {say.WHOLE_IN_EXPORT(locale)}"))
    shown_back = back is not None
    items.append(discord.ui.ActionRow(*_turning(card_set, place, back=shown_back)))
    items.append(discord.ui.ActionRow(*_keeping(card_set, place, back=shown_back)))
    colour = GREY if card.left_out else GREEN if shown_back else BLUE
    return view_of(discord.ui.Container(*items, accent_colour=colour))


def source_line(source: str, citation: Citation | None, locale: Locale) -> str:
    """Where a card stands in a file, or else what the model names as its source, in small print."""
    if citation is None:
        return f"-# {say.SOURCE(locale, source=escaped_within(source, _LONGEST_SOURCE))}" if source else ""
    label = escaped_name(f"{citation.file}, {citation.place}" if citation.place else citation.file)
    linked = f"[{label}]({citation.link})" if citation.link.startswith("https://") else label
    return f"-# {say.SOURCE(locale, source=linked)}"


def _turning(card_set: CardSet, place: int, *, back: bool) -> Iterator[CardsItem]:
    locale, count = card_set.locale, len(card_set.cards)
    if count > 1:
        yield button(CardsId(card_set.id, "previous", max(place - 1, 0)), say.PREVIOUS(locale), disabled=place == 0)
    turned = CardsId(card_set.id, "turn", place, back=not back)
    yield button(turned, (say.HIDE_BACK if back else say.SHOW_BACK)(locale), discord.ButtonStyle.primary)
    if count > 1:
        last = place == count - 1
        yield button(CardsId(card_set.id, "next", min(place + 1, count - 1)), say.NEXT(locale), disabled=last)


def _keeping(card_set: CardSet, place: int, *, back: bool) -> Iterator[CardsItem]:
    locale, card = card_set.locale, card_set.cards[place]
    keep = say.KEEP(locale, count=len(card_set.kept))
    yield button(CardsId(card_set.id, "keep", place, back=back), keep, discord.ButtonStyle.success)
    leave = (say.TAKE_IN if card.left_out else say.LEAVE_OUT)(locale)
    yield button(CardsId(card_set.id, "leave", place, back=back), leave)
    yield button(CardsId(card_set.id, "edit", place, back=back), say.EDIT(locale))
