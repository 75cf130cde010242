"""A client of the REST API for tests, without a bot library."""

from typing import Any

import aiohttp
import orjson
import yarl
from multidict import CIMultiDictProxy

from playground.server import Playground

Json = dict[str, Any]


class RestClient:
    """A bot's REST without a library."""

    def __init__(self, session: aiohttp.ClientSession, playground: Playground, token: str) -> None:
        self._session = session
        self._playground = playground
        self._token = token

    async def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> "RestResponse":
        arguments: Json = {} if body is None else {"json": body}
        if isinstance(body, aiohttp.FormData):
            arguments = {"data": body}
        asked = {"Authorization": self._token, **headers}
        url = yarl.URL(self._playground.api_url + path, encoded=True)
        async with self._session.request(method, url, headers=asked, **arguments) as response:
            raw = await response.read()
            return RestResponse(response.status, response.headers, orjson.loads(raw) if raw else None)


class RestResponse:
    def __init__(self, status: int, headers: CIMultiDictProxy[str], json: Any) -> None:
        self.status = status
        self.headers = headers
        self.json = json

    @property
    def code(self) -> int:
        return int(self.json["code"])
