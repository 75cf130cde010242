"""The quiz's rules, one by one."""

from dataclasses import replace
from random import Random

from bot.quizzes.session.choices import shuffled
from bot.quizzes.session.events import (
    Cancelled,
    Controlled,
    ConversationContinued,
    Effect,
    Event,
    EventOutcome,
    Joined,
    Moved,
    QuestionsChecked,
    Responded,
    Sent,
    Ticked,
    TriedAgain,
)
from bot.quizzes.session.quiz_session import LONGEST_PAUSE, SHOWN_FOR, Mode, Phase, QuizSession, start
from bot.quizzes.session.transitions import Transition, apply
from tests.bot.quizzes.example_quizzes import quiz

HOST, OTHER = 1, 2


def begun(mode: Mode = "solo", questions: int = 3) -> QuizSession:
    made = quiz(questions)
    return start(made, mode=mode, host=HOST, orders=shuffled(made, Random(3)), at=100.0, open_for=30.0)


def press(question: int, choice: int = 0, student: int = HOST, at: float = 101.0) -> Responded:
    return Responded(student, f"student {student}", question, choice, at)


def after(session: QuizSession, *events: Event) -> Transition:
    step = Transition(session, EventOutcome.NOTHING)
    for event in events:
        step = apply(step.session, event)
    return step


def test_answering_goes_on_to_the_next_question_and_then_to_the_summary() -> None:
    step = after(begun(), press(0), press(1))
    assert (step.session.phase, step.session.position) == (Phase.ASKING, 2)
    step = apply(step.session, press(2))
    assert (step.session.phase, step.effects) == (Phase.REVIEW, ())


def test_nothing_is_sent_before_send_is_pressed_and_then_once() -> None:
    step = after(begun(), press(0), press(1), press(2), Sent(HOST, 110.0))
    assert (step.session.phase, step.effects) == (Phase.FINISHED, (Effect.SUBMIT,))
    assert apply(step.session, Sent(HOST, 110.0)) == Transition(step.session, EventOutcome.OVER)


def test_a_quiz_of_one_question_needs_no_summary() -> None:
    step = after(begun(questions=1), press(0))
    assert (step.session.phase, step.effects) == (Phase.FINISHED, (Effect.SUBMIT,))


def test_a_second_click_on_a_screen_that_has_moved_on_changes_that_answer_and_stays() -> None:
    step = after(begun(), press(0, 1), press(0, 2))
    assert (step.outcome, step.session.position) == (EventOutcome.CHANGED, 1)
    answer = step.session.response(HOST, 0)
    assert answer is not None
    assert answer.choice == 2


def test_who_changes_an_answer_from_the_summary_comes_back_to_it() -> None:
    step = after(begun(), press(0), press(1), press(2), Moved(HOST, 0, 105.0), press(0, 3))
    assert step.session.phase is Phase.REVIEW


def test_skipped_questions_can_be_sent() -> None:
    step = after(begun(), Moved(HOST, 1, 101.0), press(1), Moved(HOST, 3, 103.0), Sent(HOST, 104.0))
    assert step.effects == (Effect.SUBMIT,)
    assert step.session.response(HOST, 0) is None


def test_solo_belongs_to_who_started_it() -> None:
    session = begun()
    for event in (press(0, student=OTHER), Moved(OTHER, 1, 101.0), Sent(OTHER, 101.0), Cancelled(OTHER, False, 101.0)):
        assert apply(session, event) == Transition(session, EventOutcome.NOT_YOURS)


def test_a_moderator_may_cancel_and_so_does_a_deleted_thread() -> None:
    for event in (Cancelled(OTHER, True, 101.0), Cancelled(None, False, 101.0), Cancelled(HOST, False, 101.0)):
        step = apply(begun(), event)
        assert (step.session.phase, step.effects) == (Phase.CANCELLED, (Effect.CANCEL,))


def test_giving_way_hands_over_once_and_the_finished_results_follow() -> None:
    step = after(begun(), press(0), ConversationContinued(102.0))
    assert step.effects == (Effect.SUBMIT_UNFINISHED,)
    assert apply(step.session, ConversationContinued(103.0)).effects == ()
    assert after(step.session, press(1), press(2), Sent(HOST, 106.0)).effects == (Effect.FOLLOW,)
    assert apply(step.session, Cancelled(HOST, False, 104.0)).effects == ()


def test_in_a_group_the_first_answer_counts() -> None:
    step = after(begun("together"), press(0, 1), press(0, 2))
    assert step.outcome is EventOutcome.ALREADY
    answer = step.session.response(HOST, 0)
    assert answer is not None
    assert (answer.choice, answer.seconds) == (1, 1.0)


