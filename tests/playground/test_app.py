"""The page is served, and no file outside of it."""

import aiohttp

from playground.server import Playground


async def test_the_page_is_served_and_nothing_outside_of_it(
    playground: Playground, http: aiohttp.ClientSession
) -> None:
    async with http.get(playground.page_url) as response:
        assert response.status == 200
        assert response.headers["Content-Type"].startswith("text/html")
    for path in ("/page/../server.py", "/page/%2e%2e/server.py", "/..%2fserver.py", "/page//etc/passwd"):
        async with http.get(f"{playground.origin}{path}") as response:
            assert response.status == 404
