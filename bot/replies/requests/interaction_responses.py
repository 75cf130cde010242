"""Responses to interactions that arrive, although Discord's own answer to them may be lost.

Discord takes one response to an interaction. When its answer is lost (the connection breaks, a 5xx), the same response
is sent again; error 40060 then says that the first one arrived. discord.py would call that a failure, and what was
asked for would be given up after it was promised.
https://discord.com/developers/docs/topics/opcodes-and-status-codes#json
"""

import asyncio
from typing import Any

import aiohttp
import discord
import structlog
from discord.webhook.async_ import AsyncWebhookAdapter, async_context

from bot.replies.discord_error_codes import ALREADY_ACKNOWLEDGED

PAUSES = (0.3, 0.7)
"""Seconds before each further try of a response while connections break, Discord's server fails, or limits refuse it.
Discord waits three seconds for one. Responses have no limit of their own: a 429 is about the address, or passes soon.
"""

log = structlog.get_logger(__name__)


class _Adapter(AsyncWebhookAdapter):
    """discord.py's requests for interactions and webhooks."""

    async def request(self, route: discord.http.Route, session: aiohttp.ClientSession, **options: Any) -> Any:
        """Send a request; see `AsyncWebhookAdapter.request`."""
        if not route.path.endswith("/callback"):
            return await super().request(route, session, **options)
        for pause in (*PAUSES, None):
            try:
                return await super().request(route, session, **options)
            except (aiohttp.ClientError, OSError, discord.RateLimited) as error:
                if pause is None:
                    raise
                log.warning("interaction.answered_again", cause=error)
                await asyncio.sleep(pause)
                for file in options.get("files") or ():
                    file.reset()  # it has been read to its end
            except discord.HTTPException as error:
                if error.code != ALREADY_ACKNOWLEDGED:
                    raise
                log.info("interaction.acknowledged_before", interaction=route.webhook_id)
                return {"interaction": {"id": str(route.webhook_id)}}
        raise AssertionError("unreachable")


def make_responses_sure() -> None:
    """Send the responses of this task, and of the tasks that it begins, until it is known that they arrived."""
    async_context.set(_Adapter())  # type: ignore[no-untyped-call]
