"""A REST request as handlers get it, and a response as they may return it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from playground.errors import ApiError, InvalidFormBody, missing_access
from playground.services import Services
from playground.uploads import Upload
from playground.world.applications import Application
from playground.world.channels import Channel
from playground.world.guilds import Guild
from playground.world.users import User
from playground.world.world import World

Json = dict[str, Any]


@dataclass(slots=True)
class Response:
    """A response with its JSON body. A handler may also return plain JSON for a 200, or None for a 204."""

    body: Any
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    after_response: list[Callable[[], None]] = field(default_factory=list)
    """Functions to call after the response is sent."""
    text: str | None = None
    """What is sent instead of the JSON body: a page or a plain text."""
    via: bool = True
    """Whether it says that it came through Discord's own proxy; what Cloudflare answers itself says it not."""


@dataclass(slots=True)
class Request:
    """A request: the caller, the parameters of path and query, and the body."""

    services: Services
    method: str
    path_params: Mapping[str, str]
    query: Mapping[str, str]
    body: Any = None
    files: dict[str, Upload] = field(default_factory=dict)
    """Uploaded files by their form field, such as `files[0]`."""
    caller: User | None = None
    """The user whose token it is; None where the path has a token of its own (interactions)."""
    locale: str | None = None
    reason: str | None = None
    """Why, for the audit log, as the caller says (`X-Audit-Log-Reason`)."""
    after_response: list[Callable[[], None]] = field(default_factory=list)
    """Functions to call after the response is sent."""

    @property
    def world(self) -> World:
        """The World."""
        return self.services.world

    @property
    def user(self) -> User:
        """The caller; 401 when there is none."""
        if self.caller is None:
            raise ApiError(401, 0, "401: Unauthorized")
        return self.caller

    @property
    def json(self) -> Json:
        """The body as an object, empty when there is no body; 50035 when it is something else."""
        if self.body is None:
            return {}
        if not isinstance(self.body, dict):
            raise InvalidFormBody(
                {"_errors": [{"code": "DICT_TYPE_CONVERT", "message": "Only dictionaries may be used in a DictType"}]}
            )
        return self.body

    def path_id(self, name: str) -> int:
        """Return an id of the path, where `@me` is the caller; 50035 when it is no snowflake."""
        text = self.path_params[name]
        if text == "@me":
            return self.user.id
        return snowflake(name, text)

    def query_integer(self, name: str, default: int, low: int, high: int) -> int:
        """Return a whole number of the query; 50035 when it is out of range."""
        text = self.query.get(name)
        if text is None:
            return default
        try:
            value = int(text)
        except ValueError:
            raise invalid(name, "NUMBER_TYPE_COERCE", f'Value "{text}" is not int.') from None
        if value < low:
            raise invalid(name, "NUMBER_TYPE_MIN", f"int value should be greater than or equal to {low}.")
        if value > high:
            raise invalid(name, "NUMBER_TYPE_MAX", f"int value should be less than or equal to {high}.")
        return value

    def query_id(self, name: str) -> int:
        """Return an id of the query, 0 when it is not there; 50035 when it is no snowflake."""
        text = self.query.get(name)
        return 0 if not text else snowflake(name, text)

    def query_flag(self, name: str) -> bool:
        """Tell whether the query sets a flag such as `with_counts=true`."""
        return self.query.get(name, "").lower() in {"true", "1"}

    def channel(self) -> Channel:
        """Return the path's channel, if the caller sees it."""
        return self.world.channel(self.path_id("channel"), self.user)

    def guild(self) -> Guild:
        """Return the path's guild, if the caller is a member."""
        return self.world.guild(self.path_id("guild"), self.user)

    def application(self) -> Application:
        """Return the path's application, which must be the caller's own."""
        application = self.world.application_of(self.user)
        asked = self.path_params["application"]
        if application is None or asked not in {str(application.id), "@me"}:
            raise missing_access() if application is None else ApiError(404, 10002, "Unknown Application")
        return application


def invalid(name: str, code: str, message: str) -> InvalidFormBody:
    """Return a 50035 about one field."""
    return InvalidFormBody({name: {"_errors": [{"code": code, "message": message}]}})


def snowflake(name: str, value: object) -> int:
    """Return an id from its text; 50035 about the field `name` when it is no snowflake."""
    text = str(value)
    if not text.isascii() or not text.isdigit() or len(text) > 20:
        raise invalid(name, "NUMBER_TYPE_COERCE", f'Value "{text}" is not snowflake.')
    return int(text)
