"""Every route there is."""

from typing import Final

from playground.rest import backstage, channels, guilds, messages, reactions, threads, users

ALL: Final = (
    *users.ROUTES,
    *guilds.ROUTES,
    *channels.ROUTES,
    *messages.ROUTES,
    *threads.ROUTES,
    *reactions.ROUTES,
    *backstage.ROUTES,
)
