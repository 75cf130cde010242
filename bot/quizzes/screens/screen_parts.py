"""Parts of screens: frames, headings, questions, choices and their buttons."""

from collections.abc import Iterable, Sequence
from typing import Any, Final, Literal

import discord

from bot.escaping import CITATION
from bot.quizzes import sentences as say
from bot.quizzes.arguments.quiz import Citation
from bot.quizzes.safe_markdown import escaped, escaped_within, readable, typeset, unmarked_within
from bot.quizzes.screens.buttons import CustomId, QuizItem, button, menu
from bot.quizzes.session.choices import labels, numbering, on_buttons, own_numbering
from bot.quizzes.session.scoring import Grade, anything_missed
from bot.quizzes.storage.quiz_records import QuizRecord
from bot.sentences import Locale, Sentence

TEXT_BUDGET: Final = 3_600
"""Characters for the questions of a list. A message holds 4,000, with the text around the list."""
MOST_BOXES: Final = 12
"""Up to so many questions have a box each: a message holds 40 components."""
LONGEST_NAME: Final = 40
"""Characters of a student's name."""

BLUE: Final = discord.Colour(0x5865F2)
GREEN: Final = discord.Colour(0x2E9E5B)
RED: Final = discord.Colour(0xD83C3E)
AMBER: Final = discord.Colour(0xE0A030)
GREY: Final = discord.Colour(0x80848E)

SIGNS: Final[dict[Grade, str]] = {"right": "✓", "wrong": "✗", "skipped": "–", "open": "•"}
SQUARES: Final[dict[Grade, str]] = {"right": "🟩", "wrong": "🟥", "skipped": "⬜", "open": "🟦"}
COLOURS: Final[dict[Grade, discord.Colour]] = {"right": GREEN, "wrong": RED, "skipped": GREY, "open": BLUE}

_CHECKED: Final[dict[str, Sentence]] = {
    "algebra": say.CHECKED_BY_ALGEBRA,
    "solved": say.SOLVED_TWICE,
    "not": say.NOT_CHECKED,
}
LONGEST_SCREEN: Final = 3_700
"""Characters of a question with what is told of it: a message holds 4,000, with notes."""
LONGEST_PASSAGE: Final = 400
LONGEST_FILE_NAME: Final = 80
ROW_WIDTH: Final = 5
"""Buttons in a row; Discord allows no more."""
LONGEST_HEADING: Final = 120

View = discord.ui.LayoutView
Item = discord.ui.Item[Any]


def cancel_button(record: QuizRecord) -> QuizItem:
    """The button that cancels the quiz."""
    return button(CustomId(record.id, "cancel"), say.CANCEL(record.locale))


def indexes(record: QuizRecord) -> range:
    """The indexes of the questions."""
    return range(record.session.count)


def follow_up_buttons(record: QuizRecord) -> discord.ui.ActionRow[Any]:
    """The buttons under the results; those for the next quiz are gone when it was asked for."""
    locale = record.locale
    buttons = [button(CustomId(record.id, "explain"), say.EXPLAIN(locale))]
    if not record.followed:
        harder = button(CustomId(record.id, "harder"), say.HARDER(locale))
        buttons = [harder, button(CustomId(record.id, "five"), say.ANOTHER_FIVE(locale)), *buttons]
    if anything_missed(record.session):
        buttons.append(button(CustomId(record.id, "practise"), say.PRACTISE_WRONG(locale)))
    return discord.ui.ActionRow(*buttons)


def look_menu(record: QuizRecord) -> QuizItem:
    """The menu that shows a question in full."""
    return menu(CustomId(record.id, "look"), say.LOOK(record.locale), menu_options(record))


def cancelled(record: QuizRecord) -> View:
    """The message of a quiz that nobody finished."""
    nobody = record.session.mode == "together" and not record.session.responses
    sentence = say.NOBODY_PLAYED if nobody else say.CANCELLED
    return view_of(box(GREY, heading(record, sentence(record.locale))))


def progress_at(record: QuizRecord, index: int) -> str:
    """`Question 2 of 3`, for any question."""
    return say.QUESTION_OF(record.locale, number=index + 1, count=record.session.total)


def view_of(*items: Item) -> discord.ui.LayoutView:
    """A message of these components. Every edit needs a new view: discord.py stops listening to the view of before."""
    view = discord.ui.LayoutView(timeout=None)
    for item in items:
        view.add_item(item)
    return view


def box(colour: discord.Colour, *items: Item | str) -> discord.ui.Container[Any]:
    """A frame with a coloured edge round texts and rows; empty texts are left out."""
    shown = (discord.ui.TextDisplay(item) if isinstance(item, str) else item for item in items if item)
    return discord.ui.Container(*shown, accent_colour=colour)


def rows(items: Sequence[QuizItem]) -> Iterable[discord.ui.ActionRow[Any]]:
    """Put the buttons into rows."""
    for first in range(0, len(items), ROW_WIDTH):
        yield discord.ui.ActionRow(*items[first : first + ROW_WIDTH])


def heading(record: QuizRecord, *notes: str) -> str:
    """The quiz's title, and `notes` in small print below it."""
    title = f"### {escaped_within(record.session.quiz.title, LONGEST_HEADING)}"
    return f"{title}\n-# {' · '.join(notes)}" if notes else title


