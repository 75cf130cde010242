"""The budgets as the host's settings want them."""

from decimal import Decimal
from typing import Final

from bot.conversations.limits.spending_limits import Amounts, HostLimits
from bot.conversations.limits.token_budgets import TokenBudgets
from bot.prices import PICO, Prices, read_prices
from bot.settings import Settings
from bot.store.budget_store import BudgetStore
from bot.store.store import Store
from bot.store.token_charges import TokenCharges

OFFLINE: Final = "offline"


def host_limits(settings: Settings) -> HostLimits:
    """What may be used, by the host's settings."""
    return HostLimits(
        bot=Amounts(
            settings.tokens_per_day,
            settings.tokens_per_month,
            picodollars(settings.dollars_per_day),
            picodollars(settings.dollars_per_month),
        ),
        server=Amounts(
            settings.server_tokens_per_day,
            settings.server_tokens_per_month,
            picodollars(settings.server_dollars_per_day),
            picodollars(settings.server_dollars_per_month),
        ),
        student=Amounts(
            settings.student_tokens_per_day,
            settings.student_tokens_per_month,
            picodollars(settings.student_dollars_per_day),
            picodollars(settings.student_dollars_per_month),
        ),
    )


def open_budgets(
    settings: Settings, store: Store, process_id: str, embedding_model: str, *, offline: bool
) -> TokenBudgets:
    """The budgets of a process. Texts are made searchable by `embedding_model`; the `offline` model costs no money.

    Raises:
        PricesError: the host's file of prices cannot be read any more.
    """
    return TokenBudgets(
        TokenCharges(store),
        host_limits(settings),
        prices=Prices(answers_as=OFFLINE) if offline else read_prices(settings.prices_file, embedding_model),
        budget_store=BudgetStore(store),
        process_id=process_id,
        model=OFFLINE if offline else settings.model,
        cheaper_model=settings.cheaper_model,
    )


def picodollars(dollars: Decimal) -> int:
    """An amount of money as it is counted."""
    return int(dollars * PICO)
