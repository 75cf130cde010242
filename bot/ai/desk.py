"""What every conversation works with, in one value."""

from dataclasses import dataclass, field

from bot.ai.citations import Resolve, no_source
from bot.ai.doorway import Doorway
from bot.ai.guilds import Guilds
from bot.ai.limits import Limits
from bot.ai.runs import Runs
from bot.ai.stage import Stage
from bot.ai.tools import Tools
from bot.store.conversations import ConversationStore


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
