"""Missed questions of quizzes become cards: each once, for whoever missed it."""

from collections.abc import Sequence
from dataclasses import replace

from bot.learning.card import Card, ChoiceContent, Schedule, mistakes_deck_id
from bot.learning.card_store import CardStore
from bot.learning.progress.progress_store import ProgressStore
from bot.learning.result_store import ResultStore, StudyResult
from bot.learning.reviews.finished_quizzes import FinishedQuizzes, quiz_origin
from bot.learning.reviews.review_store import ReviewStore
from bot.quizzes.arguments.quiz import Citation as FileCitation
from bot.quizzes.arguments.quiz import QuizQuestion
from bot.quizzes.session.events import Controlled, Moved, Sent, Ticked
from bot.quizzes.session.quiz_session import Phase
from bot.quizzes.storage.quiz_records import QuizRecord
from bot.quizzes.storage.quiz_store import QuizStore
from bot.quizzes.storage.report_store import ReportPlace, ReportStore
from bot.store.store import Store
from tests.bot.quizzes.storage.test_quiz_store import opened, play, press


async def results_of(store: Store, student: int) -> list[tuple[str, int, bool]]:
    found: Sequence[StudyResult] = await ResultStore(store).of_student(student, 0)
    return [(each.source_id, each.number, each.right) for each in found]


async def cards_of(store: Store, student: int) -> Sequence[Card]:
    return await CardStore(store).cards_in(mistakes_deck_id(student), student)


def right_choice(record: QuizRecord, question: int) -> int:
    answer = record.session.quiz.questions[question].answer
    assert answer is not None
    return answer


def wrong_choice(record: QuizRecord, question: int) -> int:
    return 1 - min(right_choice(record, question), 1)


async def played_alone(store: Store, **changes: object) -> QuizRecord:
    """A quiz of three questions: the first right, the second wrong, the third skipped."""
    records, record = QuizStore(store), opened(**changes)  # type: ignore[arg-type]
    await records.add(record)
    first, second = press(0, right_choice(record, 0)), press(1, wrong_choice(record, 1), at=1_010.0)
    return await play(records, record, first, second, Moved(1, 3, 1_020.0), Sent(1, 1_021.0))


async def test_alone_what_was_wrong_or_skipped_becomes_a_card_and_nothing_twice(store: Store) -> None:
    record = await played_alone(store)
    finished = FinishedQuizzes(store)
    for _ in range(2):
        await finished.finished(record)
    assert sorted(await results_of(store, 1)) == [(record.id, 0, True), (record.id, 1, False), (record.id, 2, False)]
    cards = await cards_of(store, 1)
    assert [card.origin for card in cards] == [quiz_origin(record.id, 1), quiz_origin(record.id, 2)]
    question = record.session.quiz.questions[1]
    assert isinstance(cards[0].content, ChoiceContent)
    assert (cards[0].content.question, cards[0].content.answer) == (question.question_text, question.answer)
    assert (cards[0].guild_id, cards[0].channel_id) == (7, record.channel_id)
    review = await ReviewStore(store).review_of(cards[0].id, 0)
    assert review is not None
    assert (review.rating, review.right) == (1, False)
    assert cards[0].schedule.due == cards[0].schedule.last_review + 60  # type: ignore[operator]


async def test_in_a_group_each_player_keeps_their_own_misses(store: Store) -> None:
    records, record = QuizStore(store), opened("together", guild=9)
    await records.add(record)
    right, wrong = right_choice(record, 0), wrong_choice(record, 0)
    answers = [press(0, right, 1), press(0, wrong, 2), press(0, wrong, 3)]
    end = Controlled(1, moderator=False, action="end", question=0, at=1_005.0)
    record = await play(records, record, *answers, end)
    await FinishedQuizzes(store).finished(record)
    assert [len(await cards_of(store, student)) for student in (1, 2, 3)] == [0, 1, 1]
    mine, other = await cards_of(store, 2), await cards_of(store, 3)
    assert mine[0].id != other[0].id
    assert await results_of(store, 1) == [(record.id, 0, True)]


