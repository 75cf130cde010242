"""A model that answers with the scripts that a test gives it."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from assistants.models.model_protocol import (
    CallArguments,
    CallStarted,
    Finished,
    Item,
    ModelError,
    ModelEvent,
    ModelRequest,
    TextDelta,
    Usage,
)
from assistants.settings import Settings
from workers import Pool

USAGE = Usage(prompt_tokens=20, completion_tokens=5)


@dataclass(frozen=True)
class Hold:
    """The model waits until `until` is set."""

    until: asyncio.Event


@dataclass(frozen=True)
class Pause:
    """The model waits for so many seconds."""

    seconds: float


ScriptStep = ModelEvent | Hold | Pause | ModelError | Exception
Script = list[ScriptStep]


def words(text: str, *, usage: Usage = USAGE) -> Script:
    """An answer, word by word."""
    pieces = text.split(" ")
    deltas = [TextDelta(piece if last else piece + " ") for last, piece in _mark_last(pieces)]
    return [*deltas, Finished("completed", usage, [message_item(text)])]


def _mark_last(pieces: list[str]) -> list[tuple[bool, str]]:
    return [(index == len(pieces) - 1, piece) for index, piece in enumerate(pieces)]


def calls(*functions: tuple[str, str], usage: Usage = USAGE, first: str = "call_1", before: str = "") -> Script:
    """Function calls, given as names and arguments; their ids count up from `first`. `before` is said first."""
    number = int(first.removeprefix("call_"))
    script: Script = [TextDelta(before)] if before else []
    output: list[Item] = [{"type": "reasoning", "id": f"rs_{number}", "encrypted_content": "…"}]
    for index, (name, arguments) in enumerate(functions):
        call_id = f"call_{number + index}"
        script.append(CallStarted(index, call_id, name))
        script += [CallArguments(index, arguments[at : at + 6]) for at in range(0, len(arguments), 6)]
        output.append(
            {"type": "function_call", "id": f"fc_{call_id}", "call_id": call_id, "name": name, "arguments": arguments}
        )
    return [*script, Finished("completed", usage, output)]


def message_item(text: str) -> Item:
    """A message as an output item of the model."""
    return {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": text}]}


@dataclass
class ScriptedModel:
    """Answers each request with the next script, and with `otherwise` when there is none left."""

    otherwise: Callable[[ModelRequest], Script] = lambda _: words("I see.")
    window: int = 100_000
    scripts: deque[Script] = field(default_factory=deque)
    requests: list[ModelRequest] = field(default_factory=list)
    closed: int = 0

    def will(self, *scripts: Script) -> None:
        """Queue scripts."""
        self.scripts.extend(scripts)

    async def stream(self, request: ModelRequest) -> AsyncGenerator[ModelEvent, None]:
        self.requests.append(request)
        script = self.scripts.popleft() if self.scripts else self.otherwise(request)
        try:
            for step in script:
                if isinstance(step, Hold):
                    await step.until.wait()
                elif isinstance(step, Pause):
                    await asyncio.sleep(step.seconds)
                elif isinstance(step, Exception):
                    raise step
                else:
                    yield step
        finally:
            self.closed += 1

    async def list_models(self) -> list[str]:
        return ["scripted"]

    def context_window(self, model: str) -> int:
        return self.window

    def opener(self) -> "Opener":
        """What `create_app` takes as `open_model`."""
        return Opener(self)


@dataclass
class Opener:
    """Opens the scripted model."""

    model: ScriptedModel

    @asynccontextmanager
    async def _open(self) -> AsyncIterator[ScriptedModel]:
        yield self.model

    def __call__(self, settings: Settings, pool: Pool) -> object:
        return self._open()
