"""How often a function's calls were sent back to the model within one run.

It is counted by the outputs that are stored, so that a restart in between forgets none of them.
"""

import json
from typing import Any

from bot.store.conversation_store import ConversationStore


class Corrections:
    """Counts the outputs of one function, by `name`, whose status is `invalid`."""

    def __init__(self, store: ConversationStore, name: str) -> None:
        self._store = store
        self._name = name

    async def count(self, run_id: str) -> int:
        """How often a run's calls were sent back."""
        return sum(output.get("status") == "invalid" for output in await self._outputs(run_id))

    async def given_up(self, run_id: str) -> bool:
        """Whether a call of the run was given up, which the student was told: a model may call again all the same."""
        outputs = await self._outputs(run_id)
        return any(each.get("status") in {"invalid", "failed"} and "problems" not in each for each in outputs)

    async def _outputs(self, run_id: str) -> list[dict[str, Any]]:
        calls = await self._store.calls_with_output(run_id)
        return [_read(call.output or "") for call in calls if call.name == self._name]


def _read(output: str) -> dict[str, Any]:
    try:
        read = json.loads(output)
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}
