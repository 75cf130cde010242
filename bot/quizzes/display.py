"""Keeps the messages of quizzes up to date: which message shows a quiz, and when a question gets one of its own."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

import discord

from bot.quizzes.game import Game
from bot.quizzes.quiz_messages import Board
from bot.quizzes.quiz_store import QuizStore
from bot.quizzes.screens import screen, shown_question, together


@dataclass(frozen=True, slots=True)
class Click:
    """An interaction's own way of editing the message that it came from."""

    message_id: int
    edit: Callable[[discord.ui.LayoutView], Awaitable[object]]
    question: int


class Display:
    """Shows quizzes on `board`, and stores where."""

    def __init__(self, board: Board, records: QuizStore) -> None:
        self._board = board
        self._records = records

    async def show(self, game: Game, click: Click | None = None) -> None:
        """Show the newest state: who waits here meanwhile has less to do."""
        async with game.display:
            if click is not None:
                await self._show_on(game, click)
            record = game.record
            if record.message_id is None:
                await self._post(game)
            elif record.message_question != shown_question(record):
                await self._turn_over(game, click)
            elif click is None:
                message_id = await self._board.edit(record.channel_id, record.message_id, screen(record))
                if message_id != record.message_id:
                    await self._shown(game, message_id)

    async def _show_on(self, game: Game, click: Click) -> None:
        """Edit the message that was clicked. Solo it becomes the quiz's message, if an older copy it was."""
        record = game.record
        if record.session.mode == "solo":
            await click.edit(screen(record))
            if click.message_id != record.message_id:
                await self._shown(game, click.message_id)
        elif click.message_id == record.message_id and record.message_question == shown_question(record):
            await click.edit(screen(record))
        else:
            await click.edit(together(record, min(click.question, record.session.count - 1)))

    async def _turn_over(self, game: Game, click: Click | None) -> None:
        """The next question has a message of its own; the last one keeps its result."""
        record = game.record
        assert record.message_id is not None
        if record.message_question is not None and (click is None or click.message_id != record.message_id):
            closed = together(record, min(record.message_question, record.session.count - 1))
            await self._board.edit(record.channel_id, record.message_id, closed)
        await self._post(game)

    async def _post(self, game: Game) -> None:
        record = game.record
        await self._shown(game, await self._board.post(record.channel_id, screen(record)), shown_question(record))

    async def _shown(self, game: Game, message_id: int, question: int | None = None) -> None:
        place = game.record.message_question if question is None else question
        game.record = replace(game.record, message_id=message_id, message_question=place)
        await self._records.shown(game.record)
