"""Pinned messages of a channel.

https://discord.com/developers/docs/resources/message#get-channel-pins
"""

from typing import Any, Final

from playground.changes import message_changes
from playground.changes.thread_changes import require_open
from playground.errors import ApiError, missing_permissions
from playground.payloads.json_values import iso
from playground.rest.messages import message_for_caller
from playground.rest.request import Request
from playground.rest.router import Route
from playground.world.channels import Channel
from playground.world.permissions import Permission

Json = dict[str, Any]


async def list_pins_old(request: Request) -> list[Json]:
    """Return pinned messages in the form that Discord used before 2025."""
    return [each["message"] for each in _pins(request, request.channel())]


async def list_pins(request: Request) -> Json:
    """Return pinned messages, each with the time of its pin."""
    return {"items": _pins(request, request.channel())[: request.query_integer("limit", 50, 1, 50)], "has_more": False}


def _pins(request: Request, channel: Channel) -> list[Json]:
    pinned = [each for each in channel.messages.values() if each.pinned_at is not None]
    pinned.sort(key=lambda each: each.pinned_at or 0.0, reverse=True)
    return [
        {"pinned_at": iso(each.pinned_at), "message": message_for_caller(request, channel, each)} for each in pinned
    ]


async def pin(request: Request) -> None:
    """Pin a message."""
    _set_pinned(request, pinned=True)


async def unpin(request: Request) -> None:
    """Unpin a message."""
    _set_pinned(request, pinned=False)


def _set_pinned(request: Request, *, pinned: bool) -> None:
    channel, world = request.channel(), request.world
    granted = world.permissions(request.user, channel)
    if not granted & (Permission.MANAGE_MESSAGES | Permission.PIN_MESSAGES):
        raise missing_permissions()
    message = world.message(channel, request.path_id("message"))
    require_open(channel)
    if pinned and len(_pins(request, channel)) >= 250:
        raise ApiError(400, 30003, "Maximum number of pins reached for the channel (250)")
    message_changes.pin(world, channel, message, pinned=pinned, by=request.user)


_OLD = "/channels/{channel}/pins"
_PINS = "/channels/{channel}/messages/pins"

ROUTES: Final = (
    Route("GET", _OLD, list_pins_old, "pins.read"),
    Route("PUT", f"{_OLD}/{{message}}", pin, "pins"),
    Route("DELETE", f"{_OLD}/{{message}}", unpin, "pins"),
    Route("GET", _PINS, list_pins, "pins.read"),
    Route("PUT", f"{_PINS}/{{message}}", pin, "pins"),
    Route("DELETE", f"{_PINS}/{{message}}", unpin, "pins"),
)
