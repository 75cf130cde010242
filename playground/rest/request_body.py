"""Reading a request's body: JSON, or a form with `payload_json` and files."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final
from urllib.parse import parse_qsl

import orjson
from starlette import requests

from playground.errors import ApiError, InvalidFormBody, request_too_large
from playground.uploads import Upload

Json = dict[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]

MAX_REQUEST_SIZE: Final = 25 * 1024 * 1024
"""Bytes of one request; Discord takes 10 MiB for each file in a server without boosts."""


async def read_body(
    scope: MutableMapping[str, Any], receive: Receive, headers: dict[str, str]
) -> tuple[Any, dict[str, Upload]]:
    """Return the JSON of a body, None when there is no body, and the files by their form field."""
    if int(headers.get("content-length") or 0) > MAX_REQUEST_SIZE:
        raise request_too_large()
    if scope["method"] in {"GET", "HEAD"}:
        return None, {}
    content_type = headers.get("content-type", "")
    if content_type.startswith("multipart/form-data"):
        return await _read_multipart(scope, receive)
    raw = await _read_bytes(receive)
    if not raw:
        return None, {}
    if content_type.startswith("application/x-www-form-urlencoded"):
        form = dict(parse_qsl(raw.decode(errors="replace")))
        return (_loads(form["payload_json"].encode()) if "payload_json" in form else form), {}
    if not content_type.startswith("application/json"):
        words = "Expected \"Content-Type\" header to be one of {'application/json', 'multipart/form-data'}."
        raise InvalidFormBody({"_errors": [{"code": "CONTENT_TYPE_INVALID", "message": words}]})
    return _loads(raw), {}


async def _read_bytes(receive: Receive) -> bytes:
    chunks, size = [], 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ApiError(400, 0, "400: Bad Request")
        chunk = message.get("body", b"")
        size += len(chunk)
        chunks.append(chunk)
        if size > MAX_REQUEST_SIZE:
            raise request_too_large()
        if not message.get("more_body"):
            return b"".join(chunks)


async def _read_multipart(scope: MutableMapping[str, Any], receive: Receive) -> tuple[Any, dict[str, Upload]]:
    body: Any = None
    files: dict[str, Upload] = {}
    other_fields: Json = {}
    async with requests.Request(scope, receive).form(max_part_size=MAX_REQUEST_SIZE) as form:
        for name, value in form.multi_items():
            if not isinstance(value, str):
                data = await value.read()
                if sum(len(each.data) for each in files.values()) + len(data) > MAX_REQUEST_SIZE:
                    raise request_too_large()
                files[name] = Upload(value.filename or "unknown", value.content_type, data)
            elif name == "payload_json":
                body = _loads(value.encode())
            else:
                other_fields[name] = value
    return body if body is not None else other_fields, files


def _loads(raw: bytes) -> Any:
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError:
        raise ApiError(400, 50109, "The request body contains invalid JSON.") from None
