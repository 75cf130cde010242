"""READY, the first event of a session; a bot then gets a GUILD_CREATE for each of its guilds."""

from playground.gateway.intents import Intent
from playground.gateway.session import Session
from playground.payloads.channels import dm_object
from playground.payloads.guilds import guild_create_object
from playground.payloads.json_values import Json
from playground.payloads.users import current_user_object, user_object


def send_ready(session: Session, gateway_url: str) -> None:
    """Send READY, and to a bot a GUILD_CREATE for every guild of its shard."""
    if session.application is None:
        session.dispatch("READY", _ready_of_student(session, gateway_url))
        return
    session.dispatch("READY", _ready_of_bot(session, gateway_url))
    if not session.intents & Intent.GUILDS:
        return
    presences = bool(session.intents & Intent.GUILD_PRESENCES)
    for guild in session.world.guilds_of(session.user):
        if session.has_guild(guild.id):
            whole = guild_create_object(session.world, guild, session.user, everyone=presences, presences=presences)
            session.dispatch("GUILD_CREATE", whole)


def _common(session: Session, gateway_url: str) -> Json:
    return {
        "v": 10,
        "user": current_user_object(session.user),
        "session_id": session.id,
        "session_type": "normal",
        "resume_gateway_url": gateway_url,
        "user_settings": {},
        "relationships": [],
        "presences": [],
        "private_channels": [],
        "guild_join_requests": [],
        "geo_ordered_rtc_regions": [],
        "auth": {},
        "_trace": ["playground"],
    }


def _ready_of_bot(session: Session, gateway_url: str) -> Json:
    application = session.application
    if application is None:
        raise ValueError("a bot has an application")
    guilds = [each for each in session.world.guilds_of(session.user) if session.has_guild(each.id)]
    return _common(session, gateway_url) | {
        "guilds": [{"id": str(each.id), "unavailable": True} for each in guilds],
        "application": {"id": str(application.id), "flags": application.flags},
        "shard": list(session.shard),
    }


def _ready_of_student(session: Session, gateway_url: str) -> Json:
    world, user = session.world, session.user
    guilds = world.guilds_of(user)
    known_users = {member.user.id: member.user for guild in guilds for member in guild.members.values()}
    dms = list(world.dms_of(user))
    known_users |= {each: world.users[each] for dm in dms for each in dm.recipients}
    return _common(session, gateway_url) | {
        "guilds": [guild_create_object(world, each, user, everyone=True, presences=True) for each in guilds],
        "private_channels": [dm_object(world, each, user) for each in dms],
        "users": [user_object(each) for each in known_users.values()],
    }
