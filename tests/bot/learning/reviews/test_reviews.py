"""Reviews through the store: two at once, double presses, clocks, corrected grades, and thousands of cards.

The presses are values with what `Reviews` reads of an interaction; what Discord does with them is tested in
`test_review.py` and `test_review_restart.py`.
"""

import time
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import discord
import pytest

from bot.errors import UserFacingError
from bot.learning.card import Card, ChoiceContent, Citation, Content, ExerciseContent, FlashContent, Schedule, new_card
from bot.learning.card_store import CardStore
from bot.learning.cards.card_set_store import CardPictures
from bot.learning.result_store import ResultStore
from bot.learning.reviews.drawn_sides import DrawnSides
from bot.learning.reviews.finished_exercises import FinishedExercises
from bot.learning.reviews.finished_quizzes import FinishedQuizzes
from bot.learning.reviews.review_buttons import parse_review_id
from bot.learning.reviews.review_store import NEW_PER_DAY, ReviewStore
from bot.learning.reviews.reviews import Reviews
from bot.learning.reviews.scheduling import AGAIN, EASY, GOOD, HARD, reviewed
from bot.sentences import Locale
from bot.store.store import Store
from bot.tutor.exercise_outcome import ExerciseOutcome

MINJI, JUN = 7, 8
START = datetime(2026, 11, 30, 9, tzinfo=UTC).timestamp()
DAY = 86_400.0
CAKE = ChoiceContent(
    question="Which is the largest?", choices=("1/2", "2/3", "3/4"), answer=2, slips={0: "compared denominators"}
)


@dataclass
class Desk:
    """A student at a review: what is shown, and presses on it."""

    store: Store
    now: float = START
    student: int = MINJI
    view: discord.ui.LayoutView | None = None
    modal: discord.ui.Modal | None = None
    typed: str | None = None
    locale: str = "en-US"
    client: None = None
    guild_id: None = None
    checked: bool | None = True
    png: bytes | None = None
    files: list[str] = field(default_factory=list)
    reviews: Reviews = field(init=False)

    def __post_init__(self) -> None:
        self.cards, self.review_store = CardStore(self.store), ReviewStore(self.store)
        self.start()

    def start(self) -> None:
        """As after a restart."""

        async def check(_content: ExerciseContent, _typed: str) -> bool | None:
            return self.checked

        async def note(_student: int, _locale: Locale) -> str:
            return ""

        async def draw(_formula: str) -> bytes | None:
            return self.png

        self.reviews = Reviews(
            self.review_store,
            self.cards,
            FinishedQuizzes(self.store),
            check_typed=check,
            note=note,
            drawn_sides=DrawnSides(draw, CardPictures(self.store).of),
        )

    # What Reviews reads of an interaction

    @property
    def user(self) -> Any:
        return type("User", (), {"id": self.student})

    @property
    def created_at(self) -> datetime:
        return datetime.fromtimestamp(self.now, UTC)

    @property
    def message(self) -> Any:
        return None

    @property
    def type(self) -> discord.InteractionType:
        return discord.InteractionType.component if self.typed is None else discord.InteractionType.modal_submit

    @property
    def data(self) -> Any:
        return {"components": [{"type": 18, "component": {"type": 4, "value": self.typed}}]}

    @property
    def response(self) -> "Desk":
        return self

    async def send_message(self, *, view: discord.ui.LayoutView, **more: Any) -> None:
        self.view, self.files = view, [each.filename for each in more.get("files", ())]

    async def send_modal(self, modal: discord.ui.Modal) -> None:
        self.modal = modal

    # What the student does

    async def begin(self, deck_id: str | None = None) -> str:
        await self.reviews.begin(self, deck_id)  # type: ignore[arg-type]
        return self.text

    async def presses(self, action: str, *, later: float = 10.0, on: "Desk | None" = None) -> str:
        """Press the button whose custom_id holds `action`, on what is shown (or what is shown at another desk)."""
        self.now += later
        await self.reviews.press(self, parse_review_id((on or self).button(action)))  # type: ignore[arg-type]
        return self.text

    def button(self, action: str) -> str:
        return next(each for each in self.buttons if f":{action}" in each)

    @property
    def buttons(self) -> list[str]:
        assert self.view is not None
        return [str(getattr(each, "custom_id", "")) for each in self.view.walk_children() if hasattr(each, "custom_id")]

    @property
    def text(self) -> str:
        assert self.view is not None
        return "\n".join(each.content for each in self.view.walk_children() if isinstance(each, discord.ui.TextDisplay))

    async def keeps(self, *contents: Content, **changes: Any) -> list[Card]:
        """Keep cards of mistakes."""
        deck = await self.cards.mistakes_deck(self.student, START)
        made = [
            replace(new_card(content, deck=deck, channel_id=1, at=START + number, topic="fractions"), **changes)
            for number, content in enumerate(contents)
        ]
        await self.cards.add_cards(made)
        return made

    async def card(self, card: Card) -> Card:
        found = await self.cards.card(card.id, self.student)
        assert found is not None
        return found


