"""An OpenAI-compatible server that answers as it is told: Responses, Chat Completions, embeddings and models.

It speaks the protocol and keeps to its rules (a function call's output must follow its call, encrypted reasoning must
be replayed), so that what passes here has a right to pass at a provider. `python -m tests.scripted_openai`.
"""

import argparse
import asyncio
import hashlib
import math
import re
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from aiohttp import web

JSON = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Call:
    """One function call; `arguments` as an object, or as the raw text that the model writes."""

    name: str
    arguments: Mapping[str, Any] | str = field(default_factory=dict)

    @property
    def text(self) -> str:
        if isinstance(self.arguments, str):
            return self.arguments
        return orjson.dumps(dict(self.arguments)).decode()


@dataclass(frozen=True, slots=True)
class Turn:
    """One answer of the model: text, then calls. Times in seconds; `pieces` are the tokens, else words."""

    text: str = ""
    calls: Sequence[Call] = ()
    refusal: str = ""
    pieces: Sequence[str] | None = None
    first_after: float = 0.0
    every: float = 0.0
    incomplete: str | None = None
    """`max_output_tokens` or `content_filter`."""
    reasoning: bool = False
    drop_after: int | None = None
    """Cut the connection after so many pieces."""
    usage: tuple[int, int] = (11, 7)
    gate: asyncio.Event | None = None
    """Hold the answer back, after the first piece, until this is set."""
    thinking: asyncio.Event | None = None
    """Hold all of it back until this is set."""

    def tokens(self) -> list[str]:
        if self.pieces is not None:
            return list(self.pieces)
        return re.findall(r"\S+\s*|\s+", self.text)


@dataclass(frozen=True, slots=True)
class Fault:
    """An HTTP error, or (`in_stream`) a stream that fails at once."""

    status: int = 500
    message: str = "The server had an error."
    code: str | None = None
    param: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    in_stream: bool = False