async def test_in_a_group_what_closed_unanswered_is_missed_by_those_who_were_there(store: Store) -> None:
    records, record = QuizStore(store), opened("together", guild=9)
    await records.add(record)
    closed, deadline = [], record.session.deadline or 0.0
    for _ in range(2 * record.session.count - 1):
        closed.append(Ticked(deadline))
        deadline += 60.0
    answers = [press(0, right_choice(record, 0), 1), press(0, right_choice(record, 0), 2)]
    late = press(1, right_choice(record, 1), 3, at=(record.session.deadline or 0.0) + 61.0)
    record = await play(records, record, *answers, closed[0], closed[1], late, *closed[2:])
    assert record.session.phase is Phase.FINISHED
    await FinishedQuizzes(store).finished(record)
    assert await results_of(store, 1) == [(record.id, 0, True), (record.id, 1, False), (record.id, 2, False)]
    assert [card.origin for card in await cards_of(store, 3)] == [quiz_origin(record.id, 2)]


async def test_what_is_told_at_once_is_kept_though_the_quiz_is_never_finished(store: Store) -> None:
    records, record = QuizStore(store), opened()
    checked = [each.model_copy(update={"checked": "algebra"}) for each in record.session.quiz.questions]
    quiz = record.session.quiz.model_copy(update={"questions": tuple(checked)})
    record = replace(record, session=replace(record.session, quiz=quiz, feedback="each"))
    await records.add(record)
    finished = FinishedQuizzes(store)
    record = await play(records, record, press(0, wrong_choice(record, 0)))
    await finished.answered(record, 1, 0)
    await finished.answered(record, 1, 0)
    assert await results_of(store, 1) == [(record.id, 0, False)]
    assert [card.schedule.last_review for card in await cards_of(store, 1)] == [1_001.5]
    record = await play(records, record, Moved(1, 3, 1_020.0), Sent(1, 1_021.0))
    await finished.finished(record)
    assert len(await results_of(store, 1)) == 3
    assert len(await cards_of(store, 1)) == 3


async def test_an_answer_that_can_still_be_changed_is_not_kept(store: Store) -> None:
    records, record = QuizStore(store), opened()
    await records.add(record)
    record = await play(records, record, press(0, wrong_choice(record, 0)))
    await FinishedQuizzes(store).answered(record, 1, 0)
    await FinishedQuizzes(store).answered(record, 1, 2)  # no answer at all
    assert await results_of(store, 1) == []


async def test_what_is_reported_as_wrong_counts_nowhere_before_and_after_the_end(store: Store) -> None:
    finished = FinishedQuizzes(store)
    record = await played_alone(store)
    await finished.reported(record, 1, 1)
    assert sorted(await results_of(store, 1)) == [(record.id, 0, True), (record.id, 2, False)]
    assert await ReviewStore(store).missed_in(1, quiz_origin(record.id)) == [(await cards_of(store, 1))[1].id]
    unfinished = opened(topic="limits")
    await QuizStore(store).add(unfinished)
    await finished.reported(unfinished, 1, 0)
    ended = await play(QuizStore(store), unfinished, press(0, 0), Moved(1, 3, 1_020.0), Sent(1, 1_021.0))
    await finished.finished(ended)
    assert (unfinished.id, 0) not in [each[:2] for each in await results_of(store, 1)]
    assert await CardStore(store).card_of(1, quiz_origin(unfinished.id, 0)) is None


async def test_a_report_that_nobody_was_told_of_is_found_when_the_student_looks(store: Store) -> None:
    finished = FinishedQuizzes(store)
    record = await played_alone(store)
    await finished.finished(record)
    await ReportStore(store).add(record, 1, 1, ReportPlace(record.channel_id))
    await finished.take_in(1)
    assert sorted(await results_of(store, 1)) == [(record.id, 0, True), (record.id, 2, False)]
    assert [card.hidden for card in await cards_of(store, 1)] == [True, False]


