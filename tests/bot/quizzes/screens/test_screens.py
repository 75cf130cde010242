"""What quizzes look like: within Discord's limits at every moment, and nothing in a choice comes alive."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import discord
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.quizzes.arguments.parsing import QuizError, parse_quiz
from bot.quizzes.arguments.quiz import Citation
from bot.quizzes.screens.buttons import parse_custom_id
from bot.quizzes.screens.group_screens import group_screen
from bot.quizzes.screens.private_screens import question_in_full
from bot.quizzes.screens.screen import screen
from bot.quizzes.session.events import (
    Cancelled,
    Controlled,
    ConversationContinued,
    Event,
    Joined,
    Moved,
    Responded,
    Sent,
    Ticked,
    TriedAgain,
)
from bot.quizzes.session.quiz_session import Mode, QuizSession, start
from bot.quizzes.session.transitions import apply
from bot.quizzes.storage.quiz_records import QuizRecord
from tests.bot.quizzes.example_quizzes import FRACTIONS, quiz


def record_of(session: QuizSession) -> QuizRecord:
    return QuizRecord("0123456789ab", "call_1", 1, 2, "en", "fractions", session)


def begun(arguments: Any = FRACTIONS, mode: Mode = "solo") -> QuizSession:
    made = parse_quiz(json.dumps(arguments))
    orders = [tuple(range(len(each.choices))) for each in made.questions]
    return start(made, mode=mode, host=1, orders=orders, at=1_000.0)


def played(session: QuizSession, *events: Event) -> QuizRecord:
    for event in events:
        session = apply(session, event).session
    return record_of(session)


def press(question: int, choice: int, student: int = 1, name: str = "Minji") -> Responded:
    return Responded(student, name, question, choice, 1_001.0)


def components(view: discord.ui.LayoutView) -> Iterator[dict[str, Any]]:
    def walk(items: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        for item in items:
            yield item
            yield from walk(item.get("components", []))

    yield from walk(view.to_components())  # type: ignore[no-untyped-call]


def text_of(view: discord.ui.LayoutView) -> str:
    return "\n".join(item["content"] for item in components(view) if item["type"] == 10)


def labels_of(view: discord.ui.LayoutView) -> list[str]:
    return [item["label"] for item in components(view) if item["type"] == 2]


def check(view: discord.ui.LayoutView) -> None:
    """Discord's limits: 40 components, 4,000 characters, labels of 80, ids of 100 that come once."""
    items = list(components(view))
    assert 0 < len(items) <= 40
    assert len(text_of(view)) <= 4_000
    ids = [item["custom_id"] for item in items if "custom_id" in item]
    assert len(ids) == len(set(ids))
    assert all(len(each) <= 100 and parse_custom_id(each) for each in ids)
    for item in items:
        if item["type"] == 2:
            assert 1 <= len(item["label"]) <= 80
        if item["type"] == 3:
            assert 1 <= len(item["options"]) <= 25
            assert all(1 <= len(option["label"]) <= 100 for option in item["options"])
        if item["type"] == 10:
            assert item["content"].strip()
        if item["type"] == 1:
            assert 1 <= len(item["components"]) <= 5


texts = st.text(st.characters(codec="utf-8"), min_size=1, max_size=60) | st.sampled_from(
    [
        "@everyone",
        "<@123>",
        "**bold**",
        "`code`",
        "x" * 490,
        "*" * 240,
        "가" * 200,
        "1. one",
        "2. two",
        "# head",
        "- item",
        r"\(x^2\)",
        r"$\frac{a}{b}$",
    ]
)


questions = st.fixed_dictionaries(
    {
        "question_text": texts | st.sampled_from(["<@1>" * 370, "x" * 1_400, "```py\nprint(1)"]),
        "choices": st.lists(texts, min_size=2, max_size=10),
    },
    optional={
        "answer": st.integers(0, 1),
        "explanation": texts | st.just("because " * 125),
        "slips": st.lists(texts, min_size=2, max_size=10),
        "passage": texts | st.just("word " * 200),
    },
)
CITATION = Citation(file="*" * 200, page=3, url="https://discord.com/channels/1/2/3")


