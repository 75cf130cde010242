"""Addresses of databases, as people and hosts of PostgreSQL write them."""

import re
from typing import Any

from sqlalchemy import URL, make_url

LIBPQ_PARAMETERS = frozenset({"channel_binding", "gssencmode"})
"""Parameters in the addresses of hosted PostgreSQL that libpq takes, but asyncpg neither knows nor needs."""

CONNECT_TIMEOUT = 10
"""Seconds that a connection to PostgreSQL may take to open."""

POSTGRES_PORT = 5432
_SEVERAL_HOSTS = re.compile(r"(?P<before>[^:/]+://(?:[^@/]*@)?)(?P<hosts>[^/?@]*,[^/?@]*)(?P<after>(?:[/?].*)?)")
_WITH_PORT = re.compile(r":\d+$")


def parse_address(url: str) -> URL:
    """An address in SQLAlchemy's form, which writes several hosts (`//one:5432,two:5432/name`) as a parameter.

    Raises:
        sqlalchemy.exc.ArgumentError, ValueError: it is no address.
    """
    several = _SEVERAL_HOSTS.fullmatch(url)
    if several is None:
        return make_url(url)
    hosts = several["hosts"].split(",")
    with_ports = tuple(host if _WITH_PORT.search(host) else f"{host}:{POSTGRES_PORT}" for host in hosts)
    return make_url(f"{several['before']}{several['after']}").update_query_dict({"host": with_ports})


def for_asyncpg(address: URL) -> URL:
    """An address as hosted PostgreSQL gives it, with libpq's parameters turned into asyncpg's."""
    query = {name: value for name, value in address.query.items() if name not in LIBPQ_PARAMETERS}
    if "sslmode" in query:
        query["ssl"] = query.pop("sslmode")
    return address.set(query=query)


def connect_options(address: URL) -> dict[str, Any]:
    """What asyncpg gets besides the address. Where one of several hosts is the primary, that is the one; and a server
    that may only be read, because it takes over just now, is taken for one that is away.
    """
    options: dict[str, Any] = {"timeout": CONNECT_TIMEOUT, "target_session_attrs": "read-write"}
    return {name: value for name, value in options.items() if name not in address.query}
