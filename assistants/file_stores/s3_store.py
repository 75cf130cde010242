"""Files in S3, or in a store that speaks its protocol (MinIO, Garage, R2, …), by aiobotocore.

A file is written by one request (S3 takes 5 GiB in one, a file has 512 MiB at most), so that none is ever there by
half; the store itself compares its SHA-256. aiobotocore is loaded only where FILES_URL asks for it.
"""

import asyncio
import base64
import contextlib
import re
import secrets
from collections.abc import AsyncGenerator, Collection, Iterator
from typing import Any

import structlog

from assistants.file_stores.file_store import CHUNK, FileStoreError, FilesUnavailableError, WholeFile
from assistants.files_url import Bucket
from database.steady_clock import steady_time

log = structlog.get_logger(__name__)

ATTEMPTS = 4
"""How often a request is made that fails for a moment, and how often a download is taken up again."""
CONNECT_TIMEOUT, READ_TIMEOUT = 5, 60
"""Seconds."""
_DELETED_AT_ONCE = 8
_OURS = re.compile(r"file-[0-9A-Za-z]{24}")
"""The names of our files: nothing else in a bucket is ever deleted."""

_MISSING = {"NoSuchKey", "NotFound", "404"}
_REFUSED_KEY = {
    "InvalidAccessKeyId",
    "SignatureDoesNotMatch",
    "InvalidToken",
    "ExpiredToken",
    "AuthFailure",
    "InvalidClientTokenId",
    "401",
}
_WRONG_REGION = {
    "PermanentRedirect",
    "AuthorizationHeaderMalformed",
    "IllegalLocationConstraintException",
    "301",
    "IncorrectEndpoint",
}


async def open_s3_store(bucket: Bucket) -> "S3Store":
    """The store in a bucket; nothing is asked of it yet.

    Raises:
        FileStoreError: aiobotocore is not installed, or the address cannot be used.
    """
    try:
        from aiobotocore.config import AioConfig  # noqa: PLC0415
        from aiobotocore.session import get_session  # noqa: PLC0415
        from botocore.exceptions import BotoCoreError  # noqa: PLC0415
    except ImportError as error:
        raise FileStoreError("FILES_URL names an S3 store; that needs a package: pip install 'saem[s3]'.") from error
    config = AioConfig(
        connect_timeout=CONNECT_TIMEOUT,
        read_timeout=READ_TIMEOUT,
        max_pool_connections=32,
        signature_version="s3v4",
        retries={"mode": "standard", "max_attempts": ATTEMPTS},
        # Other stores have hosts for no bucket; the hash that goes along says what a signature of the bytes would.
        s3={"addressing_style": "path" if bucket.endpoint else "auto", "payload_signing_enabled": False},
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )
    context = get_session().create_client(
        "s3",
        region_name=bucket.region or "us-east-1",
        endpoint_url=bucket.endpoint,
        aws_access_key_id=bucket.key,
        aws_secret_access_key=bucket.secret,
        aws_session_token=bucket.token,
        config=config,
    )
    stack = contextlib.AsyncExitStack()
    try:
        client = await stack.enter_async_context(context)
    except (BotoCoreError, ValueError) as error:
        raise FileStoreError(
            f"FILES_URL cannot be used: {type(error).__name__}. Check its endpoint and region."
        ) from error
    return S3Store(bucket, client, stack)


