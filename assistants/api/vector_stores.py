"""The endpoints of /vector_stores, with their files, file batches and search."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, cast

from fastapi import APIRouter, Depends, Response
from openai.types import vector_store_create_params, vector_store_search_params, vector_store_update_params
from openai.types.vector_stores import file_batch_create_params, file_create_params, file_update_params
from sqlalchemy import ColumnElement
from sqlalchemy.ext.asyncio import AsyncSession

from assistants.api import field_limits
from assistants.api.json_body import POLL_SOON, Body, Params, json_response
from assistants.api.pagination import Page, PageQuery, page_query, read_page
from assistants.errors import InvalidRequestError
from assistants.json_objects import deleted_object, file_batch_object, vector_store_file_object, vector_store_object
from assistants.retrieval.attribute_filters import check
from assistants.retrieval.vector_store_search import SearchResult
from assistants.retrieval.vector_stores import FileToAdd, counts_of
from assistants.services import Services, ServicesDep
from assistants.store.base import Resource
from assistants.store.files import find_file
from assistants.store.vector_stores import (
    FileBatch,
    VectorStore,
    VectorStoreFile,
    find_batch,
    find_vector_store,
    find_vector_store_file,
)

CREATE = Body(vector_store_create_params.VectorStoreCreateParams, limits=field_limits.NEW_VECTOR_STORE)
UPDATE = Body(vector_store_update_params.VectorStoreUpdateParams, limits=field_limits.VECTOR_STORE)
SEARCH = Body(
    vector_store_search_params.VectorStoreSearchParams,
    limits=field_limits.SEARCH,
    extra={"filters": object},  # the SDK's type has no filters within filters; `check` validates them
)
ADD_FILE = Body(file_create_params.FileCreateParams, limits=field_limits.VECTOR_STORE_FILE)
UPDATE_FILE = Body(file_update_params.FileUpdateParams, limits=field_limits.ATTRIBUTES, drop={"vector_store_id"})
ADD_BATCH = Body(file_batch_create_params.FileBatchCreateParams, limits=field_limits.FILE_BATCH)

FileStatus = Literal["in_progress", "completed", "failed", "cancelled"]

router = APIRouter(prefix="/vector_stores", tags=["Vector stores"])


@router.post("", operation_id="createVectorStore")
async def create(params: Annotated[Params, Depends(CREATE)], services: ServicesDep) -> Response:
    """Create a vector store."""
    row = await services.retrieval.vector_stores.create(params)
    return await _vector_store_response(services, row)


@router.get("", operation_id="listVectorStores")
async def list_all(query: Annotated[PageQuery, Depends(page_query)], services: ServicesDep) -> Response:
    """List vector stores."""
    async with services.store.read() as session:
        page = await read_page(session, VectorStore, query, noun="vector store")
        counts = await counts_of(session, VectorStoreFile.vector_store_id, [row.id for row in page.rows])
    return json_response(
        page.list_object(
            lambda row: vector_store_object(row, counts[row.id], expired=services.retrieval.vector_stores.expired(row))
        )
    )


@router.get("/{vector_store_id}", operation_id="getVectorStore")
async def retrieve(vector_store_id: str, services: ServicesDep) -> Response:
    """Retrieve a vector store."""
    return await _vector_store_response(services, await services.retrieval.vector_stores.find(vector_store_id))


@router.post("/{vector_store_id}", operation_id="modifyVectorStore")
async def modify(vector_store_id: str, params: Annotated[Params, Depends(UPDATE)], services: ServicesDep) -> Response:
    """Modify a vector store."""
    return await _vector_store_response(
        services, await services.retrieval.vector_stores.modify(vector_store_id, params)
    )


@router.delete("/{vector_store_id}", operation_id="deleteVectorStore")
async def remove(vector_store_id: str, services: ServicesDep) -> Response:
    """Delete a vector store; the files in it are not deleted."""
    await services.retrieval.vector_stores.delete(vector_store_id)
    return json_response(deleted_object(vector_store_id, "vector_store.deleted"))


@router.post("/{vector_store_id}/search", operation_id="searchVectorStore")
async def search(vector_store_id: str, params: Annotated[Params, Depends(SEARCH)], services: ServicesDep) -> Response:
    """Search a vector store."""
    queries = [params["query"]] if isinstance(params["query"], str) else params["query"]
    if not queries or not any(query.strip() for query in queries):
        raise InvalidRequestError("Invalid 'query': expected at least one that is not empty.", param="query")
    filters = params.get("filters")
    if filters is not None:
        check(filters)
    row = await services.retrieval.vector_stores.find(vector_store_id)
    if services.retrieval.vector_stores.expired(row):
        raise InvalidRequestError(f"Vector store '{vector_store_id}' has expired.", code="vector_store_expired")
    results = await services.retrieval.search.passages(
        row,
        queries[:20],
        limit=params.get("max_num_results", 10),
        threshold=params.get("ranking_options", {}).get("score_threshold", 0.0),
        filters=filters,
    )
    await services.retrieval.vector_stores.touch(row)
    return json_response(
        {
            "object": "vector_store.search_results.page",
            "search_query": queries,
            "data": [_search_result_object(result) for result in results],
            "has_more": False,
            "next_page": None,
        }
    )


@router.post("/{vector_store_id}/files", operation_id="createVectorStoreFile")
async def add_file(
    vector_store_id: str, params: Annotated[Params, Depends(ADD_FILE)], services: ServicesDep
) -> Response:
    """Put a file into a vector store; indexing goes on in the background."""
    file = _file_to_add(params)
    await services.retrieval.vector_stores.add_files(vector_store_id, [file])
    async with services.store.read() as session:
        return json_response(
            vector_store_file_object(await find_vector_store_file(session, vector_store_id, file.file_id))
        )


@router.get("/{vector_store_id}/files", operation_id="listVectorStoreFiles")
async def list_files(
    vector_store_id: str,
    query: Annotated[PageQuery, Depends(page_query)],
    services: ServicesDep,
    filter: FileStatus | None = None,  # noqa: A002 - the API's name
) -> Response:
    """List the files in a vector store."""
    async with services.store.read() as session:
        await find_vector_store(session, vector_store_id)
        page = await _file_page(session, query, vector_store_id, filter)
    return json_response(page.list_object(vector_store_file_object))


@router.get("/{vector_store_id}/files/{file_id}", operation_id="getVectorStoreFile")
async def retrieve_file(vector_store_id: str, file_id: str, services: ServicesDep) -> Response:
    """Retrieve a file in a vector store.

    While it is being read, `progress` says up to which page of how many; the Assistants API has no such field.
    """
    async with services.store.read() as session:
        row = await find_vector_store_file(session, vector_store_id, file_id)
    progress = services.retrieval.ingestion.progress(row.seq) if row.status == "in_progress" else None
    more = {} if progress is None else {"progress": {"page": progress[0], "pages": progress[1]}}
    return json_response(vector_store_file_object(row) | more, headers=POLL_SOON)


@router.post(
    "/{vector_store_id}/files/{file_id}",
    operation_id="updateVectorStoreFileAttributes",
)
async def update_file(
    vector_store_id: str, file_id: str, params: Annotated[Params, Depends(UPDATE_FILE)], services: ServicesDep
) -> Response:
    """Replace the attributes of a file in a vector store."""
    attributes = _checked_attributes(params["attributes"])
    return json_response(
        vector_store_file_object(
            await services.retrieval.vector_stores.set_attributes(vector_store_id, file_id, attributes)
        )
    )


@router.delete("/{vector_store_id}/files/{file_id}", operation_id="deleteVectorStoreFile")
async def remove_file(vector_store_id: str, file_id: str, services: ServicesDep) -> Response:
    """Remove a file from a vector store."""
    await services.retrieval.vector_stores.remove_file(vector_store_id, file_id)
    return json_response(deleted_object(file_id, "vector_store.file.deleted"))


@router.get("/{vector_store_id}/files/{file_id}/content", operation_id="retrieveVectorStoreFileContent")
async def retrieve_content(vector_store_id: str, file_id: str, services: ServicesDep) -> Response:
    """The text of a file in a vector store, in the chunks that it was cut into."""
    async with services.store.read() as session:
        row = await find_vector_store_file(session, vector_store_id, file_id)
        file = await find_file(session, file_id)
    texts = await services.retrieval.index.texts(row.seq) if row.status == "completed" else []
    return json_response(
        {
            "object": "vector_store.file_content.page",
            "file_id": file_id,
            "filename": file.filename,
            "attributes": row.attributes,
            "data": [{"type": "text", "text": text} for text in texts],
            "has_more": False,
            "next_page": None,
        }
    )


@router.post("/{vector_store_id}/file_batches", operation_id="createVectorStoreFileBatch")
async def add_batch(
    vector_store_id: str, params: Annotated[Params, Depends(ADD_BATCH)], services: ServicesDep
) -> Response:
    """Put several files into a vector store."""
    if ("file_ids" in params) == ("files" in params):
        raise InvalidRequestError("Give either 'file_ids' or 'files'.", param="file_ids")
    if "files" in params:
        files = [_file_to_add(file) for file in params["files"]]
    else:
        files = [_file_to_add({**params, "file_id": file_id}) for file_id in params["file_ids"]]
    row = await services.retrieval.vector_stores.add_files(vector_store_id, files, batch=True)
    assert row is not None
    return await _file_batch_response(services, row)


@router.get("/{vector_store_id}/file_batches/{batch_id}", operation_id="getVectorStoreFileBatch")
async def retrieve_batch(vector_store_id: str, batch_id: str, services: ServicesDep) -> Response:
    """Retrieve a batch."""
    async with services.store.read() as session:
        row = await find_batch(session, vector_store_id, batch_id)
    return await _file_batch_response(services, row)


@router.post("/{vector_store_id}/file_batches/{batch_id}/cancel", operation_id="cancelVectorStoreFileBatch")
async def cancel_batch(vector_store_id: str, batch_id: str, services: ServicesDep) -> Response:
    """Cancel a batch: its files that are not yet indexed are left out."""
    return await _file_batch_response(
        services, await services.retrieval.vector_stores.cancel_batch(vector_store_id, batch_id)
    )


@router.get("/{vector_store_id}/file_batches/{batch_id}/files", operation_id="listFilesInVectorStoreBatch")
async def list_batch_files(
    vector_store_id: str,
    batch_id: str,
    query: Annotated[PageQuery, Depends(page_query)],
    services: ServicesDep,
    filter: FileStatus | None = None,  # noqa: A002
) -> Response:
    """List the files of a batch."""
    async with services.store.read() as session:
        await find_batch(session, vector_store_id, batch_id)
        page = await _file_page(session, query, vector_store_id, filter, VectorStoreFile.batch_id == batch_id)
    return json_response(page.list_object(vector_store_file_object))


def _search_result_object(result: SearchResult) -> dict[str, Any]:
    """One result of a search. The page, where the file has pages, is not in the Assistants API."""
    page = {} if result.page is None else {"page": result.page}
    return {
        **page,
        "file_id": result.file_id,
        "filename": result.filename,
        "score": result.score,
        "attributes": result.attributes,
        "content": [{"type": "text", "text": result.text}],
    }


async def _vector_store_response(services: Services, row: VectorStore) -> Response:
    async with services.store.read() as session:
        counts = await counts_of(session, VectorStoreFile.vector_store_id, [row.id])
    return json_response(
        vector_store_object(row, counts[row.id], expired=services.retrieval.vector_stores.expired(row)),
        headers=POLL_SOON,
    )


async def _file_batch_response(services: Services, row: FileBatch) -> Response:
    async with services.store.read() as session:
        counts = await counts_of(session, VectorStoreFile.batch_id, [row.id])
    return json_response(file_batch_object(row, counts[row.id]), headers=POLL_SOON)


def _file_to_add(params: Mapping[str, Any]) -> FileToAdd:
    return FileToAdd.of(
        params["file_id"], _checked_attributes(params.get("attributes")), params.get("chunking_strategy")
    )


def _checked_attributes(attributes: Mapping[str, Any] | None) -> Mapping[str, Any]:
    for key, value in (attributes or {}).items():
        if isinstance(value, str) and len(value) > 512:
            message = f"Invalid 'attributes.{key}': string too long. Expected a string with maximum length 512."
            raise InvalidRequestError(message, param=f"attributes.{key}", code="string_above_max_length")
    return attributes or {}


async def _file_page(
    session: AsyncSession,
    query: PageQuery,
    vector_store_id: str,
    status: FileStatus | None,
    *filters: ColumnElement[bool],
) -> Page:
    """A page of vector store files, whose id in the API is the file's."""
    if status is not None:
        filters = (*filters, VectorStoreFile.status == status)
    table = cast("type[Resource]", VectorStoreFile)
    where = VectorStoreFile.vector_store_id == vector_store_id
    return await read_page(session, table, query, where, filters=filters, noun="file", list_id=vector_store_id)
