"""The functions that the model may call: the schema and the handler of each, and the list of all of them.

A room that has a function subclasses `Tool`; its cog adds it to the bot's `Tools` before the bot connects
(`bot.tools.add(...)` in the cog's `setup`).
"""

from collections.abc import Callable, Coroutine, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

import structlog
from openai.types import FunctionDefinition
from openai.types.beta import AssistantToolParam

log = structlog.get_logger(__name__)

FILE_SEARCH: Final[AssistantToolParam] = {"type": "file_search"}
"""The search in all files of the assistant."""
CODE_INTERPRETER: Final[AssistantToolParam] = {"type": "code_interpreter"}
"""Code that the model writes, run by the Assistants server."""


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A function call that a run waits for, and the place in Discord where the run was asked for."""

    call_id: str
    name: str
    arguments: str
    """What the model wrote: it should be JSON, but is not checked."""
    conversation_id: int
    guild_id: int
    """0 in direct messages."""
    channel_id: int
    """The Discord thread or channel that the conversation is shown in."""
    answer_id: str
    thread_id: str
    run_id: str
    asker_id: int | None
    """The student whose message the run answers; None in a run that goes on after tool outputs."""


@dataclass(frozen=True, slots=True)
class Note:
    """What the model must know of an earlier call, though no output tells it."""

    text: str
    told: Callable[[], Coroutine[Any, Any, None]]
    """To be called when the model has it."""


class Tool(Protocol):
    """A function that the model may call. Subclass it: the methods that need not be overridden have a default."""

    name: str
    schema: FunctionDefinition
    answers_itself: bool = False
    """Whether Saem alone gives the output, in the same run: nobody is asked, and nothing is shown."""

    def offered_in(self, guild_id: int, channel_id: int) -> bool:  # noqa: ARG002
        """Whether the model may call it in a conversation's channel (`guild_id` 0: in direct messages)."""
        return True

    async def call(self, call: ToolCall) -> str | None:
        """Do what the model asks for. Returns the output, or None when a person is asked: then the output comes later,
        through `Conversations.submit_output(call.call_id, output)`.

        An error that it raises is logged, and the model is told that the function failed.
        """
        ...

    async def output_so_far(self, call: ToolCall) -> str:  # noqa: ARG002 - for those that override it
        """The output so far, when somebody writes on while `call` waits for a person. The final output may still come
        through `Conversations.submit_output`; it goes to the model as a message then.
        """
        return '{"status": "unfinished"}'

    async def cancelled(self, call: ToolCall) -> None:
        """The run that waits for `call` was cancelled, or its thread was deleted: the output is not wanted any more."""
        log.debug("tool.cancelled", tool=self.name, call=call.call_id)

    async def untold(self, conversation_id: int) -> Sequence[Note]:  # noqa: ARG002
        """What goes along with the next question of a conversation, so that the model knows of earlier calls."""
        return ()

    def occupies(self, channel_id: int) -> bool:  # noqa: ARG002
        """Whether a group uses the tool in a channel, so that messages without a mention are not for the tutor."""
        return False


class Tools:
    """All functions that the model may call, by name, and whether it may run code.

    `may_run_code` tells whether a guild (0: direct messages) wants the code interpreter; `server_runs_code` whether the
    Assistants server has it.
    """

    def __init__(self, may_run_code: Callable[[int], bool] = lambda _guild_id: True) -> None:
        self._tools: dict[str, Tool] = {}
        self._may_run_code = may_run_code
        self.server_runs_code = False
        self.at_work: set[str] = set()
        """The calls that tools of this process are at, until their outputs are stored."""

    def add(self, tool: Tool) -> None:
        """Offer `tool` to the model.

        Raises:
            ValueError: there is another tool of that name.
        """
        if tool.name in self._tools:
            raise ValueError(f"there are two tools named {tool.name!r}")
        self._tools[tool.name] = tool

    def get(self, name: str) -> Tool | None:
        """The tool of that name; None when there is none (models invent names)."""
        return self._tools.get(name)

    def __iter__(self) -> Iterator[Tool]:
        return iter(self._tools.values())

    def runs_code(self, guild_id: int) -> bool:
        """Whether the model may run code in a guild (0: in direct messages)."""
        return self.server_runs_code and self._may_run_code(guild_id)

    def offered(
        self,
        search: AssistantToolParam = FILE_SEARCH,
        place: tuple[int, int] | None = None,
        *,
        server_runs_code: bool | None = None,
    ) -> list[AssistantToolParam]:
        """The tools as the API takes them: the search in a server's files, the code interpreter, and every function; of
        an assistant, or of a run in a `place`, a guild and a channel of it.

        `server_runs_code` takes the place of what is known of the Assistants server.
        """
        code = self.server_runs_code if server_runs_code is None else server_runs_code
        if place is not None and not self._may_run_code(place[0]):
            code = False
        functions: list[AssistantToolParam] = [
            {"type": "function", "function": tool.schema.model_dump(exclude_none=True)}  # type: ignore[typeddict-item]
            for tool in self
            if place is None or tool.offered_in(*place)
        ]
        return [search, *([CODE_INTERPRETER] if code else []), *functions]

    def all_offered_in(self, place: tuple[int, int]) -> bool:
        """Whether everything is offered in a guild and a channel of it."""
        code = not self.server_runs_code or self._may_run_code(place[0])
        return code and all(tool.offered_in(*place) for tool in self)
