"""Reviews: takes the presses of students through their cards, stores what each changes, and shows the next state.

Times are those of Discord's interactions: they go on rightly where this machine's clock is set back.
"""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final
from weakref import WeakValueDictionary

import discord
import structlog

from bot.errors import UserFacingError
from bot.learning import sentences as say
from bot.learning.card import Card, ChoiceContent, ExerciseContent
from bot.learning.card_store import CardStore
from bot.learning.cards.card_faces import Face
from bot.learning.reviews import review_session
from bot.learning.reviews.drawn_sides import DrawnSides
from bot.learning.reviews.finished_quizzes import FinishedQuizzes, quiz_origin
from bot.learning.reviews.grading import rating_of
from bot.learning.reviews.review_buttons import ALL_DECKS, AnswerForm, ReviewId, answer_in
from bot.learning.reviews.review_screens import Shown, View, card_screen, end_screen, nothing_due_screen
from bot.learning.reviews.review_session import ReviewSession
from bot.learning.reviews.review_store import SOON, Review, ReviewedAlreadyError, ReviewStore
from bot.learning.reviews.scheduling import AGAIN, RATINGS, reviewed
from bot.replies.message_components import MessageState
from bot.sentences import Locale, of_interaction

log = structlog.get_logger(__name__)

Interaction = discord.Interaction[Any]
AHEAD: Final = 20
"""Cards of a practice for which nothing had to be due."""

CheckTyped = Callable[[ExerciseContent, str], Awaitable[bool | None]]
"""Whether a typed answer is right; None if that cannot be told."""
Note = Callable[[int, Locale], Awaitable[str]]
"""What else a student is to be told once, in front of a review; empty if nothing."""


