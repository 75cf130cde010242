"""Checks of what is refused, and how: an error's status and its JSON."""

from conformance.checks.assistants import shared_assistant
from conformance.checks.registry import check
from conformance.checks.runs import QUESTION, completed_run, run_ids, waiting_run
from conformance.checks.threads import new_thread
from conformance.trial import Trial, text

ERRORS = "Errors"
UNKNOWN = "unknown_123"


@check(ERRORS, "wrong key", "401")
async def wrong_key(trial: Trial) -> None:
    """A request with another key is refused."""
    await trial.refused([401, 403], "listAssistants", key="wrong-key")


@check(ERRORS, "unknown ids", "404")
async def unknown_ids(trial: Trial) -> None:
    """What is not there is not found; the message names it."""
    thread = text(await new_thread(trial), "id")
    asked = {
        "getAssistant": (UNKNOWN,),
        "getThread": (UNKNOWN,),
        "getMessage": (thread, UNKNOWN),
        "getRun": (thread, UNKNOWN),
        "retrieveFile": (UNKNOWN,),
        "getVectorStore": (UNKNOWN,),
    }
    for operation, ids in asked.items():
        error = await trial.refused([404], operation, *ids)
        message = str(error.get("message"))
        trial.require(f"$.error.message ({operation})", UNKNOWN in message, f"the id {UNKNOWN}", message)


@check(ERRORS, "invalid requests", "400")
async def invalid_requests(trial: Trial) -> None:
    """A missing model, a boolean in metadata, no content, an unknown tool, a limit out of range."""
    model = trial.model
    for body in (
        {"name": "no model"},
        {"model": model, "metadata": {"modified": True}},
        {"model": model, "tools": [{"type": "telepathy"}]},
        {"model": model, "temperature": 3},
    ):
        await trial.refused([400], "createAssistant", body=body)
    thread = text(await new_thread(trial), "id")
    await trial.refused([400], "createMessage", thread, body={"role": "user"})
    await trial.refused([400], "createMessage", thread, body={"role": "narrator", "content": "Once."})
    await trial.refused([400], "listAssistants", query={"limit": 1000})
    await trial.refused([404, 400], "createRun", thread, body={"assistant_id": UNKNOWN})


@check(ERRORS, "an active run", "400")
async def an_active_run(trial: Trial) -> None:
    """While a run waits its thread takes no message and no second run; outputs are for its calls alone."""
    run = await waiting_run(trial)
    thread, run_id = run_ids(run)
    assistant = await shared_assistant(trial)
    await trial.refused([400], "createMessage", thread, body={"role": "user", "content": QUESTION})
    await trial.refused([400], "createRun", thread, body={"assistant_id": assistant.get("id")})
    wrong = {"tool_outputs": [{"tool_call_id": "call_unknown", "output": "?"}]}
    await trial.refused([400], "submitToolOuputsToRun", thread, run_id, body=wrong)
    await trial.call("cancelRun", thread, run_id)
    await trial.until(lambda body: body.get("status") == "cancelled", "getRun", thread, run_id)
    await trial.call("createMessage", thread, body={"role": "user", "content": QUESTION})


@check(ERRORS, "an ended run", "400")
async def an_ended_run(trial: Trial) -> None:
    """A run that has ended is not cancelled and takes no outputs."""
    ids = run_ids(await completed_run(trial))
    await trial.refused([400], "cancelRun", *ids)
    body = {"tool_outputs": [{"tool_call_id": "call_1", "output": "?"}]}
    await trial.refused([400], "submitToolOuputsToRun", *ids, body=body)
