"""What the panel looks like: each setting as a line, and the components that change it. Nothing here sends anything."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import discord

from bot.escaping import escaped_name
from bot.hints.tutor_modes import TUTOR_MODE
from bot.sentences import Locale, Sentence
from bot.settings_panel import sentences as say
from bot.settings_panel import setting_wording as wording
from bot.settings_panel.panel_components import SettingsId, item
from bot.store.server_settings import (
    CALCULATOR,
    CHANNELS,
    CODE,
    INSTRUCTIONS,
    LANGUAGE,
    MODEL,
    MODERATORS_CHANNEL,
    PERSONA,
    QUIZ_DIFFICULTY,
    QUIZ_PLAY,
    QUIZ_QUESTIONS,
    QUIZ_SOURCE,
    RETENTION_DAYS,
    ROLES,
    ServerSetting,
    ServerSettings,
)

CHOICES: Final[Mapping[str, ServerSetting]] = {
    "language": LANGUAGE,
    "model": MODEL,
    "mode": TUTOR_MODE,
    "channels": CHANNELS,
    "roles": ROLES,
    "count": QUIZ_QUESTIONS,
    "difficulty": QUIZ_DIFFICULTY,
    "source": QUIZ_SOURCE,
    "play": QUIZ_PLAY,
    "moderators": MODERATORS_CHANNEL,
    "retention": RETENTION_DAYS,
}
"""By component: what it chooses."""
SWITCHES: Final[Mapping[str, ServerSetting]] = {"calculator": CALCULATOR, "code": CODE}
TEXTS: Final[Mapping[str, ServerSetting]] = {"persona": PERSONA, "instructions": INSTRUCTIONS}
NAMED: Final[Mapping[str, ServerSetting]] = {**CHOICES, **SWITCHES, **TEXTS}
LIBRARY: Final = "library"
CONTRIBUTORS: Final = "contributors"
PAGES: Final = (
    (say.PAGE_ANSWERS, (("language", "persona", "instructions", "model", "mode", "calculator", "code"),)),
    (say.PAGE_PLACES, (("channels", "roles"), ("moderators",), ("retention",))),
    (say.PAGE_ROOMS, (("count", "difficulty", "source", "play"), (LIBRARY, CONTRIBUTORS))),
)
"""The pages with their names. On each, lines that belong together stand above the components that change them."""
PAGE_OF: Final[Mapping[str, int]] = {
    name: page for page, (_, sections) in enumerate(PAGES) for section in sections for name in section
}
"""On which page a setting is."""
DAYS: Final = (1, 3, 7, 14, 30, 60, 90, 180, 365)
"""For how many days conversations can be kept, as the panel offers them; the command takes any number."""
MOST_CHOSEN: Final = 25
"""As many as Discord lets a select choose."""
LONGEST_VALUE: Final = 100
"""Characters of an option's value and label."""

VALUES: Final[Mapping[str, tuple[Sentence, Mapping[str, Sentence]]]] = {
    "language": (say.CHOOSE_LANGUAGE, wording.LANGUAGES),
    "mode": (say.CHOOSE_MODE, wording.MODES),
    "count": (say.CHOOSE_COUNT, wording.COUNTS),
    "difficulty": (say.CHOOSE_DIFFICULTY, wording.DIFFICULTIES),
    "source": (say.CHOOSE_SOURCE, wording.SOURCES),
    "play": (say.CHOOSE_PLAY, wording.PLAYS),
}
"""Selects of values, with their placeholders."""
PLACES: Final[Mapping[str, tuple[Sentence, int]]] = {
    "channels": (say.CHOOSE_CHANNELS, MOST_CHOSEN),
    "roles": (say.CHOOSE_ROLES, MOST_CHOSEN),
    LIBRARY: (say.CHOOSE_LIBRARY, MOST_CHOSEN),
    CONTRIBUTORS: (say.CHOOSE_CONTRIBUTORS, 1),
    "moderators": (say.CHOOSE_MODERATORS, 1),
}
"""Selects of channels and roles, with how many can be chosen."""

Options = Sequence[discord.SelectOption]


@dataclass(frozen=True, slots=True)
class LibraryState:
    """What the panel shows of the library, whose settings are kept in tables of its own."""

    channels: Sequence[int]
    contributor_role: int | None
    """Who may add files, beside who manages the server; None: everybody. The role may be deleted."""


