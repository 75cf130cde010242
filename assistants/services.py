"""What the endpoints work with, built once at start and passed on."""

from collections.abc import Callable
from dataclasses import dataclass

from fastapi import Request

from assistants.file_resources import FileResources
from assistants.models.model_protocol import Model
from assistants.runs.run_tasks import Executor
from assistants.settings import Settings
from assistants.store.store import Store
from workers import Pool

Clock = Callable[[], float]
"""Seconds since the epoch."""


@dataclass(frozen=True, slots=True)
class Server:
    """The open parts of a running server."""

    settings: Settings
    store: Store
    model: Model
    file_resources: FileResources
    executor: Executor
    pool: Pool
    clock: Clock

    def now(self) -> int:
        """The present, in whole seconds, as the wire says it."""
        return int(self.clock())


async def server_of(request: Request) -> Server:
    """FastAPI dependency: the server that `request` came to. (FastAPI sends what is not `async` to a thread.)"""
    server: Server = request.app.state.server
    return server
