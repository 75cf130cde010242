"""Workings as students, textbooks and sites write them: lists that were not made by code.

`right_wordings.txt`: right workings, `||` between lines; none may be marked wrong. `wrong_wordings.txt`: the place of
the wrong line, the names of slips that fit (`*`: any, or none), and the working.
"""

import re
from pathlib import Path

from maths.steps.step_check import check_text

HERE = Path(__file__).parent
MOST_UNSURE = 40
"""Right workings with a line that cannot be told: units, sets, vectors, words on both sides of a sign."""


def _lines(name: str) -> list[str]:
    return (HERE / name).read_text(encoding="utf-8").splitlines()


def test_right_workings_in_others_words_are_never_marked_wrong() -> None:
    rows = _lines("right_wordings.txt")
    assert len(rows) > 690
    checked = {row: check_text(row.replace("||", "\n")) for row in rows}
    assert not {row: found.wrong for row, found in checked.items() if found.wrong is not None}
    unsure = [row for row, found in checked.items() if any(line.status == "unsure" for line in found.lines)]
    assert len(unsure) <= MOST_UNSURE, unsure


def test_wrong_workings_in_others_words_are_found_where_they_go_wrong() -> None:
    rows = _lines("wrong_wordings.txt")
    assert len(rows) > 95
    missed = []
    for row in rows:
        place, slips, text = re.match(r"(\d)\|([^|]*)\|(.*)$", row).groups()  # type: ignore[union-attr]
        checked = check_text(re.sub(r"(?<=.)\|\|", "\n", text))
        slip = checked.lines[checked.wrong].slip if checked.wrong is not None else None
        named = "*" in slips or (slip is not None and slip.name in slips.split())
        if checked.wrong != int(place) - 1 or not named:
            missed.append((row, checked.wrong, slip))
    assert not missed