class Panel:
    """The panel of one server, as it is now."""

    def __init__(
        self,
        guild: discord.Guild,
        settings: ServerSettings,
        library: LibraryState,
        locale: Locale,
        *,
        models: Sequence[str],
        usual_model: str,
        host_days: int = 0,
    ) -> None:
        self._guild = guild
        self._settings = settings
        self._library = library
        self._locale = locale
        self._models = models
        self._usual_model = usual_model
        self._host_days = host_days

    def view(self, page: int = 0, note: str | None = None) -> discord.ui.LayoutView:
        """A page of the panel (the first one for others than there are), with a note where there is one to tell."""
        locale, lines = self._locale, self.lines()
        page = page if page < len(PAGES) else 0
        title = say.TITLE(locale, server=escaped_name(self._guild.name))
        head = [f"### ⚙️ {title}", *([f"> {note}"] if note is not None else []), f"-# {say.HINT(locale)}"]
        parts: list[discord.ui.Item[Any]] = [discord.ui.TextDisplay("\n".join(head))]
        for section in PAGES[page][1]:
            parts.append(discord.ui.TextDisplay("\n".join(lines[name] for name in section)))
            parts += [row for name in section if (row := self._select(name)) is not None]
        if page == PAGE_OF["persona"]:
            parts.append(self._buttons())
        parts.append(self._navigation(page))
        view = discord.ui.LayoutView(timeout=None)
        view.add_item(discord.ui.Container(*parts))
        return view

    def lines(self) -> dict[str, str]:
        """Each setting by the name of its component, with its value in words."""
        locale = self._locale
        told = {
            name: wording.wording_of(setting.name).tell(self._value(setting), locale) for name, setting in NAMED.items()
        }
        role, roles, channels = self._library.contributor_role, self._role_ids(), self._channel_ids()
        contributors, none = {role} if role is not None else set(), say.NO_CHANNEL(locale)
        who = say.MANAGERS if role is not None else say.EVERYBODY
        everywhere, everybody = say.EVERYWHERE(locale), say.EVERYBODY(locale)
        return told | {
            "model": say.MODEL(locale, value=escaped_name(self._model() or self._usual())),
            "channels": say.CHANNELS(locale, value=self._told(self._ids(CHANNELS), channels, "<#{}>", everywhere)),
            "roles": say.ROLES(locale, value=self._told(self._ids(ROLES), roles, "<@&{}>", everybody)),
            "moderators": say.MODERATORS(
                locale, value=self._told(self._ids(MODERATORS_CHANNEL), channels, "<#{}>", none)
            ),
            "retention": say.KEPT(locale, value=self._kept()),
            LIBRARY: say.LIBRARY(locale, value=self._told(self._library.channels, None, "<#{}>", none)),
            CONTRIBUTORS: say.CONTRIBUTORS(locale, value=self._told(contributors, roles, "<@&{}>", who(locale))),
        }

    def shown(self, name: str) -> frozenset[str]:
        """What the select of a setting shows as chosen."""
        if name == LIBRARY:
            return frozenset(str(each) for each in self._library_channels())
        if name == CONTRIBUTORS:
            return frozenset(str(each) for each in {self._library.contributor_role or 0} & self._role_ids())
        if name == "model":
            return frozenset({self._model()})
        if name == "retention":
            return frozenset({self._days()})
        setting = CHOICES[name]
        if setting in (CHANNELS, MODERATORS_CHANNEL):
            return frozenset(str(each) for each in self._ids(setting) & self._channel_ids())
        if setting is ROLES:
            return frozenset(str(each) for each in self._ids(setting) & self._role_ids())
        return frozenset({self._value(setting)})

    def _value(self, setting: ServerSetting) -> str:
        return self._settings.value(setting, self._guild.id)

    def _ids(self, setting: ServerSetting) -> frozenset[int]:
        return self._settings.ids(setting, self._guild.id)

    def _model(self) -> str:
        """The model that was chosen, if the host still offers it."""
        return self._value(MODEL) if self._value(MODEL) in self._models else ""

    def _usual(self) -> str:
        return say.MODEL_USUAL(self._locale, model=self._usual_model)

    def _days(self) -> str:
        """The days that were chosen, if they are fewer than the host's."""
        own = self._value(RETENTION_DAYS)
        return own if own and (not self._host_days or int(own) < self._host_days) else ""

    def _kept(self) -> str:
        own = self._days()
        by_host = wording.told_days(self._host_days, self._locale)
        return wording.told_days(int(own), self._locale) if own else say.KEPT_BY_HOST(self._locale, value=by_host)

    def _channel_ids(self) -> set[int]:
        return {channel.id for channel in self._guild.channels}

    def _role_ids(self) -> set[int]:
        return {role.id for role in self._guild.roles}

    def _library_channels(self) -> list[int]:
        """Those that the select can show."""
        texts = {channel.id for channel in self._guild.text_channels}
        return [each for each in self._library.channels if each in texts]

    def _told(self, ids: Collection[int], there_are: Collection[int] | None, form: str, nothing: str) -> str:
        return wording.told_ids(ids, there_are, form, nothing, self._locale)

    # The components

    def _select(self, name: str) -> discord.ui.ActionRow[Any] | None:
        """The select that changes a setting, if it has one."""
        if name in TEXTS or name in SWITCHES or (name == "model" and not self._models):
            return None
        locale, shown = self._locale, self.shown(name)
        if name == "model":
            return self._choice(name, say.CHOOSE_MODEL, self._model_options())
        if name == "retention":
            return self._choice(name, say.CHOOSE_RETENTION, self._day_options())
        if name in VALUES:
            placeholder, names = VALUES[name]
            return self._choice(name, placeholder, _named(names, shown, locale))
        placeholder, most = PLACES[name]
        if len(shown) > most:  # `/library unwatch` takes some out
            return None
        if name in ("roles", CONTRIBUTORS):
            return _row(_role_select(name, placeholder(locale), shown, most=most))
        return _row(_channel_select(name, placeholder(locale), shown, most=most, all_kinds=name == "channels"))

    def _buttons(self) -> discord.ui.ActionRow[Any]:
        """What needs no choice. A switch says what its press does, however it is by then."""
        locale = self._locale
        labels = {
            "calculator": (say.TURN_CALCULATOR_OFF, say.TURN_CALCULATOR_ON),
            "code": (say.TURN_CODE_OFF, say.TURN_CODE_ON),
        }
        switches = []
        for name, (turn_off, turn_on) in labels.items():
            is_on = self._value(SWITCHES[name]) == "on"
            to = "off" if is_on else "on"
            switches.append(_button(SettingsId(f"{name}_{to}"), (turn_off if is_on else turn_on)(locale)))
        return _row(
            _button(SettingsId("wishes"), say.EDIT_WISHES(locale)),
            _button(SettingsId("preview"), say.PREVIEW(locale)),
            _button(SettingsId("reset"), say.RESET(locale)),
            *switches,
        )

    def _navigation(self, page: int) -> discord.ui.ActionRow[Any]:
        """Buttons to the pages and the history; that of the page that is shown cannot be pressed."""
        locale = self._locale
        buttons = [_button(SettingsId("panel", number), name(locale)) for number, (name, _) in enumerate(PAGES)]
        buttons[page].disabled = True
        for each in buttons:
            each.style = discord.ButtonStyle.primary
        return _row(*buttons, _button(SettingsId("history"), say.SHOW_HISTORY(locale)))

    def _model_options(self) -> list[discord.SelectOption]:
        chosen = self._model()
        usual = discord.SelectOption(label=self._usual()[:100], value="-", default=not chosen)
        offered = self._models[: MOST_CHOSEN - 1]
        return [
            usual,
            *(discord.SelectOption(label=each[:100], value=each, default=each == chosen) for each in offered),
        ]

    def _day_options(self) -> list[discord.SelectOption]:
        own = self._days()
        usual = say.KEPT_BY_HOST(self._locale, value=wording.told_days(self._host_days, self._locale))
        offered = {days for days in DAYS if not self._host_days or days < self._host_days} | (
            {int(own)} if own else set()
        )
        told = [(str(days), wording.told_days(days, self._locale)) for days in sorted(offered)]
        options = [discord.SelectOption(label=label, value=days, default=days == own) for days, label in told]
        return [discord.SelectOption(label=usual[:100], value="-", default=not own), *options]

    def _choice(self, what: str, placeholder: Sentence, options: Options) -> discord.ui.ActionRow[Any]:
        select = discord.ui.Select[Any](
            custom_id=str(SettingsId(what)), placeholder=placeholder(self._locale), options=list(options)
        )
        return _row(select)


