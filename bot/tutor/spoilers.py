"""Spoilers in a message of an earlier process: shown plainly by editing it."""

import discord


async def show_plainly(message: discord.Message) -> None:
    """Take the spoilers out of a message of components.

    Raises:
        DISCORD_ERRORS: Discord refuses it, or cannot be reached.
    """
    view = discord.ui.LayoutView.from_message(message, timeout=None)
    changed = False
    for item in view.walk_children():
        if isinstance(item, discord.ui.TextDisplay) and "||" in item.content:
            item.content = item.content.replace("||", "")
            changed = True
        elif isinstance(item, discord.ui.MediaGallery):
            for picture in item.items:
                changed = changed or picture.spoiler
                picture.spoiler = False
    if changed:
        await message.edit(view=view, allowed_mentions=discord.AllowedMentions.none())
