"""Reading the fields of a JSON object. Each method adds an error for a wrong field, and returns a usable value."""

from collections.abc import Collection
from typing import Any
from urllib.parse import urlsplit

from playground.errors import FormErrors

Json = dict[str, Any]
Path = tuple[str | int, ...]


class Fields:
    """One JSON object of the body; `path` is where it is. All objects of a body share `errors`."""

    def __init__(self, value: object, errors: FormErrors, path: Path = ()) -> None:
        self.errors = errors
        self.path = path
        self.usable = isinstance(value, dict)
        self.values: Json = value if isinstance(value, dict) else {}
        if not self.usable:
            errors.add(path, "DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType")

    def has(self, name: str) -> bool:
        """Tell whether a field is there and not null."""
        return self.values.get(name) is not None

    def child(self, name: str) -> "Fields":
        """Return the object in a field."""
        return Fields(self.values.get(name), self.errors, (*self.path, name))

    def wrong(self, name: str, code: str, message: str) -> None:
        """Add an error about a field."""
        self.errors.add((*self.path, name), code, message)

    def required(self, name: str) -> bool:
        """Add an error if a field is missing; return whether it is there."""
        if not self.has(name):
            self.errors.required((*self.path, name))
            return False
        return True

    def text(self, name: str, *, low: int = 0, high: int = 2048, required: bool = False) -> str | None:
        """Return a text of `low` to `high` characters."""
        if not self.has(name):
            if required:
                self.required(name)
            return None
        value: object = self.values[name]
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            value = str(value)
        if not isinstance(value, str):
            self.wrong(name, "STRING_TYPE_CONVERT", f'Could not interpret "{value}" as string.')
            return None
        if required and low and not value:
            self.errors.required((*self.path, name))
        else:
            self.errors.length((*self.path, name), value, low, high)
        return value

    def integer(
        self, name: str, *, low: int | None = None, high: int | None = None, required: bool = False
    ) -> int | None:
        """Return a whole number within a range."""
        if not self.has(name):
            if required:
                self.required(name)
            return None
        value = self.values[name]
        if isinstance(value, str) and value.lstrip("-").isascii() and value.lstrip("-").isdigit():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            self.wrong(name, "NUMBER_TYPE_COERCE", f'Value "{value}" is not int.')
            return None
        if abs(value) >= 2**63:
            self.wrong(name, "NUMBER_TYPE_MAX", f"int value should be less than or equal to {2**63 - 1}.")
            return None
        if low is not None and value < low:
            self.wrong(name, "NUMBER_TYPE_MIN", f"int value should be greater than or equal to {low}.")
        elif high is not None and value > high:
            self.wrong(name, "NUMBER_TYPE_MAX", f"int value should be less than or equal to {high}.")
        return value

    def number(self, name: str, default: float) -> float:
        """Return any number."""
        value = self.values.get(name, default)
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            self.wrong(name, "NUMBER_TYPE_COERCE", f'Value "{value}" is not float.')
            return default
        return float(value)

    def choice(self, name: str, choices: Collection[int], *, required: bool = False) -> int | None:
        """Return a whole number that is one of `choices`."""
        value = self.integer(name, required=required)
        if value is not None and value not in choices:
            listed = ", ".join(str(each) for each in sorted(choices))
            self.wrong(name, "BASE_TYPE_CHOICES", f"Value must be one of {{{listed}}}.")
            return None
        return value

    def boolean(self, name: str, *, default: bool = False) -> bool:
        """Return true or false."""
        value = self.values.get(name)
        if value is None:
            return default
        if not isinstance(value, bool):
            self.wrong(name, "BOOLEAN_TYPE_CONVERT", "Must be either true or false.")
            return default
        return value

    def items(self, name: str, *, low: int = 0, high: int, required: bool = False) -> list[Any]:
        """Return a list of `low` to `high` items."""
        if not self.has(name):
            if required:
                self.required(name)
            return []
        value = self.values[name]
        if not isinstance(value, list):
            self.wrong(name, "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
            return []
        if len(value) > high or len(value) < low:
            words = f"Must be between {low} and {high} in length." if low else f"Must be {high} or fewer in length."
            self.wrong(name, "BASE_TYPE_BAD_LENGTH" if low else "BASE_TYPE_MAX_LENGTH", words)
            return []
        return value

    def objects(self, name: str, *, low: int = 0, high: int, required: bool = False) -> list["Fields"]:
        """Return a list of objects. Items that are not objects are errors and left out."""
        found = self.items(name, low=low, high=high, required=required)
        read = [Fields(each, self.errors, (*self.path, name, index)) for index, each in enumerate(found)]
        return [each for each in read if each.usable]

    def snowflakes(self, name: str, *, high: int = 100) -> list[int]:
        """Return a list of ids."""
        ids = []
        for index, each in enumerate(self.items(name, high=high)):
            text = str(each)
            if text.isascii() and text.isdigit():
                ids.append(int(text))
            else:
                self.errors.add((*self.path, name, index), "NUMBER_TYPE_COERCE", f'Value "{text}" is not snowflake.')
        return ids

    def snowflake(self, name: str, *, required: bool = False) -> int | None:
        """Return one id."""
        if not self.has(name):
            if required:
                self.required(name)
            return None
        text = str(self.values[name])
        if text.isascii() and text.isdigit() and len(text) <= 20:
            return int(text)
        self.wrong(name, "NUMBER_TYPE_COERCE", f'Value "{text}" is not snowflake.')
        return None

    def link(
        self, name: str, *, schemes: tuple[str, ...] = ("http", "https"), high: int = 2048, required: bool = False
    ) -> str | None:
        """Return a URL."""
        value = self.text(name, low=1, high=high, required=required)
        if not value:
            return None
        scheme = urlsplit(value).scheme
        if scheme not in schemes:
            if scheme:
                listed = ", ".join(f"'{each}'" for each in schemes)
                self.wrong(
                    name,
                    "URL_TYPE_INVALID_SCHEME",
                    f'Scheme "{scheme}" is not supported. Scheme must be one of ({listed}).',
                )
            else:
                self.wrong(name, "URL_TYPE_INVALID_URL", "Not a well formed URL.")
            return None
        return value
