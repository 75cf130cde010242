"""Reading Discord messages: who they are said to, what they say, and what they carry."""

import re
from typing import TYPE_CHECKING, Literal

import discord

from bot import sentences
from bot.conversations.question import Question
from bot.replies.destinations import InChannel
from bot.replies.message_components import plain_text

if TYPE_CHECKING:
    from bot.client import SaemBot

Audience = Literal["saem", "others", "anyone"]
"""Whom a message is plainly said to; `anyone` where nobody is named."""

TITLE_LIMIT = 100
"""Characters of a thread's name."""

_USER = re.compile(r"<@!?(\d+)>")
_ROLE = re.compile(r"<@&(\d+)>")
_CHANNEL = re.compile(r"<#(\d+)>")
_EMOJI = re.compile(r"<a?(:\w+:)\d+>")
_COMMAND = re.compile(r"<(/[\w -]+):\d+>")
_TIME = re.compile(r"<t:-?\d+(?::\w)?>")
_LINK = re.compile(r"\[([^\]]*)\]\(<?https?://[^)]*\)")
_LEADS = re.compile(r"```\w*|`|^\s*(?:>{1,3}|#{1,3}|-#|[-*])\s+", re.MULTILINE)
# A star between two factors is no mark: those stand at the edges of words.
_PAIRS = re.compile(r"(?<![\w*])(\*{1,3}|_{1,3}|~~|\|\|)(?=\S)(.+?)(?<=\S)\1(?![\w*])")


def is_from_a_person(message: discord.Message) -> bool:
    """Whether somebody wrote it: not a bot, a webhook or Discord itself."""
    return (
        not message.author.bot
        and message.webhook_id is None
        and message.type in (discord.MessageType.default, discord.MessageType.reply)
    )


def audience(message: discord.Message, me: discord.ClientUser) -> Audience:
    """Whom a message is said to: a mention or a reply decides, and one of us before one of others."""
    if _mentions(message, me):
        return "saem"
    answered = replied_to(message)
    if answered is not None and answered.author.id == me.id:
        return "saem"
    if answered is not None and answered.author.id != message.author.id and not answered.author.bot:
        return "others"
    named = {int(found) for found in _USER.findall(message.content)} - {message.author.id}
    return "others" if named or message.role_mentions else "anyone"


def _mentions(message: discord.Message, me: discord.ClientUser) -> bool:
    """By name, or by the role that Discord made for the bot and that pickers show beside it."""
    if any(user.id == me.id for user in message.mentions) or str(me.id) in _USER.findall(message.content):
        return True
    return any(role.tags is not None and role.tags.bot_id == me.id for role in message.role_mentions)


def replied_to(message: discord.Message) -> discord.Message | None:
    """The message that this one replies to, as far as Discord sent it along."""
    if message.type is not discord.MessageType.reply or message.reference is None:
        return None
    resolved = message.reference.resolved
    return resolved if isinstance(resolved, discord.Message) else None


def may_refer(channel: object) -> bool:
    """Whether a message of ours may be a reply there: Discord asks for the permission to read the history."""
    location = channel.parent if isinstance(channel, discord.Thread) else channel
    return not isinstance(location, discord.abc.GuildChannel) or (
        location.permissions_for(location.guild.me).read_message_history
    )


def beside(message: discord.Message) -> InChannel:
    """A reply to a message, in its channel; or a message of its own, where there may be no replies."""
    return InChannel(message.channel, message if may_refer(message.channel) else None)


def spoken_text(message: discord.Message, me: discord.ClientUser) -> str:
    """What a message says, with names in place of mentions, and without the mention of us."""
    names = {user.id: user.display_name for user in message.mentions}
    roles = {role.id: role for role in message.role_mentions}

    def user(found: re.Match[str]) -> str:
        who = int(found[1])
        return "" if who == me.id else f"@{names.get(who, 'someone')}"

    def role(found: re.Match[str]) -> str:
        named = roles.get(int(found[1]))
        if named is None:
            return "@role"
        mine = named.tags is not None and named.tags.bot_id == me.id
        return "" if mine else f"@{named.name.removeprefix('@')}"  # the role of everyone is named `@everyone`

    def channel(found: re.Match[str]) -> str:
        named = message.guild.get_channel_or_thread(int(found[1])) if message.guild is not None else None
        return f"#{named.name}" if named is not None else "#channel"

    text = _USER.sub(user, message.content)
    text = _CHANNEL.sub(channel, _ROLE.sub(role, text))
    text = _COMMAND.sub(r"\1", _EMOJI.sub(r"\1", text))
    stickers = "".join(f"\n(sticker: {sticker.name})" for sticker in message.stickers)
    forwarded = "".join(f"\n(forwarded) {snapshot.content}" for snapshot in message.message_snapshots)
    return f"{text.strip()}{forwarded}{stickers}".strip()


def question_from(
    message: discord.Message, bot: "SaemBot", *, addressed: bool = True, begins: bool = False
) -> Question:
    """A message as a question to the model; what it carries is being fetched from now on.

    Where a conversation `begins` with it, the model knows nothing of the message of ours that it may reply to.
    """
    me = bot.user
    assert me is not None
    answered = replied_to(message)
    text = spoken_text(message, me)
    attachments = attachments_of(message)
    quoted = ""
    if addressed and answered is not None and (begins or answered.author.id != me.id):
        quoted = plain_text(answered) or ("(a picture)" if answered.attachments else "")
        attachments += answered.attachments
    locale = sentences.of_text(text, message.guild, message.author.display_name)
    return Question(
        text=text,
        author_id=message.author.id,
        author_name=message.author.display_name,
        message_id=message.id,
        channel_id=message.channel.id,
        addressed=addressed,
        quoted=quoted,
        locale=locale,
        attached=bot.media.begin(message, attachments, locale) if attachments else None,
        asked_at=message.created_at,
    )


def attachments_of(message: discord.Message) -> list[discord.Attachment]:
    """What a message carries, also in what it forwards."""
    forwarded = (attachment for snapshot in message.message_snapshots for attachment in snapshot.attachments)
    return [*message.attachments, *forwarded]


def title_for(message: discord.Message, bot: "SaemBot") -> str:
    """The name of the thread that is made from a message."""
    assert bot.user is not None
    text = spoken_text(message, bot.user)
    locale = sentences.of_text(text, message.guild, message.author.display_name)
    return title_of(text, sentences.PICTURE_TITLE(locale))


def title_of(text: str, otherwise: str) -> str:
    """A thread's name for a question: its first line in plain words, 100 characters at most."""
    plain = _TIME.sub("", _LINK.sub(r"\1", _PAIRS.sub(r"\2", _LEADS.sub("", text))))
    lines = [" ".join(line.split()) for line in plain.splitlines()]
    first = next((line for line in lines if line), otherwise)
    return first if len(first) <= TITLE_LIMIT else first[: TITLE_LIMIT - 1].rstrip() + "…"
