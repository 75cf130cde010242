"""`saem setup`: from nothing to a `.env` that works, by questions and answers, or from the environment with `--yes`."""

import asyncio
import getpass
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from bot.client import point_at
from bot.command_line.check import (
    Finding,
    discord_findings,
    embeddings_finding,
    model_findings,
)
from bot.command_line.env_file import with_values, write_env
from bot.command_line.local_models import LocalModels, find_local_models
from bot.command_line.startup_settings import env_example
from bot.errors import ConfigurationError, StartupError
from bot.logs import Redact, in_encoding
from bot.settings import ENV_FILE, Settings, SettingsError, check_env_file, read_settings, wrong_settings

PORTAL: Final = "https://discord.com/developers/applications"
ASKED: Final = ("DISCORD_TOKEN", "OPENAI_API_KEY", "OPENAI_BASE_URL", "MODEL", "EMBEDDING_MODEL")
"""What setup writes; all else in `.env` stays as it is."""
INTENT: Final = "Message Content Intent"
INVITE: Final = "Invite link, with the permissions that Saem needs"
"""What these findings of `saem check` are about."""
MOST_LISTED: Final = 20
"""Models that are listed; a name that is not among them can be typed."""


def setup(*, yes: bool) -> bool:
    """Ask, try, and write `.env`; whether Saem is to be started now. With `yes` nothing is asked.

    Raises:
        ConfigurationError: something is missing or refused; nothing is written then.
        SettingsError: a value does not fit, or `.env` cannot be read.
        StartupError: `.env` cannot be written.
    """
    # The command line lets Ctrl+C end the process at once, which would leave a terminal without echo.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    check_env_file(ENV_FILE)
    try:
        return _from_environment() if yes else _Dialogue().run()
    except (KeyboardInterrupt, EOFError):
        print()
        raise ConfigurationError("Setting up was broken off. Nothing was written.") from None


# Without questions


def _from_environment() -> bool:
    """Take everything from the environment, try it, and write it."""
    if ENV_FILE.exists():
        raise ConfigurationError(
            f"There is a {ENV_FILE} already, and --yes overwrites none: run `saem setup` without it, or move that away."
        )
    values = {name: os.environ[name].strip() for name in ASKED if os.environ.get(name, "").strip()}
    if "OPENAI_API_KEY" not in values and os.environ.get("OPEN_API_KEY", "").strip():
        values["OPENAI_API_KEY"] = os.environ["OPEN_API_KEY"].strip()
    if "DISCORD_TOKEN" not in values:
        raise ConfigurationError(f"DISCORD_TOKEN is not in the environment: copy the bot's token from {PORTAL} (Bot).")
    settings = _settings(values)
    findings = _show(asyncio.run(_discord(settings)), settings)
    if _is_bad(findings, "Discord token", "Discord"):
        raise ConfigurationError("Nothing was written.")
    if _is_bad(_show(asyncio.run(_model(settings)), settings), "Model"):
        raise ConfigurationError("Nothing was written.")
    if "EMBEDDING_MODEL" not in values:
        values |= asyncio.run(_embeddings(settings, None))
    _write(values)
    return False


# With questions


