"""The history of what was asked for."""

from typing import Any

from benchmarks.chaos.model import Model
from benchmarks.chaos.records import Asked
from benchmarks.chaos.stories import Stories
from tests.scripted_openai import ScriptedOpenAI


def test_a_deleted_message_stands_in_the_history() -> None:
    stories = Stories()
    said: dict[str, Any] = {"id": "5", "channel_id": "7", "flags": 0, "content": "a:s1-1", "embeds": []}
    said |= {"author": {"username": "Saem", "bot": True}, "components": [], "attachments": []}
    stories.hear(1.0, "MESSAGE_CREATE", said)
    stories.hear(2.0, "MESSAGE_DELETE", {"id": "5", "channel_id": "7"})
    history = stories.of(Asked("question", "s1-1", 1, 3, 7, history=[(0.5, "asked")]), [], Model(ScriptedOpenAI(), 1))
    assert [line.partition(" ")[2] for line in history][1:] == [
        "shown in 7, 5: Saem: 'a:s1-1'",
        "shown in 7, 5: gone: ''",
    ]