def all_checked(session: QuizSession, checked: Any = "solved", citation: Citation | None = None) -> QuizSession:
    """The session with keys that were checked: right and wrong are told after each answer."""
    update = {"checked": checked, "citation": citation}
    questions = tuple(question.model_copy(update=update) for question in session.quiz.questions)
    made = session.quiz.model_copy(update={"questions": questions})
    return replace(session, quiz=made, feedback="each" if session.mode == "solo" else "end")


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(
    arguments=st.fixed_dictionaries({"title": texts, "questions": st.lists(questions, min_size=1, max_size=25)}),
    mode=st.sampled_from(["solo", "together"]),
    checked=st.booleans(),
    moves=st.lists(
        st.tuples(
            st.sampled_from(["press", "try", "move", "tick", "pause", "send"]), st.integers(0, 9), st.integers(1, 60)
        ),
        max_size=60,
    ),
)
def test_every_screen_keeps_within_discords_limits(
    arguments: Any, mode: Mode, checked: bool, moves: list[tuple[str, int, int]]
) -> None:
    try:
        session = begun(arguments, mode)
    except QuizError:
        return
    if checked:
        session = all_checked(session, citation=CITATION)
    at = 1_000.0
    check(screen(record_of(session)))
    for kind, number, student in moves:
        at += 10
        events: dict[str, Event] = {
            "press": Responded(1 if mode == "solo" else student, "*" * 32, session.position, number, at),
            "try": TriedAgain(1, session.position, number, at),
            "move": Moved(1, session.position + 1, at),
            "tick": Ticked(at),
            "pause": Controlled(1, False, "pause" if number % 2 else "resume", session.position, at),
            "send": Sent(1, at) if number > 8 else ConversationContinued(at),
        }
        session = apply(session, events[kind]).session
        record = record_of(session)
        check(screen(record))
        check(question_in_full(record, min(number, session.count - 1), student))
        if mode == "together":
            check(group_screen(record, min(number, session.position, session.count - 1)))


def test_a_big_group_and_many_questions_fit_the_table() -> None:
    made = quiz(25, 10)
    session = start(made, mode="together", host=1, orders=[tuple(range(10))] * 25, at=0.0)
    for student in range(60):
        session = apply(session, Responded(student, f"{student}_" * 16, 0, student % 10, 1.0)).session
    session = apply(session, Controlled(1, False, "end", 0, 2.0)).session
    view = screen(record_of(session))
    check(view)
    assert "and 35 more" in text_of(view)


def test_choices_stand_for_themselves() -> None:
    nasty = [
        "@everyone <@1> <@&2> <#3>",
        "**bold** `code` ||spoiler||",
        "[link](https://x.example) ~~no~~",
        "> quote\n# head",
    ]
    arguments = {
        "title": "@here *quiz*",
        "questions": [{"question_text": "Hi @everyone and <@123>?", "choices": nasty}],
    }
    text = text_of(screen(record_of(begun(arguments))))
    assert r"\@everyone \<\@1> \<\@&2> \<#3>" in text
    assert r"\*\*bold\*\* \`code\` \|\|spoiler\|\|" in text
    assert r"\[link\](https\://x.example) \~\~no\~\~" in text
    assert "> quote # head" in text
    assert "@everyone" not in text.replace(r"\@everyone", "")
    assert not re.search(r"<@!?\d", text)
    assert r"\@here \*quiz\*" in text


def test_short_choices_are_on_the_buttons_and_long_ones_in_the_text() -> None:
    short = screen(record_of(begun()))
    assert labels_of(short)[:4] == ["2/5", "5/6", "1/6", "2/3"]
    assert "5/6" not in text_of(short)
    long = screen(played(begun(), press(0, 1)))
    assert labels_of(long)[:3] == ["A", "B", "C"]
    assert "**B** two thirds of a cake" in text_of(long)


