"""Files of endpoints that are passed on: a batch's input is here, its output is at the provider.

A program uploads the input with `files.create(purpose="batch")`, as it does all files, and names it in a new batch. The
provider is sent it then. What the provider makes of it is downloaded by its id, which no file here has.
"""

import re
from collections.abc import AsyncIterator
from secrets import token_hex
from typing import Any, Final
from urllib.parse import quote

import orjson

from assistants.errors import InvalidRequestError, NotFoundError
from assistants.models.reverse_proxy import ReverseProxy
from assistants.retrieval.files import Files
from assistants.store.files import File

_FILE: Final = re.compile(r"/v1/files/([^/]+)(?:/content)?")
PURPOSE: Final = "batch"
LONGEST_ANSWER: Final = 1 << 16


async def is_providers(files: Files, method: str, path: str) -> bool:
    """Whether a request asks for a file, or its content, that is not here."""
    asked = _FILE.fullmatch(path)
    if method != "GET" or asked is None:
        return False
    try:
        await files.find(asked[1])
    except NotFoundError:
        return True
    return False


async def with_providers_input(files: Files, proxy: ReverseProxy, body: dict[str, Any]) -> dict[str, Any]:
    """The body of a new batch, with the provider's id of its input where that is a file here.

    Raises:
        InvalidRequestError: the provider does not take the file.
        ProviderUnreachableError: the provider cannot be reached.
    """
    file_id = body.get("input_file_id")
    if not isinstance(file_id, str):
        return body
    try:
        file = await files.find(file_id)
    except NotFoundError:
        return body
    return {**body, "input_file_id": await _uploaded(files, proxy, file)}


async def _uploaded(files: Files, proxy: ReverseProxy, file: File) -> str:
    boundary = token_hex(16)
    name = quote(file.filename, safe=" ()[]{}!#$&+,;=@^_`~.-")
    head = (
        f'--{boundary}\r\ncontent-disposition: form-data; name="purpose"\r\n\r\n{PURPOSE}\r\n'
        f'--{boundary}\r\ncontent-disposition: form-data; name="file"; filename="{name}"\r\n'
        "content-type: application/octet-stream\r\n\r\n"
    ).encode()
    tail = f"\r\n--{boundary}--\r\n".encode()

    async def form() -> AsyncIterator[bytes]:
        yield head
        async for chunk in files.chunks(file):
            yield chunk
        yield tail

    headers = [
        (b"content-type", f"multipart/form-data; boundary={boundary}".encode()),
        (b"content-length", str(len(head) + file.bytes + len(tail)).encode()),
    ]
    async with proxy.open("POST", "/files", query="", headers=headers, body=form()) as response:
        answer = b""
        async for chunk in response.body:
            answer += chunk[: LONGEST_ANSWER - len(answer)]
    given = _id_in(answer) if response.status < 400 else None
    if given is None:
        raise InvalidRequestError(
            f"The model's provider does not take the file '{file.id}': {answer[:300].decode('utf-8', 'replace')}",
            param="input_file_id",
        )
    return given


def _id_in(answer: bytes) -> str | None:
    try:
        given = orjson.loads(answer)
    except orjson.JSONDecodeError:
        return None
    id_ = given.get("id") if isinstance(given, dict) else None
    return id_ if isinstance(id_, str) else None
