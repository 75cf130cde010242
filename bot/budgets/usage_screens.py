"""What use looks like: the picture's words, and the words beside it, which say the same."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final, Literal

import discord
from discord.utils import format_dt

from bot.budgets import sentences as say
from bot.budgets.amounts import percent, spent_words, told
from bot.budgets.server_budgets import Replaced
from bot.budgets.usage_summary import DAYS, Total, UsageSummary
from bot.conversations.limits.spending_limits import Limit
from bot.escaping import escaped_within, visible
from bot.quizzes.screens.screen_parts import BLUE, View, box, view_of
from bot.sentences import Locale
from bot.store.budget_store import Budget

PICTURE: Final = "usage.png"
LONGEST_ALT: Final = 1_000
LONGEST_MODEL: Final = 40
LONGEST_CHOICE: Final = 100
Whose = Literal["own", "server", "everything"]


def _amount(total: Total, locale: Locale) -> str:
    return spent_words(total.tokens, total.picodollars, locale)


def _model(name: str | None, locale: Locale) -> str:
    return say.OTHERS(locale) if name is None else visible(name)[:LONGEST_MODEL] or say.NO_MODEL(locale)


def _kind(name: str, locale: Locale) -> str:
    return say.KINDS[name](locale) if name in say.KINDS else name


def picture_words(summary: UsageSummary, whose: Whose, locale: Locale) -> Mapping[str, Any]:
    """The arguments of the drawing."""
    most = summary.by_day[summary.busiest].tokens
    return {
        "title": say.TITLES[whose](locale),
        "subtitle": f"{say.LAST_DAYS(locale, days=DAYS)} · {_amount(summary.in_all, locale)}",
        "top": say.TOKENS(locale, count=most),
        "days": [list(summary.group_tokens(day)) for day in summary.days],
        "first": _day(summary.days[0]),
        "last": _day(summary.days[-1]),
        "models_heading": say.BY_MODEL(locale),
        "models": [_row(_model(name, locale), total, locale) for name, total in summary.model_groups()],
        "kinds_heading": say.BY_KIND(locale),
        "kinds": [_row(_kind(name, locale), total, locale) for name, total in summary.by_kind.items()],
    }


def _row(name: str, total: Total, locale: Locale) -> Mapping[str, Any]:
    return {"name": name, "figures": _amount(total, locale), "tokens": total.tokens}


def _day(day: date) -> str:
    return day.isoformat()


def lines_of(summary: UsageSummary, locale: Locale) -> Sequence[str]:
    """The picture in words."""
    busiest = summary.busiest
    lines = [
        say.TODAY(locale, amount=_amount(summary.today, locale)),
        say.THIS_MONTH(locale, amount=_amount(summary.this_month, locale)),
        f"{say.LAST_DAYS(locale, days=DAYS)}: {_amount(summary.in_all, locale)}",
        say.MOST_ON(locale, day=_day(busiest), amount=_amount(summary.by_day[busiest], locale)),
        f"**{say.BY_MODEL(locale)}**",
    ]
    lines += [_named(escaped_within(_model(n, locale), 60), total, locale) for n, total in summary.model_groups()]
    lines.append(f"**{say.BY_KIND(locale)}**")
    return lines + [_named(_kind(name, locale), total, locale) for name, total in summary.by_kind.items()]


def _named(name: str, total: Total, locale: Locale) -> str:
    return say.NAME_AND_AMOUNT(locale, name=name, amount=_amount(total, locale))


def alt_text(summary: UsageSummary, whose: Whose, locale: Locale) -> str:
    """The picture for those who do not see it."""
    lines = [line.replace("**", "").replace("\\", "") for line in lines_of(summary, locale)]
    return " ".join((f"{say.TITLES[whose](locale)}:", *(f"{line}." for line in lines)))[:LONGEST_ALT]


def limit_lines(limits: Sequence[tuple[Limit, int]], locale: Locale) -> Sequence[str]:
    """How much of each limit is used."""
    return [
        say.LINE_OF_LIMIT(
            locale,
            whose=say.WHOSE[limit.scope](locale),
            period=say.PERIODS[limit.period](locale),
            used=told(used, limit.unit, locale),
            amount=told(limit.amount, limit.unit, locale),
            percent=percent(used, limit.amount),
        )
        for limit, used in limits
    ]


def usage_screen(
    summary: UsageSummary,
    whose: Whose,
    locale: Locale,
    *,
    pictured: bool,
    limits: Sequence[tuple[Limit, int]] = (),
    top: Sequence[tuple[int, int, int]] = (),
) -> View:
    """The message; `top` are the students who used most: id, tokens, picodollars."""
    items: list[Any] = [f"### {say.TITLES[whose](locale)}"]
    if pictured:
        item = discord.MediaGalleryItem(f"attachment://{PICTURE}", description=alt_text(summary, whose, locale))
        items.append(discord.ui.MediaGallery(item))
    used = summary.in_all.tokens or summary.in_all.picodollars
    items.append("\n".join(lines_of(summary, locale)) if used else say.NOTHING_USED(locale, days=DAYS))
    if limits:
        items.append("\n".join((f"**{say.LIMITS(locale)}**", *limit_lines(limits, locale))))
    if top:
        names = [_named(f"<@{student}>", Total(tokens, money), locale) for student, tokens, money in top]
        items.append("\n".join((f"**{say.TOP_STUDENTS(locale)}**", *names)))
    items.append(f"-# {say.ONLY_YOU(locale)}")
    return view_of(box(BLUE, *items))


def budget_line(budget: Budget, locale: Locale, roles: frozenset[int] | None = None) -> str:
    """A budget; `roles` are those that the server has (None: it is not asked which). An amount of 0: it was removed."""
    match budget.scope:
        case "server":
            whose = say.FOR_SERVER(locale)
        case "student":
            whose = say.FOR_STUDENT(locale, student=f"<@{budget.subject_id}>")
        case _ if roles is None or budget.subject_id in roles:
            whose = say.FOR_ROLE(locale, role=f"<@&{budget.subject_id}>")
        case _:
            whose = say.FOR_GONE_ROLE(locale)
    return _amount_line(budget, whose, locale)


def budget_choice(budget: Budget, guild: discord.Guild, locale: Locale) -> str:
    """A budget as a choice of a command tells it, where Discord shows no mentions: names, or ids of who is gone."""
    role, member = guild.get_role(budget.subject_id), guild.get_member(budget.subject_id)
    match budget.scope:
        case "server":
            whose = say.FOR_SERVER(locale)
        case "student":
            whose = say.FOR_STUDENT(locale, student=visible(member.display_name) if member else str(budget.subject_id))
        case _ if role is not None:
            whose = say.FOR_ROLE(locale, role=visible(role.name))
        case _:
            whose = f"{say.FOR_GONE_ROLE(locale)} …{budget.subject_id % 10_000:04}"
    amount = _amount_line(budget, "", locale)
    return f"{whose[: LONGEST_CHOICE - len(amount)]}{amount}"


def _amount_line(budget: Budget, whose: str, locale: Locale) -> str:
    period = say.PERIODS[budget.period](locale)
    amount = told(budget.amount, budget.unit, locale) if budget.amount else say.NO_BUDGET(locale)
    return say.BUDGET_LINE(locale, whose=whose, amount=amount, period=period)


def set_words(budget: Budget, replaced: Replaced | None, locale: Locale) -> str:
    """What was set, and what it has replaced: another manager may have set that a moment ago."""
    words = say.SET(locale, line=budget_line(budget, locale))
    if replaced is None or replaced.budget == budget:
        return words
    before = told(replaced.budget.amount, budget.unit, locale)
    if replaced.change is None:
        return f"{words}\n{say.BEFORE(locale, amount=before)}"
    change = replaced.change
    when = format_dt(change.changed_at, "R")
    return f"{words}\n{say.BEFORE_BY(locale, amount=before, who=change.changed_by, when=when)}"


def budgets_screen(
    budgets: Sequence[Budget], hosts: Sequence[Limit], locale: Locale, roles: frozenset[int], *, most: int = 60
) -> View:
    """The budgets of a server, and the host's limits that hold in it."""
    lines = [budget_line(each, locale, roles) for each in budgets[:most]]
    if len(budgets) > most:
        lines.append(f"… {len(budgets) - most}")
    items: list[Any] = [f"### {say.BUDGETS_TITLE(locale)}", "\n".join(lines) or say.NO_BUDGETS(locale)]
    if any(each.scope == "role" for each in budgets):
        items.append(f"-# {say.HOW_ROLES_ADD_UP(locale)}")
    if any(each.scope == "role" and each.subject_id not in roles for each in budgets):
        items.append(f"-# {say.HOW_GONE_ROLES_GO(locale)}")
    if hosts:
        of_host = [
            say.BUDGET_LINE(
                locale,
                whose=say.WHOSE[each.scope](locale),
                amount=told(each.amount, each.unit, locale),
                period=say.PERIODS[each.period](locale),
            )
            for each in hosts
        ]
        items.append("\n".join((f"**{say.BY_HOST(locale)}**", *of_host)))
    return view_of(box(BLUE, *items))
