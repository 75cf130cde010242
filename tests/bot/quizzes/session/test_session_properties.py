"""Any order of clicks, restarts, time-outs and cancels, against a model of the quiz that is much simpler."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from random import Random
from typing import Any, Literal

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

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
from bot.quizzes.session.quiz_session import LONGEST_PAUSE, Feedback, Mode, Phase, QuizSession, start
from bot.quizzes.session.transitions import Transition, apply, is_untold
from bot.quizzes.storage.quiz_records import QuizRecord
from bot.quizzes.storage.quiz_rows import player_row, quiz_row, record_of, response_row
from bot.quizzes.tool_output import results_output
from tests.bot.quizzes.example_quizzes import quiz

HOST, MODERATOR = 1, 9
STUDENTS = {HOST: "Minji", 2: "Jun", 3: "Jun", MODERATOR: "Mod"}
CHOICES = 3
OPEN_FOR = 30.0
LOBBY_FOR = 8.0

students = st.sampled_from(sorted(STUDENTS))
indexes = st.integers(-1, 4)
choices = st.integers(-1, CHOICES)


def restarted(session: QuizSession) -> QuizSession:
    """The session as it comes back from the database."""
    record = QuizRecord("q", "call", 1, 2, "en", "topic", session)
    answers = [
        response_row(record, student, question) for student, own in session.responses.items() for question in own
    ]
    answers.sort(key=lambda row: row["at"])
    players = [player_row(record, student) for student in session.joined]
    rows: list[Any] = json.loads(json.dumps([_plain(quiz_row(record)), answers, players]))
    return record_of(*rows).session


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "created_at"}


class SoloQuiz(RuleBasedStateMachine):
    """The session is the one under test; `expected`, `open` and `until` are the model."""

    mode: Mode = "solo"
    session: QuizSession
    now: float
    expected: dict[tuple[int, int], int]
    handed_over: Counter[Effect]

    @initialize(
        checks=st.lists(st.sampled_from(["algebra", "solved", "not"]), min_size=1, max_size=4),
        waiting=st.integers(0, 3),
        feedback=st.sampled_from(["each", "end"]),
        seed=st.integers(0, 99),
        lobby_for=st.sampled_from([0.0, LOBBY_FOR]),
    )
    def begin(
        self,
        checks: list[Literal["algebra", "solved", "not"]],
        waiting: int,
        feedback: Feedback,
        seed: int,
        lobby_for: float,
    ) -> None:
        made = quiz(len(checks) + 3, CHOICES)
        pairs = zip(made.questions, [*checks, "solved", "not", "solved"], strict=True)
        questions = tuple(question.model_copy(update={"checked": check}) for question, check in pairs)
        made = made.model_copy(update={"questions": questions[: len(checks)]})
        self.waiting = list(questions[len(checks) :][:waiting]) if self.mode == "solo" else []
        self.now = 1_000.0
        self.session = start(
            made,
            mode=self.mode,
            host=HOST,
            orders=shuffled(made, Random(seed)),
            at=self.now,
            open_for=OPEN_FOR,
            lobby_for=lobby_for,
            feedback=feedback if self.mode == "solo" else "end",
            waiting=self.waiting,
        )
        self.expected = {}
        self.second_tries: dict[int, int] = {}
        self.left_out = 0
        self.joined: list[int] = []
        self.handed_over = Counter()
        self.untold = False
        self.known_as: tuple[bool, bool] | None = None

    def send(self, event: Event) -> Transition:
        before = self.session
        step = apply(self.session, event)
        self.session = step.session
        if step.session is not before:
            self.untold = is_untold(before, step.session, known=self.untold)
        self.handed_over.update(step.effects)
        if before.phase.over:
            assert step == Transition(before, EventOutcome.OVER)
        for effect in step.effects:
            if effect is not Effect.CANCEL:
                self.holds_what_was_pressed(results_output(self.session, "completed"))
        return step

    @rule(student=students, question=indexes, choice=choices)
    def presses(self, student: int, question: int, choice: int) -> None:
        before = self.session
        exists = 0 <= question < before.count and 0 <= choice < CHOICES
        if before.mode == "solo":
            told = exists and before.feedback == "each" and before.quiz.questions[question].checked != "not"
            counts = student == HOST and not (told and (student, question) in self.expected)
        else:
            counts = (
                before.phase is Phase.ASKING
                and question == before.position
                and before.paused_at is None
                and before.deadline is not None
                and self.now < before.deadline
                and (student, question) not in self.expected
            )
        if exists and counts and not before.phase.over:
            self.expected[student, question] = choice
        self.send(Responded(student, STUDENTS[student], question, choice, self.now))

    @rule(choice=st.integers(0, CHOICES - 1), student=st.sampled_from([HOST, HOST, 2, 3]))
    def answers_what_is_on_the_screen(self, student: int, choice: int) -> None:
        self.presses(student, self.session.position, choice)

    @rule(question=indexes, choice=choices, student=st.sampled_from([HOST, HOST, 2]))
    def tries_again(self, student: int, question: int, choice: int) -> None:
        """A second try is taken once, at an answer that was told as wrong (choice 0 is right); it never counts."""
        before, answer = self.session, self.expected.get((student, question))
        taken = (
            student == HOST
            and answer not in {None, 0, choice}
            and 0 <= choice < CHOICES
            and question not in self.second_tries
            and not before.phase.over
            and before.feedback == "each"
            and before.quiz.questions[question].checked != "not"
        )
        if taken:
            self.second_tries[question] = choice
        self.send(TriedAgain(student, question, choice, self.now))

    @rule(ready=st.integers(0, 2), dropped=st.integers(0, 1))
    @precondition(lambda self: self.waiting)
    def checks_end(self, ready: int, dropped: int) -> None:
        """Of the questions that are being checked, some can be asked now, and some are left out."""
        asked, rest = self.waiting[:ready], self.waiting[ready:]
        order = tuple(range(CHOICES))
        step = self.send(QuestionsChecked(tuple((each, order) for each in asked), tuple(rest[dropped:]), self.now))
        if step.outcome is EventOutcome.OVER:
            self.waiting = []
        else:
            self.waiting = rest[dropped:]
            self.left_out += len(rest[:dropped])

    @rule(student=students, to=indexes)
    def moves(self, student: int, to: int) -> None:
        self.send(Moved(student, to, self.now))

    @rule(student=students)
    def sends(self, student: int) -> None:
        self.send(Sent(student, self.now))

    @rule(
        student=students,
        action=st.sampled_from(["begin", "skip", "skip", "pause", "resume", "end"]),
        question=st.one_of(st.none(), indexes),
        showing=st.booleans(),
    )
    def controls(
        self,
        student: int,
        action: Literal["begin", "skip", "pause", "resume", "end"],
        question: int | None,
        showing: bool = False,
    ) -> None:
        shown = self.session.position if question is None else question
        self.send(Controlled(student, student == MODERATOR, action, shown, self.now, showing))

    @rule(student=students)
    def joins(self, student: int) -> None:
        counts = self.session.phase is Phase.LOBBY and student not in self.joined
        if counts:
            self.joined.append(student)
        assert (self.send(Joined(student, STUDENTS[student], self.now)).outcome is EventOutcome.JOINED) == counts

    @rule(passed=st.floats(0, 100) | st.just(LONGEST_PAUSE))
    def waits(self, passed: float) -> None:
        self.now += passed

    @rule()
    def ticks(self) -> None:
        before = self.session
        ends_at = before.deadline if before.paused_at is None else before.paused_at + LONGEST_PAUSE
        due = ends_at is not None and self.now >= ends_at
        step = self.send(Ticked(self.now))
        if not before.phase.over:
            assert (step.outcome is not EventOutcome.NOTHING) == due

    @rule()
    def somebody_writes_in_the_conversation(self) -> None:
        self.send(ConversationContinued(self.now))

    @rule(student=st.one_of(st.none(), students))
    @precondition(lambda self: self.now > 1_060)
    def is_cancelled(self, student: int | None) -> None:
        may = student in {None, HOST, MODERATOR}
        over = self.session.phase.over
        self.send(Cancelled(student, student == MODERATOR, self.now))
        assert over or (self.session.phase is Phase.CANCELLED) == may

    @rule()
    def restarts(self) -> None:
        assert restarted(self.session) == self.session
        self.session = restarted(self.session)

    @invariant()
    def each_answer_counts_once(self) -> None:
        given = {
            (student, question): answer.choice
            for student, own in self.session.responses.items()
            for question, answer in own.items()
        }
        assert given == self.expected
        tried = {question: answer.second for question, answer in self.session.responses.get(HOST, {}).items()}
        assert {question: second for question, second in tried.items() if second is not None} == self.second_tries

    @invariant()
    def who_joined_is_known(self) -> None:
        assert list(self.session.joined) == self.joined

    @invariant()
    def every_phase_of_a_group_has_its_end(self) -> None:
        ends = self.mode == "together" and not self.session.phase.over
        assert (self.session.due_at is not None) == ends

    @invariant()
    def nothing_is_handed_over_twice(self) -> None:
        calls = self.handed_over[Effect.SUBMIT] + self.handed_over[Effect.CANCEL]
        assert calls + self.handed_over[Effect.SUBMIT_UNFINISHED] == int(
            self.session.phase.over or self.session.delivered
        )
        assert self.handed_over[Effect.FOLLOW] == int(self.session.delivered and self.session.phase is Phase.FINISHED)

    @rule()
    def somebody_asks_about_it(self) -> None:
        """The model is told what no output has told it; from then on it knows that."""
        self.untold = False
        self.known_as = (self.session.phase.over, self.session.delivered)

    @invariant()
    def the_model_knows_of_it_or_will_be_told(self) -> None:
        by_results = self.handed_over[Effect.SUBMIT] + self.handed_over[Effect.FOLLOW]
        over, delivered = self.session.phase.over, self.session.delivered
        if by_results:
            assert not self.untold
        elif (over or delivered) and self.known_as != (over, delivered):
            assert self.untold

    @invariant()
    def the_screen_exists(self) -> None:
        assert 0 <= self.session.position <= self.session.count
        assert self.session.furthest >= self.session.position
        behind = not self.session.phase.over and self.session.position == self.session.count
        assert (self.session.phase is Phase.REVIEW) == (behind and not self.session.waiting)
        assert (self.session.phase is Phase.CHECKING) == (behind and bool(self.session.waiting))
        assert len(self.session.orders) == self.session.count

    @invariant()
    def every_question_is_asked_or_being_checked_or_left_out(self) -> None:
        if not self.session.phase.over:
            assert list(self.session.waiting) == self.waiting
            assert self.session.left_out == self.left_out

    def teardown(self) -> None:
        if not hasattr(self, "session"):
            return
        self.play_on()
        self.nothing_is_handed_over_twice()

    def play_on(self) -> None:
        """Whatever happened, a student brings the quiz to its end from here; a group's ends though nobody presses."""
        if self.mode == "solo":
            while self.waiting and not self.session.phase.over:
                self.checks_end(1, 1)
            self.sends(HOST)
        for _ in range(2 * self.session.count + 1):
            if self.session.due_at is None:
                break
            self.now = max(self.now, self.session.due_at)
            self.ticks()
        assert self.session.phase.over

    def holds_what_was_pressed(self, told: str) -> None:
        texts = [question.choices for question in self.session.quiz.questions]
        wanted: dict[str, list[str | None]] = {}
        for student in {HOST} if self.mode == "solo" else {student for student, _ in self.expected}:
            pressed = [self.expected.get((student, index)) for index in range(self.session.count)]
            wanted[self.name_of(student)] = [
                None if choice is None else texts[index][choice] for index, choice in enumerate(pressed)
            ]
        responses = json.loads(told)["responses"]
        assert responses == (wanted if self.mode == "together" else wanted[STUDENTS[HOST]])

    def name_of(self, student: int) -> str:
        """Two students are called Jun: the one who answered later gets a number."""
        earlier = [other for other in self.session.names if STUDENTS[other] == STUDENTS[student]]
        return STUDENTS[student] + ("" if earlier[:1] in ([], [student]) else " (2)")


class GroupQuiz(SoloQuiz):
    mode: Mode = "together"

    @rule()
    def is_paused_for_long(self) -> None:
        self.controls(HOST, "pause", None)
        self.now += 2 * OPEN_FOR
        self.ticks()


TestSolo = SoloQuiz.TestCase
TestSolo.settings = settings(max_examples=100, stateful_step_count=40, deadline=None)
TestTogether = GroupQuiz.TestCase
TestTogether.settings = settings(max_examples=100, stateful_step_count=60, deadline=None)


def test_a_quiz_in_one_order_of_questions_is_the_same_after_a_restart() -> None:
    made = quiz(2)
    session = start(made, mode="together", host=1, orders=shuffled(made, Random(1)), at=0.0)
    session = replace(session, paused_at=3.5, delivered=True)
    assert restarted(session) == session