async def test_a_review_is_graded_by_right_or_wrong_and_time_and_changes_the_schedule(store: Store) -> None:
    desk = Desk(store)
    (card,) = await desk.keeps(CAKE)
    desk.now += 60
    assert "Which is the largest?" in await desk.begin()
    shown = await desk.presses("answer:2", later=25)
    assert "✓ Right" in shown
    kept = await desk.card(card)
    assert kept.schedule == reviewed(card.schedule, GOOD, desk.now)
    assert kept.reviews == 1
    review = await desk.review_store.review_of(card.id, 1)
    assert review is not None
    assert (review.rating, review.right, review.seconds, review.at) == (GOOD, True, 25.0, desk.now)
    (result,) = await ResultStore(store).of_student(MINJI, 0)
    assert (result.source, result.right, result.topic, result.number) == ("card", True, "fractions", 1)


@pytest.mark.parametrize(("seconds", "rating"), [(3, EASY), (20, GOOD), (200, HARD), (5_000, GOOD)])
async def test_the_time_taken_tells_the_grade(store: Store, seconds: float, rating: int) -> None:
    desk = Desk(store)
    (card,) = await desk.keeps(CAKE)
    desk.now += 60
    await desk.begin()
    await desk.presses("answer:2", later=seconds)
    review = await desk.review_store.review_of(card.id, 1)
    assert review is not None
    assert review.rating == rating


async def test_a_wrong_answer_names_its_slip_and_comes_again_before_the_end(store: Store) -> None:
    desk = Desk(store)
    (card,) = await desk.keeps(CAKE)
    desk.now += 60
    await desk.begin()
    shown = await desk.presses("answer:0")
    assert "✗ Not right" in shown
    assert "compared denominators" in shown
    assert "Comes again at the end" in shown
    assert "Which is the largest?" in await desk.presses("next")
    await desk.presses("answer:2")
    assert "1 right, 1 not." in await desk.presses("next")
    assert (await desk.card(card)).reviews == 2


async def test_a_grade_is_corrected_from_the_state_before_the_review(store: Store) -> None:
    desk = Desk(store)
    (card,) = await desk.keeps(FlashContent(front="f", back="b"))
    desk.now += 60
    await desk.begin()
    await desk.presses("turn")
    await desk.presses("missed", later=5)
    answered_at = desk.now
    for rating in (EASY, HARD):
        await desk.presses(f"grade:{rating}", later=30)
        assert (await desk.card(card)).schedule == reviewed(card.schedule, rating, answered_at)
    review = await desk.review_store.review_of(card.id, 1)
    assert review is not None
    assert (review.rating, review.right) == (HARD, True)
    (result,) = await ResultStore(store).of_student(MINJI, 0)
    assert result.right
    assert "1 right, 0 not." in await desk.presses("next")


