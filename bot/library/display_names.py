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


def plain_name(name: str) -> str:
    """A file's name without what cannot be seen, direction marks among it, and never too long."""
    shown = "".join(c for c in name if c.isprintable())
    return shown if len(shown) <= 80 else f"{shown[:50]}…{shown[-20:]}"


def escaped(name: str) -> str:
    """A file's name within Markdown."""
    return discord.utils.escape_markdown(discord.utils.escape_mentions(plain_name(name).replace("`", "'")))
