"""What Discord does not have: who may be played, what is to go wrong, and what has happened.

These lie at `/playground/…`, outside `/api`.
"""

from typing import Any, Final

from playground.errors import Problems, unknown
from playground.faults import Fault
from playground.rest.call import Call
from playground.rest.routing import Route
from playground.validation.fields import Fields

Json = dict[str, Any]


async def list_students(call: Call) -> list[Json]:
    """Return the people whom one may be, with their tokens."""
    return [
        {
            "id": str(each.id),
            "username": each.username,
            "global_name": each.global_name,
            "avatar": each.avatar,
            "locale": each.locale,
            "token": each.token,
        }
        for each in call.world.users.values()
        if not each.bot
    ]


async def add_fault(call: Call) -> Json:
    """Let something go wrong: `{"kind": …}` as in `docs/playground.md`."""
    body = call.json
    fields = Fields(body, Problems())
    kind = fields.text("kind", low=1, required=True)
    fields.problems.check()
    services = call.services
    user = call.world.users.get(int(body.get("user_id") or 0))
    match kind:
        case "drop_gateway":
            return {"count": services.gateway.drop(resumable=bool(body.get("resumable", True)), user=user)}
        case "reconnect":
            return {"count": services.gateway.ask_to_reconnect(user)}
        case "invalid_session":
            return {"count": services.gateway.invalidate(user, resumable=bool(body.get("resumable", False)))}
        case "latency":
            services.latency = float(body.get("seconds", 0.0))
        case "cdn":
            services.cdn.vanished = bool(body.get("vanished", True))
        case "advance":
            call.world.clock.advance(float(body.get("seconds", 0.0)))
        case "clear":
            services.faults.clear()
            services.latency, services.cdn.vanished = 0.0, False
        case "status" | "rate_limit" | "slow" | "disconnect":
            services.faults.add(_fault(kind, body))
        case _:
            fields.wrong("kind", "BASE_TYPE_CHOICES", "There is no such fault.")
            fields.problems.check()
    return {"count": 1}


def _fault(kind: Any, body: Json) -> Fault:
    return Fault(
        kind=kind,
        route=str(body.get("route", "*")),
        times=int(body.get("times", 1)),
        status=int(body.get("status", 503)),
        seconds=float(body.get("seconds", 1.0)),
        is_global=bool(body.get("global", False)),
        after=bool(body.get("after", False)),
    )


async def get_stats(call: Call) -> Json:
    """Return the counters."""
    return call.services.stats.as_json()


async def get_pings(call: Call) -> Json:
    """Return whom a message would have notified."""
    channel = call.world.channels.get(int(call.params["channel"]))
    message = channel.messages.get(int(call.params["message"])) if channel else None
    if message is None:
        raise unknown("Message", 10008)
    return {"pinged": [str(each) for each in sorted(message.mentions.pinged)]}


ROUTES: Final = (
    Route("GET", "/playground/students", list_students, limited=False),
    Route("POST", "/playground/faults", add_fault, limited=False),
    Route("GET", "/playground/stats", get_stats, limited=False),
    Route("GET", "/playground/pings/{channel}/{message}", get_pings, limited=False),
)
