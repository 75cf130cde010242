"""Presses on the panel: what each component changes or shows. Every press asks again whether they may."""

from collections.abc import Callable, Sequence
from typing import Any, Final, Protocol

import discord

from bot import sentences
from bot.conversations.prompts.server_wishes import ServerWishes
from bot.errors import UserFacingError
from bot.sentences import of_interaction
from bot.settings_panel import sentences as say
from bot.settings_panel.panel import CHOICES, CONTRIBUTORS, LIBRARY, PAGE_OF, SWITCHES, LibraryState, Panel
from bot.settings_panel.panel_components import (
    LONGEST_INSTRUCTIONS,
    LONGEST_PERSONA,
    SettingsId,
    WishesForm,
    digest,
)
from bot.settings_panel.setting_history import PER_PAGE, history_view
from bot.store import server_settings
from bot.store.server_settings import INSTRUCTIONS, MODEL, PERSONA, RETENTION_DAYS, ServerSetting, ServerSettings
from bot.tutor.error_handler import say_privately

Interaction = discord.Interaction[Any]
NOBODY: Final = discord.AllowedMentions.none()
_LONGEST_PREVIEW: Final = 1_900


class LibraryChoices(Protocol):
    """What the panel reads and changes of the library."""

    def state(self, guild: discord.Guild) -> LibraryState:
        """Its watched channels, and who may add files."""
        ...

    async def set_contributors(self, guild_id: int, role_id: int | None, by: int) -> None:
        """Let a role add files; None: everybody."""
        ...

    async def set_watched(self, guild_id: int, channel_id: int, by: int, *, watched: bool) -> None:
        """Let files of a channel go into it, or no longer."""
        ...


