"""What each guild has on the Assistants server: its assistant and, once it has files, its vector store."""

import asyncio
import contextlib
import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import openai
import structlog
from openai import AsyncOpenAI
from openai.types.beta import AssistantToolParam
from openai.types.beta.threads import Run
from sqlalchemy import Insert, bindparam, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.conversations.location import LibraryScope, Location, channels_of, filters_of
from bot.conversations.prompts.instructions import NAME, TUTOR
from bot.conversations.tools import FILE_SEARCH, Tools
from bot.store.store import Store
from bot.store.tables import GuildRow

log = structlog.get_logger(__name__)

SERVER_TOOLS = "x-server-tools"
"""The header in which our own Assistants server tells which tools it runs itself."""

_ALL = select(GuildRow.guild_id, GuildRow.assistant_id, GuildRow.digest, GuildRow.vector_store_id)
_CHANGE = (
    update(GuildRow)
    .where(GuildRow.guild_id == bindparam("guild"))
    .values(assistant_id=bindparam("assistant"), digest=bindparam("digest"), vector_store_id=bindparam("vector_store"))
)
_REMOVE = delete(GuildRow).where(GuildRow.guild_id == bindparam("guild"))


@dataclass(slots=True)
class _GuildState:
    assistant_id: str | None = None
    digest: str | None = None
    vector_store_id: str | None = None
    stored: bool = False
    checked: bool = False
    """Whether this process has made sure that the assistant is up to date."""

    def take(self, assistant_id: str | None, digest: str | None, vector_store_id: str | None) -> None:
        """So it is stored: another process may have written it."""
        if not self.stored or (self.assistant_id, self.vector_store_id) != (assistant_id, vector_store_id):
            self.assistant_id, self.digest, self.vector_store_id = assistant_id, digest, vector_store_id
            self.stored, self.checked = True, False


