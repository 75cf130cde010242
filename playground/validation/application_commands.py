"""Checks of application commands that a bot registers.

https://discord.com/developers/docs/interactions/application-commands#application-command-object
"""

import re
from collections.abc import Callable
from typing import Any, Final

from playground.errors import FormErrors
from playground.validation.fields import Fields

Json = dict[str, Any]

CHAT_INPUT: Final = 1
SUBCOMMAND: Final = 1
GROUP: Final = 2
STRING: Final = 3
INTEGER: Final = 4
NUMBER: Final = 10
NAME: Final = re.compile(r"^[-_'\w\u0900-\u097f\u0e00-\u0e7f]{1,32}$")
MAX_SIZE: Final = 8000
"""Characters of a command's names, descriptions and values together."""
LOCALES: Final = frozenset(
    [
        "id",
        "da",
        "de",
        "en-GB",
        "en-US",
        "es-ES",
        "es-419",
        "fr",
        "hr",
        "it",
        "lt",
        "hu",
        "nl",
        "no",
        "pl",
        "pt-BR",
        "ro",
        "fi",
        "sv-SE",
        "vi",
        "tr",
        "cs",
        "el",
        "bg",
        "ru",
        "uk",
        "hi",
        "th",
        "zh-CN",
        "ja",
        "zh-TW",
        "ko",
    ]
)


def read(body: Any, errors: FormErrors, path: tuple[str | int, ...] = ()) -> Json:
    """Return a command as Discord stores it."""
    fields = Fields(body, errors, path)
    kind = fields.choice("type", (1, 2, 3, 4)) or CHAT_INPUT
    payload: Json = {
        "type": kind,
        "name": _name(fields, kind),
        "name_localizations": _localized(fields, "name_localizations", lambda value: _is_name(value, kind), 32),
        "description": "",
        "description_localizations": None,
        "default_member_permissions": _permissions(fields),
        "dm_permission": fields.boolean("dm_permission", default=True),
        "contexts": fields.values.get("contexts"),
        "integration_types": fields.values.get("integration_types") or [0],
        "nsfw": fields.boolean("nsfw"),
    }
    if kind == CHAT_INPUT:
        payload |= _described(fields)
        if fields.has("options"):
            payload["options"] = _options(fields, depth=0)
        if _size(payload) > MAX_SIZE:
            errors.add(path, "APPLICATION_COMMAND_TOO_LARGE", f"Command exceeds maximum size ({MAX_SIZE})")
    elif fields.values.get("description"):
        fields.wrong(
            "description",
            "APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION",
            "Context menu commands cannot have description",
        )
    return payload


def _permissions(fields: Fields) -> str | None:
    number = fields.integer("default_member_permissions", low=0)
    return None if number is None else str(number)


def _is_name(value: str, kind: int) -> bool:
    if kind != CHAT_INPUT:
        return 1 <= len(value) <= 32
    return bool(NAME.match(value)) and value == value.lower()


def _name(fields: Fields, kind: int) -> str:
    name = fields.text("name", low=1, high=32, required=True) or ""
    if name and len(name) <= 32 and not _is_name(name, kind):
        fields.wrong("name", "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")
    return name


def _localized(fields: Fields, name: str, fits: Callable[[str], bool], longest: int) -> Json | None:
    if not fields.has(name):
        return None
    child = fields.child(name)
    payload = {}
    for locale, value in child.values.items():
        if locale not in LOCALES:
            child.errors.add((*child.path, locale), "BASE_TYPE_CHOICES", "Value must be one of Discord's locales.")
        elif value is None:
            continue
        elif not isinstance(value, str) or not 1 <= len(value) <= longest or not fits(value):
            child.wrong(locale, "APPLICATION_COMMAND_INVALID_NAME", "Localized value is invalid")
        else:
            payload[locale] = value
    return payload


