"""The proxy that the environment names for a provider: `HTTP_PROXY`, `HTTPS_PROXY`, `NO_PROXY`, or the system's own."""

from urllib.request import getproxies, proxy_bypass

import structlog
from yarl import URL

log = structlog.get_logger(__name__)


def proxy_for(url: str) -> URL | None:
    """The proxy for `url`, with its login if it has one; None where requests go directly.

    aiohttp's own `trust_env` looks the proxy up for every request, in another thread, and replaces the key by the
    login that `.netrc` has for the provider's host.
    """
    target = URL(url)
    named = getproxies().get(target.scheme)
    if not named or target.host is None or proxy_bypass(target.host):
        return None
    proxy = URL(named if "://" in named else f"http://{named}")
    if proxy.scheme not in ("http", "https"):
        log.warning("proxy.not_used", scheme=proxy.scheme, hint="Only http:// and https:// proxies can be used.")
        return None
    return proxy
