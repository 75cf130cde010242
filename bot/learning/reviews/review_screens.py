"""What a review looks like at each moment. Nothing here sends anything."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

import discord

from bot.learning import sentences as say
from bot.learning.card import Card, ChoiceContent, ExerciseContent, FlashContent
from bot.learning.cards.card_faces import Face
from bot.learning.reviews.review_buttons import ALL_DECKS, Action, ReviewId, ReviewItem, button
from bot.learning.reviews.review_session import ReviewSession
from bot.learning.reviews.scheduling import RATINGS
from bot.quizzes.arguments.quiz import Quiz, QuizQuestion
from bot.quizzes.safe_markdown import escaped, escaped_within, shortened, typeset
from bot.quizzes.screens.screen_parts import AMBER, BLUE, GREEN, GREY, RED, ROW_WIDTH, box, small, unlisted, view_of
from bot.quizzes.session.choices import Order, labels, numbering, on_buttons, own_numbering, shuffled
from bot.replies.message_components import MessageState, items_of
from bot.sentences import Locale

LONGEST_SIDE: Final = 1_600
"""Characters of one side of a card: a message holds 4,000."""
LONGEST_HEADING: Final = 80
View = discord.ui.LayoutView


@dataclass(frozen=True, slots=True)
class Shown:
    """What a screen tells of besides the session: how many cards are left, and when this card comes back."""

    locale: Locale
    left: int = 0
    next_due: float | None = None
    note: str = ""
    """A sentence above the card."""
    faces: Mapping[str, Face] = field(default_factory=dict)
    """The card's sides by name (`drawn_sides`)."""


def card_screen(session: ReviewSession, card: Card, shown: Shown) -> View:
    """The card as it is asked, turned over, or answered."""
    heading = _heading(session, card, shown)
    match session.phase:
        case "asking":
            colour, parts = BLUE, _asked(session, card, shown)
        case "turned":
            colour, parts = BLUE, _turned(session, card, shown)
        case _:
            colour, parts = (GREEN if session.right else RED), _answered(session, card, shown)
    return view_of(box(colour, heading, shown.note, *parts, *_bring_back(session, shown.locale)))


def _bring_back(session: ReviewSession, locale: Locale) -> Iterator[discord.ui.ActionRow[Any]]:
    """The button that undoes a put away just now."""
    if session.away_id is not None:
        yield discord.ui.ActionRow(_button(session, "back", say.BRING_BACK(locale)))


def _heading(session: ReviewSession, card: Card, shown: Shown) -> str:
    title = (say.REVIEW if session.mode != "wrong" else say.PRACTICE)(shown.locale)
    if card.topic:
        title = f"{title}: {escaped_within(card.topic, LONGEST_HEADING)}"
    kind = {"choice": say.FROM_QUIZ, "exercise": say.EXERCISE, "flash": say.FLASH_CARD}[card.kind]
    notes = [kind(shown.locale)]
    if shown.left:
        notes.append(say.DUE_LEFT(shown.locale, count=shown.left))
    return f"### {title}\n-# {' · '.join(notes)}"


# Asked


def _asked(session: ReviewSession, card: Card, shown: Shown) -> Iterator[Any]:
    locale = shown.locale
    match card.content:
        case ChoiceContent() as content:
            question, order = question_of(content), order_of(card, session.number)
            yield side(content.question)
            yield _choice_list(question, order)
            yield from _choice_buttons(session, question, order)
            yield discord.ui.ActionRow(_button(session, "unsure", say.DONT_KNOW(locale)), _stop(session, locale))
        case ExerciseContent():
            yield from _face(shown, "front")
            yield discord.ui.ActionRow(
                _button(session, "type", say.MY_ANSWER(locale), discord.ButtonStyle.primary),
                _button(session, "turn", say.SHOW_SOLUTION(locale)),
                _stop(session, locale),
            )
        case FlashContent():
            yield from _face(shown, "front")
            yield discord.ui.ActionRow(
                _button(session, "turn", say.TURN_OVER(locale), discord.ButtonStyle.primary), _stop(session, locale)
            )


