"""The state of a quiz.

It knows nothing of Discord, clocks or databases: times are seconds since the epoch and come with the events.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final, Literal

from bot.quizzes.arguments.quiz import Quiz, QuizQuestion
from bot.quizzes.session.choices import Order
from bot.quizzes.session.events import Responded, TriedAgain

Mode = Literal["solo", "together"]
Feedback = Literal["each", "end"]
"""When right and wrong are told: after each answer, or at the end."""
Difficulty = Literal["easy", "medium", "hard"]
Source = Literal["files", "anything"]

LOBBY_FOR: Final = 8.0
"""Seconds that a group's quiz waits for students to join, before the first question opens."""
OPEN_FOR: Final = 30.0
"""Seconds that a question is open when a group plays."""
SHOWN_FOR: Final = 7.0
"""Seconds that the result of a closed question is shown before the next question opens."""
LONGEST_PAUSE: Final = 3_600.0
"""Seconds after which a quiz that nobody resumes ends."""


class Phase(StrEnum):
    """The phase that a quiz is in."""

    LOBBY = "lobby"
    """Together: students join, and the first question is not open yet."""
    ASKING = "asking"
    CHECKING = "checking"
    """Solo: all questions that can be asked were gone through, and the others are being checked."""
    REVIEW = "review"
    """Solo: the summary of all responses, before they are sent."""
    SHOWING = "showing"
    """Together: the result of a closed question is shown."""
    FINISHED = "finished"
    CANCELLED = "cancelled"

    @property
    def over(self) -> bool:
        """Whether nothing can change any more."""
        return self in {Phase.FINISHED, Phase.CANCELLED}


@dataclass(frozen=True, slots=True)
class Response:
    """A student's response to a question: the index of the choice in the model's list, when its button was pressed, and
    how many seconds the student took.
    """

    choice: int
    at: float
    seconds: float
    second: int | None = None
    """The choice of a second try, which does not count."""


@dataclass(frozen=True, slots=True)
class QuizSession:
    """The state of a quiz."""

    quiz: Quiz
    mode: Mode
    host: int
    """The student who started it. Solo, only the host may answer."""
    orders: tuple[Order, ...]
    open_for: float = OPEN_FOR
    feedback: Feedback = "end"
    """Solo: when right and wrong are told."""
    waiting: tuple[QuizQuestion, ...] = ()
    """Solo: questions that are being checked. They join `quiz` when that is done."""
    left_out: int = 0
    """How many questions the check left out."""
    phase: Phase = Phase.ASKING
    position: int = 0
    """The index of the current question; the number of questions in the summary."""
    furthest: int = 0
    """Solo: the highest position so far. Together: how many questions were closed."""
    opened_at: float = 0.0
    """When the current question opened; pauses move it later."""
    deadline: float | None = None
    """Together: when the phase ends, unless the quiz is paused."""
    paused_at: float | None = None
    delivered: bool = False
    """Whether the call has its output already, while the quiz goes on."""
    responses: Mapping[int, Mapping[int, Response]] = field(default_factory=dict)
    """By student id, by index of the question."""
    names: Mapping[int, str] = field(default_factory=dict)
    """Display names by student id, in the order of the students' first responses."""
    joined: Mapping[int, str] = field(default_factory=dict)
    """Together: display names of the students who pressed Join, by student id, in that order."""

    @property
    def due_at(self) -> float | None:
        """When `Ticked` changes something, though nobody presses a button; None: it never does."""
        if self.phase.over or self.deadline is None:
            return None
        return self.deadline if self.paused_at is None else self.paused_at + LONGEST_PAUSE

    @property
    def count(self) -> int:
        """The number of questions that can be asked."""
        return len(self.quiz.questions)

    @property
    def total(self) -> int:
        """The number of questions, those that are being checked included."""
        return self.count + len(self.waiting)

    def tells(self, question: int) -> bool:
        """Whether right and wrong are told as soon as a question is answered: its key was checked."""
        asked = self.quiz.questions[question]
        return self.mode == "solo" and self.feedback == "each" and asked.answer is not None and asked.key_checked

    def told(self, question: int) -> bool:
        """Whether it was told what is right: the answer cannot be changed any more."""
        return self.response(self.host, question) is not None and self.tells(question)

    def offers_second_try(self, question: int) -> bool:
        """Whether a question was answered wrongly, that was told, and no second try was taken."""
        response = self.response(self.host, question)
        if response is None or response.second is not None or not self.told(question):
            return False
        asked = self.quiz.questions[question]
        return response.choice != asked.answer and len(asked.choices) > 2

    @property
    def settled(self) -> bool:
        """Solo: whether every answer was given and told, so that nothing is left to change before it is sent."""
        return not self.waiting and all(self.told(index) for index in range(self.count))

    def response(self, student: int, question: int) -> Response | None:
        """The response of `student` to a question, by its index."""
        return self.responses.get(student, {}).get(question)

    def missed(self, student: int, question: int) -> bool:
        """Whether a student was asked a question and left it unanswered. Of a group's quiz, that is one that was closed
        after the student had come: in the lobby, or with the first answer.
        """
        if self.response(student, question) is not None:
            return False
        if self.mode == "solo":
            return True
        own = self.responses.get(student)
        if not own:
            return False
        since = 0 if student in self.joined else min(own)
        return since <= question < self.furthest

    def with_response(self, event: Responded) -> "QuizSession":
        """The session with this response. It replaces an earlier response to the same question."""
        response = Response(event.choice, event.at, max(0.0, event.at - self.opened_at))
        own = {**self.responses.get(event.student, {}), event.question: response}
        return replace(
            self,
            responses={**self.responses, event.student: own},
            names={**self.names, event.student: event.name},
        )

    def with_second_try(self, event: TriedAgain) -> "QuizSession":
        """The session with this second try."""
        own = self.responses[event.student]
        tried = {**own, event.question: replace(own[event.question], second=event.choice)}
        return replace(self, responses={**self.responses, event.student: tried})

    def has_choice(self, question: int, choice: int) -> bool:
        """Whether there is such a question with such a choice."""
        return 0 <= question < self.count and 0 <= choice < len(self.quiz.questions[question].choices)


def start(
    quiz: Quiz,
    *,
    mode: Mode,
    host: int,
    orders: Sequence[Order],
    at: float,
    open_for: float = OPEN_FOR,
    lobby_for: float = 0.0,
    feedback: Feedback = "end",
    waiting: Sequence[QuizQuestion] = (),
    left_out: int = 0,
    delivered: bool = False,
) -> QuizSession:
    """The session of a new quiz: at its first question or, if a group plays and `lobby_for` is not 0, in its lobby.

    `waiting` are questions that are being checked, `left_out` says how many the check has left out before, and
    `delivered` whether the call has its output already.
    """
    lobby = mode == "together" and lobby_for > 0
    return QuizSession(
        quiz=quiz,
        mode=mode,
        host=host,
        orders=tuple(orders),
        open_for=open_for,
        feedback=feedback,
        waiting=tuple(waiting),
        left_out=left_out,
        delivered=delivered,
        phase=Phase.LOBBY if lobby else Phase.ASKING,
        opened_at=at,
        deadline=at + (lobby_for if lobby else open_for) if mode == "together" else None,
    )
