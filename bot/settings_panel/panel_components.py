"""The components of the panel, their `custom_id`s, and the form for persona and instructions: all outlive restarts."""

import hashlib
import re
from dataclasses import dataclass
from typing import Any, Final, Self

import discord

from bot.sentences import Locale
from bot.settings_panel import sentences as say
from bot.tutor.error_handler import handles_errors

Interaction = discord.Interaction[Any]

LONGEST_PERSONA: Final = 1_000
LONGEST_INSTRUCTIONS: Final = 4_000
"""As many as one field of a form takes."""
FORM: Final = "wishes_form"
_PATTERN: Final = re.compile(r"settings:(?P<what>[a-z_]{1,30})(?::(?:(?P<page>\d{1,4})|(?P<seen>[0-9a-f]{16})))?")


@dataclass(frozen=True, slots=True)
class SettingsId:
    """The `custom_id` of a component: `settings:<what it changes or shows>`, with a page for the history.

    That of the form has what its fields showed, shortened to two digests: see `digest`.
    """

    what: str
    page: int = 0
    seen: str = ""

    def __str__(self) -> str:
        after = self.seen or (str(self.page) if self.page else "")
        return f"settings:{self.what}:{after}" if after else f"settings:{self.what}"


def parse_settings_id(custom_id: str) -> SettingsId | None:
    """Read a `custom_id`; None for those of other rooms."""
    match = _PATTERN.fullmatch(custom_id)
    return SettingsId(match["what"], int(match["page"] or 0), match["seen"] or "") if match is not None else None


def digest(text: str) -> str:
    """What tells one text of a form from another: eight hexadecimal digits."""
    return hashlib.sha256(text.strip().encode("utf-8", "surrogatepass")).hexdigest()[:8]


def shown_values(component: discord.ui.Item[Any]) -> frozenset[str] | None:
    """What a select showed as chosen when it was used (`-` is the empty value); None for other components."""
    if isinstance(component, discord.ui.Select):
        return frozenset("" if each.value == "-" else each.value for each in component.options if each.default)
    if isinstance(component, discord.ui.ChannelSelect | discord.ui.RoleSelect):
        return frozenset(str(each.id) for each in component.default_values)
    return None


class SettingsItem(discord.ui.DynamicItem[discord.ui.Item[Any]], template=r"settings:.*"):
    """Any component of the panel, of older releases too."""

    @classmethod
    async def from_custom_id(
        cls, _interaction: Interaction, found: discord.ui.Item[Any], _match: re.Match[str], /
    ) -> Self:
        """Keep the item as Discord sends it."""
        return cls(found)

    @handles_errors
    async def callback(self, interaction: Interaction) -> None:
        """Take the press to the cog `SettingsCog`."""
        cog: Any = interaction.client.get_cog("SettingsCog")
        pressed = parse_settings_id(self.custom_id)
        await cog.settings_panel.press(interaction, pressed, shown_values(self.item))


def item(made: discord.ui.Item[Any]) -> SettingsItem:
    """A component whose presses come to the panel."""
    return SettingsItem(made)


class WishesForm(discord.ui.Modal):
    """The form for persona and instructions. The cog's listener takes what is sent, also after a restart."""

    def __init__(self, persona: str, instructions: str, locale: Locale) -> None:
        seen = digest(persona) + digest(instructions)
        super().__init__(title=say.FORM_TITLE(locale), custom_id=str(SettingsId(FORM, seen=seen)), timeout=None)
        for name, label, text, longest in (
            ("persona", say.PERSONA_LABEL, persona, LONGEST_PERSONA),
            ("instructions", say.INSTRUCTIONS_LABEL, instructions, LONGEST_INSTRUCTIONS),
        ):
            field = discord.ui.TextInput[Self](
                custom_id=name,
                style=discord.TextStyle.paragraph,
                default=text[:longest],
                max_length=longest,
                required=False,
            )
            self.add_item(discord.ui.Label(text=label(locale), component=field))

    async def on_submit(self, interaction: Interaction, /) -> None:
        """Leave it to the cog's listener."""


def parse_form(data: Any) -> tuple[str, str]:
    """Persona and instructions out of a form that was sent."""
    found = {}
    for row in data.get("components", ()):
        field: Any = row.get("component") or {}
        found[field.get("custom_id")] = str(field.get("value") or "")
    return found.get("persona", ""), found.get("instructions", "")
