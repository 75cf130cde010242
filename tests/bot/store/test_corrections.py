"""How often a run's calls were sent back is read from the store, so that a restart forgets none."""

import json
from dataclasses import replace

from bot.store.conversation_store import ConversationStore, StoredToolCall
from bot.store.corrections import Corrections
from bot.store.store import Store

CALL = StoredToolCall("call_1", 1, "a", "thread", "run_1", "generate_quiz", "{}", None, submitted=False)
INVALID = json.dumps({"status": "invalid", "problems": ["x"]})


async def test_the_outputs_of_one_run_and_function_that_say_invalid_are_counted(store: Store) -> None:
    conversation_store = ConversationStore(store)
    calls = [
        CALL,
        replace(CALL, call_id="call_2"),
        replace(CALL, call_id="call_3", name="give_help"),
        replace(CALL, call_id="call_4", run_id="run_2"),
        replace(CALL, call_id="call_5"),
        replace(CALL, call_id="call_6"),
    ]
    await conversation_store.add_calls(calls)
    corrections = Corrections(conversation_store, "generate_quiz")
    assert await corrections.count("run_1") == 0
    for call_id in ("call_1", "call_2", "call_3", "call_4"):
        await conversation_store.set_output(call_id, INVALID)
    await conversation_store.set_output("call_5", '{"status": "shown"}')
    await conversation_store.set_output("call_6", "no JSON")
    assert await Corrections(conversation_store, "generate_quiz").count("run_1") == 2
    assert await corrections.count("run_2") == 1
    assert await Corrections(conversation_store, "give_help").count("run_1") == 1
