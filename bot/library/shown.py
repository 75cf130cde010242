"""What both marks and lists need to show something in Discord."""

from collections.abc import Awaitable
from typing import Any

import discord
import structlog

log = structlog.get_logger(__name__)


async def quietly(request: Awaitable[Any]) -> Any:
    """What Discord answers; None when the message is gone or a permission is missing: files are read all the same."""
    try:
        return await request
    except (discord.HTTPException, discord.RateLimited) as error:
        log.info("library.mark_not_shown", cause=str(error))
        return None


def escaped(name: str) -> str:
    """A file's name, so that it is shown as it is and never too long."""
    plain = "".join(c for c in name if c.isprintable())
    shown = plain if len(plain) <= 80 else f"{plain[:50]}…{plain[-20:]}"
    return discord.utils.escape_markdown(discord.utils.escape_mentions(shown.replace("`", "'")))
