"""Every setting of the bot: read once from the environment and `.env`, checked, and passed on.

The settings of the Assistants server and its models (MODEL_API, EMBEDDING_MODEL, …) are in `assistants.settings`. A
name that both have means the same in both.
"""

import io
import re
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import unquote, urlsplit

from dotenv.parser import parse_stream
from pydantic import AfterValidator, AliasChoices, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

DATABASES = ("postgresql://", "postgres://", "postgresql+asyncpg://", "sqlite:///", "sqlite+aiosqlite:///")
LogLevel = Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"]
ENV_FILE = Path(".env")


def _names(value: object) -> object:
    """`"library, 자료실"` -> `("library", "자료실")`."""
    if isinstance(value, str):
        return tuple(name.strip().lstrip("#") for name in value.split(",") if name.strip())
    return value


def _upper(value: object) -> object:
    return value.strip().upper() if isinstance(value, str) else value


def _lower(value: object) -> object:
    return value.strip().lower() if isinstance(value, str) else value


def _stripped(value: object) -> object:
    return value.strip() or None if isinstance(value, str) else value


def _moderation(value: object) -> object:
    value = _stripped(value)
    return None if isinstance(value, str) and value.lower() == "off" else value


def _token(value: object) -> object:
    """The token without `Bot `, which examples of Discord's API write in front of it."""
    return _stripped(value.strip().removeprefix("Bot ")) if isinstance(value, str) else value


def _sendable(secret: SecretStr) -> SecretStr:
    """Secrets are sent in headers, which take only plain characters."""
    text = secret.get_secret_value()
    if not text.isascii() or not text.isprintable():
        raise ValueError("it holds characters that no token or key has: copy it anew, without what stands around it")
    return secret


def _web_address(value: object) -> object:
    return _address(value, "http://", "https://")


def _gateway_address(value: object) -> object:
    return _address(value, "ws://", "wss://")


def _address(value: object, *beginnings: str) -> object:
    if not isinstance(value, str):
        return value
    value = value.strip().rstrip("/")
    if not value.startswith(beginnings):
        raise ValueError(f"it must begin with {' or '.join(beginnings)}")
    try:
        parts = urlsplit(value)
        usable = bool(parts.hostname) and (parts.port or 0) >= 0
    except ValueError:
        usable = False
    if not usable or not value.isprintable() or " " in value:
        raise ValueError(f"it is no address such as {beginnings[0]}host:8000/path, with a number for the port")
    return value


def _database(value: object) -> object:
    if isinstance(value, str) and not value.strip().startswith(DATABASES):
        raise ValueError("it must begin with postgresql:// or sqlite:///; leave it out for SQLite in DATA_DIR")
    return value.strip() if isinstance(value, str) else value


def _prices(path: Path) -> Path:
    from bot.prices import PricesError, read_prices  # noqa: PLC0415 - it needs the SDK

    try:
        read_prices(path)
    except PricesError as error:
        raise ValueError(str(error).rstrip(".")) from None
    return path


def _dollars(value: object) -> object:
    text = value.strip() if isinstance(value, str) else value
    if isinstance(text, str) and not re.fullmatch(r"\d+(\.\d{1,6})?", text):
        raise ValueError("it is an amount of US dollars such as 12.50: a number alone, without a sign of a currency")
    return text


Dollars = Annotated[Decimal, BeforeValidator(_dollars), Field(ge=0, le=1_000_000, decimal_places=6)]
WebAddress = Annotated[str, BeforeValidator(_web_address)]
GatewayAddress = Annotated[str, BeforeValidator(_gateway_address)]
Secret = Annotated[SecretStr, AfterValidator(_sendable)]
Key = Annotated[Secret | None, BeforeValidator(_stripped)]


def _password(url: str) -> str | None:
    try:
        return urlsplit(url).password
    except ValueError:
        return None


