"""Saves the messages that are being written every second, so that a process that dies loses no more than that."""

import asyncio

import structlog
from sqlalchemy.exc import SQLAlchemyError

from assistants.runs.run_tasks import RunTasks

log = structlog.get_logger(__name__)

SAVE_EVERY = 1.0
"""Seconds."""


class SavedMessages:
    """The background task that saves what the messages of this process's runs have gained."""

    def __init__(self, run_tasks: RunTasks) -> None:
        self._run_tasks = run_tasks
        self._task: asyncio.Task[None] | None = None
        self._failing = False

    def start(self) -> None:
        """Save every second until `close`."""
        self._task = asyncio.create_task(self._save_for_ever(), name="saved_messages")

    async def close(self) -> None:
        """Stop."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    async def _save_for_ever(self) -> None:
        while True:
            await asyncio.sleep(SAVE_EVERY)
            try:
                await self._run_tasks.save_messages()
                self._failing = False
            except (SQLAlchemyError, OSError, TimeoutError) as error:
                if not self._failing:  # once, not every second; the whole message is written at its end
                    log.warning("messages_not_saved", reason=type(error).__name__)
                self._failing = True
