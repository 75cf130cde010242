"""Discord's JSON error codes that the bot reacts to.

https://discord.com/developers/docs/topics/opcodes-and-status-codes#json
"""

from typing import Final

UNKNOWN_CHANNEL: Final = 10003
UNKNOWN_MESSAGE: Final = 10008
EDITED_TOO_OFTEN: Final = 30046
"""Discord allows only few edits of a message that is older than an hour."""
DIRECT_MESSAGES_CLOSED: Final = frozenset({50007, 50278})
"""A person takes no direct messages from the bot (50007), or shares no server with it (50278)."""
MISSING_ACCESS: Final = 50001
MISSING_PERMISSIONS: Final = 50013
ARCHIVED: Final = 50083
"""The thread is archived: Discord archives a thread in which nobody writes."""
TOKEN_EXPIRED: Final = frozenset({10015, 10062, 50027})
"""An interaction was answered too late (10062), or its token has expired (10015, 50027)."""
ALREADY_ACKNOWLEDGED: Final = 40060
"""An interaction has its response already."""
THREAD_ALREADY_EXISTS: Final = 160004
"""The message has a thread already."""
