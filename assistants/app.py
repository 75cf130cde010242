"""The ASGI application: opens the services, and adds endpoints, middleware and exception handlers."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from assistants.api import assistants, files, messages, models, openapi, run_steps, runs, threads, vector_stores
from assistants.api.cors import CorsMiddleware
from assistants.api.middleware import ApiMiddleware, on_api_error, on_http_exception, on_invalid_parameter
from assistants.api.pass_through import PassThrough
from assistants.errors import ApiError
from assistants.interpreter.code_interpreter import CodeInterpreter
from assistants.interpreter.kernels import Kernels
from assistants.models.api_detection import OPENAI_URL, open_model
from assistants.models.model_protocol import Model
from assistants.models.reverse_proxy import ReverseProxy
from assistants.retrieval.retrieval import open_retrieval
from assistants.runs.execution import RunServices
from assistants.runs.orphaned_runs import OrphanedRuns
from assistants.runs.run_tasks import RunTasks
from assistants.runs.saved_messages import SavedMessages
from assistants.server_tools import ServerTool
from assistants.services import Clock, Services
from assistants.settings import Settings
from assistants.store.process_lock import lock_database
from assistants.store.store import open_store
from database.engines import sqlite_file
from workers import Pool
from workers.service.client import finder

ModelOpener = Callable[[Settings, Pool], AbstractAsyncContextManager[Model]]


def create_app(
    settings: Settings,
    *,
    pool: Pool,
    key: str | None = None,
    stand_alone: bool = False,
    open_model: ModelOpener | None = None,
    tools: Sequence[ServerTool] = (),
    clock: Clock | None = None,
) -> FastAPI:
    """The server as an ASGI app; its lifespan opens and closes the store, the model and the runs.

    Clients must send `key` (the settings' when None). A server that is not `stand_alone` is a part of another program
    and asked by that alone: by no web page, and for nothing that is the provider's. `open_model` replaces the model
    that the settings name; `tools` are further tools that the server runs itself. `clock` takes the place of the
    store's.

    Raises:
        ValueError: there is no key.
    """
    if key is None and settings.assistants_key is not None:
        key = settings.assistants_key.get_secret_value()
    if not key:
        raise ValueError("The Assistants server needs a key that its clients must send: set ASSISTANTS_KEY.")

    passes_on = stand_alone and settings.pass_through == "on"  # noqa: S105 - no password

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            app.state.services = await _open_services(
                stack,
                settings,
                pool,
                open_model or _model_of_settings,
                extra_tools=tools,
                clock=clock,
                proxy=_reverse_proxy(settings) if passes_on else None,
            )
            yield

    app = FastAPI(
        title="Assistants",
        version="2",
        description="The Assistants v2 API on any OpenAI-compatible model.",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        exception_handlers={
            ApiError: on_api_error,
            HTTPException: on_http_exception,
            RequestValidationError: on_invalid_parameter,
        },
    )
    for endpoints in (assistants, runs, threads, messages, run_steps, files, vector_stores, models):
        app.include_router(endpoints.router, prefix="/v1")
    app.openapi = lambda: _openapi_document(app)  # type: ignore[method-assign]
    app.add_middleware(PassThrough, enabled=passes_on)
    app.add_middleware(ApiMiddleware, key=key)
    if stand_alone and settings.cors_origins:
        app.add_middleware(CorsMiddleware, origins=settings.cors_origins)
    return app


async def _open_services(
    stack: AsyncExitStack,
    settings: Settings,
    pool: Pool,
    open_model: ModelOpener,
    *,
    extra_tools: Sequence[ServerTool],
    clock: Clock | None,
    proxy: ReverseProxy | None,
) -> Services:
    if (database := sqlite_file(settings.store_url)) is not None:
        stack.enter_context(lock_database(database))
    store = await stack.enter_async_context(open_store(settings.store_url))
    if clock is None:
        clock = await store.steady_clock()
    model = await stack.enter_async_context(open_model(settings, pool))
    retrieval = await stack.enter_async_context(open_retrieval(settings, store, pool, clock))
    search = retrieval.file_search(store, budget=model.context_window(settings.model) // 4)
    own: list[ServerTool] = [search]
    find_sandbox = finder(settings.interpreter_socket)
    found = await asyncio.to_thread(find_sandbox) if settings.code_interpreter == "on" else None
    if found is not None and found.is_watched:
        interpreter = CodeInterpreter(store, retrieval.files, Kernels(found))
        stack.push_async_callback(interpreter.close)
        own.append(interpreter)
    tools = {tool.type: tool for tool in (*own, *extra_tools)}
    run_tasks = RunTasks(RunServices(settings, store, model, retrieval, tools), clock)
    stack.push_async_callback(run_tasks.close)
    orphaned_runs = OrphanedRuns(run_tasks, store)
    stack.push_async_callback(orphaned_runs.close)
    await orphaned_runs.start()
    saved_messages = SavedMessages(run_tasks)
    stack.push_async_callback(saved_messages.close)
    saved_messages.start()
    if proxy is not None:
        await stack.enter_async_context(proxy)
    return Services(settings, store, model, retrieval, run_tasks, clock, proxy, tuple(tools))


def _model_of_settings(settings: Settings, pool: Pool) -> AbstractAsyncContextManager[Model]:
    key = settings.openai_api_key
    return open_model(
        api=settings.model_api,
        key=key.get_secret_value() if key else None,
        url=settings.openai_base_url,
        window=settings.model_context,
        pool=pool,
    )


def _reverse_proxy(settings: Settings) -> ReverseProxy | None:
    """The way to the provider that the settings name."""
    key = settings.openai_api_key
    if settings.model_api == "offline" or (key is None and settings.openai_base_url is None):
        return None
    return ReverseProxy(settings.openai_base_url or OPENAI_URL, key.get_secret_value() if key else None)


def _openapi_document(app: FastAPI) -> dict[str, object]:
    if app.openapi_schema is None:
        app.openapi_schema = openapi.build(app)
    return app.openapi_schema