async def test_what_an_answer_rests_on_is_shown_after_it(store: Store) -> None:
    desk = Desk(store, locale="ko")
    citation = Citation(file="분수.pdf", page=3, link="https://discord.com/channels/1/2/3", passage="three quarters")
    await desk.keeps(CAKE, citation=citation)
    desk.now += 60
    assert "분수.pdf" not in await desk.begin()
    shown = await desk.presses("answer:2")
    assert "[분수.pdf](https://discord.com/channels/1/2/3), 3쪽" in shown
    assert "three quarters" in shown


async def test_no_grade_makes_a_wrong_choice_right(store: Store) -> None:
    desk = Desk(store)
    await desk.keeps(CAKE)
    desk.now += 60
    await desk.begin()
    await desk.presses("answer:1")
    assert "✗ Not right" in await desk.presses(f"grade:{EASY}")
    (result,) = await ResultStore(store).of_student(MINJI, 0)
    assert not result.right


async def test_a_double_press_counts_once_and_an_old_button_changes_nothing(store: Store) -> None:
    desk, other = Desk(store), Desk(store)
    (card, _) = await desk.keeps(CAKE, replace_question(CAKE, "Again?"))
    desk.now = other.now = START + 60
    await desk.begin()
    other.view = desk.view  # the same message, pressed twice before it changed
    await desk.presses("answer:2")
    assert "✓ Right" in await other.presses("answer:0")
    assert (await desk.card(card)).reviews == 1
    await desk.presses("next")
    assert "Again?" in await other.presses("next")  # pressed twice, yet one card on
    with pytest.raises(UserFacingError):
        await Desk(store, student=JUN).presses("answer", on=desk)


def replace_question(content: ChoiceContent, question: str) -> ChoiceContent:
    return content.model_copy(update={"question": question})


async def test_of_two_reviews_at_once_a_card_counts_once(store: Store) -> None:
    one, two = Desk(store), Desk(store)
    (card,) = await one.keeps(CAKE)
    one.now = two.now = START + 60
    await one.begin()
    await two.begin()
    await one.presses("answer:2")
    shown = await two.presses("answer:0")
    assert "in another review meanwhile" in shown
    kept = await one.card(card)
    assert kept.reviews == 1
    assert kept.schedule == reviewed(card.schedule, GOOD, START + 70)
    assert [each.right for each in await ResultStore(store).of_student(MINJI, 0)] == [True]


async def test_a_grade_is_not_corrected_when_the_card_was_reviewed_again(store: Store) -> None:
    one, two = Desk(store), Desk(store)
    (card,) = await one.keeps(CAKE)
    one.now = START + 60
    await one.begin()
    await one.presses("answer:2")
    two.now = one.now + DAY
    await two.begin()
    await two.presses("answer:2")
    kept = await one.card(card)
    assert "in another review meanwhile" in await one.presses(f"grade:{AGAIN}", later=2 * DAY)
    assert await one.card(card) == kept


async def test_after_a_restart_in_the_middle_the_same_card_is_answered(store: Store) -> None:
    desk = Desk(store)
    (card,) = await desk.keeps(CAKE)
    desk.now += 60
    await desk.begin()
    before = desk.buttons
    desk.start()
    await desk.presses("answer:2")
    desk.start()
    await desk.presses(f"grade:{EASY}")
    desk.start()
    assert "1 right, 0 not." in await desk.presses("next")
    assert (await desk.card(card)).schedule == reviewed(card.schedule, EASY, START + 70)
    assert before


async def test_a_clock_set_back_leaves_the_schedule_in_order(store: Store) -> None:
    desk = Desk(store)
    (card,) = await desk.keeps(CAKE)
    desk.now += 60
    await desk.begin()
    await desk.presses("answer:0")
    await desk.presses("next", later=-3 * 3_600)
    await desk.presses("answer:2", later=-60)
    kept = await desk.card(card)
    assert kept.schedule.last_review == START + 70  # not before the review before it
    assert kept.schedule.due > START + 70
    review = await desk.review_store.review_of(card.id, 2)
    assert review is not None
    assert (review.seconds, review.rating) == (None, GOOD)


