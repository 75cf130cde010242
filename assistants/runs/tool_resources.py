"""`tool_resources` and attachments of requests: checks the files and vector stores they name, and makes new ones."""

from collections.abc import Mapping, Sequence
from typing import Any

from assistants.errors import InvalidRequestError
from assistants.retrieval.retrieval import Retrieval

THREAD_STORE_EXPIRES_AFTER = {"anchor": "last_active_at", "days": 7}
"""When a vector store that is made for a thread's attachments expires.

https://platform.openai.com/docs/assistants/tools/file-search
"""


async def resolve(retrieval: Retrieval, given: Mapping[str, Any] | None) -> dict[str, Any]:
    """`tool_resources` as they are stored: what they name is checked, and their `vector_stores` are made.

    Raises:
        ApiError: something named does not exist.
    """
    resolved: dict[str, Any] = {}
    code, search = (given or {}).get("code_interpreter"), (given or {}).get("file_search")
    if code is not None:
        file_ids = list(code.get("file_ids", ()))
        await retrieval.require_files(file_ids)
        resolved["code_interpreter"] = {"file_ids": file_ids}
    if search is not None:
        ids = list(search.get("vector_store_ids", ()))
        wanted = search.get("vector_stores", ())
        if ids and wanted:
            raise InvalidRequestError(
                "Give either 'vector_store_ids' or 'vector_stores', not both.", param="tool_resources.file_search"
            )
        await retrieval.require_vector_stores(ids)
        ids += [await retrieval.create_vector_store(params) for params in wanted]
        resolved["file_search"] = {"vector_store_ids": ids}
    return resolved


async def attach(
    retrieval: Retrieval, tool_resources: Mapping[str, Any], attachments: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """A thread's `tool_resources` with `attachments` added, each for the tools that it names.

    Raises:
        ApiError: a file does not exist.
    """
    await retrieval.require_files([attachment["file_id"] for attachment in attachments])
    resources = {name: dict(value) for name, value in tool_resources.items()}
    if files := _files_for("code_interpreter", attachments):
        known = resources.get("code_interpreter", {}).get("file_ids", [])
        resources["code_interpreter"] = {"file_ids": list(dict.fromkeys([*known, *files]))}
    if files := _files_for("file_search", attachments):
        stores = resources.get("file_search", {}).get("vector_store_ids", [])
        if stores:
            await retrieval.add_files(stores[0], files)
        else:
            params = {"file_ids": files, "expires_after": THREAD_STORE_EXPIRES_AFTER}
            resources["file_search"] = {"vector_store_ids": [await retrieval.create_vector_store(params)]}
    return resources


def _files_for(tool: str, attachments: Sequence[Mapping[str, Any]]) -> list[str]:
    return [
        attachment["file_id"]
        for attachment in attachments
        if any(entry["type"] == tool for entry in attachment.get("tools", ()))
    ]
