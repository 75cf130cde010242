"""What students do in the chaos: they ask, follow up, edit, delete, play, drop files, change settings, try again."""

import asyncio
import contextlib

from benchmarks.chaos.desk import Desk, names, replied_to, usable
from benchmarks.chaos.playing import Player
from benchmarks.chaos.records import Asked
from playground.pilot import NotSeen
from playground.pilot.client import ErrorResponse


class StudentAtWork:
    """A student's deeds."""

    def __init__(self, desk: Desk, *, teaches: bool = False) -> None:
        self.desk = desk
        self.player = Player(desk)
        self._chance = desk.chance
        self._teaches = teaches
        self.calculator = ""
        """Of a teacher: how the server's calculator was set last; empty when that is not known."""

    async def work(self, seconds: float, pause: float) -> None:
        """Do things for a time, one every `pause` seconds on average when they are quick."""
        end = asyncio.get_running_loop().time() + seconds
        deeds = [self._ask] * 6 + [self._ask_more] * 4 + [self._write] * 3 + [self.player.take_quiz] * 3
        deeds += [
            self.player.take_group_quiz,
            self.player.take_exercise,
            self.player.take_cards,
            self.player.review,
            self.player.practise,
        ]
        deeds += [self._drop_file, self._look_up, self._delete_file, self._retry, self._regenerate]
        deeds += [self._ask_and_stop, self._ask_and_edit, self._ask_and_delete]
        deeds += [self._set_calculator] * 2 if self._teaches else []
        while True:
            await asyncio.sleep(self._chance.expovariate(1 / pause))
            if asyncio.get_running_loop().time() > end:
                return
            await self._chance.choice(deeds)()

    # Questions

    async def _ask(self) -> Asked:
        asked = self.desk.new("question")
        await self.desk.say(asked, self.desk.channel("math"), f"{self.desk.mention} ask {asked.mark}")
        return asked

    async def _ask_more(self) -> Asked:
        """Write on in a thread of one's own."""
        known = self.desk.student._guilds
        threads = [
            each
            for each in self.desk.asked
            if each.kind == "question" and each.message_id in known and each.wanted and not each.excused
        ]
        if not threads:
            return await self._ask()
        asked = self.desk.new("question")
        await self.desk.say(asked, self._chance.choice(threads[-5:]).message_id, f"ask {asked.mark}")
        return asked

    async def greet(self) -> None:
        """Say hello in direct messages until an answer comes.

        Discord tells no bot who wrote to it for the first time while it was away.
        """
        self.desk.direct = await self.desk.student.dm(self.desk.bot_id)
        for _ in range(12):
            await self.desk.student.says(self.desk.direct, "hello")
            with contextlib.suppress(NotSeen):
                await self.desk.student.sees(self.desk.direct, contains="word", timeout=10)
                return
        raise TimeoutError("the bot answers nobody")

    async def _write(self) -> Asked:
        """Ask in direct messages."""
        assert self.desk.direct is not None
        asked = self.desk.new("question")
        await self.desk.say(asked, self.desk.direct, f"ask {asked.mark}")
        return asked

    # Buttons under answers

    async def _retry(self) -> None:
        """Press a Retry that stands there."""
        await self._again("saem:retry:")

    async def _regenerate(self) -> None:
        """Ask for another answer."""
        await self._again("saem:again:")

    async def _again(self, prefix: str) -> None:
        message = self.desk.newest(lambda each: any(custom_id.startswith(prefix) for custom_id, _ in usable(each)))
        if message is None:
            return
        for asked in self.desk.asked:
            if asked.message_id in {message.channel_id, replied_to(message)} or names(message, asked.mark):
                asked.note(f"presses {prefix}")
                asked.retried = True
        button = next(each for each in usable(message) if each[0].startswith(prefix))
        await self.desk.press(None, message, *button)

    async def _ask_and_stop(self) -> None:
        """Ask, and press Stop as soon as it is there."""
        asked = await self._chance.choice([self._ask, self._write])()
        if not asked.taken:
            return

        def stop() -> tuple[str, str] | None:
            message = self.desk.newest(lambda each: names(each, asked.mark))
            buttons = [] if message is None else usable(message)
            return next((each for each in buttons if each[0].startswith("saem:stop:")), None)

        with contextlib.suppress(NotSeen):
            button = await self.desk.student.wait_for(stop, timeout=8)
            message = self.desk.newest(lambda each: names(each, asked.mark))
            if message is not None:
                await self.desk.press(asked, message, *button)

    async def _ask_and_edit(self) -> None:
        """Ask, and edit the question a moment later."""
        asked = await self._chance.choice([self._ask, self._ask_more, self._write])()
        await asyncio.sleep(self._chance.uniform(0.0, 3.0))
        if not asked.taken:
            return
        asked.retried = True
        message = next((each for each in self.desk.student.messages() if each.id == asked.message_id), None)
        if message is not None:
            with contextlib.suppress(ErrorResponse):
                await self.desk.student.edits(message, f"{message.content}, please")
                asked.note("edited the question")

    async def _ask_and_delete(self) -> None:
        """Ask, and delete the question a moment later."""
        asked = await self._chance.choice([self._ask, self._ask_more, self._write])()
        await asyncio.sleep(self._chance.uniform(0.0, 3.0))
        message = next((each for each in self.desk.student.messages() if each.id == asked.message_id), None)
        if message is not None:
            asked.excused = "its student has deleted it"
            with contextlib.suppress(ErrorResponse):
                await self.desk.student.deletes(message)
                asked.note("deleted the question")

    # Files

    async def _drop_file(self) -> None:
        asked = self.desk.new("file")
        data = f"# Treasure {asked.mark}\n\nThere is gold of {asked.mark} behind the treasure {asked.mark}.\n".encode()
        channel_id = self.desk.channel("library")
        try:
            message = await self.desk.student.drops(channel_id, (f"{asked.mark}.md", data))
        except ErrorResponse as error:
            asked.taken = False
            asked.note(f"Discord refused the file: {error}")
            return
        asked.channel_id, asked.message_id = channel_id, message.id
        asked.note(f"dropped a file, message {message.id}")

    def _files(self) -> list[Asked]:
        return [each for each in self.desk.asked if each.kind == "file" and each.wanted and each.message_id]

    async def _delete_file(self) -> None:
        files = self._files()
        if len(files) > 1:
            asked = self._chance.choice(files)
            asked.wanted = False
            with contextlib.suppress(ErrorResponse):
                path = f"/channels/{asked.channel_id}/messages/{asked.message_id}"
                await self.desk.student.client.request("DELETE", path)
                asked.note("deleted the file's message")

    async def _look_up(self) -> None:
        if files := self._files():
            await self.look_up(self._chance.choice(files))

    async def look_up(self, file: Asked) -> Asked:
        """Ask for a file's words."""
        asked = self.desk.new("lookup")
        file.note(f"is looked for, as {asked.mark}")
        await self.desk.say(asked, self.desk.channel("math"), f"{self.desk.mention} find {file.mark}")
        return asked

    # Settings

    async def _set_calculator(self) -> None:
        """Turn the server's calculator on or off."""
        state = self._chance.choice(["on", "off"])
        self.calculator = ""
        with contextlib.suppress(NotSeen, ErrorResponse):
            outcome = await self.desk.student.runs("/settings calculator", where="math", state=state)
            told = outcome.messages[0].text if outcome.ok and outcome.messages else ""
            self.calculator = state if f"is {state}" in told else ""  # else it was told that it could not be written

    async def calculator_is(self) -> str:
        """What the bot says of the server's calculator."""
        outcome = await self.desk.student.runs("/settings calculator", where="math")
        return (await outcome.says()).text
