"""The Assistants server that a command works with: the one that the settings name, or one embedded in this process."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from openai import AsyncOpenAI
from pydantic import ValidationError

from bot.conversations.openai_client import OpenAIClient
from bot.discord_clock import DISCORD_CLOCK
from bot.errors import StartupError
from bot.settings import Settings, wrong_settings
from workers import Pool

if TYPE_CHECKING:
    from assistants.settings import Settings as ServerSettings

EMBEDDED_RUN_EXPIRES_AFTER = 7 * 24 * 3600
"""Seconds that a run on the embedded server waits for people: a quiz may stay open for a week."""

EMBEDDED_HISTORY_TOKENS = 24_000
"""Tokens of earlier messages that go along with a question: some forty answers, for each of which every question after
it pays."""


@asynccontextmanager
async def open_assistants(settings: Settings, pool: Pool, open_model: Any = None) -> AsyncIterator[AsyncOpenAI]:
    """A client of the Assistants server that `settings` names, or of an embedded one.

    `open_model` takes the model's place in the embedded server (for tests).
    """
    if settings.assistants_url is not None:
        key = settings.assistants_key.get_secret_value() if settings.assistants_key is not None else "none"
        async with OpenAIClient(base_url=settings.assistants_url, api_key=key) as client:
            yield client
        return
    # Not loaded by a bot whose server is elsewhere.
    from assistants.inprocess_transport import inprocess_client  # noqa: PLC0415

    async with inprocess_client(
        embedded_settings(settings),
        pool=pool,
        open_model=open_model,
        client_class=OpenAIClient,
        clock=DISCORD_CLOCK.seconds,
    ) as client:
        yield client


def embedded_settings(settings: Settings) -> "ServerSettings":
    """The embedded server's settings: what the bot has too is the bot's, the rest is read from the environment.

    Raises:
        StartupError: some of the server's own settings do not fit.
    """
    import assistants.settings  # noqa: PLC0415

    shared = {"openai_api_key", "openai_base_url", "model", "data_dir", "database_url", "interpreter_socket"}
    shared |= {"log_level"}
    shared |= {"files_url", "aws_access_key_id", "aws_secret_access_key", "aws_session_token"}
    given = {name: getattr(settings, name) for name in shared}
    try:
        server = assistants.settings.Settings(**given)
    except ValidationError as error:
        raise StartupError("\n".join(wrong_settings(error).values())) from None
    own = {"run_expires_after": EMBEDDED_RUN_EXPIRES_AFTER, "history_tokens": EMBEDDED_HISTORY_TOKENS}
    return server.model_copy(update={name: own[name] for name in own.keys() - server.model_fields_set})


def is_offline(settings: Settings) -> bool:
    """Whether the offline model answers, which sees no pictures.

    Raises:
        StartupError: some of the server's own settings do not fit.
    """
    if settings.assistants_url is not None:
        return False
    names_a_model = settings.openai_api_key is not None or settings.openai_base_url is not None
    return not names_a_model or embedded_settings(settings).model_api == "offline"
