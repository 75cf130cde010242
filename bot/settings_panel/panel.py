"""What the panel looks like: each setting as a line, and the components that change it. Nothing here sends anything."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import discord

from bot.escaping import escaped_name, escaped_within
from bot.hints.tutor_modes import TUTOR_MODE
from bot.sentences import Locale, Sentence
from bot.settings_panel import sentences as say
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
    QUIZ_QUESTIONS,
    ROLES,
    ServerSetting,
    ServerSettings,
)

LANGUAGES: Final[dict[str, Sentence]] = {"": say.LANGUAGE_EACH, "en": say.LANGUAGE_EN, "ko": say.LANGUAGE_KO}
MODES: Final[dict[str, Sentence]] = {"answer": say.MODE_ANSWER, "guide": say.MODE_GUIDE}
DIFFICULTIES: Final[dict[str, Sentence]] = {
    "": say.ANY_DIFFICULTY,
    "easy": say.EASY,
    "medium": say.MEDIUM,
    "hard": say.HARD,
}
COUNTS: Final = tuple(str(number) for number in range(1, 11))
_SHOWN: Final = 120
"""Characters of a persona or instructions that the panel shows."""
_MOST_NAMED: Final = 8
"""Channels or roles that a line names."""

Options = Sequence[discord.SelectOption]


@dataclass(frozen=True, slots=True)
class LibraryState:
    """What the panel shows of the library, whose settings are kept in tables of its own."""

    channels: Sequence[int]
    contributor_role: int | None


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
    ) -> None:
        self._guild = guild
        self._settings = settings
        self._library = library
        self._locale = locale
        self._models = models
        self._usual_model = usual_model

    def view(self) -> discord.ui.LayoutView:
        """The panel."""
        locale = self._locale
        title = say.TITLE(locale, server=escaped_name(self._guild.name))
        text = "\n".join([f"### ⚙️ {title}", *self.lines().values(), f"-# {say.HINT(locale)}"])
        view = discord.ui.LayoutView(timeout=None)
        view.add_item(discord.ui.Container(discord.ui.TextDisplay(text), *self._rows()))
        return view

    def lines(self) -> dict[str, str]:
        """Each setting by the name of its component, with its value in words."""
        locale, value = self._locale, self._value
        chosen = value(MODEL) if value(MODEL) in self._models else ""
        usual = say.MODEL_USUAL(locale, model=escaped_name(self._usual_model))
        difficulty = DIFFICULTIES[value(QUIZ_DIFFICULTY)](locale)
        role = self._library.contributor_role
        watched = " ".join(f"<#{each}>" for each in self._library.channels[:_MOST_NAMED])
        moderators = value(MODERATORS_CHANNEL)
        return {
            "language": say.LANGUAGE(locale, value=LANGUAGES[value(LANGUAGE)](locale)),
            "persona": say.PERSONA_IS(locale, value=self._text(PERSONA)),
            "instructions": say.INSTRUCTIONS_ARE(locale, value=self._text(INSTRUCTIONS)),
            "model": say.MODEL(locale, value=escaped_name(chosen) if chosen else usual),
            "channels": say.CHANNELS(
                locale, value=self._places(CHANNELS, self._channel_ids(), "<#{}>", say.EVERYWHERE)
            ),
            "roles": say.ROLES(locale, value=self._places(ROLES, self._role_ids(), "<@&{}>", say.EVERYBODY)),
            "mode": say.MODE(locale, value=MODES[value(TUTOR_MODE)](locale)),
            "quiz": say.QUIZ(locale, count=value(QUIZ_QUESTIONS), difficulty=difficulty),
            "calculator": say.CALCULATOR(locale, value=self._on_or_off(CALCULATOR)),
            "code": say.CODE(locale, value=self._on_or_off(CODE)),
            "library": say.LIBRARY(
                locale,
                channels=watched or say.NO_CHANNEL(locale),
                who=f"<@&{role}>" if role is not None else say.EVERYBODY(locale),
            ),
            "moderators": say.MODERATORS(locale, value=f"<#{moderators}>" if moderators else say.NO_CHANNEL(locale)),
        }

    def _value(self, setting: ServerSetting) -> str:
        return self._settings.value(setting, self._guild.id)

    def _text(self, setting: ServerSetting) -> str:
        return escaped_within(self._value(setting), _SHOWN) or say.NONE_SET(self._locale)

    def _on_or_off(self, setting: ServerSetting) -> str:
        return (say.ON if self._value(setting) == "on" else say.OFF)(self._locale)

    def _channel_ids(self) -> set[int]:
        return {channel.id for channel in self._guild.channels}

    def _role_ids(self) -> set[int]:
        return {role.id for role in self._guild.roles}

    def _places(self, setting: ServerSetting, there_are: Collection[int], form: str, nothing: Sentence) -> str:
        chosen = sorted(self._settings.ids(setting, self._guild.id))
        there = [each for each in chosen if each in there_are]
        named = " ".join(form.format(each) for each in there[:_MOST_NAMED])
        if len(there) > _MOST_NAMED:
            named += f" +{len(there) - _MOST_NAMED}"
        gone = len(chosen) - len(there)
        parts = [named or nothing(self._locale)]
        if gone:
            parts.append(f"({say.GONE(self._locale, count=gone)})")
        return " ".join(parts)

    # The components

    def _rows(self) -> Iterator[discord.ui.ActionRow[Any]]:
        locale = self._locale
        yield self._choice("language", say.CHOOSE_LANGUAGE, _named(LANGUAGES, self._value(LANGUAGE), locale))
        if self._models:
            yield self._choice("model", say.CHOOSE_MODEL, list(self._model_options()))
        channels = self._settings.ids(CHANNELS, self._guild.id) & self._channel_ids()
        yield _row(_channel_select("channels", say.CHOOSE_CHANNELS(locale), channels, most=25, categories=True))
        roles = self._settings.ids(ROLES, self._guild.id) & self._role_ids()
        yield _row(_role_select("roles", say.CHOOSE_ROLES(locale), roles, most=25))
        yield self._choice("mode", say.CHOOSE_MODE, _named(MODES, self._value(TUTOR_MODE), locale))
        counts = {each: say.ONE_QUESTION if each == "1" else say.QUESTIONS for each in COUNTS}
        yield self._choice("count", say.CHOOSE_COUNT, _named(counts, self._value(QUIZ_QUESTIONS), locale))
        difficulties = _named(DIFFICULTIES, self._value(QUIZ_DIFFICULTY), locale)
        yield self._choice("difficulty", say.CHOOSE_DIFFICULTY, difficulties)
        contributor = {self._library.contributor_role or 0} & self._role_ids()
        yield _row(_role_select("contributors", say.CHOOSE_CONTRIBUTORS(locale), contributor, most=1))
        moderators = self._settings.ids(MODERATORS_CHANNEL, self._guild.id) & self._channel_ids()
        yield _row(_channel_select("moderators", say.CHOOSE_MODERATORS(locale), moderators, most=1))
        yield _row(
            *(
                _button(what, label(locale))
                for what, label in (
                    ("wishes", say.EDIT_WISHES),
                    ("preview", say.PREVIEW),
                    ("calculator", say.TURN_CALCULATOR),
                    ("code", say.TURN_CODE),
                    ("history", say.SHOW_HISTORY),
                )
            )
        )

    def _model_options(self) -> Iterator[discord.SelectOption]:
        chosen = self._value(MODEL)
        usual = say.MODEL_USUAL(self._locale, model=self._usual_model)[:100]
        yield discord.SelectOption(label=usual, value="-", default=chosen not in self._models)
        for model in self._models[:24]:
            yield discord.SelectOption(label=model[:100], value=model[:100], default=model == chosen)

    def _choice(self, what: str, placeholder: Sentence, options: Options) -> discord.ui.ActionRow[Any]:
        select = discord.ui.Select[Any](
            custom_id=str(SettingsId(what)), placeholder=placeholder(self._locale), options=list(options)
        )
        return _row(select)


def _named(names: dict[str, Sentence], chosen: str, locale: Locale) -> list[discord.SelectOption]:
    """An option for each value; `-` stands for the empty one, which Discord does not take."""
    return [
        discord.SelectOption(label=name(locale, count=value)[:100], value=value or "-", default=value == chosen)
        for value, name in names.items()
    ]


def _channel_select(
    what: str, placeholder: str, chosen: Collection[int], *, most: int, categories: bool = False
) -> discord.ui.ChannelSelect[Any]:
    kinds = [discord.ChannelType.text, discord.ChannelType.news]
    if categories:
        kinds += [discord.ChannelType.category, discord.ChannelType.forum, discord.ChannelType.voice]
    return discord.ui.ChannelSelect(
        custom_id=str(SettingsId(what)),
        placeholder=placeholder,
        channel_types=kinds,
        min_values=0,
        max_values=most,
        default_values=_defaults(chosen, discord.SelectDefaultValueType.channel),
    )


def _role_select(what: str, placeholder: str, chosen: Collection[int], *, most: int) -> discord.ui.RoleSelect[Any]:
    return discord.ui.RoleSelect(
        custom_id=str(SettingsId(what)),
        placeholder=placeholder,
        min_values=0,
        max_values=most,
        default_values=_defaults(chosen, discord.SelectDefaultValueType.role),
    )


def _defaults(ids: Collection[int], kind: discord.SelectDefaultValueType) -> list[discord.SelectDefaultValue]:
    return [discord.SelectDefaultValue(id=each, type=kind) for each in sorted(ids)]


def _button(what: str, label: str) -> discord.ui.Button[Any]:
    return discord.ui.Button(custom_id=str(SettingsId(what)), label=label, style=discord.ButtonStyle.secondary)


def _row(*items: discord.ui.Item[Any]) -> discord.ui.ActionRow[Any]:
    wrap: Callable[[discord.ui.Item[Any]], Any] = item
    return discord.ui.ActionRow(*(wrap(each) for each in items))