class _Dialogue:
    """Questions on a terminal, one after the other; what is answered is tried at once."""

    def __init__(self) -> None:
        if not sys.stdin.isatty():
            raise ConfigurationError(
                "`saem setup` asks questions, and nobody sits at this terminal: give it --yes, and values in the "
                f"environment ({', '.join(ASKED)})."
            )
        self._before = read_settings() if ENV_FILE.exists() else None
        self._values: dict[str, str] = {}

    def run(self) -> bool:
        """Ask everything; whether Saem is to be started now."""
        print("This sets Saem up: a bot on Discord, and a model that answers. Enter takes what stands in [brackets].\n")
        if ENV_FILE.exists():
            print(f"There is a {ENV_FILE} here. Only what is asked now is changed in it.")
            if not _agrees("Change it?", otherwise=False):
                raise ConfigurationError("Nothing was changed.")
        link = self._ask_token()
        self._ask_model()
        _write(self._values)
        print(f"\nInvite Saem to your server: open this, and choose it.\n  {link}\n")
        if _agrees("Start Saem now?", otherwise=True):
            return True
        print("Start it with `saem run` (in a clone: make run).")
        return False

    # Discord

    def _ask_token(self) -> str:
        """Ask for the token until Discord takes it; returns the invite link."""
        print(
            f"1. The bot's token: open {PORTAL}, your application (or New Application), Bot, Reset Token, and copy it."
        )
        known = self._before.discord_token if self._before is not None else None
        while True:
            hint = "Token [the one that is set]: " if known is not None else "Token (it is not shown): "
            given = getpass.getpass(hint).strip()
            token = given or (known.get_secret_value() if known is not None else "")
            if not token:
                print("Without a token there is no bot. `saem demo` shows Saem without one; Ctrl+C ends here.")
                continue
            try:
                settings = _settings({"DISCORD_TOKEN": token})
            except SettingsError as error:
                print(error)
                continue
            findings = asyncio.run(_discord(settings))
            _show([each for each in findings if each.subject != INVITE], settings)  # which is shown in the end
            if _is_bad(findings, "Discord"):
                if not _agrees("Try again?", otherwise=True):
                    raise ConfigurationError("Discord cannot be reached, so nothing was written.")
                continue
            if not _is_bad(findings, "Discord token"):
                break
            known = None
        self._values["DISCORD_TOKEN"] = settings.discord_token.get_secret_value() if settings.discord_token else token
        self._wait_for_intent(settings, findings)
        return next(each.text.partition(": ")[2] for each in findings if each.subject == INVITE)

    def _wait_for_intent(self, settings: Settings, findings: Sequence[Finding]) -> None:
        while _is_bad(findings, INTENT):
            print(f"   Switch it on at {PORTAL}: your application, Bot, Privileged Gateway Intents, {INTENT}, Save.")
            if _ask("Enter looks again; `skip` goes on without it", "").lower() == "skip":
                return
            findings = _show(asyncio.run(_discord(settings)), settings, only=INTENT)

    # The model

    def _ask_model(self) -> None:
        """Ask which model answers until one does, or none is wanted."""
        print("\n2. The model that answers. Looking for models on this machine …")
        local = asyncio.run(find_local_models())
        while True:
            chosen = self._choose_model(local)
            try:
                settings = _settings(self._values | chosen)
            except SettingsError as error:
                print(error)
                continue
            findings = _show(asyncio.run(_model(settings)), settings)
            if not _is_bad(findings, "Model"):
                break
            if not _agrees("Choose again?", otherwise=True):
                break
        if chosen.get("OPENAI_API_KEY") or chosen.get("OPENAI_BASE_URL"):
            offered = next((each for each in local if each.url == chosen.get("OPENAI_BASE_URL")), None)
            chosen |= asyncio.run(_embeddings(settings, offered))
        self._values |= chosen

    def _choose_model(self, local: Sequence[LocalModels]) -> dict[str, str]:
        ways = [
            f"{each.program} on this machine ({_number(len(each.models), 'model')})" for each in local if each.models
        ]
        usable = [each for each in local if each.models]
        ways += [
            "OpenAI, with a key",
            "another provider, with its address",
            "none: the small offline model, to try it out",
        ]
        way = _choose("Which one?", ways)
        if way < len(usable):
            program = usable[way]
            listed = program.models[:MOST_LISTED]
            model = listed[0] if len(listed) == 1 else listed[_choose("Which model?", listed)]
            return {"OPENAI_API_KEY": "", "OPENAI_BASE_URL": program.url, "MODEL": model}
        match way - len(usable):
            case 0:
                model = _ask("Model", Settings.model_fields["model"].default)
                return {
                    "OPENAI_API_KEY": self._ask_key("Key (it is not shown): "),
                    "OPENAI_BASE_URL": "",
                    "MODEL": model,
                }
            case 1:
                url = _ask("Address (it ends in /v1 most often)", "")
                key = self._ask_key("Key, if it needs one (it is not shown): ")
                return {"OPENAI_API_KEY": key, "OPENAI_BASE_URL": url, "MODEL": _ask("Model", "")}
            case _:
                return {"OPENAI_API_KEY": "", "OPENAI_BASE_URL": ""}

    def _ask_key(self, hint: str) -> str:
        known = self._before.openai_api_key if self._before is not None else None
        given = getpass.getpass("Key [the one that is set]: " if known is not None else hint).strip()
        return given or (known.get_secret_value() if known is not None else "")


