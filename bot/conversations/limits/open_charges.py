"""Charges that are estimates still, because the process that was at the run is gone, or the server could not be asked:
they are settled with what the server says that the run has used.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import replace

import openai
import structlog
from openai.types.beta.threads import Run

from bot.conversations.assistants_api import UNFINISHED
from bot.conversations.limits.token_budgets import TokenBudgets
from bot.prices import Spent
from bot.store.token_charges import Charge
from database.outages import is_outage

log = structlog.get_logger(__name__)

EVERY = 60.0
"""Seconds between two looks."""

Retrieve = Callable[[str, str], Awaitable[Run | None]]
"""A run by its thread and its id; None when the server does not know it."""


class OpenCharges:
    """Settles charges that nobody is at. Where several processes do it at once, they find the same."""

    def __init__(
        self,
        budgets: TokenBudgets,
        retrieve: Retrieve,
        live_processes: Callable[[], Awaitable[frozenset[str]]],
    ) -> None:
        self._charges = budgets.charges
        self._budgets = budgets
        self._retrieve = retrieve
        self._live_processes = live_processes
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to look, now and every minute."""
        self._task = asyncio.create_task(self._run(), name="open-charges")

    def stop(self) -> None:
        """Look no more: what is left is settled by the next start."""
        if self._task is not None:
            self._task.cancel()

    async def _run(self) -> None:
        while True:
            try:
                await self.settle()
            except Exception as error:
                if not is_outage(error):
                    log.exception("charges.not_settled")
            await asyncio.sleep(EVERY)

    async def settle(self) -> None:
        """Settle what can be settled now."""
        by_run: defaultdict[str | None, list[Charge]] = defaultdict(list)
        for charge in await self._charges.unsettled():
            by_run[charge.run_id].append(charge)
        if not by_run:
            return
        live = await self._live_processes()
        for run_id, charges in by_run.items():
            if run_id is None:
                for charge in charges:
                    if charge.process_id not in live:  # nobody will ever know
                        await self._charges.put(replace(charge, process_id="", settled=True))
            elif not any(charge.process_id in live for charge in charges):
                await self._settle_run(run_id, sorted(charges, key=lambda each: (each.day, each.id)))

    async def _settle_run(self, run_id: str, charges: list[Charge]) -> None:
        """Settle the charges of a run: the first takes what the settled ones have not, further ones nothing."""
        thread_id = next((each.thread_id for each in charges if each.thread_id), None)
        if thread_id is not None:
            try:
                run = await self._retrieve(thread_id, run_id)
            except openai.OpenAIError as error:
                log.info("charges.settled_later", run=run_id, cause=error)
                return
            if run is not None and run.status in UNFINISHED:
                return
            spent = self._budgets.prices.of_run(run) if run is not None else None
        else:
            spent = None
        first, *others = charges
        if spent is None:  # the server does not know it, or not what it has used: what is estimated stays
            for charge in charges:
                await self._charges.put(replace(charge, process_id="", settled=True))
            return
        open_ids = {each.id for each in charges}
        settled = [each for each in await self._charges.of_run(run_id) if each.id not in open_ids]
        spent -= Spent(sum(each.tokens for each in settled), sum(each.picodollars for each in settled))
        await self._budgets.correct(first, replace(first, process_id="", settled=True), spent)
        for charge in others:
            await self._budgets.correct(charge, replace(charge, process_id="", settled=True), Spent(0, 0, spent.model))
        log.info("charges.settled", run=run_id, tokens=spent.tokens)
