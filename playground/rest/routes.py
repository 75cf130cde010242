"""Every route there is."""

from typing import Final

from playground.rest import (
    application_commands,
    channels,
    guilds,
    interaction_callback,
    interaction_create,
    messages,
    playground_controls,
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
    *application_commands.ROUTES,
    *interaction_create.ROUTES,
    *interaction_callback.ROUTES,
    *playground_controls.ROUTES,
)