class SettingsError(Exception):
    """Settings cannot be read; the message is plain sentences for the owner, a line each."""


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

    discord_token: Annotated[Secret | None, BeforeValidator(_token)] = Field(
        default=None, description="The bot's token, from Discord's developer portal."
    )
    discord_api_url: WebAddress | None = Field(
        default=None, description="Where Discord's REST API is (a proxy, or the playground); unset: Discord itself."
    )
    discord_gateway_url: GatewayAddress | None = Field(
        default=None, description="Where Discord's gateway is, `ws://…`; unset: what the REST API names."
    )
    openai_api_key: Key = Field(
        default=None,
        validation_alias=AliasChoices("OPENAI_API_KEY", "OPEN_API_KEY"),
        description="Key of the model's provider; without key and OPENAI_BASE_URL the offline model answers.",
    )
    openai_base_url: WebAddress | None = Field(
        default=None, description="Any OpenAI-compatible provider, e.g. `http://localhost:11434/v1` for Ollama."
    )
    model: str = Field(default="gpt-6-luna", description="The model that the servers' assistants are made with.")
    models: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_names)] = Field(
        default=(), description="Models that a server's managers may choose instead of MODEL, comma-separated."
    )
    moderation_model: Annotated[str | None, BeforeValidator(_moderation)] = Field(
        default=None,
        description=(
            "What looks at questions and answers: a model of the provider's moderation endpoint "
            "(`omni-moderation-latest`), or a chat model (`llama-guard3`); unset or `off`: nothing does."
        ),
    )
    assistants_url: WebAddress | None = Field(
        default=None,
        description="An Assistants server elsewhere (the SDK's base URL, ends in `/v1`); unset: the embedded one.",
    )
    assistants_key: Key = Field(
        default=None,
        description="The key of that server; or what clients of `saem serve` must send (unset: one is made and kept).",
    )
    interpreter_socket: Annotated[Path, AfterValidator(Path.expanduser)] | None = Field(
        default=None,
        description="Socket of the service `saem interpreter`, where code and files are read instead of here.",
    )
    data_dir: Annotated[Path, AfterValidator(Path.expanduser)] = Field(
        default=Path("data"), description="Where SQLite files and uploads are kept."
    )
    database_url: Annotated[SecretStr | None, BeforeValidator(_database)] = Field(
        default=None,
        description="`postgresql://…` instead of SQLite, for several Assistants servers; or another file, `sqlite:///…`.",
    )
    shards: int | None = Field(
        default=None,
        ge=1,
        description="Discord's shards; unset: as many as Discord recommends (one per 1,000 servers).",
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
    library_channels: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_names)] = Field(
        default=("library", "knowledge", "자료실"),
        description="Names of the channels whose files become knowledge from the start, comma-separated.",
    )
    retention_days: int = Field(
        default=0,
        ge=0,
        le=9_999,
        description="Days after their last message in which conversations are kept, on both sides; 0: no limit.",
    )
    student_runs: int = Field(
        default=3, ge=1, description="Answers that one student may have running at once; more wait their turn."
    )
    student_queue: int = Field(
        default=10, ge=1, description="Questions of one student that may wait; beyond, the student is told so."
    )
    model_stalls_after: float = Field(
        default=120,
        ge=1,
        description="Seconds without a word or a step from the model after which an answer is given up, with Retry.",
    )
    quizzes_per_student: int = Field(
        default=5,
        ge=1,
        description="Quizzes (and sets of cards) that one student may start in five minutes, on all servers together.",
    )
    quizzes_per_server: int = Field(
        default=40,
        ge=1,
        description="Quizzes that may be started on one server in five minutes; Discord allows 50 threads meanwhile.",
    )
    open_quizzes_per_student: int = Field(
        default=3, ge=1, description="Quizzes of the last hour that one student may have open at once."
    )
    open_quizzes_per_server: int = Field(
        default=100, ge=1, description="Quizzes of the last hour that may be open on one server at once."
    )
    quiz_check: Annotated[Literal["full", "maths", "off"] | None, BeforeValidator(_lower)] = Field(
        default=None,
        description=(
            "How quizzes are checked before they are shown: `maths` (keys by algebra, form by rules), `full` (what "
            "algebra cannot decide is solved again by the model) or `off`; unset: `full` with a model, `maths` without."
        ),
    )
    tries_before_solution: int = Field(
        default=2,
        ge=1,
        description="In the mode `guide`: different answers to try before an exercise's solution opens, or all hints.",
    )
    new_cards_per_day: int = Field(
        default=20, ge=1, description="Cards never seen before that `/review` brings a student in a day."
    )
    tokens_per_day: int = Field(
        default=5_000_000, ge=0, description="Tokens that the whole bot may use in a day (UTC); 0: no limit."
    )
    server_tokens_per_day: int = Field(
        default=2_500_000, ge=0, description="Tokens that one Discord server may use in a day; 0: no limit."
    )
    student_tokens_per_day: int = Field(
        default=500_000, ge=0, description="Tokens that one student may use in a day; 0: no limit."
    )
    tokens_per_month: int = Field(
        default=0, ge=0, description="Tokens that the whole bot may use in a calendar month (UTC); 0: no limit."
    )
    server_tokens_per_month: int = Field(
        default=0, ge=0, description="Tokens that one Discord server may use in a month; 0: no limit."
    )
    student_tokens_per_month: int = Field(
        default=0, ge=0, description="Tokens that one student may use in a month; 0: no limit."
    )
    dollars_per_day: Dollars = Field(
        default=Decimal(0), description="US dollars that the whole bot may cost in a day (UTC); 0: no limit."
    )
    server_dollars_per_day: Dollars = Field(
        default=Decimal(0), description="US dollars that one Discord server may cost in a day; 0: no limit."
    )
    student_dollars_per_day: Dollars = Field(
        default=Decimal(0), description="US dollars that one student may cost in a day; 0: no limit."
    )
    dollars_per_month: Dollars = Field(
        default=Decimal(0), description="US dollars that the whole bot may cost in a month; 0: no limit."
    )
    server_dollars_per_month: Dollars = Field(
        default=Decimal(0), description="US dollars that one Discord server may cost in a month; 0: no limit."
    )
    student_dollars_per_month: Dollars = Field(
        default=Decimal(0), description="US dollars that one student may cost in a month; 0: no limit."
    )
    prices_file: Annotated[Path, AfterValidator(Path.expanduser), AfterValidator(_prices)] | None = Field(
        default=None,
        description="A TOML file of models' prices, over those that Saem knows; docs/budgets.md shows its form.",
    )
    cheaper_model: str | None = Field(
        default=None,
        description="The model that answers when a budget is used up, for as much again; unset: nobody answers then.",
    )
    tokens_per_run: int = Field(
        default=200_000, ge=1_000, description="Tokens that the model may read for one answer, function calls included."
    )
    student_files_per_day: int = Field(
        default=1_000, ge=0, description="Files and pictures that one student may upload in a day (UTC); 0: no limit."
    )
    student_megabytes_per_day: int = Field(
        default=1_024, ge=0, description="Megabytes that one student may upload in a day; 0: no limit."
    )
    server_files_per_day: int = Field(
        default=5_000, ge=0, description="Files and pictures that one server may take in a day (UTC); 0: no limit."
    )
    server_megabytes_per_day: int = Field(
        default=20_480, ge=0, description="Megabytes that one server may take in a day; 0: no limit."
    )
    metrics_port: int | None = Field(
        default=None,
        ge=1,
        le=65_535,
        description="Port of `/metrics` (for Prometheus), `/healthz` and `/livez`; unset: none is opened.",
    )
    metrics_host: str = Field(
        default="127.0.0.1", description="The address it listens on; whoever reaches it can read how Saem is."
    )
    log_level: Annotated[LogLevel, BeforeValidator(_upper)] = Field(
        default="INFO", description="How much is logged: DEBUG, INFO, WARNING, ERROR or CRITICAL."
    )

    @property
    def store_url(self) -> str:
        """The SQLAlchemy URL of the bot's own database."""
        if self.database_url is None:
            return f"sqlite:///{self.data_dir / 'saem.sqlite3'}"
        url = self.database_url.get_secret_value()
        for short in ("postgresql://", "postgres://"):
            if url.startswith(short):
                return "postgresql+asyncpg://" + url.removeprefix(short)
        return url

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must never be logged."""
        held = [self.discord_token, self.openai_api_key, self.assistants_key, self.database_url]
        held += [self.aws_secret_access_key, self.aws_session_token]
        texts = [secret.get_secret_value() for secret in held if secret is not None]
        if self.database_url is not None and (password := _password(self.database_url.get_secret_value())):
            texts.append(password)
        if self.files_url is not None and "@" in (address := self.files_url.get_secret_value()):
            secret = _password(address) or ""
            texts += [address, secret, unquote(secret)]
        return tuple(text for text in texts if text)


def read_settings(**given: object) -> Settings:
    """Read the environment and `.env`; values in `given` (by field name) replace theirs.

    Raises:
        SettingsError: values do not fit, a sentence each; or `.env` cannot be read.
    """
    check_env_file(ENV_FILE)
    try:
        return Settings(**given)  # type: ignore[arg-type]
    except ValidationError as error:
        raise SettingsError("\n".join(wrong_settings(error).values())) from None


def check_env_file(path: Path) -> None:
    """Check that `path` can be read as a `.env`, if it exists.

    Raises:
        SettingsError: it cannot be read, or a line of it would be ignored silently.
    """
    if not path.is_file():
        return
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise SettingsError(f"The file {path} cannot be read: {error.strerror or error}.") from None
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        raise SettingsError(
            f"The file {path} is not UTF-8 text: save it as UTF-8 (in Notepad: Save as, Encoding)."
        ) from None
    lines = [str(binding.original.line) for binding in parse_stream(io.StringIO(text)) if binding.error]
    if lines:
        which = f"Line {lines[0]} of {path} is no setting"
        if len(lines) > 1:
            which = f"Lines {', '.join(lines[:-1])} and {lines[-1]} of {path} are no settings"
        raise SettingsError(f"{which}: each line is NAME=value, and a quotation mark that opens is closed again.")


def wrong_settings(error: ValidationError) -> dict[str, str]:
    """A sentence about each setting that does not fit, without its value; the keys are the settings' names."""
    sentences: dict[str, str] = {}
    for wrong in error.errors(include_input=False, include_url=False):
        name = str(wrong["loc"][0]).upper() if wrong["loc"] else "together"
        reason = wrong["msg"].removeprefix("Value error, ")
        reason = reason if reason[:2].isupper() else reason[:1].lower() + reason[1:]
        sentences.setdefault(name, f"The setting {name} does not fit: {reason}.")
    return sentences
