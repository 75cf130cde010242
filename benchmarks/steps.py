"""How well slips in a student's own working are found and named: `python -m benchmarks steps`.

1,000 derivations, made by code with a seed, half of them with one slip; see `benchmarks/derivations.py`.
"""

import time
from collections import Counter

from benchmarks.derivations import derivations
from benchmarks.table import median, ms, percentile, table
from maths.steps.step_check import check_text

COUNT = 1_000
SEED = 12


def main() -> str:
    taken: list[float] = []
    kinds: Counter[str] = Counter()
    slips = found = named = alarms = unsure = right = 0
    for one in derivations(COUNT, SEED):
        began = time.process_time()
        checked = check_text(one.text)
        taken.append(time.process_time() - began)
        place = None if checked.wrong is None else checked.wrong + 1
        slip = None if checked.wrong is None else checked.lines[checked.wrong].slip
        if one.wrong is None:
            right += 1
            alarms += place is not None
            unsure += any(line.status == "unsure" for line in checked.lines)
        else:
            slips += 1
            found += place == one.wrong
            named += place == one.wrong and slip is not None and slip.name == one.slip
            kinds[one.slip or ""] += 1
    rows = [
        ("first wrong line found", f"{found / slips:.1%} of {slips}", "98 %"),
        ("slip named rightly", f"{named / slips:.1%}", "85 %"),
        ("false alarms in right derivations", f"{alarms / right:.1%} of {right}", "1 % at most"),
        ("right derivations with a line not decided", f"{unsure / right:.1%}", ""),
        ("kinds of slip", str(len(kinds)), ""),
        ("a derivation, median of processor time", ms(median(taken)), ""),
        ("the same, 95th percentile", ms(percentile(taken, 95)), ""),
        ("the same, slowest", ms(max(taken)), ""),
    ]
    return table(("", "measured", "target"), rows)


if __name__ == "__main__":
    print(main())
