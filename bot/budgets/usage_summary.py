"""What was used in the last days, by day, model and kind."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from bot.store.token_charges import Kind

DAYS: Final = 30
MOST_MODELS: Final = 4
"""Models with a colour of their own; the others are one."""

Row = tuple[str, str, Kind, int, int]
"""Day, model, kind, tokens, picodollars."""


@dataclass(slots=True)
class Total:
    """Tokens and picodollars."""

    tokens: int = 0
    picodollars: int = 0

    def add(self, tokens: int, picodollars: int) -> None:
        """Count more."""
        self.tokens += tokens
        self.picodollars += picodollars


@dataclass(slots=True)
class UsageSummary:
    """What was used on each of `DAYS` days, the last of which is today."""

    days: Sequence[date]
    in_all: Total = field(default_factory=Total)
    this_month: Total = field(default_factory=Total)
    by_day: dict[date, Total] = field(default_factory=dict)
    by_model: dict[str, Total] = field(default_factory=dict)
    """Most tokens first; None of them is called ``."""
    by_kind: dict[str, Total] = field(default_factory=dict)
    """Most tokens first."""
    tokens_of: Counter[tuple[date, str]] = field(default_factory=Counter)
    """By day and model."""

    @property
    def today(self) -> Total:
        """What was used today."""
        return self.by_day[self.days[-1]]

    @property
    def busiest(self) -> date:
        """The day on which most was used, the last of them."""
        return max(self.days, key=lambda day: (self.by_day[day].tokens, day))

    def model_groups(self) -> Sequence[tuple[str | None, Total]]:
        """The models with most tokens, and the others together as None."""
        models = list(self.by_model.items())
        groups: list[tuple[str | None, Total]] = [*models[:MOST_MODELS]]
        if rest := models[MOST_MODELS:]:
            together = Total(sum(each.tokens for _, each in rest), sum(each.picodollars for _, each in rest))
            groups.append((None, together))
        return groups

    def group_tokens(self, day: date) -> Sequence[int]:
        """The tokens of a day by model group, in the order of `model_groups`."""
        models = list(self.by_model)
        tokens = [self.tokens_of[day, model] for model in models[:MOST_MODELS]]
        if rest := models[MOST_MODELS:]:
            tokens.append(sum(self.tokens_of[day, model] for model in rest))
        return [max(0, each) for each in tokens]


def first_of(today: date) -> str:
    """The first day of which a summary tells: thirty days, or the whole month."""
    return min(today - timedelta(days=DAYS - 1), today.replace(day=1)).isoformat()


def summarise(rows: Sequence[Row], today: date) -> UsageSummary:
    """Fold the rows of the last days together."""
    days = [today - timedelta(days=back) for back in reversed(range(DAYS))]
    summary = UsageSummary(days, by_day={day: Total() for day in days})
    models: dict[str, Total] = {}
    kinds: dict[str, Total] = {}
    for told, model, kind, tokens, picodollars in rows:
        day = date.fromisoformat(told)
        if (day.year, day.month) == (today.year, today.month):
            summary.this_month.add(tokens, picodollars)
        if day not in summary.by_day:
            continue
        summary.in_all.add(tokens, picodollars)
        summary.by_day[day].add(tokens, picodollars)
        models.setdefault(model, Total()).add(tokens, picodollars)
        kinds.setdefault(kind, Total()).add(tokens, picodollars)
        summary.tokens_of[day, model] += tokens
    summary.by_model = dict(sorted(models.items(), key=lambda each: (-each[1].tokens, each[0])))
    summary.by_kind = dict(sorted(kinds.items(), key=lambda each: (-each[1].tokens, each[0])))
    return summary
