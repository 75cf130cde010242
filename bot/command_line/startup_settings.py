"""The settings as a command starts with them: every fault in one message, and names that are probably mistyped."""

import difflib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from dotenv import dotenv_values
from pydantic import AliasChoices, ValidationError
from pydantic_settings import BaseSettings

import bot.settings
from bot.settings import ENV_FILE, Settings, SettingsError, check_env_file, wrong_settings

ALIKE_IN_FILE = 0.8
"""How alike (0 to 1, by difflib) a name in `.env` and a setting's are when one is probably meant for the other."""
ALIKE_IN_ENVIRONMENT = 0.88
"""The same for the environment, which is full of other programs' names."""

_SECRETS = frozenset(
    {
        "ASSISTANTS_KEY",
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "DATABASE_URL",
        "DISCORD_TOKEN",
        "FILES_URL",
        "OPENAI_API_KEY",
    }
)


def read_startup_settings() -> Settings:
    """Read the bot's settings, and check those of the embedded server too, if the bot is going to use it.

    Raises:
        SettingsError: settings do not fit, a sentence each; or `.env` cannot be read.
    """
    check_env_file(ENV_FILE)
    wrong: dict[str, str] = {}
    settings = None
    try:
        settings = Settings()
    except ValidationError as error:
        wrong |= wrong_settings(error)
    if settings is None or settings.assistants_url is None:
        import assistants.settings  # noqa: PLC0415 - a bot whose server is elsewhere does without it

        try:
            assistants.settings.Settings()
        except ValidationError as error:
            wrong = wrong_settings(error) | wrong
    if settings is None or wrong:
        raise SettingsError("\n".join(wrong.values()))
    return settings


def mistyped_names(env_file: Path = ENV_FILE, environment: Mapping[str, str] = os.environ) -> Iterator[str]:
    """A sentence for each name in `.env` and the environment that looks like a setting's name but is none.

    A setting that is set by its right name too is not meant by another one, so nothing is said then.
    """
    in_file = {name.upper() for name in dotenv_values(env_file)} if env_file.is_file() else set()
    in_environment = {name.upper() for name in environment}
    settings = _names_of_settings()
    free = set(settings.values()) - {settings.get(name) for name in in_file | in_environment}
    for given, where, alike in (
        (in_file, f"in {env_file}", ALIKE_IN_FILE),
        (in_environment - in_file, "in the environment", ALIKE_IN_ENVIRONMENT),
    ):
        for name in sorted(given - set(settings)):
            if meant := difflib.get_close_matches(name, sorted(free), n=1, cutoff=alike):
                yield f"{name} {where} is not a setting of Saem's, so it changes nothing: is {meant[0]} meant?"


def names_of_secrets() -> set[str]:
    """The names by which the environment holds keys, tokens and passwords."""
    return {name for name, setting in _names_of_settings().items() if setting in _SECRETS}


def env_example() -> Path:
    """The file `.env.example`: beside the packages in a clone, within the package `bot` in an installation."""
    package = Path(bot.settings.__file__).parent
    inside = package / ".env.example"
    return inside if inside.is_file() else package.parent / ".env.example"


def _names_of_settings() -> dict[str, str]:
    """The setting that each name belongs to: `{"MODEL": "MODEL", "OPEN_API_KEY": "OPENAI_API_KEY", …}`."""
    import assistants.settings  # noqa: PLC0415

    rooms: tuple[type[BaseSettings], ...] = (Settings, assistants.settings.Settings)
    names: dict[str, str] = {}
    for room in rooms:
        for name, field in room.model_fields.items():
            names[name.upper()] = name.upper()
            if isinstance(field.validation_alias, AliasChoices):
                names |= {str(alias): name.upper() for alias in field.validation_alias.choices}
    return names
