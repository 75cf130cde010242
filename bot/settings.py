"""Every setting of the bot: read once from the environment and `.env`, typed, and passed on.

What the Assistants server and its models need (MODEL_API, EMBEDDING_MODEL, …) stands in `assistants.settings`; a name
that both rooms know means the same in both.
"""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import AliasChoices, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

DATABASES = ("postgresql://", "postgres://", "postgresql+asyncpg://", "sqlite+aiosqlite://")
LogLevel = Literal["DEBUG", "INFO", "WARNING", "ERROR"]


def _names(value: object) -> object:
    """`"library, 자료실"` -> `("library", "자료실")`."""
    if isinstance(value, str):
        return tuple(name.strip().lstrip("#") for name in value.split(",") if name.strip())
    return value


def _upper(value: object) -> object:
    return value.upper() if isinstance(value, str) else value


def _bare_token(value: object) -> object:
    """The token alone: examples of Discord's API write `Bot …` in front of it."""
    return value.strip().removeprefix("Bot ").strip() if isinstance(value, str) else value


def _web_address(value: object) -> object:
    if isinstance(value, str):
        value = value.strip().rstrip("/")
        if not value.startswith(("http://", "https://")):
            raise ValueError("it must begin with http:// or https://")
    return value


def _database(value: object) -> object:
    if isinstance(value, str) and not value.strip().startswith(DATABASES):
        raise ValueError("it must begin with postgresql://; leave it out for SQLite")
    return value.strip() if isinstance(value, str) else value


WebAddress = Annotated[str, BeforeValidator(_web_address)]


class SettingsError(Exception):
    """A setting cannot be read; the message is one plain sentence for the owner."""


class Settings(BaseSettings):
    """The bot's settings; each field is the environment variable of the same name in capitals."""

    model_config = SettingsConfigDict(
        env_file=".env",
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",
        hide_input_in_errors=True,
        populate_by_name=True,
        frozen=True,
    )

    discord_token: Annotated[SecretStr | None, BeforeValidator(_bare_token)] = Field(
        default=None, description="The bot's token, from Discord's developer portal."
    )
    discord_api_url: WebAddress | None = Field(
        default=None, description="Where Discord's REST API is (a proxy, or the playground); unset: Discord itself."
    )
    discord_gateway_url: str | None = Field(
        default=None, description="Where Discord's gateway is, `ws://…`; unset: what the REST API names."
    )
    openai_api_key: SecretStr | None = Field(
        default=None,
        validation_alias=AliasChoices("OPENAI_API_KEY", "OPEN_API_KEY"),
        description="Key of the model's provider; without one the offline model answers.",
    )
    openai_base_url: WebAddress | None = Field(
        default=None, description="Any OpenAI-compatible provider, e.g. `http://localhost:11434/v1` for Ollama."
    )
    model: str = Field(default="gpt-6-luna", description="The model that the servers' assistants are made with.")
    assistants_url: WebAddress | None = Field(
        default=None,
        description="An Assistants server elsewhere (the SDK's base URL, ends in `/v1`); unset: the embedded one.",
    )
    assistants_key: SecretStr | None = Field(default=None, description="The key of that server.")
    data_dir: Path = Field(default=Path("data"), description="Where SQLite files and uploads are kept.")
    database_url: Annotated[SecretStr | None, BeforeValidator(_database)] = Field(
        default=None, description="`postgresql://…` instead of SQLite, for several processes."
    )
    library_channels: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_names)] = Field(
        default=("library", "knowledge", "자료실"),
        description="Names of the channels whose files become knowledge from the start, comma-separated.",
    )
    student_runs: int = Field(
        default=3, ge=1, description="Answers that one student may have running at once; more wait their turn."
    )
    student_queue: int = Field(
        default=10, ge=1, description="Questions of one student that may wait; beyond, the student is told so."
    )
    tokens_per_day: int = Field(
        default=5_000_000, ge=0, description="Tokens that the whole bot may use in a day (UTC); 0: no limit."
    )
    log_level: Annotated[LogLevel, BeforeValidator(_upper)] = Field(default="INFO", description="How much is logged.")

    @property
    def store_url(self) -> str:
        """The SQLAlchemy URL of the bot's own database."""
        if self.database_url is None:
            return f"sqlite+aiosqlite:///{self.data_dir / 'saem.sqlite3'}"
        url = self.database_url.get_secret_value()
        for short in ("postgresql://", "postgres://"):
            if url.startswith(short):
                return "postgresql+asyncpg://" + url.removeprefix(short)
        return url

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must never stand in a log."""
        held = (self.discord_token, self.openai_api_key, self.assistants_key, self.database_url)
        return tuple(secret.get_secret_value() for secret in held if secret is not None)


def read_settings(**given: object) -> Settings:
    """Read the environment and `.env`; `given` (by field name) wins over both.

    Raises:
        SettingsError: a value does not fit.
    """
    try:
        return Settings(**given)  # type: ignore[arg-type]
    except UnicodeDecodeError:
        raise SettingsError(
            "The file .env is not UTF-8 text: save it as UTF-8 (in Notepad: Save as, Encoding)."
        ) from None
    except ValidationError as error:
        raise SettingsError(wrong_setting(error)) from None


def wrong_setting(error: ValidationError) -> str:
    """A sentence on the first setting that does not fit, without its value."""
    wrong = error.errors(include_input=False, include_url=False)[0]
    name = ".".join(str(part) for part in wrong["loc"]).upper()
    reason = wrong["msg"].removeprefix("Value error, ")
    return f"The setting {name} does not fit: {reason[:1].lower()}{reason[1:]}."
