"""Checks of the operations on assistants."""

from conformance.checks.registry import expect_deleted, expect_echo, expect_fields, expect_pages, operation_check
from conformance.trial import JSON, Trial, text

FUNCTION: JSON = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "The weather in a city.",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string"}},
            "required": ["city"],
            "additionalProperties": False,
        },
    },
}
INSTRUCTIONS = "You are a helpful assistant. Answer in one short sentence."


async def new_assistant(trial: Trial, **fields: object) -> JSON:
    """Make an assistant."""
    body = {"model": trial.model, "instructions": INSTRUCTIONS, **fields}
    made = await trial.call("createAssistant", body=body)
    trial.made("deleteAssistant", text(made, "id"))
    return made


async def shared_assistant(trial: Trial) -> JSON:
    """The assistant that checks of other things use."""
    return await trial.shared("an assistant", lambda: new_assistant(trial))


@operation_check("Assistants")
async def create_assistant(trial: Trial) -> None:
    """What was sent comes back, and what was not has its default."""
    fields: JSON = {
        "name": "Conformance",
        "description": "Made by a conformance check.",
        "tools": [FUNCTION, {"type": "code_interpreter"}],
        "metadata": {"purpose": "check"},
    }
    made = await new_assistant(trial, **fields)
    expect_echo(trial, "$", fields, made)
    expect_fields(trial, made, {"object": "assistant", "instructions": INSTRUCTIONS, "model": trial.model})
    bare = await new_assistant(trial)
    expect_fields(trial, bare, {"name": None, "description": None, "tools": [], "metadata": {}})
    trial.require(
        "$.response_format", bare.get("response_format") in ("auto", None), '"auto"', bare.get("response_format")
    )


@operation_check("Assistants")
async def get_assistant(trial: Trial) -> None:
    """It is as it was made."""
    made = await shared_assistant(trial)
    expect_fields(trial, await trial.call("getAssistant", text(made, "id")), made)


@operation_check("Assistants")
async def modify_assistant(trial: Trial) -> None:
    """What is sent changes and is kept; the rest stays."""
    made = await new_assistant(trial, name="Before", metadata={"a": "1"}, tools=[FUNCTION])
    changes: JSON = {"name": "After", "metadata": {"b": "2"}}
    expected = {key: value for key, value in {**made, **changes}.items() if key != "metadata"}
    changed = await trial.call("modifyAssistant", text(made, "id"), body=changes)
    expect_fields(trial, changed, expected)
    metadata = changed.get("metadata")
    trial.expect("$.metadata.b", "2", metadata.get("b") if isinstance(metadata, dict) else None)
    expect_fields(trial, await trial.call("getAssistant", text(made, "id")), changed)


@operation_check("Assistants")
async def list_assistants(trial: Trial) -> None:
    """The newest come first; pages follow one another."""
    made = [text(await new_assistant(trial), "id") for _ in range(3)]
    await expect_pages(trial, "listAssistants", made=made, get=["getAssistant"])


@operation_check("Assistants")
async def delete_assistant(trial: Trial) -> None:
    """It is gone afterwards."""
    id_ = text(await new_assistant(trial), "id")
    expect_deleted(trial, await trial.call("deleteAssistant", id_), id_, "assistant.deleted")
    await trial.refused([404], "getAssistant", id_)
