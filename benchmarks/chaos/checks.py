"""What must be true when all has become quiet: every promise, of everything that anybody asked for."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence

from benchmarks.chaos.desk import names, replied_to, shows_cards, shows_ladder, shows_quiz
from benchmarks.chaos.model import Model
from benchmarks.chaos.playing_checks import cards, ladder, quiz, way_on
from benchmarks.chaos.records import Asked, Violation
from playground.pilot import SeenMessage
from playground.server import Playground
from playground.world.channels import TEXT

DELETED = "The question was deleted, so I stopped."
"""What stands below a half answer to several questions of which one was deleted; the others are asked again."""
Story = Callable[[Asked], tuple[str, ...]]
_SERVER = re.compile(r"\bs(\d+)-\d+\b")


class World:
    """All that the bot has said, by what it is about."""

    def __init__(self, discord: Playground) -> None:
        self.discord = discord
        self.by_channel: dict[int, list[SeenMessage]] = {
            channel_id: discord.messages(channel_id) for channel_id in discord.world.channels
        }
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

    def posts(self, asked: Asked) -> list[SeenMessage]:
        """The messages of a quiz, an exercise or flash cards."""
        shows = {"ladder": shows_ladder, "cards": shows_cards}.get(asked.kind, shows_quiz)
        return [each for each in self.said() if shows(each, asked.mark)]

    def there(self, asked: Asked) -> bool:
        """Whether the message that asked is there still."""
        return any(each.id == asked.message_id for each in self.by_channel.get(asked.channel_id, []))

    def failures(self, asked: Asked) -> list[SeenMessage]:
        """What the bot said to it that is no whole answer: half ones, and sentences that say what went wrong."""
        thread = self.by_channel.get(asked.message_id, [])
        near = [each for each in self.by_channel.get(asked.channel_id, []) if each.id > asked.message_id]
        channel = self.discord.world.channels.get(asked.channel_id)
        if channel is not None and channel.type == TEXT:
            near = [each for each in near if replied_to(each) == asked.message_id]
        found = [each for each in (*thread, *near, *self.begun(asked.mark)) if each.by_bot]
        ended = {each.id for each in self.ended(asked.mark)}
        return [each for each in {each.id: each for each in found}.values() if each.id not in ended]


def violations(world: World, asked: Sequence[Asked], model: Model, story: Story) -> list[Violation]:
    """Every broken promise."""
    found: list[Violation] = []
    for each in asked:
        if each.taken:
            broken = [*_of(world, each, model)]
            told = story(each) if broken else ()
            found += [Violation(promise, about, told) for promise, about in broken]
    for about, early, late in _order(world, asked, model):
        told = (*story(late), f"-- {early.mark}", *story(early))
        found.append(Violation("questions are answered in order", about, told))
    found += [Violation("no server sees another's", line) for line in model.strangers]
    return found + [Violation("no server sees another's", line) for line in _crossings(world)]


def _of(world: World, asked: Asked, model: Model) -> Iterator[tuple[str, str]]:
    match asked.kind:
        case "question":
            yield from _answered(world, asked)
        case "quiz" | "group" if not asked.excused:
            yield from quiz(world, asked, model)
        case "ladder" if not asked.excused:
            yield from ladder(world, asked, model)
        case "cards" if not asked.excused:
            yield from cards(world, asked)
        case "file":
            yield from _file(world, asked, model)


def _answered(world: World, asked: Asked) -> Iterator[tuple[str, str]]:
    begun, ended = world.begun(asked.mark), world.ended(asked.mark)
    most = 2 if asked.retried else 1
    if len([each for each in ended if not _failed(each)]) > most:
        yield "one answer to a question", f"{asked.mark} has {len(ended)}"
    if asked.excused or not world.there(asked):
        return
    if ended:
        if len(begun) > len(ended) + (1 if asked.retried else 0):
            whole = {one.id for one in ended}
            half = [each for each in begun if each.id not in whole and DELETED not in each.text]
            if not all(way_on(each) for each in half):
                yield "one answer to a question", f"{asked.mark} has a half one beside"
        return
    failures = world.failures(asked)
    if not failures:
        yield "an answer, or a sentence", f"{asked.mark} has neither"
    elif not any(way_on(each) for each in failures):
        yield "a way on after a failure", f"{asked.mark} has none"


def _failed(message: SeenMessage) -> bool:
    """Whether it has a Retry: also words that all came count as none then, and may come again with the next answer."""
    return any((each.custom_id or "").startswith("saem:retry:") for each in message.controls)


def _order(world: World, asked: Sequence[Asked], model: Model) -> Iterator[tuple[str, Asked, Asked]]:
    """Questions of one place that were answered, each once and without another try, and that the model was asked in
    another order than they were written. (After a failure the model may be asked again, late.)
    """
    # What could not be stored got a sentence with Retry, and is asked all the same when the bot looks for the missed.
    refused = {each.custom_id for message in world.said() for each in message.controls}
    places: defaultdict[int, list[Asked]] = defaultdict(list)
    for each in asked:
        channel = world.discord.world.channels.get(each.channel_id)
        tried_again = each.retried or each.excused or f"saem:ask:{each.message_id}" in refused
        if each.kind == "question" and each.taken and not tried_again and channel and channel.type != TEXT:
            places[each.channel_id].append(each)
    for questions in places.values():
        last: tuple[float, Asked] | None = None
        for each in sorted(questions, key=lambda one: one.message_id):
            if model.asked[each.mark] and len(world.begun(each.mark)) == len(world.ended(each.mark)) == 1:
                when = model.asked[each.mark][0][0]
                if last is not None and when < last[0]:
                    yield f"{each.mark} was answered before {last[1].mark}, which was asked earlier", each, last[1]
                if last is None or when > last[0]:
                    last = when, each


def _file(world: World, asked: Asked, model: Model) -> Iterator[tuple[str, str]]:
    messages = {each.id: each for each in world.by_channel.get(asked.channel_id, [])}
    message = messages.get(asked.message_id)
    if not asked.wanted:
        if message is None and model.found.get(asked.mark):
            yield "a deleted file is gone", f"{asked.mark} is found still"
        return
    marks = [] if message is None else [each["emoji"]["name"] for each in message.raw.get("reactions", [])]
    reported = any(names(each, asked.mark) for each in messages.values() if each.by_bot)
    if "⏳" in marks:
        yield "a file is whole, or reported", f"{asked.mark} waits still: {marks}"
    if not reported and "✅" not in marks and not asked.excused:
        yield "a file is whole, or reported", f"{asked.mark} has {marks}"
    if "✅" in marks and model.found.get(asked.mark) is False:
        yield "a whole file is found", f"{asked.mark} is not"


def _crossings(world: World) -> Iterator[str]:
    """Words of one server in another."""
    homes: defaultdict[int, set[str]] = defaultdict(set)
    for channel_id, messages in world.by_channel.items():
        channel = world.discord.world.channels[channel_id]
        for message in messages:
            if channel.guild_id:
                homes[channel.guild_id] |= set(_SERVER.findall(message.text))
    for guild_id, servers in homes.items():
        if len(servers) > 1:
            yield f"guild {guild_id} holds words of servers {sorted(servers)}"