async def test_an_exercise_is_answered_in_a_form_or_judged_by_the_student(store: Store) -> None:
    desk = Desk(store)
    exercise = ExerciseContent(problem="Solve 2x = 6.", answer="x = 3", solution="Divide by 2.")
    (card,) = await desk.keeps(exercise)
    desk.now += 60
    assert "Solve 2x = 6." in await desk.begin()
    assert "Divide" not in desk.text
    await desk.presses("type")
    assert desk.modal is not None
    desk.typed, desk.checked = "3", None
    shown = await desk.presses("type")
    assert "Your answer: 3" in shown
    assert "Compare it yourself" in shown
    desk.typed = None
    assert "✓ Right" in await desk.presses("knew")
    assert (await desk.card(card)).reviews == 1


@pytest.mark.parametrize("checked", [True, False])
async def test_an_answer_that_algebra_checks_is_right_or_wrong_at_once(store: Store, checked: bool) -> None:
    desk = Desk(store, checked=checked, locale="ko")
    await desk.keeps(ExerciseContent(problem="2x = 6", answer="x = 3", solution="2로 나눠요."))
    desk.now += 60
    await desk.begin()
    desk.typed = "x = 3"
    shown = await desk.presses("type")
    assert ("✓ 맞았어요" if checked else "✗ 틀렸어요") in shown
    assert "2로 나눠요." in shown


async def test_cards_that_are_put_away_or_deleted_come_no_more(store: Store) -> None:
    desk = Desk(store)
    first, second, third = await desk.keeps(CAKE, replace_question(CAKE, "Second?"), replace_question(CAKE, "Third?"))
    desk.now += 60
    await desk.begin()
    await desk.presses("answer:2")
    assert "Second?" in await desk.presses("away")
    await desk.cards.delete_card(second.id)
    assert "Third?" in await desk.presses("answer:2")
    assert (await desk.card(first)).hidden
    with pytest.raises(StopIteration):
        desk.button("back")  # only just after it
    assert "1 right" in await desk.presses("stop")
    assert (await desk.card(third)).reviews == 0


async def test_a_card_put_away_by_mistake_is_brought_back(store: Store) -> None:
    desk = Desk(store)
    (first,) = await desk.keeps(CAKE)
    desk.now += 60
    await desk.begin()
    await desk.presses("answer:0")
    assert "put away" in await desk.presses("away")
    assert (await desk.card(first)).hidden
    assert "comes back after all" in await desk.presses("back")
    assert not (await desk.card(first)).hidden
    assert not [each for each in desk.buttons if ":back" in each]


async def test_with_nothing_due_it_says_when_and_practice_is_possible(store: Store) -> None:
    desk = Desk(store)
    with pytest.raises(UserFacingError, match="no cards yet"):
        await desk.begin()
    (card,) = await desk.keeps(CAKE, schedule=Schedule(START + 5 * DAY, 2, None, 6.0, 5.0, START))
    assert f"<t:{round(START + 5 * DAY)}:R>" in await desk.begin()
    assert "Which is the largest?" in await desk.presses("ahead")
    await desk.presses("answer:2")
    assert (await desk.card(card)).reviews == 1
    assert "1 right, 0 not." in await desk.presses("next")


async def test_five_thousand_cards_come_twenty_new_ones_a_day_and_fast(store: Store) -> None:
    desk = Desk(store)
    deck = await desk.cards.mistakes_deck(MINJI, START)
    content = FlashContent(front="f", back="b")
    made = [new_card(content, deck=deck, channel_id=1, at=START + number / 1_000) for number in range(5_000)]
    await desk.cards.add_cards(made)
    desk.now += 60
    began = time.perf_counter()
    await desk.begin()
    for _ in range(NEW_PER_DAY):
        await desk.presses("turn", later=1)
        await desk.presses("knew", later=1)
        shown = await desk.presses("next", later=1)
    assert time.perf_counter() - began < 20  # some 15 ms a press; a full scan of all of it would take minutes
    assert "20 right, 0 not." in shown
    counts = await desk.review_store.counts(MINJI, None, desk.now)
    assert (counts.due, counts.new) == (0, 0)
    assert (await desk.review_store.counts(MINJI, None, START + DAY)).new == NEW_PER_DAY


