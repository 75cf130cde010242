"""The scripted model of the chaos: it answers by marks, and fails as models do."""

import asyncio
import json
import random
import re
import time
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from benchmarks.chaos.records import Line, Violation
from tests.scripted_openai import Call, Fault, Script, ScriptedOpenAI, Turn

WORDS = 25
EVERY = 0.05
"""Seconds from one word to the next."""
STALL = 11.0
"""Seconds that a stalled answer takes before its first word: longer than the bot's patience."""
USAGE = (11, 7)
"""Input and output tokens of every answer."""

_ASKED = re.compile(r"ask (s\d+-\d+)")
_EXERCISE = re.compile(r"exercise (s\d+-\d+)")
_LOOKED_UP = re.compile(r"find (s\d+-\d+)")
_CARDS = re.compile(r"flash cards on the topic: (s\d+-\d+)")
_QUIZ = re.compile(r"Quiz me on this topic: (s\d+-\d+)")
_MARK = re.compile(r"\bs\d+-\d+\b")
_SERVER = re.compile(r"\bs(\d+)-\d+\b")


class Model:
    """Replies of a `ScriptedOpenAI`, and what the model saw of the world."""

    def __init__(self, openai: ScriptedOpenAI, seed: int) -> None:
        self.openai = openai
        self.chance = random.Random(seed)
        self.trouble = 0.0
        """The share of answers that fail."""
        self.troubles: Counter[str] = Counter()
        self.outputs: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
        """What the model was told of each quiz or ladder, by its mark; the same thing told again is there once."""
        self.asked: defaultdict[str, list[Line]] = defaultdict(list)
        """When the model was asked what, by mark: the newest words of the request, and what comes of it."""
        self.found: dict[str, bool] = {}
        """Whether the search for a file's mark found it, the last time."""
        self.strangers: list[str] = []
        """Requests that held the marks of more than one server."""
        self.violations: list[Violation] = []
        """Requests that the script has no answer to."""
        self.answers = 0
        """Answers that the model began to give, each of `USAGE` tokens if it came to its end."""
        openai.reply = self.reply

    def reply(self, body: Mapping[str, Any]) -> Script:
        items: list[dict[str, Any]] = list(body["input"])
        if not items:  # the only question was deleted while a server died, and the next one began the run again
            return Turn("Nobody asked anything.")
        servers = {number for item in items for number in _SERVER.findall(json.dumps(item))}
        if len(servers) > 1:
            self.strangers.append(f"a request with the words of servers {', '.join(sorted(servers))}")
        newest = _newest(items)
        failing = self._failing()
        try:
            script = failing if isinstance(failing, Fault) else self._turn(items, newest)
        except (LookupError, ValueError) as error:
            about = f"it cannot answer {newest[-300:]!r}: {error!r}"
            self.violations.append(Violation("the model is asked what it knows", about))
            script = Turn("I cannot answer that.")
        if isinstance(script, Turn) and isinstance(failing, dict):
            script = replace(script, every=EVERY, **failing)
        self.answers += isinstance(script, Turn)
        told = (
            f"{newest[-160:]!r}; it gives {script.text[:40] or script.calls if isinstance(script, Turn) else script!r}"
        )
        for mark in dict.fromkeys(_MARK.findall(newest)):
            self.asked[mark].append((time.time(), told))
        return script

    def _failing(self) -> Fault | dict[str, Any] | None:
        if self.chance.random() >= self.trouble:
            return None
        kind = self.chance.choice(
            ["500", "429", "in stream", "break off", "late break off", "stall", "late stall", "no word"]
        )
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
            case "stall":
                return {"first_after": STALL}
            case "late stall":
                gate = asyncio.Event()
                asyncio.get_running_loop().call_later(STALL, gate.set)
                return {"gate": gate}
            case _:
                return {"text": "", "calls": ()}

    def _turn(self, items: list[dict[str, Any]], newest: str) -> Turn:
        last = items[-1]
        if last.get("type") == "function_call_output":
            call = _call_of(items, last)
            return self._after(call, last["output"])
        over = self._late_results(newest)
        if found := [each for each in _EXERCISE.findall(newest) if each not in over]:
            return Turn(calls=[Call("give_help", exercise(found[-1]))])
        if found := [each for each in _QUIZ.findall(newest) if each not in over]:
            return Turn(calls=[Call("generate_quiz", quiz(found[-1]))])
        if found := _CARDS.findall(newest):
            return Turn(calls=[Call("make_cards", cards(found[-1]))])
        if found := _LOOKED_UP.findall(newest):
            return Turn(calls=[Call("file_search", {"queries": [f"treasure {found[-1]}"]})])
        marks = [*_ASKED.findall(newest), *over]
        return Turn(said(list(dict.fromkeys(marks))), every=EVERY, first_after=0.2)

    def _after(self, call: Mapping[str, Any], output: str) -> Turn:
        arguments = json.loads(call["arguments"])
        if call["name"] == "file_search":
            mark = arguments["queries"][0].removeprefix("treasure ")
            self.found[mark] = f"gold of {mark}" in output
            return Turn(said([f"{mark}"]))
        if call["name"] == "make_cards":
            return Turn(said([arguments["title"]]), every=EVERY)
        mark = arguments["title"] if call["name"] == "generate_quiz" else _MARK.findall(arguments["problem"])[0]
        told = json.loads(output)
        if "status" not in told:  # the function failed, which it says as `error`
            return Turn(f"That failed: {mark}.")
        self._learn(mark, told)
        return Turn("Let us go on.") if told["status"] == "unfinished" else Turn(said([mark]), every=EVERY)

    def _learn(self, mark: str, told: dict[str, Any]) -> None:
        if told not in self.outputs[mark]:
            self.outputs[mark].append(told)

    def _late_results(self, newest: str) -> list[str]:
        """Results that came as a message, since their run was gone or knew of them as unfinished: marks to speak of."""
        marks = []
        for match in re.finditer(r'\{"status"', newest if "[results]" in newest else ""):
            told, _ = json.JSONDecoder().raw_decode(newest[match.start() :])
            mark = (_MARK.findall(json.dumps(told)) or _MARK.findall(newest[: match.start()]))[-1]
            self._learn(mark, told)
            marks += [mark] if told["status"] == "completed" else []
        return marks


def _newest(items: list[dict[str, Any]]) -> str:
    """The newest words of a request: what people said last, or the output of a function."""
    if items[-1].get("type") == "function_call_output":
        return f"{_call_of(items, items[-1])['arguments'][:80]} → {items[-1]['output']}"
    words: list[str] = []
    for item in reversed(items):
        if item.get("role") != "user":
            break
        content = item["content"]
        words.insert(0, content if isinstance(content, str) else "\n".join(each.get("text", "") for each in content))
    return "\n".join(words)


def _call_of(items: list[dict[str, Any]], output: Mapping[str, Any]) -> Mapping[str, Any]:
    calls = (each for each in reversed(items) if each.get("type") == "function_call")
    return next(each for each in calls if each["call_id"] == output["call_id"])


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


def cards(mark: str) -> dict[str, Any]:
    """The arguments of a set of two cards."""
    return {
        "title": mark,
        "cards": [{"front": f"Front {side} of {mark}", "back": f"Back {side} of {mark}"} for side in ("one", "two")],
    }


def exercise(mark: str) -> dict[str, Any]:
    """The arguments of a ladder with three hints."""
    return {
        "problem": f"Say what the sign of {mark} means.",
        "hints": [f"Look at the {what} of it." for what in ("shape", "colour", "size")],
        "solution": "It means that all is well.",
        "answer": "well",
    }