def _turned(session: ReviewSession, card: Card, shown: Shown) -> Iterator[Any]:
    locale = shown.locale
    yield from _both_sides(session, card, shown)
    if session.typed is not None:
        yield say.JUDGE_YOURSELF(locale)
    yield discord.ui.ActionRow(
        _button(session, "knew", say.KNEW(locale), discord.ButtonStyle.success),
        _button(session, "missed", say.DID_NOT_KNOW(locale), discord.ButtonStyle.danger),
        _stop(session, locale),
    )


# Answered


def _answered(session: ReviewSession, card: Card, shown: Shown) -> Iterator[Any]:
    locale = shown.locale
    yield f"**{(say.RIGHT if session.right else say.WRONG)(locale)}**"
    if isinstance(card.content, ChoiceContent):
        yield from _answered_choices(session, card, card.content, locale)
    else:
        yield from _both_sides(session, card, shown)
    if card.citation is not None:
        yield _citation(card, locale)
    if session.counted:
        yield _when_it_returns(session, shown)
        grades = [_grade_button(session, rating, locale) for rating in RATINGS]
        yield discord.ui.ActionRow(*grades)
    else:
        yield f"-# {(say.CHANGES_NOTHING if session.right else say.PRACTICE_AGAIN)(locale)}"
    yield discord.ui.ActionRow(
        _button(session, "next", say.NEXT(locale), discord.ButtonStyle.success),
        _button(session, "away", say.PUT_AWAY(locale)),
        _stop(session, locale),
    )


def _answered_choices(session: ReviewSession, card: Card, content: ChoiceContent, locale: Locale) -> Iterator[str]:
    question, order = question_of(content), order_of(card, session.number)
    yield side(content.question)
    lines = []
    for choice in order:
        sign = "✓ " if choice == content.answer else "✗ " if choice == session.chosen else ""
        mark = "▸ " if choice == session.chosen else ""
        lines.append(f"{mark}{sign}{_numbered(question, order, choice)}")
    yield "\n".join(lines)
    slip = content.slips.get(session.chosen) if session.chosen is not None else None
    if slip:
        yield say.SLIP(locale, slip=escaped_within(slip, 150))
    if content.explanation:
        yield small(content.explanation, 300)


def _both_sides(session: ReviewSession, card: Card, shown: Shown) -> Iterator[Any]:
    yield from _face(shown, "front")
    if isinstance(card.content, ExerciseContent):
        if session.typed:
            yield say.YOUR_ANSWER(shown.locale, answer=escaped_within(session.typed, 200))
        yield say.RIGHT_ANSWER(shown.locale, answer=side(card.content.answer, 200))
        yield from _face(shown, "solution")
    else:
        yield discord.ui.Separator[Any]()
        yield from _face(shown, "back")


def _face(shown: Shown, name: str) -> Iterator[Any]:
    face = shown.faces.get(name)
    if face is not None:
        yield from items_of(MessageState(face.components))


def _when_it_returns(session: ReviewSession, shown: Shown) -> str:
    if not session.right and session.card_id in session.again:
        return f"-# {say.COMES_AGAIN(shown.locale)}"
    return f"-# {say.COMES_BACK(shown.locale, when=moment(shown.next_due or 0.0))}"


def _citation(card: Card, locale: Locale) -> str:
    """Where it stands in a file. Only the card's owner sees a review."""
    assert card.citation is not None
    name = escaped_within(card.citation.file, 80)
    file = f"[{name}]({card.citation.link})" if card.citation.link.startswith("https://") else name
    place = f", {escaped_within(card.citation.place, 40)}" if card.citation.place else ""
    if card.citation.page is not None and not place:
        place = f", {say.PAGE(locale, page=card.citation.page)}"
    quoted = f"\n> -# {escaped_within(card.citation.passage, 180)}" if card.citation.passage else ""
    return f"-# {say.FILE(locale, file=file + place)}{quoted}"