# Trying things


async def _discord(settings: Settings) -> list[Finding]:
    point_at(settings.discord_api_url, settings.discord_gateway_url)
    return [each async for each in discord_findings(settings)]


async def _model(settings: Settings) -> list[Finding]:
    offline = settings.openai_api_key is None and settings.openai_base_url is None
    return [each async for each in model_findings(settings, offline=offline and settings.assistants_url is None)]


async def _embeddings(settings: Settings, offered: LocalModels | None) -> dict[str, str]:
    """Which model makes embeddings: the provider's own, one that a program on this machine lists, or none."""
    if settings.assistants_url is not None or (settings.openai_api_key is None and settings.openai_base_url is None):
        return {}
    import assistants.settings  # noqa: PLC0415

    default = assistants.settings.Settings.model_fields["embedding_model"].default
    for model in offered.embedding_models if offered is not None else (default,):
        if (await embeddings_finding(settings, model)).mark == "✓":
            return {} if model == default else {"EMBEDDING_MODEL": model}
    print("   The provider makes no embeddings, so files are searched by their words alone (EMBEDDING_MODEL=none).")
    return {"EMBEDDING_MODEL": "none"}


def _settings(values: Mapping[str, str]) -> Settings:
    """The settings with these values in place of those of `.env`.

    Raises:
        SettingsError: a value does not fit.
    """
    given = {name.lower(): value or None for name, value in values.items() if name != "EMBEDDING_MODEL"}
    if not given.get("model"):
        given.pop("model", None)
    try:
        return Settings(**given)  # type: ignore[arg-type]
    except ValidationError as error:
        raise SettingsError("\n".join(wrong_settings(error).values())) from None


def _show(findings: Sequence[Finding], settings: Settings, *, only: str = "") -> Sequence[Finding]:
    redact, encoding = Redact(settings.secrets), sys.stdout.encoding or "utf-8"
    for each in findings:
        if not only or each.subject == only:
            print("   " + redact.line(in_encoding(str(each), encoding)))
    return findings


def _is_bad(findings: Sequence[Finding], *subjects: str) -> bool:
    """Whether something is wrong with one of these; `Model` also stands for `Model (where)`."""
    wrong = [each.subject for each in findings if each.mark == "✗"]
    return any(subject in {each, each.partition(" (")[0]} for subject in subjects for each in wrong)


def _write(values: Mapping[str, str]) -> None:
    """Write the values into `.env`: into the one that is there, or into a copy of `.env.example`."""
    place: Path = ENV_FILE if ENV_FILE.exists() else env_example()
    try:
        text = with_values(place.read_text(encoding="utf-8-sig"), values)
        write_env(ENV_FILE, text)
    except OSError as error:
        raise StartupError(f"{ENV_FILE} cannot be written: {error.strerror or error}.") from error
    print(f"Wrote {ENV_FILE}; nobody but you can read it.")


# Asking


def _ask(question: str, default: str) -> str:
    shown = f"{question} [{default}]: " if default else f"{question}: "
    return input(shown).strip() or default


def _agrees(question: str, *, otherwise: bool) -> bool:
    while True:
        answer = input(f"{question} [{'Y/n' if otherwise else 'y/N'}] ").strip().lower()
        if answer in {"", "y", "yes", "n", "no"}:
            return otherwise if not answer else answer.startswith("y")
        print("Please answer y or n.")


def _choose(question: str, ways: Sequence[str]) -> int:
    """The place of what was chosen among the ways."""
    for number, way in enumerate(ways, 1):
        print(f"   {number}  {way}")
    while True:
        answer = _ask(question, "1")
        if answer.isascii() and answer.isdigit() and 1 <= int(answer) <= len(ways):
            return int(answer) - 1
        if answer in ways:
            return ways.index(answer)
        print(f"Please give a number from 1 to {len(ways)}.")


def _number(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"
