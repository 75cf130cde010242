"""Who changed which setting, and when: a page of the history. Nothing here sends anything."""

from collections.abc import Sequence
from typing import Any, Final

import discord
from discord.utils import format_dt

from bot.sentences import Locale
from bot.settings_panel import sentences as say
from bot.settings_panel.panel_components import SettingsId, item
from bot.settings_panel.setting_wording import wording_of
from bot.store.server_settings import WHOLE_SERVER, SettingChange

PER_PAGE: Final = 10


def history_view(
    changes: Sequence[SettingChange], page: int, locale: Locale, *, more: bool, panel: bool
) -> discord.ui.LayoutView:
    """A page; `more`: there are older changes; `panel`: it leads back to the panel."""
    lines = [f"### {say.HISTORY(locale)}", *(_line(change, locale) for change in changes)]
    if not changes:
        lines.append(say.NO_HISTORY(locale))
    buttons = [
        *([_button(SettingsId("panel"), say.BACK(locale))] if panel else []),
        *([_button(SettingsId("history", page - 1), say.NEWER(locale))] if page else []),
        *([_button(SettingsId("history", page + 1), say.OLDER(locale))] if more else []),
    ]
    view = discord.ui.LayoutView(timeout=None)
    rows = [discord.ui.ActionRow[Any](*buttons)] if buttons else []
    view.add_item(discord.ui.Container(discord.ui.TextDisplay("\n".join(lines)), *rows))
    return view


def _line(change: SettingChange, locale: Locale) -> str:
    line = wording_of(change.name).tell(change.value, locale)
    if change.channel_id != WHOLE_SERVER:
        line = say.IN_CHANNEL(locale, line=line, channel=f"<#{change.channel_id}>")
    return say.CHANGED(locale, when=format_dt(change.changed_at, "R"), who=change.changed_by, line=line)


def _button(settings_id: SettingsId, label: str) -> Any:
    return item(discord.ui.Button(custom_id=str(settings_id), label=label, style=discord.ButtonStyle.secondary))
