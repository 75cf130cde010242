"""A Discord message, read once into one value: who wrote it, to whom it is said, its words, and its attachments."""

import asyncio
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any, Literal

import discord

from bot import sentences
from bot.conversations.question import AttachedContent, Question
from bot.escaping import plain_name
from bot.replies.destinations import InChannel
from bot.replies.message_components import plain_text
from bot.sentences import Locale
from bot.tutor.thread_names import thread_name

Audience = Literal["saem", "others", "anyone"]
"""To whom a message is said; `anyone` where it names nobody."""

FetchAttachments = Callable[["IncomingMessage", Sequence[discord.Attachment]], "asyncio.Future[AttachedContent]"]
"""Begins to fetch attachments (`bot.tutor.attachments.QuestionAttachments.fetch`)."""

_USER = re.compile(r"<@!?(\d+)>")
_ROLE = re.compile(r"<@&(\d+)>")
_CHANNEL = re.compile(r"<#(\d+)>")
_EMOJI = re.compile(r"<a?(:\w+:)\d+>")
_COMMAND = re.compile(r"<(/[\w -]+):\d+>")


@dataclass(frozen=True, eq=False)
class IncomingMessage:
    """A Discord message as Saem reads it.

    Text, language, audience and attachments are computed when they are first used, and kept.
    """

    source: discord.Message
    """discord.py's message, for calls to Discord (a reply, a thread, an edit)."""
    me_id: int
    """Saem's own user id."""
    id: int
    channel: "discord.abc.MessageableChannel"
    guild: discord.Guild | None
    """None in direct messages."""
    author: discord.User | discord.Member
    sent_at: datetime
    fixed_locale: Locale | None = None
    """The language that Saem speaks in the whole server, where its managers have set one."""
    known_locale: Locale | None = None
    """The language of its author's Discord, where an interaction has told it."""

    @property
    def guild_id(self) -> int:
        """0 in direct messages."""
        return self.guild.id if self.guild is not None else 0

    # Who wrote it, and to whom

    @property
    def is_ours(self) -> bool:
        """Whether Saem wrote it."""
        return self.author.id == self.me_id

    @property
    def is_from_a_person(self) -> bool:
        """Whether a person wrote it: not a bot, a webhook or Discord itself."""
        return (
            not self.author.bot
            and self.source.webhook_id is None
            and self.source.type in (discord.MessageType.default, discord.MessageType.reply)
        )

    @cached_property
    def replied_to(self) -> "IncomingMessage | None":
        """The message that this one replies to; None also if Discord did not send it along."""
        if self.source.type is not discord.MessageType.reply or self.source.reference is None:
            return None
        resolved = self.source.reference.resolved
        return _read(resolved, self.me_id) if isinstance(resolved, discord.Message) else None

    @cached_property
    def audience(self) -> Audience:
        """To whom it is said. Mentions and a reply decide; if one of them is for Saem, the others do not count."""
        if self._mentions_us():
            return "saem"
        answered = self.replied_to
        if answered is not None and answered.is_ours:
            return "saem"
        if answered is not None and answered.author.id != self.author.id and not answered.author.bot:
            return "others"
        named = {int(found) for found in _USER.findall(self.source.content)} - {self.author.id}
        return "others" if named or self.source.role_mentions else "anyone"

    def _mentions_us(self) -> bool:
        """Whether it mentions Saem's user, or the role that Discord made for the bot."""
        if self.mentions_our_user or str(self.me_id) in _USER.findall(self.source.content):
            return True
        return any(self._is_our_role(role) for role in self.source.role_mentions)

    @property
    def mentions_our_user(self) -> bool:
        """Whether it mentions Saem's user and notifies it."""
        return any(user.id == self.me_id for user in self.source.mentions)

    def _is_our_role(self, role: discord.Role) -> bool:
        return role.tags is not None and role.tags.bot_id == self.me_id

    # What it says and carries

    @cached_property
    def text(self) -> str:
        """What it says, with names in place of mentions, and without the mention of Saem."""
        text = _USER.sub(self._user_name, self.source.content)
        text = _CHANNEL.sub(self._channel_name, _ROLE.sub(self._role_name, text))
        text = _COMMAND.sub(r"\1", _EMOJI.sub(r"\1", text))
        stickers = "".join(f"\n(sticker: {plain_name(sticker.name)})" for sticker in self.source.stickers)
        forwarded = "".join(f"\n(forwarded) {snapshot.content}" for snapshot in self.source.message_snapshots)
        return f"{text.strip()}{forwarded}{stickers}".strip()

    def _user_name(self, found: re.Match[str]) -> str:
        user_id = int(found[1])
        if user_id == self.me_id:
            return ""
        names = (user.display_name for user in self.source.mentions if user.id == user_id)
        return f"@{plain_name(next(names, 'someone'))}"

    def _role_name(self, found: re.Match[str]) -> str:
        role = next((role for role in self.source.role_mentions if role.id == int(found[1])), None)
        if role is None:
            return "@role"
        return (
            "" if self._is_our_role(role) else f"@{plain_name(role.name.removeprefix('@'))}"
        )  # everyone's is named `@everyone`

    def _channel_name(self, found: re.Match[str]) -> str:
        channel = self.guild.get_channel_or_thread(int(found[1])) if self.guild is not None else None
        return f"#{plain_name(channel.name)}" if channel is not None and channel.name else "#channel"

    @cached_property
    def plain_text(self) -> str:
        """Its content and the text of its components, as they stand there."""
        return plain_text(self.source)

    @property
    def shown_text(self) -> str:
        """What its reader sees: `text`, or the text of its components."""
        return self.text or self.plain_text

    @cached_property
    def locale(self) -> Locale:
        """The server's own language; else that of its words; if it has none, that of its author's name or the guild."""
        return self.fixed_locale or sentences.of_text(
            self.text, self.guild, self.author.display_name, self.known_locale
        )

    @cached_property
    def attachments(self) -> list[discord.Attachment]:
        """Its attachments, and those of the messages that it forwards."""
        forwarded = (each for snapshot in self.source.message_snapshots for each in snapshot.attachments)
        return [*self.source.attachments, *forwarded]

    # What can be made of it

    @property
    def reply_destination(self) -> InChannel:
        """A reply to it in its channel; if Saem may not reply there, a message that is no reply."""
        return InChannel(self.channel, self.source if may_reply_in(self.channel) else None)

    @property
    def may_start_thread(self) -> bool:
        """Whether Saem may make a thread from it and write in there."""
        if self.guild is None or not isinstance(self.channel, discord.TextChannel):
            return False
        allowed = self.channel.permissions_for(self.guild.me)
        return allowed.create_public_threads and allowed.send_messages_in_threads

    @property
    def thread_name(self) -> str:
        """The name of the thread that is made from it."""
        return thread_name(self.text, sentences.PICTURE_TITLE(self.locale))

    def question(self, fetch: FetchAttachments, *, addressed: bool = True, begins: bool = False) -> Question:
        """The question to the model that this message is; `fetch` begins to fetch its attachments at once.

        A message that it replies to is quoted if the model does not know it: one by others, or, if a conversation
        `begins` with this message, also one by Saem.
        """
        answered, quoted, attachments = self.replied_to, "", self.attachments
        if addressed and answered is not None and (begins or not answered.is_ours):
            quoted = answered.plain_text or ("(a picture)" if answered.source.attachments else "")
            attachments = [*attachments, *answered.source.attachments]
        return Question(
            text=self.text,
            author_id=self.author.id,
            author_name=self.author.display_name,
            message_id=self.id,
            channel_id=self.channel.id,
            addressed=addressed,
            quoted=quoted,
            locale=self.locale,
            attached=fetch(self, attachments) if attachments else None,
            attachment_ids=tuple(each.id for each in self.attachments),
            written=True,
            asked_at=self.sent_at,
        )


def read_message(message: discord.Message, client: discord.Client) -> IncomingMessage:
    """Read a message as the user that `client` is logged in as."""
    assert client.user is not None
    fixed = sentences.fixed_language(client, message.guild.id if message.guild is not None else None)
    known: Any = getattr(client, "known_locales", None)
    return replace(
        _read(message, client.user.id),
        fixed_locale=fixed,
        known_locale=known.get(message.author.id) if known is not None else None,
    )


def _read(message: discord.Message, me_id: int) -> IncomingMessage:
    return IncomingMessage(
        source=message,
        me_id=me_id,
        id=message.id,
        channel=message.channel,
        guild=message.guild,
        author=message.author,
        sent_at=message.created_at,
    )


def may_reply_in(channel: object) -> bool:
    """Whether Saem may reply in a channel: Discord asks for the permission to read the message history."""
    parent = channel.parent if isinstance(channel, discord.Thread) else channel
    return not isinstance(parent, discord.abc.GuildChannel) or (
        parent.permissions_for(parent.guild.me).read_message_history
    )
