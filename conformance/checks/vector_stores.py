"""Checks of the operations on vector stores, their files and their batches of files."""

from typing import Any

from conformance.checks.files import CONTENT, NAME, new_file, shared_file
from conformance.checks.registry import expect_deleted, expect_fields, expect_pages, operation_check
from conformance.trial import JSON, Trial, items, text

STORES, FILES, BATCHES = "Vector stores", "Files of vector stores", "Batches of files"
COUNTED = ("in_progress", "completed", "failed", "cancelled")


async def new_store(trial: Trial, **fields: Any) -> JSON:
    """Make a vector store."""
    made = await trial.call("createVectorStore", body=fields)
    trial.made("deleteVectorStore", text(made, "id"))
    return made


async def filled_store(trial: Trial) -> JSON:
    """The vector store that checks of other things use: the shared file has been read into it."""

    async def make() -> JSON:
        file = await shared_file(trial)
        store = await new_store(trial, name="Conformance", file_ids=[file.get("id")])
        return await trial.until(_is_read, "getVectorStore", text(store, "id"))

    return await trial.shared("a vector store with a file", make)


def _is_read(store: JSON) -> bool:
    counts = store.get("file_counts")
    return isinstance(counts, dict) and bool(counts.get("total")) and not counts.get("in_progress")


def expect_counts(trial: Trial, counts: Any, **expected: int) -> None:
    """Note where the counts of files are not as they should be."""
    if isinstance(counts, dict):
        for key, value in expected.items():
            trial.expect(f"$.file_counts.{key}", value, counts.get(key))
        total = sum(int(counts[key]) for key in COUNTED if isinstance(counts.get(key), int))
        trial.expect("$.file_counts.total", total, counts.get("total"))


@operation_check(STORES)
async def create_vector_store(trial: Trial) -> None:
    """What was sent comes back; an empty one is completed."""
    expiry: JSON = {"anchor": "last_active_at", "days": 7}
    made = await new_store(trial, name="Conformance", metadata={"a": "1"}, expires_after=expiry)
    expect_fields(trial, made, {"object": "vector_store", "name": "Conformance", "metadata": {"a": "1"}})
    expect_fields(trial, made, {"expires_after": expiry, "status": "completed", "usage_bytes": 0})
    active, until = made.get("last_active_at"), made.get("expires_at")
    if isinstance(active, int):
        trial.expect("$.expires_at", active + 7 * 86_400, until)
    expect_counts(trial, made.get("file_counts"), total=0)


@operation_check(STORES)
async def get_vector_store(trial: Trial) -> None:
    """It counts the file that has been read into it."""
    store = await filled_store(trial)
    found = await trial.call("getVectorStore", text(store, "id"))
    expect_fields(trial, found, {"id": store.get("id"), "name": "Conformance", "status": "completed"})
    expect_counts(trial, found.get("file_counts"), completed=1, total=1)
    size = found.get("usage_bytes")
    trial.require("$.usage_bytes", isinstance(size, int) and size > 0, "more than 0", size)


@operation_check(STORES)
async def modify_vector_store(trial: Trial) -> None:
    """What is sent changes and is kept; the rest stays."""
    made = await new_store(trial, name="Before")
    changed = await trial.call("modifyVectorStore", text(made, "id"), body={"name": "After", "metadata": {"b": "2"}})
    expected = {**made, "name": "After", "metadata": {"b": "2"}}
    expect_fields(trial, changed, {key: value for key, value in expected.items() if key != "last_active_at"})
    found = await trial.call("getVectorStore", text(made, "id"))
    expect_fields(trial, found, {"name": "After", "metadata": {"b": "2"}})


@operation_check(STORES)
async def list_vector_stores(trial: Trial) -> None:
    """The newest come first; pages follow one another."""
    made = [text(await new_store(trial), "id") for _ in range(3)]
    await expect_pages(trial, "listVectorStores", made=made, get=["getVectorStore"])


