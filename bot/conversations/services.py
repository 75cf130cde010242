"""What every conversation works with, in one value."""

from dataclasses import dataclass, field

from bot.conversations.admission import Admission
from bot.conversations.citations import CitationResolver, no_source
from bot.conversations.discord_interface import DiscordInterface
from bot.conversations.guild_assistants import GuildAssistants
from bot.conversations.quotas import Quotas
from bot.conversations.runs import Runs
from bot.conversations.tools import Tools
from bot.store.conversation_store import ConversationStore


@dataclass(slots=True)
class Services:
    """Shared by all conversations of a bot; `discord` and `citations` are put in by whoever knows them."""

    runs: Runs
    conversation_store: ConversationStore
    guild_assistants: GuildAssistants
    tools: Tools
    quotas: Quotas
    discord: DiscordInterface
    citations: CitationResolver = field(default=no_source)
    admission: Admission = field(default_factory=Admission)
