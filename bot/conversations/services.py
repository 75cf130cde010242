"""What every conversation works with, in one value."""

from dataclasses import dataclass, field

from bot.conversations.admission import Doorway
from bot.conversations.citations import Resolve, no_source
from bot.conversations.guild_assistants import Guilds
from bot.conversations.quotas import Limits
from bot.conversations.runs import Runs
from bot.conversations.stage import Stage
from bot.conversations.tools import Tools
from bot.store.conversation_store import ConversationStore


@dataclass(slots=True)
class Desk:
    """Shared by all conversations of a bot; `stage` and `citations` are put in by whoever knows them."""

    runs: Runs
    store: ConversationStore
    guilds: Guilds
    tools: Tools
    limits: Limits
    stage: Stage
    citations: Resolve = field(default=no_source)
    doorway: Doorway = field(default_factory=Doorway)
