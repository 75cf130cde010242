"""`saem check`: what is set up and what is missing, a line each, with what to do about it."""

import asyncio
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from urllib.parse import parse_qsl, urlsplit

import aiohttp
import discord
import openai
from discord.utils import oauth_url
from openai import AsyncOpenAI
from sqlalchemy import make_url
from sqlalchemy.exc import SQLAlchemyError

from assistants.errors import ApiError
from assistants.file_stores.moving import missing_files
from assistants.file_stores.opening import open_file_store, place_of, told
from assistants.retrieval.formats.scans import tesseract
from assistants.store.store import open_store as open_server_store
from bot.client import point_at
from bot.command_line.assistants_server import embedded_settings, open_assistants
from bot.command_line.refused_token import RefusedToken
from bot.command_line.startup_settings import env_example, mistyped_names
from bot.logs import Redact, in_encoding
from bot.moderation.checks import check_with, provider_of
from bot.settings import ENV_FILE, Settings
from bot.store.notes import Notes
from bot.store.store import StoreError, open_store
from database.errors import describe_failure
from workers import Pool, sandbox
from workers.service.client import NoSandboxError, ServiceError, ServiceSandbox, finder

if TYPE_CHECKING:
    from assistants.settings import Settings as ServerSettings

PERMISSIONS = discord.Permissions(
    view_channel=True,
    send_messages=True,
    send_messages_in_threads=True,
    create_public_threads=True,
    manage_threads=True,
    embed_links=True,
    attach_files=True,
    read_message_history=True,
    add_reactions=True,
)
"""What Saem needs in a server; `manage_threads` is for answering in threads that were archived automatically."""
MODEL_TIMEOUT = 60.0
"""Seconds that the model has for its first run."""
GATEWAY_TIMEOUT = 15.0
"""Seconds that Discord's gateway has for its first message."""

WITHOUT_SANDBOX = "Files are read with limits on time and memory alone, and code that models write does not run."

