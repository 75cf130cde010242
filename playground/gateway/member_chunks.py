"""GUILD_MEMBERS_CHUNK: the answer to opcode 8, request guild members.

https://discord.com/developers/docs/events/gateway-events#request-guild-members
"""

from typing import Any, Final

from playground.gateway.intents import Intent
from playground.gateway.session import Session
from playground.payloads.guilds import member_object
from playground.payloads.users import presence_object
from playground.world.guilds import Guild, Member

Json = dict[str, Any]

CHUNK: Final = 1000
"""Members of one event at most."""


def send_chunks(session: Session, data: Json) -> None:
    """Send the members of the guilds that were asked for; skip guilds that the client is not in."""
    wanted = data.get("guild_id")
    guild_ids = wanted if isinstance(wanted, list) else [wanted]
    for guild_id in guild_ids:
        guild = session.world.guilds.get(int(guild_id or 0))
        if guild is not None and session.user.id in guild.members:
            _send_chunks_of(session, guild, data)


def _send_chunks_of(session: Session, guild: Guild, data: Json) -> None:
    found, missing = _find(session, guild, data)
    chunks = [found[start : start + CHUNK] for start in range(0, len(found), CHUNK)] or [[]]
    for index, chunk in enumerate(chunks):
        payload: Json = {
            "guild_id": str(guild.id),
            "members": [member_object(each) for each in chunk],
            "chunk_index": index,
            "chunk_count": len(chunks),
        }
        if missing:
            payload["not_found"] = missing
        if data.get("nonce") is not None:
            payload["nonce"] = data["nonce"]
        if data.get("presences"):
            payload["presences"] = [presence_object(each.user) for each in chunk if each.user.status != "offline"]
        session.dispatch("GUILD_MEMBERS_CHUNK", payload)


def _find(session: Session, guild: Guild, data: Json) -> tuple[list[Member], list[str]]:
    if data.get("user_ids"):
        asked = data["user_ids"] if isinstance(data["user_ids"], list) else [data["user_ids"]]
        found = [guild.members[int(each)] for each in asked if int(each) in guild.members]
        return found, [str(each) for each in asked if int(each) not in guild.members]
    query, limit = str(data.get("query") or "").lower(), int(data.get("limit") or 0)
    everyone = not session.is_bot or bool(session.intents & Intent.GUILD_MEMBERS)
    if not query and not limit and not everyone:
        return [guild.members[session.user.id]], []
    named = [
        each
        for each in guild.members.values()
        if each.user.username.lower().startswith(query) or (each.nick or "").lower().startswith(query)
    ]
    return named[: min(limit or len(named), len(named) if everyone else 100)], []
