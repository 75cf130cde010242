"""The functions that have a name in school and in sympy: the one list of them."""

from typing import Any, Final

import sympy as sp

NAMED_FUNCTIONS: Final[dict[str, Any]] = {
    "sin": sp.sin, "cos": sp.cos, "tan": sp.tan, "cot": sp.cot, "sec": sp.sec, "csc": sp.csc, "sinh": sp.sinh,
    "cosh": sp.cosh, "tanh": sp.tanh, "arcsin": sp.asin, "arccos": sp.acos, "arctan": sp.atan,
}  # fmt: skip
"""sympy's class for each; LaTeX has a command of the same name."""
