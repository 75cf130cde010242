"""What Discord says when it says no.

https://discord.com/developers/docs/topics/opcodes-and-status-codes#json

ApiError
 └ InvalidForm      50035 with its tree of what is wrong where
"""

from collections.abc import Mapping
from typing import Any


class ApiError(Exception):
    """An answer that is not a success: HTTP status, Discord's code and its sentence."""

    def __init__(self, status: int, code: int, message: str, extra: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.extra = dict(extra or {})

    def body(self) -> dict[str, Any]:
        """Return the JSON body."""
        return {"message": self.message, "code": self.code, **self.extra}


class InvalidForm(ApiError):  # noqa: N818 - Discord's words
    """The body does not hold what it should; `errors` mirrors its shape."""

    def __init__(self, errors: Mapping[str, Any]) -> None:
        super().__init__(400, 50035, "Invalid Form Body", {"errors": dict(errors)})


class Problems:
    """Collects what is wrong with a body, and where."""

    def __init__(self) -> None:
        self._tree: dict[str, Any] = {}

    def __bool__(self) -> bool:
        return bool(self._tree)

    def add(self, path: tuple[str | int, ...], code: str, message: str) -> None:
        """Note one problem at a path such as `("embeds", 0, "title")`; the body itself is `()`."""
        node = self._tree
        for step in path:
            node = node.setdefault(str(step), {})
        node.setdefault("_errors", []).append({"code": code, "message": message})

    def required(self, path: tuple[str | int, ...]) -> None:
        """Note that a field is missing."""
        self.add(path, "BASE_TYPE_REQUIRED", "This field is required")

    def length(self, path: tuple[str | int, ...], text: str, low: int, high: int) -> None:
        """Note a text that is too short or too long, in characters."""
        if low and len(text) < low and len(text) <= high:
            self.add(path, "BASE_TYPE_BAD_LENGTH", f"Must be between {low} and {high} in length.")
        elif len(text) > high:
            words = f"Must be {high} or fewer in length." if not low else f"Must be between {low} and {high} in length."
            self.add(path, "BASE_TYPE_BAD_LENGTH" if low else "BASE_TYPE_MAX_LENGTH", words)

    def check(self) -> None:
        """Raise InvalidForm when anything was noted."""
        if self._tree:
            raise InvalidForm(self._tree)


def unknown(what: str, code: int) -> ApiError:
    """Return the 404 for a thing that does not exist."""
    return ApiError(404, code, f"Unknown {what}")


def unknown_channel() -> ApiError:
    """Return 10003."""
    return unknown("Channel", 10003)


def unknown_guild() -> ApiError:
    """Return 10004."""
    return unknown("Guild", 10004)


def unknown_message() -> ApiError:
    """Return 10008."""
    return unknown("Message", 10008)


def missing_access() -> ApiError:
    """Return 50001."""
    return ApiError(403, 50001, "Missing Access")


def missing_permissions() -> ApiError:
    """Return 50013."""
    return ApiError(403, 50013, "Missing Permissions")


def archived_thread() -> ApiError:
    """Return 50083."""
    return ApiError(400, 50083, "Thread is archived")
