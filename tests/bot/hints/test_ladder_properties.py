"""Any order of presses, answers, restarts and interruptions, against a model of the ladder that is much simpler."""

import json
from collections import Counter
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from bot.hints.help_arguments import Help
from bot.hints.ladder_handover import outcome_of
from bot.hints.ladder_report import ladder_note, ladder_output
from bot.hints.ladder_screens import ladder_screen
from bot.hints.ladder_session import (
    Answered,
    HintAsked,
    LadderEffect,
    LadderEnded,
    LadderEvent,
    LadderOutcome,
    LadderPhase,
    LadderSession,
    LadderStep,
    SolutionAsked,
    TutorMode,
    Verdict,
    WroteOn,
    apply_to_ladder,
    is_untold_of,
)
from bot.hints.ladder_store import LadderRecord, ladder_of, ladder_row

STUDENT, OTHER, MODERATOR = 1, 2, 9
SECRETS = ("forty-two", "SOLUTION")
people = st.sampled_from([STUDENT, STUDENT, OTHER, MODERATOR])


class Ladder(RuleBasedStateMachine):
    """The session is the one under test; `hints`, `honest` and `over` are the model."""

    @initialize(hints=st.integers(1, 4), mode=st.sampled_from(["answer", "guide"]), opens_after=st.integers(1, 3))
    def begin(self, hints: int, mode: TutorMode, opens_after: int) -> None:
        given = Help(
            "The problem.", tuple(f"hint number {n}" for n in range(1, hints + 1)), SECRETS[1], SECRETS[0], "t"
        )
        self.session = LadderSession(given, STUDENT, mode, opens_after, 1_000.0)
        self.shown, self.honest, self.tries = 1, 0, 0
        self.over: LadderPhase | None = None
        self.effects: Counter[LadderEffect] = Counter()
        self.now = 1_000.0
        self.untold = self.written = False
        self.known = (False, False)

    def send(self, event: LadderEvent) -> LadderStep:
        before = self.session
        step = apply_to_ladder(before, event)
        if step.session is not before:
            self.untold = is_untold_of(before, step.session, known=self.untold)
        self.session = step.session
        if step.effect is not None:
            self.effects[step.effect] += 1
        if before.phase.over:
            assert step == LadderStep(before, LadderOutcome.OVER)
        return step

    @property
    def opened(self) -> bool:
        all_hints = self.shown >= len(self.session.help.hints)
        return self.session.mode == "answer" or all_hints or self.honest >= self.session.opens_after

    @rule(who=people, shown=st.one_of(st.none(), st.integers(0, 5)))
    def asks_for_a_hint(self, who: int, shown: int | None) -> None:
        above = self.shown if shown is None else shown
        counts = self.over is None and who == STUDENT and above == self.shown < len(self.session.help.hints)
        self.send(HintAsked(who, above))
        self.shown += counts

    @rule(
        who=people,
        verdict=st.sampled_from(["right", "partly", "wrong", "wrong"]),
        readable=st.booleans(),
        repeated=st.booleans(),
    )
    def answers(self, who: int, verdict: Verdict, readable: bool, repeated: bool) -> None:
        counts = self.over is None and who == STUDENT
        self.now += 1
        self.send(Answered(who, "my answer", verdict, self.now, readable, repeated))
        if counts:
            self.tries += 1
            self.honest += readable and not repeated
            self.over = LadderPhase.SOLVED if verdict == "right" else None

    @rule(who=people)
    def asks_for_the_solution(self, who: int) -> None:
        counts = self.over is None and who == STUDENT and self.opened
        step = self.send(SolutionAsked(who, self.now))
        if self.over is None and who == STUDENT and not self.opened:
            assert step.outcome is LadderOutcome.LOCKED
        if counts:
            self.over = LadderPhase.SHOWN

    @rule(who=st.one_of(st.none(), people))
    def ends(self, who: int | None) -> None:
        counts = self.over is None and who in {None, STUDENT, MODERATOR}
        self.send(LadderEnded(who, who == MODERATOR, self.now))
        if counts:
            self.over = LadderPhase.ENDED

    @rule()
    def somebody_writes_in_the_conversation(self) -> None:
        self.written = self.written or self.over is None
        self.send(WroteOn())

    @rule()
    def somebody_asks_about_it(self) -> None:
        """The model is told what no output has told it; from then on it knows that."""
        self.untold, self.known = False, (self.session.phase.over, self.session.delivered)

    @rule()
    def restarts(self) -> None:
        record = LadderRecord("l", "call", 3, 1, 2, "en", self.session)
        row: dict[str, Any] = {name: value for name, value in ladder_row(record).items() if name != "created_at"}
        again = ladder_of(json.loads(json.dumps(row))).session
        assert again == self.session
        self.session = again

    @invariant()
    def it_is_as_the_model_says(self) -> None:
        session = self.session
        assert session.phase is (self.over or LadderPhase.CLIMBING)
        assert (session.hints_shown, session.honest_tries, session.try_count) == (self.shown, self.honest, self.tries)
        assert session.phase.over or session.solution_is_open == self.opened
        assert session.delivered == self.written

    @invariant()
    def nothing_is_handed_over_twice(self) -> None:
        first = self.effects[LadderEffect.SUBMIT] + self.effects[LadderEffect.CANCEL]
        assert first + self.effects[LadderEffect.SUBMIT_UNFINISHED] == int(
            self.session.phase.over or self.session.delivered
        )
        assert self.effects[LadderEffect.FOLLOW] == int(self.session.delivered and self.session.phase.done)

    @invariant()
    def the_model_knows_of_it_or_will_be_told(self) -> None:
        state = (self.session.phase.over, self.session.delivered)
        if self.session.phase.done:
            assert not self.untold
        elif any(state) and self.known != state:
            assert self.untold
        elif not any(state):
            assert not self.untold

    @invariant()
    def nothing_in_the_message_tells_the_answer_before_its_time(self) -> None:
        record = LadderRecord("l", "call", 3, 1, 2, "en", self.session)
        view: Any = ladder_screen(record)
        components = view.to_components()
        shown = json.dumps(components, ensure_ascii=False)
        for secret in SECRETS:
            assert (secret in shown) == self.session.phase.done
        later = self.session.help.hints[self.session.hints_shown :]
        assert not any(hint in shown for hint in later)
        assert not any(secret in ladder_output(self.session, "unfinished") for secret in SECRETS if not self.over)

    @invariant()
    def listeners_hear_of_what_was_solved_or_given_up(self) -> None:
        outcome = outcome_of(LadderRecord("l", "call", 3, 1, 2, "en", self.session))
        told = None if outcome is None else outcome.outcome
        given_up = self.over is LadderPhase.SHOWN or self.session.given_up
        assert told == ("solved" if self.over is LadderPhase.SOLVED else "given_up" if given_up else None)
        assert "[results] give_help" in ladder_note("{}", self.session)


TestLadder = Ladder.TestCase
TestLadder.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
