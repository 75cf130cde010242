"""The options of a command that a student runs, checked against the registered command."""

from collections.abc import Mapping
from typing import Any

from playground.errors import FormErrors
from playground.uploads import Upload
from playground.validation.fields import Fields
from playground.validation.resolved_data import ResolvedData

Json = dict[str, Any]


class Options:
    """Reads and checks the options of one command. `half_typed`: the student is still typing (autocomplete)."""

    def __init__(
        self, errors: FormErrors, resolved: ResolvedData, files: Mapping[str, Upload], *, half_typed: bool
    ) -> None:
        self._errors = errors
        self._resolved = resolved
        self._files = files
        self._half_typed = half_typed

    def read(self, declared: list[Json], given: Any, path: tuple[str | int, ...]) -> list[Json]:
        """Return the options as the bot gets them; `declared` are those of the registered command."""
        by_name = {each["name"]: each for each in declared}
        payloads, seen = [], set()
        for index, item in enumerate(given if isinstance(given, list) else ()):
            fields = Fields(item, self._errors, (*path, index))
            option = by_name.get(str(fields.values.get("name")))
            if option is None:
                fields.wrong("name", "INTERACTION_APPLICATION_COMMAND_OPTION_UNKNOWN", "Unknown option")
                continue
            seen.add(option["name"])
            payloads.append(self._option(option, fields))
        nested = [each for each in declared if each["type"] in {1, 2}]
        if nested and not seen:
            self._errors.required(path)
        missing = (
            [] if self._half_typed else [each for each in declared if each.get("required") and each["name"] not in seen]
        )
        for each in missing:
            self._errors.add(
                (*path, each["name"]), "APPLICATION_COMMAND_OPTIONS_VALUE_REQUIRED", "This option is required"
            )
        return payloads

    def _option(self, option: Json, fields: Fields) -> Json:
        payload: Json = {"type": option["type"], "name": option["name"]}
        if option["type"] in {1, 2}:
            children = self.read(option.get("options") or [], fields.values.get("options"), (*fields.path, "options"))
            return payload | {"options": children}
        focused = bool(fields.values.get("focused"))
        if focused:
            payload["focused"] = True
        value = fields.values.get("value")
        if focused or (self._half_typed and option["type"] in {4, 10}):
            return payload | {"value": value if isinstance(value, (int, float)) else str(value or "")}
        return payload | {"value": self._value(option, fields, value)}

    def _value(self, option: Json, fields: Fields, value: Any) -> Any:
        match option["type"]:
            case 3:
                text = fields.text("value", low=option.get("min_length", 0), high=option.get("max_length", 6000)) or ""
                self._choose(option, fields, text)
                return text
            case 4 | 10:
                return self._number(option, fields, value)
            case 5:
                return fields.boolean("value")
            case 11:
                return self._file(fields, value)
            case kind:
                return self._reference(kind, fields)

    def _choose(self, option: Json, fields: Fields, value: Any) -> None:
        choices = option.get("choices")
        if choices and value not in [each["value"] for each in choices]:
            fields.wrong("value", "APPLICATION_COMMAND_OPTIONS_VALUE_INVALID", "Value is not one of the choices")

    def _number(self, option: Json, fields: Fields, value: Any) -> int | float:
        whole = option["type"] == 4
        if isinstance(value, bool) or not isinstance(value, int if whole else (int, float)):
            fields.wrong("value", "NUMBER_TYPE_COERCE", f'Value "{value}" is not {"int" if whole else "float"}.')
            return 0
        if "min_value" in option and value < option["min_value"]:
            low = option["min_value"]
            fields.wrong("value", "NUMBER_TYPE_MIN", f"value should be greater than or equal to {low}.")
        if "max_value" in option and value > option["max_value"]:
            high = option["max_value"]
            fields.wrong("value", "NUMBER_TYPE_MAX", f"value should be less than or equal to {high}.")
        self._choose(option, fields, value)
        number: int | float = value
        return number

    def _reference(self, kind: int, fields: Fields) -> str:
        number = fields.snowflake("value", required=True) or 0
        resolve = {
            6: self._resolved.user,
            7: self._resolved.channel,
            8: self._resolved.role,
            9: self._resolved.mentionable,
        }[kind]
        if not resolve(number):
            fields.wrong("value", "APPLICATION_COMMAND_OPTIONS_VALUE_INVALID", "Value was not found")
        return str(number)

    def _file(self, fields: Fields, value: Any) -> str:
        upload = self._files.get(f"files[{value}]")
        if upload is None:
            fields.wrong("value", "APPLICATION_COMMAND_OPTIONS_VALUE_INVALID", "The file is missing")
            return "0"
        return self._resolved.file(upload)