async def test_a_question_without_its_answer_is_no_result(store: Store) -> None:
    record = opened()
    questions = (*record.session.quiz.questions[:2], _without_answer(record.session.quiz.questions[2]))
    quiz = record.session.quiz.model_copy(update={"questions": questions})
    record = replace(record, session=replace(record.session, quiz=quiz))
    await QuizStore(store).add(record)
    record = await play(QuizStore(store), record, press(2, 0), Moved(1, 3, 1_020.0), Sent(1, 1_021.0))
    await FinishedQuizzes(store).finished(record)
    assert [number for _, number, _ in await results_of(store, 1)] == [0, 1]


def _without_answer(question: QuizQuestion) -> QuizQuestion:
    return question.model_copy(update={"answer": None})


async def test_the_models_topic_goes_before_that_of_the_quiz_and_its_slips_and_passage_are_kept(store: Store) -> None:
    record = opened(topic="anything")
    first = record.session.quiz.questions[0]
    more = {"topic": "분수", "slips": ("sign lost",) * len(first.choices), "source": "made up.pdf", "passage": "half"}
    found_in = FileCitation(file="a.pdf", page=3, url="https://discord.com/channels/1/2/3")
    questions = (first.model_copy(update={**more, "citation": found_in}), *record.session.quiz.questions[1:])
    quiz = record.session.quiz.model_copy(update={"questions": questions})
    record = replace(record, session=replace(record.session, quiz=quiz))
    await QuizStore(store).add(record)
    record = await play(QuizStore(store), record, Moved(1, 3, 1_020.0), Sent(1, 1_021.0))
    await FinishedQuizzes(store).finished(record)
    found = await CardStore(store).card_of(1, quiz_origin(record.id, 0))
    assert found is not None
    assert found.topic == "분수"
    assert isinstance(found.content, ChoiceContent)
    assert found.content.slips[0] == "sign lost"
    assert found.citation is not None
    assert found.citation.passage == "half"
    assert (found.citation.file, found.citation.page, found.citation.link) == ("a.pdf", 3, found_in.url)
    other = await CardStore(store).card_of(1, quiz_origin(record.id, 1))
    assert other is not None
    assert (other.topic, other.citation) == ("anything", None)


async def test_deletion_leaves_others_alone_and_nothing_comes_back(store: Store) -> None:
    mine, other = await played_alone(store), await played_alone(store)
    assert mine.id != other.id
    finished, progress = FinishedQuizzes(store), ProgressStore(store)
    await finished.finished(mine)
    records, shared = QuizStore(store), opened("together")
    await records.add(shared)
    end = Controlled(1, moderator=False, action="end", question=0, at=1_005.0)
    shared = await play(
        records, shared, press(0, wrong_choice(shared, 0), 1), press(0, wrong_choice(shared, 0), 2), end
    )
    await finished.finished(shared)
    kept = await progress.kept_of(1)
    assert (kept.results, kept.cards, kept.decks, kept.reviews) == (7, 5, 1, 5)
    await progress.delete_all_of(1)
    await finished.take_in(1)
    assert not (await progress.kept_of(1)).anything
    assert len(await cards_of(store, 2)) == 1


async def test_what_is_remembered_can_be_asked_for_one_server_alone(store: Store) -> None:
    finished, progress = FinishedQuizzes(store), ProgressStore(store)
    await finished.finished(await played_alone(store, guild=7))
    await finished.finished(await played_alone(store, guild=8))
    at = 4_000_000_000.0
    assert len(await progress.memories(1, at, 7)) == len(await progress.memories(1, at, 8)) == 2
    assert [(each.recall, each.due) for each in await progress.memories(1, at)] == [(None, True)] * 4  # never known
    card = (await cards_of(store, 1))[0]
    known = replace(card, id="known", origin="o", schedule=Schedule(at + 1, 2, None, 5.0, 5.0, at - 5 * 86_400))
    await CardStore(store).add_cards([known])
    remembered = [each for each in await progress.memories(1, at) if each.recall is not None]
    assert [(round(each.recall or 0, 2), each.due) for each in remembered] == [(0.9, False)]
    assert await progress.memories(1, at, 99) == []
    assert await progress.memories(2, at) == []
