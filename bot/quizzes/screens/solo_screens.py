"""What one student sees of a quiz: a question, the summary before sending, the results."""

from collections.abc import Iterator
from typing import Any, Final

import discord

from bot.quizzes import sentences as say
from bot.quizzes.safe_markdown import escaped_within, unmarked_within
from bot.quizzes.screens.buttons import CustomId, QuizItem, button, menu
from bot.quizzes.screens.screen_parts import (
    AMBER,
    BLUE,
    COLOURS,
    GREEN,
    GREY,
    LONGEST_SCREEN,
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
    fitting,
    follow_up_buttons,
    heading,
    indexes,
    look_menu,
    menu_options,
    passage_texts,
    progress,
    question_text,
    short_choice,
    short_question,
    slip_of,
    small,
    view_of,
)
from bot.quizzes.session.quiz_session import Response
from bot.quizzes.session.scoring import (
    Score,
    grade,
    score,
    shows_explanations,
)
from bot.quizzes.session.transitions import next_position
from bot.quizzes.storage.quiz_records import QuizRecord

MOST_SLIPS: Final = 7
"""Up to so many questions the results name the slips too."""
LONGEST_TOLD: Final = 200
"""Characters of a choice or a slip, where right and wrong are told."""
LONGEST_EXPLANATION: Final = 400


def solo_question(record: QuizRecord) -> View:
    """The question that the student is at, with its choices."""
    session, index = record.session, record.session.position
    if session.told(index):
        return _told_question(record, index)
    response = session.response(session.host, index)
    chosen = None if response is None else response.choice
    return view_of(
        box(
            BLUE,
            heading(record, progress(record)),
            question_text(record, index),
            choice_list(record, index, chosen),
            check_note(record, index),
            *choice_buttons(record, index, chosen),
            discord.ui.ActionRow(*_solo_controls(record, answered=response is not None)),
        )
    )


def _told_question(record: QuizRecord, index: int) -> View:
    """A question that was answered: right or wrong, and why; behind spoilers while a second try is open."""
    session = record.session
    response, question = session.responses[session.host][index], session.quiz.questions[index]
    right, open_try = response.choice == question.answer, session.offers_second_try(index)
    texts = [
        heading(record, progress(record)),
        question_text(record, index),
        choice_list(record, index, response.choice),
    ]
    room = LONGEST_SCREEN - sum(map(len, texts))
    told = fitting([*_verdict(record, index, response), *_reasons(record, index, hidden=open_try)], room)
    items: list[Item | str] = [*texts, "\n".join(told), check_note(record, index)]
    if open_try:
        items.append(f"-# {say.TRY_AGAIN(record.locale)}")
        items += choice_buttons(record, index, action="try", but=response.choice)
    items.append(discord.ui.ActionRow(*_solo_controls(record, answered=True)))
    return view_of(box(GREEN if right else RED, *items))


def _verdict(record: QuizRecord, index: int, response: Response) -> Iterator[str]:
    """Whether the answers were right, and what may have gone wrong."""
    locale, right = record.locale, record.session.quiz.questions[index].answer
    verdicts = [(response.choice, say.RIGHT, say.WRONG)]
    if response.second is not None:
        verdicts.append((response.second, say.SECOND_RIGHT, say.SECOND_WRONG))
    for choice, good, bad in verdicts:
        shown = f"**{short_choice(record, index, choice, LONGEST_TOLD)}**"
        yield (good if choice == right else bad)(locale, answer=shown)
        if slip := slip_of(record, index, choice):
            yield say.SLIP(locale, slip=escaped_within(slip, LONGEST_TOLD))


def _reasons(record: QuizRecord, index: int, *, hidden: bool) -> Iterator[str]:
    """The right answer if it was not given, why it is right, and the words of the file that it rests on."""
    session, locale = record.session, record.locale
    question, response = session.quiz.questions[index], session.responses[session.host][index]
    assert question.answer is not None
    bar = "||" if hidden else ""
    if question.answer not in {response.choice, response.second}:
        answer = f"{bar}**{short_choice(record, index, question.answer, LONGEST_TOLD)}**{bar}"
        yield say.RIGHT_ANSWER(locale, answer=answer)
    if question.explanation:
        yield f"-# {bar}{unmarked_within(question.explanation, LONGEST_EXPLANATION)}{bar}"
    if not hidden:
        yield from passage_texts(record, index)


def solo_checking(record: QuizRecord) -> View:
    """The wait for the next question, which is being checked."""
    controls: discord.ui.ActionRow[Any] = discord.ui.ActionRow(_back_button(record), cancel_button(record))
    return view_of(box(GREY, heading(record, progress(record)), say.BEING_CHECKED(record.locale), controls))


def _back_button(record: QuizRecord) -> QuizItem:
    position = record.session.position
    back = CustomId(record.id, "move", max(position - 1, 0), 0)
    return button(back, say.BACK(record.locale), disabled=position == 0)


def _solo_controls(record: QuizRecord, *, answered: bool) -> Iterator[QuizItem]:
    session, locale = record.session, record.locale
    onward = next_position(session) if answered else session.position + 1
    if session.total > 1:
        yield _back_button(record)
    if onward >= session.count and session.settled:
        yield button(CustomId(record.id, "send"), say.SHOW_RESULTS(locale), discord.ButtonStyle.success)
    elif session.total > 1:
        yield button(CustomId(record.id, "move", onward, 1), (say.NEXT if answered else say.SKIP)(locale))
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
    told = record.session.told(index)  # right and wrong were told with the answer, which stands since
    sign = SIGNS[grade(record.session, record.session.host, index)] if told else "▸"
    return f"{sign} {short_choice(record, index, response.choice, length)}"


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
    slip = slip_of(record, index, response.choice) if response is not None and session.count <= MOST_SLIPS else ""
    short = max(20, length // (5 if slip else 4))
    lines = [f"{sign} {short_question(record, index, short)}"]
    if response is None:
        lines.append(f"*{say.SKIPPED(locale)}*")
    else:
        lines.append(say.YOUR_ANSWER(locale, answer=short_choice(record, index, response.choice, short)))
    if slip:
        lines.append(small(say.SLIP(locale, slip=slip), short))
    if reached in {"wrong", "skipped"} and question.answer is not None:
        lines.append(say.RIGHT_ANSWER(locale, answer=f"**{short_choice(record, index, question.answer, short)}**"))
    if question.explanation and shows_explanations(session):
        lines.append(small(question.explanation, short - 10))
    if note := check_note(record, index):
        lines.append(note)
    return "\n".join(lines)