@operation_check(STORES)
async def delete_vector_store(trial: Trial) -> None:
    """It is gone afterwards, and its files are not."""
    file = await shared_file(trial)
    id_ = text(await new_store(trial, file_ids=[file.get("id")]), "id")
    expect_deleted(trial, await trial.call("deleteVectorStore", id_), id_, "vector_store.deleted")
    await trial.refused([404], "getVectorStore", id_)
    await trial.call("retrieveFile", text(file, "id"))


@operation_check(STORES)
async def search_vector_store(trial: Trial) -> None:
    """A question is answered by the passage that speaks of it."""
    store, file = await filled_store(trial), await shared_file(trial)
    body = {"query": "What colour is the lighthouse of Hallasan painted?"}
    found = await trial.call("searchVectorStore", text(store, "id"), body=body)
    expect_fields(trial, found, {"object": "vector_store.search_results.page"})
    results = items(found)
    if not results:
        raise trial.fail("$.data", "a passage", found.get("data"))
    expect_fields(trial, results[0], {"file_id": file.get("id"), "filename": NAME})
    score = results[0].get("score")
    trial.require("$.data[0].score", isinstance(score, int | float) and 0 <= score <= 1, "from 0 to 1", score)
    said = " ".join(str(part.get("text")) for part in items(results[0], "content"))
    trial.require("$.data[0].content[*].text", "turquoise" in said, "the passage", said)


@operation_check(FILES)
async def create_vector_store_file(trial: Trial) -> None:
    """A file is read into a vector store, with its attributes."""
    store, file = await new_store(trial), await shared_file(trial)
    body: JSON = {"file_id": file.get("id"), "attributes": {"year": 2026, "kind": "note"}}
    made = await trial.call("createVectorStoreFile", text(store, "id"), body=body)
    expected: JSON = {"id": file.get("id"), "object": "vector_store.file", "vector_store_id": store.get("id")}
    expect_fields(trial, made, {**expected, "attributes": body["attributes"]})
    ids = text(store, "id"), text(file, "id")
    read = await trial.until(lambda found: found.get("status") != "in_progress", "getVectorStoreFile", *ids)
    expect_fields(trial, read, {"status": "completed", "last_error": None})


@operation_check(FILES)
async def get_vector_store_file(trial: Trial) -> None:
    """It has been read, and how it was cut is told."""
    store, file = await filled_store(trial), await shared_file(trial)
    found = await trial.call("getVectorStoreFile", text(store, "id"), text(file, "id"))
    expected: JSON = {"id": file.get("id"), "vector_store_id": store.get("id"), "status": "completed"}
    expect_fields(trial, found, {**expected, "last_error": None})


@operation_check(FILES)
async def list_vector_store_files(trial: Trial) -> None:
    """The newest come first; pages follow one another; other statuses are left out."""
    store = await new_store(trial)
    made = []
    for number in range(3):
        file = await new_file(trial, name=f"{number}.txt")
        await trial.call("createVectorStoreFile", text(store, "id"), body={"file_id": file.get("id")})
        made.append(text(file, "id"))
    await trial.until(lambda found: not _is_being_read(found), "listVectorStoreFiles", text(store, "id"))
    get = ["getVectorStoreFile", text(store, "id")]
    await expect_pages(trial, "listVectorStoreFiles", text(store, "id"), made=made, get=get)
    failed = await trial.call("listVectorStoreFiles", text(store, "id"), query={"filter": "failed"})
    trial.expect("$.data (filter=failed)", [], failed.get("data"))


def _is_being_read(listed: JSON) -> bool:
    return any(file.get("status") == "in_progress" for file in items(listed))


@operation_check(FILES)
async def update_vector_store_file_attributes(trial: Trial) -> None:
    """Its attributes are replaced and kept."""
    store, file = await new_store(trial), await shared_file(trial)
    body = {"file_id": file.get("id"), "attributes": {"year": 2025}}
    await trial.call("createVectorStoreFile", text(store, "id"), body=body)
    ids = text(store, "id"), text(file, "id")
    changes = {"attributes": {"year": 2026}}
    changed = await trial.call("updateVectorStoreFileAttributes", *ids, body=changes)
    expect_fields(trial, changed, {**changes, "id": file.get("id"), "vector_store_id": store.get("id")})
    found = await trial.call("getVectorStoreFile", *ids)
    expect_fields(trial, found, {key: changed.get(key) for key in ("attributes", "chunking_strategy", "created_at")})


