"""Error responses of the API: Discord's codes and messages, and the tree of errors of a form body.

https://discord.com/developers/docs/topics/opcodes-and-status-codes#json

ApiError
 └ InvalidFormBody      50035, with a tree that says which field is wrong
"""

from collections.abc import Mapping
from typing import Any


class ApiError(Exception):
    """A request fails: HTTP status, Discord's error code and message. `extra` are more fields of the body."""

    def __init__(self, status: int, code: int, message: str, extra: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.extra = dict(extra or {})

    def body(self) -> dict[str, Any]:
        """Return the JSON body."""
        return {"message": self.message, "code": self.code, **self.extra}


class InvalidFormBody(ApiError):  # noqa: N818 - Discord's words
    """50035: fields of the body are wrong; the tree `errors` has the same nesting as the body."""

    def __init__(self, errors: Mapping[str, Any]) -> None:
        super().__init__(400, 50035, "Invalid Form Body", {"errors": dict(errors)})


class FormErrors:
    """Collects the errors of a body's fields."""

    def __init__(self) -> None:
        self._tree: dict[str, Any] = {}

    def __bool__(self) -> bool:
        return bool(self._tree)

    def add(self, path: tuple[str | int, ...], code: str, message: str) -> None:
        """Add one error at a path such as `("embeds", 0, "title")`; the body itself is `()`."""
        node = self._tree
        for key in path:
            node = node.setdefault(str(key), {})
        node.setdefault("_errors", []).append({"code": code, "message": message})

    def required(self, path: tuple[str | int, ...]) -> None:
        """Add the error of a missing field."""
        self.add(path, "BASE_TYPE_REQUIRED", "This field is required")

    def length(self, path: tuple[str | int, ...], text: str, low: int, high: int) -> None:
        """Add an error if a text is too short or too long, in characters."""
        if low and len(text) < low and len(text) <= high:
            self.add(path, "BASE_TYPE_BAD_LENGTH", f"Must be between {low} and {high} in length.")
        elif len(text) > high:
            words = f"Must be {high} or fewer in length." if not low else f"Must be between {low} and {high} in length."
            self.add(path, "BASE_TYPE_BAD_LENGTH" if low else "BASE_TYPE_MAX_LENGTH", words)

    def check(self) -> None:
        """Raise InvalidFormBody if there is any error."""
        if self._tree:
            raise InvalidFormBody(self._tree)


def unknown(what: str, code: int) -> ApiError:
    """Return the 404 of a thing that does not exist."""
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


def rate_limited(wait: float, code: int = 0, message: str = "You are being rate limited.") -> ApiError:
    """Return the 429 of a limit that no header shows; `wait` is in seconds."""
    return ApiError(429, code, message, {"retry_after": round(wait, 3), "global": False})


def request_too_large() -> ApiError:
    """Return 40005."""
    return ApiError(413, 40005, "Request entity too large")