class SettingsPanel:
    """The panels of all servers. `models` are those that the host lets managers choose."""

    def __init__(
        self,
        settings: ServerSettings,
        library: Callable[[], LibraryChoices],
        *,
        models: Sequence[str],
        usual_model: str,
        host_days: int = 0,
    ) -> None:
        self._settings = settings
        self._library = library
        self._models = models
        self._usual_model = usual_model
        self._host_days = host_days
        self.wishes = ServerWishes(settings, models)

    def view(self, interaction: Interaction) -> discord.ui.LayoutView:
        """The panel of the interaction's server, as it is now.

        Raises:
            UserFacingError: there is no server, or they may not manage it.
        """
        return self._panel(interaction).view()

    async def tell(self, interaction: Interaction, *names: str) -> None:
        """Tell in private how settings are, by the names of their components; raises as `view`."""
        lines = self._panel(interaction).lines()
        await say_privately(interaction, "\n".join(lines[name] for name in names))

    def _panel(self, interaction: Interaction) -> Panel:
        guild = _managed(interaction)
        return Panel(
            guild,
            self._settings,
            self._library().state(guild),
            of_interaction(interaction),
            models=self._models,
            usual_model=self._usual_model,
            host_days=self._host_days,
        )

    def check(self, interaction: Interaction) -> None:
        """Check that they may manage the server; raises as `view`."""
        _managed(interaction)

    async def open(self, interaction: Interaction) -> None:
        """Show the panel in private; raises as `view`."""
        await interaction.response.send_message(view=self.view(interaction), ephemeral=True, allowed_mentions=NOBODY)

    async def press(
        self, interaction: Interaction, pressed: SettingsId | None, shown: frozenset[str] | None = None
    ) -> None:
        """Take a press. `shown` is what a select showed as chosen.

        Raises:
            UserFacingError: they may not manage the server, or the component is of another release.
        """
        guild = _managed(interaction)
        what = pressed.what if pressed is not None else ""
        data: Any = interaction.data or {}
        values = [str(each) for each in data.get("values", [])]
        switch, _, state = what.rpartition("_")
        page, note = PAGE_OF.get(what, PAGE_OF.get(switch, pressed.page if pressed is not None else 0)), None
        if what == "open":  # under the greeting, which everybody sees
            await self.open(interaction)
            return
        if what == "wishes":
            await interaction.response.send_modal(self._form(interaction))
            return
        if what in ("preview", "history") and pressed is not None:
            show = self._preview if what == "preview" else self._history
            await show(interaction, pressed.page)
            return
        if what in CHOICES or what in (LIBRARY, CONTRIBUTORS):
            note = await self._select(interaction, what, values, shown)
        elif switch in SWITCHES and state in SWITCHES[switch].values:
            await self.set(guild.id, SWITCHES[switch], state, interaction.user.id)
        elif what == "reset":
            await self.reset_wishes(guild.id, interaction.user.id)
        elif what != "panel":
            raise UserFacingError(sentences.BUTTON_OLD)
        await interaction.response.edit_message(view=self._panel(interaction).view(page, note), allowed_mentions=NOBODY)

    async def take_form(self, interaction: Interaction, form: SettingsId, persona: str, instructions: str) -> None:
        """Take persona and instructions from the form; raises as `press`.

        One that they have left as the form showed it is not set: another manager may have changed it meanwhile.
        """
        guild = _managed(interaction)
        panel, notes = self._panel(interaction), []
        for name, setting, text, seen in (
            ("persona", PERSONA, persona, form.seen[:8]),
            ("instructions", INSTRUCTIONS, instructions, form.seen[8:]),
        ):
            now = digest(self._settings.value(setting, guild.id))
            if digest(text) == seen or digest(text) == now:
                continue
            if seen != now:
                notes.append(await self._meanwhile(interaction, setting.name, panel.lines()[name]))
            await self.set_text(guild.id, setting, text, interaction.user.id)
        note = " ".join(each for each in notes if each is not None) or None
        view = self._panel(interaction).view(PAGE_OF["persona"], note)
        await interaction.response.edit_message(view=view, allowed_mentions=NOBODY)

    async def add(self, guild_id: int, name: str, chosen: int, by: int, *, there: bool) -> None:
        """Take an id into a setting that holds ids (`channels`, `roles`), or out of it.

        Raises:
            UserFacingError: it holds 25 already.
        """
        setting = CHOICES[name]
        ids = self._settings.ids(setting, guild_id)
        now = ids | {chosen} if there else ids - {chosen}
        value = ",".join(str(each) for each in sorted(now))
        if value and not setting.accepts(value):
            raise UserFacingError(say.TOO_MANY)
        await self.set(guild_id, setting, value, by)

    async def set_text(self, guild_id: int, setting: ServerSetting, text: str, by: int) -> None:
        """Set persona or instructions; empty takes them back.

        Raises:
            UserFacingError: they are too long.
        """
        text = text.strip()
        if not text:
            await self._settings.clear(setting, guild_id, by=by)
            return
        if not setting.accepts(text):
            longest = LONGEST_PERSONA if setting is PERSONA else LONGEST_INSTRUCTIONS
            raise UserFacingError(say.TOO_LONG, length=len(text), longest=longest)
        await self._settings.choose(setting, text, guild_id, by=by)

    async def set_model(self, guild_id: int, model: str, by: int) -> None:
        """Set the model; empty takes it back.

        Raises:
            UserFacingError: the host does not allow it.
        """
        if model and model not in self._models:
            if not self._models:
                raise UserFacingError(say.NO_MODELS)
            raise UserFacingError(say.MODEL_NOT_ALLOWED, model=model[:100], models=", ".join(self._models))
        await self.set(guild_id, MODEL, model, by)

    async def set_retention(self, guild_id: int, days: str, by: int) -> None:
        """Set for how many days conversations are kept; empty: as the host says.

        Raises:
            UserFacingError: the host keeps them no longer than that.
        """
        if days and self._host_days and int(days) >= self._host_days:
            raise UserFacingError(say.NOT_LONGER, host=self._host_days)
        await self.set(guild_id, RETENTION_DAYS, days, by)

    async def set(self, guild_id: int, setting: ServerSetting, value: str, by: int) -> None:
        """Set a value; the default takes it back."""
        if value == setting.default:
            await self._settings.clear(setting, guild_id, by=by)
        else:
            await self._settings.choose(setting, value, guild_id, by=by)

    async def reset_wishes(self, guild_id: int, by: int) -> None:
        """Take back persona and instructions."""
        for setting in (PERSONA, INSTRUCTIONS):
            await self._settings.clear(setting, guild_id, by=by)

    async def show_history(self, interaction: Interaction, page: int) -> None:
        """Show a page of the history in private; raises as `view`."""
        view = await self._history_view(interaction, page, panel=False)
        await interaction.response.send_message(view=view, ephemeral=True, allowed_mentions=NOBODY)

    async def show_preview(self, interaction: Interaction) -> None:
        """Tell in private what the model is told; raises as `view`."""
        guild, locale = _managed(interaction), of_interaction(interaction)
        told = self.wishes.instructions(guild.id)
        if told is None:
            await say_privately(interaction, say.PREVIEW_NOTHING(locale))
            return
        shown = discord.utils.escape_markdown(told)[:_LONGEST_PREVIEW]
        quoted = "\n".join(f"> {line}" for line in shown.splitlines())
        await say_privately(interaction, f"{say.PREVIEW_HEAD(locale)}\n{quoted}"[:2_000])

    async def _preview(self, interaction: Interaction, _page: int) -> None:
        await self.show_preview(interaction)

    async def _history(self, interaction: Interaction, page: int) -> None:
        view = await self._history_view(interaction, page, panel=True)
        await interaction.response.edit_message(view=view, allowed_mentions=NOBODY)

    async def _history_view(self, interaction: Interaction, page: int, *, panel: bool) -> discord.ui.LayoutView:
        guild = _managed(interaction)
        found = await self._settings.changes(guild.id, PER_PAGE + 1, skip=page * PER_PAGE)
        locale = of_interaction(interaction)
        return history_view(found[:PER_PAGE], page, locale, more=len(found) > PER_PAGE, panel=panel)

    async def _select(
        self, interaction: Interaction, what: str, values: Sequence[str], shown: frozenset[str] | None
    ) -> str | None:
        """Take what was chosen in a select; a sentence if somebody else has changed the same meanwhile."""
        guild, panel, by = _managed(interaction), self._panel(interaction), interaction.user.id
        chosen = frozenset("" if each == "-" else each for each in values)
        before, line = panel.shown(what), panel.lines()[what]
        if what == LIBRARY:
            await self._watch(guild, chosen, before if shown is None else shown, by)
            return None  # each channel is changed for itself
        name = server_settings.CONTRIBUTORS if what == CONTRIBUTORS else CHOICES[what].name
        changed = shown is not None and before not in (shown, chosen)
        note = await self._meanwhile(interaction, name, line) if changed else None
        if what == CONTRIBUTORS:
            await self._library().set_contributors(guild.id, _role(values, guild), by)
        else:
            await self._choose(guild.id, CHOICES[what], ",".join(sorted(chosen)), by)
        return note

    async def _choose(self, guild_id: int, setting: ServerSetting, value: str, by: int) -> None:
        if setting is MODEL:
            await self.set_model(guild_id, value, by)
        elif setting is RETENTION_DAYS and (not value or setting.accepts(value)):
            await self.set_retention(guild_id, value, by)
        elif value in ("", setting.default) or setting.accepts(value):
            await self.set(guild_id, setting, value or setting.default, by)
        else:
            raise UserFacingError(sentences.BUTTON_OLD)

    async def _watch(self, guild: discord.Guild, chosen: frozenset[str], shown: frozenset[str], by: int) -> None:
        """Change the channels that were added or taken out in the select, and no others."""
        for channel_id in sorted(chosen ^ shown):
            if channel_id.isdigit() and guild.get_channel(int(channel_id)) is not None:
                await self._library().set_watched(guild.id, int(channel_id), by, watched=channel_id in chosen)

    async def _meanwhile(self, interaction: Interaction, name: str, line: str) -> str | None:
        """A sentence about the change that this one has replaced, if it was somebody else's."""
        change = await self._settings.last_change(name, _managed(interaction).id)
        if change is None or change.changed_by == interaction.user.id:
            return None
        return say.MEANWHILE(of_interaction(interaction), who=change.changed_by, line=line)

    def _form(self, interaction: Interaction) -> WishesForm:
        guild = _managed(interaction)
        persona, instructions = (self._settings.value(each, guild.id) for each in (PERSONA, INSTRUCTIONS))
        return WishesForm(persona, instructions, of_interaction(interaction))


def _managed(interaction: Interaction) -> discord.Guild:
    """The server of an interaction.

    Raises:
        UserFacingError: there is none, or whoever pressed may not manage it.
    """
    if interaction.guild is None:
        raise UserFacingError(say.SERVERS_ONLY)
    if not interaction.permissions.manage_guild:
        raise UserFacingError(say.NOT_YOURS)
    return interaction.guild


def _role(values: Sequence[str], guild: discord.Guild) -> int | None:
    role = guild.get_role(int(values[0])) if values and values[0].isdigit() else None
    return role.id if role is not None and not role.is_default() else None
