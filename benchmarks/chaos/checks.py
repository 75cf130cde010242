"""What must be true when all has become quiet: every promise, of everything that anybody asked for."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from benchmarks.chaos.model import Model
from benchmarks.chaos.records import Asked, Violation
from benchmarks.chaos.students import names, replied_to, shows_quiz
from playground.pilot import SeenMessage
from playground.server import Playground
from playground.world.channels import TEXT

WAYS_ON = ("saem:retry:", "saem:again:", "quiz-retry", "saem:")
_ANY_MARK = re.compile(r"\bs(\d+)-\d+\b")


class World:
    """All that the bot has said, by what it is about."""

    def __init__(self, discord: Playground) -> None:
        self.discord = discord
        self.by_channel: dict[int, list[SeenMessage]] = {
            channel_id: discord.messages(channel_id) for channel_id in discord.world.channels
        }
        self.servers: dict[int, int] = {}
        self._begun: defaultdict[str, list[SeenMessage]] = defaultdict(list)
        self._ended: defaultdict[str, list[SeenMessage]] = defaultdict(list)
        for message in self.said():
            for mark in re.findall(r"\ba:(s\d+-\d+)", message.text):
                self._begun[mark].append(message)
            for mark in re.findall(r"\bz:(s\d+-\d+)", message.text):
                self._ended[mark].append(message)

    def said(self) -> Iterator[SeenMessage]:
        """The bot's messages."""
        for messages in self.by_channel.values():
            yield from (each for each in messages if each.by_bot)

    def begun(self, mark: str) -> Sequence[SeenMessage]:
        """The messages in which an answer to it begins."""
        return self._begun[mark]

    def ended(self, mark: str) -> Sequence[SeenMessage]:
        """The messages in which an answer to it ends."""
        return self._ended[mark]

    def failures(self, asked: Asked) -> list[SeenMessage]:
        """What the bot said to it that is no whole answer: half ones, and sentences that say what went wrong."""
        thread = self.by_channel.get(asked.message_id, [])
        near = [each for each in self.by_channel.get(asked.channel_id, []) if each.id > asked.message_id]
        if self.discord.world.channels[asked.channel_id].type == TEXT:
            near = [each for each in near if replied_to(each) == asked.message_id]
        found = [each for each in (*thread, *near, *self.begun(asked.mark)) if each.by_bot]
        ended = {each.id for each in self.ended(asked.mark)}
        return [each for each in {each.id: each for each in found}.values() if each.id not in ended]

    def story(self, asked: Asked) -> tuple[str, ...]:
        """The history of it, and what stands in Discord now."""
        places = {asked.message_id, asked.channel_id if asked.message_id else 0}
        if asked.kind == "quiz":
            announced = [each for each in self.said() if names(each, asked.mark)]
            places = {each.channel_id for each in announced} | {each.id for each in announced}
        lines = list(asked.history)
        for place in places:
            messages = self.by_channel.get(place, [])
            if place == asked.channel_id:
                messages = [each for each in messages if abs(each.id - asked.message_id) >> 22 < 90_000]
            lines += [f"there now ({place}): {each.describe()}" for each in messages[-8:]]
        return tuple(lines)


def violations(world: World, asked: Sequence[Asked], model: Model) -> list[Violation]:
    """Every broken promise."""
    found: list[Violation] = []
    for each in asked:
        if not each.taken:
            continue
        match each.kind:
            case "question":
                found += _answered(world, each)
            case "quiz":
                found += _quiz(world, each, model)
            case "file":
                found += _file(world, each, model)
            case "lookup":
                pass
    found += [Violation("no server sees another's", line) for line in model.strangers]
    return found + list(_crossings(world))


def _answered(world: World, asked: Asked) -> Iterator[Violation]:
    begun, ended = world.begun(asked.mark), world.ended(asked.mark)
    most = 2 if asked.retried else 1
    if len(ended) > most:
        yield Violation("one answer to a question", f"{asked.mark} has {len(ended)}", world.story(asked))
    if ended:
        if len(begun) > len(ended) + (1 if asked.retried else 0):
            half = [each for each in begun if each.id not in {one.id for one in ended}]
            if not all(_way_on(each) for each in half):
                yield Violation("one answer to a question", f"{asked.mark} has a half one beside", world.story(asked))
        return
    failures = world.failures(asked)
    if not failures:
        yield Violation("an answer, or a sentence", f"{asked.mark} has neither", world.story(asked))
    elif not any(_way_on(each) for each in failures):
        yield Violation("a way on after a failure", f"{asked.mark} has none", world.story(asked))


