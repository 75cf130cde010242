"""What was used, folded together; and its words, which say what the picture does."""

from datetime import date, timedelta

from bot.budgets.usage_picture import svg_of
from bot.budgets.usage_screens import alt_text, lines_of, picture_words
from bot.budgets.usage_summary import DAYS, Row, Total, first_of, summarise

TODAY = date(2026, 12, 1)
ROWS: list[Row] = [
    ("2026-12-01", "m1", "answer", 100, 7),
    ("2026-12-01", "m1", "quiz", 50, 3),
    ("2026-11-30", "m2", "answer", 400, 0),
    ("2026-11-30", "", "file", 1, 0),
    ("2026-11-02", "m3", "check", 5, 0),
    ("2026-11-02", "m4", "check", 4, 0),
    ("2026-11-02", "m5", "check", 3, 0),
    ("2026-11-01", "m9", "answer", 9_999, 9),
]


def test_days_models_and_kinds_have_the_same_sum() -> None:
    summary = summarise(ROWS, TODAY)
    assert summary.days[0] == date(2026, 11, 2)
    assert summary.days[-1] == TODAY
    assert len(summary.days) == DAYS
    assert summary.in_all == Total(563, 10)
    for parts in (summary.by_day, summary.by_model, summary.by_kind):
        assert sum(each.tokens for each in parts.values()) == 563
        assert sum(each.picodollars for each in parts.values()) == 10
    assert summary.today == summary.this_month == Total(150, 10)
    assert summary.busiest == date(2026, 11, 30)
    assert [name for name, _ in summary.model_groups()] == ["m2", "m1", "m3", "m4", None]
    assert list(summary.by_kind) == ["answer", "quiz", "check", "file"]
    assert summary.group_tokens(date(2026, 11, 30)) == [400, 0, 0, 0, 1]
    assert sum(sum(summary.group_tokens(day)) for day in summary.days) == 563


def test_the_month_is_counted_whole_also_on_its_last_day() -> None:
    last = date(2026, 12, 31)
    assert first_of(last) == "2026-12-01"
    assert first_of(TODAY) == "2026-11-02"
    assert summarise(ROWS, last).this_month == Total(150, 10)
    assert summarise(ROWS, last).in_all == Total(0, 0), "30 days begin on the second"


def test_the_picture_is_told_in_words_in_both_languages() -> None:
    summary = summarise(ROWS, TODAY)
    said = alt_text(summary, "server", "en")
    assert said.startswith("What this server has used: Today: 150 tokens")
    for part in ("2026-11-30: 401 tokens", "m2: 400 tokens", "Others: 4 tokens", "Quizzes: 50 tokens"):
        assert part in said
    assert "퀴즈: 토큰 50개" in "\n".join(lines_of(summary, "ko"))
    svg = svg_of(picture_words(summary, "own", "ko"))
    assert "내 사용량" in svg
    assert svg.count("<rect") == 1 + 1 + 1 + 1 + 2 + 3 - 1 + 5 + 2 * 4
    assert "NaN" not in svg


def test_a_hostile_models_name_stays_text() -> None:
    summary = summarise([("2026-12-01", "</text><script>" + "x" * 200 + "\u202e", "answer", 1, 0)], TODAY)
    svg = svg_of(picture_words(summary, "own", "en"))
    assert "<script>" not in svg
    assert "\u202e" not in svg


def test_nothing_and_corrections_below_zero_are_drawn() -> None:
    assert "<svg" in svg_of(picture_words(summarise([], TODAY), "own", "en"))
    summary = summarise([((TODAY - timedelta(days=3)).isoformat(), "m", "answer", -5, 0)], TODAY)
    assert all(each == [0] for each in picture_words(summary, "own", "en")["days"])
    assert 'height="-' not in svg_of(picture_words(summary, "own", "en"))
