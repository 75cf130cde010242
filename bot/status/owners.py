"""Who owns the bot: the application's owner, or the members of the team that owns it."""

import discord


async def is_owner(client: discord.Client, user_id: int) -> bool:
    """Whether a person owns the application; it is asked of Discord each time, for teams change.

    Raises:
        DISCORD_ERRORS: Discord does not say.
    """
    application = await client.application_info()
    if application.team is None:
        return user_id == application.owner.id
    joined = (
        member.id
        for member in application.team.members
        if member.membership_state is discord.TeamMembershipState.accepted
    )
    return user_id == application.team.owner_id or user_id in joined


async def owner_id(client: discord.Client) -> int:
    """Whom to tell what the bot's owner ought to know; raises as `is_owner`."""
    application = await client.application_info()
    team = application.team
    return team.owner_id if team is not None and team.owner_id is not None else application.owner.id