def test_the_marks_are_signs_as_well_as_colours() -> None:
    record = played(begun(), press(0, 1), press(1, 0), Moved(1, 3, 1_002.0), Sent(1, 1_003.0))
    view = screen(record)
    text = text_of(view)
    assert "1 of 3 right" in text
    assert "✓ **1.** What is 1/2 + 1/3?" in text
    assert "✗ **2.** Which fraction is the largest?" in text
    assert "Your answer: one half of a cake\nRight answer: **three quarters of a cake**" in text
    assert "– **3.** Is 4/8 the same as 1/2?" in text
    colours = [item["accent_color"] for item in components(view) if item["type"] == 17]
    assert len(set(colours[1:])) == 3


def test_a_quiz_without_answers_marks_nothing() -> None:
    made = quiz(2, 3, graded=False)
    session = start(made, mode="solo", host=1, orders=[(0, 1, 2)] * 2, at=0.0)
    text = text_of(screen(played(session, press(0, 1), press(1, 1), Sent(1, 3.0))))
    assert "right" not in text
    assert "✗" not in text
    assert "✓" not in text
    assert "Your answer: choice 1 of 0" in text


def test_the_summary_names_what_was_skipped() -> None:
    view = screen(played(begun(), press(0, 1), Moved(1, 2, 1_002.0), press(2, 0)))
    assert "▸ 5/6" in text_of(view)
    assert "*skipped*" in text_of(view)
    assert "Send" in labels_of(view)


def test_the_summary_marks_the_answers_that_were_told_and_no_other() -> None:
    made = quiz(3)
    checked = [
        each.model_copy(update={"checked": how})
        for each, how in zip(made.questions, ("algebra", "algebra", "not"), strict=True)
    ]
    made = made.model_copy(update={"questions": tuple(checked)})
    session = start(made, mode="solo", host=1, orders=[(0, 1, 2, 3)] * 3, at=1_000.0, feedback="each")
    right = made.questions[0].answer or 0
    wrong = ((made.questions[1].answer or 0) + 1) % 4
    record = played(session, press(0, right), Moved(1, 1, 1.0), press(1, wrong), Moved(1, 2, 2.0), press(2, 0))
    lines = [line[0] for line in text_of(screen(record)).splitlines() if line[:1] in {"✓", "✗", "▸"}]
    assert lines == ["✓", "✗", "▸"]
    at_end = played(replace(session, feedback="end"), press(0, right), press(1, wrong), press(2, 0))
    assert not {"✓", "✗"} & set(text_of(screen(at_end)))


def test_a_closed_question_shows_how_many_chose_what() -> None:
    session = begun(mode="together")
    record = played(session, press(0, 1), press(0, 1, 2, "Jun"), press(0, 0, 3, "Sora"), Ticked(1_030.0))
    text = text_of(screen(record))
    assert "✗ 2/5\n`███░░░░░░░` 1" in text
    assert "✓ 5/6\n`███████░░░` 2" in text
    assert "<t:1037:R>" in text
    assert "Minji" not in text


def test_an_open_question_counts_down_and_gives_nothing_away() -> None:
    record = played(begun(mode="together"), press(0, 1))
    text = text_of(screen(record))
    assert "<t:1030:R>" in text
    assert "1 answered" in text
    assert "Minji" not in text
    assert "✓" not in text


def test_the_table_ranks_with_signs() -> None:
    session = begun(mode="together")
    record = played(session, press(0, 1, 2, "Jun *"), press(0, 0, 3, "Sora"), Controlled(1, False, "end", 0, 1_005.0))
    text = text_of(screen(record))
    assert r"🥇 **Jun \*** — 1 of 3 right · 1.0 s · ✓––" in text
    assert "– **Sora** — 0 of 3 right · 1.0 s · ✗––" in text


