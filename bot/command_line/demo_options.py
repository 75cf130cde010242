"""What can be said on the command line of `saem demo`."""

from dataclasses import dataclass

DEMO_PORT = 8080
LOOPBACK = "127.0.0.1"
MOST_BOTS = 8


@dataclass(frozen=True, slots=True)
class DemoOptions:
    """What the owner said on the command line. Without a port, the page is on DEMO_PORT or any free port."""

    port: int | None = None
    host: str = LOOPBACK
    public_url: str | None = None
    fresh: bool = False
    browser: bool = True
    bots: int = 1
    database: str | None = None
    """What several bots share; None: a PostgreSQL of the demo's own."""
