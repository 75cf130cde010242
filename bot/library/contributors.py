"""Who may add files to a guild's library: everyone, or a role that `/library contributors` names."""

import discord

from bot.library.library_store import LibraryStore


class Contributors:
    """The roles that may add files."""

    def __init__(self, library_store: LibraryStore) -> None:
        self._library_store = library_store
        self._roles: dict[int, int | None] = {}

    async def load(self) -> None:
        """Read what people decided; again where guilds have come from another process."""
        self._roles = await self._library_store.contributor_roles()

    def role_id(self, guild_id: int) -> int | None:
        """The role that may add files; None: everyone."""
        return self._roles.get(guild_id)

    def role_in(self, guild: discord.Guild | None) -> discord.Role | None:
        """The role that may add files, where it still exists."""
        return guild.get_role(self.role_id(guild.id) or 0) if guild is not None else None

    async def set_role(self, guild_id: int, role_id: int | None) -> None:
        """Let a role add files; None: everyone."""
        self._roles[guild_id] = role_id
        await self._library_store.set_contributor_role(guild_id, role_id)

    def may_add(self, author: discord.User | discord.Member, guild_id: int) -> bool:
        """Whether somebody may add files to the guild's library."""
        role_id = self.role_id(guild_id)
        if role_id is None:
            return True
        if not isinstance(author, discord.Member):
            return False
        return author.guild_permissions.manage_guild or any(role.id == role_id for role in author.roles)
