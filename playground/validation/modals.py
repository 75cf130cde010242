"""Checks of modals: those that a bot shows, and the values that a student submits.

https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-response-object-modal
"""

from collections.abc import Mapping
from typing import Any, Final

from playground.errors import FormErrors
from playground.uploads import Upload
from playground.validation import buttons_and_selects
from playground.validation.fields import Fields
from playground.validation.resolved_data import ResolvedData

Json = dict[str, Any]

ROW: Final = 1
TEXT_INPUT: Final = 4
TEXT_DISPLAY: Final = 10
LABEL: Final = 18
FILE_UPLOAD: Final = 19
RADIO_GROUP: Final = 21
CHECKBOX_GROUP: Final = 22
CHECKBOX: Final = 23
_INSIDE: Final = (
    frozenset({TEXT_INPUT, FILE_UPLOAD, RADIO_GROUP, CHECKBOX_GROUP, CHECKBOX}) | buttons_and_selects.SELECTS
)


def read(fields: Fields) -> Json:
    """Return a modal as Discord shows it."""
    custom_ids: set[str] = set()
    payload: Json = {
        "custom_id": fields.text("custom_id", low=1, high=100, required=True),
        "title": fields.text("title", low=1, high=45, required=True),
        "components": [_top(each, custom_ids) for each in fields.objects("components", low=1, high=5, required=True)],
    }
    number = 1
    for component in payload["components"]:
        for each in (component, component.get("component"), *(component.get("components") or ())):
            if each:
                each.setdefault("id", number)
                number += 1
    return payload


def _top(fields: Fields, custom_ids: set[str]) -> Json:
    kind = fields.integer("type", required=True)
    if kind == ROW:
        children = fields.objects("components", low=1, high=1, required=True)
        return {"type": ROW, "components": [_input(each, custom_ids, labelled=False) for each in children]}
    if kind == TEXT_DISPLAY:
        return {"type": kind, "content": fields.text("content", low=1, high=4000, required=True)}
    if kind == LABEL:
        payload: Json = {
            "type": kind,
            "label": fields.text("label", low=1, high=45, required=True),
            "description": fields.text("description", high=100),
        }
        if fields.required("component"):
            payload["component"] = _input(fields.child("component"), custom_ids, labelled=True)
        return payload
    fields.wrong("type", "UNION_TYPE_CHOICES", 'Value of field "type" must be one of (1, 10, 18).')
    return {"type": kind}


def _input(fields: Fields, custom_ids: set[str], *, labelled: bool) -> Json:
    kind = fields.integer("type", required=True)
    allowed = _INSIDE if labelled else {TEXT_INPUT}
    if kind not in allowed:
        listed = ", ".join(str(each) for each in sorted(allowed))
        fields.wrong("type", "UNION_TYPE_CHOICES", f'Value of field "type" must be one of ({listed},).')
        return {"type": kind}
    required = fields.boolean("required", default=True)
    payload: Json = {"type": kind, "required": required}
    number = fields.integer("id", low=0)
    if number:
        payload["id"] = number
    if kind == TEXT_INPUT:
        return payload | _text_input(fields, custom_ids, labelled=labelled)
    if kind in buttons_and_selects.SELECTS:
        return payload | buttons_and_selects.select(fields, custom_ids)
    payload["custom_id"] = buttons_and_selects.custom_id(fields, custom_ids)
    if kind == CHECKBOX:
        return payload | {"default": fields.boolean("default")}
    if kind in {RADIO_GROUP, CHECKBOX_GROUP}:
        payload["options"] = [
            {
                "label": each.text("label", low=1, high=100, required=True),
                "value": each.text("value", low=1, high=100, required=True),
                "description": each.text("description", high=100),
                "default": each.boolean("default"),
            }
            for each in fields.objects("options", low=1, high=10, required=True)
        ]
    if kind != RADIO_GROUP:
        low, high = fields.integer("min_values", low=0, high=10), fields.integer("max_values", low=1, high=10)
        most = len(payload.get("options", ())) or 1
        payload |= {"min_values": 1 if low is None else low, "max_values": most if high is None else high}
    return payload


