"""From the results of finished quizzes to what a student keeps: results by topic, and a card of each missed question.

The table of quizzes' results is the log that this reads: what it has not taken in yet, it takes in, whenever a quiz
ends and whenever the student looks. So nothing is lost where the bot ends in between, and nothing counts twice.
"""

import hashlib
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Row, exists, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.learning.card import Card, ChoiceContent, Citation, Deck, Schedule, mistakes_deck_id
from bot.learning.card_store import CardStore, card_row, deck_row
from bot.learning.result_store import ResultStore, StudyResult, add_result_statement, result_row
from bot.learning.reviews.review_store import Review, review_row
from bot.learning.reviews.scheduling import AGAIN, reviewed
from bot.learning.tables import CardReviewRow, CardRow, DeckRow, StudyResultRow
from bot.quizzes.arguments.quiz import Quiz, QuizQuestion
from bot.quizzes.storage.quiz_records import QuizRecord
from bot.quizzes.storage.tables import QuizReportRow, QuizResultRow, QuizRow
from bot.store.base import now, table_of
from bot.store.group_commit import Statement
from bot.store.store import Store

_QUIZ_RESULTS, _QUIZZES = table_of(QuizResultRow), table_of(QuizRow)
_RESULTS, _REPORTS = table_of(StudyResultRow), table_of(QuizReportRow)
LONGEST_TOPIC: Final = 100


class FinishedQuizzes:
    """Takes in the results of quizzes."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._results, self._cards = ResultStore(store), CardStore(store)
        dialect = sqlite if store.dialect == "sqlite" else postgresql
        self._add_result = add_result_statement(store.dialect)
        self._add_deck = dialect.insert(table_of(DeckRow)).on_conflict_do_nothing()
        self._add_card = dialect.insert(table_of(CardRow)).on_conflict_do_nothing()
        self._add_review = dialect.insert(table_of(CardReviewRow)).on_conflict_do_nothing()

    async def take_in(self, student_id: int) -> None:
        """Keep the results of a student's quizzes that are not kept yet. The quiz must say the right answer."""
        taken = exists().where(
            _RESULTS.c.student_id == _QUIZ_RESULTS.c.student_id,
            _RESULTS.c.source == "quiz",
            _RESULTS.c.source_id == _QUIZ_RESULTS.c.quiz_id,
            _RESULTS.c.number == _QUIZ_RESULTS.c.question,
        )
        columns = (*_QUIZ_RESULTS.c, _QUIZZES.c.quiz, _QUIZZES.c.channel_id)
        query = select(*columns).join_from(_QUIZ_RESULTS, _QUIZZES, _QUIZZES.c.id == _QUIZ_RESULTS.c.quiz_id)
        query = query.where(_QUIZ_RESULTS.c.student_id == student_id, _QUIZ_RESULTS.c.right.is_not(None), ~taken)
        rows = await self._store.read(query.order_by(_QUIZ_RESULTS.c.finished_at, _QUIZ_RESULTS.c.question))
        quizzes: dict[str, Quiz] = {}
        for row in rows:
            if row.quiz_id not in quizzes:
                quizzes[row.quiz_id] = Quiz.model_validate_json(row.quiz)
            question = quizzes[row.quiz_id].questions[row.question]
            await self._store.write(*self._statements(_result_of(row, question), question))
        await self._take_in_reports(student_id)

    async def _take_in_reports(self, student_id: int) -> None:
        """Leave out what the student reported as wrong, where nobody was told: the bot ended in between."""
        of_result = (
            _RESULTS.c.student_id == _REPORTS.c.student_id,
            _RESULTS.c.source == "quiz",
            _RESULTS.c.source_id == _REPORTS.c.quiz_id,
            _RESULTS.c.number == _REPORTS.c.question,
            _RESULTS.c.reported.is_(False),
        )
        query = select(_REPORTS.c.quiz_id, _REPORTS.c.question).where(_REPORTS.c.student_id == student_id)
        for row in await self._store.read(query.where(exists().where(*of_result))):
            await self._leave_out(student_id, row.quiz_id, row.question)

    async def _leave_out(self, student_id: int, quiz_id: str, question: int) -> None:
        await self._results.set_reported(student_id, "quiz", quiz_id, question)
        await self._cards.set_origin_hidden(student_id, quiz_origin(quiz_id, question), hidden=True)

    async def finished(self, record: QuizRecord) -> None:
        """A quiz has ended: keep the results of everybody who played."""
        for student in {record.session.host, *record.session.responses}:
            await self.take_in(student)

    async def reported(self, record: QuizRecord, student: int, index: int) -> None:
        """A student has reported a question as wrong: their result counts no more, and its card comes back no more.

        Of a quiz that is not over there is no result yet; then one is kept that counts nowhere.
        """
        await self.take_in(student)
        response = record.session.response(student, index)
        result = StudyResult(
            student_id=student,
            source="quiz",
            source_id=record.id,
            number=index,
            guild_id=record.guild_id,
            channel_id=record.channel_id,
            topic="",
            right=False,
            seconds=None if response is None else response.seconds,
            at=_seconds(now()),
            reported=True,
        )
        await self._results.add([result])
        await self._leave_out(student, record.id, index)

    async def answered(self, record: QuizRecord, student: int, index: int) -> None:
        """A student has answered a question: where right and wrong were told at once, that is kept at once, so that it
        is not lost if the quiz is never finished.
        """
        session = record.session
        response = session.response(student, index)
        if response is None or not session.told(index):
            return
        question = session.quiz.questions[index]
        result = StudyResult(
            student_id=student,
            source="quiz",
            source_id=record.id,
            number=index,
            guild_id=record.guild_id,
            channel_id=record.channel_id,
            topic=topic_of(question, record.topic),
            right=response.choice == question.answer,
            seconds=response.seconds,
            at=response.at,
        )
        await self._store.write(*self._statements(result, question))

    def _statements(self, result: StudyResult, question: QuizQuestion) -> list[Statement]:
        statements: list[Statement] = [(self._add_result, result_row(result))]
        if not result.right:
            card, review = missed_card(result, question)
            deck = Deck(card.deck_id, card.owner_id, 0, "mistakes", "", result.at)
            statements += [
                (self._add_deck, deck_row(deck)),
                (self._add_card, card_row(card)),
                (self._add_review, review_row(card, review)),
            ]
        return statements