def test_a_question_closes_shows_its_result_and_the_next_one_opens() -> None:
    session = begun("together")
    assert apply(session, Ticked(129.9)).outcome is EventOutcome.NOTHING
    assert apply(session, press(0, at=130.0)).outcome is EventOutcome.LATE
    step = apply(session, Ticked(130.0))
    assert (step.session.phase, step.session.deadline) == (Phase.SHOWING, 130.0 + SHOWN_FOR)
    assert apply(step.session, press(0, at=131.0)).outcome is EventOutcome.LATE
    step = apply(step.session, Ticked(140.0))
    assert (step.session.phase, step.session.position, step.session.deadline) == (Phase.ASKING, 1, 170.0)
    assert apply(step.session, press(0, at=141.0)).outcome is EventOutcome.LATE


def test_the_last_question_ends_the_quiz() -> None:
    step = after(begun("together", 1), press(0, student=OTHER), Ticked(130.0))
    assert (step.session.phase, step.effects) == (Phase.FINISHED, (Effect.SUBMIT,))


def test_a_group_quiz_that_nobody_answered_is_given_up() -> None:
    step = after(begun("together", 1), Ticked(130.0))
    assert (step.session.phase, step.effects) == (Phase.CANCELLED, (Effect.CANCEL,))


def test_only_the_starter_or_a_moderator_leads() -> None:
    session = begun("together")
    assert apply(session, Controlled(OTHER, False, "skip", 0, 101.0)).outcome is EventOutcome.NOT_YOURS
    assert apply(session, Controlled(OTHER, True, "skip", 0, 101.0)).session.phase is Phase.SHOWING
    assert apply(session, Controlled(HOST, False, "skip", 0, 101.0)).session.phase is Phase.SHOWING


def test_two_leaders_who_skip_at_once_skip_one_question() -> None:
    step = after(
        begun("together"), Controlled(HOST, False, "skip", 0, 101.0), Controlled(OTHER, True, "skip", 0, 101.0)
    )
    assert (step.session.phase, step.session.position) == (Phase.SHOWING, 0)
    step = after(
        step.session,
        Controlled(HOST, False, "skip", 0, 102.0, showing=True),
        Controlled(OTHER, True, "skip", 0, 102.0, showing=True),
    )
    assert (step.session.phase, step.session.position) == (Phase.ASKING, 1)


def test_a_pause_stops_the_clock_and_takes_no_answers() -> None:
    paused = apply(begun("together"), Controlled(HOST, False, "pause", 0, 110.0)).session
    assert apply(paused, Ticked(500.0)).outcome is EventOutcome.NOTHING
    assert apply(paused, press(0, at=111.0)).outcome is EventOutcome.PAUSED
    resumed = apply(paused, Controlled(HOST, False, "resume", 0, 200.0)).session
    assert resumed.deadline == 220.0
    answer = apply(resumed, press(0, at=205.0)).session.response(HOST, 0)
    assert answer is not None
    assert answer.seconds == 15.0


def test_a_pause_that_nobody_ends_ends_the_quiz_with_what_there_is() -> None:
    paused = after(begun("together"), press(0), Controlled(HOST, False, "pause", 0, 110.0)).session
    assert paused.due_at == 110.0 + LONGEST_PAUSE
    assert apply(paused, Ticked(109.9 + LONGEST_PAUSE)).outcome is EventOutcome.NOTHING
    step = apply(paused, Ticked(110.0 + LONGEST_PAUSE))
    assert (step.session.phase, step.effects, step.session.due_at) == (Phase.FINISHED, (Effect.SUBMIT,), None)


def waiting() -> QuizSession:
    made = quiz(2)
    orders = shuffled(made, Random(3))
    return start(made, mode="together", host=HOST, orders=orders, at=100.0, open_for=30.0, lobby_for=8.0)


def test_students_join_in_the_lobby_and_then_the_first_question_opens() -> None:
    step = after(waiting(), Joined(OTHER, "Sora", 101.0))
    assert (step.outcome, step.session.joined) == (EventOutcome.JOINED, {OTHER: "Sora"})
    again = apply(step.session, Joined(OTHER, "Sora", 102.0))
    assert again == Transition(step.session, EventOutcome.JOINED_BEFORE)
    assert apply(step.session, press(0)).outcome is EventOutcome.EARLY
    assert apply(step.session, Ticked(107.9)).outcome is EventOutcome.NOTHING
    opened = apply(step.session, Ticked(108.0)).session
    assert (opened.phase, opened.position, opened.opened_at, opened.deadline) == (Phase.ASKING, 0, 108.0, 138.0)
    assert apply(opened, Joined(3, "Mina", 109.0)) == Transition(opened, EventOutcome.BEGUN)