@operation_check(FILES)
async def retrieve_vector_store_file_content(trial: Trial) -> None:
    """The text that was read out of it."""
    store, file = await filled_store(trial), await shared_file(trial)
    found = await trial.call("retrieveVectorStoreFileContent", text(store, "id"), text(file, "id"))
    parts = items(found)
    said = " ".join(str(part.get("text")) for part in parts)
    trial.expect("$.data[*].text (white space left out)", CONTENT.decode().split(), said.split())
    trial.expect("$.data[*].type", ["text"], sorted({str(part.get("type")) for part in parts}))


@operation_check(FILES)
async def delete_vector_store_file(trial: Trial) -> None:
    """It leaves the vector store; the file itself stays."""
    file = await shared_file(trial)
    store = text(await new_store(trial, file_ids=[file.get("id")]), "id")
    id_ = text(file, "id")
    expect_deleted(trial, await trial.call("deleteVectorStoreFile", store, id_), id_, "vector_store.file.deleted")
    await trial.refused([404], "getVectorStoreFile", store, id_)
    await trial.call("retrieveFile", id_)


async def new_batch(trial: Trial, *, files: int = 3) -> tuple[JSON, list[str]]:
    """Make a batch of new files in a new vector store; the batch and the files' ids."""
    store = await new_store(trial)
    ids = [text(await new_file(trial, name=f"{number}.txt"), "id") for number in range(files)]
    batch = await trial.call("createVectorStoreFileBatch", text(store, "id"), body={"file_ids": ids})
    expect_fields(trial, batch, {"vector_store_id": store.get("id")})
    return batch, ids


async def read_batch(trial: Trial) -> JSON:
    """The batch that checks of other things use, with its files under `made`."""

    async def make() -> JSON:
        batch, files = await new_batch(trial)
        ids = text(batch, "vector_store_id"), text(batch, "id")
        done = await trial.until(lambda body: body.get("status") != "in_progress", "getVectorStoreFileBatch", *ids)
        return {**done, "made": files}

    return await trial.shared("a batch of files", make)


@operation_check(BATCHES)
async def create_vector_store_file_batch(trial: Trial) -> None:
    """Its files are counted."""
    batch, _ = await new_batch(trial, files=2)
    expect_fields(trial, batch, {"object": "vector_store.files_batch"})
    expect_counts(trial, batch.get("file_counts"), total=2)


@operation_check(BATCHES)
async def get_vector_store_file_batch(trial: Trial) -> None:
    """All of its files have been read."""
    batch = await read_batch(trial)
    found = await trial.call("getVectorStoreFileBatch", text(batch, "vector_store_id"), text(batch, "id"))
    expect_fields(trial, found, {"id": batch.get("id"), "status": "completed"})
    expect_counts(trial, found.get("file_counts"), completed=3, total=3)


@operation_check(BATCHES)
async def list_files_in_vector_store_batch(trial: Trial) -> None:
    """The newest come first; pages follow one another."""
    batch = await read_batch(trial)
    ids = text(batch, "vector_store_id"), text(batch, "id")
    get = ["getVectorStoreFile", ids[0]]
    await expect_pages(trial, "listFilesInVectorStoreBatch", *ids, made=batch["made"], get=get)


@operation_check(BATCHES)
async def cancel_vector_store_file_batch(trial: Trial) -> None:
    """A batch that is being read is cancelled; one that has been read is told as it is, or refused."""
    batch, _ = await new_batch(trial)
    ids = text(batch, "vector_store_id"), text(batch, "id")
    cancelled = await trial.call("cancelVectorStoreFileBatch", *ids, or_refused=400)
    if "error" in cancelled:
        return
    expect_fields(trial, cancelled, {"id": batch.get("id"), "object": "vector_store.files_batch"})
    expect_counts(trial, cancelled.get("file_counts"), total=3)
    ended = await trial.until(lambda body: body.get("status") != "in_progress", "getVectorStoreFileBatch", *ids)
    expect_counts(trial, ended.get("file_counts"), total=3)
