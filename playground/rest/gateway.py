"""The gateway's address, as REST tells it.

https://discord.com/developers/docs/events/gateway#get-gateway
"""

from typing import Any, Final

from playground.rest.request import Request
from playground.rest.router import Route

Json = dict[str, Any]


async def get_gateway(request: Request) -> Json:
    """Return the gateway's address."""
    return {"url": request.services.gateway.url}


async def get_bot_gateway(request: Request) -> Json:
    """Return the gateway's address, the number of shards to use, and how many sessions a bot may still start today."""
    gateway = request.services.gateway
    return {
        "url": gateway.url,
        "shards": gateway.recommended_shards,
        "session_start_limit": gateway.session_starts.as_json(),
    }


ROUTES: Final = (
    Route("GET", "/gateway", get_gateway, limited=False),
    Route("GET", "/gateway/bot", get_bot_gateway, "gateway"),
)