def test_nobody_gets_a_medal_for_nothing_right_and_ties_share_theirs() -> None:
    session = begun(mode="together")
    right = [press(0, 1, 2, "Jun"), press(0, 1, 3, "Sora"), Responded(4, "Mina", 0, 1, 1_009.0)]
    wrong = [press(0, 0, 5, "Hana"), press(0, 0, 6, "Bora")]
    end = Controlled(1, False, "end", 0, 1_010.0)
    lines = text_of(screen(played(session, *right, *wrong, end))).splitlines()[2:]
    assert [line.split(" — ")[0] for line in lines[:5]] == [
        "🥇 **Jun**",
        "🥇 **Sora**",
        "🥉 **Mina**",
        "– **Bora**",
        "– **Hana**",
    ]
    nobody = text_of(screen(played(session, *wrong, end)))
    assert not set("🥇🥈🥉") & set(nobody)


def test_a_quiz_that_does_not_say_what_is_right_gives_no_medals() -> None:
    made = quiz(2, 3, graded=False)
    session = start(made, mode="together", host=1, orders=[(0, 1, 2)] * 2, at=1_000.0)
    events: list[Event] = [
        press(0, 1, 2, "Jun"),
        press(0, 1, 3, "Sora"),
        Ticked(1_030.0),
        Ticked(1_040.0),
        press(1, 1, 3, "Sora"),
    ]
    text = text_of(screen(played(session, *events, Controlled(1, False, "end", 1, 1_050.0))))
    assert text.splitlines()[2:4] == ["– **Sora** — 2 of 2 answered", "– **Jun** — 1 of 2 answered"]


def lobby(*names: str) -> QuizRecord:
    made = quiz(3)
    session = start(made, mode="together", host=1, orders=[(0, 1, 2, 3)] * 3, at=1_000.0, lobby_for=8.0)
    return played(session, *(Joined(student, name, 1_001.0) for student, name in enumerate(names, start=2)))


def test_the_lobby_shows_who_has_joined_and_when_it_begins() -> None:
    empty = screen(lobby())
    assert labels_of(empty) == ["Join", "Start now", "Cancel"]
    assert "begins <t:1008:R> · 3 questions · started by <@1>" in text_of(empty)
    assert "Nobody has joined yet." in text_of(empty)
    assert r"**Joined (3):** Jun \*\*, Sora, Sora (2)" in text_of(screen(lobby("Jun **", "Sora", "Sora")))


def test_a_lobby_of_many_long_names_fits_a_message() -> None:
    view = screen(lobby(*["*" * 32] * 90))
    check(view)
    assert "**Joined (90):**" in text_of(view)
    assert "and 50 more" in text_of(view)


def test_a_cancelled_quiz_has_no_buttons() -> None:
    view = screen(played(begun(), Cancelled(1, False, 1_001.0)))
    assert labels_of(view) == []
    assert "cancelled" in text_of(view)


def test_formulas_are_shown_as_they_read() -> None:
    arguments = {
        "title": r"Powers \(x^2\)",
        "questions": [{"question_text": r"What is $\sqrt{4}$?", "choices": [r"\(2^2\)", r"$\frac{1}{2}$", "$5 or $6"]}],
    }
    session = begun(arguments)
    assert labels_of(screen(record_of(session)))[:3] == ["2²", "½", "$5 or $6"]
    text = text_of(screen(record_of(session)))
    assert "### Powers x²" in text
    assert "What is √4?" in text
    assert session.quiz.questions[0].choices[0] == r"\(2^2\)"


def told(choice: int, *more: Event, **question: Any) -> discord.ui.LayoutView:
    """The screen after an answer to the first question of a quiz with checked keys."""
    first = {**FRACTIONS["questions"][0], "slips": ["numerators and denominators added", "", "multiplied", ""]}
    arguments = {**FRACTIONS, "questions": [{**first, **question}, *FRACTIONS["questions"][1:]]}
    view = screen(played(all_checked(begun(arguments)), press(0, choice), *more))
    check(view)
    return view


def test_a_right_answer_is_told_with_its_reason_and_next_leads_on() -> None:
    view = told(1)
    assert "✓ Right: **5/6**\n-# 3/6 + 2/6 = 5/6." in text_of(view)
    assert "solved twice" in text_of(view)
    assert labels_of(view) == ["Back", "Next", "Cancel"]


