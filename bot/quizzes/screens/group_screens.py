"""What a group sees of a quiz: the lobby, open and closed questions, the table at the end."""

from collections.abc import Iterator
from typing import Any, Final

import discord

from bot.catalogues.number_format import in_digits
from bot.escaping import escaped_name
from bot.quizzes import sentences as say
from bot.quizzes.screens.buttons import CustomId, QuizItem, button
from bot.quizzes.screens.screen_parts import (
    AMBER,
    BLUE,
    GREEN,
    GREY,
    LONGEST_NAME,
    LONGEST_SCREEN,
    SIGNS,
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
    numbered_choice,
    passage_texts,
    progress,
    progress_at,
    question_text,
    small,
    view_of,
)
from bot.quizzes.session.player_names import unique_names
from bot.quizzes.session.quiz_session import Phase
from bot.quizzes.session.scoring import (
    Score,
    distribution,
    grade,
    has_right_answers,
    place_sign,
    places,
    ranking,
)
from bot.quizzes.storage.quiz_records import QuizRecord

MOST_SCORES: Final = 25
"""Students in the table of a group."""
MOST_NAMES: Final = 40
"""Names of students who have joined, in the lobby."""
_BAR_WIDTH: Final = 10


def lobby(record: QuizRecord) -> View:
    """Who has joined, and when the first question opens."""
    session, locale = record.session, record.locale
    begins = say.BEGINS(locale, when=countdown(session.deadline))
    questions = say.QUESTIONS(locale, count=session.count)
    host = say.STARTED_BY(locale, name=f"<@{session.host}>")
    return view_of(
        box(
            BLUE,
            heading(record, begins, questions, host),
            say.LOBBY(locale),
            _joined_names(record),
            discord.ui.ActionRow(
                button(CustomId(record.id, "join"), say.JOIN(locale), discord.ButtonStyle.success),
                button(CustomId(record.id, "begin"), say.BEGIN(locale), discord.ButtonStyle.primary),
                cancel_button(record),
            ),
        )
    )


def _joined_names(record: QuizRecord) -> str:
    names = [escaped_name(name, LONGEST_NAME) for name in unique_names(record.session.joined).values()]
    if not names:
        return f"-# {say.NOBODY_JOINED(record.locale)}"
    shown = ", ".join(names[:MOST_NAMES])
    if len(names) > MOST_NAMES:
        shown = f"{shown}, {say.AND_MORE(record.locale, count=len(names) - MOST_NAMES)}"
    return say.JOINED_NAMES(record.locale, count=len(names), names=shown)


def group_screen(record: QuizRecord, index: int) -> View:
    """The message of one question of a group quiz: open, or closed with its result; before the first, the lobby."""
    session = record.session
    if session.phase is Phase.LOBBY:
        return lobby(record)
    if session.phase is Phase.ASKING and index == session.position:
        return _open_question(record, index)
    return _closed_question(record, index)


def _open_question(record: QuizRecord, index: int) -> View:
    session, locale = record.session, record.locale
    paused = session.paused_at is not None
    when = say.PAUSED(locale) if paused else say.CLOSES(locale, when=countdown(session.deadline))
    answered = say.ANSWERED(locale, count=sum(distribution(session, index)))
    hint = [f"-# {say.TOGETHER_HINT(locale)}"] if index == 0 else []
    return view_of(
        box(
            GREY if paused else BLUE,
            heading(record, progress(record), when, answered),
            question_text(record, index),
            choice_list(record, index),
            check_note(record, index),
            *hint,
            *choice_buttons(record, index, disabled=paused),
            discord.ui.ActionRow(*_group_controls(record)),
        )
    )


def _group_controls(record: QuizRecord) -> Iterator[QuizItem]:
    session, locale = record.session, record.locale
    index = session.position
    onward = say.SKIP if session.phase is Phase.ASKING else say.NEXT
    yield button(CustomId(record.id, "skip", index, int(session.phase is Phase.SHOWING)), onward(locale))
    if session.paused_at is None:
        yield button(CustomId(record.id, "pause", index), say.PAUSE(locale))
    else:
        yield button(CustomId(record.id, "resume", index), say.RESUME(locale), discord.ButtonStyle.primary)
    yield button(CustomId(record.id, "end", index), say.END(locale))


def countdown(deadline: float | None) -> str:
    """A live countdown: a timestamp in Discord's Markdown."""
    return f"<t:{round(deadline or 0)}:R>"


def _closed_question(record: QuizRecord, index: int) -> View:
    """How many students chose each choice, and which choice is right."""
    session, locale = record.session, record.locale
    question = session.quiz.questions[index]
    counts = distribution(session, index)
    lines = [_choice_share(record, index, choice, counts) for choice in session.orders[index]]
    notes = [progress_at(record, index), say.ANSWERED(locale, count=sum(counts))]
    items: list[Any] = []
    if session.phase is Phase.SHOWING and index == session.position:
        paused = session.paused_at is not None
        notes.append(say.PAUSED(locale) if paused else say.NEXT_OPENS(locale, when=countdown(session.deadline)))
        items = [discord.ui.ActionRow(*_group_controls(record))]
    explanation = small(question.explanation, 400) if question.explanation else ""
    colour = GREEN if question.answer is not None else BLUE
    texts = (
        heading(record, *notes),
        question_text(record, index),
        "\n".join(lines),
        explanation,
        check_note(record, index),
    )
    passage = fitting(passage_texts(record, index), LONGEST_SCREEN - sum(map(len, texts)))
    return view_of(box(colour, *texts, *passage, *items))


def _choice_share(record: QuizRecord, index: int, choice: int, counts: Any) -> str:
    right = record.session.quiz.questions[index].answer
    text = numbered_choice(record, index, choice)
    sign = "" if right is None else f"{SIGNS['right']} " if choice == right else f"{SIGNS['wrong']} "
    return f"{sign}{text}\n{bar(counts[choice], sum(counts))}"


def ranking_table(record: QuizRecord) -> View:
    """The table at the end of a group quiz."""
    session, locale = record.session, record.locale
    scores = ranking(session)
    names = unique_names(session.names)
    ranked = zip(scores[:MOST_SCORES], places(scores), strict=False)
    lines = [_ranking_line(record, place_sign(place), one, names[one.student]) for one, place in ranked]
    if len(scores) > MOST_SCORES:
        lines.append(say.AND_MORE(locale, count=len(scores) - MOST_SCORES))
    return view_of(
        box(AMBER, heading(record, say.TABLE(locale), say.FEEDBACK_FOLLOWS(locale)), "\n".join(lines)),
        discord.ui.ActionRow(look_menu(record)),
        follow_up_buttons(record),
    )


def _ranking_line(record: QuizRecord, place: str, one: Score, name: str) -> str:
    session, locale = record.session, record.locale
    shown = f"**{escaped_name(name, LONGEST_NAME)}**"
    if not has_right_answers(session):
        return f"{place} {say.TABLE_LINE_OPEN(locale, name=shown, answered=one.answered, count=session.count)}"
    signs = "".join(SIGNS[grade(session, one.student, question)] for question in indexes(record))
    line = say.TABLE_LINE(
        locale, name=shown, right=one.right, count=session.count, seconds=in_digits(locale, one.seconds, 1)
    )
    return f"{place} {line} · {signs}"


def bar(part: int, whole: int) -> str:
    """`█████░░░░░ 3`."""
    filled = round(_BAR_WIDTH * part / whole) if whole else 0
    return f"`{'█' * filled}{'░' * (_BAR_WIDTH - filled)}` {part}"
