"""What people want to have drawn, and what only sounds like it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maths.reading.plot_requests import asks_to_draw, chart_in, read_plot


def read(text: str) -> tuple[list[str], str]:
    """The curves' texts, and the interval."""
    request = read_plot(text)
    assert request is not None, text
    ends = [None if end is None else str(end) for end in (request.low, request.high)]
    return [shown for _, shown in request.curves], "" if ends == [None, None] else "interval"


@pytest.mark.parametrize(
    ("text", "curves", "interval"),
    [
        ("plot x^2 - 3x", ["x^2 - 3x"], ""),
        ("graph of sin(x) from -pi to pi", ["sin(x)"], "interval"),
        ("draw y = 2x+1 and y = x^2", ["y = 2x+1", "y = x^2"], ""),
        ("그래프 그려줘: y = x^2 - 3x", ["y = x^2 - 3x"], ""),
        ("y=sin x 그래프 그려 줘", ["y=sin x"], ""),
        ("y=x^2 그래프", ["y=x^2"], ""),
        ("y = x^2를 -2부터 3까지 그려줘", ["y = x^2"], "interval"),
        ("y = 2^x와 y = log x의 그래프 그려 주세요", ["y = 2^x", "y = log x"], ""),
        ("Could you sketch the curve f(x) = 1/x for x > 0?", ["f(x) = 1/x"], "interval"),
        ("Plot y = |x-2| on [-3, 5]", ["y = |x-2|"], "interval"),
        ("plot sqrt(x)+e^x for 0 <= x <= 4", ["sqrt(x)+e^x"], "interval"),
        ("show me the graph of tan x", ["tan x"], ""),
        ("draw a graph of 3x+2y=6 please", ["3x+2y=6"], ""),
        ("x축 위에 그려 줘 y=x", ["y=x"], ""),
        ("graph x", ["x"], ""),
        ("plot x + y < 4 and y > x^2", ["x + y < 4", "y > x^2"], ""),
        ("I want a plot of cos x", ["cos x"], ""),
        ("Let's graph y = 1", [], ""),
    ],
)
def test_curves_and_intervals_are_read(text: str, curves: list[str], interval: str) -> None:
    if not curves:
        assert asks_to_draw(text)
        return
    assert read(text) == (curves, interval)


@pytest.mark.parametrize(
    "text",
    [
        "what is the slope of the graph of y = 2x+1?",
        "Where does the graph of y = x^2-4 cross the x-axis?",
        "y = x^2 - 4x + 3의 그래프의 꼭짓점",
        "이 그래프의 기울기는? y = 2x+1",
        "solve x^2 = 4",
        "quiz me on graphs",
        "how do I plot y = x^2?",
        "이차함수 그래프 그리는 법",
        "the plot of the film",
        "3x + 11 = 14",
    ],
)
def test_what_asks_for_no_drawing_gets_none(text: str) -> None:
    assert read_plot(text) is None


@pytest.mark.parametrize("text", ["draw a triangle", "graph", "그려 줘", "plot it", "draw 5", "x" * 2_000])
def test_where_there_is_nothing_to_draw_there_is_no_request(text: str) -> None:
    assert read_plot(text) is None


@pytest.mark.parametrize(
    ("text", "kind", "numbers"),
    [
        ("bar chart of 3, 5, 2", "bar", ["=3", "=5", "=2"]),
        ("Make a pie chart: apples 3, pears 5, plums 2", "pie", ["apples=3", "pears=5", "plums=2"]),
        ("사과 3, 배 5, 귤 2 막대그래프로 그려 줘", "bar", ["사과=3", "배=5", "귤=2"]),
        ("line chart of 100,200,300", "line", ["=100", "=200", "=300"]),
        ("line chart of 1.5, 2, 3,000", "line", ["=3/2", "=2", "=3000"]),
        ("draw a histogram of 1,2,2,-3", "histogram", ["=1", "=2", "=2", "=-3"]),
    ],
)
def test_lists_of_numbers_become_charts(text: str, kind: str, numbers: list[str]) -> None:
    request = read_plot(text)
    assert request is not None
    assert request.chart == kind
    assert [f"{label}={value}" for label, value in request.numbers] == numbers


def test_points_are_read() -> None:
    request = read_plot("plot the points (1, 2), (3.5, −4) and y = x")
    assert request is not None
    assert [(str(x), str(y)) for x, y in request.points] == [("1", "2"), ("7/2", "-4")]
    assert [shown for _, shown in request.curves] == ["y = x"]


def test_more_than_fits_is_said_to_be_too_many() -> None:
    request = read_plot("plot " + ", ".join(f"y = {n}x" for n in range(2, 12)))
    assert request is not None
    assert len(request.curves) == 6
    assert request.too_many


def test_kinds_of_charts_are_known_by_their_names() -> None:
    assert [chart_in(name) for name in ("막대그래프", "원그래프", "꺾은선 그래프", "히스토그램", "그래프")] == [
        "bar",
        "pie",
        "line",
        "histogram",
        None,
    ]


@given(st.text(alphabet="plotgraph of그려줘x y=^+-*/(),.0123[]|<>~부터까지\\{}$ ", max_size=60))
def test_any_text_is_read_or_not(text: str) -> None:
    read_plot(f"plot {text}")
