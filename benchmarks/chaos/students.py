"""What the students of the chaos do: they ask, follow up, play quizzes, drop files and delete them, and try again."""

import asyncio
import contextlib
import itertools
import random
import re

from benchmarks.chaos.records import Asked, Kind
from playground.pilot import NotSeen, SeenMessage, Student
from playground.pilot.client import ErrorResponse

PATIENCE = 45.0
"""Seconds that a student waits for something before doing another thing."""
_CHOICE = re.compile(r"quiz:\w+:answer:(\d+):(\d+)")


class Numbers:
    """Marks that nobody else has, of one server."""

    def __init__(self, server: int) -> None:
        self.server = server
        self._count = itertools.count(1)

    def next(self) -> str:
        """A new mark."""
        return f"s{self.server}-{next(self._count)}"


class StudentAtWork:
    """One student, and all that this one asked for."""

    def __init__(self, student: Student, bot_id: int, numbers: Numbers, seed: int) -> None:
        self.student = student
        self.asked: list[Asked] = []
        self._numbers = numbers
        self._bot_id = bot_id
        self._mention = f"<@{bot_id}>"
        self._chance = random.Random(seed)
        self._dm: int | None = None

    async def work(self, seconds: float, pause: float) -> None:
        """Do things for a time, one every `pause` seconds on average when they are quick."""
        end = asyncio.get_running_loop().time() + seconds
        deeds = [self._ask] * 4 + [self._ask_more] * 3 + [self._write] * 2 + [self._take_quiz] * 2
        deeds += [self._drop_file, self._look_up, self._delete_file, self._retry]
        while True:
            await asyncio.sleep(self._chance.expovariate(1 / pause))
            if asyncio.get_running_loop().time() > end:
                return
            await self._chance.choice(deeds)()

    def _new(self, kind: Kind) -> Asked:
        asked = Asked(kind, self._numbers.next(), self._numbers.server, 0)
        self.asked.append(asked)
        return asked

    # Questions

    async def _ask(self) -> None:
        asked = self._new("question")
        await self._say(asked, self.student._id("math"), f"{self._mention} ask {asked.mark}")

    async def _ask_more(self) -> None:
        """Write on in a thread of one's own."""
        threads = [each for each in self.asked if each.kind == "question" and each.message_id and not self._is_dm(each)]
        known = self.student._guilds
        threads = [each for each in threads if each.message_id in known]
        if not threads:
            return await self._ask()
        thread = self._chance.choice(threads[-5:])
        asked = self._new("question")
        return await self._say(asked, thread.message_id, f"ask {asked.mark}")

    async def greet(self) -> None:
        """Say hello in direct messages until an answer comes.

        Discord tells no bot who wrote to it for the first time while it was away.
        """
        self._dm = await self.student.dm(self._bot_id)
        for _ in range(12):
            await self.student.says(self._dm, "hello")
            with contextlib.suppress(NotSeen):
                await self.student.sees(self._dm, contains="word", timeout=10)
                return
        raise TimeoutError("the bot answers nobody")

    async def _write(self) -> None:
        """Ask in direct messages."""
        assert self._dm is not None
        asked = self._new("question")
        await self._say(asked, self._dm, f"ask {asked.mark}")

    def _is_dm(self, asked: Asked) -> bool:
        return asked.channel_id == self._dm

    async def _say(self, asked: Asked, channel_id: int, text: str) -> None:
        try:
            message = await self.student.says(channel_id, text)
        except ErrorResponse as error:
            asked.taken = False
            asked.note(f"Discord refused the message: {error}")
            return
        asked.channel_id, asked.message_id = channel_id, message.id
        asked.note(f"said: {text!r} in {channel_id}, message {message.id}")

    async def _retry(self) -> None:
        """Press a Retry that stands there."""
        for message in reversed(self.student.messages()):
            retry = next((each for each in message.controls if (each.custom_id or "").startswith("saem:retry:")), None)
            if retry is not None and message.by_bot and not retry.disabled:
                for asked in self.asked:
                    if asked.message_id in {message.channel_id, replied_to(message)} or names(message, asked.mark):
                        asked.note("pressed Retry")
                        asked.retried = True
                with contextlib.suppress(NotSeen, ErrorResponse):
                    await self.student.clicks(message, str(retry.custom_id))
                return

    # Files

    async def _drop_file(self) -> None:
        asked = self._new("file")
        data = f"# Treasure {asked.mark}\n\nThere is gold of {asked.mark} behind the treasure {asked.mark}.\n".encode()
        channel_id = self.student._id("library")
        try:
            message = await self.student.drops(channel_id, (f"{asked.mark}.md", data))
        except ErrorResponse as error:
            asked.taken = False
            asked.note(f"Discord refused the file: {error}")
            return
        asked.channel_id, asked.message_id = channel_id, message.id
        asked.note(f"dropped a file, message {message.id}")

    async def _delete_file(self) -> None:
        files = [each for each in self.asked if each.kind == "file" and each.wanted and each.message_id]
        if len(files) > 2:
            asked = self._chance.choice(files)
            asked.wanted = False
            await self.student.client.request("DELETE", f"/channels/{asked.channel_id}/messages/{asked.message_id}")
            asked.note("deleted the file's message")

    async def _look_up(self) -> None:
        files = [each for each in self.asked if each.kind == "file" and each.wanted and each.message_id]
        if files:
            await self.look_up(self._chance.choice(files))

    async def look_up(self, file: Asked) -> Asked:
        """Ask for a file's words."""
        asked = self._new("lookup")
        asked.note(f"looks for {file.mark}")
        await self._say(asked, self.student._id("math"), f"{self._mention} find {file.mark}")
        return asked

    # Quizzes

    async def _take_quiz(self) -> None:
        asked = self._new("quiz")
        try:
            outcome = await self.student.runs("/quiz", where="math", topic=asked.mark, questions=2)
        except (NotSeen, ErrorResponse) as error:
            asked.taken = False
            asked.note(f"/quiz failed in the student's sight: {str(error).splitlines()[0]}")
            return
        asked.taken = outcome.ok
        asked.note(f"/quiz: {outcome.end}")
        if outcome.ok:
            await self.play(asked)

    async def play(self, asked: Asked, patience: float = PATIENCE) -> None:
        """Go on with a quiz until it is over, or nothing more happens."""
        end = asyncio.get_running_loop().time() + patience
        while asyncio.get_running_loop().time() < end:
            message = self._quiz_message(asked.mark)
            if message is None:
                await asyncio.sleep(0.5)
                continue
            controls = [each for each in message.controls if not each.disabled and each.custom_id]
            if not any(
                str(each.custom_id).startswith("quiz:") and ":cancel:" in str(each.custom_id) for each in controls
            ):
                return
            await self._press(asked, message, [(str(each.custom_id), each.label) for each in controls])
            await asyncio.sleep(self._chance.uniform(0.3, 1.5))

    def _quiz_message(self, mark: str) -> SeenMessage | None:
        for message in reversed(self.student.messages()):
            if message.by_bot and shows_quiz(message, mark):
                return message
        return None

    async def _press(self, asked: Asked, message: SeenMessage, controls: list[tuple[str, str]]) -> None:
        answers = [each for each in controls if _CHOICE.fullmatch(each[0])]
        sends = [each for each in controls if ":send:" in each[0]]
        moves = [each for each in controls if each[1] == "Next"]
        if not (answers or sends or moves):
            return
        if answers and not moves:
            custom_id, label = self._chance.choice(answers)
        else:
            custom_id, label = (sends or moves)[-1]
        try:
            ok = (await self.student.clicks(message, custom_id)).ok
        except (NotSeen, ErrorResponse) as error:
            asked.note(f"a press of {label!r} was lost: {str(error).splitlines()[0]}")
            ok = False
        asked.note(f"pressed {label!r} ({custom_id}): {'ok' if ok else 'no success'}")
        if found := _CHOICE.fullmatch(custom_id):
            question = int(found[1])
            if ok:
                asked.answers.setdefault(question, label)
            else:
                asked.unsure.add(question)


def names(message: SeenMessage, mark: str) -> bool:
    """Whether the mark stands in a message."""
    return re.search(rf"\b{mark}\b", message.text) is not None


def shows_quiz(message: SeenMessage, mark: str) -> bool:
    """Whether a message is that of the quiz with the mark."""
    return re.search(rf"### {mark}\b", message.text) is not None


def replied_to(message: SeenMessage) -> int:
    """The id of the message that a message replies to, or 0."""
    return int((message.raw.get("message_reference") or {}).get("message_id") or 0)
