"""Checks of buttons and selects."""

from typing import Any, Final

from playground.validation.fields import Fields

Json = dict[str, Any]

BUTTON: Final = 2
STRING_SELECT: Final = 3
SELECTS: Final = frozenset({3, 5, 6, 7, 8})
LINK_STYLE: Final = 5
PREMIUM_STYLE: Final = 6


def read(fields: Fields, custom_ids: set[str]) -> Json:
    """Return a button or select as Discord stores it, and add its custom id to `custom_ids`, those of the message."""
    kind = fields.integer("type", required=True)
    payload: Json = {"type": kind}
    number = fields.integer("id", low=0)
    if number:
        payload["id"] = number
    if kind == BUTTON:
        return payload | _button(fields, custom_ids)
    if kind in SELECTS:
        return payload | select(fields, custom_ids)
    if kind is not None:
        fields.wrong("type", "UNION_TYPE_CHOICES", 'Value of field "type" must be one of (2, 3, 5, 6, 7, 8).')
    return payload


def custom_id(fields: Fields, custom_ids: set[str]) -> str:
    """Return a custom id of 1 to 100 characters that no other component of the message has."""
    value = fields.text("custom_id", low=1, high=100, required=True) or ""
    if value and value in custom_ids:
        fields.wrong("custom_id", "COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated")
    custom_ids.add(value)
    return value


def _button(fields: Fields, custom_ids: set[str]) -> Json:
    style = fields.choice("style", range(1, 7), required=True)
    payload: Json = {"style": style}
    label = fields.text("label", high=80)
    if label:
        payload["label"] = label
    if fields.has("emoji"):
        payload["emoji"] = emoji(fields.child("emoji"))
    if fields.boolean("disabled"):
        payload["disabled"] = True
    if style == LINK_STYLE:
        if not fields.has("url"):
            fields.wrong("url", "BUTTON_COMPONENT_URL_REQUIRED", "A url is required")
        payload["url"] = fields.link("url", schemes=("http", "https", "discord"), high=512)
        if fields.has("custom_id"):
            fields.wrong(
                "custom_id", "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE",
                "A custom id and url cannot both be specified",
            )  # fmt: skip
    elif style == PREMIUM_STYLE:
        payload["sku_id"] = str(fields.snowflake("sku_id", required=True))
    elif not fields.has("custom_id"):
        fields.wrong("custom_id", "BUTTON_COMPONENT_CUSTOM_ID_REQUIRED", "A custom id is required")
    else:
        payload["custom_id"] = custom_id(fields, custom_ids)
        if fields.has("url"):
            fields.wrong(
                "url", "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE",
                "A custom id and url cannot both be specified",
            )  # fmt: skip
    if style != PREMIUM_STYLE and not label and "emoji" not in payload:
        fields.wrong("label", "BUTTON_COMPONENT_LABEL_OR_EMOJI_REQUIRED", "A label or emoji is required")
    return payload


def select(fields: Fields, custom_ids: set[str]) -> Json:
    """Return a select's own fields."""
    payload: Json = {"custom_id": custom_id(fields, custom_ids)}
    placeholder = fields.text("placeholder", high=150)
    if placeholder:
        payload["placeholder"] = placeholder
    low, high = fields.integer("min_values", low=0, high=25), fields.integer("max_values", low=1, high=25)
    payload |= {"min_values": 1 if low is None else low, "max_values": 1 if high is None else high}
    if fields.boolean("disabled"):
        payload["disabled"] = True
    if fields.values.get("type") == STRING_SELECT:
        payload["options"] = _options(fields)
        most = len(payload["options"])
        if high is not None and most and high > most:
            fields.wrong(
                "max_values", "SELECT_COMPONENT_MAX_VALUES_TOO_LARGE", "max_values exceeds the number of options"
            )
    elif fields.has("default_values"):
        payload["default_values"] = [
            {"id": str(each.snowflake("id", required=True)), "type": each.text("type", required=True)}
            for each in fields.objects("default_values", high=25)
        ]
    if fields.has("channel_types"):
        payload["channel_types"] = fields.items("channel_types", high=25)
    if payload["min_values"] > payload["max_values"]:
        fields.wrong("min_values", "SELECT_COMPONENT_MIN_VALUES_TOO_LARGE", "min_values must not exceed max_values")
    return payload


def _options(fields: Fields) -> list[Json]:
    options, seen = [], set()
    for each in fields.objects("options", low=1, high=25, required=True):
        option: Json = {
            "label": each.text("label", low=1, high=100, required=True),
            "value": each.text("value", low=1, high=100, required=True),
        }
        description = each.text("description", high=100)
        if description:
            option["description"] = description
        if each.has("emoji"):
            option["emoji"] = emoji(each.child("emoji"))
        if each.boolean("default"):
            option["default"] = True
        if option["value"] in seen:
            each.wrong(
                "value", "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", "The specified option value is already used"
            )
        seen.add(option["value"])
        options.append(option)
    return options


def emoji(fields: Fields) -> Json:
    """Return a partial emoji."""
    payload: Json = {"name": fields.text("name", high=100)}
    number = fields.snowflake("id")
    if number is not None:
        payload |= {"id": str(number), "animated": fields.boolean("animated")}
    elif not payload["name"]:
        fields.wrong("name", "BUTTON_COMPONENT_INVALID_EMOJI", "Invalid emoji")
    return payload
