"""The pieces that a quiz's screens are put together from."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

import discord

from bot.quizzes.buttons import CustomId, QuizItem, button
from bot.quizzes.choices import labels, numbering, on_buttons, own_numbering
from bot.quizzes.quiz_store import QuizRecord
from bot.quizzes.safe_markdown import escaped, escaped_within, readable, shortened, typeset, unmentioned
from bot.quizzes.scoring import Grade
from bot.quizzes.sentences import QUESTION_OF

BLUE: Final = discord.Colour(0x5865F2)
GREEN: Final = discord.Colour(0x2E9E5B)
RED: Final = discord.Colour(0xD83C3E)
AMBER: Final = discord.Colour(0xE0A030)
GREY: Final = discord.Colour(0x80848E)

SIGNS: Final[dict[Grade, str]] = {"right": "✓", "wrong": "✗", "skipped": "–", "open": "•"}
SQUARES: Final[dict[Grade, str]] = {"right": "🟩", "wrong": "🟥", "skipped": "⬜", "open": "🟦"}
COLOURS: Final[dict[Grade, discord.Colour]] = {"right": GREEN, "wrong": RED, "skipped": GREY, "open": BLUE}

ROW_WIDTH: Final = 5
TITLE_SHOWN: Final = 120
_BAR: Final = 10

Item = discord.ui.Item[Any]


def view_of(*items: Item) -> discord.ui.LayoutView:
    """A message of these components; a fresh view each time, for discord.py keeps books on those it has sent."""
    view = discord.ui.LayoutView(timeout=None)
    for item in items:
        view.add_item(item)
    return view


def box(colour: discord.Colour, *items: Item | str) -> discord.ui.Container[Any]:
    """A frame round texts and rows."""
    shown = (discord.ui.TextDisplay(item) if isinstance(item, str) else item for item in items if item)
    return discord.ui.Container(*shown, accent_colour=colour)


def rows(items: Sequence[QuizItem]) -> Iterable[discord.ui.ActionRow[Any]]:
    """The buttons, five a row."""
    for first in range(0, len(items), ROW_WIDTH):
        yield discord.ui.ActionRow(*items[first : first + ROW_WIDTH])


def heading(record: QuizRecord, *notes: str) -> str:
    """The quiz's title, and a line of small print below."""
    title = f"### {escaped_within(record.session.quiz.title, TITLE_SHOWN)}"
    return f"{title}\n-# {' · '.join(notes)}" if notes else title


def progress(record: QuizRecord) -> str:
    """`▰▰▱ Question 2 of 3`."""
    session = record.session
    place = min(session.position, session.count - 1) + 1
    words = QUESTION_OF(record.locale, place=place, count=session.count)
    return f"{'▰' * place}{'▱' * (session.count - place)} {words}" if session.count > 1 else words


def question_text(record: QuizRecord, place: int) -> str:
    """The question as the model wrote it, its Markdown working and its mentions not."""
    return typeset(record.session.quiz.questions[place].question_text)


def choice_list(record: QuizRecord, place: int, chosen: int | None = None) -> str:
    """The choices in their order, each with the letter or number of its button; empty where the buttons say it all."""
    question, order = record.session.quiz.questions[place], record.session.orders[place]
    if on_buttons(question):
        return ""
    return "\n".join(f"{'▸ ' if choice == chosen else ''}{numbered_choice(record, place, choice)}" for choice in order)


def numbered_choice(record: QuizRecord, place: int, choice: int) -> str:
    """`**B** text`; a choice that carries its own number as it is."""
    question, order = record.session.quiz.questions[place], record.session.orders[place]
    text = escaped(question.choices[choice])
    if own_numbering(question.choices) or on_buttons(question):
        return unlisted(text)
    return f"**{numbering(question, order)[choice]}** {text}"


def unlisted(text: str) -> str:
    """A text beginning with `1.` or `-`, which Discord would take for a list."""
    head = text.split(" ", 1)[0]
    if head[:-1].isdigit() and head.endswith("."):
        return f"{head[:-1]}\\{text[len(head) - 1 :]}"
    return f"\\{text}" if text[:1] in {"-", "+", "#", ">"} else text


def choice_buttons(
    record: QuizRecord, place: int, chosen: int | None = None, *, disabled: bool = False
) -> Iterable[discord.ui.ActionRow[Any]]:
    """A button for each choice, in the order of the list."""
    question, order = record.session.quiz.questions[place], record.session.orders[place]
    carried = labels(question, order)
    buttons = [
        button(
            CustomId(record.id, "answer", place, choice),
            f"{'▸ ' if choice == chosen else ''}{carried[choice]}",
            discord.ButtonStyle.primary if choice == chosen else discord.ButtonStyle.secondary,
            disabled=disabled,
        )
        for choice in order
    ]
    return rows(buttons)


def option(record: QuizRecord, place: int) -> str:
    """A question in a menu."""
    return f"{place + 1}. {readable(record.session.quiz.questions[place].question_text)}"


def short_question(record: QuizRecord, place: int, length: int) -> str:
    """`**2.** What is …?`, on one line."""
    return f"**{place + 1}.** {escaped_within(record.session.quiz.questions[place].question_text, length)}"


def short_choice(record: QuizRecord, place: int, choice: int, length: int) -> str:
    """A choice's text, without Markdown."""
    return unlisted(escaped_within(record.session.quiz.questions[place].choices[choice], length))


def bar(part: int, whole: int) -> str:
    """`█████░░░░░ 3`."""
    filled = round(_BAR * part / whole) if whole else 0
    return f"`{'█' * filled}{'░' * (_BAR - filled)}` {part}"


def small(text: str, length: int) -> str:
    """Small print on one line."""
    return f"-# {shortened(unmentioned(readable(text)), length)}"