_MODERATION_CATEGORIES = (
    "harassment", "harassment/threatening", "hate", "hate/threatening", "illicit", "illicit/violent", "self-harm",
    "self-harm/instructions", "self-harm/intent", "sexual", "sexual/minors", "violence", "violence/graphic",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Received:
    """A request as it came: path, JSON body, headers, when (`time.monotonic`), and what stood behind the path."""

    path: str
    body: JSON
    headers: Mapping[str, str]
    at: float
    query: str = ""


Script = Turn | Fault
Reply = Callable[[JSON], Script]


class ScriptedOpenAI:
    """`async with ScriptedOpenAI() as openai:`; then `openai.url` is a provider's address.

    Turns are taken from `turns` in order; when it is empty `reply` is asked, which repeats the last user text.
    """

    def __init__(
        self,
        *turns: Script,
        responses: bool = True,
        chat: bool = True,
        embeddings: bool = True,
        key: str = "sk-scripted",
        models: Sequence[str] = ("gpt-6-luna", "text-embedding-3-small"),
        port: int = 0,
    ) -> None:
        self.turns: deque[Script] = deque(turns)
        self.reply: Reply = lambda body: Turn(f"You said: {last_user_text(body)}")
        self.received: list[Received] = []
        self.key = key
        self.models = list(models)
        self.refused_parameters: set[str] = set()
        self.dimensions = 64
        self.embedding_tokens = 1
        """What each embedded text is said to have."""
        self.flags: dict[str, Sequence[str]] = {}
        """By word: the categories that the moderation endpoint flags a text for that holds it."""
        self.before_moderation: Callable[[], Awaitable[None]] | None = None
        """Is waited for before a moderation is answered."""
        self.before_embedding: Callable[[Sequence[str]], Awaitable[None]] | None = None
        """Is called with the texts, and waited for, before embeddings are answered."""
        self.finished: list[float] = []
        """When the last token of each answer went out (`time.monotonic`)."""
        self._port = port
        self._reasoning: dict[str, str] = {}
        self._ids = 0
        self._app = web.Application(client_max_size=1 << 30)
        self._app.router.add_get("/v1/models", self._models)
        if responses:
            self._app.router.add_post("/v1/responses", self._responses)
        if chat:
            self._app.router.add_post("/v1/chat/completions", self._chat)
        if embeddings:
            self._app.router.add_post("/v1/embeddings", self._embeddings)
        self._app.router.add_post("/v1/moderations", self._moderations)
        self._runner: web.AppRunner | None = None
        self.url = ""

    async def __aenter__(self) -> "ScriptedOpenAI":
        self._runner = web.AppRunner(self._app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{port}/v1"
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    def say(self, *texts: str) -> None:
        """Queue plain answers."""
        self.turns.extend(Turn(text) for text in texts)

    @property
    def requests(self) -> list[JSON]:
        """The bodies of the completions asked for so far."""
        return [r.body for r in self.received if r.path in ("/v1/responses", "/v1/chat/completions")]

    async def _receive(self, request: web.Request) -> JSON:
        if request.headers.get("Authorization") != f"Bearer {self.key}":
            raise _error(401, "Incorrect API key provided: sk-***.", "invalid_api_key")
        try:
            body = orjson.loads(await request.read())
        except orjson.JSONDecodeError as error:
            raise _error(400, "We could not parse the JSON body of your request.") from error
        self.received.append(
            Received(request.path, body, dict(request.headers), time.monotonic(), request.query_string)
        )
        return body  # type: ignore[no-any-return]

    def _next(self, body: JSON) -> Script:
        for name in self.refused_parameters & body.keys():
            raise _error(400, f"Unsupported parameter: '{name}' is not supported.", "unsupported_parameter", name)
        if body.get("model") not in self.models:
            raise _error(404, f"The model `{body.get('model')}` does not exist.", "model_not_found")
        turn = self.turns.popleft() if self.turns else self.reply(body)
        if isinstance(turn, Fault) and not turn.in_stream:
            raise _error(turn.status, turn.message, turn.code, turn.param, turn.headers)
        return turn

    async def _models(self, request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != f"Bearer {self.key}":
            raise _error(401, "Incorrect API key provided: sk-***.", "invalid_api_key")
        rows = [{"id": name, "object": "model", "created": 1, "owned_by": "scripted"} for name in self.models]
        return _json({"object": "list", "data": rows})

    async def _embeddings(self, request: web.Request) -> web.Response:
        body = await self._receive(request)
        if body.get("model") not in self.models:
            raise _error(404, f"The model `{body.get('model')}` does not exist.", "model_not_found")
        inputs = [body["input"]] if isinstance(body["input"], str) else body["input"]
        if self.before_embedding is not None:
            await self.before_embedding(inputs)
        size = body.get("dimensions") or self.dimensions
        rows = [{"object": "embedding", "index": i, "embedding": embed(t, size)} for i, t in enumerate(inputs)]
        tokens = self.embedding_tokens * len(inputs)
        usage = {"prompt_tokens": tokens, "total_tokens": tokens}
        return _json({"object": "list", "data": rows, "model": body["model"], "usage": usage})

    async def _moderations(self, request: web.Request) -> web.Response:
        body = await self._receive(request)
        if self.before_moderation is not None:
            await self.before_moderation()
        inputs = [body["input"]] if isinstance(body["input"], str) else body["input"]
        results = []
        for text in inputs:
            found = {each for word, categories in self.flags.items() if word in text for each in categories}
            categories = {each: each in found for each in _MODERATION_CATEGORIES}
            scores = {each: 0.9 if each in found else 0.01 for each in categories}
            results.append({"flagged": bool(found), "categories": categories, "category_scores": scores})
        return _json({"id": self._id("modr"), "model": body["model"], "results": results})

    async def _responses(self, request: web.Request) -> web.StreamResponse:
        body = await self._receive(request)
        if not body:
            raise _error(400, "Missing required parameter: 'model'.", "missing_required_parameter", "model")
        self._check_items(body)
        turn = self._next(body)
        events = self._response_events(body, turn)
        return await self._stream(request, turn, events, named=True)

    async def _chat(self, request: web.Request) -> web.StreamResponse:
        body = await self._receive(request)
        _check_messages(body.get("messages") or [])
        turn = self._next(body)
        if not body.get("stream"):
            return self._completion(body, turn)
        return await self._stream(request, turn, self._chat_chunks(body, turn), named=False)

    def _completion(self, body: JSON, turn: Script) -> web.Response:
        """A chat completion in one piece."""
        assert isinstance(turn, Turn)
        message = {"role": "assistant", "content": turn.text}
        choice = {"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}
        usage = {"prompt_tokens": 11, "completion_tokens": 2, "total_tokens": 13}
        head = {"id": self._id("chatcmpl"), "object": "chat.completion", "created": 1, "model": body["model"]}
        return _json({**head, "choices": [choice], "usage": usage})

    async def _stream(
        self, request: web.Request, turn: Script, events: AsyncIterator[JSON], *, named: bool
    ) -> web.StreamResponse:
        stream = web.StreamResponse(headers={"Content-Type": "text/event-stream; charset=utf-8"})
        await stream.prepare(request)
        deltas = 0
        try:
            async for event in events:
                head = f"event: {event['type']}\n".encode() if named else b""
                await stream.write(head + b"data: " + orjson.dumps(event) + b"\n\n")
                deltas += event.get("type") == "response.output_text.delta" or bool(event.get("choices"))
                if isinstance(turn, Turn) and turn.drop_after is not None and deltas >= turn.drop_after:
                    assert request.transport is not None
                    request.transport.abort()
                    return stream
            if not named:
                await stream.write(b"data: [DONE]\n\n")
            self.finished.append(time.monotonic())
            await stream.write_eof()
        except (ConnectionResetError, ConnectionError):
            pass  # the client closed the stream: that ends the answer
        return stream

    async def _pieces(self, turn: Turn) -> AsyncIterator[str]:
        if turn.thinking is not None:
            await turn.thinking.wait()
        await asyncio.sleep(turn.first_after)
        started = asyncio.get_running_loop().time()
        for number, piece in enumerate(turn.tokens()):
            if turn.every:
                late = started + number * turn.every - asyncio.get_running_loop().time()
                if late > 0:
                    await asyncio.sleep(late)
            yield piece
            if number == 0 and turn.gate is not None:
                await turn.gate.wait()

    def _id(self, prefix: str) -> str:
        self._ids += 1
        return f"{prefix}_{self._ids:024d}"

    async def _response_events(self, body: JSON, turn: Script) -> AsyncIterator[JSON]:
        count = 0

        def event(kind: str, **values: Any) -> JSON:
            nonlocal count
            count += 1
            return {"type": kind, "sequence_number": count - 1, **values}

        response: JSON = {
            "id": self._id("resp"),
            "object": "response",
            "created_at": int(time.time()),
            "status": "in_progress",
            "model": body["model"],
            "output": [],
            "error": None,
            "incomplete_details": None,
            "usage": None,
        }
        yield event("response.created", response=response)
        yield event("response.in_progress", response=response)
        if isinstance(turn, Fault):
            error = {"code": turn.code or "server_error", "message": turn.message}
            yield event("response.failed", response={**response, "status": "failed", "error": error})
            return
        output: list[JSON] = []
        item: JSON
        if turn.reasoning:
            item = {
                "id": self._id("rs"),
                "type": "reasoning",
                "summary": [],
                "encrypted_content": self._id("enc"),
            }
            for kind in ("response.output_item.added", "response.output_item.done"):
                yield event(kind, output_index=len(output), item=item)
            output.append(item)
        if turn.text or turn.refusal or turn.pieces:
            async for made in self._message_events(turn, len(output), event):
                yield made
            part = (
                {"type": "refusal", "refusal": turn.refusal}
                if turn.refusal
                else {"type": "output_text", "text": "".join(turn.tokens()), "annotations": []}
            )
            message = {
                "id": f"msg_{len(output)}",
                "type": "message",
                "role": "assistant",
                "status": "completed",
                "content": [part],
            }
            yield event("response.output_item.done", output_index=len(output), item=message)
            output.append(message)
        if not (turn.text or turn.pieces):
            await asyncio.sleep(turn.first_after)
        for call in turn.calls:
            item = {
                "id": self._id("fc"),
                "type": "function_call",
                "status": "in_progress",
                "call_id": self._id("call"),
                "name": call.name,
                "arguments": "",
            }
            if turn.reasoning:
                self._reasoning[item["call_id"]] = output[0]["encrypted_content"]
            index = len(output)
            yield event("response.output_item.added", output_index=index, item=item)
            for piece in re.findall(r".{1,24}", call.text, re.DOTALL):
                yield event(
                    "response.function_call_arguments.delta",
                    output_index=index,
                    item_id=item["id"],
                    delta=piece,
                )
            done = {**item, "status": "completed", "arguments": call.text}
            yield event(
                "response.function_call_arguments.done",
                output_index=index,
                item_id=item["id"],
                arguments=call.text,
            )
            yield event("response.output_item.done", output_index=index, item=done)
            output.append(done)
        usage = {
            "input_tokens": turn.usage[0],
            "input_tokens_details": {"cached_tokens": 0},
            "output_tokens": turn.usage[1],
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": sum(turn.usage),
        }
        ended = {**response, "status": "completed", "output": output, "usage": usage}
        if turn.incomplete:
            ended |= {"status": "incomplete", "incomplete_details": {"reason": turn.incomplete}}
        yield event(f"response.{ended['status']}", response=ended)

    async def _message_events(self, turn: Turn, index: int, event: Callable[..., JSON]) -> AsyncIterator[JSON]:
        where = {"output_index": index, "item_id": f"msg_{index}"}
        item = {
            "id": f"msg_{index}",
            "type": "message",
            "role": "assistant",
            "status": "in_progress",
            "content": [],
        }
        yield event("response.output_item.added", output_index=index, item=item)
        kind, name = ("refusal", "refusal") if turn.refusal else ("output_text", "text")
        yield event("response.content_part.added", **where, content_index=0, part={"type": kind, name: ""})
        if turn.refusal:
            yield event("response.refusal.delta", **where, content_index=0, delta=turn.refusal)
        else:
            async for piece in self._pieces(turn):
                yield event("response.output_text.delta", **where, content_index=0, delta=piece, logprobs=[])
        whole = turn.refusal or "".join(turn.tokens())
        yield event(f"response.{kind}.done", **where, content_index=0, **{name: whole})
        yield event("response.content_part.done", **where, content_index=0, part={"type": kind, name: whole})

    async def _chat_chunks(self, body: JSON, turn: Script) -> AsyncIterator[JSON]:
        head = {
            "id": self._id("chatcmpl"),
            "object": "chat.completion.chunk",
            "created": 1,
            "model": body["model"],
        }

        def chunk(delta: JSON, finish: str | None = None) -> JSON:
            return {**head, "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}

        if isinstance(turn, Fault):
            yield {"error": {"message": turn.message, "code": turn.code or "server_error"}}
            return
        yield {
            **head,
            "choices": [{"index": 0, "delta": {"role": "assistant", "content": ""}, "finish_reason": None}],
        }
        if turn.refusal:
            yield chunk({"refusal": turn.refusal})
        elif turn.text or turn.pieces:
            async for piece in self._pieces(turn):
                yield chunk({"content": piece})
        else:
            await asyncio.sleep(turn.first_after)
        for index, call in enumerate(turn.calls):
            first = {"index": index, "id": self._id("call"), "type": "function"}
            yield chunk({"tool_calls": [{**first, "function": {"name": call.name, "arguments": ""}}]})
            for piece in re.findall(r".{1,24}", call.text, re.DOTALL):
                yield chunk({"tool_calls": [{"index": index, "function": {"arguments": piece}}]})
        reasons = {"max_output_tokens": "length", "content_filter": "content_filter"}
        finish = reasons.get(turn.incomplete or "", "tool_calls" if turn.calls else "stop")
        yield chunk({}, finish)
        if (body.get("stream_options") or {}).get("include_usage"):
            prompt, completion = turn.usage
            usage = {
                "prompt_tokens": prompt,
                "completion_tokens": completion,
                "total_tokens": prompt + completion,
            }
            yield {**head, "choices": [], "usage": usage}

    def _check_items(self, body: JSON) -> None:
        """OpenAI's rules for replayed items."""
        items = body.get("input") or []
        if isinstance(items, str):
            return
        calls: set[str] = set()
        reasoning = {item.get("encrypted_content") for item in items if item.get("type") == "reasoning"}
        outputs = {item.get("call_id") for item in items if item.get("type") == "function_call_output"}
        for number, item in enumerate(items):
            match item.get("type", "message"):
                case "function_call":
                    call_id = item["call_id"]
                    calls.add(call_id)
                    if call_id not in outputs:
                        raise _error(400, f"No tool output found for function call {call_id}.", None, "input")
                    # Only an item with its id is known to belong to any reasoning.
                    if "id" in item and self._reasoning.get(call_id) not in {None, *reasoning}:
                        raise _error(
                            400,
                            f"Item '{item['id']}' of type 'function_call' was provided without its required "
                            "'reasoning' item.",
                            None,
                            "input",
                        )
                case "function_call_output" if item["call_id"] not in calls:
                    raise _error(400, f"No tool call found for call_id {item['call_id']}.", None, "input")
                case "message" if item.get("role") not in ("user", "assistant", "system", "developer"):
                    raise _error(400, f"Invalid value: '{item.get('role')}'.", None, f"input[{number}].role")


def _check_messages(messages: Sequence[JSON]) -> None:
    """OpenAI's rule: every tool call is answered by the tool messages right behind it."""
    due: set[str] = set()
    for number, message in enumerate(messages):
        if message["role"] == "tool":
            if message["tool_call_id"] not in due:
                raise _error(400, "A tool message must follow its tool_calls.", None, f"messages[{number}]")
            due.discard(message["tool_call_id"])
            continue
        if due:
            raise _error(400, f"These tool_call_ids were not answered: {sorted(due)}.", None, f"messages[{number}]")
        due = {call["id"] for call in message.get("tool_calls") or ()}
    if due:
        raise _error(400, f"These tool_call_ids were not answered: {sorted(due)}.", None, "messages")


def last_user_text(body: JSON) -> str:
    """The text of the last user message of a request in either dialect."""
    items = body.get("input") or body.get("messages") or []
    if isinstance(items, str):
        return items
    for item in reversed(items):
        if item.get("role") == "user":
            return content_text(item.get("content"))
    return ""


def content_text(content: Any) -> str:
    """The text of a message's content, a string or parts."""
    if isinstance(content, str):
        return content
    return "".join(part.get("text") or "" for part in content or [])


def tool_outputs(body: JSON) -> list[str]:
    """The outputs of function calls in a request of either dialect, oldest first."""
    found: list[str] = []
    for item in body.get("input") or body.get("messages") or []:
        if item.get("type") == "function_call_output":
            found.append(item["output"])
        elif item.get("role") == "tool":
            found.append(content_text(item["content"]))
    return found


def embed(text: str, size: int) -> list[float]:
    """A deterministic embedding: hashed words and letter trigrams, of length 1."""
    vector = [0.0] * size
    words = re.findall(r"\w+", text.lower())
    grams = (f"{word}#"[i : i + 3] for word in words for i in range(max(1, len(word) - 1)))
    for term, weight in [*((w, 1.0) for w in words), *((g, 0.5) for g in grams)]:
        digest = hashlib.blake2b(term.encode(), digest_size=8).digest()
        vector[int.from_bytes(digest[:4], "big") % size] += weight if digest[4] & 1 else -weight
    length = math.sqrt(sum(x * x for x in vector)) or 1.0
    return [x / length for x in vector]


def _json(body: JSON, status: int = 200, headers: Mapping[str, str] | None = None) -> web.Response:
    return web.Response(
        body=orjson.dumps(body), status=status, content_type="application/json", headers=dict(headers or {})
    )


class _HTTPError(web.HTTPException):
    def __init__(self, status: int, body: JSON, headers: Mapping[str, str]) -> None:
        self.status_code = status
        super().__init__(headers=dict(headers), text=orjson.dumps(body).decode(), content_type="application/json")


def _error(
    status: int,
    message: str,
    code: str | None = None,
    param: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> web.HTTPException:
    kind = "invalid_request_error" if status < 500 else "server_error"
    body = {"error": {"message": message, "type": kind, "param": param, "code": code}}
    return _HTTPError(status, body, headers or {})


async def _serve(port: int, turn: Turn) -> None:
    async with ScriptedOpenAI(port=port) as openai:
        openai.reply = lambda _: turn
        print(orjson.dumps({"url": openai.url, "key": openai.key}).decode(), flush=True)
        await asyncio.Event().wait()


def words(count: int) -> Iterable[str]:
    """`count` tokens of a plain text, in sentences and paragraphs."""
    for number in range(1, count + 1):
        end = ".\n\n" if number % 60 == 0 else ". " if number % 12 == 0 else " "
        yield f"w{number}{end}"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--tokens", type=int, default=600)
    parser.add_argument("--first-after", type=float, default=0.3, help="seconds to the first token")
    parser.add_argument("--rate", type=float, default=100.0, help="tokens a second")
    options = parser.parse_args()
    answer = Turn(pieces=tuple(words(options.tokens)), first_after=options.first_after, every=1 / options.rate)
    asyncio.run(_serve(options.port, answer))
