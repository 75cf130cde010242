"""A working as a model hands it on: marks, the slip, and nothing of what could not be read."""

import time

from maths.calculating.working_check import check_lines


def marks(*lines: str) -> list[str]:
    return [line["mark"] for line in check_lines(lines)["lines"]]


def test_each_line_has_its_mark_and_the_wrong_one_its_slip() -> None:
    told = check_lines(["2x + 3 = 11", "2x = 14", "x = 7"])
    assert [line["mark"] for line in told["lines"]] == ["given", "✗", "not checked"]
    assert told["wrong_line"] == 2
    assert told["slip_name"] == "moved_sign"
    assert "was moved to the other side" in told["slip"]
    assert told["lines"][1]["read"] == "2 x = 14"
    assert "verdict" not in told


def test_right_lines_are_all_ticked() -> None:
    told = check_lines(["2x + 3 = 11", "2x = 8", "x = 4"])
    assert [line["mark"] for line in told["lines"]] == ["given", "✓", "✓"]
    assert told["verdict"] == "every step is right"
    assert "wrong_line" not in told


def test_several_lines_may_come_as_one_and_in_korean() -> None:
    assert marks("2x+3=11 ⇒ 2x=8 ⇒ x=4") == ["given", "✓", "✓"]
    told = check_lines(["2x+3=11 이항하면 2x=14 따라서 x=7"], "ko")
    assert told["wrong_line"] == 2
    assert "이항하면서 부호를" in told["slip"]


def test_what_cannot_be_read_is_marked_and_not_repeated() -> None:
    told = check_lines(["2x = 8", "x )( = 4", "x = 4"])
    assert "?" in [line["mark"] for line in told["lines"]]
    assert ")(" not in str(told)
    assert told["verdict"].startswith("no mistake found")


def test_alternatives_and_notes_are_told() -> None:
    told = check_lines(["x^2 = 4", "x = 2 or x = -2"])
    assert told["lines"][1]["read"] == r"x = 2 \text{ or } x = -2"
    assert check_lines(["1/3", "= 0.333"])["lines"][1]["note"] == "rounded"


def test_bad_input_is_a_sentence_quickly() -> None:
    began = time.monotonic()
    assert "no mathematics" in check_lines(["I like cats", "and dogs"])["error"]
    assert "no mathematics" in check_lines([])["error"]
    assert "only one line" in check_lines(["2x = 8"])["error"]
    assert "at most 200 lines" in check_lines(["x = 1"] * 201)["error"]
    assert "at most 200 lines" in check_lines(["x" * 7_000])["error"]
    assert "error" not in check_lines(["9**9**9 = x", "x = 9^9^9"])
    assert "lines" in check_lines([r"\def\a{\a\a}\a = 1", "x = 1"])
    assert time.monotonic() - began < 5


def test_what_is_left_out_is_told() -> None:
    told = check_lines(["x = 1"] * 199)
    assert len(told["lines"]) == 60
    assert "139 lines were not checked" in told["left_out"]


def test_an_antiderivative_between_limits_is_shown_as_it_was_written() -> None:
    told = check_lines(["∫_0^1 x^2 dx", "= [x^3/3]_0^1", "= 1/3"])
    assert told["verdict"] == "every step is right"
    assert told["lines"][1]["read"] == r"= \left[\frac{x^{3}}{3}\right]_{0}^{1}"