class GuildAssistants:
    """The assistants and vector stores of all guilds; direct messages are guild 0, which has no vector store."""

    def __init__(self, client: AsyncOpenAI, store: Store, tools: Tools, *, model: str) -> None:
        self._client = client
        self._store = store
        insert = postgresql.insert if store.dialect == "postgresql" else sqlite.insert
        self._add: Insert = insert(GuildRow).on_conflict_do_nothing()
        self._tools = tools
        self._model = model
        self._known: defaultdict[int, _GuildState] = defaultdict(_GuildState)
        self._locks: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)
        self.owns: Callable[[int], bool] = lambda _guild_id: True
        """Whether this process serves a guild."""
        self._filters: bool | None = None
        """Whether the server knows filters of `file_search`; None until it was asked."""

    async def load(self, ours: Callable[[int], bool] = lambda _guild_id: True) -> None:
        """Read the stored ids of guilds that are ours, so that a question needs no query."""
        for row in await self._store.read(_ALL):
            if ours(row.guild_id):
                self._known[row.guild_id].take(row.assistant_id, row.digest, row.vector_store_id)

    async def _read(self, guild_id: int) -> None:
        """Read what is stored of one guild."""
        for row in await self._store.read(_ALL.where(GuildRow.guild_id == guild_id)):
            self._known[guild_id].take(row.assistant_id, row.digest, row.vector_store_id)

    async def assistant(self, guild_id: int) -> str:
        """The id of the guild's assistant, which is made or updated first if needed.

        Raises:
            openai.OpenAIError: the Assistants server does not answer, or refuses.
        """
        known = self._known[guild_id]
        if known.checked and known.assistant_id is not None:
            return known.assistant_id
        async with self._locks[guild_id]:
            return await self._ensure_assistant(guild_id, known)

    async def for_run(self, location: Location, scope: LibraryScope) -> tuple[str, list[AssistantToolParam] | None]:
        """The assistant of a run, and the tools that the run has in place of the assistant's (None: just these).

        The assistant itself finds no file of the library: its filter lets nothing through, and the run's own filter
        lets through what `scope` says. A server that does not know filters (they are not in the Assistants API) gives
        the whole library or nothing: where not all of it may be told, the assistant without a library answers.

        Raises:
            openai.OpenAIError: the Assistants server does not answer, or refuses.
        """
        place = (location.guild_id, location.channel_id)
        shelf = scope.guild_id if scope.channels else 0
        if not self.owns(shelf):
            await self._read(shelf)  # the process that serves that guild may have made what is looked for
        if shelf == 0 or self.known_vector_store(shelf) is None:
            assistant_id = await self.assistant(location.guild_id)
            all_offered = self._tools.all_offered_in(place)
            return assistant_id, None if all_offered else self._tools.offered(self._own_search(), place)
        assistant_id = await self.assistant(shelf)
        if self._filters:
            return assistant_id, self._tools.offered(scope.search_tool(), place)
        if not scope.whole:
            assistant_id = await self.assistant(0)
        return assistant_id, None if self._tools.all_offered_in(place) else self._tools.offered(place=place)

    async def runs_code(self, guild_id: int) -> bool:
        """Whether the models of a guild (0: direct messages) may run code; no, if the server cannot be asked now."""
        try:
            await self.assistant(guild_id)
        except openai.OpenAIError as error:
            log.warning("server.not_asked_for_code", cause=error)
        return self._tools.runs_code(guild_id)

    async def search_for_run(self, location: Location, scope: LibraryScope) -> tuple[str, AssistantToolParam]:
        """The assistant of a run, and the search in the files that the run may read; raises as `for_run`."""
        assistant_id, tools = await self.for_run(location, scope)
        own = self._own_search()  # in place of the assistant's: without its filter, all files would be found
        return assistant_id, next((tool for tool in tools or () if tool["type"] == "file_search"), own)

    async def vector_store(self, guild_id: int) -> str:
        """The id of the guild's vector store; if there is none, one is made and given to the assistant.

        Raises:
            openai.OpenAIError: the Assistants server does not answer, or refuses.
            ValueError: direct messages have no vector store.
        """
        if guild_id == 0:
            raise ValueError("direct messages have no library")
        known = self._known[guild_id]
        if known.vector_store_id is not None:
            return known.vector_store_id
        async with self._locks[guild_id]:
            if known.vector_store_id is None:
                await self._read(guild_id)  # a process that had the guild before may be at its last file
            if known.vector_store_id is None:
                made = await self._client.vector_stores.create(
                    name=f"Library of guild {guild_id}", metadata={"guild_id": str(guild_id)}
                )
                known.vector_store_id, known.checked = made.id, False
                await self._ensure_assistant(guild_id, known)
        return known.vector_store_id

    def known_vector_store(self, guild_id: int) -> str | None:
        """The id of the guild's vector store; None when it has none."""
        return self._known[guild_id].vector_store_id if guild_id in self._known else None

    def reads_more_than(self, run: Run, scope: LibraryScope) -> bool:
        """Whether a run may search files that `scope` does not hold; a run's filter cannot be changed."""
        readable = channels_of(run.tools)
        if readable is not None:
            return not readable <= scope.channels
        shelf = next((guild for guild, known in self._known.items() if known.assistant_id == run.assistant_id), 0)
        return self.known_vector_store(shelf) is not None and not (scope.whole and scope.guild_id == shelf)

    def forget_assistant(self, assistant_id: str) -> None:
        """The server does not know an assistant any more: the next question makes a new one."""
        for known in self._known.values():
            if known.assistant_id == assistant_id:
                known.assistant_id, known.checked = None, False

    async def delete(self, guild_id: int) -> None:
        """Delete a guild's assistant and vector store on the server: what is gone there already is fine.

        Raises:
            openai.OpenAIError: the server does not answer, or refuses.
        """
        await self._read(guild_id)
        known = self._known.pop(guild_id, _GuildState())
        if known.assistant_id is not None:
            with contextlib.suppress(openai.NotFoundError):
                await self._client.beta.assistants.delete(known.assistant_id)
        if known.vector_store_id is not None:
            with contextlib.suppress(openai.NotFoundError):
                await self._client.vector_stores.delete(known.vector_store_id)
        await self._store.write((_REMOVE, {"guild": guild_id}))

    async def forget_vector_store(self, guild_id: int) -> None:
        """The server does not know the guild's vector store any more: the assistant will do without it."""
        known = self._known[guild_id]
        known.vector_store_id, known.checked = None, False
        await self._save(guild_id, known)

    async def _ensure_assistant(self, guild_id: int, known: _GuildState) -> str:
        if self._filters is None:
            await self._ask_server(known)
        digest = self._digest(known.vector_store_id)
        if known.assistant_id is not None and known.digest != digest:
            await self._update(known)
        if known.assistant_id is None and not known.stored:
            await self._read(guild_id)  # another process may have made it
        if known.assistant_id is None:
            known.assistant_id = await self._make(guild_id, known.vector_store_id)
        if known.digest != digest or not known.stored:
            known.digest = digest
            await self._save(guild_id, known)
        known.checked = True
        return known.assistant_id

    async def _ask_server(self, known: _GuildState) -> None:
        """Find out what the server can do beyond the Assistants API's search, and whether it runs code.

        Filters it refuses, or tells back, or does not know. Our own server names its tools in a header; others have
        `code_interpreter`, as it is part of the API.
        """
        wanted = LibraryScope().search_tool()
        assistants = self._client.beta.assistants.with_raw_response
        up_to_date = any(
            known.digest == self._digest(known.vector_store_id, filters=True, runs_code=code) for code in (True, False)
        )
        try:
            if known.assistant_id is not None and up_to_date:
                response = await assistants.retrieve(known.assistant_id)
                assistant = response.parse()
            else:
                response = await assistants.create(model=self._model, name=NAME, tools=[wanted])
                assistant = response.parse()
                await self._client.beta.assistants.delete(assistant.id)
        except openai.NotFoundError:
            known.assistant_id = None
            await self._ask_server(known)
            return
        except (openai.BadRequestError, openai.UnprocessableEntityError) as error:
            log.info("server.knows_no_filters", cause=error)
            self._filters = False
            self._tools.server_runs_code = _runs_code(error.response.headers)
            return
        self._filters = any(filters_of(tool) is not None for tool in assistant.tools)
        self._tools.server_runs_code = _runs_code(response.headers)

    def _own_tools(self, *, filters: bool | None = None, runs_code: bool | None = None) -> list[AssistantToolParam]:
        """The tools of an assistant; with filters its search finds nothing, until a run says otherwise."""
        return self._tools.offered(self._own_search(filters=filters), server_runs_code=runs_code)

    def _own_search(self, *, filters: bool | None = None) -> AssistantToolParam:
        """The assistant's own search: with filters it finds nothing, without it finds what the assistant has."""
        filtered = self._filters if filters is None else filters
        return LibraryScope().search_tool() if filtered else FILE_SEARCH

    async def _make(self, guild_id: int, vector_store_id: str | None) -> str:
        assistant = await self._client.beta.assistants.create(
            name=NAME,
            instructions=TUTOR,
            model=self._model,
            tools=self._own_tools(),
            tool_resources={"file_search": {"vector_store_ids": _stores(vector_store_id)}},
            metadata={"guild_id": str(guild_id)},
        )
        log.info("guild.assistant_made", guild=guild_id, assistant=assistant.id)
        return assistant.id

    async def _update(self, known: _GuildState) -> None:
        """Update the assistant after a new release or a new setting; if the server has lost it, a new one is made."""
        assert known.assistant_id is not None
        try:
            await self._client.beta.assistants.update(
                known.assistant_id,
                name=NAME,
                instructions=TUTOR,
                model=self._model,
                tools=self._own_tools(),
                tool_resources={"file_search": {"vector_store_ids": _stores(known.vector_store_id)}},
            )
        except openai.NotFoundError:
            log.warning("guild.assistant_lost", assistant=known.assistant_id)
            known.assistant_id = None

    async def _save(self, guild_id: int, known: _GuildState) -> None:
        if known.stored:
            values = {
                "guild": guild_id,
                "assistant": known.assistant_id,
                "digest": known.digest,
                "vector_store": known.vector_store_id,
            }
            await self._store.write((_CHANGE, values))
            return
        values = {
            "guild_id": guild_id,
            "assistant_id": known.assistant_id,
            "digest": known.digest,
            "vector_store_id": known.vector_store_id,
        }
        known.stored = True
        if not await self._store.change(self._add, values):  # another process has made one for direct messages
            made, known.stored = known.assistant_id, False
            await self._read(guild_id)
            if made is not None and made != known.assistant_id:
                await self._client.beta.assistants.delete(made)

    def _digest(
        self, vector_store_id: str | None, *, filters: bool | None = None, runs_code: bool | None = None
    ) -> str:
        tools = self._own_tools(filters=filters, runs_code=runs_code)
        made_with = [NAME, TUTOR, self._model, tools, vector_store_id]
        return hashlib.sha256(json.dumps(made_with, sort_keys=True).encode()).hexdigest()


def _runs_code(headers: Mapping[str, str]) -> bool:
    """Whether the server that answered with these headers runs code that models write."""
    tools = headers.get(SERVER_TOOLS)
    return tools is None or "code_interpreter" in [tool.strip() for tool in tools.split(",")]


def _stores(vector_store_id: str | None) -> list[str]:
    return [] if vector_store_id is None else [vector_store_id]
