"""What a quiz looks like at every moment: from its record to a Components V2 message. Nothing here sends anything."""

from bot.quizzes.screens.group_screens import group_screen, lobby, ranking_table
from bot.quizzes.screens.screen_parts import View, cancelled
from bot.quizzes.screens.solo_screens import solo_checking, solo_question, solo_results, solo_review
from bot.quizzes.session.quiz_session import Phase
from bot.quizzes.storage.quiz_records import QuizRecord


def screen(record: QuizRecord) -> View:
    """The message of a quiz in its present state. Of a group: that of the current question, or the table at the end."""
    session = record.session
    if session.phase is Phase.CANCELLED:
        return cancelled(record)
    if session.phase is Phase.LOBBY:
        return lobby(record)
    if session.mode == "together":
        return ranking_table(record) if session.phase is Phase.FINISHED else group_screen(record, session.position)
    match session.phase:
        case Phase.CHECKING:
            return solo_checking(record)
        case Phase.REVIEW:
            return solo_review(record)
        case Phase.FINISHED:
            return solo_results(record)
        case _:
            return solo_question(record)


def shown_question(record: QuizRecord) -> int:
    """The index of the question whose message is the current one. Of a group every question has a message of its own;
    the first question takes the lobby's, and the table at the end counts as one question more. Solo it is always 0.
    """
    session = record.session
    if session.mode == "solo":
        return 0
    return session.count if session.phase is Phase.FINISHED else session.position
