"""Signed links of the CDN; each works for a day.

https://discord.com/developers/docs/reference#signed-attachment-cdn-urls
"""

import hashlib
import hmac
from typing import Final

LIFETIME: Final = 24 * 3600
"""Seconds that a link to an attachment works."""
_KEY: Final = b"the playground keeps no secrets"


def signed(path: str, now: float) -> str:
    """Return a path with the query of a signed link: `ex` (expires), `is` (issued), `hm` (signature)."""
    issued = int(now)
    expires = issued + LIFETIME
    return f"{path}?ex={expires:x}&is={issued:x}&hm={_signature(path, expires, issued)}&"


def valid(path: str, query: dict[str, str], now: float) -> bool:
    """Tell whether a link has the right signature and has not expired."""
    try:
        expires, issued = int(query["ex"], 16), int(query["is"], 16)
    except (KeyError, ValueError):
        return False
    return now < expires and hmac.compare_digest(query.get("hm", ""), _signature(path, expires, issued))


def _signature(path: str, expires: int, issued: int) -> str:
    return hmac.new(_KEY, f"{path}:{expires:x}:{issued:x}".encode(), hashlib.sha256).hexdigest()
