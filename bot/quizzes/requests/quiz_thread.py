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
    interaction: discord.Interaction[Any] | None,
    channel: Any,
    announcement: discord.Message,
    topic: str,
    locale: Locale,
    *,
    student_id: int,
    conversations: Conversations,
    thread_creation: ThreadCreation,
    title: Sentence = THREAD_NAME,
) -> tuple[Location, Destination]:
    """The location of the quiz's conversation, and where its answer is posted. In a text channel of a server a thread
    is made from `announcement`, which `title` names.

    Without an interaction (its process has ended), the answer is posted in the channel.
    """
    guild_id = channel.guild.id if getattr(channel, "guild", None) is not None else 0
    in_place: Destination = OnInteraction(interaction) if interaction is not None else InChannel(channel)
    if guild_id == 0:
        return Location(channel.id, 0, channel.id), in_place
    if isinstance(channel, discord.TextChannel) and _may_create_threads(channel):
        name = thread_name(title(locale, topic=topic), "Quiz")
        start = channel.get_partial_message(announcement.id)
        thread = await thread_creation.create(start, name, member_id=student_id)
        if thread is not None:
            # The thread is another channel than the interaction's: the interaction's webhook cannot post there.
            return Location(thread.id, guild_id, thread.id, fresh=True, parent_id=channel.id), InChannel(thread)
    if isinstance(channel, discord.TextChannel | discord.VoiceChannel | discord.StageChannel):
        location = Location(announcement.id, guild_id, channel.id, owned=False, fresh=True)
        return location, in_place
    conversation = await conversations.find(channel.id)
    if conversation is not None:
        return conversation.location, in_place
    ours = isinstance(channel, discord.Thread) and channel.owner_id == channel.guild.me.id
    return Location(channel.id, guild_id, channel.id, owned=ours), in_place


def _may_create_threads(channel: discord.TextChannel) -> bool:
    allowed = channel.permissions_for(channel.guild.me)
    return allowed.create_public_threads and allowed.send_messages_in_threads
