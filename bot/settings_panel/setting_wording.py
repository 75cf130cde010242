"""How a setting and its value are told: in the panel, by the commands, and in the history."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from bot.budgets.usage_screens import budget_line
from bot.escaping import escaped_within
from bot.hints.tutor_modes import TUTOR_MODE
from bot.sentences import LANGUAGE_NAMES, OWN_NAMES, Locale, Sentence
from bot.settings_panel import sentences as say
from bot.store.budget_store import CHANGE as BUDGET_CHANGE
from bot.store.budget_store import read_change
from bot.store.server_settings import (
    CALCULATOR,
    CHANNELS,
    CODE,
    CONTRIBUTORS,
    INSTRUCTIONS,
    LANGUAGE,
    LIBRARY_CHANNEL,
    MODEL,
    MODERATORS_CHANNEL,
    PERSONA,
    QUIZ_DIFFICULTY,
    QUIZ_PLAY,
    QUIZ_QUESTIONS,
    QUIZ_SOURCE,
    RETENTION_DAYS,
    ROLES,
)

LANGUAGES: Final[dict[str, Sentence]] = {
    "": say.LANGUAGE_EACH,
    **{language: Sentence(OWN_NAMES[language]) for language in LANGUAGE_NAMES},
}
MODES: Final[dict[str, Sentence]] = {"answer": say.MODE_ANSWER, "guide": say.MODE_GUIDE}
COUNTS: Final[dict[str, Sentence]] = dict.fromkeys(map(str, range(1, 11)), say.QUESTIONS)
DIFFICULTIES: Final[dict[str, Sentence]] = {
    "": say.ANY_DIFFICULTY,
    "easy": say.EASY,
    "medium": say.MEDIUM,
    "hard": say.HARD,
}
SOURCES: Final[dict[str, Sentence]] = {
    "": say.SOURCE_FITTING,
    "files": say.SOURCE_FILES,
    "anything": say.SOURCE_ANYTHING,
}
PLAYS: Final[dict[str, Sentence]] = {"each": say.PLAY_EACH, "end": say.PLAY_END, "together": say.PLAY_TOGETHER}
SWITCH: Final[dict[str, Sentence]] = {"on": say.ON, "off": say.OFF}
_SHOWN: Final = 120
"""Characters of a text that are shown."""
_MOST_NAMED: Final = 8
"""Channels or roles that a line names."""

TellValue = Callable[[str, Locale], str]
"""A value in words."""


class Line(Protocol):
    """Puts a value in words into the line of its setting, as a `Sentence` does."""

    def __call__(self, locale: Locale, /, *, value: str) -> str:
        """The line."""
        ...


@dataclass(frozen=True, slots=True)
class Wording:
    """The line that tells a setting, and how its value is put into it."""

    line: Line
    value: TellValue
    default: str = ""

    def tell(self, value: str | None, locale: Locale) -> str:
        """The setting with a value (None: its default), in a line."""
        return self.line(locale, value=self.value(self.default if value is None else value, locale))


def wording_of(name: str) -> Wording:
    """How a setting is told, by its name in the database; one of another release is told as it is stored."""
    if name.startswith(BUDGET_CHANGE):
        return Wording(say.BUDGET, lambda value, locale: _budget(name, value, locale))
    return _WORDINGS.get(name) or Wording(_plain_line(name), _text)


def told_ids(ids: Collection[int], there_are: Collection[int] | None, form: str, nothing: str, locale: Locale) -> str:
    """Channels or roles as Discord shows them, and how many of them were deleted (all are there: `there_are` None)."""
    there = [each for each in sorted(ids) if there_are is None or each in there_are]
    named = " ".join(form.format(each) for each in there[:_MOST_NAMED])
    if len(there) > _MOST_NAMED:
        named += f" +{len(there) - _MOST_NAMED}"
    gone = len(ids) - len(there)
    return f"{named or nothing} ({say.GONE(locale, count=gone)})" if gone else named or nothing


def _plain_line(name: str) -> Sentence:
    line = f"{name.replace('_', ' ')}: {{value}}"
    return Sentence(line)


def _text(value: str, locale: Locale) -> str:
    return escaped_within(value, _SHOWN) or say.NONE_SET(locale)


def _one_of(names: Mapping[str, Sentence]) -> TellValue:
    return lambda value, locale: names[value](locale, count=value) if value in names else _text(value, locale)


def _ids(form: str, nothing: Sentence) -> TellValue:
    def told(value: str, locale: Locale) -> str:
        return told_ids({int(each) for each in value.split(",") if each}, None, form, nothing(locale), locale)

    return told


def _budget(name: str, value: str, locale: Locale) -> str:
    budget = read_change(name, value)
    return budget_line(budget, locale) if budget is not None else _text(value, locale)


def told_days(days: int, locale: Locale) -> str:
    """How long conversations are kept; 0: no limit."""
    return say.KEPT_DAYS(locale, count=days) if days else say.KEPT_AS_LONG_AS_THREADS(locale)


def _days(value: str, locale: Locale) -> str:
    return told_days(int(value), locale) if value.isdigit() else say.MODEL_OF_THE_HOST(locale)


def _model(value: str, locale: Locale) -> str:
    return escaped_within(value, _SHOWN) or say.MODEL_OF_THE_HOST(locale)


_WORDINGS: Final[Mapping[str, Wording]] = {
    LANGUAGE.name: Wording(say.LANGUAGE, _one_of(LANGUAGES)),
    PERSONA.name: Wording(say.PERSONA_IS, _text),
    INSTRUCTIONS.name: Wording(say.INSTRUCTIONS_ARE, _text),
    MODEL.name: Wording(say.MODEL, _model),
    TUTOR_MODE.name: Wording(say.MODE, _one_of(MODES), TUTOR_MODE.default),
    CHANNELS.name: Wording(say.CHANNELS, _ids("<#{}>", say.EVERYWHERE)),
    ROLES.name: Wording(say.ROLES, _ids("<@&{}>", say.EVERYBODY)),
    CALCULATOR.name: Wording(say.CALCULATOR, _one_of(SWITCH), CALCULATOR.default),
    CODE.name: Wording(say.CODE, _one_of(SWITCH), CODE.default),
    QUIZ_QUESTIONS.name: Wording(say.QUIZ_LENGTH, _one_of(COUNTS), QUIZ_QUESTIONS.default),
    QUIZ_DIFFICULTY.name: Wording(say.QUIZ_DIFFICULTY, _one_of(DIFFICULTIES), QUIZ_DIFFICULTY.default),
    QUIZ_SOURCE.name: Wording(say.QUIZ_SOURCE, _one_of(SOURCES), QUIZ_SOURCE.default),
    QUIZ_PLAY.name: Wording(say.QUIZ_PLAY, _one_of(PLAYS), QUIZ_PLAY.default),
    LIBRARY_CHANNEL: Wording(say.LIBRARY_CHANNEL, _one_of(SWITCH)),
    CONTRIBUTORS: Wording(say.CONTRIBUTORS, _ids("<@&{}>", say.EVERYBODY)),
    RETENTION_DAYS.name: Wording(say.KEPT, _days),
    MODERATORS_CHANNEL.name: Wording(say.MODERATORS, _ids("<#{}>", say.NO_CHANNEL)),
}
