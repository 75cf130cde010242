"""The playground's own endpoints, which Discord does not have: students, faults, stats and pings.

Their paths begin with `/playground/`, outside `/api`.
"""

from typing import Any, Final, get_args

from playground.errors import FormErrors, unknown
from playground.faults import Body, Fault, Kind
from playground.rest.gateway_faults import GATEWAY_FAULTS, cause_gateway_fault, end_gateway_faults
from playground.rest.request import Request
from playground.rest.router import Route
from playground.validation.fields import Fields

Json = dict[str, Any]


async def list_students(request: Request) -> list[Json]:
    """Return all students with their tokens."""
    return [
        {
            "id": str(each.id),
            "username": each.username,
            "global_name": each.global_name,
            "avatar": each.avatar,
            "locale": each.locale,
            "token": each.token,
        }
        for each in request.world.users.values()
        if not each.bot
    ]


async def add_fault(request: Request) -> Json:
    """Add a fault, or cause one at once; return how many connections it hit.

    The body is `{"kind": …}` as in `docs/playground.md`.
    """
    fields = Fields(request.json, FormErrors())
    kind = fields.text("kind", low=1, required=True)
    seconds = fields.number("seconds", 0.0 if kind in {"latency", "advance", "cdn"} else 1.0)
    fault = _fault(kind, fields, seconds)
    if fault is None and kind not in _IMMEDIATE | GATEWAY_FAULTS:
        fields.wrong("kind", "BASE_TYPE_CHOICES", "There is no such fault.")
    fields.errors.check()
    if fault is not None:
        request.services.faults.add(fault)
        return {"count": 1}
    if kind in GATEWAY_FAULTS:
        return {"count": await cause_gateway_fault(request, str(kind))}
    await _cause(request, str(kind), seconds)
    return {"count": 1}


_IMMEDIATE: Final = frozenset({"latency", "cdn", "advance", "clear"})


def _fault(kind: str | None, fields: Fields, seconds: float) -> Fault | None:
    wanted: dict[str | None, Kind] = {each: each for each in get_args(Kind)}
    if kind not in wanted:
        return None
    return Fault(
        kind=wanted[kind],
        route=fields.text("route") or "*",
        times=fields.integer("times", low=1) or 1,
        status=fields.integer("status", low=400, high=599) or 503,
        seconds=seconds,
        is_global=fields.boolean("global"),
        shared=fields.boolean("shared"),
        body=_one_of(fields, "body", get_args(Body)) or "json",
        headers=fields.boolean("headers", default=True),
        via=fields.boolean("via", default=True),
        after=fields.boolean("after"),
        bots_only=fields.boolean("bots_only"),
    )


def _one_of(fields: Fields, name: str, choices: tuple[Any, ...]) -> Any:
    value = fields.text(name)
    if value is not None and value not in choices:
        fields.wrong(name, "BASE_TYPE_CHOICES", f"Value must be one of {{{', '.join(choices)}}}.")
    return value


async def _cause(request: Request, kind: str, seconds: float) -> None:
    services = request.services
    match kind:
        case "latency":
            services.latency = seconds
        case "advance":
            request.world.clock.advance(seconds)
        case "cdn":
            services.cdn.vanished, services.cdn.delay = request.json.get("vanished", True) is not False, seconds
        case _:
            services.faults.clear()
            services.latency, services.cdn.vanished, services.cdn.delay = 0.0, False, 0.0
            await end_gateway_faults(request)


async def list_sessions(request: Request) -> list[Json]:
    """Return the gateway's sessions, those that can still be resumed too."""
    return [each.as_json() for each in request.services.gateway.sessions.values()]


async def get_stats(request: Request) -> Json:
    """Return the stats."""
    return request.services.stats.as_json()


async def get_pings(request: Request) -> Json:
    """Return the ids of the users whom a message notified."""
    channel = request.world.channels.get(request.path_id("channel"))
    message = channel.messages.get(request.path_id("message")) if channel else None
    if message is None:
        raise unknown("Message", 10008)
    return {"pinged": [str(each) for each in sorted(message.mentions.pinged)]}


ROUTES: Final = (
    Route("GET", "/playground/students", list_students, limited=False),
    Route("POST", "/playground/faults", add_fault, limited=False),
    Route("GET", "/playground/sessions", list_sessions, limited=False),
    Route("GET", "/playground/stats", get_stats, limited=False),
    Route("GET", "/playground/pings/{channel}/{message}", get_pings, limited=False),
)
