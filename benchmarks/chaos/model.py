"""The scripted model of the chaos: it answers by marks, and fails as models do."""

import asyncio
import json
import random
import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any

from tests.scripted_openai import Call, Fault, Script, ScriptedOpenAI, Turn

WORDS = 25
EVERY = 0.05
"""Seconds from one word to the next."""
STALL = 25.0
"""Seconds that a stalled answer takes before its first word, or between two."""

_ASKED = re.compile(r"ask (s\d+-\d+)")
_LOOKED_UP = re.compile(r"find (s\d+-\d+)")
_QUIZ = re.compile(r"Quiz me on this topic: (s\d+-\d+)")
_RESULTS = re.compile(r"\[results\] generate_quiz.*?(s\d+-\d+)")
"""Another try at the words about a quiz, after the first has failed."""
_MARKS = re.compile(r"\bs(\d+)-\d+\b")


class Model:
    """Replies of a `ScriptedOpenAI`, and what the model saw of the world."""

    def __init__(self, openai: ScriptedOpenAI, seed: int) -> None:
        self.openai = openai
        self.chance = random.Random(seed)
        self.trouble = 0.0
        """The share of answers that fail."""
        self.troubles: Counter[str] = Counter()
        self.outputs: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
        """What the model was told of each quiz, by its mark; the same thing told again is there once."""
        self.found: dict[str, bool] = {}
        """Whether the search for a file's mark found it, the last time."""
        self.strangers: list[str] = []
        """Requests that held the marks of more than one server."""
        self.tokens = 0
        """Input and output tokens of all answers that the model finished."""
        openai.reply = self.reply

    def reply(self, body: Mapping[str, Any]) -> Script:
        items: list[dict[str, Any]] = list(body["input"])
        servers = {number for item in items for number in _MARKS.findall(json.dumps(item))}
        if len(servers) > 1:
            self.strangers.append(f"a request with the words of servers {', '.join(sorted(servers))}")
        failing = self._failing()
        if isinstance(failing, Fault):
            return failing
        turn = self._turn(items)
        if failing is not None:
            return Turn(turn.text, turn.calls, every=EVERY, **failing)
        self.tokens += sum(turn.usage)
        return turn

    def _failing(self) -> Fault | dict[str, Any] | None:
        if self.chance.random() >= self.trouble:
            return None
        kind = self.chance.choice(["500", "429", "in stream", "break off", "late break off", "stall"])
        self.troubles[kind] += 1
        match kind:
            case "500":
                return Fault(500)
            case "429":
                return Fault(429, "Slow down.", "rate_limit_exceeded", headers={"Retry-After": "2"})
            case "in stream":
                return Fault(in_stream=True)
            case "break off":
                return {"drop_after": 1}
            case "late break off":
                return {"drop_after": 10}
            case _:
                return {"first_after": STALL}

    def _turn(self, items: list[dict[str, Any]]) -> Turn:
        last = items[-1]
        if last.get("type") == "function_call_output":
            call = next(
                each
                for each in reversed(items)
                if each.get("type") == "function_call" and each["call_id"] == last["call_id"]
            )
            return self._after(call, last["output"])
        words: list[str] = []
        for item in reversed(items):
            if item.get("role") != "user":
                break
            words.insert(0, json.dumps(item["content"]))
        newest = words[-1] if words else ""
        if (found := _RESULTS.search(newest)) is not None:
            return Turn(said([found[1]]), every=EVERY)
        if found := _QUIZ.search(newest):
            return Turn(calls=[Call("generate_quiz", quiz(found[1]))])
        if found := _LOOKED_UP.search(newest):
            return Turn(calls=[Call("file_search", {"queries": [f"treasure {found[1]}"]})])
        marks = dict.fromkeys(mark for text in words for mark in _ASKED.findall(text))
        return Turn(said(list(marks)), every=EVERY, first_after=0.2)

    def _after(self, call: Mapping[str, Any], output: str) -> Turn:
        arguments = json.loads(call["arguments"])
        if call["name"] == "file_search":
            mark = arguments["queries"][0].removeprefix("treasure ")
            self.found[mark] = f"gold of {mark}" in output
            return Turn(said([f"{mark}"]))
        mark = arguments["title"]
        told = json.loads(output)
        if told not in self.outputs[mark]:
            self.outputs[mark].append(told)
        return Turn(said([mark]), every=EVERY)

    async def until_quiet(self) -> None:
        """Wait until no answer is under way."""
        count = -1
        while count != len(self.openai.received):
            count = len(self.openai.received)
            await asyncio.sleep(2.0)


def said(marks: list[str]) -> str:
    """What the model says on marks: `a:s3-17`, words, `z:s3-17`."""
    begin, end = (" ".join(f"{letter}:{mark}" for mark in marks) for letter in "az")
    return f"{begin} {' '.join('word' for _ in range(WORDS))} {end}"


def quiz(mark: str) -> dict[str, Any]:
    """The arguments of a quiz with two questions."""
    return {
        "title": mark,
        "questions": [
            {
                "question_text": f"What does number {number} of {mark} say?",
                "choices": [f"{mark} {colour} {number}" for colour in ("red", "green", "blue")],
                "answer": number % 3,
                "explanation": "So it was said.",
            }
            for number in (1, 2)
        ],
    }
