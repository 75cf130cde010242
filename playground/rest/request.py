"""One REST request, as handlers see it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from playground.errors import ApiError, InvalidForm, missing_access
from playground.uploads import Upload
from playground.world.applications import Application
from playground.world.channels import Channel
from playground.world.guilds import Guild
from playground.world.users import User

if TYPE_CHECKING:
    from playground.services import Services
    from playground.world.world import World

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """A handler's answer with a status of its own; plain JSON is a 200 and None a 204."""

    body: Any
    status: int = 200


@dataclass(slots=True)
class Call:
    """A request: who asks, where, and what the body says."""

    services: "Services"
    method: str
    params: Mapping[str, str]
    query: Mapping[str, str]
    body: Any = None
    files: dict[str, Upload] = field(default_factory=dict)
    caller: User | None = None
    """Who asks; None where a token in the path stands for it."""
    locale: str | None = None
    afterwards: list[Callable[[], None]] = field(default_factory=list)
    """What happens once the answer is on its way."""

    @property
    def world(self) -> "World":
        """The World."""
        return self.services.world

    @property
    def user(self) -> User:
        """Who asks; 401 when nobody does."""
        if self.caller is None:
            raise ApiError(401, 0, "401: Unauthorized")
        return self.caller

    @property
    def json(self) -> Json:
        """The body, which must be an object."""
        if self.body is None:
            return {}
        if not isinstance(self.body, dict):
            raise InvalidForm(
                {"_errors": [{"code": "DICT_TYPE_CONVERT", "message": "Only dictionaries may be used in a DictType"}]}
            )
        return self.body

    def id(self, name: str) -> int:
        """Return an id of the path, where `@me` is the caller; 50035 when it is no snowflake."""
        text = self.params[name]
        if text == "@me":
            return self.user.id
        return snowflake(name, text)

    def number(self, name: str, default: int, low: int, high: int) -> int:
        """Return a number of the query; 50035 when it is out of range."""
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

    def asked_id(self, name: str) -> int:
        """Return an id of the query, 0 when it is not there; 50035 when it is no snowflake."""
        text = self.query.get(name)
        return 0 if not text else snowflake(name, text)

    def channel(self) -> Channel:
        """Return the path's channel, if the caller sees it."""
        return self.world.channel(self.id("channel"), self.user)

    def guild(self) -> Guild:
        """Return the path's guild, if the caller is in it."""
        return self.world.guild(self.id("guild"), self.user)

    def application(self) -> Application:
        """Return the path's application, which must be the caller's own."""
        application = self.world.application_of(self.user)
        asked = self.params["application"]
        if application is None or asked not in {str(application.id), "@me"}:
            raise missing_access() if application is None else ApiError(404, 10002, "Unknown Application")
        return application


def invalid(name: str, code: str, message: str) -> InvalidForm:
    """Return a 50035 about one field."""
    return InvalidForm({name: {"_errors": [{"code": code, "message": message}]}})


def snowflake(name: str, value: object) -> int:
    """Read an id; 50035 when it is none."""
    text = str(value)
    if not text.isascii() or not text.isdigit() or len(text) > 20:
        raise invalid(name, "NUMBER_TYPE_COERCE", f'Value "{text}" is not snowflake.')
    return int(text)
