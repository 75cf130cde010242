"""The gateway's faults over HTTP: those of `POST /playground/faults` that concern connections and sessions."""

from collections.abc import Callable
from typing import Any, Final

from playground.errors import FormErrors
from playground.gateway.resume_host import RESUME_FAULTS
from playground.gateway.session_starts import DAY
from playground.rest.request import Request
from playground.validation.fields import Fields

Json = dict[str, Any]

GATEWAY_FAULTS: Final = frozenset(
    {
        "drop_gateway",
        "hang_up",
        "reconnect",
        "invalid_session",
        "mute_gateway",
        "zombies",
        "refuse_resumes",
        "resume_host",
        "session_starts",
        "shards",
    }
)


async def cause_gateway_fault(request: Request, kind: str) -> int:
    """Cause a fault; return how many connections it hit, or 1.

    Raises:
        ApiError: a field is wrong.
    """
    gateway = request.services.gateway
    fields = Fields(request.json, FormErrors())
    user = request.world.users.get(fields.snowflake("user_id") or 0)
    resumable = fields.boolean("resumable", default=kind == "drop_gateway")
    on = fields.boolean("on", default=True)
    seconds = fields.number("seconds", 0.0)
    times = fields.integer("times", low=1) or 1
    fault = fields.text("fault")
    if kind == "resume_host" and fault not in {None, *RESUME_FAULTS}:
        fields.wrong("fault", "BASE_TYPE_CHOICES", f"Value must be one of {{{', '.join(RESUME_FAULTS)}}}.")
    shards = fields.integer("shards", low=1, high=1000, required=kind == "shards")
    remaining = fields.integer("remaining", low=0)
    concurrency = fields.integer("max_concurrency", low=1)
    fields.errors.check()
    hits: dict[str, Callable[[], int]] = {
        "drop_gateway": lambda: gateway.drop(resumable=resumable, user=user),
        "reconnect": lambda: gateway.ask_to_reconnect(user),
        "invalid_session": lambda: gateway.invalidate(user, resumable=resumable),
        "zombies": lambda: gateway.freeze(user),
    }
    if kind in hits:
        return hits[kind]()
    match kind:
        case "mute_gateway":
            gateway.mute(times)
        case "hang_up":
            gateway.hang_ups += times
        case "refuse_resumes":
            gateway.refuse_resumes(refuse=on)
        case "resume_host" if fault is None:
            await gateway.resume_host.mend()
        case "resume_host":
            await gateway.resume_host.fail(next(each for each in RESUME_FAULTS if each == fault), seconds or None)
        case "session_starts":
            gateway.session_starts.max_concurrency = concurrency or gateway.session_starts.max_concurrency
            if remaining is not None:
                gateway.session_starts.use_up(seconds or DAY, remaining)
        case _:
            gateway.recommended_shards = shards or 1
    return 1


async def end_gateway_faults(request: Request) -> None:
    """Take back what lasts."""
    request.services.gateway.refuse_resumes(refuse=False)
    request.services.gateway.hang_ups = 0
    await request.services.gateway.resume_host.mend()