async def test_an_exercise_given_up_becomes_one_card_however_often_it_is_told(store: Store) -> None:
    desk = Desk(store)
    outcome = ExerciseOutcome(
        exercise_id="e1",
        student_id=MINJI,
        guild_id=3,
        channel_id=4,
        locale="en",
        outcome="given_up",
        topic="linear equations",
        problem="2x = 6",
        answer="3",
        solution="Halve it.",
        hints_used=2,
        hint_count=3,
        tries=1,
        seconds=30.0,
        ended_at=START,
    )
    exercises = FinishedExercises(store)
    for told in (outcome, outcome, replace(outcome, exercise_id="e2", outcome="solved", topic=None)):
        await exercises.ended(told)
    results = await ResultStore(store).of_student(MINJI, 0)
    assert sorted((each.source_id, each.right, each.hints, each.topic) for each in results) == [
        ("e1", False, 2, "linear equations"),
        ("e2", True, 2, ""),
    ]
    desk.now += DAY
    assert "2x = 6" in await desk.begin()
    assert "End" not in await desk.presses("stop")
    card = await desk.cards.card_of(MINJI, "exercise:e1")
    assert card is not None
    assert card.schedule.last_review == START
    assert await desk.cards.card_of(MINJI, "exercise:e2") is None


async def test_formulas_and_pictures_of_cards_are_shown_with_their_sides(store: Store) -> None:
    desk = Desk(store, png=b"\x89PNG\r\n\x1a\n")
    number = "a" * 32
    await CardPictures(store).add(MINJI, {number: b"\x89PNG\r\n\x1a\n"})
    front = f"Differentiate\n\n$$\\frac{{1}}{{x}}$$\n\n{reference(number)}"
    await desk.keeps(FlashContent(front=front, back="$$-\\frac{1}{x^2}$$"))
    desk.now += 60
    await desk.begin()
    assert all(name.startswith("front-") for name in desk.files)
    assert len(desk.files) == 2
    await desk.presses("turn")
    assert len(desk.files) == 3
    await desk.presses("knew")
    assert len(desk.files) == 3
    desk.png = None
    assert "x" in await desk.presses(f"grade:{EASY}")
    assert len(desk.files) == 1  # what cannot be drawn is text


def reference(number: str) -> str:
    """How a card refers to its picture."""
    return f"![a triangle](picture:{number})"


@pytest.mark.parametrize(
    "content",
    [
        FlashContent(front="*가" * 5_000, back="_b\n" * 3_000),
        ExerciseContent(problem="p " * 5_000, answer="a*" * 5_000, solution="s\n" * 5_000),
        ChoiceContent(
            question="q" * 1_500, choices=("c" * 400, "d" * 400, "e" * 400), answer=1, explanation="x" * 1_000
        ),
    ],
)
async def test_cards_of_thousands_of_characters_fit_in_a_message(store: Store, content: Content) -> None:
    desk = Desk(store, checked=None)
    citation = Citation(file="f" * 500, place="p" * 500, passage="w" * 2_000, link=f"https://discord.com/{60 * '1'}")
    await desk.keeps(content, topic="t" * 500, citation=citation)
    desk.now += 60
    assert len(await desk.begin()) < 4_000
    if isinstance(content, ChoiceContent):
        shown = await desk.presses("answer:0")
    else:
        desk.typed = "y" * 5_000 if isinstance(content, ExerciseContent) else None
        assert len(await desk.presses("type" if desk.typed else "turn")) < 4_000
        desk.typed = None
        shown = await desk.presses("missed")
    assert len(shown) < 4_000
