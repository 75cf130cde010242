"""The services that endpoints work with; the app opens them once, when it starts."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from assistants.models.model_protocol import Model
from assistants.models.reverse_proxy import ReverseProxy
from assistants.retrieval.retrieval import Retrieval
from assistants.runs.run_tasks import RunTasks
from assistants.settings import Settings
from assistants.store.store import Store

Clock = Callable[[], float]
"""Seconds since the epoch."""


@dataclass(frozen=True, slots=True)
class Services:
    """What the endpoints of a running server work with."""

    settings: Settings
    store: Store
    model: Model
    retrieval: Retrieval
    run_tasks: RunTasks
    clock: Clock
    reverse_proxy: ReverseProxy | None
    """The way to the model's provider for endpoints that this server does not have; None where there is none."""
    server_tools: tuple[str, ...] = ()
    """The types of the tools that this server runs itself."""

    def now(self) -> int:
        """The present in whole seconds, as the API writes times."""
        return int(self.clock())


async def services_of(request: Request) -> Services:
    """The services of the app that `request` came to. (`async`, since FastAPI runs other dependencies in a thread.)"""
    services: Services = request.app.state.services
    return services


ServicesDep = Annotated[Services, Depends(services_of)]
"""An endpoint's parameter: the services of the app."""
