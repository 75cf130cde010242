"""Where a quiz is played: in a thread of its own, or in place."""

from typing import Any

import discord

from bot.conversations.location import Location
from bot.conversations.registry import Conversations
from bot.quizzes.sentences import THREAD_NAME
from bot.replies.destinations import Destination, InChannel, OnInteraction
from bot.sentences import Locale, Sentence
from bot.tutor.thread_creation import ThreadCreation
from bot.tutor.thread_names import thread_name


async def quiz_location(
    interaction: discord.Interaction[Any],
    announcement: discord.Message,
    topic: str,
    locale: Locale,
    *,
    conversations: Conversations,
    thread_creation: ThreadCreation,
    title: Sentence = THREAD_NAME,
) -> tuple[Location, Destination]:
    """The location of the quiz's conversation, and where its answer is posted. In a text channel of a server a thread
    is made from `announcement`, which `title` names.
    """
    channel: Any = interaction.channel
    guild_id = interaction.guild_id or 0
    if guild_id == 0:
        return Location(channel.id, 0, channel.id), OnInteraction(interaction)
    if isinstance(channel, discord.TextChannel) and _may_create_threads(interaction):
        name = thread_name(title(locale, topic=topic), "Quiz")
        start = channel.get_partial_message(announcement.id)
        thread = await thread_creation.create(start, name, member_id=interaction.user.id)
        if thread is not None:
            # The thread is another channel than the interaction's: the interaction's webhook cannot post there.
            return Location(thread.id, guild_id, thread.id, fresh=True, parent_id=channel.id), InChannel(thread)
    if isinstance(channel, discord.TextChannel | discord.VoiceChannel | discord.StageChannel):
        location = Location(announcement.id, guild_id, channel.id, owned=False, fresh=True)
        return location, OnInteraction(interaction)
    conversation = await conversations.find(channel.id)
    if conversation is not None:
        return conversation.location, OnInteraction(interaction)
    ours = isinstance(channel, discord.Thread) and channel.owner_id == interaction.application_id
    return Location(channel.id, guild_id, channel.id, owned=ours), OnInteraction(interaction)


def _may_create_threads(interaction: discord.Interaction[Any]) -> bool:
    allowed = interaction.app_permissions
    return allowed.create_public_threads and allowed.send_messages_in_threads
