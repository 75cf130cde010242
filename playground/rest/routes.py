"""Every route of the REST API."""

from typing import Final

from playground.rest import (
    applications,
    attachments,
    bans,
    channels,
    gateway,
    guilds,
    members,
    messages,
    pins,
    playground_controls,
    polls,
    reactions,
    roles,
    thread_members,
    threads,
    users,
    webhooks,
)
from playground.rest.interactions import application_commands, command_index, interaction_callback, interaction_create

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
    *polls.ROUTES,
    *reactions.ROUTES,
    *roles.ROUTES,
    *thread_members.ROUTES,
    *threads.ROUTES,
    *users.ROUTES,
    *webhooks.ROUTES,
)