def topic_of(question: QuizQuestion, quiz_topic: str) -> str:
    """The topic that the model gives a question or, without one, that of its quiz."""
    return (question.topic or quiz_topic)[:LONGEST_TOPIC]


def _result_of(row: Row[Any], question: QuizQuestion) -> StudyResult:
    """A result from its row among those of quizzes."""
    return StudyResult(
        student_id=row.student_id,
        source="quiz",
        source_id=row.quiz_id,
        number=row.question,
        guild_id=row.guild_id,
        channel_id=row.channel_id,
        topic=topic_of(question, row.topic),
        right=row.chosen == row.right,
        seconds=row.seconds,
        at=_seconds(row.finished_at),
    )


def missed_card(result: StudyResult, question: QuizQuestion) -> tuple[Card, Review]:
    """The card of a missed question, and the miss as its review number 0: it was not known then."""
    assert question.answer is not None
    origin = quiz_origin(result.source_id, result.number)
    before = Schedule(due=result.at)
    content = ChoiceContent(
        question=question.question_text,
        choices=question.choices,
        answer=question.answer,
        explanation=question.explanation,
        checked=question.checked,
        slips={index: slip for index, slip in enumerate(question.slips) if slip},
    )
    found = question.citation
    citation = None
    if found is not None:
        citation = Citation(file=found.file, page=found.page, link=found.url or "", passage=question.passage or "")
    card = Card(
        id=hashlib.sha256(f"{result.student_id}:{origin}".encode()).hexdigest()[:16],
        deck_id=mistakes_deck_id(result.student_id),
        owner_id=result.student_id,
        guild_id=result.guild_id,
        channel_id=result.channel_id,
        content=content,
        topic=result.topic,
        origin=origin,
        created_at=result.at,
        schedule=reviewed(before, AGAIN, result.at),
        citation=citation,
    )
    return card, Review(card.id, 0, AGAIN, right=False, seconds=result.seconds, at=result.at, before=before)


def quiz_origin(quiz_id: str, question: int | str = "") -> str:
    """The origin of a quiz's question; without a question, how the origins of all of them begin."""
    return f"quiz:{quiz_id}:{question:02}" if isinstance(question, int) else f"quiz:{quiz_id}:"


def _seconds(moment: datetime) -> float:
    """Seconds since the epoch of a time in UTC; SQLite gives times back without their zone."""
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