def _named(names: Mapping[str, Sentence], shown: Collection[str], locale: Locale) -> list[discord.SelectOption]:
    """An option for each value; `-` stands for the empty one, which Discord does not take."""
    return [
        discord.SelectOption(label=name(locale, count=value)[:100], value=value or "-", default=value in shown)
        for value, name in names.items()
    ]


def _channel_select(
    what: str, placeholder: str, chosen: Collection[str], *, most: int, all_kinds: bool = False
) -> discord.ui.ChannelSelect[Any]:
    kinds = [discord.ChannelType.text, discord.ChannelType.news]
    if all_kinds:
        kinds += [discord.ChannelType.category, discord.ChannelType.forum, discord.ChannelType.voice]
    return discord.ui.ChannelSelect(
        custom_id=str(SettingsId(what)),
        placeholder=placeholder,
        channel_types=kinds,
        min_values=0,
        max_values=most,
        default_values=_defaults(chosen, discord.SelectDefaultValueType.channel),
    )


def _role_select(what: str, placeholder: str, chosen: Collection[str], *, most: int) -> discord.ui.RoleSelect[Any]:
    return discord.ui.RoleSelect(
        custom_id=str(SettingsId(what)),
        placeholder=placeholder,
        min_values=0,
        max_values=most,
        default_values=_defaults(chosen, discord.SelectDefaultValueType.role),
    )


def _defaults(ids: Collection[str], kind: discord.SelectDefaultValueType) -> list[discord.SelectDefaultValue]:
    return [discord.SelectDefaultValue(id=int(each), type=kind) for each in sorted(ids)]


def _button(settings_id: SettingsId, label: str) -> discord.ui.Button[Any]:
    return discord.ui.Button(custom_id=str(settings_id), label=label, style=discord.ButtonStyle.secondary)


def _row(*items: discord.ui.Item[Any]) -> discord.ui.ActionRow[Any]:
    wrap: Callable[[discord.ui.Item[Any]], Any] = item
    return discord.ui.ActionRow(*(wrap(each) for each in items))
