"""`tool_choice` through the rounds of a run.

It binds until it is satisfied and is `auto` from then on: else the model, made to call again, would never come to
speak. A named function lets the server's own tools go first, for a quiz is better made after the file was read.
"""

from collections.abc import Collection
from typing import Any

from assistants.models import model_protocol

SERVER_ROUNDS = 3
"""Rounds that the server's own tools may take before a named function is forced."""


class Choice:
    """What the model is told about its tools, round by round.

    `asked` is the wire's `tool_choice`, `offered` the names of all tools on offer and `server_tools` of those that the
    server runs itself; a tool that is not on offer (`code_interpreter`, or `file_search` without files) cannot be
    owed. `resumed` says that outputs have been submitted, after which nothing binds any more.
    """

    def __init__(self, asked: Any, *, offered: Collection[str], server_tools: Collection[str], resumed: bool) -> None:
        self._wanted: model_protocol.ToolChoice = _name(asked)
        self._server_tools = server_tools
        self._rounds = 0
        self.bound = not resumed and (bool(offered) if self._wanted == "required" else self._wanted in offered)
        self._reminded = False

    @property
    def now(self) -> model_protocol.ToolChoice:
        """The choice for the next round."""
        if not self.bound:
            return "none" if self._wanted == "none" else "auto"
        if self._wanted == "required" or self._wanted in self._server_tools:
            return self._wanted
        return "required" if self._server_tools and self._rounds < SERVER_ROUNDS else self._wanted

    def saw(self, names: Collection[str]) -> None:
        """Take note of the functions that a round called."""
        self._rounds += 1
        if self._wanted in names or (self._wanted == "required" and names):
            self.bound = False

    def remind(self) -> str | None:
        """What to tell a model that ignored the choice; None once it has been told."""
        if self._reminded or not self.bound:
            self.bound = False
            return None
        self._reminded = True
        self._rounds = SERVER_ROUNDS
        tool = "one of the tools" if self._wanted == "required" else f"the function {self._wanted}"
        return f"Do not answer in words yet: call {tool} now."


def _name(asked: Any) -> model_protocol.ToolChoice:
    if isinstance(asked, dict):
        name: str = asked["function"]["name"] if asked["type"] == "function" else asked["type"]
        return name
    return str(asked)
