"""A real S3 server on loopback: moto's, in a process of its own, which checks signatures and rights.

`python -m tests.s3_server` prints its address. Its first requests need no key: with them the fixture makes a user.
"""

import asyncio
import json
import os
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

BUCKET = "saem-files"
_FREE_REQUESTS = 4


@dataclass(frozen=True)
class S3Server:
    """A running server, a key that may use its bucket, and one that may nothing."""

    process: asyncio.subprocess.Process
    endpoint: str
    key: str
    secret: str
    other_key: str
    other_secret: str

    def url(self, *, bucket: str = BUCKET, prefix: str = "of/saem", key: str = "", secret: str = "") -> str:
        account = f"{quote(key or self.key, safe='')}:{quote(secret or self.secret, safe='')}"
        return f"s3://{account}@{bucket}/{prefix}?endpoint={self.endpoint}&region=us-east-1"

    @asynccontextmanager
    async def client(self, service: str = "s3") -> AsyncIterator[Any]:
        async with _client(service, self.endpoint, self.key, self.secret) as client:
            yield client


def _client(service: str, endpoint: str, key: str, secret: str) -> Any:
    from aiobotocore.session import get_session

    return get_session().create_client(
        service,
        region_name="us-east-1",
        endpoint_url=endpoint,
        aws_access_key_id=key,
        aws_secret_access_key=secret,
    )


@asynccontextmanager
async def s3_server() -> AsyncIterator[S3Server]:
    """Run one, with a bucket and two users."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-W", "ignore", "-m", "tests.s3_server"),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={**os.environ, "INITIAL_NO_AUTH_ACTION_COUNT": str(_FREE_REQUESTS)},
    )
    try:
        assert process.stdout is not None
        endpoint = (await process.stdout.readline()).decode().strip()
        assert endpoint, "moto's server did not start"
        async with _client("iam", endpoint, "none", "none") as iam:
            await iam.create_user(UserName="saem")
            made = (await iam.create_access_key(UserName="saem"))["AccessKey"]
            allowed = {
                "Version": "2012-10-17",
                "Statement": [{"Effect": "Allow", "Action": ["s3:*", "iam:*"], "Resource": "*"}],
            }
            await iam.put_user_policy(UserName="saem", PolicyName="all", PolicyDocument=json.dumps(allowed))
        key, secret = made["AccessKeyId"], made["SecretAccessKey"]
        async with _client("s3", endpoint, key, secret) as s3:
            await s3.create_bucket(Bucket=BUCKET)
        async with _client("iam", endpoint, key, secret) as iam:
            await iam.create_user(UserName="nobody")
            other = (await iam.create_access_key(UserName="nobody"))["AccessKey"]
        yield S3Server(process, endpoint, key, secret, other["AccessKeyId"], other["SecretAccessKey"])
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


def serve() -> None:
    """Serve until killed."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    print(f"http://{host}:{port}", flush=True)
    while True:
        time.sleep(3600)


if __name__ == "__main__":
    serve()
