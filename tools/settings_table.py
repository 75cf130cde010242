"""Write docs/settings.md and .env.example from the settings in the code: `python -m tools.settings_table`."""

from pathlib import Path

from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings

from assistants.settings import Settings as AssistantsSettings
from bot.settings import Settings as BotSettings

HEAD = """\
# Settings

Read from the environment, else from `.env` in the folder that Saem is started in. An empty value counts as unset, but
for `EMBEDDING_MODEL`, where it means keywords alone. This page is written by `python -m tools.settings_table`.

| Setting | Default | What it is |
|---|---|---|
"""
ROOMS_DIFFER = frozenset({"RUN_EXPIRES_AFTER"})
"""Settings whose default differs between the bot's embedded server and a stand-alone one."""
ASKED_FOR_FIRST = ("DISCORD_TOKEN", "OPENAI_API_KEY", "OPENAI_BASE_URL", "MODEL")


def settings() -> dict[str, FieldInfo]:
    """Every setting by its environment variable, the bot's first; for a name that both have, the bot's description."""
    found: dict[str, FieldInfo] = {}
    rooms: tuple[type[BaseSettings], ...] = (BotSettings, AssistantsSettings)
    for room in rooms:
        for name, field in room.model_fields.items():
            found.setdefault(name.upper(), field)
    return found


def default(field: FieldInfo) -> str:
    """The default as it is written in `.env`; empty when unset."""
    value = field.get_default(call_default_factory=True)
    if value is None:
        return ""
    if isinstance(value, tuple):
        return ",".join(map(str, value))
    if isinstance(value, dict):
        return ",".join(f"{asked}={used}" for asked, used in value.items())
    return str(value)


def table() -> str:
    """The whole of docs/settings.md."""
    rows = []
    for name, field in settings().items():
        shown = default(field)
        rows.append(f"| `{name}` | {f'`{shown}`' if shown else 'unset'} | {field.description} |\n")
    return HEAD + "".join(rows)


def example() -> str:
    """The whole of .env.example: what most owners fill in, then the rest as comments."""
    known = settings()
    lines = ["# Copy to .env and fill in. docs/settings.md describes each.\n"]
    lines.extend(f"\n# {known[name].description}\n{name}={default(known[name])}\n" for name in ASKED_FOR_FIRST)
    lines.append("\n# The rest, with the defaults.\n")
    rest = {name: default(field) for name, field in known.items() if name not in ASKED_FOR_FIRST}
    lines.extend(f"# {name}={'' if name in ROOMS_DIFFER else value}\n" for name, value in rest.items())
    return "".join(lines)


if __name__ == "__main__":
    Path("docs/settings.md").write_text(table(), encoding="utf-8")
    Path(".env.example").write_text(example(), encoding="utf-8")
