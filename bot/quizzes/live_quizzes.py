"""The quizzes in memory; the others are read back from the store when somebody presses a button."""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from typing import Final

from bot.quizzes.live_quiz import LiveQuiz, Timers
from bot.quizzes.storage.quiz_records import QuizRecord
from bot.quizzes.storage.quiz_store import QuizStore

REMEMBERED: Final = 500
"""Quizzes kept in memory."""


class LiveQuizzes:
    """Finds quizzes, and keeps those that were pressed last. A quiz is in memory once at most."""

    def __init__(self, quiz_store: QuizStore, timers: Timers) -> None:
        self._quiz_store = quiz_store
        self._timers = timers
        self._quizzes: OrderedDict[str, LiveQuiz] = OrderedDict()
        self._loading: dict[str, asyncio.Task[LiveQuiz | None]] = {}

    def in_memory(self) -> Sequence[LiveQuiz]:
        """The quizzes that are in memory now."""
        return list(self._quizzes.values())

    async def find(self, quiz_id: str) -> LiveQuiz | None:
        """The quiz with that id, from memory or from the store."""
        if (quiz := self._quizzes.get(quiz_id)) is not None:
            self._quizzes.move_to_end(quiz_id)
            return quiz
        loading = self._loading.get(quiz_id)
        if loading is None:
            loading = self._loading[quiz_id] = asyncio.create_task(self._load(quiz_id))
            loading.add_done_callback(lambda _: self._loading.pop(quiz_id, None))
        return await asyncio.shield(loading)

    def remember(self, record: QuizRecord) -> LiveQuiz:
        """Keep a quiz; idle ones make room for it."""
        quiz = self._quizzes[record.id] = LiveQuiz(record, self._timers)
        if len(self._quizzes) > REMEMBERED:
            for old in list(self._quizzes.values())[: REMEMBERED // 10]:
                if old.is_idle:
                    del self._quizzes[old.record.id]
        return quiz

    def forget(self, quiz: LiveQuiz) -> None:
        """Drop a quiz that is not as it is stored."""
        quiz.stop()
        if self._quizzes.get(quiz.record.id) is quiz:
            del self._quizzes[quiz.record.id]

    async def _load(self, quiz_id: str) -> LiveQuiz | None:
        record = await self._quiz_store.get(quiz_id)
        return None if record is None else self.remember(record)
