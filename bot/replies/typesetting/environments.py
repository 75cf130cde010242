"""LaTeX's environments, `\\begin{…}` to `\\end{…}`: matrices, cases, aligned equations."""

import re
from dataclasses import dataclass
from typing import Literal

from bot.replies.typesetting.parser import Macro, Parser, aligned_columns
from bot.replies.typesetting.tokens import LatexError
from bot.replies.typesetting.tree import MathStyle, Node, Table


@dataclass(frozen=True, slots=True)
class Environment:
    """How an environment is read. `takes` is what follows its name: `{lcr}`, a number of columns, `[t]`."""

    kind: Literal["matrix", "cases", "aligned", "stack"]
    left: str = ""
    right: str = ""
    takes: Literal["", "columns", "number", "position"] = ""
    columns: str = ""
    small: bool = False
    single: bool = False
    """If it has a single line without `&`, it is no table."""
    together: bool = False
    """No large space between the pairs of columns."""


ENVIRONMENTS: dict[str, Environment] = {
    "matrix": Environment("matrix", takes="position"),
    "smallmatrix": Environment("matrix", small=True),
    "pmatrix": Environment("matrix", "(", ")", takes="position"),
    "bmatrix": Environment("matrix", "[", "]", takes="position"),
    "Bmatrix": Environment("matrix", "{", "}", takes="position"),
    "vmatrix": Environment("matrix", "|", "|", takes="position"),
    "Vmatrix": Environment("matrix", "‖", "‖", takes="position"),
    "array": Environment("matrix", takes="columns"),
    "tabular": Environment("matrix", takes="columns"),
    "subarray": Environment("stack", takes="columns"),
    "cases": Environment("cases", "{", columns="l"),
    "dcases": Environment("cases", "{", columns="l"),
    "rcases": Environment("cases", "", "}", columns="l"),
    "drcases": Environment("cases", "", "}", columns="l"),
    "align": Environment("aligned"),
    "aligned": Environment("aligned", takes="position"),
    "alignat": Environment("aligned", takes="number", together=True),
    "alignedat": Environment("aligned", takes="number", together=True),
    "flalign": Environment("aligned"),
    "split": Environment("aligned"),
    "eqnarray": Environment("aligned", columns="rcl", together=True),
    "gather": Environment("aligned", columns="c"),
    "gathered": Environment("aligned", columns="c", takes="position"),
    "multline": Environment("aligned", columns="c", single=True),
    "equation": Environment("aligned", single=True),
    "math": Environment("aligned", single=True),
    "displaymath": Environment("aligned", single=True),
}
_RULES = frozenset({"\\hline", "\\hdashline", "\\midrule", "\\toprule", "\\bottomrule"})


def _begin(parser: Parser, name: str) -> Node:
    name = parser.raw_group().strip()
    environment = ENVIRONMENTS.get(name.rstrip("*"))
    if environment is None:
        raise LatexError(f"the environment {name} is not known")
    columns, bars = _options(parser, environment)
    rules = parser.take_rules(_RULES)
    rows = parser.lines()
    parser.expect("\\end")
    if (end := parser.raw_group().strip()) != name:
        raise LatexError(f"{name} ends as {end}")
    if environment.single and len(rows) == 1 and len(rows[0]) == 1:
        return rows[0][0]
    if environment.kind == "aligned":
        columns = columns or aligned_columns(rows)
    left, right, kind, together = environment.left, environment.right, environment.kind, environment.together
    table = Table(rows, columns, left, right, bars, rules, kind, together)
    return MathStyle(display=False, body=table, small=True) if environment.small else table


def _options(parser: Parser, environment: Environment) -> tuple[str, tuple[int, ...]]:
    match environment.takes:
        case "columns":
            parser.optional()
            return _columns_of(parser.raw_group())
        case "number":
            parser.raw_group()
        case "position":
            parser.optional()
    return environment.columns, ()


def _columns_of(spec: str) -> tuple[str, tuple[int, ...]]:
    """The columns as l, c and r, and after how many columns there are lines."""
    spec = re.sub(r"[@!>]\{[^{}]*\}|[pm]\{[^{}]*\}", lambda found: "l" if found[0][0] in "pm" else "", spec)
    spec = re.sub(r"\*\{(\d{1,2})\}\{([lcr|:]*)\}", lambda found: found[2] * int(found[1]), spec)
    columns, bars = "", []
    for char in spec:
        if char in "|:":
            bars.append(len(columns))
        elif char in "lcr":
            columns += char
    return columns, tuple(bars)


MACROS: dict[str, Macro] = {"begin": _begin}
