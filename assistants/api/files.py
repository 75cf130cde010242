"""The endpoints of /files."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Annotated, Any, Literal
from urllib.parse import quote

from fastapi import APIRouter, Query, Request, Response
from openai.types import FilePurpose
from sqlalchemy import ColumnElement, or_
from starlette.responses import FileResponse, StreamingResponse

from assistants.api.json_body import json_response
from assistants.api.multipart import PartData, PartStart, read_multipart
from assistants.api.pagination import PageQuery, read_page
from assistants.errors import InvalidRequestError, NotFoundError
from assistants.json_objects import deleted_object, file_object
from assistants.retrieval.blobs import Upload
from assistants.services import ServicesDep
from assistants.store.files import File

PURPOSES = FilePurpose.__args__  # type: ignore[attr-defined]
BYTES = "application/octet-stream"
MAX_FIELD = 1024
"""Bytes of a field other than the file; the rest is dropped."""

MAX_TURN = 200
"""Characters of the header `X-Turn` that count."""

router = APIRouter(prefix="/files", tags=["Files"])

_UPLOAD = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file", "purpose"],
                    "properties": {
                        "file": {"type": "string", "format": "binary"},
                        "purpose": {"type": "string", "enum": list(PURPOSES)},
                        "expires_after[anchor]": {"type": "string", "enum": ["created_at"]},
                        "expires_after[seconds]": {"type": "integer", "minimum": 3600, "maximum": 2592000},
                    },
                }
            }
        },
    }
}


@router.post("", operation_id="createFile", openapi_extra=_UPLOAD)
async def create(request: Request, services: ServicesDep) -> Response:
    """Upload a file.

    The header `X-Turn: group/person`, an addition of ours, says on whose turn the file is indexed: groups take turns,
    and the people within a group. Other servers do not look at it.
    """
    async with services.retrieval.files.blobs.receive() as upload:
        fields, name = await _receive(request, upload)
        lifetime = _lifetime(fields)
        turn = request.headers.get("x-turn", "")[:MAX_TURN] or None
        row = await services.retrieval.files.keep(upload, name, purpose=_purpose(fields), lifetime=lifetime, turn=turn)
    return json_response(file_object(row))


@router.get("", operation_id="listFiles")
async def list_all(
    services: ServicesDep,
    purpose: str | None = None,
    limit: Annotated[int, Query(ge=1, le=10_000)] = 10_000,
    order: Literal["asc", "desc"] = "desc",
    after: str | None = None,
) -> Response:
    """List files."""
    filters: list[ColumnElement[bool]] = [or_(File.expires_at.is_(None), File.expires_at > services.now())]
    if purpose is not None:
        filters.append(File.purpose == purpose.replace("\0", ""))
    async with services.store.read() as session:
        page = await read_page(session, File, PageQuery(limit, order, after), filters=filters, noun="file")
    return json_response(page.list_object(file_object))


@router.get("/{file_id}", operation_id="retrieveFile")
async def retrieve(file_id: str, services: ServicesDep) -> Response:
    """Retrieve a file's object."""
    return json_response(file_object(await services.retrieval.files.find(file_id)))


@router.get("/{file_id}/content", operation_id="downloadFile", response_class=FileResponse)
async def download(file_id: str, request: Request, services: ServicesDep) -> Response:
    """Retrieve a file's bytes."""
    files = services.retrieval.files
    row = await files.find(file_id)
    headers = {
        "content-disposition": f"attachment; filename*=utf-8''{quote(row.filename, safe='')}",
        "x-content-type-options": "nosniff",
    }
    path = files.path(row)
    if path is not None and "range" in request.headers:
        if not path.exists():
            raise NotFoundError.of("file", file_id)
        return FileResponse(path, media_type=BYTES, headers=headers)
    chunks = files.chunks(row)
    first = await anext(chunks)  # what is wrong is said before the response begins

    async def body() -> AsyncIterator[bytes]:
        async with aclosing(chunks):
            yield first
            async for chunk in chunks:
                yield chunk

    return StreamingResponse(body(), media_type=BYTES, headers={**headers, "content-length": str(row.bytes)})


@router.delete("/{file_id}", operation_id="deleteFile")
async def remove(file_id: str, services: ServicesDep) -> Response:
    """Delete a file, also from all vector stores."""
    await services.retrieval.files.delete(file_id)
    return json_response(deleted_object(file_id, "file"))


async def _receive(request: Request, upload: Upload) -> tuple[dict[str, str], str]:
    """Write the form's `file` to disk; return the other fields and the file's name."""
    values: dict[str, bytearray] = {}
    name: str | None = None
    current: bytearray | None = None
    async for event in read_multipart(request):
        match event:
            case PartStart("file", filename):
                if name is not None:
                    raise InvalidRequestError("Only one file can be uploaded at a time.", param="file")
                name, current = filename or "upload", None
            case PartStart(field, _):
                current = values[field] = bytearray()
            case PartData(data) if current is None:
                await upload.write(data)
            case PartData(data):
                assert current is not None
                current += data[: MAX_FIELD - len(current)]
    if name is None:
        raise InvalidRequestError.missing("file")
    return {field: bytes(value).decode("utf-8", "replace") for field, value in values.items()}, name


def _purpose(fields: dict[str, str]) -> str:
    purpose = fields.get("purpose")
    if purpose is None:
        raise InvalidRequestError.missing("purpose")
    if purpose not in PURPOSES:
        names = ", ".join(f"'{name}'" for name in PURPOSES)
        raise InvalidRequestError(
            f"Invalid value: {purpose!r}. Supported values are: {names}.", param="purpose", code="invalid_value"
        )
    return purpose


def _lifetime(fields: dict[str, str]) -> int | None:
    """Seconds until the file expires, from the SDK's `expires_after[anchor]` and `expires_after[seconds]`."""
    anchor, seconds = fields.get("expires_after[anchor]"), fields.get("expires_after[seconds]")
    if anchor is None and seconds is None:
        return None
    if anchor != "created_at":
        raise _invalid("expires_after.anchor", "'created_at'", anchor)
    if seconds is None or not seconds.isascii() or not seconds.isdigit() or not 3600 <= int(seconds) <= 2592000:
        raise _invalid("expires_after.seconds", "an integer from 3600 to 2592000", seconds)
    return int(seconds)


def _invalid(name: str, expected: str, got: Any) -> InvalidRequestError:
    return InvalidRequestError(
        f"Invalid value for '{name}': expected {expected}, but got {got!r}.", param=name, code="invalid_value"
    )
