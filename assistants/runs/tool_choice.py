"""`tool_choice` in the rounds of a run.

It binds until the model has made the call, and is `auto` from then on: a model that is made to call again and again
never comes to speak. While a named function is due, the server's own tools may go first: a quiz is better when the
model has read the file before.
"""

from collections.abc import Collection
from typing import Any

from assistants.models import model_protocol

SERVER_ROUNDS = 3
"""Rounds that the server's own tools may take before the model must call a named function."""
NEVER_FIRST = frozenset({"code_interpreter"})
"""The server's tools that do not go before a named function: code finds nothing out that the call needs."""


class RunToolChoice:
    """The `tool_choice` that the model is given, round by round.

    `asked` is the run's `tool_choice`, `offered` the names of all tools on offer and `server_tools` of those that the
    server runs itself. A tool that is not on offer (`code_interpreter`, or `file_search` without files) does not
    bind. `resumed` says that outputs have been submitted; after that nothing binds.
    """

    def __init__(self, asked: Any, *, offered: Collection[str], server_tools: Collection[str], resumed: bool) -> None:
        self._wanted: model_protocol.ToolChoice = _name(asked)
        self._server_tools = server_tools
        self._rounds = 0
        self.binds = not resumed and (bool(offered) if self._wanted == "required" else self._wanted in offered)
        self._reminded = False

    @property
    def next_round(self) -> model_protocol.ToolChoice:
        """The choice for the next round."""
        if not self.binds:
            return "none" if self._wanted == "none" else "auto"
        if self._wanted == "required" or self._wanted in self._server_tools:
            return self._wanted
        first = set(self._server_tools) - NEVER_FIRST
        return "required" if first and self._rounds < SERVER_ROUNDS else self._wanted

    def note_calls(self, names: Collection[str]) -> None:
        """Count a round, in which the model called the functions `names`."""
        self._rounds += 1
        if self._wanted in names or (self._wanted == "required" and names):
            self.binds = False

    def reminder(self) -> str | None:
        """What to tell a model that has not made the call. None, and nothing binds any more, from the second time."""
        if self._reminded or not self.binds:
            self.binds = False
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
