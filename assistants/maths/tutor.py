"""A conversation's next answer."""

from typing import Any

from assistants.maths.equations import solve_equation
from assistants.maths.nodes import Rel
from assistants.maths.questions import read
from assistants.maths.words import Language, language
from assistants.maths.wording import Wording


def reply(messages: list[list[str]]) -> dict[str, Any]:
    """The answer to the last of `messages`, pairs of role and text."""
    text = messages[-1][1] if messages else ""
    spoken: Language = next((found for _, said in reversed(messages) if (found := language(said))), "en")
    wording = Wording(spoken)
    answers = [
        wording.solution(solve_equation(question.nodes[0], question.var))
        for question in read(text).questions
        if isinstance(question.nodes[0], Rel)
    ]
    return {"text": "\n\n".join(answers) or wording.say("lost")}