def test_a_wrong_answer_names_the_slip_and_offers_a_second_try_with_the_rest_behind_spoilers() -> None:
    view = told(0)
    text = text_of(view)
    assert "✗ Not right: **2/5**\nWhat may have happened: numerators and denominators added" in text
    assert "Right answer: ||**5/6**||\n-# ||3/6 + 2/6 = 5/6.||" in text
    assert labels_of(view) == ["5/6", "1/6", "2/3", "Back", "Next", "Cancel"]
    assert "does not count" in text


def test_after_the_second_try_everything_is_told() -> None:
    right = text_of(told(0, TriedAgain(1, 0, 1, 1_002.0)))
    assert "✗ Not right: **2/5**" in right
    assert "✓ Right at the second try: **5/6**\n-# 3/6" in right
    wrong = told(0, TriedAgain(1, 0, 2, 1_002.0))
    assert "Second try, not right either: **1/6**\nWhat may have happened: multiplied" in text_of(wrong)
    assert "Right answer: **5/6**\n-# 3/6" in text_of(wrong)
    assert labels_of(wrong) == ["Back", "Next", "Cancel"]


def test_a_slip_and_an_explanation_cannot_close_the_spoiler_or_ping() -> None:
    text = text_of(told(0, slips=["@everyone ||x", "", "", ""], explanation="a || b <@1>"))
    assert r"\@everyone \|\|x" in text
    assert "||a || b" not in text
    assert not re.search(r"<@\d", text)


def test_the_last_answer_that_was_told_leads_to_the_results() -> None:
    session = all_checked(begun())
    record = played(session, press(0, 1), Moved(1, 1, 1_002.0), press(1, 2), Moved(1, 2, 1_003.0), press(2, 0))
    assert labels_of(screen(record))[-2:] == ["Show results", "Cancel"]
    skipped = played(session, Moved(1, 1, 1_002.0), press(1, 2), Moved(1, 2, 1_003.0), press(2, 0))
    assert labels_of(screen(skipped))[-2:] == ["Next", "Cancel"], "the summary still has a question to answer"


def test_the_words_of_the_file_are_shown_with_their_place_once_it_was_answered() -> None:
    arguments = {**FRACTIONS, "questions": [{**FRACTIONS["questions"][0], "passage": "Add the **numerators**."}]}
    citation = Citation(file="fractions.pdf", page=3, url="https://discord.com/channels/1/2/3")
    session = all_checked(begun(arguments), "passage", citation)
    before = text_of(screen(record_of(session)))
    assert "-# page 3" in before
    assert "numerators" not in before
    after = text_of(screen(played(session, press(0, 0), TriedAgain(1, 0, 2, 1_002.0))))
    assert "> Add the \\*\\*numerators\\*\\*.\n-# " in after
    assert "[fractions.pdf, page 3](https://discord.com/channels/1/2/3)" in after
    full = text_of(question_in_full(played(session, press(0, 1)), 0, 1))
    assert "numerators" in full


def test_every_question_says_how_it_was_checked() -> None:
    for checked, words in (("algebra", "checked by algebra"), ("solved", "solved twice"), ("not", "not checked")):
        for mode in ("solo", "together"):
            assert f"-# {words}" in text_of(screen(record_of(all_checked(begun(mode=mode), checked))))


def test_who_is_through_sees_that_the_next_question_is_being_checked() -> None:
    made = quiz(3)
    first = made.model_copy(update={"questions": made.questions[:1]})
    session = start(first, mode="solo", host=1, orders=[(0, 1, 2, 3)], at=0.0, waiting=made.questions[1:])
    assert "▰▱▱ Question 1 of 3" in text_of(screen(record_of(session)))
    view = screen(played(session, press(0, 1)))
    check(view)
    assert "▰▰▱ Question 2 of 3" in text_of(view)
    assert "is being checked" in text_of(view)
    assert labels_of(view) == ["Back", "Cancel"]
