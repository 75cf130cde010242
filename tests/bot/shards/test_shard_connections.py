"""A shard that is connected by itself, and stopped at any moment."""

import asyncio
from typing import Any
from unittest.mock import Mock

import pytest
from discord.gateway import DiscordWebSocket

from bot.shards.lease_store import Session
from bot.shards.shard_connections import ManagedShard


async def turn(shard_id: int) -> None:
    """It is each shard's turn."""


@pytest.mark.parametrize("session", [None, Session("session", 7, "ws://resume.example")])
async def test_a_shard_whose_gateway_says_nothing_is_stopped_at_once(
    monkeypatch: pytest.MonkeyPatch, session: Session | None
) -> None:
    connecting = asyncio.Event()

    async def silent(*_: object, **__: object) -> Any:
        connecting.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(DiscordWebSocket, "from_client", silent)
    shard = ManagedShard(Mock(), Mock(shard_id=0), session, wait_for_turn=turn, ended=Mock())
    shard.connect()
    await connecting.wait()
    async with asyncio.timeout(2):
        assert await shard.stop() == session
