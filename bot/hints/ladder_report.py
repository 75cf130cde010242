"""The output of a call of `give_help`: what the model is told of a ladder."""

import json
from typing import Any, Final, Literal

from bot.hints.ladder_session import LadderPhase, LadderSession

LadderStatus = Literal["completed", "unfinished", "cancelled"]

_ADVICE: Final = {
    LadderPhase.SOLVED: (
        "The student has solved it and sees the solution. Say in one or two sentences what was good about it, or what "
        "the wrong tries have in common; repeat neither problem nor solution."
    ),
    LadderPhase.SHOWN: (
        "The student has looked at the solution and sees it. Say in one or two sentences what to take along from it, "
        "and offer a similar exercise; repeat neither problem nor solution."
    ),
}
_UNFINISHED: Final = (
    "Someone wrote on before the exercise was done. Answer them without telling its answer or more than one step; what "
    "the student does comes in a message later."
)
_CANCELLED: Final = "The exercise was ended. Do not give it again, unless you are asked to."


def ladder_output(session: LadderSession, status: LadderStatus) -> str:
    """What the student did, as JSON: how it ended, hints seen, answers given, each with its verdict."""
    return json.dumps(_report(session, status), ensure_ascii=False)


def ladder_note(arguments: str, session: LadderSession) -> str:
    """A message that tells the model of a ladder whose call it was given no output for, or one that is out of date."""
    status: LadderStatus = "completed" if session.phase.done else "cancelled" if session.phase.over else "unfinished"
    how = {"completed": "is done", "cancelled": "was ended", "unfinished": "is still open"}[status]
    return (
        f"[results] give_help, called earlier with {arguments}, {how}; know it, and speak of it only when asked."
        f"\n\n{ladder_output(session, status)}"
    )


def _report(session: LadderSession, status: LadderStatus) -> dict[str, Any]:
    how = {LadderPhase.SOLVED: "solved", LadderPhase.SHOWN: "solution_shown", LadderPhase.ENDED: "ended"}
    advice = {"unfinished": _UNFINISHED, "cancelled": _CANCELLED}.get(status)
    return {
        "status": status,
        "outcome": how.get(session.phase, "open"),
        "hints_shown": session.hints_shown,
        "hints": len(session.help.hints),
        "tries": session.try_count,
        "answers": [{"answer": each.text, "verdict": each.verdict} for each in session.tries],
        "advice": advice or _ADVICE[session.phase],
    }
