"""What a quiz looks like at every moment: from a record to a Components V2 message. Nothing here does anything."""

from collections.abc import Iterator
from typing import Any, Final

import discord

from bot.quizzes import sentences as say
from bot.quizzes.buttons import CustomId, QuizItem, button, menu
from bot.quizzes.quiz_store import QuizRecord
from bot.quizzes.safe_markdown import escaped_within
from bot.quizzes.scoring import Score, distribution, grade, ranking, score
from bot.quizzes.screen_parts import (
    AMBER,
    BLUE,
    COLOURS,
    GREEN,
    GREY,
    RED,
    SIGNS,
    SQUARES,
    Item,
    bar,
    box,
    choice_buttons,
    choice_list,
    heading,
    numbered_choice,
    option,
    progress,
    question_text,
    short_choice,
    short_question,
    small,
    view_of,
)
from bot.quizzes.session import Phase
from bot.quizzes.tool_output import display_names

TEXT_BUDGET: Final = 3_600
"""Characters for the questions of a list; a message holds 4,000 with what stands around them."""
MOST_BOXES: Final = 12
"""Questions that get a frame of their own: a message holds 40 components."""
MOST_SCORES: Final = 25

View = discord.ui.LayoutView


def screen(record: QuizRecord) -> View:
    """The message of a quiz, as it stands; together, that of the question on the screen or of the table at the end."""
    session = record.session
    if session.phase is Phase.CANCELLED:
        return _cancelled(record)
    if session.mode == "together":
        return _table(record) if session.phase is Phase.FINISHED else together(record, session.position)
    match session.phase:
        case Phase.REVIEW:
            return _review(record)
        case Phase.FINISHED:
            return _finished(record)
        case _:
            return _question(record)


def shown_question(record: QuizRecord) -> int:
    """Which message of the quiz is the current one: together, every question has its own, and so has the table."""
    session = record.session
    if session.mode == "solo":
        return 0
    return session.count if session.phase is Phase.FINISHED else session.position


# Solo


def _question(record: QuizRecord) -> View:
    session, place = record.session, record.session.position
    answer = session.response(session.host, place)
    chosen = None if answer is None else answer.choice
    return view_of(
        box(
            BLUE,
            heading(record, progress(record)),
            question_text(record, place),
            choice_list(record, place, chosen),
            *choice_buttons(record, place, chosen),
            discord.ui.ActionRow(*_steps(record, answered=answer is not None)),
        )
    )


def _steps(record: QuizRecord, *, answered: bool) -> Iterator[QuizItem]:
    session, locale = record.session, record.locale
    if session.count > 1:
        back = CustomId(record.id, "move", max(session.position - 1, 0), 0)
        yield button(back, say.BACK(locale), disabled=session.position == 0)
        onward = (say.NEXT if answered else say.SKIP)(locale)
        yield button(CustomId(record.id, "move", session.position + 1, 1), onward)
    yield _cancel(record)


def _cancel(record: QuizRecord) -> QuizItem:
    return button(CustomId(record.id, "cancel"), say.CANCEL(record.locale))


def _review(record: QuizRecord) -> View:
    session, locale = record.session, record.locale
    room = TEXT_BUDGET // session.count
    lines = [
        f"{short_question(record, place, room // 2)}\n{_chosen(record, place, room // 2 - 20)}"
        for place in _all(record)
    ]
    return view_of(
        box(
            BLUE,
            heading(record, say.REVIEW(locale)),
            "\n".join(lines),
            discord.ui.ActionRow(
                menu(CustomId(record.id, "jump"), say.CHANGE(locale), [option(record, n) for n in _all(record)])
            ),
            discord.ui.ActionRow(
                button(CustomId(record.id, "move", session.count - 1), say.BACK(locale)),
                button(CustomId(record.id, "send"), say.SEND(locale), discord.ButtonStyle.success),
                _cancel(record),
            ),
        )
    )


def _chosen(record: QuizRecord, place: int, length: int) -> str:
    answer = record.session.response(record.session.host, place)
    if answer is None:
        return f"– *{say.SKIPPED(record.locale)}*"
    return f"▸ {short_choice(record, place, answer.choice, length)}"


