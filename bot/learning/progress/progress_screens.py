"""What progress looks like: the picture's words, the words beside it, and the question before its deletion."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import discord

from bot.escaping import escaped_within, visible
from bot.learning.progress import sentences as say
from bot.learning.progress.progress_buttons import button
from bot.learning.progress.progress_store import KeptOfStudent
from bot.learning.progress.progress_summary import Progress, TopicProgress, folded_together
from bot.learning.reviews.review_buttons import begin_button
from bot.quizzes.screens.screen_parts import AMBER, BLUE, GREY, View, box, view_of
from bot.sentences import Locale

MOST_TOPICS: Final = 8
"""Topics in the picture: more would be a poster on a phone."""
LONGEST_ALT: Final = 1_000
PICTURE: Final = "progress.png"


def picture_words(progress: Progress, footer: str, locale: Locale, *, shared: bool = False) -> Mapping[str, Any]:
    """The arguments of the drawing. What is shared does not tell what is due."""
    shown, rest = folded_together(progress.topics, MOST_TOPICS)
    title, subtitle = say.IN_ALL(locale, right=progress.right, total=progress.total), footer
    if not shared:
        due = say.DUE(locale, count=progress.due) if progress.due else say.NOTHING_DUE(locale)
        subtitle = f"{due} · {footer}"
    rows = [_row(each, locale) for each in shown]
    if rest["topics"]:
        name = say.MORE_TOPICS(locale, count=rest["topics"])
        figures = _figures(rest["right"], rest["total"], locale)
        due_words = say.DUE(locale, count=rest["due"]) if rest["due"] else ""
        counts = {"right": rest["right"], "total": rest["total"]}
        rows.append(
            {"name": name, **counts, "figures": figures, "trend": "steady", "trend_words": "", "due_words": due_words}
        )
    return {"title": title, "subtitle": subtitle, "rows": rows}


def _row(each: TopicProgress, locale: Locale) -> Mapping[str, Any]:
    words = {"grows": say.GROWS, "fades": say.FADES}
    return {
        "name": visible(each.topic.name(locale)),
        "right": each.right,
        "total": each.total,
        "figures": _figures(each.right, each.total, locale),
        "trend": each.trend,
        "trend_words": words[each.trend](locale) if each.trend in words else "",
        "due_words": say.DUE(locale, count=each.due) if each.due else "",
    }


def _figures(right: int, total: int, locale: Locale) -> str:
    percent = round(100 * right / total) if total else 0
    return say.FIGURES(locale, right=right, total=total, percent=percent) if total else ""


def topic_lines(progress: Progress, locale: Locale) -> Sequence[str]:
    """The picture in words, a line for each topic."""
    shown, rest = folded_together(progress.topics, MOST_TOPICS)
    lines = []
    for each in shown:
        notes = []
        if each.trend != "steady":
            notes.append((say.GROWING if each.trend == "grows" else say.FADING)(locale))
        if each.due:
            notes.append(say.CARDS_DUE(locale, count=each.due))
        name = escaped_within(visible(each.topic.name(locale)), 60)
        tail = f" · {' · '.join(notes)}" if notes else ""
        lines.append(say.TOPIC_LINE(locale, name=name, right=each.right, total=each.total, notes=tail))
    if rest["topics"]:
        lines.append(say.MORE_TOPICS(locale, count=rest["topics"]))
    return lines


def alt_text(progress: Progress, title: str, locale: Locale) -> str:
    """The picture for those who do not see it."""
    lines = [line.replace("**", "").replace("\\", "") for line in topic_lines(progress, locale)]
    head = f"{title}: {say.IN_ALL(locale, right=progress.right, total=progress.total)}."
    return " ".join((head, *(f"{line}." for line in lines)))[:LONGEST_ALT]


def progress_screen(
    progress: Progress, title: str, locale: Locale, *, pictured: bool, shared: bool, in_guild: bool, note: str = ""
) -> View:
    """The message; `note` stands above all. What is shared has no buttons."""
    items: list[Any] = [note, f"### {title}"]
    if pictured:
        item = discord.MediaGalleryItem(f"attachment://{PICTURE}", description=alt_text(progress, title, locale))
        items.append(discord.ui.MediaGallery(item))
    items.append("\n".join(topic_lines(progress, locale)))
    if not shared:
        if progress.due:
            items.append(say.DUE_NOW(locale, count=progress.due))
        elif progress.next_due is not None:
            items.append(say.NEXT_DUE(locale, when=f"<t:{round(progress.next_due)}:R>"))
        buttons: list[discord.ui.Item[Any]] = [begin_button(locale)] if progress.due else []
        others: list[discord.ui.Item[Any]] = [button("delete", say.DELETE(locale))]
        if in_guild:
            items.append(f"-# {say.SHARE_HINT(locale)}")
            others.insert(0, button("share", say.SHARE(locale)))
        items.append(discord.ui.ActionRow[Any](*buttons, *others))
    return view_of(box(BLUE, *items))


def kept_lines(kept: KeptOfStudent, locale: Locale) -> str:
    """What is kept of a student, a line for each kind."""
    lines = []
    if kept.results:
        lines.append(say.KEPT_RESULTS(locale, count=kept.results))
    if kept.decks or kept.cards:
        lines.append(say.KEPT_CARDS(locale, count=kept.cards, decks=kept.decks))
    if kept.reviews:
        lines.append(say.KEPT_REVIEWS(locale, count=kept.reviews))
    if kept.sets:
        lines.append(say.KEPT_SETS(locale, count=kept.sets))
    if kept.pictures:
        lines.append(say.KEPT_PICTURES(locale, count=kept.pictures))
    if kept.quizzes:
        lines.append(say.KEPT_QUIZZES(locale, count=kept.quizzes))
    if kept.exercises:
        lines.append(say.KEPT_EXERCISES(locale, count=kept.exercises))
    if kept.reports:
        lines.append(say.KEPT_REPORTS(locale, count=kept.reports))
    if kept.reminder:
        lines.append(say.KEPT_REMINDER(locale))
    return "\n".join(lines)


def deletion_screen(kept: KeptOfStudent, locale: Locale) -> View:
    """The question before the deletion."""
    yes = button("really", say.DELETE_YES(locale), discord.ButtonStyle.danger)
    row = discord.ui.ActionRow[Any](yes, button("keep", say.DELETE_NO(locale)))
    return view_of(
        box(AMBER, say.DELETE_WHAT(locale, what=kept_lines(kept, locale), stays=say.WHAT_STAYS(locale)), row)
    )


def sentence_screen(sentence: str) -> View:
    """One sentence in the place of what stood there."""
    return view_of(box(GREY, sentence))
