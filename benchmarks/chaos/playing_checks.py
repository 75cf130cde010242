"""What must be true of quizzes and exercises: each comes, is handed over once, with just the presses that counted."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

from benchmarks.chaos.desk import names
from benchmarks.chaos.model import Model
from benchmarks.chaos.records import Asked
from playground.pilot import SeenMessage

Broken = Iterator[tuple[str, str]]
NO_END = (None, "unfinished", "not_shown")
"""What the model hears of something that goes on, or was never shown."""
_OPEN = re.compile(r"quiz:\w+:(?:cancel|end):|hint:\w+:end")


class Said(Protocol):
    """What the bot has said in all."""

    by_channel: dict[int, list[SeenMessage]]

    def said(self) -> Iterator[SeenMessage]: ...
    def ended(self, mark: str) -> Sequence[SeenMessage]: ...
    def posts(self, asked: Asked) -> list[SeenMessage]: ...
    def failures(self, asked: Asked) -> list[SeenMessage]: ...
    def there(self, asked: Asked) -> bool: ...


def way_on(message: SeenMessage) -> bool:
    """Whether a button under it lets the student try again."""
    return any(
        (each.custom_id or "").startswith(("saem:", "quiz-retry")) and not each.disabled for each in message.controls
    )


def quiz(world: Said, asked: Asked, model: Model) -> Broken:
    """A quiz that was announced comes, has one message, and ends once."""
    posts = world.posts(asked)
    if not posts:
        sentences = [each for each in world.said() if names(each, asked.mark) and "is on its way" not in each.text]
        near = [each for place in _places(world, asked) for each in world.by_channel.get(place, []) if each.by_bot]
        if not sentences and not any(map(way_on, near)):
            yield "a quiz, or a sentence", f"{asked.mark} has neither"
        return
    if len(posts) > 1 and asked.kind == "quiz":  # a group has a message for each question
        yield "one message of a quiz", f"{asked.mark} has {len(posts)}"
    reports = [each for each in model.outputs.get(asked.mark, []) if each.get("status") not in NO_END]
    yield from _end(world, asked, posts, reports)
    for report in reports:
        if asked.kind == "group":
            yield from _group_presses(asked, report)
        else:
            yield from _presses(asked, report)


def cards(world: Said, asked: Asked) -> Broken:
    """Flash cards that were announced come, in one message; or there is a way on."""
    posts = world.posts(asked)
    if len(posts) > 1 and not asked.retried:
        yield "one message of cards", f"{asked.mark} has {len(posts)}"
    if not posts:
        told = [each for each in world.said() if names(each, asked.mark) and "on their way" not in each.text]
        near = [each for place in _places(world, asked) for each in world.by_channel.get(place, []) if each.by_bot]
        if not told and not any(map(way_on, near)):
            yield "cards, or a sentence", f"{asked.mark} has neither"


def _places(world: Said, asked: Asked) -> set[int]:
    """The threads of a quiz that was announced."""
    announced = [each for each in world.said() if names(each, asked.mark)]
    return {each.id for each in announced}


def _end(world: Said, asked: Asked, posts: Sequence[SeenMessage], reports: Sequence[Mapping[str, Any]]) -> Broken:
    """It is over, the model has heard of it once, and has said something on it, once."""
    open_still = any(_OPEN.match(each.custom_id or "") for post in posts for each in post.controls)
    over_without = any("ended without an answer" in post.text for post in posts)
    if len(reports) > 1:
        yield "one end of a quiz", f"{asked.mark} was handed over {len(reports)} times"
    near = [each for place in _places(world, asked) for each in world.by_channel.get(place, []) if each.by_bot]
    controls = [each for message in (*world.failures(asked), *near) for each in message.controls]
    retry = any((each.custom_id or "").startswith("saem:retry:") for each in controls)
    if not reports and not open_still and not over_without and not retry:
        yield "one end of a quiz", f"{asked.mark} is over and the model heard nothing"
    if open_still:
        yield "a quiz can be finished", f"{asked.mark} is open still"
    if reports and reports[0]["status"] == "completed" and len(world.ended(asked.mark)) != 1 and not asked.retried:
        thread = [each for post in posts for each in world.by_channel[post.channel_id] if each.by_bot]
        if world.ended(asked.mark) or not any("saem:retry:" in str(each.controls) for each in thread):
            yield "one feedback to a quiz, or a way on", f"{asked.mark} has {len(world.ended(asked.mark))}"


def _presses(asked: Asked, report: Mapping[str, Any]) -> Broken:
    responses = report.get("responses")
    for question, response in enumerate(responses if isinstance(responses, list) else []):
        pressed = asked.answers.get(question)
        if question not in asked.unsure and response != pressed:
            yield (
                "every press counts once",
                f"{asked.mark}, question {question + 1}: pressed {pressed!r}, handed over {response!r}",
            )


def _group_presses(asked: Asked, report: Mapping[str, Any]) -> Broken:
    responses = report.get("responses")
    if not isinstance(responses, dict):
        return
    for name, counted in asked.group.items():
        for question, label in counted.items():
            given = responses.get(name, [None] * (question + 1))[question]
            if given != label:
                yield (
                    "every press counts once",
                    f"{asked.mark}, question {question + 1}: {name} was told {label!r}, handed over {given!r}",
                )
    for name, given in responses.items():
        for question, label in enumerate(given):
            if label is not None and question not in asked.group[name] and question not in asked.unsure:
                yield (
                    "every press counts once",
                    f"{asked.mark}, question {question + 1}: {name} never pressed {label!r}",
                )


def ladder(world: Said, asked: Asked, model: Model) -> Broken:
    """An exercise comes, has one message, and is handed over once, with the hints that were asked for."""
    if not world.there(asked):
        return
    posts = world.posts(asked)
    if not posts:
        # Where Discord refuses the exercise, the model is told, and answers itself.
        refused = any(each.get("status") == "not_shown" for each in model.outputs.get(asked.mark, []))
        if not (refused and world.ended(asked.mark)) and not any(map(way_on, world.failures(asked))):
            yield "an exercise, or a way on", f"{asked.mark} has neither"
        return
    if len(posts) > 1 and not asked.retried:
        yield "one message of an exercise", f"{asked.mark} has {len(posts)}"
    reports = [each for each in model.outputs.get(asked.mark, []) if each.get("status") not in NO_END]
    yield from _end(world, asked, posts, reports)
    for report in reports:
        shown = report.get("hints_shown", asked.hints + 1)  # not there where another call of it was refused
        if not asked.unsure and shown != asked.hints + 1 and not asked.retried:
            yield "every press counts once", f"{asked.mark}: {asked.hints} presses, {shown} hints"
