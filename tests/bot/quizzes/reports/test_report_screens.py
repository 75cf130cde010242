"""The list of reported questions: in pages, within Discord's limits."""

from dataclasses import replace
from datetime import UTC, datetime

from bot.quizzes.reports.report_screens import (
    PER_PAGE,
    ListedReport,
    ReportAction,
    parse_action,
    report_list,
    reported_question,
)
from bot.quizzes.storage.report_store import ReportedQuestion, ReportPlace
from tests.bot.quizzes.example_quizzes import quiz
from tests.bot.quizzes.screens.test_screens import begun, components, labels_of, record_of, text_of


def reports(count: int) -> list[ListedReport]:
    session = replace(begun(), quiz=quiz(3))
    at = datetime(2026, 11, 1, tzinfo=UTC)
    return [
        ListedReport(ReportedQuestion("0123456789ab", index % 3, index + 1, at, ReportPlace(2)), record_of(session))
        for index in range(count)
    ]


def test_the_list_has_pages_that_lead_to_one_another() -> None:
    view = report_list(reports(3), count=3, page=0, locale="en")
    assert "Questions reported as wrong: 3" in text_of(view)
    assert labels_of(view) == []
    middle = report_list(reports(PER_PAGE), count=3 * PER_PAGE, page=1, locale="ko")
    assert "2/3쪽" in text_of(middle)
    assert labels_of(middle) == ["이전", "다음"]
    for view in (middle, report_list(reports(PER_PAGE), count=PER_PAGE, page=0, locale="en")):
        assert len(list(components(view))) <= 40
        assert len(text_of(view)) <= 4_000
        ids = [item["custom_id"] for item in components(view) if "custom_id" in item]
        assert len(ids) == len(set(ids))
        assert all(parse_action(each) for each in ids)
    assert "No question" in text_of(report_list([], count=0, page=0, locale="en"))


def test_a_reported_question_is_shown_with_its_key() -> None:
    (listed,) = reports(1)
    view = reported_question(listed, page=2, locale="en")
    assert "✓ choice 0 of 0" in text_of(view)
    assert "reports: 1" in text_of(view)
    assert labels_of(view) == ["Dismiss", "Back"]


def test_custom_ids_are_read_back() -> None:
    for action in (ReportAction("page", 3), ReportAction("look", 0), ReportAction("dismiss", 1, "0ab", 2)):
        assert parse_action(str(action)) == action
    assert parse_action("quiz-report:burn:1") is None
