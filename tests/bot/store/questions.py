"""Questions to store."""

from bot.store.conversation_store import ConversationStore, StoredConversation
from bot.store.tables import QuestionState


async def add_question(
    conversation_store: ConversationStore, message_id: int, conversation_id: int = 1, state: QuestionState = "waiting"
) -> None:
    conversation = StoredConversation(conversation_id, 5, conversation_id, None, True, 0)
    await conversation_store.add_question(conversation, message_id=message_id, channel_id=9, author_id=7, state=state)