def _all(record: QuizRecord) -> range:
    return range(record.session.count)


def _finished(record: QuizRecord) -> View:
    """The marks at once where the quiz carries its answers."""
    session, locale = record.session, record.locale
    notes = [say.FEEDBACK_FOLLOWS(locale)]
    graded = session.quiz.graded
    reached = score(session, session.host)
    if graded:
        notes.insert(0, say.SCORE(locale, right=reached.right, count=session.count))
    colour = _colour_of(reached, session.count) if graded else BLUE
    if session.count <= MOST_BOXES:
        marks = [
            box(COLOURS[grade(session, session.host, place)], _marked(record, place, TEXT_BUDGET // session.count))
            for place in _all(record)
        ]
        items: list[Item] = [box(colour, heading(record, *notes)), *marks]
    else:
        texts = (_marked(record, place, TEXT_BUDGET // session.count, square=True) for place in _all(record))
        items = [box(colour, heading(record, *notes), "\n".join(texts))]
    return view_of(*items, discord.ui.ActionRow(_look(record)))


def _look(record: QuizRecord) -> QuizItem:
    return menu(CustomId(record.id, "look"), say.LOOK(record.locale), [option(record, place) for place in _all(record)])


def _colour_of(reached: Score, count: int) -> discord.Colour:
    if reached.right == count:
        return GREEN
    return RED if reached.right == 0 else AMBER


def _marked(record: QuizRecord, place: int, room: int, *, square: bool = False) -> str:
    """A question with its sign, the answer given and, where it was not that, the right one."""
    session, locale = record.session, record.locale
    question, kind = session.quiz.questions[place], grade(session, session.host, place)
    answer = session.response(session.host, place)
    sign = f"{SQUARES[kind]} {SIGNS[kind]}" if square else SIGNS[kind]
    short = max(20, room // 4)
    lines = [f"{sign} {short_question(record, place, short)}"]
    if answer is None:
        lines.append(f"*{say.SKIPPED(locale)}*")
    else:
        lines.append(say.YOUR_ANSWER(locale, answer=short_choice(record, place, answer.choice, short)))
    if kind in {"wrong", "skipped"} and question.answer is not None:
        lines.append(say.RIGHT_ANSWER(locale, answer=f"**{short_choice(record, place, question.answer, short)}**"))
    if question.explanation and room >= 250:
        lines.append(small(question.explanation, room // 4 - 10))
    return "\n".join(lines)


def _cancelled(record: QuizRecord) -> View:
    nobody = record.session.mode == "together" and not record.session.responses
    sentence = say.NOBODY_PLAYED if nobody else say.CANCELLED
    return view_of(box(GREY, heading(record, sentence(record.locale))))


# Together


def together(record: QuizRecord, place: int) -> View:
    """The message of one question: open, or with its result."""
    session = record.session
    if session.phase is Phase.ASKING and place == session.position:
        return _open(record, place)
    return _result(record, place)


def _open(record: QuizRecord, place: int) -> View:
    session, locale = record.session, record.locale
    paused = session.paused_at is not None
    when = say.PAUSED(locale) if paused else say.CLOSES(locale, when=_in(session.deadline))
    answered = say.ANSWERED(locale, count=sum(distribution(session, place)))
    hint = [f"-# {say.TOGETHER_HINT(locale)}"] if place == 0 else []
    return view_of(
        box(
            GREY if paused else BLUE,
            heading(record, progress(record), when, answered),
            question_text(record, place),
            choice_list(record, place),
            *hint,
            *choice_buttons(record, place, disabled=paused),
            discord.ui.ActionRow(*_controls(record)),
        )
    )


def _controls(record: QuizRecord) -> Iterator[QuizItem]:
    session, locale = record.session, record.locale
    place = session.position
    onward = say.SKIP if session.phase is Phase.ASKING else say.NEXT
    yield button(CustomId(record.id, "skip", place, int(session.phase is Phase.SHOWING)), onward(locale))
    if session.paused_at is None:
        yield button(CustomId(record.id, "pause", place), say.PAUSE(locale))
    else:
        yield button(CustomId(record.id, "resume", place), say.RESUME(locale), discord.ButtonStyle.primary)
    yield button(CustomId(record.id, "end", place), say.END(locale))


def _in(deadline: float | None) -> str:
    """A live countdown, by Discord's own timestamps."""
    return f"<t:{round(deadline or 0)}:R>"


def _result(record: QuizRecord, place: int) -> View:
    """How many chose what, and what is right."""
    session, locale = record.session, record.locale
    question = session.quiz.questions[place]
    counts = distribution(session, place)
    lines = [_share(record, place, choice, counts) for choice in session.orders[place]]
    notes = [progress_at(record, place), say.ANSWERED(locale, count=sum(counts))]
    items: list[Any] = []
    if session.phase is Phase.SHOWING and place == session.position:
        paused = session.paused_at is not None
        notes.append(say.PAUSED(locale) if paused else say.NEXT_OPENS(locale, when=_in(session.deadline)))
        items = [discord.ui.ActionRow(*_controls(record))]
    explanation = small(question.explanation, 400) if question.explanation else ""
    colour = GREEN if question.answer is not None else BLUE
    texts = (heading(record, *notes), question_text(record, place), "\n".join(lines), explanation)
    return view_of(box(colour, *texts, *items))


def progress_at(record: QuizRecord, place: int) -> str:
    """`Question 2 of 3`, for a question that is not on the screen any more."""
    return say.QUESTION_OF(record.locale, place=place + 1, count=record.session.count)


def _share(record: QuizRecord, place: int, choice: int, counts: Any) -> str:
    right = record.session.quiz.questions[place].answer
    text = numbered_choice(record, place, choice)
    sign = "" if right is None else f"{SIGNS['right']} " if choice == right else f"{SIGNS['wrong']} "
    return f"{sign}{text}\n{bar(counts[choice], sum(counts))}"


def _table(record: QuizRecord) -> View:
    """The score table: right answers, then speed."""
    session, locale = record.session, record.locale
    scores = ranking(session)
    names = display_names(session.names)
    lines = [_line(record, rank, one, names[one.student]) for rank, one in enumerate(scores[:MOST_SCORES], 1)]
    if len(scores) > MOST_SCORES:
        lines.append(say.AND_MORE(locale, count=len(scores) - MOST_SCORES))
    return view_of(
        box(AMBER, heading(record, say.TABLE(locale), say.FEEDBACK_FOLLOWS(locale)), "\n".join(lines)),
        discord.ui.ActionRow(_look(record)),
    )


def _line(record: QuizRecord, rank: int, one: Score, name: str) -> str:
    session, locale = record.session, record.locale
    place = {1: "🥇", 2: "🥈", 3: "🥉"}.get(rank, f"{rank}\\.")
    shown = f"**{escaped_within(name, 40)}**"
    if not any(question.answer is not None for question in session.quiz.questions):
        return f"{place} {say.TABLE_LINE_OPEN(locale, name=shown, answered=one.answered, count=session.count)}"
    signs = "".join(SIGNS[grade(session, one.student, question)] for question in _all(record))
    line = say.TABLE_LINE(locale, name=shown, right=one.right, count=session.count, seconds=f"{one.seconds:.1f}")
    return f"{place} {line} · {signs}"


# In private


def question_in_full(record: QuizRecord, place: int, student: int) -> View:
    """One question in full, as `student` answered it."""
    session = record.session
    question = session.quiz.questions[place]
    kind = grade(session, student, place)
    answer = session.response(student, place)
    lines = []
    for choice in session.orders[place]:
        sign = (
            "✓ "
            if choice == question.answer
            else "✗ "
            if answer and choice == answer.choice and question.answer is not None
            else ""
        )
        pressed = "▸ " if answer is not None and choice == answer.choice else ""
        lines.append(f"{pressed}{sign}{numbered_choice(record, place, choice)}")
    explanation = small(question.explanation, 400) if question.explanation else ""
    texts = (f"-# {progress_at(record, place)}", question_text(record, place), "\n".join(lines), explanation)
    return view_of(box(COLOURS[kind], *texts))