class Reviews:
    """All reviews. `check_typed` checks the answers of exercises; `note` tells what a student has to know."""

    def __init__(
        self,
        review_store: ReviewStore,
        card_store: CardStore,
        finished_quizzes: FinishedQuizzes,
        *,
        check_typed: CheckTyped,
        note: Note,
        drawn_sides: DrawnSides,
    ) -> None:
        self._reviews = review_store
        self._cards = card_store
        self._finished = finished_quizzes
        self._check_typed = check_typed
        self._note = note
        self._drawn_sides = drawn_sides
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    # Beginnings

    async def begin(self, interaction: Interaction, deck_id: str | None = None) -> None:
        """Begin a review of what is due, in one deck or in all."""
        student, at, locale = _who(interaction)
        await self._finished.take_in(student)
        session, card = await self._next(self._new(student, deck_id), at)
        if card is None:
            await self._say_that_none_is_due(interaction, deck_id)
            return
        await self._reviews.save(session, at)
        await self._reviews.drop_old_sessions(student)
        await self._show(interaction, session, card, await self._note(student, locale))

    async def ahead(self, interaction: Interaction, deck_id: str | None = None) -> None:
        """Begin a review of the cards that come next, though they are not due."""
        student, at, _ = _who(interaction)
        queue = tuple(await self._reviews.ahead(student, deck_id, AHEAD))
        await self._begin_queue(interaction, replace(self._new(student, deck_id), mode="ahead", queue=queue), at)

    async def practise(self, interaction: Interaction, quiz_id: str) -> None:
        """Practise the questions of a quiz that the student missed, until each was right once.

        Raises:
            UserFacingError: there are none.
        """
        student, at, _ = _who(interaction)
        await self._finished.take_in(student)
        queue = tuple(await self._reviews.missed_in(student, quiz_origin(quiz_id)))
        if not queue:
            raise UserFacingError(say.NONE_WRONG)
        await self._begin_queue(interaction, replace(self._new(student, None), mode="wrong", queue=queue), at)

    async def _begin_queue(self, interaction: Interaction, session: ReviewSession, at: float) -> None:
        session, card = await self._next(session, at)
        if card is None:
            await self._say_that_none_is_due(interaction, session.deck_id)
            return
        await self._reviews.save(session, at)
        await self._reviews.drop_old_sessions(session.student_id)
        await self._show(interaction, session, card)

    def _new(self, student: int, deck_id: str | None) -> ReviewSession:
        return ReviewSession(id=secrets.token_hex(6), student_id=student, mode="due", deck_id=deck_id)

    async def _say_that_none_is_due(self, interaction: Interaction, deck_id: str | None) -> None:
        student, at, locale = _who(interaction)
        if not await self._reviews.ahead(student, deck_id, 1):
            raise UserFacingError(say.NO_CARDS)
        counts = await self._reviews.counts(student, deck_id, at)
        note = await self._note(student, locale)
        view = nothing_due_screen(deck_id, Shown(locale, next_due=counts.next_due, note=note))
        await _respond(interaction, view)

    # Presses

    async def press(self, interaction: Interaction, review_id: ReviewId | None) -> None:
        """Take a press on a button, or an answer that was typed.

        Raises:
            UserFacingError: the review is over, or somebody else's.
        """
        if review_id is None:
            raise UserFacingError(say.OLD_REVIEW)
        if review_id.action in {"begin", "ahead"}:
            deck_id = None if review_id.session_id == ALL_DECKS else review_id.session_id
            await (self.begin if review_id.action == "begin" else self.ahead)(interaction, deck_id)
            return
        lock = self._locks.setdefault(review_id.session_id, asyncio.Lock())
        async with lock:  # presses on one review are taken one after the other
            await self._press(interaction, review_id)

    async def _press(self, interaction: Interaction, review_id: ReviewId) -> None:
        student, at, _ = _who(interaction)
        session = await self._reviews.session(review_id.session_id)
        if session is None:
            raise UserFacingError(say.OLD_REVIEW)
        if session.student_id != student:
            raise UserFacingError(say.NOT_YOURS)
        card = await self._cards.card(session.card_id, student) if session.card_id is not None else None
        is_form = interaction.type is discord.InteractionType.modal_submit
        if review_id.turn == session.turn and review_id.action == "type" and not is_form and card is not None:
            await interaction.response.send_modal(AnswerForm(review_id, of_interaction(interaction)))
            return
        if review_id.action == "back" and session.away_id is not None:
            await self._bring_back(interaction, session, at)
            return
        session = replace(session, away_id=None)
        if session.phase != "over" and (card is None or card.hidden):
            await self._show_next(interaction, session, at)  # the card was deleted meanwhile
        elif review_id.turn != session.turn or card is None:
            await self._show(interaction, session, card)
        else:
            await self._act(interaction, session, card, review_id, at)

    async def _act(
        self, interaction: Interaction, session: ReviewSession, card: Card, review_id: ReviewId, at: float
    ) -> None:
        match review_id.action, session.phase:
            case "answer", "asking" if isinstance(card.content, ChoiceContent):
                right = review_id.number == card.content.answer
                await self._answer(interaction, session, card, at, right=right, chosen=review_id.number)
            case "unsure", "asking":
                await self._answer(interaction, session, card, at, right=False)
            case "turn", "asking":
                await self._turn(interaction, session, card, at)
            case "type", "asking" if isinstance(card.content, ExerciseContent):
                await self._take_typed(interaction, session, card, card.content, at)
            case (("knew" | "missed"), "turned"):
                await self._answer(interaction, session, card, at, right=review_id.action == "knew")
            case "grade", "answered" if session.counted and review_id.number in RATINGS:
                await self._regrade(interaction, session, card, review_id.number, at)
            case "next", "answered":
                await self._show_next(interaction, session, at)
            case "away", "answered":
                await self._cards.set_hidden(card.id, hidden=True)
                session = review_session.put_away(session)
                await self._show_next(interaction, session, at, say.PUT_AWAY_DONE(of_interaction(interaction)))
            case "stop", _:
                session = review_session.ended(session)
                await self._reviews.save(session, at)
                await self._show(interaction, session, None)
            case _:
                await self._show(interaction, session, card)

    async def _bring_back(self, interaction: Interaction, session: ReviewSession, at: float) -> None:
        """The card that was put away last comes back after all; the review goes on with what it shows."""
        assert session.away_id is not None
        await self._cards.set_hidden(session.away_id, hidden=False)
        session = replace(session, away_id=None)
        await self._reviews.save(session, at)
        card = await self._cards.card(session.card_id, session.student_id) if session.card_id is not None else None
        await self._show(interaction, session, card, say.BROUGHT_BACK(of_interaction(interaction)))

    async def _turn(
        self, interaction: Interaction, session: ReviewSession, card: Card, at: float, typed: str | None = None
    ) -> None:
        session = review_session.turned_over(session, typed)
        await self._reviews.save(session, at)
        await self._show(interaction, session, card)

    async def _take_typed(
        self, interaction: Interaction, session: ReviewSession, card: Card, content: ExerciseContent, at: float
    ) -> None:
        typed = answer_in(interaction)
        right = await self._check_typed(content, typed) if typed else None
        if right is None:
            await self._turn(interaction, session, card, at, typed or None)
        else:
            await self._answer(interaction, session, card, at, right=right, typed=typed)

    async def _answer(
        self,
        interaction: Interaction,
        session: ReviewSession,
        card: Card,
        at: float,
        *,
        right: bool,
        chosen: int | None = None,
        typed: str | None = None,
    ) -> None:
        seconds = at - session.shown_at
        seconds_taken = round(seconds, 3) if seconds >= 0 else None
        rating = rating_of(card, right=right, seconds=seconds_taken)
        session = review_session.answered(session, right=right, rating=rating, chosen=chosen, typed=typed)
        note = ""
        if session.counts:
            review = Review(
                card.id, session.number, rating, right=right, seconds=seconds_taken, at=at, before=card.schedule
            )
            after = reviewed(card.schedule, rating, at)
            try:
                await self._reviews.answer(card, review, after, session)
                card = replace(card, schedule=after, reviews=session.number)
            except ReviewedAlreadyError:
                log.info("review.answered_elsewhere", card=card.id)
                note = say.ELSEWHERE(of_interaction(interaction))
        else:
            await self._reviews.save(session, at)
        if note:
            kept = await self._reviews.session(session.id)
            await self._show_next(interaction, kept or session, at, note)
        else:
            await self._show(interaction, session, card)

    async def _regrade(
        self, interaction: Interaction, session: ReviewSession, card: Card, rating: int, at: float
    ) -> None:
        """Correct the grade: the schedule is worked out anew from the card's state before the review.

        Whether a choice was right is not for the grade to say; whether another answer was, is.
        """
        review = await self._reviews.review_of(card.id, session.number)
        if review is None or card.reviews != session.number:
            await self._show_next(interaction, session, at, say.ELSEWHERE(of_interaction(interaction)))
            return
        is_choice = isinstance(card.content, ChoiceContent)
        right = bool(session.right) if is_choice else rating != AGAIN
        session = review_session.regraded(session, rating, right=right)
        after = reviewed(review.before, rating, review.at)
        await self._reviews.correct(card, replace(review, rating=rating, right=right), after, session, at)
        await self._show(interaction, session, replace(card, schedule=after))

    # What is next

    async def _show_next(self, interaction: Interaction, session: ReviewSession, at: float, note: str = "") -> None:
        session, card = await self._next(session, at)
        await self._reviews.save(session, at)
        await self._show(interaction, session, card, note)

    async def _next(self, session: ReviewSession, at: float) -> tuple[ReviewSession, Card | None]:
        """The session with its next card, or over."""
        card = await self._next_card(session, at)
        if card is None:
            return review_session.ended(session), None
        return review_session.asked(session, card.id, card.reviews + 1, at), card

    async def _next_card(self, session: ReviewSession, at: float) -> Card | None:
        student = session.student_id
        if session.mode == "due":
            card = await self._reviews.next_due(student, session.deck_id, at)
            latest = max(at, session.shown_at) + SOON  # also where a clock was set back meanwhile
            return card or await self._reviews.soonest(student, session.again, latest)
        for card_id in (*session.queue, *session.again):
            card = await self._cards.card(card_id, student)
            if card is not None and not card.hidden:
                return card
        return None

    async def _show(self, interaction: Interaction, session: ReviewSession, card: Card | None, note: str = "") -> None:
        """Show a session as it is."""
        locale, at = of_interaction(interaction), interaction.created_at.timestamp()
        counts = await self._reviews.counts(session.student_id, session.deck_id, at)
        left = counts.due + counts.new if session.mode == "due" else len(session.to_come)
        files: list[discord.File] = []
        if card is None:
            more = counts.due + counts.new if session.mode == "due" else 0
            view = end_screen(session, Shown(locale, left=more, next_due=counts.next_due, note=note))
        else:
            faces = await self._drawn_sides.of(card, turned=session.phase != "asking")
            shown = Shown(locale, left=left, next_due=card.schedule.due, note=note, faces=faces)
            view, files = card_screen(session, card, shown), files_of(faces)
        await _respond(interaction, view, files)


def _who(interaction: Interaction) -> tuple[int, float, Locale]:
    """Whose interaction it is, when it was made, and in which language it is answered."""
    return interaction.user.id, interaction.created_at.timestamp(), of_interaction(interaction)


def files_of(faces: Mapping[str, Face]) -> list[discord.File]:
    """The pictures of the faces, to be sent with them."""
    return [file for face in faces.values() for file in MessageState(face.components).files()]


async def _respond(interaction: Interaction, view: View, files: Sequence[discord.File] = ()) -> None:
    """Show it in the message of the review that was pressed, or else in a new one that only the student sees."""
    none = discord.AllowedMentions.none()
    message = interaction.message
    if message is not None and message.flags.ephemeral:
        await interaction.response.edit_message(view=view, attachments=list(files), allowed_mentions=none)
    else:
        await interaction.response.send_message(view=view, files=list(files), ephemeral=True, allowed_mentions=none)
