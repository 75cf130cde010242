"""What a quiz looks like at every moment: from its record to a Components V2 message. Nothing here sends anything."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

import discord

from bot.escaping import escaped_name
from bot.quizzes import sentences as say
from bot.quizzes.buttons import CustomId, Press, QuizItem, button, menu
from bot.quizzes.choices import labels, numbering, on_buttons, own_numbering
from bot.quizzes.quiz_store import QuizRecord
from bot.quizzes.safe_markdown import escaped, escaped_within, readable, typeset, unmarked_within
from bot.quizzes.scoring import (
    Grade,
    Score,
    distribution,
    grade,
    has_right_answers,
    place_sign,
    places,
    ranking,
    score,
    shows_explanations,
)
from bot.quizzes.session import EventOutcome, Phase
from bot.quizzes.tool_output import unique_names
from bot.sentences import Locale, Sentence

TEXT_BUDGET: Final = 3_600
"""Characters for the questions of a list. A message holds 4,000, with the text around the list."""
MOST_BOXES: Final = 12
"""Up to so many questions have a box each: a message holds 40 components."""
MOST_SCORES: Final = 25
"""Students in the table of a group."""
MOST_NAMES: Final = 40
"""Names of students who have joined, in the lobby."""
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

ROW_WIDTH: Final = 5
"""Buttons in a row; Discord allows no more."""
LONGEST_HEADING: Final = 120
_BAR_WIDTH: Final = 10

View = discord.ui.LayoutView
Item = discord.ui.Item[Any]


def screen(record: QuizRecord) -> View:
    """The message of a quiz in its present state. Of a group: that of the current question, or the table at the end."""
    session = record.session
    if session.phase is Phase.CANCELLED:
        return _cancelled(record)
    if session.phase is Phase.LOBBY:
        return _lobby(record)
    if session.mode == "together":
        return _ranking_table(record) if session.phase is Phase.FINISHED else group_screen(record, session.position)
    match session.phase:
        case Phase.REVIEW:
            return _solo_review(record)
        case Phase.FINISHED:
            return _solo_results(record)
        case _:
            return _solo_question(record)


def shown_question(record: QuizRecord) -> int:
    """The index of the question whose message is the current one. Of a group every question has a message of its own;
    the first question takes the lobby's, and the table at the end counts as one question more. Solo it is always 0.
    """
    session = record.session
    if session.mode == "solo":
        return 0
    return session.count if session.phase is Phase.FINISHED else session.position


# Solo


def _solo_question(record: QuizRecord) -> View:
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
    yield _cancel_button(record)


def _cancel_button(record: QuizRecord) -> QuizItem:
    return button(CustomId(record.id, "cancel"), say.CANCEL(record.locale))


def _solo_review(record: QuizRecord) -> View:
    session, locale = record.session, record.locale
    length = TEXT_BUDGET // session.count
    lines = [
        f"{short_question(record, index, length // 2)}\n{_short_response(record, index, length // 2 - 20)}"
        for index in _indexes(record)
    ]
    return view_of(
        box(
            BLUE,
            heading(record, say.REVIEW(locale)),
            "\n".join(lines),
            discord.ui.ActionRow(menu(CustomId(record.id, "jump"), say.CHANGE(locale), _menu_options(record))),
            discord.ui.ActionRow(
                button(CustomId(record.id, "move", session.count - 1), say.BACK(locale)),
                button(CustomId(record.id, "send"), say.SEND(locale), discord.ButtonStyle.success),
                _cancel_button(record),
            ),
        )
    )


def _short_response(record: QuizRecord, index: int, length: int) -> str:
    response = record.session.response(record.session.host, index)
    if response is None:
        return f"– *{say.SKIPPED(record.locale)}*"
    return f"▸ {short_choice(record, index, response.choice, length)}"


def _indexes(record: QuizRecord) -> range:
    return range(record.session.count)


def _solo_results(record: QuizRecord) -> View:
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
            for index in _indexes(record)
        ]
        items: list[Item] = [box(colour, heading(record, *notes)), *boxes]
    else:
        texts = (_graded_question(record, index, length, square=True) for index in _indexes(record))
        items = [box(colour, heading(record, *notes), "\n".join(texts))]
    return view_of(*items, discord.ui.ActionRow(_look_menu(record)), _follow_ups(record))


def _follow_ups(record: QuizRecord) -> discord.ui.ActionRow[Any]:
    """The buttons under the results; those for the next quiz are gone when it was asked for."""
    locale = record.locale
    buttons = [button(CustomId(record.id, "explain"), say.EXPLAIN(locale))]
    if not record.followed:
        harder = button(CustomId(record.id, "harder"), say.HARDER(locale))
        buttons = [harder, button(CustomId(record.id, "five"), say.ANOTHER_FIVE(locale)), *buttons]
    return discord.ui.ActionRow(*buttons)


def _look_menu(record: QuizRecord) -> QuizItem:
    return menu(CustomId(record.id, "look"), say.LOOK(record.locale), _menu_options(record))


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


def _cancelled(record: QuizRecord) -> View:
    nobody = record.session.mode == "together" and not record.session.responses
    sentence = say.NOBODY_PLAYED if nobody else say.CANCELLED
    return view_of(box(GREY, heading(record, sentence(record.locale))))


# Together


def _lobby(record: QuizRecord) -> View:
    """Who has joined, and when the first question opens."""
    session, locale = record.session, record.locale
    begins = say.BEGINS(locale, when=_countdown(session.deadline))
    questions = (say.ONE_QUESTION if session.count == 1 else say.QUESTIONS)(locale, count=session.count)
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
                _cancel_button(record),
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
        return _lobby(record)
    if session.phase is Phase.ASKING and index == session.position:
        return _open_question(record, index)
    return _closed_question(record, index)


def _open_question(record: QuizRecord, index: int) -> View:
    session, locale = record.session, record.locale
    paused = session.paused_at is not None
    when = say.PAUSED(locale) if paused else say.CLOSES(locale, when=_countdown(session.deadline))
    answered = say.ANSWERED(locale, count=sum(distribution(session, index)))
    hint = [f"-# {say.TOGETHER_HINT(locale)}"] if index == 0 else []
    return view_of(
        box(
            GREY if paused else BLUE,
            heading(record, progress(record), when, answered),
            question_text(record, index),
            choice_list(record, index),
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


def _countdown(deadline: float | None) -> str:
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
        notes.append(say.PAUSED(locale) if paused else say.NEXT_OPENS(locale, when=_countdown(session.deadline)))
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
    return view_of(box(colour, *texts, *items))


def progress_at(record: QuizRecord, index: int) -> str:
    """`Question 2 of 3`, for any question."""
    return say.QUESTION_OF(record.locale, number=index + 1, count=record.session.count)


def _choice_share(record: QuizRecord, index: int, choice: int, counts: Any) -> str:
    right = record.session.quiz.questions[index].answer
    text = numbered_choice(record, index, choice)
    sign = "" if right is None else f"{SIGNS['right']} " if choice == right else f"{SIGNS['wrong']} "
    return f"{sign}{text}\n{bar(counts[choice], sum(counts))}"


def _ranking_table(record: QuizRecord) -> View:
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
        discord.ui.ActionRow(_look_menu(record)),
        _follow_ups(record),
    )


def _ranking_line(record: QuizRecord, place: str, one: Score, name: str) -> str:
    session, locale = record.session, record.locale
    shown = f"**{escaped_name(name, LONGEST_NAME)}**"
    if not has_right_answers(session):
        return f"{place} {say.TABLE_LINE_OPEN(locale, name=shown, answered=one.answered, count=session.count)}"
    signs = "".join(SIGNS[grade(session, one.student, question)] for question in _indexes(record))
    line = say.TABLE_LINE(locale, name=shown, right=one.right, count=session.count, seconds=f"{one.seconds:.1f}")
    return f"{place} {line} · {signs}"


# In private, to the student who pressed


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
            return said(locale, when=_countdown(session.deadline))
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
    signs = [SIGNS[grade(record.session, student, index)] for index in _indexes(record)]
    options = [f"{sign} {option}" for sign, option in zip(signs, _menu_options(record), strict=True)]
    which = menu(CustomId(record.id, "pick"), say.EXPLAIN(locale), options)
    return view_of(discord.ui.TextDisplay(say.EXPLAIN_WHICH(locale)), discord.ui.ActionRow(which))


def question_in_full(record: QuizRecord, index: int, student: int) -> View:
    """One question in full, as `student` answered it."""
    session = record.session
    question = session.quiz.questions[index]
    response = session.response(student, index)
    chosen = None if response is None else response.choice
    lines = []
    for choice in session.orders[index]:
        sign = ""
        if choice == question.answer:
            sign = "✓ "
        elif choice == chosen and question.answer is not None:
            sign = "✗ "
        lines.append(f"{'▸ ' if choice == chosen else ''}{sign}{numbered_choice(record, index, choice)}")
    explanation = small(question.explanation, 400) if question.explanation else ""
    texts = (
        f"-# {progress_at(record, index)}",
        question_text(record, index),
        "\n".join(lines),
        explanation,
        check_note(record, index),
    )
    return view_of(box(COLOURS[grade(session, student, index)], *texts))


# Parts of screens


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
    number = min(session.position, session.count - 1) + 1
    words = say.QUESTION_OF(record.locale, number=number, count=session.count)
    return f"{'▰' * number}{'▱' * (session.count - number)} {words}" if session.count > 1 else words


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
    record: QuizRecord, index: int, chosen: int | None = None, *, disabled: bool = False
) -> Iterable[discord.ui.ActionRow[Any]]:
    """A button for each choice, in the order of the list."""
    question, order = record.session.quiz.questions[index], record.session.orders[index]
    carried = labels(question, order)
    buttons = [
        button(
            CustomId(record.id, "answer", index, choice),
            f"{'▸ ' if choice == chosen else ''}{carried[choice]}",
            discord.ButtonStyle.primary if choice == chosen else discord.ButtonStyle.secondary,
            disabled=disabled,
        )
        for choice in order
    ]
    return rows(buttons)


def _menu_options(record: QuizRecord) -> list[str]:
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
    notes = {"algebra": say.CHECKED_BY_ALGEBRA, "not": say.NOT_CHECKED}
    sentence = notes.get(record.session.quiz.questions[index].checked or "")
    return f"-# {sentence(record.locale)}" if sentence is not None else ""


def bar(part: int, whole: int) -> str:
    """`█████░░░░░ 3`."""
    filled = round(_BAR_WIDTH * part / whole) if whole else 0
    return f"`{'█' * filled}{'░' * (_BAR_WIDTH - filled)}` {part}"


def small(text: str, length: int) -> str:
    """Small print on one line; the model's Markdown is left out of it."""
    return f"-# {unmarked_within(text, length)}"