def _grade_button(session: ReviewSession, rating: int, locale: Locale) -> ReviewItem:
    style = discord.ButtonStyle.primary if rating == session.rating else discord.ButtonStyle.secondary
    return button(ReviewId(session.id, session.turn, "grade", rating), say.GRADES[rating](locale), style)


# Ends


def end_screen(session: ReviewSession, shown: Shown) -> View:
    """The end of a review: what was right, and when the next card is due."""
    locale = shown.locale
    lines = [shown.note, f"**{say.DONE(locale)}**"]
    if session.mode == "wrong" and session.right_count and not session.again:
        lines = [f"**{say.ALL_RIGHT_ONCE(locale)}**"]
    elif session.right_count or session.wrong_count:
        lines.append(say.DONE_COUNTS(locale, right=session.right_count, wrong=session.wrong_count))
    if shown.next_due is not None:
        lines.append(say.NEXT_DUE(locale, when=moment(shown.next_due)))
    items: list[Any] = ["\n".join(line for line in lines if line)]
    if shown.left:
        items.append(discord.ui.ActionRow(_start_button("begin", session.deck_id, say.GO_ON(locale))))
    items += _bring_back(session, locale)
    return view_of(box(GREEN if session.right_count else GREY, *items))


def nothing_due_screen(deck_id: str | None, shown: Shown) -> View:
    """There are cards, but none is due."""
    locale = shown.locale
    lines = [shown.note, say.NONE_DUE(locale)]
    if shown.next_due is not None:
        lines.append(say.NEXT_DUE(locale, when=moment(shown.next_due)))
    anyway = _start_button("ahead", deck_id, say.PRACTISE_ANYWAY(locale))
    return view_of(box(AMBER, "\n".join(line for line in lines if line), discord.ui.ActionRow(anyway)))


def _start_button(action: Action, deck_id: str | None, label: str) -> ReviewItem:
    return button(ReviewId(deck_id or ALL_DECKS, 0, action), label, discord.ButtonStyle.primary)


def moment(at: float) -> str:
    """A time as Discord shows it to each reader: in 3 days."""
    return f"<t:{round(at)}:R>"


# Parts


def question_of(content: ChoiceContent) -> QuizQuestion:
    """A card's question as a quiz's, for the labels of its choices."""
    return QuizQuestion(question_text=content.question, choices=content.choices, answer=content.answer)


def order_of(card: Card, number: int) -> Order:
    """The order of the choices at a review: another one each time, and the same after a restart."""
    assert isinstance(card.content, ChoiceContent)
    quiz = Quiz(title="-", questions=(question_of(card.content),))
    return shuffled(quiz, Random(f"{card.id}:{number}"))[0]


def side(text: str, longest: int = LONGEST_SIDE) -> str:
    """One side of a card in Discord's Markdown; its mentions ping nobody."""
    return shortened(typeset(text), longest)


def _choice_list(question: QuizQuestion, order: Order) -> str:
    return "" if on_buttons(question) else "\n".join(_numbered(question, order, choice) for choice in order)


def _numbered(question: QuizQuestion, order: Order, choice: int) -> str:
    text = escaped(question.choices[choice])
    if own_numbering(question.choices) or on_buttons(question):
        return unlisted(text)
    return f"**{numbering(question, order)[choice]}** {text}"


def _choice_buttons(
    session: ReviewSession, question: QuizQuestion, order: Order
) -> Iterator[discord.ui.ActionRow[Any]]:
    carried = labels(question, order)
    items = [button(ReviewId(session.id, session.turn, "answer", choice), carried[choice]) for choice in order]
    for first in range(0, len(items), ROW_WIDTH):
        yield discord.ui.ActionRow(*items[first : first + ROW_WIDTH])


def _button(
    session: ReviewSession, action: Action, label: str, style: discord.ButtonStyle = discord.ButtonStyle.secondary
) -> ReviewItem:
    return button(ReviewId(session.id, session.turn, action), label, style)


def _stop(session: ReviewSession, locale: Locale) -> ReviewItem:
    return _button(session, "stop", say.STOP(locale))