def _way_on(message: SeenMessage) -> bool:
    return any((each.custom_id or "").startswith(WAYS_ON) and not each.disabled for each in message.controls)


def _quiz(world: World, asked: Asked, model: Model) -> Iterator[Violation]:
    told = model.outputs.get(asked.mark, [])
    posts = [each for each in world.said() if shows_quiz(each, asked.mark)]
    if not posts:
        sentences = [each for each in world.said() if names(each, asked.mark) and "is on its way" not in each.text]
        if not sentences:
            yield Violation("a quiz, or a sentence", f"{asked.mark} has neither", world.story(asked))
        return
    if len(posts) > 1:
        yield Violation("one message of a quiz", f"{asked.mark} has {len(posts)}", world.story(asked))
    open_still = any(":cancel:" in (each.custom_id or "") for post in posts for each in post.controls)
    if len(told) > 1:
        yield Violation("one end of a quiz", f"{asked.mark} was handed over {len(told)} times", world.story(asked))
    if not told and not open_still:
        yield Violation("one end of a quiz", f"{asked.mark} is over and the model heard nothing", world.story(asked))
    if open_still:
        yield Violation("a quiz can be finished", f"{asked.mark} is open still", world.story(asked))
    for report in told:
        yield from _presses(world, asked, report)
    if told and len(world.ended(asked.mark)) != 1:
        thread = [each for post in posts for each in world.by_channel[post.channel_id] if each.by_bot]
        if world.ended(asked.mark) or not any("saem:retry:" in str(each.controls) for each in thread):
            count = len(world.ended(asked.mark))
            yield Violation("one feedback to a quiz, or a way on", f"{asked.mark} has {count}", world.story(asked))


def _presses(world: World, asked: Asked, report: Mapping[str, object]) -> Iterator[Violation]:
    responses = report.get("responses")
    if not isinstance(responses, list):
        return
    for question, response in enumerate(responses):
        pressed = asked.answers.get(question)
        if question not in asked.unsure and response != pressed:
            yield Violation(
                "every press counts once",
                f"{asked.mark}, question {question + 1}: pressed {pressed!r}, handed over {response!r}",
                world.story(asked),
            )


def _file(world: World, asked: Asked, model: Model) -> Iterator[Violation]:
    messages = {each.id: each for each in world.by_channel.get(asked.channel_id, [])}
    message = messages.get(asked.message_id)
    if not asked.wanted:
        if model.found.get(asked.mark):
            yield Violation("a deleted file is gone", f"{asked.mark} is found still", world.story(asked))
        return
    marks = [] if message is None else [each["emoji"]["name"] for each in message.raw.get("reactions", [])]
    reported = any(names(each, asked.mark) for each in messages.values() if each.by_bot)
    if "⏳" in marks:
        yield Violation("a file is whole, or reported", f"{asked.mark} waits still: {marks}", world.story(asked))
    if not reported and "✅" not in marks:
        yield Violation("a file is whole, or reported", f"{asked.mark} has {marks}", world.story(asked))
    if "✅" in marks and model.found.get(asked.mark) is False:
        yield Violation("a whole file is found", f"{asked.mark} is not", world.story(asked))


def _crossings(world: World) -> Iterator[Violation]:
    """Words of one server in another."""
    homes: defaultdict[int, set[str]] = defaultdict(set)
    for channel_id, messages in world.by_channel.items():
        channel = world.discord.world.channels[channel_id]
        for message in messages:
            if channel.guild_id:
                homes[channel.guild_id] |= set(_ANY_MARK.findall(message.text))
    for guild_id, servers in homes.items():
        if len(servers) > 1:
            yield Violation("no server sees another's", f"guild {guild_id} holds words of servers {sorted(servers)}")
