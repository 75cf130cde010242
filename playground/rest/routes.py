"""Every route of the REST API."""

from typing import Final

from playground.rest import (
    application_commands,
    applications,
    attachments,
    bans,
    channels,
    command_index,
    gateway,
    guilds,
    interaction_callback,
    interaction_create,
    members,
    messages,
    pins,
    playground_controls,
    reactions,
    roles,
    thread_members,
    threads,
    users,
    webhooks,
)

ALL: Final = (
    *application_commands.ROUTES,
    *applications.ROUTES,
    *attachments.ROUTES,
    *bans.ROUTES,
    *channels.ROUTES,
    *command_index.ROUTES,
    *gateway.ROUTES,
    *guilds.ROUTES,
    *interaction_callback.ROUTES,
    *interaction_create.ROUTES,
    *members.ROUTES,
    *messages.ROUTES,
    *pins.ROUTES,
    *playground_controls.ROUTES,
    *reactions.ROUTES,
    *roles.ROUTES,
    *thread_members.ROUTES,
    *threads.ROUTES,
    *users.ROUTES,
    *webhooks.ROUTES,
)
