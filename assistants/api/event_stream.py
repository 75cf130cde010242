"""The HTTP side of a run's events."""

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from assistants.runs.feed import Feed


class EventStream(Response):
    """A response that sends what a feed brings; the run goes on when the reader leaves."""

    media_type = "text/event-stream"

    def __init__(self, feed: Feed) -> None:
        super().__init__(headers={"cache-control": "no-cache", "x-accel-buffering": "no"})
        del self.headers["content-length"]
        self._feed = feed

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        """Send the head, then every chunk as it comes."""
        try:
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            async for chunk in self._feed.chunks():
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        except OSError:  # how a server says that the reader is gone
            pass
        finally:
            self._feed.leave()
