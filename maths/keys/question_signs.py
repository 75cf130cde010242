"""A quick look at the signs of a question, without reading it: may it be mathematics?"""

import re
from collections.abc import Sequence
from typing import Final

_MATHEMATICAL: Final = re.compile(
    r"[\d√π∞²³½⅓¼]|\\(?:frac|sqrt|pi|infty|ln|log|sin|cos|tan)|(?<![A-Za-z'’])[b-hj-zB-HJ-Z](?![A-Za-z'’])"
    r"|\be\b|(?:sin|cos|tan|ln|log)\b"
)


def is_mathematical(choice: str) -> bool:
    """Whether a choice may be a formula."""
    return bool(_MATHEMATICAL.search(choice))


def may_be_mathematical(choices: Sequence[str]) -> bool:
    """Whether choices may be formulas: two of them at least look so."""
    return sum(map(is_mathematical, choices)) >= 2