def _text_input(fields: Fields, custom_ids: set[str], *, labelled: bool) -> Json:
    payload: Json = {
        "custom_id": buttons_and_selects.custom_id(fields, custom_ids),
        "style": fields.choice("style", (1, 2), required=True),
        "min_length": fields.integer("min_length", low=0, high=4000) or 0,
        "max_length": fields.integer("max_length", low=1, high=4000) or 4000,
    }
    label = fields.text("label", low=1, high=45, required=not labelled)
    if label is not None:
        payload["label"] = label
    for name, high in (("placeholder", 100), ("value", 4000)):
        text = fields.text(name, high=high)
        if text is not None:
            payload[name] = text
    return payload


class Submission:
    """Reads and checks the values that a student submits; `modal` are the components of the open modal."""

    def __init__(
        self, modal: list[Json], errors: FormErrors, resolved: ResolvedData, files: Mapping[str, Upload]
    ) -> None:
        self._files = files
        self._declared = {each["custom_id"]: each for each in _inputs(modal) if "custom_id" in each}
        self._errors = errors
        self._resolved = resolved

    def read(self, fields: Fields, modal: list[Json]) -> list[Json]:
        """Return the components as the bot gets them, in the order of the modal."""
        given = {
            str(value.get("custom_id")): Fields(value, self._errors, ("data", "components"))
            for value in _inputs(fields.items("components", high=5))
        }
        for custom_id in given:
            if custom_id not in self._declared:
                fields.wrong("components", "COMPONENT_VALIDATION_FAILED", f"Unknown component {custom_id}")
        return [self._top(each, given) for each in modal]

    def _top(self, component: Json, given: dict[str, Fields]) -> Json:
        payload: Json = {"type": component["type"], "id": component["id"]}
        if component["type"] == ROW:
            return payload | {"components": [self._input(each, given) for each in component["components"]]}
        if component["type"] == LABEL:
            return payload | {"component": self._input(component["component"], given)}
        return payload

    def _input(self, declared: Json, given: dict[str, Fields]) -> Json:
        kind, custom_id = declared["type"], declared["custom_id"]
        fields = given.get(custom_id) or Fields({}, self._errors, ("data", "components"))
        payload: Json = {"type": kind, "id": declared["id"], "custom_id": custom_id}
        if kind == TEXT_INPUT:
            value = str(fields.values.get("value") or "")
            low = declared["min_length"] or (1 if declared["required"] else 0)
            if (value or declared["required"]) and not low <= len(value) <= declared["max_length"]:
                fields.wrong(
                    custom_id, "BASE_TYPE_BAD_LENGTH", f"Must be between {low} and {declared['max_length']} in length."
                )
            return payload | {"value": value}
        if kind == CHECKBOX:
            return payload | {"value": bool(fields.values.get("value"))}
        if kind == RADIO_GROUP:
            value_or_none = fields.values.get("value")
            self._choose(declared, fields, [value_or_none] if value_or_none is not None else [])
            return payload | {"value": value_or_none}
        values = [str(each) for each in fields.values.get("values") or ()]
        if kind == FILE_UPLOAD:
            uploads = [self._files.get(f"files[{each}]") for each in values]
            values = [self._resolved.file(each) for each in uploads if each is not None]
        self._choose(declared, fields, values)
        return payload | {"values": values}

    def _choose(self, declared: Json, fields: Fields, values: list[Any]) -> None:
        low = declared.get("min_values", 1) if declared["required"] else 0
        known = [each["value"] for each in declared.get("options", ())]
        unfit = known and any(each not in known for each in values)
        if unfit or not low <= len(values) <= declared.get("max_values", 1):
            fields.wrong(declared["custom_id"], "COMPONENT_VALIDATION_FAILED", "Component validation failed")
            return
        resolve_selected(self._resolved, declared["type"], values)


def resolve_selected(resolved: ResolvedData, kind: int, values: list[str]) -> bool:
    """Resolve the values of a user, role, mentionable or channel select; false when one does not exist."""
    resolve = {
        5: resolved.user,
        6: resolved.role,
        7: resolved.mentionable,
        8: resolved.channel,
    }.get(kind)
    if resolve is None:
        return True
    return all(each.isdigit() and resolve(int(each)) for each in values)


def _inputs(components: list[Any]) -> list[Json]:
    found = []
    for component in components:
        if not isinstance(component, dict):
            continue
        nested = [*(component.get("components") or ()), component.get("component")]
        found += [each for each in nested if isinstance(each, dict)]
    return found