def _described(fields: Fields) -> Json:
    return {
        "description": fields.text("description", low=1, high=100, required=True) or "",
        "description_localizations": _localized(fields, "description_localizations", lambda _: True, 100),
    }


def _options(fields: Fields, depth: int) -> list[Json]:
    given = fields.objects("options", high=25)
    payloads = [_option(each, depth) for each in given]
    names: set[str] = set()
    optional_seen = False
    for each, payload in zip(given, payloads, strict=True):
        if payload["name"] in names:
            each.wrong("name", "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS", "Option name already exists")
        names.add(payload["name"])
        if payload.get("required") and optional_seen:
            each.errors.add(
                each.path,
                "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
                "Required options must be placed before non-required options",
            )
        optional_seen = optional_seen or not payload.get("required")
    kinds = {payload["type"] in {SUBCOMMAND, GROUP} for payload in payloads}
    if len(kinds) > 1:
        fields.wrong(
            "options",
            "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID",
            "Sub-command and sub-command group option types are mutually exclusive to all other types",
        )
    return payloads


def _option(fields: Fields, depth: int) -> Json:
    kind = fields.choice("type", range(1, 12), required=True) or STRING
    payload: Json = {
        "type": kind,
        "name": _name(fields, CHAT_INPUT),
        "name_localizations": _localized(fields, "name_localizations", lambda value: _is_name(value, CHAT_INPUT), 32),
        **_described(fields),
    }
    if kind in {SUBCOMMAND, GROUP}:
        if depth > (0 if kind == GROUP else 1):
            fields.wrong("type", "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "Sub-commands cannot be nested deeper")
            return payload
        return payload | {"options": _options(fields, depth + 1)}
    if fields.boolean("required"):
        payload["required"] = True
    if fields.has("choices"):
        payload["choices"] = [_choice(each, kind) for each in fields.objects("choices", high=25)]
    if fields.boolean("autocomplete"):
        payload["autocomplete"] = True
        if payload.get("choices"):
            fields.wrong(
                "autocomplete",
                "APPLICATION_COMMAND_OPTIONS_CHOICES_AUTOCOMPLETE",
                "Choices and autocomplete are mutually exclusive",
            )
    return payload | _bounds(fields, kind)


def _bounds(fields: Fields, kind: int) -> Json:
    payload: Json = {}
    if kind == STRING:
        for name, low in (("min_length", 0), ("max_length", 1)):
            number = fields.integer(name, low=low, high=6000)
            if number is not None:
                payload[name] = number
    if kind in {INTEGER, NUMBER}:
        for name in ("min_value", "max_value"):
            value = fields.values.get(name)
            if value is not None:
                payload[name] = value
                if isinstance(value, bool) or not isinstance(value, (int, float)):
                    fields.wrong(name, "NUMBER_TYPE_COERCE", f'Value "{value}" is not a number.')
    if fields.has("channel_types"):
        payload["channel_types"] = fields.items("channel_types", high=20)
    return payload


def _choice(fields: Fields, kind: int) -> Json:
    payload: Json = {
        "name": fields.text("name", low=1, high=100, required=True),
        "name_localizations": _localized(fields, "name_localizations", lambda _: True, 100),
    }
    value = fields.values.get("value")
    if kind == STRING:
        payload["value"] = fields.text("value", low=0, high=100, required=True)
    else:
        payload["value"] = value
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            fields.wrong("value", "NUMBER_TYPE_COERCE", f'Value "{value}" is not a number.')
    return payload


def _size(payload: Json) -> int:
    texts = [payload.get("name"), payload.get("description"), payload.get("value")]
    total = sum(len(each) for each in texts if isinstance(each, str))
    for name in ("name_localizations", "description_localizations"):
        total += max((len(each) for each in (payload.get(name) or {}).values()), default=0)
    nested = [*(payload.get("options") or ()), *(payload.get("choices") or ())]
    return total + sum(_size(each) for each in nested)
