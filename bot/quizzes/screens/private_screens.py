"""What one student sees in private: the answer to a press, a question in full."""

from typing import Any, Final

import discord

from bot.quizzes import sentences as say
from bot.quizzes.screens.buttons import CustomId, Press, button, menu
from bot.quizzes.screens.group_screens import countdown
from bot.quizzes.screens.screen_parts import (
    COLOURS,
    LONGEST_SCREEN,
    SIGNS,
    View,
    box,
    check_note,
    fitting,
    indexes,
    menu_options,
    numbered_choice,
    passage_texts,
    progress_at,
    question_text,
    slip_of,
    small,
    view_of,
)
from bot.quizzes.session.events import EventOutcome
from bot.quizzes.session.quiz_session import Phase
from bot.quizzes.session.scoring import grade
from bot.quizzes.storage.quiz_records import QuizRecord
from bot.sentences import Locale, Sentence

LONGEST_SLIP: Final = 250


def private_reply(record: QuizRecord, press: Press, outcome: EventOutcome) -> str | None:
    """The sentence that only the student who pressed reads; None if the quiz's message itself shows the effect."""
    assert press.custom_id is not None
    session, locale, index = record.session, press.locale, press.custom_id.question
    together = session.mode == "together"
    match outcome:
        case EventOutcome.NOT_YOURS:
            sentence: Sentence = say.NOT_YOURS_TO_LEAD if together else say.NOT_YOURS
            return sentence(locale, name=f"<@{session.host}>")
        case EventOutcome.UNKNOWN:
            return say.OLD(locale)
        case EventOutcome.JOINED | EventOutcome.JOINED_BEFORE:
            said = say.JOINED if outcome is EventOutcome.JOINED else say.JOINED_BEFORE
            return said(locale, when=countdown(session.deadline))
        case EventOutcome.BEGUN:
            return say.BEGUN(locale)
        case EventOutcome.EARLY:
            return say.EARLY(locale)
        case EventOutcome.LATE:
            return say.LATE(locale)
        case EventOutcome.PAUSED:
            return say.ON_PAUSE(locale)
        case EventOutcome.OVER if together or press.student_id != session.host:
            return say.OVER(locale)
        case EventOutcome.COUNTED | EventOutcome.ALREADY if together:
            response = session.response(press.student_id, index)
            assert response is not None
            choice = numbered_choice(record, index, response.choice).replace("**", "")
            return (say.COUNTED if outcome is EventOutcome.COUNTED else say.ALREADY)(locale, choice=choice)
    return None


def choice_of_explanations(record: QuizRecord, student: int, locale: Locale) -> View:
    """Which question is to be explained; before each stands how `student` answered it."""
    signs = [SIGNS[grade(record.session, student, index)] for index in indexes(record)]
    options = [f"{sign} {option}" for sign, option in zip(signs, menu_options(record), strict=True)]
    which = menu(CustomId(record.id, "pick"), say.EXPLAIN(locale), options)
    return view_of(discord.ui.TextDisplay(say.EXPLAIN_WHICH(locale)), discord.ui.ActionRow(which))


def question_in_full(record: QuizRecord, index: int, student: int, *, reported: bool = False) -> View:
    """One question in full, as `student` answered it, who may report it as wrong, or has."""
    session, locale = record.session, record.locale
    response = session.response(student, index)
    parts: list[Any] = list(question_parts(record, index, None if response is None else response.choice))
    if reported:
        parts.append(f"-# {(say.REPORTED if record.guild_id else say.REPORTED_HERE)(locale)}")
    elif session.phase is Phase.FINISHED and student in {session.host, *session.responses}:
        parts.append(discord.ui.ActionRow(button(CustomId(record.id, "report", index), say.REPORT(locale))))
    return view_of(box(COLOURS[grade(session, student, index)], *parts))


def question_parts(record: QuizRecord, index: int, chosen: int | None) -> list[str]:
    """The texts of one question in full, with `chosen` among its choices."""
    session = record.session
    question = session.quiz.questions[index]
    lines = []
    for choice in session.orders[index]:
        sign = ""
        if choice == question.answer:
            sign = "✓ "
        elif choice == chosen and question.answer is not None:
            sign = "✗ "
        lines.append(f"{'▸ ' if choice == chosen else ''}{sign}{numbered_choice(record, index, choice)}")
    slip = "" if chosen is None else slip_of(record, index, chosen)
    explanation = small(question.explanation, 400) if question.explanation else ""
    texts = (
        f"-# {progress_at(record, index)}",
        question_text(record, index),
        "\n".join(lines),
        small(say.SLIP(record.locale, slip=slip), LONGEST_SLIP) if slip else "",
        explanation,
        check_note(record, index),
    )
    return [*texts, *fitting(passage_texts(record, index), LONGEST_SCREEN - sum(map(len, texts)))]
