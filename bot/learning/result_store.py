"""The store of results: what a student answered, right or wrong, in quizzes, exercises and reviews."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, Final, Literal

from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.learning.tables import StudyResultRow
from bot.store.base import table_of
from bot.store.store import Store

_RESULTS = table_of(StudyResultRow)
_SET_REPORTED: Final = (
    update(_RESULTS)
    .where(
        _RESULTS.c.student_id == bindparam("by"),
        _RESULTS.c.source == bindparam("from_source"),
        _RESULTS.c.source_id == bindparam("of"),
        _RESULTS.c.number == bindparam("nth"),
    )
    .values(reported=bindparam("to"))
)


@dataclass(frozen=True, slots=True)
class StudyResult:
    """One student's result in a question, an exercise, or a review of a card; `at` is in seconds since the epoch."""

    student_id: int
    source: Literal["quiz", "exercise", "card"]
    source_id: str
    number: int
    guild_id: int
    channel_id: int
    topic: str
    right: bool
    seconds: float | None
    at: float
    hints: int = 0
    reported: bool = False


def add_result_statement(dialect: str) -> Any:
    """The statement that adds a result (`result_row`); one that is there already stays as it is."""
    insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
    return insert(_RESULTS).on_conflict_do_nothing()


def result_row(result: StudyResult) -> dict[str, Any]:
    """The row of `study_results`."""
    return asdict(result)


class ResultStore:
    """Named reads and writes of results."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._add = add_result_statement(store.dialect)

    async def add(self, results: Sequence[StudyResult]) -> None:
        """Store results; those that are there already stay as they are."""
        if results:
            await self._store.write(*((self._add, result_row(result)) for result in results))

    async def of_student(self, student_id: int, since: float) -> Sequence[StudyResult]:
        """A student's results since then that were not reported, oldest first."""
        query = select(*(_RESULTS.c[each.name] for each in fields(StudyResult)))
        query = query.where(_RESULTS.c.student_id == student_id, _RESULTS.c.at >= since, _RESULTS.c.reported.is_(False))
        return [StudyResult(*row) for row in await self._store.read(query.order_by(_RESULTS.c.at))]

    async def set_reported(
        self, student_id: int, source: str, source_id: str, number: int, *, reported: bool = True
    ) -> None:
        """The student reported the question as wrong, or took that back: its result counts no more, or again."""
        values = {"by": student_id, "from_source": source, "of": source_id, "nth": number, "to": reported}
        await self._store.write((_SET_REPORTED, values))
