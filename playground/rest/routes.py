"""Every route there is."""

from typing import Final

from playground.rest import (
    backstage,
    callbacks,
    channels,
    commands,
    guilds,
    interacting,
    messages,
    reactions,
    threads,
    users,
)

ALL: Final = (
    *users.ROUTES,
    *guilds.ROUTES,
    *channels.ROUTES,
    *messages.ROUTES,
    *threads.ROUTES,
    *reactions.ROUTES,
    *commands.ROUTES,
    *interacting.ROUTES,
    *callbacks.ROUTES,
    *backstage.ROUTES,
)
