"""What one student sees of a quiz: a question, the summary before sending, the results."""

from collections.abc import Iterator

import discord

from bot.quizzes import sentences as say
from bot.quizzes.screens.buttons import CustomId, QuizItem, button, menu
from bot.quizzes.screens.screen_parts import (
    AMBER,
    BLUE,
    COLOURS,
    GREEN,
    MOST_BOXES,
    RED,
    SIGNS,
    SQUARES,
    TEXT_BUDGET,
    Item,
    View,
    box,
    cancel_button,
    check_note,
    choice_buttons,
    choice_list,
    follow_up_buttons,
    heading,
    indexes,
    look_menu,
    menu_options,
    progress,
    question_text,
    short_choice,
    short_question,
    small,
    view_of,
)
from bot.quizzes.session.scoring import (
    Score,
    grade,
    score,
    shows_explanations,
)
from bot.quizzes.storage.quiz_records import QuizRecord


def solo_question(record: QuizRecord) -> View:
    """The question that the student is at, with its choices."""
    session, index = record.session, record.session.position
    response = session.response(session.host, index)
    chosen = None if response is None else response.choice
    return view_of(
        box(
            BLUE,
            heading(record, progress(record)),
            question_text(record, index),
            choice_list(record, index, chosen),
            *choice_buttons(record, index, chosen),
            discord.ui.ActionRow(*_solo_controls(record, answered=response is not None)),
        )
    )


def _solo_controls(record: QuizRecord, *, answered: bool) -> Iterator[QuizItem]:
    session, locale = record.session, record.locale
    if session.count > 1:
        back = CustomId(record.id, "move", max(session.position - 1, 0), 0)
        yield button(back, say.BACK(locale), disabled=session.position == 0)
        onward = (say.NEXT if answered else say.SKIP)(locale)
        yield button(CustomId(record.id, "move", session.position + 1, 1), onward)
    yield cancel_button(record)


def solo_review(record: QuizRecord) -> View:
    """The summary of all answers, before they are sent."""
    session, locale = record.session, record.locale
    length = TEXT_BUDGET // session.count
    lines = [
        f"{short_question(record, index, length // 2)}\n{_short_response(record, index, length // 2 - 20)}"
        for index in indexes(record)
    ]
    return view_of(
        box(
            BLUE,
            heading(record, say.REVIEW(locale)),
            "\n".join(lines),
            discord.ui.ActionRow(menu(CustomId(record.id, "jump"), say.CHANGE(locale), menu_options(record))),
            discord.ui.ActionRow(
                button(CustomId(record.id, "move", session.count - 1), say.BACK(locale)),
                button(CustomId(record.id, "send"), say.SEND(locale), discord.ButtonStyle.success),
                cancel_button(record),
            ),
        )
    )


def _short_response(record: QuizRecord, index: int, length: int) -> str:
    response = record.session.response(record.session.host, index)
    if response is None:
        return f"– *{say.SKIPPED(record.locale)}*"
    return f"▸ {short_choice(record, index, response.choice, length)}"


def solo_results(record: QuizRecord) -> View:
    """Shows right and wrong at once if the quiz says the right answers."""
    session, locale = record.session, record.locale
    notes = [say.FEEDBACK_FOLLOWS(locale)]
    graded = session.quiz.graded
    reached = score(session, session.host)
    if graded:
        notes.insert(0, say.SCORE(locale, right=reached.right, count=session.count))
    colour = _colour_of(reached, session.count) if graded else BLUE
    length = TEXT_BUDGET // session.count
    if session.count <= MOST_BOXES:
        boxes = [
            box(COLOURS[grade(session, session.host, index)], _graded_question(record, index, length))
            for index in indexes(record)
        ]
        items: list[Item] = [box(colour, heading(record, *notes)), *boxes]
    else:
        texts = (_graded_question(record, index, length, square=True) for index in indexes(record))
        items = [box(colour, heading(record, *notes), "\n".join(texts))]
    return view_of(*items, discord.ui.ActionRow(look_menu(record)), follow_up_buttons(record))


def _colour_of(reached: Score, count: int) -> discord.Colour:
    if reached.right == count:
        return GREEN
    return RED if reached.right == 0 else AMBER


def _graded_question(record: QuizRecord, index: int, length: int, *, square: bool = False) -> str:
    """A question with its sign, the student's answer and, if that was not right, the right answer."""
    session, locale = record.session, record.locale
    question, reached = session.quiz.questions[index], grade(session, session.host, index)
    response = session.response(session.host, index)
    sign = f"{SQUARES[reached]} {SIGNS[reached]}" if square else SIGNS[reached]
    short = max(20, length // 4)
    lines = [f"{sign} {short_question(record, index, short)}"]
    if response is None:
        lines.append(f"*{say.SKIPPED(locale)}*")
    else:
        lines.append(say.YOUR_ANSWER(locale, answer=short_choice(record, index, response.choice, short)))
    if reached in {"wrong", "skipped"} and question.answer is not None:
        lines.append(say.RIGHT_ANSWER(locale, answer=f"**{short_choice(record, index, question.answer, short)}**"))
    if question.explanation and shows_explanations(session):
        lines.append(small(question.explanation, length // 4 - 10))
    if note := check_note(record, index):
        lines.append(note)
    return "\n".join(lines)
