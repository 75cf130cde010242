"""The quizzes in memory; the others are read back from the store when somebody presses a button."""

from collections.abc import Callable, Sequence

from bot.quizzes.live_quiz import LiveQuiz, Timers
from bot.quizzes.storage.quiz_records import QuizRecord
from bot.quizzes.storage.quiz_store import QuizStore
from bot.store.live_records import LiveRecords


class LiveQuizzes:
    """Finds quizzes, and keeps those that were pressed last. A quiz is in memory once at most, in the one process that
    serves its guild (`owns`).
    """

    def __init__(self, quiz_store: QuizStore, timers: Timers, owns: Callable[[int], bool]) -> None:
        self._quiz_store = quiz_store
        self._owns = owns
        self._timers = timers
        self._quizzes = LiveRecords(self._load)

    def in_memory(self) -> Sequence[LiveQuiz]:
        """The quizzes that are in memory now."""
        return self._quizzes.in_memory()

    async def find(self, quiz_id: str) -> LiveQuiz | None:
        """The quiz with that id, from memory or from the store."""
        quiz = await self._quizzes.find(quiz_id)
        if quiz is not None and not self._owns(quiz.record.guild_id):
            self.forget(quiz)  # another process may change it
        return quiz

    def remember(self, record: QuizRecord) -> LiveQuiz:
        """Keep a quiz; idle ones make room for it."""
        return self._quizzes.keep(record.id, LiveQuiz(record, self._timers))

    def forget(self, quiz: LiveQuiz) -> None:
        """Drop a quiz that is not as it is stored."""
        quiz.stop()
        self._quizzes.forget(quiz.record.id, quiz)

    async def _load(self, quiz_id: str) -> LiveQuiz | None:
        record = await self._quiz_store.get(quiz_id)
        return None if record is None else LiveQuiz(record, self._timers)
