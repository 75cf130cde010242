"""`tool_resources` and attachments of requests: checks the files and vector stores they name, and makes new ones."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from assistants.errors import InvalidRequestError, NotFoundError
from assistants.json_objects import EMPTY_RESOURCES
from assistants.retrieval.retrieval import Retrieval

THREAD_STORE_EXPIRES_AFTER = {"anchor": "last_active_at", "days": 7}
"""When a vector store that is made for a thread's attachments expires.

https://platform.openai.com/docs/assistants/tools/file-search
"""

MOST_FILES: Final = 20
"""Files of `code_interpreter` on an assistant, and on a thread with what its messages bring."""


async def resolve(retrieval: Retrieval, given: Mapping[str, Any] | None) -> dict[str, Any]:
    """What `given` says of each tool: what it names is checked, and its `vector_stores` are made.

    Raises:
        ApiError: something named does not exist.
    """
    resolved: dict[str, Any] = {}
    code, search = (given or {}).get("code_interpreter"), (given or {}).get("file_search")
    if code is not None:
        resolved["code_interpreter"] = {}
        if "file_ids" in code:
            await retrieval.require_files(code["file_ids"])
            resolved["code_interpreter"] = {"file_ids": list(code["file_ids"])}
    if search is not None:
        ids = list(search.get("vector_store_ids", ()))
        wanted = search.get("vector_stores", ())
        if ids and wanted:
            raise InvalidRequestError(
                "Give either 'vector_store_ids' or 'vector_stores', not both.", param="tool_resources.file_search"
            )
        await retrieval.require_vector_stores(ids)
        ids += [await retrieval.create_vector_store(params) for params in wanted]
        said = ids or "vector_store_ids" in search
        resolved["file_search"] = {"vector_store_ids": ids} if said else {}
    return resolved


def merged(current: Mapping[str, Any], resolved: Mapping[str, Any]) -> dict[str, Any]:
    """`current` with what `resolved` says of some tools; the other tools keep theirs."""
    changed = {tool: {**EMPTY_RESOURCES[tool], **current.get(tool, {}), **said} for tool, said in resolved.items()}
    return {**current, **changed}


@dataclass(frozen=True, slots=True)
class Attached:
    """Attachments whose files were checked, and are in a vector store where they are to be searched.

    `made` is a vector store that was made for them, in place of the thread's `before`.
    """

    code_files: Sequence[str] = ()
    search_files: Sequence[str] = ()
    before: Sequence[str] = ()
    made: str | None = None

    def added_to(self, tool_resources: Mapping[str, Any]) -> dict[str, Any]:
        """The `tool_resources` of a thread, read in the transaction that changes them, with the attachments.

        Raises:
            InvalidRequestError: there would be too many files.
        """
        resources = dict(tool_resources)
        if self.code_files:
            known = resources.get("code_interpreter", {}).get("file_ids", [])
            file_ids = list(dict.fromkeys([*known, *self.code_files]))
            _require_room(file_ids)
            resources["code_interpreter"] = {"file_ids": file_ids}
        if self.made is not None and _stores(resources) == list(self.before):
            resources["file_search"] = {"vector_store_ids": [self.made]}
        return resources

    async def settle(self, retrieval: Retrieval, tool_resources: Mapping[str, Any]) -> None:
        """Move the files where another request has given the thread a vector store at the same time."""
        stores = _stores(tool_resources)
        if self.made is not None and self.made not in stores and await _added(retrieval, stores[0], self.search_files):
            await retrieval.vector_stores.delete(self.made)


async def attach(
    retrieval: Retrieval, tool_resources: Mapping[str, Any], attachments: Sequence[Mapping[str, Any]]
) -> Attached:
    """Prepare `attachments`, each for the tools that it names, for a thread with these `tool_resources`.

    Raises:
        ApiError: a file does not exist, or there would be too many.
    """
    attached = await require_attachable(retrieval, tool_resources, attachments)
    files = _files_for("file_search", attachments)
    if not files:
        return attached
    stores = _stores(tool_resources)
    if stores and await _added(retrieval, stores[0], files):
        return attached
    params = {"file_ids": files, "expires_after": THREAD_STORE_EXPIRES_AFTER}
    return Attached(attached.code_files, files, stores, await retrieval.create_vector_store(params))


async def require_attachable(
    retrieval: Retrieval, tool_resources: Mapping[str, Any], attachments: Sequence[Mapping[str, Any]]
) -> Attached:
    """Check `attachments` before anything is made for them; give back those for the code interpreter.

    Raises:
        ApiError: a file does not exist, or there would be too many.
    """
    await retrieval.require_files([attachment["file_id"] for attachment in attachments])
    attached = Attached(code_files=_files_for("code_interpreter", attachments))
    attached.added_to(tool_resources)
    return attached


async def _added(retrieval: Retrieval, store: str, files: Sequence[str]) -> bool:
    """Whether the vector store took the files; if not, it was deleted."""
    try:
        await retrieval.require_vector_stores([store])
    except NotFoundError:
        return False
    await retrieval.add_files(store, files)
    return True


def _require_room(file_ids: Sequence[str]) -> None:
    if len(file_ids) > MOST_FILES:
        raise InvalidRequestError(
            "Invalid 'tool_resources.code_interpreter.file_ids': array too long. Expected an array with maximum length"
            f" {MOST_FILES}, but got an array with length {len(file_ids)} instead.",
            param="tool_resources.code_interpreter.file_ids",
            code="array_above_max_length",
        )


def _stores(tool_resources: Mapping[str, Any]) -> list[str]:
    return list(tool_resources.get("file_search", {}).get("vector_store_ids", ()))


def _files_for(tool: str, attachments: Sequence[Mapping[str, Any]]) -> list[str]:
    return [
        attachment["file_id"]
        for attachment in attachments
        if any(entry["type"] == tool for entry in attachment.get("tools", ()))
    ]
