"""Mending: a question whose key did not stand goes back to the model, alone and with the reason."""

import json
from typing import Any, Final

from bot.conversations.separate_runs import SeparateRun, SeparateRuns
from bot.quizzes.arguments.function_schema import FUNCTION
from bot.quizzes.arguments.parsing import QuizError, parse_quiz
from bot.quizzes.arguments.quiz import QuizQuestion
from bot.quizzes.checks.second_solve import Place, ask

_QUESTION: Final = FUNCTION["parameters"]["properties"]["questions"]["items"]
MEND: Final[dict[str, Any]] = {
    "name": "mend_question",
    "description": "Give the whole question as it is to be asked, mended. Without choices it is left out.",
    "parameters": {**_QUESTION, "required": []},
}
INSTRUCTIONS: Final = (
    "You wrote a question of a quiz, and its check did not come out with your key. Work it out carefully once more, "
    "then call mend_question with the whole question: with the right key and a new explanation if the key was wrong, "
    "or with other words, numbers or choices so that exactly one choice is right beyond doubt. Keep its language, its "
    "topic and its difficulty. If it cannot be mended, call mend_question with an empty list of choices."
)


async def mended(runs: SeparateRuns, question: QuizQuestion, reason: str, place: Place) -> QuizQuestion | None:
    """The question as the model mends it; None if it gives none that can be asked."""
    fields = question.model_dump(include={"question_text", "choices", "answer", "explanation", "topic", "passage"})
    told = json.dumps({name: value for name, value in fields.items() if value is not None}, ensure_ascii=False)
    message = f"The question:\n{told}\n\nWhat is wrong: {reason}"
    asked = SeparateRun(MEND, INSTRUCTIONS, message, with_files=place.from_files, like_thread=place.thread_id)
    arguments = await ask(runs, asked, place)
    if arguments is None:
        return None
    try:
        quiz = parse_quiz(json.dumps({"title": "mended", "questions": [arguments]}))
    except QuizError:
        return None
    new = quiz.questions[0]
    return None if new.answer is None else new