class S3Store:
    """Holds files' bytes as objects of a bucket, each under its file's id."""

    def __init__(self, bucket: Bucket, client: Any, stack: contextlib.AsyncExitStack) -> None:
        self._bucket = bucket
        self._client = client
        self._stack = stack

    async def check(self) -> None:
        """See `FileStore`. Writes, reads, lists and deletes an object."""
        probe = {"Bucket": self._bucket.name, "Key": f"{self._bucket.prefix}probe-{secrets.token_hex(4)}"}
        try:
            await self._client.list_objects_v2(Bucket=self._bucket.name, Prefix=self._bucket.prefix, MaxKeys=1)
            await self._client.put_object(**probe, Body=b"saem")
            async with (await self._client.get_object(**probe))["Body"] as body:
                await body.read()
            await self._client.delete_object(**probe)
        except _errors() as error:
            raise FileStoreError(self._sentence(error)) from None  # the cause may show headers

    def path(self, file_id: str) -> None:
        """See `FileStore`."""

    async def put(self, file_id: str, file: WholeFile) -> None:
        """See `FileStore`."""
        checksum = base64.b64encode(bytes.fromhex(file.sha256)).decode()
        with file.path.open("rb") as opened, self._unavailable():
            await self._client.put_object(
                **self._object(file_id),
                Body=opened,
                ContentLength=file.size,
                ContentType="application/octet-stream",
                ChecksumSHA256=checksum,
            )

    async def read(self, file_id: str) -> AsyncGenerator[bytes, None]:
        """See `FileStore`. What breaks off is taken up where it was."""
        done, attempt = 0, 1
        while True:
            try:
                asked = {"Range": f"bytes={done}-"} if done else {}
                response = await self._client.get_object(**self._object(file_id), **asked)
                async with response["Body"] as body:
                    while chunk := await body.read(CHUNK):
                        done += len(chunk)
                        yield chunk
            except _errors() as error:
                if _code(error) in _MISSING:
                    raise FileNotFoundError(file_id) from None
                if attempt >= ATTEMPTS or _code(error):  # the client tries again what the store refuses for a moment
                    raise self._unavailable_error(error) from None
                attempt += 1
                await asyncio.sleep(0.2 * 2**attempt)
            else:
                return

    async def remove(self, file_ids: Collection[str]) -> None:
        """See `FileStore`."""
        at_once = asyncio.Semaphore(_DELETED_AT_ONCE)

        async def delete(file_id: str) -> None:
            async with at_once:
                await self._client.delete_object(**self._object(file_id))

        with self._unavailable():
            await asyncio.gather(*map(delete, file_ids))

    async def names(self, *, older_than: float) -> list[str]:
        """See `FileStore`."""
        before = steady_time() - older_than
        names = []
        with self._unavailable():
            pages = self._client.get_paginator("list_objects_v2")
            async for page in pages.paginate(Bucket=self._bucket.name, Prefix=self._bucket.prefix):
                for found in page.get("Contents", ()):
                    name = found["Key"].removeprefix(self._bucket.prefix)
                    if _OURS.fullmatch(name) and found["LastModified"].timestamp() < before:
                        names.append(name)
        return names

    async def close(self) -> None:
        """See `FileStore`."""
        await self._stack.aclose()

    def _object(self, file_id: str) -> dict[str, str]:
        return {"Bucket": self._bucket.name, "Key": f"{self._bucket.prefix}{file_id}"}

    @contextlib.contextmanager
    def _unavailable(self) -> Iterator[None]:
        try:
            yield
        except _errors() as error:
            raise self._unavailable_error(error) from None

    def _unavailable_error(self, error: BaseException) -> FilesUnavailableError:
        """The answer for the client; the owner's sentence goes into the log."""
        log.warning("files_unavailable", reason=self._sentence(error))
        return FilesUnavailableError()

    def _sentence(self, error: BaseException) -> str:
        """What is wrong and what to do, for the owner, without a key."""
        bucket, code = self._bucket, _code(error)
        if code == "NoSuchBucket":
            return f"FILES_URL: there is no bucket {bucket.name}. Create it, or correct its name."
        if code in _REFUSED_KEY:
            return (
                "FILES_URL: the store refuses the access key or its secret. Check those in FILES_URL, or "
                "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
            )
        if code in {"AccessDenied", "403", "AllAccessDisabled"}:
            return (
                f"FILES_URL: the access key may not use the bucket {bucket.name}. It needs s3:ListBucket on it, and "
                "s3:GetObject, s3:PutObject and s3:DeleteObject on what is in it."
            )
        if code in _WRONG_REGION:
            return f"FILES_URL: the bucket {bucket.name} is in another region. Say which: ?region=…, or AWS_REGION."
        if code:
            return f"FILES_URL: the store answers {code}."
        kind = type(error).__name__
        if kind in {"NoCredentialsError", "PartialCredentialsError", "CredentialRetrievalError", "ProfileNotFound"}:
            return (
                "FILES_URL: there is no access key. Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or write "
                "s3://KEY:SECRET@bucket."
            )
        return f"FILES_URL: {bucket.endpoint or 'S3'} cannot be reached ({kind}). Check the address and the network."


def _errors() -> tuple[type[BaseException], ...]:
    """What requests raise; loaded by then."""
    import aiohttp  # noqa: PLC0415
    from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError  # noqa: PLC0415

    return (BotoCoreError, ClientError, HTTPClientError, aiohttp.ClientError, OSError, TimeoutError)


def _code(error: BaseException) -> str:
    """The code of an answer that is an error; empty where there was no answer."""
    response = getattr(error, "response", None)  # of an aiohttp error it is another thing
    return str(response.get("Error", {}).get("Code", "")) if isinstance(response, dict) else ""