def progress(record: QuizRecord) -> str:
    """`▰▰▱ Question 2 of 3`."""
    session = record.session
    number = min(session.position, session.total - 1) + 1
    words = say.QUESTION_OF(record.locale, number=number, count=session.total)
    return f"{'▰' * number}{'▱' * (session.total - number)} {words}" if session.total > 1 else words


def question_text(record: QuizRecord, index: int) -> str:
    """The question as the model wrote it: its Markdown is shown as such, its mentions ping nobody."""
    return typeset(record.session.quiz.questions[index].question_text)


def choice_list(record: QuizRecord, index: int, chosen: int | None = None) -> str:
    """The choices in their order, each with the letter or number of its button; empty if the buttons hold the texts."""
    question, order = record.session.quiz.questions[index], record.session.orders[index]
    if on_buttons(question):
        return ""
    return "\n".join(f"{'▸ ' if choice == chosen else ''}{numbered_choice(record, index, choice)}" for choice in order)


def numbered_choice(record: QuizRecord, index: int, choice: int) -> str:
    """`**B** text`; only the text if it begins with a number of its own or stands on the button."""
    question, order = record.session.quiz.questions[index], record.session.orders[index]
    text = escaped(question.choices[choice])
    if own_numbering(question.choices) or on_buttons(question):
        return unlisted(text)
    return f"**{numbering(question, order)[choice]}** {text}"


def unlisted(text: str) -> str:
    """Escape a beginning such as `1.` or `-`: Discord would show the text as a list."""
    head = text.split(" ", 1)[0]
    if head[:-1].isdigit() and head.endswith("."):
        return f"{head[:-1]}\\{text[len(head) - 1 :]}"
    return f"\\{text}" if text[:1] in {"-", "+", "#", ">"} else text


def choice_buttons(
    record: QuizRecord,
    index: int,
    chosen: int | None = None,
    *,
    disabled: bool = False,
    action: Literal["answer", "try"] = "answer",
    but: int | None = None,
) -> Iterable[discord.ui.ActionRow[Any]]:
    """A button for each choice `but` one, in the order of the list."""
    question, order = record.session.quiz.questions[index], record.session.orders[index]
    carried = labels(question, order)
    buttons = [
        button(
            CustomId(record.id, action, index, choice),
            f"{'▸ ' if choice == chosen else ''}{carried[choice]}",
            discord.ButtonStyle.primary if choice == chosen else discord.ButtonStyle.secondary,
            disabled=disabled,
        )
        for choice in order
        if choice != but
    ]
    return rows(buttons)


def menu_options(record: QuizRecord) -> list[str]:
    """The questions as the options of a menu."""
    questions = record.session.quiz.questions
    return [f"{number}. {readable(question.question_text)}" for number, question in enumerate(questions, start=1)]


def short_question(record: QuizRecord, index: int, length: int) -> str:
    """`**2.** What is …?`, on one line of at most `length` characters and the number."""
    return f"**{index + 1}.** {escaped_within(record.session.quiz.questions[index].question_text, length)}"


def short_choice(record: QuizRecord, index: int, choice: int, length: int) -> str:
    """A choice's text, of at most `length` characters and with its Markdown escaped."""
    return unlisted(escaped_within(record.session.quiz.questions[index].choices[choice], length))


def check_note(record: QuizRecord, index: int) -> str:
    """How the question's key was checked, in small print; empty if checks are off."""
    question, locale = record.session.quiz.questions[index], record.locale
    sentence = _CHECKED.get(question.checked or "")
    notes = [] if sentence is None else [sentence(locale)]
    if question.checked is not None and question.citation is not None:
        notes.append(place_of(question.citation, locale))
    return f"-# {' · '.join(notes)}" if notes else ""


def place_of(citation: Citation, locale: Locale) -> str:
    """`page 3`."""
    return say.IN_FILE(locale) if citation.page is None else say.ON_PAGE(locale, page=citation.page)


def passage_texts(record: QuizRecord, index: int) -> list[str]:
    """The words of the file that the answer rests on, and where they stand; shown when the question was answered."""
    question = record.session.quiz.questions[index]
    if question.citation is None or question.passage is None:
        return []
    place = place_of(question.citation, record.locale)
    label = f"{escaped_within(question.citation.file, LONGEST_FILE_NAME)}, {place}"
    source = f"[{label}]({question.citation.url})" if question.citation.url else label
    return [f"> {escaped_within(question.passage, LONGEST_PASSAGE)}\n-# {CITATION}{source}"]


def slip_of(record: QuizRecord, index: int, choice: int) -> str:
    """The mistake that leads to a wrong choice; empty where it is not known."""
    question = record.session.quiz.questions[index]
    slip = question.slips[choice] if choice < len(question.slips) else None
    return "" if slip is None or choice == question.answer else slip


def fitting(texts: Sequence[str], room: int = TEXT_BUDGET) -> list[str]:
    """The texts, in order, that fit into `room` characters together; what does not fit is left out."""
    shown = []
    for text in texts:
        if len(text) <= room:
            shown.append(text)
            room -= len(text)
    return shown


def small(text: str, length: int) -> str:
    """Small print on one line; the model's Markdown is left out of it."""
    return f"-# {unmarked_within(text, length)}"
