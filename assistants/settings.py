"""The server's settings, read once from the environment and `.env`."""

import json
import re
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AliasChoices, Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from assistants.files_url import read_address

RETIRED_MODELS = ("gpt-3.5*", "gpt-4*", "chatgpt-4o*", "o1*", "o3*", "o4*")
"""Models that leave OpenAI's API by January 2027 but that old assistants name; MODEL answers in their place."""


_ORIGIN = re.compile(r"https?://(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::\d{1,5})?")
"""A web page's origin, as browsers write it: names in other scripts are in Punycode."""


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        raise ValueError("it begins like JSON but is not valid JSON") from None


def _origin(text: str) -> str:
    """An origin as browsers write it: in small letters, without the usual port."""
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port = "", None
    written = text.lower().removesuffix("/")
    if not _ORIGIN.fullmatch(written) or not host:
        raise ValueError("it must be a list such as https://a.example,http://localhost:5173, or * for all pages")
    usual = {"http": 80, "https": 443}.get(parts.scheme.lower())
    return written.removesuffix(f":{port}") if port == usual else written


class Settings(BaseSettings):
    """The server's settings; each field is the environment variable of the same name in capitals."""

    model_config = SettingsConfigDict(env_file=".env", env_file_encoding="utf-8", extra="ignore", populate_by_name=True)

    openai_api_key: SecretStr | None = Field(
        default=None,
        validation_alias=AliasChoices("OPENAI_API_KEY", "OPEN_API_KEY"),
        description="Key of the model's provider; without key and OPENAI_BASE_URL the offline model answers.",
    )
    openai_base_url: str | None = Field(
        default=None, description="Any OpenAI-compatible provider, e.g. `http://localhost:11434/v1` for Ollama."
    )
    model: str = Field(default="gpt-6-luna", description="The model where nobody names one.")
    model_api: Literal["responses", "chat", "offline"] | None = Field(
        default=None,
        description="How the model is spoken to, `responses` or `chat`, or `offline`; found out when unset.",
    )
    model_context: int | None = Field(
        default=None,
        ge=1024,
        description="Tokens that prompt and answer may have together; unset: known by the model's name, else 32768.",
    )
    history_tokens: int | None = Field(
        default=None,
        ge=256,
        description="Tokens of a thread that go along with a question; unset: what fits, in the bot's server 24000.",
    )
    model_aliases: Annotated[dict[str, str], NoDecode] = Field(
        default_factory=lambda: dict.fromkeys(RETIRED_MODELS, ""),
        description="`asked=used` pairs with commas; `*` matches, nothing after `=` is MODEL, `none` for no aliases.",
    )
    embedding_model: str = Field(
        default="text-embedding-3-small",
        description="Model for searching files by meaning; empty or `none`: keywords alone.",
    )
    data_dir: Path = Field(default=Path("data"), description="Where SQLite files and uploads are kept.")
    database_url: SecretStr | None = Field(
        default=None,
        description="`postgresql://…` instead of SQLite, for several Assistants servers; or another file, `sqlite:///…`.",
    )
    files_url: SecretStr | None = Field(
        default=None,
        description="Where files' bytes are: unset, in `DATA_DIR/files`; `database` (PostgreSQL) or "
        "`s3://bucket/folder?endpoint=https://…&region=…`, for several servers; `file:///a/folder`.",
    )
    aws_access_key_id: SecretStr | None = Field(
        default=None,
        description="The access key for `FILES_URL=s3://…`, unless that holds one (`s3://KEY:SECRET@bucket`).",
    )
    aws_secret_access_key: SecretStr | None = Field(default=None, description="Its secret.")
    aws_session_token: SecretStr | None = Field(default=None, description="Its token, where it is a temporary key.")
    aws_region: str | None = Field(
        default=None,
        validation_alias=AliasChoices("AWS_REGION", "AWS_DEFAULT_REGION"),
        description="The bucket's region, unless FILES_URL names it.",
    )
    aws_endpoint_url: str | None = Field(
        default=None,
        validation_alias=AliasChoices("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"),
        description="The address of a store that is not Amazon's, unless FILES_URL names it.",
    )
    assistants_key: SecretStr | None = Field(
        default=None, description="The key that clients of the stand-alone server must send."
    )
    assistants_host: str = Field(default="127.0.0.1", description="Address the stand-alone server listens on.")
    assistants_port: int = Field(default=8100, ge=0, le=65535, description="Its port; 0 picks a free one.")
    pass_through: Literal["on", "off"] = Field(
        default="on",
        description="Whether the stand-alone server passes endpoints that it does not have to the model's provider.",
    )
    cors_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="Web pages that may ask the stand-alone server: `https://a.example,http://localhost:5173`, or `*`.",
    )
    code_interpreter: Literal["on", "off"] = Field(
        default="on",
        description="Whether code that models write runs, in the sandbox; where there is no sandbox it never does.",
    )
    interpreter_socket: Path | None = Field(
        default=None,
        description="Socket of the service `saem interpreter`, where code and files are read instead of here.",
    )
    run_expires_after: int = Field(
        default=600,
        ge=1,
        le=10 * 365 * 86400,
        description="Seconds until an unfinished run expires; unset in the bot's own server: a week, for quizzes.",
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"] = Field(
        default="INFO", description="How much is logged."
    )

    @field_validator("log_level", mode="before")
    @classmethod
    def _capitals(cls, value: object) -> object:
        return value.strip().upper() if isinstance(value, str) else value

    @field_validator("openai_api_key", "assistants_key")
    @classmethod
    def _sendable(cls, secret: SecretStr | None) -> SecretStr | None:
        """A key is sent in a header, which takes only printable ASCII."""
        text = "" if secret is None else secret.get_secret_value().strip()
        if not text.isascii() or not text.isprintable():
            raise ValueError("it has characters that no key has: copy the key again, without anything around it")
        return SecretStr(text) if text else None

    @field_validator("files_url")
    @classmethod
    def _files(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            read_address(value.get_secret_value())
        return value

    @field_validator("openai_base_url")
    @classmethod
    def _address(cls, value: str | None) -> str | None:
        if value is None:
            return None
        value = value.strip().rstrip("/")
        if not value.startswith(("http://", "https://")):
            raise ValueError("it must begin with http:// or https://")
        try:
            usable = bool(urlsplit(value).hostname) and (urlsplit(value).port or 0) >= 0
        except ValueError:
            usable = False
        if not usable or not value.isprintable() or " " in value:
            raise ValueError("it is not an address such as http://host:8000/v1, with a number as the port")
        return value

    @field_validator("cors_origins", mode="before")
    @classmethod
    def _origins(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        named = [origin.strip() for origin in value.split(",") if origin.strip()]
        if "*" in named and len(named) > 1:
            raise ValueError("it must be either * for all pages or a list of origins")
        return tuple(dict.fromkeys(origin if origin == "*" else _origin(origin) for origin in named))

    @field_validator("embedding_model")
    @classmethod
    def _none_is_none(cls, value: str) -> str:
        """`none` means empty, since some panels for environment variables take no empty value."""
        return "" if value.strip().lower() == "none" else value

    @field_validator("data_dir", "interpreter_socket")
    @classmethod
    def _home(cls, value: Path | None) -> Path | None:
        return None if value is None else value.expanduser()

    @model_validator(mode="before")
    @classmethod
    def _unset_what_is_empty(cls, values: dict[str, Any]) -> dict[str, Any]:
        """A variable with an empty value, as in `OPENAI_API_KEY=`, is unset; only EMBEDDING_MODEL may be empty."""
        return {name: value for name, value in values.items() if value != "" or name.lower() == "embedding_model"}

    @field_validator("model_aliases", mode="before")
    @classmethod
    def _pairs(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        if value.strip().lower() == "none":
            return {}
        if value.lstrip().startswith("{"):
            return _json(value)
        pairs = [pair.partition("=") for pair in value.split(",") if pair.strip()]
        if any(not separator for _, separator, _ in pairs):
            raise ValueError("it must be a list such as gpt-4o=gpt-6-luna,gpt-4*=gpt-6-luna")
        return {asked.strip(): used.strip() for asked, _, used in pairs}

    def resolve_model(self, asked: str) -> str:
        """The model that answers when a client names `asked`; an exact alias goes before a pattern."""
        if asked == self.model:
            return asked
        if asked in self.model_aliases:
            return self.model_aliases[asked] or self.model
        for pattern, used in self.model_aliases.items():
            if fnmatchcase(asked, pattern):
                return used or self.model
        return asked

    @property
    def store_url(self) -> str:
        """The SQLAlchemy address of the server's database."""
        if self.database_url is None:
            return f"sqlite:///{self.data_dir / 'assistants.sqlite3'}"
        url = self.database_url.get_secret_value()
        for short in ("postgresql://", "postgres://"):
            if url.startswith(short):
                return "postgresql+asyncpg://" + url.removeprefix(short)
        return url
