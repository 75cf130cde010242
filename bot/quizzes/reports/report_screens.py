"""What is shown of reported questions: the list with its pages, and one question in full."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

import discord

from bot.quizzes import sentences as say
from bot.quizzes.safe_markdown import escaped_within, readable, shortened
from bot.quizzes.screens.buttons import LONGEST_OPTION
from bot.quizzes.screens.private_screens import question_parts
from bot.quizzes.screens.screen_parts import AMBER, GREY, View, box, view_of
from bot.quizzes.storage.quiz_records import QuizRecord
from bot.quizzes.storage.report_store import ReportedQuestion
from bot.sentences import Locale
from bot.tutor.error_handler import handles_errors

PER_PAGE: Final = 8
"""Reported questions on a page of the list."""
_LONGEST: Final = 160
_PATTERN: Final = re.compile(
    r"quiz-report:(?P<action>page|look|dismiss):(?P<page>\d{1,4})(?::(?P<quiz>[0-9a-z]{1,16}):(?P<question>\d{1,3}))?"
)


@dataclass(frozen=True, slots=True)
class ReportAction:
    """The `custom_id` of a button or menu: `quiz-report:page:<page>`, `…:look:<page>`,
    `…:dismiss:<page>:<quiz id>:<question>`.
    """

    action: str
    page: int
    quiz_id: str = ""
    question: int = 0

    def __str__(self) -> str:
        subject = f":{self.quiz_id}:{self.question}" if self.quiz_id else ""
        return f"quiz-report:{self.action}:{self.page}{subject}"


def parse_action(custom_id: str) -> ReportAction | None:
    """Read a `custom_id`; None for those of other releases."""
    found = _PATTERN.fullmatch(custom_id)
    if found is None:
        return None
    return ReportAction(found["action"], int(found["page"]), found["quiz"] or "", int(found["question"] or 0))


class ReportItem(discord.ui.DynamicItem[discord.ui.Item[Any]], template=r"quiz-report:.*"):
    """Any button or menu of the reports."""

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], item: discord.ui.Item[Any], _match: re.Match[str], /
    ) -> Self:
        """Keep the item as Discord sends it."""
        return cls(item)

    @handles_errors
    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Take the press to the cog `QuizReportsCog`."""
        cog: Any = interaction.client.get_cog("QuizReportsCog")
        await cog.press(interaction, parse_action(self.custom_id))


@dataclass(frozen=True, slots=True)
class ListedReport:
    """A reported question with its quiz."""

    report: ReportedQuestion
    record: QuizRecord


def report_list(shown: Sequence[ListedReport], *, count: int, page: int, locale: Locale) -> View:
    """A page of the list; `count` questions are reported in all."""
    if not count:
        return view_of(box(GREY, say.NO_REPORTS(locale)))
    pages = -(-count // PER_PAGE)
    lines = [f"### {say.REPORTS(locale, count=count)}", *(_line(each, locale) for each in shown)]
    if pages > 1:
        lines.append(f"-# {say.REPORTS_PAGE(locale, page=page + 1, pages=pages)}")
    options = [
        discord.SelectOption(
            label=shortened(readable(_question(each).question_text), LONGEST_OPTION),
            value=f"{each.report.quiz_id}:{each.report.question}",
        )
        for each in shown
    ]
    look: discord.ui.Select[Any] = discord.ui.Select(
        custom_id=str(ReportAction("look", page)), placeholder=say.LOOK_AT_REPORT(locale), options=options
    )
    rows: list[discord.ui.ActionRow[Any]] = [discord.ui.ActionRow(ReportItem(look))]
    turns = [
        _button(ReportAction("page", to), label(locale))
        for to, label in ((page - 1, say.BACK), (page + 1, say.NEXT))
        if 0 <= to < pages
    ]
    if turns:
        rows.append(discord.ui.ActionRow(*turns))
    return view_of(box(AMBER, "\n".join(lines), *rows))


def reported_question(listed: ListedReport, *, page: int, locale: Locale) -> View:
    """One reported question in full, with the buttons that dismiss it and lead back."""
    report = listed.report
    buttons: discord.ui.ActionRow[Any] = discord.ui.ActionRow(
        _button(ReportAction("dismiss", page, report.quiz_id, report.question), say.DISMISS(locale)),
        _button(ReportAction("page", page), say.BACK(locale)),
    )
    notes = f"-# {say.REPORTED_BY(locale, count=report.count)} · <#{listed.record.channel_id}>"
    return view_of(box(AMBER, *question_parts(listed.record, report.question, None), notes, buttons))


def _button(action: ReportAction, label: str) -> ReportItem:
    return ReportItem(discord.ui.Button(label=label, custom_id=str(action)))


def _question(listed: ListedReport) -> Any:
    return listed.record.session.quiz.questions[listed.report.question]


def _line(listed: ListedReport, locale: Locale) -> str:
    asked = escaped_within(_question(listed).question_text, _LONGEST)
    when = f"<t:{int(listed.report.at.timestamp())}:R>"
    reports = say.REPORTED_BY(locale, count=listed.report.count)
    return f"- {asked}\n  -# {reports} · {when} · <#{listed.record.channel_id}>"