Mark = Literal["✓", "✗"]


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one check."""

    mark: Mark
    text: str

    def __str__(self) -> str:
        return f"{self.mark} {self.text}"

    @property
    def subject(self) -> str:
        """What it is about: `Discord token`, `Message Content Intent` …"""
        return self.text.partition(":")[0]


def good(text: str) -> Finding:
    """A finding that is in order."""
    return Finding("✓", text)


def bad(text: str) -> Finding:
    """A finding that is not in order; its text says what to do."""
    return Finding("✗", text)


async def check(settings: Settings) -> int:
    """Print what is set up and what is missing; the exit code, 1 when something is not in order."""
    point_at(settings.discord_api_url, settings.discord_gateway_url)
    redact = Redact(settings.secrets)
    encoding = sys.stdout.encoding or "utf-8"
    code = 0
    async for finding in _findings(settings, embedded_settings(settings)):
        print(redact.line(in_encoding(str(finding), encoding)), flush=True)
        if finding.mark == "✗":
            code = 1
    return code


async def _findings(settings: Settings, server: "ServerSettings") -> AsyncIterator[Finding]:
    """Check everything in the order in which it is needed; each finding comes as soon as it is known."""
    for sentence in mistyped_names():
        yield bad(f"Settings: {sentence}")
    valid = False
    async for finding in discord_findings(settings):
        valid = valid or finding.mark == "✓"
        yield finding
    yield await _store(settings, token_is_valid=valid)
    offline = _is_offline(settings, server)
    async for finding in model_findings(settings, offline=offline):
        yield finding
    if settings.assistants_url is None:
        yield await _files(server)
        yield await embeddings_finding(settings, "" if offline else server.embedding_model)
        yield await _scanned_pages()
    yield await moderation_finding(settings)
    yield await _sandbox(settings.interpreter_socket)


def _is_offline(settings: Settings, server: "ServerSettings") -> bool:
    return server.model_api == "offline" or (settings.openai_api_key is None and settings.openai_base_url is None)


async def discord_findings(settings: Settings) -> AsyncIterator[Finding]:
    """Whether Discord takes the token, the intent, the invite link, and the gateway."""
    if settings.discord_token is None:
        example = "" if ENV_FILE.is_file() else f" There is no .env here yet: copy {env_example()} to it."
        yield bad(f"Discord token: none. Put DISCORD_TOKEN=… into .env (developer portal, Bot, Reset Token).{example}")
        return
    async with discord.Client(intents=discord.Intents.none()) as client:
        try:
            await client.login(settings.discord_token.get_secret_value())
        except discord.LoginFailure:
            yield bad(f"Discord token: refused. {refused_token(settings)}")
            return
        except (discord.HTTPException, aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
            yield bad(f"Discord: cannot be reached ({error}). Check the network and DISCORD_API_URL.")
            return
        yield good(f"Discord token: valid, the bot is {client.user}.")
        yield _content_intent(client)
        assert client.application_id is not None
        link = oauth_url(client.application_id, permissions=PERMISSIONS, scopes=("bot", "applications.commands"))
        yield good(f"Invite link, with the permissions that Saem needs: {link}")
        yield await _gateway(settings, client)


async def _gateway(settings: Settings, client: discord.Client) -> Finding:
    """Check the connection that brings messages, as it may fail where requests succeed."""
    url = settings.discord_gateway_url
    try:
        async with asyncio.timeout(GATEWAY_TIMEOUT):
            url = url or (await client.http.get_bot_gateway())[1]
            socket = await client.http.ws_connect(f"{url}?v=10&encoding=json")
            await socket.receive()
            await socket.close()
    except (discord.DiscordException, aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
        return bad(
            f"Discord's gateway ({url or 'not named'}): cannot be reached ({_cause(error)}). Without it no message "
            "comes. Check DISCORD_GATEWAY_URL, and that a firewall or proxy lets WebSockets through."
        )
    return good("Discord's gateway: answers.")


def refused_token(settings: Settings) -> str:
    """What to do about a token that Discord refuses."""
    token = settings.discord_token.get_secret_value() if settings.discord_token is not None else ""
    if token.startswith("sk-"):
        return "It is a model provider's key: put that into OPENAI_API_KEY, and the bot's token into DISCORD_TOKEN."
    return "Copy it anew from the developer portal (Bot, Reset Token), whole."


def _content_intent(client: discord.Client) -> Finding:
    flags = client.application_flags
    if flags.gateway_message_content or flags.gateway_message_content_limited:
        return good("Message Content Intent: on.")
    return bad(
        "Message Content Intent: off. Mentions, direct messages and commands work; to be heard in threads without a "
        "mention, Saem needs it: developer portal, Bot, Privileged Gateway Intents."
    )


async def _store(settings: Settings, *, token_is_valid: bool) -> Finding:
    """Write to the database; `saem run` asks Discord again after that when the token was refused before."""
    try:
        async with open_store(settings.store_url) as store:
            notes = Notes(store)
            await notes.set("checked", "yes")
            if token_is_valid:
                await RefusedToken(notes, settings).forget()
            where = "PostgreSQL" if store.dialect == "postgresql" else make_url(settings.store_url).database
    except StoreError as error:
        return bad(f"Database: {error}")
    except SQLAlchemyError as error:
        return bad(f"Database: {describe_failure(error, settings.store_url)}")
    return good(f"Database: writable ({where}).")


async def _files(server: "ServerSettings") -> Finding:
    """Write, read and delete a file where the server keeps them."""
    try:
        place = place_of(server)
        async with open_server_store(server.store_url) as store, open_file_store(place, store) as file_store:
            missing = await missing_files(store, file_store)
    except (StoreError, ApiError) as error:
        return bad(f"Files: {error}")
    except SQLAlchemyError as error:
        return bad(f"Files: {describe_failure(error, server.store_url)}")
    if missing:
        return bad(
            f"Files: {missing} of the newest are not in the {told(place)}. If FILES_URL was changed, `saem move-files "
            "OLD_ADDRESS` brings them."
        )
    return good(f"Files: can be written and read ({told(place)}).")


async def model_findings(settings: Settings, *, offline: bool) -> AsyncIterator[Finding]:
    """Whether the model answers, and calls functions."""
    where = settings.assistants_url or settings.openai_base_url or "OpenAI"
    if settings.assistants_url is None and offline:
        keyless = settings.openai_base_url is None and settings.openai_api_key is None
        where = f"offline, as {'there is no OPENAI_API_KEY' if keyless else 'MODEL_API says so'}"
    try:
        async with _separate_assistants(settings) as client:
            async for finding in _probe(client.with_options(max_retries=0), settings.model, where):
                yield finding
    except (openai.OpenAIError, OSError, TimeoutError) as error:
        yield bad(f"Model ({where}): no answer ({_cause(error)}). Check the address, the key, and that it runs.")


@asynccontextmanager
async def _separate_assistants(settings: Settings) -> AsyncIterator[AsyncOpenAI]:
    """An Assistants server that shares no files with a bot that may be running; a client of it."""
    with tempfile.TemporaryDirectory() as directory:
        separate = settings.model_copy(update={"data_dir": Path(directory), "database_url": None})
        async with (
            Pool(find_sandbox=finder(settings.interpreter_socket)) as pool,
            open_assistants(separate, pool) as client,
        ):
            yield client


async def _probe(client: AsyncOpenAI, model: str, where: str) -> AsyncIterator[Finding]:
    """One short run in which the model must call a function: quizzes need a model that can."""
    assistant = await client.beta.assistants.create(
        model=model,
        instructions="Call the function.",
        tools=[
            {
                "type": "function",
                "function": {
                    "name": "report",
                    "description": "Report a number.",
                    "parameters": {"type": "object", "properties": {"number": {"type": "integer"}}},
                },
            }
        ],
    )
    try:
        async with asyncio.timeout(MODEL_TIMEOUT):
            run = await client.beta.threads.create_and_run_poll(
                assistant_id=assistant.id,
                thread={"messages": [{"role": "user", "content": "Report the number 3."}]},
                tool_choice="required",
                poll_interval_ms=100,
            )
    finally:
        await client.beta.assistants.delete(assistant.id)
    if run.status == "requires_action":
        yield good(f"Model ({where}): answers, and calls functions.")
        await client.beta.threads.runs.cancel(run.id, thread_id=run.thread_id)
    elif run.status == "completed":
        yield good(f"Model ({where}): answers.")
        yield bad("Model: does not call functions, so there are no quizzes. Choose one that does (MODEL).")
    else:
        cause = run.last_error.message if run.last_error is not None else run.status
        yield bad(f"Model ({where}): {_sentence(cause)} {_remedy(where, model)}")


def _sentence(cause: str) -> str:
    return cause if cause.endswith((".", "!", "?")) else f"{cause}."


def _remedy(where: str, model: str) -> str:
    advice = f"Check OPENAI_API_KEY, OPENAI_BASE_URL and MODEL ({model})."
    if where.startswith("http") and not urlsplit(where).path.strip("/"):
        advice += f" Most providers' addresses end in /v1: {where}/v1."
    return advice


async def _scanned_pages() -> Finding:
    """Scanned pages are a help, not a need: without the program all else works."""
    languages = await asyncio.to_thread(tesseract.languages)
    more = "apt install tesseract-ocr-kor; other languages alike"
    if not languages:
        return good(f"Scanned pages: not read. For that, install Tesseract (apt install tesseract-ocr; {more}).")
    missing = "" if "kor" in languages else f" Korean is missing ({more})."
    return good(f"Scanned pages: read by Tesseract ({', '.join(languages)}).{missing}")


async def _sandbox(service: Path | None) -> Finding:
    """Without one all works but code: limits on time and memory hold, and files are read as the user that Saem is."""
    if service is not None:
        return await asyncio.to_thread(_sandbox_service, service)
    why = await asyncio.to_thread(sandbox.why_none)
    if not why:
        return good("Sandbox: code, files, formulas and mathematics run in bubblewrap.")
    how = {
        sandbox.NEEDS_LINUX: "it is for Linux alone",
        sandbox.NOT_INSTALLED: "to have one, install bubblewrap (apt install bubblewrap)",
    }
    return good(f"Sandbox: none, {how.get(why, why)}. {WITHOUT_SANDBOX}")


def _sandbox_service(path: Path) -> Finding:
    try:
        ServiceSandbox(path).ask()
    except NoSandboxError as error:
        return good(f"Sandbox: none in the service at {path}: {error}. {WITHOUT_SANDBOX}")
    except ServiceError as error:
        return bad(f"Sandbox: {error}. Start it (docker compose up -d interpreter), or unset INTERPRETER_SOCKET.")
    return good(f"Sandbox: code, files, formulas and mathematics run in the service at {path}.")


async def embeddings_finding(settings: Settings, model: str) -> Finding:
    """Whether the provider has a model for embeddings; empty: none is wanted."""
    if not model:
        return good("Embeddings: none, files are searched by keywords alone.")
    key = settings.openai_api_key.get_secret_value() if settings.openai_api_key is not None else "none"
    try:
        address, _, query = (settings.openai_base_url or "").partition("?")  # Azure's `?api-version=…`
        asked = dict(parse_qsl(query))
        async with AsyncOpenAI(
            base_url=address or None, default_query=asked, api_key=key, max_retries=0, timeout=20
        ) as client:
            await client.embeddings.create(model=model, input="ping")
    except (openai.APIConnectionError, openai.AuthenticationError) as error:
        return bad(f"Embeddings ({model}): not available ({_cause(error)}). Check OPENAI_BASE_URL and OPENAI_API_KEY.")
    except ImportError as error:  # httpx on a SOCKS proxy that the environment names
        return bad(f"Embeddings ({model}): cannot be looked at ({error})")
    except (openai.OpenAIError, OSError, TimeoutError) as error:
        return bad(
            f"Embeddings ({model}): not available ({_cause(error)}). Set EMBEDDING_MODEL to one that the provider has, "
            "or to `none`: files are searched by keywords alone then."
        )
    return good(f"Embeddings ({model}): available.")


async def moderation_finding(settings: Settings) -> Finding:
    """Whether questions and answers can be looked at, if that is wanted."""
    model = settings.moderation_model
    if model is None:
        return good("Moderation: off (MODERATION_MODEL is not set).")
    client = provider_of(settings)
    if client is None:
        return bad("Moderation: MODERATION_MODEL needs OPENAI_API_KEY or OPENAI_BASE_URL; nothing is looked at now.")
    try:
        async with client:
            await check_with(client, model).verdicts(["What is 7 + 7?"], lambda _tokens: None)
    except (openai.OpenAIError, ValueError, OSError) as error:
        return bad(
            f"Moderation ({model}): does not answer ({_cause(error)}); nothing is looked at while it is so. Set "
            "MODERATION_MODEL to a moderation model of the provider, to a chat model that answers `safe` or `unsafe`, "
            "or to `off`."
        )
    return good(f"Moderation ({model}): questions and answers are looked at.")


def _cause(error: BaseException) -> str:
    cause = error.__cause__ if isinstance(error, openai.APIConnectionError) and error.__cause__ else error
    return str(getattr(cause, "message", None) or str(cause) or type(cause).__name__)