def test_who_has_not_joined_may_still_answer() -> None:
    opened = after(waiting(), Joined(OTHER, "Sora", 101.0), Ticked(108.0)).session
    assert apply(opened, press(0, at=110.0)).outcome is EventOutcome.COUNTED


def test_the_starter_or_a_moderator_may_begin_at_once() -> None:
    begin = Controlled(HOST, False, "begin", 0, 101.0)
    opened = apply(waiting(), begin).session
    assert (opened.phase, opened.opened_at, opened.deadline) == (Phase.ASKING, 101.0, 131.0)
    assert apply(opened, begin) == Transition(opened, EventOutcome.NOTHING)
    assert apply(waiting(), Controlled(OTHER, True, "begin", 0, 101.0)).session.phase is Phase.ASKING
    assert apply(waiting(), Controlled(OTHER, False, "begin", 0, 101.0)).outcome is EventOutcome.NOT_YOURS


def test_in_the_lobby_there_is_nothing_to_skip_or_pause() -> None:
    for action in ("skip", "pause", "resume"):
        step = apply(waiting(), Controlled(HOST, False, action, 0, 101.0))
        assert step == Transition(waiting(), EventOutcome.NOTHING)


def test_a_lobby_can_be_cancelled_and_ended() -> None:
    for event in (Cancelled(HOST, False, 101.0), Controlled(HOST, False, "end", 0, 101.0)):
        step = apply(waiting(), event)
        assert (step.session.phase, step.effects) == (Phase.CANCELLED, (Effect.CANCEL,))


def test_solo_has_no_lobby() -> None:
    made = quiz(1)
    session = start(made, mode="solo", host=HOST, orders=shuffled(made, Random(3)), at=100.0, lobby_for=8.0)
    assert (session.phase, session.due_at) == (Phase.ASKING, None)
    assert apply(session, Joined(HOST, "Minji", 101.0)) == Transition(session, EventOutcome.UNKNOWN)


def test_ending_early_hands_over_what_there_is() -> None:
    step = after(begun("together"), press(0), Controlled(HOST, False, "end", 0, 105.0))
    assert (step.session.phase, step.effects) == (Phase.FINISHED, (Effect.SUBMIT,))


def test_buttons_for_what_does_not_exist_change_nothing() -> None:
    for mode in ("solo", "together"):
        session = begun(mode)
        for event in (press(3), press(-1), press(0, 4), Moved(HOST, 9, 101.0)):
            assert apply(session, event) == Transition(session, EventOutcome.UNKNOWN)


def each(*checks: str, waiting: int = 0) -> QuizSession:
    """A solo quiz that tells right and wrong after each answer; the last `waiting` questions are being checked."""
    made = quiz(len(checks))
    questions = tuple(
        question.model_copy(update={"checked": check}) for question, check in zip(made.questions, checks, strict=True)
    )
    first = len(questions) - waiting
    made = made.model_copy(update={"questions": questions[:first]})
    orders = shuffled(made, Random(3))
    return start(made, mode="solo", host=HOST, orders=orders, at=100.0, feedback="each", waiting=questions[first:])


def ready(session: QuizSession, count: int, left: int = 0) -> QuestionsChecked:
    """`count` of the waiting questions are ready, and `left` are being checked still."""
    asked = tuple((question, (0, 1, 2, 3)) for question in session.waiting[:count])
    return QuestionsChecked(asked, session.waiting[len(session.waiting) - left :], 105.0)


def test_an_answer_that_was_told_stays_and_next_leads_on() -> None:
    step = after(each("algebra", "algebra"), press(0, 1))
    assert (step.session.position, step.session.told(0), step.outcome) == (0, True, EventOutcome.COUNTED)
    again = apply(step.session, press(0, 0))
    assert again == Transition(step.session, EventOutcome.TOLD)
    assert apply(step.session, Moved(HOST, 1, 102.0)).session.position == 1


def test_an_answer_whose_key_was_not_checked_is_told_at_the_end() -> None:
    step = after(each("not", "algebra"), press(0, 1))
    assert (step.session.position, step.session.told(0)) == (1, False)
    assert after(step.session, Moved(HOST, 0, 102.0), press(0, 0)).outcome is EventOutcome.CHANGED


def test_at_the_end_nothing_is_told_before() -> None:
    session = replace(each("algebra", "algebra"), feedback="end")
    assert after(session, press(0, 1)).session.position == 1


def test_one_question_is_sent_when_it_was_right_or_after_show_results() -> None:
    assert after(each("algebra"), press(0, 0)).effects == (Effect.SUBMIT,)
    wrong = after(each("algebra"), press(0, 2))
    assert (wrong.effects, wrong.session.settled) == ((), True)
    assert apply(wrong.session, Sent(HOST, 103.0)).effects == (Effect.SUBMIT,)


