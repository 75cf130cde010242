"""A scripted model, 300 ms from its first token, which are 600 at 100 a second: `python -m benchmarks.model`.

It serves on a free port of loopback, says so in one line of JSON, and tells at `/log` when each token left. `/end/17`
responds when the answer to `ask 17` is complete. `ask 17 briefly` gets 60 tokens.
"""

import asyncio
import json
import re
import time
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import orjson
from aiohttp import web

FIRST_AFTER = 0.3
TOKENS = 600
FEW_TOKENS = 60
EVERY = 0.01


class Model:
    """Answers `ask 17` with `a17 w1 w2 …`, and notes when each token left."""

    def __init__(self) -> None:
        self.log: dict[str, dict[str, Any]] = {}
        self.ended: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)

    async def respond(self, request: web.Request) -> web.StreamResponse:
        arrived = time.monotonic()
        body = orjson.loads(await request.read())
        number, count = _asked(body)
        entry = self.log[number] = {"arrived": arrived, "out": []}
        stream = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await stream.prepare(request)
        head = {"id": f"resp_{number}", "object": "response", "created_at": 1, "model": body["model"], "output": []}
        item = {"id": "msg_1", "type": "message", "role": "assistant", "status": "in_progress", "content": []}
        where = {"output_index": 0, "item_id": "msg_1", "content_index": 0}
        part = {"type": "output_text", "text": "", "annotations": []}
        await _say(stream, "response.created", response={**head, "status": "in_progress"})
        await _say(stream, "response.output_item.added", output_index=0, item=item)
        await _say(stream, "response.content_part.added", **where, part=part)
        begin = arrived + FIRST_AFTER
        words = tokens(number)[:count]
        for index, token in enumerate(words):
            await asyncio.sleep(max(0.0, begin + index * EVERY - time.monotonic()))
            entry["out"].append(time.monotonic())
            await _say(stream, "response.output_text.delta", **where, delta=token, logprobs=[])
        whole = {**part, "text": "".join(words)}
        done = {**item, "status": "completed", "content": [whole]}
        usage = {
            "input_tokens": 10,
            "input_tokens_details": {"cached_tokens": 0},
            "output_tokens": count,
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": count + 10,
        }
        await _say(stream, "response.output_text.done", **where, text=whole["text"])
        await _say(stream, "response.output_item.done", output_index=0, item=done)
        await _say(
            stream, "response.completed", response={**head, "status": "completed", "output": [done], "usage": usage}
        )
        await stream.write_eof()
        self.ended[number].set()
        return stream

    async def end(self, request: web.Request) -> web.Response:
        await self.ended[request.match_info["number"]].wait()
        return web.Response()

    async def models(self, _: web.Request) -> web.Response:
        data = [{"id": "gpt-6-luna", "object": "model", "created": 1, "owned_by": "scripted"}]
        return web.json_response({"object": "list", "data": data})

    async def show(self, _: web.Request) -> web.Response:
        log, self.log = self.log, {}
        return web.Response(body=orjson.dumps(log), content_type="application/json")


def tokens(number: str) -> list[str]:
    return [f"a{number} ", *(f"w{index} " for index in range(1, TOKENS))]


def _asked(body: Mapping[str, Any]) -> tuple[str, int]:
    """The number that was asked for last, and how many tokens are wanted."""
    found = re.findall(r"ask (\d+)( briefly)?", orjson.dumps(body["input"]).decode())
    return (found[-1][0], FEW_TOKENS if found[-1][1] else TOKENS) if found else ("0", TOKENS)


async def _say(stream: web.StreamResponse, kind: str, **values: Any) -> None:
    await stream.write(b"event: " + kind.encode() + b"\ndata: " + orjson.dumps({"type": kind, **values}) + b"\n\n")


async def _serve() -> None:
    model = Model()
    app = web.Application(client_max_size=1 << 26)
    app.router.add_post("/v1/responses", model.respond)
    app.router.add_get("/v1/models", model.models)
    app.router.add_get("/log", model.show)
    app.router.add_get("/end/{number}", model.end)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    print(json.dumps({"url": f"http://{host}:{port}"}), flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_serve())
