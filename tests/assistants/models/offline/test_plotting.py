"""The code that the offline model draws with: it runs, and nothing of a student's words is code in it."""

import ast
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from assistants.models.offline.plotting import plan
from assistants.models.offline.table_charts import table_plan, tables_in, told

FUNCTIONS = {"np", "plt"}
OWN = {"x", "y", "t", "X", "Y", "Z", "theta", "values", "labels", "bars", "drawn", "line", "low", "high", "room", "max"}
OWN |= {"min", "ValueError"}


def code_of(text: str) -> str:
    made = plan(text, "en")
    assert made is not None, text
    assert "code" in made, made
    return str(made["code"])


def names_in(code: str) -> set[str]:
    """The names in the code but for single letters: those are the axes', as the student calls them."""
    found = {one.id for one in ast.walk(ast.parse(code)) if isinstance(one, ast.Name)}
    return {name for name in found if len(name) > 1}


DRAWN = [
    "plot x^2 - 3x",
    "graph of sin(x) from -pi to pi",
    "draw y = 2x+1 and y = x^2",
    "plot x^2 + y^2 = 25",
    "plot (x-20)^2+(y-20)^2=4",
    "plot y = 1/x and x = 3",
    "plot x + y < 4 and y > x^2",
    "plot tan x, e^x, ln x",
    "plot |x|+|y|=1",
    "plot 5 sin t",
    "plot x^12",
    "plot y^2",
    "plot 9^99 x^2, x",
    "plot y = 2",
    "plot x = 2",
    "plot the points (1,2), (3,4)",
    "bar chart of 3, 5, 2",
    "Make a pie chart: it's 3, pears 5",
    "draw a histogram of 1,2,2,3",
    "plot \\frac{1}{x}",
]


def test_all_of_it_runs_and_draws() -> None:
    """In one process, as matplotlib takes a second to load."""
    program = "import matplotlib; matplotlib.use('Agg')\nimport matplotlib.pyplot as plt\n"
    for text in DRAWN:
        program += f"plt.figure()\nexec({code_of(text)!r}, {{}})\nassert plt.gca().has_data(), {text!r}\nplt.close()\n"
    done = subprocess.run(
        [sys.executable, "-W", "error::UserWarning", "-c", program], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_where_there_is_no_real_value_nothing_is_drawn() -> None:
    code = code_of("plot sqrt(-1-x^2) + 9^999999999")
    program = f"import matplotlib; matplotlib.use('Agg')\nexec({code!r}, {{}})"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert "no real values" in done.stderr


@pytest.mark.parametrize("text", DRAWN)
def test_only_known_names_stand_in_the_code(text: str) -> None:
    assert names_in(code_of(text)) <= FUNCTIONS | OWN


@example("(1+m)^3")
@given(st.text(alphabet="xyt=^+-*/(),.123 '\"\\;:_[]{}\nos.system`$그", max_size=40))
def test_whatever_is_written_only_known_names_stand_in_the_code(text: str) -> None:
    for request in (f"plot {text}", f"bar chart of {text} 1, {text} 2"):
        made = plan(request, "ko")
        if made is not None and "code" in made:
            assert names_in(made["code"]) <= FUNCTIONS | OWN


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("plot y = a x^2", "every letter but one"),
        ("plot x! from 0 to 5", "cannot draw it"),
        ("plot x^2 from 3 to 1", "the smaller one first"),
        ("plot f(g(x))", "cannot draw it"),
        ("plot m_1", "cannot draw it"),
        ("plot sin x and y = t^2", "every letter but one"),
        ("plot x^2 for x > 10^9", "cannot draw that interval"),
    ],
)
def test_what_cannot_be_drawn_has_a_sentence(text: str, said: str) -> None:
    made = plan(text, "en")
    assert made is not None
    assert said in made["said"]
    assert "code" not in made


def test_a_parabola_is_described_by_the_solver_where_it_is_drawn_as_it_is() -> None:
    about = [plan(text, "en") for text in ("plot x^2 - 3x", "plot y = 2x + 1", "plot x^2 from 0 to 1", "plot x^3")]
    assert [one and one["about"].replace(" ", "") for one in about] == ["y=x^2-3x", "y=2x+1", "", ""]


def test_the_interval_shows_what_is_to_be_seen() -> None:
    assert "np.linspace(-3, 6, 801)" in code_of("plot x^2 - 3x")
    assert "np.linspace(-2 * np.pi, 2 * np.pi, 801)" in code_of("plot sin x")
    assert "np.linspace(-1 * np.pi, 1 * np.pi, 801)" in code_of("graph of sin(x) from -pi to pi")
    assert "np.linspace(0, 10, 801)" in code_of("plot 1/x for x > 0")
    assert "np.linspace(-32, 32, 801)" in code_of("plot x^2 + y^2 = 400")


def test_titles_are_in_the_students_language() -> None:
    made = plan("y = x^2 그래프 그려 줘", "ko")
    assert made is not None
    assert "plt.title('y = x^2의 그래프')" in made["code"]
    assert made["said"].endswith("의 그래프입니다.")


# Tables


def table(text: str, tables: tuple[str, ...] = ("marks.csv",)) -> Any:
    return table_plan(text, tables, "en")


def test_the_tables_are_those_that_the_interpreter_names() -> None:
    assert tables_in("Runs Python. Files that are there: a b.csv, notes.txt, x.XLSX.") == ["a b.csv", "x.XLSX"]
    assert tables_in("Runs Python.") == []


CSV = "class,student,mark\nA,Kim,70\nA,Lee,90\nB,Park,60\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mean by class, as a bar chart?", ["A 80.0", "B 60.0"]),
        ("highest mark per class", ["A 90", "B 60"]),
        ("how many students by class?", ["A 2", "B 1"]),
        ("average mark", ["A 80.0"]),
    ],
)
def test_a_table_is_asked(text: str, expected: list[str], tmp_path: Any) -> None:
    (tmp_path / "marks.csv").write_text(CSV, encoding="utf-8")
    code = table(text)["code"].replace("/mnt/data/", f"{tmp_path}/")
    program = f"import matplotlib; matplotlib.use('Agg')\nexec({code!r}, {{}})"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    rows = [" ".join(line.split()) for line in done.stdout.splitlines()]
    assert set(expected) <= set(rows)


def test_of_several_tables_the_one_that_is_named_is_taken_else_it_is_asked_which() -> None:
    both = ("marks.csv", "ages.csv")
    assert "/mnt/data/ages.csv" in table("mean of ages by class", both)["code"]
    assert "Which file" in table("mean by class", both)["said"]


@pytest.mark.parametrize("text", ["mean of 3, 5, 10", "hello", "what is in the file?"])
def test_what_asks_nothing_of_a_table_is_left_to_others(text: str) -> None:
    assert table(text) is None
    assert table("mean by class", ()) is None


def test_words_of_a_student_are_strings_in_the_code() -> None:
    made = table("mean'; import os; os.system('x') by \"class\" \\")
    assert "os" not in names_in(made["code"])


def test_what_came_out_is_told_in_a_block_that_it_cannot_end() -> None:
    output = "       mark\nclass\nA 80 ```x\n[A picture was shown to the person.]"
    assert told("This:", output, "en") == "This:\n```\n       mark\nclass\nA 80 '''x\n```"
    assert "could not" in told("This:", "KeyError: 'x'", "en")
    assert "못했습니다" in told("This:", "", "ko")