def test_a_second_try_is_taken_once_and_does_not_count() -> None:
    wrong = after(each("solved", "algebra"), press(0, 2)).session
    assert wrong.offers_second_try(0)
    tried = apply(wrong, TriedAgain(HOST, 0, 0, 104.0)).session
    response = tried.response(HOST, 0)
    assert response is not None
    assert (response.choice, response.second) == (2, 0)
    assert not tried.offers_second_try(0)
    for event in (TriedAgain(HOST, 0, 1, 105.0), TriedAgain(OTHER, 0, 1, 105.0), TriedAgain(HOST, 9, 0, 105.0)):
        assert apply(tried, event).session is tried
    assert apply(wrong, TriedAgain(HOST, 0, 2, 104.0)).session is wrong, "the same choice again is no try"
    right = after(each("algebra", "algebra"), press(0, 0)).session
    assert apply(right, TriedAgain(HOST, 0, 1, 104.0)).session is right


def test_who_is_through_waits_for_the_next_question_and_gets_it() -> None:
    step = after(each("not", "solved", "solved", waiting=2), press(0))
    assert (step.session.phase, step.session.position, step.session.total) == (Phase.CHECKING, 1, 3)
    assert apply(step.session, Sent(HOST, 103.0)).outcome is EventOutcome.UNKNOWN
    assert apply(step.session, Moved(HOST, 2, 103.0)).outcome is EventOutcome.UNKNOWN
    still = apply(step.session, ready(step.session, 0, left=1))
    assert (still.session.phase, still.session.total, still.session.left_out) == (Phase.CHECKING, 2, 1)
    came = apply(still.session, ready(still.session, 1))
    assert (came.session.phase, came.session.position, came.session.opened_at) == (Phase.ASKING, 1, 105.0)
    assert after(came.session, press(1), Moved(HOST, 2, 107.0)).session.phase is Phase.REVIEW


def test_questions_that_come_while_another_is_open_wait_their_turn() -> None:
    session = each("algebra", "solved", waiting=1)
    step = apply(session, ready(session, 1))
    assert (step.session.position, step.session.count, step.session.opened_at) == (0, 2, 100.0)
    assert after(step.session, press(0), Moved(HOST, 1, 106.0)).session.position == 1


def test_when_all_that_was_being_checked_is_left_out_the_summary_follows() -> None:
    waiting = after(each("not", "solved", waiting=1), press(0)).session
    step = apply(waiting, ready(waiting, 0))
    assert (step.session.phase, step.session.total, step.session.left_out) == (Phase.REVIEW, 1, 1)
    assert apply(step.session, Sent(HOST, 107.0)).effects == (Effect.SUBMIT,)


def test_a_check_that_ends_after_the_quiz_changes_nothing() -> None:
    session = each("algebra", "solved", waiting=1)
    over = apply(session, Cancelled(HOST, False, 103.0)).session
    assert over.waiting == ()
    assert apply(over, ready(session, 1)).outcome is EventOutcome.OVER
    assert apply(begun(), ready(session, 1)).outcome is EventOutcome.NOTHING


def missed(session: QuizSession, student: int) -> list[int]:
    return [index for index in range(session.count) if session.missed(student, index)]


def test_a_question_of_a_groups_quiz_that_closed_unanswered_is_missed() -> None:
    late, joined = 3, 4
    group = replace(begun("together"), joined={joined: "Joined"})
    end_of_first, end_of_second = Ticked(131.0), Ticked(131.0 + SHOWN_FOR + 31.0)
    step = after(group, press(0), end_of_first, Ticked(131.0 + SHOWN_FOR), press(1, student=late, at=140.0))
    assert (missed(step.session, HOST), missed(step.session, late)) == ([], []), "it is open still"
    step = after(step.session, press(1, student=joined, at=141.0), end_of_second)
    assert (missed(step.session, HOST), missed(step.session, late)) == ([1], [])
    assert missed(step.session, joined) == [0], "who joined was there from the beginning"
    assert missed(step.session, OTHER) == [], "who never answered was not there"
    ended = after(step.session, Controlled(HOST, False, "skip", 1, 180.0, showing=True))
    ended = after(ended.session, Controlled(HOST, False, "end", 2, 181.0))
    assert (ended.session.phase, missed(ended.session, HOST)) == (Phase.FINISHED, [1]), "the third was never closed"
    whole = after(step.session, Ticked(300.0), Ticked(400.0))
    assert (whole.session.phase, missed(whole.session, late)) == (Phase.FINISHED, [2])


def test_solo_what_was_skipped_is_missed() -> None:
    step = after(begun(), press(0), Moved(HOST, 2, 102.0), Moved(HOST, 3, 103.0), Sent(HOST, 110.0))
    assert missed(step.session, HOST) == [1, 2]
