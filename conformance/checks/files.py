"""Checks of the operations on files."""

from conformance.checks.registry import expect_deleted, expect_fields, expect_pages, operation_check
from conformance.connection import Response
from conformance.trial import JSON, CheckSkippedError, Trial, items, text

CONTENT = b"The lighthouse of Hallasan is painted turquoise.\nIts keeper is called Seoyeon.\n"
NAME = "lighthouse.txt"


async def new_file(trial: Trial, *, name: str = NAME, purpose: str = "assistants") -> JSON:
    """Upload a file."""
    form = {"purpose": purpose, "file": (name, CONTENT, "text/plain")}
    made = await trial.call("createFile", form=form)
    trial.made("deleteFile", text(made, "id"))
    return made


async def shared_file(trial: Trial) -> JSON:
    """The file that checks of other things use."""
    return await trial.shared("a file", lambda: new_file(trial))


@operation_check("Files")
async def create_file(trial: Trial) -> None:
    """Its name, size and purpose come back."""
    made = await new_file(trial, name="바다 2026.txt")
    expected: JSON = {"object": "file", "filename": "바다 2026.txt", "bytes": len(CONTENT), "purpose": "assistants"}
    expect_fields(trial, made, expected)


@operation_check("Files")
async def retrieve_file(trial: Trial) -> None:
    """It is as it was made."""
    made = await shared_file(trial)
    found = await trial.call("retrieveFile", text(made, "id"))
    expect_fields(trial, found, {key: value for key, value in made.items() if not key.startswith("status")})


@operation_check("Files")
async def list_files(trial: Trial) -> None:
    """The newest come first; pages follow one another; other purposes are left out."""
    made = [text(await new_file(trial, name=f"{number}.txt"), "id") for number in range(3)]
    await expect_pages(trial, "listFiles", made=made, get=["retrieveFile"], before=False)
    listed = await trial.call("listFiles", query={"purpose": "assistants", "limit": 10})
    purposes = {str(file.get("purpose")) for file in items(listed)}
    trial.expect("$.data[*].purpose (purpose=assistants)", ["assistants"], sorted(purposes))


@operation_check("Files")
async def download_file(trial: Trial) -> None:
    """The bytes are those that were sent; a server may keep files of the purpose `assistants` to itself."""
    made = await shared_file(trial)
    response: Response = await trial.send("downloadFile", text(made, "id"))
    if response.status in {400, 403}:
        raise CheckSkippedError("The server gives no files of the purpose assistants back, as OpenAI's does not.")
    trial.expect("status", 200, response.status)
    sent = f"the {len(CONTENT)} bytes that were sent"
    trial.require("body", response.content == CONTENT, sent, len(response.content))


@operation_check("Files")
async def delete_file(trial: Trial) -> None:
    """It is gone afterwards."""
    id_ = text(await new_file(trial), "id")
    expect_deleted(trial, await trial.call("deleteFile", id_), id_, "file")
    await trial.refused([404], "retrieveFile", id_)
