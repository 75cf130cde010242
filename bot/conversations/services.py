"""What every conversation works with, in one value."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from bot.conversations.answer_contents.citations import CitationResolver, no_sources
from bot.conversations.assistants_api import AssistantsApi
from bot.conversations.discord_interface import DiscordInterface
from bot.conversations.guild_assistants import GuildAssistants
from bot.conversations.limits.concurrency_limit import ConcurrencyLimit
from bot.conversations.limits.quotas import Quotas
from bot.conversations.location import FindLibraryScope, Location, no_library
from bot.conversations.moderation import Moderation, NoModeration
from bot.conversations.prompts.server_wishes import ServerWishes
from bot.conversations.reply_guard import NoGuard, ReplyGuard
from bot.conversations.run_stream import NoRunWatch, RunWatch
from bot.conversations.tools import Tools
from bot.store.conversation_store import ConversationStore


@dataclass(slots=True)
class Services:
    """Shared by all conversations of a bot."""

    api: AssistantsApi
    conversation_store: ConversationStore
    guild_assistants: GuildAssistants
    tools: Tools
    quotas: Quotas
    discord: DiscordInterface
    wishes: ServerWishes
    citation_resolver: CitationResolver = field(default=no_sources)
    """Set when the library's cog is loaded."""
    library_scope: FindLibraryScope = field(default=no_library)
    """Set when the library's cog is loaded."""
    reply_guard: ReplyGuard = field(default_factory=NoGuard)
    """Set when the cog of hints is loaded."""
    moderation: Moderation = field(default_factory=NoModeration)
    """Set when the cog of moderation is loaded, where the host wants it."""
    run_watch: RunWatch = field(default_factory=NoRunWatch)
    """Told how runs go; the bot's status measures them."""
    concurrency_limit: ConcurrencyLimit = field(default_factory=ConcurrencyLimit)
    turn: Callable[[Location], Awaitable[None]] | None = None
    """Waits until this process may work on a conversation that it did not begin: another one may be at its end still.
    None: no other process works on any."""
