"""Which browsers' requests are taken: those of the playground's own page, under a name that is the playground's own.

The page gives out the students' tokens. Without this, any web page in the same browser could read them: by requests
across origins, or by a name of its own that it lets point at this machine (DNS rebinding).
"""

import ipaddress
import socket
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

DEFAULT_PORTS = {"http": 80, "https": 443}


class RequestOrigin:
    """Checks `Host` and `Origin` of requests. Programs send no `Origin`, and may send any `Host` that is an address.

    `own_urls` are addresses that people may reach the playground by, such as `http://saem.example:8080`.
    """

    def __init__(self, own_urls: Iterable[str]) -> None:
        urls = list(own_urls)
        self._names = {name for url in urls if (name := _hostname(url)) is not None}
        self._origins = {origin for url in urls if (origin := _origin(url)) is not None}

    def refusal(self, scope: Mapping[str, Any], *, any_origin: bool = False) -> str | None:
        """Why an ASGI request is refused; None if it is taken. With `any_origin`, `Origin` is not looked at."""
        headers = scope["headers"]
        hosts = [value.decode("latin-1") for name, value in headers if name == b"host"]
        if len(hosts) > 1 or not all(self._is_own(host) for host in hosts):
            return (
                "The playground is not known by this name: open it by its address, or start it with --public-url and "
                "the address that people use."
            )
        origins = [value.decode("latin-1") for name, value in headers if name == b"origin"]
        if any_origin or not origins:
            return None
        own = self._origins | {_origin(f"{scheme}://{host}") for scheme in DEFAULT_PORTS for host in hosts}
        if len(origins) == 1 and (origin := _origin(origins[0])) is not None and origin in own:
            return None
        return "The playground takes requests from its own page alone, not from other web pages."

    def _is_own(self, host: str) -> bool:
        name = _hostname(f"http://{host}")
        # A page elsewhere can let its own name point here, but can have no address for a name.
        return name is not None and (name in self._names or _is_local(name) or _is_address(name))


def machine_urls(host: str) -> list[str]:
    """The machine's own names, if `host` listens on all of its addresses: other machines may find it by them."""
    try:
        everywhere = host == "" or ipaddress.ip_address(host).is_unspecified
    except ValueError:
        everywhere = False
    own = socket.gethostname()
    names = {own, socket.getfqdn(), f"{own.partition('.')[0]}.local"} if everywhere and own else set()
    return [f"http://{name.lower()}" for name in sorted(names)]


def _is_local(name: str) -> bool:
    """Browsers ask no name server for these (https://www.rfc-editor.org/rfc/rfc6761#section-6.3)."""
    return name == "localhost" or name.endswith(".localhost")


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        return False
    return True


def _hostname(url: str) -> str | None:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    if parts.username is not None or parts.path not in {"", "/"} or parts.query or parts.fragment:
        return None
    return (parts.hostname or "").removesuffix(".") or None


def _origin(url: str) -> tuple[str, str, int] | None:
    """Scheme, host name and port; None for what is no web address."""
    name, scheme = _hostname(url), url.partition("://")[0].lower()
    if name is None or scheme not in DEFAULT_PORTS:
        return None
    return scheme, name, urlsplit(url).port or DEFAULT_PORTS[scheme]
