"""How often a function's calls were sent back to the model within one run.

It is counted by the outputs that are stored, so that a restart in between forgets none of them.
"""

import json

from bot.store.conversation_store import ConversationStore


class Corrections:
    """Counts the outputs of one function, by `name`, whose status is `invalid`."""

    def __init__(self, store: ConversationStore, name: str) -> None:
        self._store = store
        self._name = name

    async def count(self, run_id: str) -> int:
        """How often a run's calls were sent back."""
        calls = await self._store.calls_with_output(run_id)
        return sum(call.name == self._name and _is_invalid(call.output or "") for call in calls)


def _is_invalid(output: str) -> bool:
    try:
        read = json.loads(output)
    except ValueError:
        return False
    return isinstance(read, dict) and read.get("status") == "invalid"
