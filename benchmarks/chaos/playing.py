"""Quizzes, alone and together, exercises with hints, and reviews, as students play them."""

import asyncio
import re

from benchmarks.chaos.desk import REFUSED, Desk, shows_cards, shows_ladder, shows_quiz, usable
from benchmarks.chaos.records import Asked
from playground.pilot import NotSeen, SeenMessage
from playground.pilot.client import ErrorResponse

PATIENCE = 45.0
"""Seconds that a student goes on with something before doing another thing."""
_CHOICE = re.compile(r"quiz:\w+:answer:(\d+):(\d+)")
_COUNTED = re.compile(r"(?:Your answer is|You have answered) \*\*(.*?)\*\*")


class Player:
    """What a student plays."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._chance = desk.chance

    # Quizzes

    async def take_quiz(self) -> None:
        """Ask for a quiz, and play it."""
        asked = self._desk.new("quiz")
        if await self._command(asked, topic=asked.mark, questions=2):
            await self.play(asked)

    async def take_group_quiz(self) -> None:
        """Ask for a quiz that the class plays together, and play it."""
        asked = self._desk.new("group")
        if self._desk.classmates and await self._command(asked, topic=asked.mark, questions=2, mode="together"):
            await self.play(asked)
        elif not self._desk.classmates:
            self._desk.asked.remove(asked)

    async def _command(self, asked: Asked, **options: str | int) -> bool:
        try:
            outcome = await self._desk.student.runs("/quiz", where="math", **options)
        except (NotSeen, ErrorResponse) as error:
            asked.taken = False
            asked.note(f"/quiz failed in the student's sight: {str(error).splitlines()[0]}")
            return False
        told = " ".join(each.text for each in outcome.messages)
        asked.taken = outcome.ok and REFUSED.search(told) is None
        asked.note(f"/quiz: {outcome.end} {told!r}")
        return asked.taken

    async def play(self, asked: Asked, patience: float = PATIENCE) -> None:
        """Go on with a quiz or an exercise until it is over, or nothing more happens."""
        end = asyncio.get_running_loop().time() + patience
        shows = shows_ladder if asked.kind == "ladder" else shows_quiz
        while asyncio.get_running_loop().time() < end:
            message = self._desk.newest(lambda each: shows(each, asked.mark))
            if message is None:
                await asyncio.sleep(0.5)
                continue
            controls = usable(message)
            if not any(re.match(r"quiz:\w+:(cancel|end):|hint:\w+:end", custom_id) for custom_id, _ in controls):
                return
            match asked.kind:
                case "group":
                    await self._press_together(asked, message, controls)
                case "ladder":
                    await self._climb(asked, message, controls)
                case _:
                    await self._press_alone(asked, message, controls)
            await asyncio.sleep(self._chance.uniform(0.3, 1.2))

    async def _press_alone(self, asked: Asked, message: SeenMessage, controls: list[tuple[str, str]]) -> None:
        answers = [each for each in controls if _CHOICE.fullmatch(each[0])]
        sends = [each for each in controls if ":send:" in each[0]]
        moves = [each for each in controls if each[1] == "Next"]
        if not (answers or sends or moves):
            return
        custom_id, label = self._chance.choice(answers) if answers and not moves else (sends or moves)[-1]
        pressed = await self._desk.press(asked, message, custom_id, label)
        if found := _CHOICE.fullmatch(custom_id):
            question = int(found[1])
            if pressed.ok:
                asked.answers.setdefault(question, label)
            elif pressed.unsure:
                asked.unsure.add(question)

    async def _press_together(self, asked: Asked, message: SeenMessage, controls: list[tuple[str, str]]) -> None:
        """In the lobby some join; each question is answered by most; then the student who leads goes on."""
        players = [self._desk, *self._desk.classmates[:3]]
        if joins := [each for each in controls if ":join:" in each[0]]:
            await asyncio.gather(*(each.press(asked, message, *joins[0]) for each in players[1:]))
            begins = [each for each in controls if ":begin:" in each[0]]
            if begins:
                await self._desk.press(asked, message, *begins[0])
            return
        answers = [each for each in controls if _CHOICE.fullmatch(each[0])]
        if answers:
            late = len(asked.group) > 1 and "2 of 2" in message.text
            leaving = players[-1:] if late and len(players) > 2 else []  # has left after the first question
            await asyncio.gather(
                *(self._answer_in_group(each, asked, message, answers) for each in players if each not in leaving)
            )
        if skips := [each for each in controls if ":skip:" in each[0]]:
            await self._desk.press(asked, message, *skips[0])

    async def _answer_in_group(
        self, player: Desk, asked: Asked, message: SeenMessage, answers: list[tuple[str, str]]
    ) -> None:
        custom_id, label = player.chance.choice(answers)
        pressed = await player.press(asked, message, custom_id, label)
        question = int(_CHOICE.fullmatch(custom_id)[1])  # type: ignore[index]
        if pressed.ok and (told := _COUNTED.search(pressed.reply)):
            # The first answer counts, whichever press that was: Saem says which.
            choice = next((each for _, each in answers if each in told[1]), told[1])
            asked.group[player.name].setdefault(question, choice)
        elif pressed.unsure:
            asked.unsure.add(question)

    # Exercises

    async def take_exercise(self) -> None:
        """Ask for an exercise, and do it with hints."""
        asked = self._desk.new("ladder")
        await self._desk.say(asked, self._desk.channel("math"), f"{self._desk.mention} exercise {asked.mark}")
        if asked.taken:
            await self.play(asked)

    async def _climb(self, asked: Asked, message: SeenMessage, controls: list[tuple[str, str]]) -> None:
        hints = [each for each in controls if ":next:" in each[0]]
        solutions = [each for each in controls if ":solution:" in each[0]]
        chosen = hints if hints and self._chance.random() < 0.6 else solutions or hints
        if not chosen:
            return
        pressed = await self._desk.press(asked, message, *chosen[0])
        if chosen is hints:
            if pressed.ok and not pressed.reply:  # "This exercise is over." counts nothing
                asked.hints += 1
            elif pressed.unsure:
                asked.unsure.add(0)

    # Cards

    async def take_cards(self) -> None:
        """Ask for flash cards, and keep them."""
        asked = self._desk.new("cards")
        try:
            outcome = await self._desk.student.runs("/cards", where="math", topic=asked.mark)
        except (NotSeen, ErrorResponse) as error:
            asked.taken = False
            asked.note(f"/cards failed in the student's sight: {str(error).splitlines()[0]}")
            return
        told = " ".join(each.text for each in outcome.messages)
        asked.taken = outcome.ok and "on their way" in told
        asked.note(f"/cards: {outcome.end} {told!r}")
        end = asyncio.get_running_loop().time() + PATIENCE
        while asked.taken and asyncio.get_running_loop().time() < end:
            message = self._desk.newest(lambda each: shows_cards(each, asked.mark))
            keeps = [] if message is None else [each for each in usable(message) if each[1].startswith("Keep")]
            if message is not None and keeps:
                await self._desk.press(asked, message, *keeps[0])
                return
            await asyncio.sleep(0.5)

    # Reviews

    async def review(self) -> None:
        """Do some of the cards that are due."""
        try:
            outcome = await self._desk.student.runs("/review", where="math")
            message = outcome.message
        except (NotSeen, ErrorResponse):
            return
        for _ in range(6):
            state = next((each for each in self._desk.student.messages() if each.id == message.id), None)
            buttons = [] if state is None else [each for each in usable(state) if each[0].startswith("review:")]
            buttons = [each for each in buttons if not re.search(r":(away|back|grade|stop|ahead):", each[0])]
            if state is None or not buttons:
                return
            await self._desk.press(None, state, *self._chance.choice(buttons))
            await asyncio.sleep(self._chance.uniform(0.2, 0.8))

    async def practise(self) -> None:
        """Do the wrong ones of a quiz again."""
        message = self._desk.newest(lambda each: any(":practise:" in custom_id for custom_id, _ in usable(each)))
        if message is not None:
            button = next(each for each in usable(message) if ":practise:" in each[0])
            await self._desk.press(None, message, *button)
