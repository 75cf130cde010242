"""Questions on tables that came with a message: means, sums and the like by a column, as numbers or as a chart.

The code is fixed. The file's name and the student's words stand in it as strings; what they name is looked up in the
table when it runs.
"""

import re
from collections.abc import Sequence
from typing import Any, Final

from maths.reading.language import Language
from maths.reading.plot_requests import asks_to_draw, chart_in

LONGEST: Final = 500
"""Characters of a message that go into the code."""
LONGEST_TABLE: Final = 1_200
"""Characters of a result that are told."""
ENDINGS: Final = (".csv", ".tsv", ".xlsx", ".xls")
_FILES: Final = re.compile(r"Files that are there: (.*)\.$", re.DOTALL)
_OPERATIONS: Final[tuple[tuple[str, re.Pattern[str]], ...]] = (
    ("median", re.compile(r"\bmedians?\b|중앙값", re.IGNORECASE)),
    ("mean", re.compile(r"\b(?:means?|averages?|avg)\b|평균", re.IGNORECASE)),
    ("count", re.compile(r"\bcounts?\b|\bhow\s+many\b|\bnumber\s+of\b|개수|인원|몇\s*(?:명|개)|빈도", re.IGNORECASE)),
    ("sum", re.compile(r"\b(?:sums?|totals?|add\s+up)\b|합계|총합|총점|합은|합을|더하", re.IGNORECASE)),
    (
        "max",
        re.compile(r"\b(?:max(?:imum)?|highest|largest|best)\b|최댓?값|최대|최고|가장\s*(?:큰|높은)", re.IGNORECASE),
    ),
    (
        "min",
        re.compile(r"\b(?:min(?:imum)?|lowest|smallest|worst)\b|최솟?값|최소|최저|가장\s*(?:작은|낮은)", re.IGNORECASE),
    ),
)
_NUMBERS: Final = re.compile(r"\d[\d.]*\s*,\s*\d")
_NAMES: Final[dict[str, tuple[str, str]]] = {
    "median": ("median", "중앙값"),
    "mean": ("mean", "평균"),
    "count": ("count", "개수"),
    "sum": ("sum", "합계"),
    "max": ("maximum", "최댓값"),
    "min": ("minimum", "최솟값"),
}


def tables_in(description: str) -> list[str]:
    """The tables among the files that the description of the code interpreter names."""
    found = _FILES.search(description)
    return [name for name in found[1].split(", ") if name.lower().endswith(ENDINGS)] if found else []


def table_plan(text: str, tables: Sequence[str], language: Language) -> dict[str, Any] | None:
    """The code that answers a question on one of these tables, and what is said before its result; only `said` where it
    is not clear which table is meant. None if the message asks for nothing that this can do.
    """
    operation = next((name for name, words in _OPERATIONS if words.search(text)), None)
    chart = chart_in(text) or ("bar" if asks_to_draw(text) else None)
    if not tables or (operation is None and chart is None) or _NUMBERS.search(text):
        return None
    named = [name for name in tables if name.lower() in text.lower() or name.rpartition(".")[0].lower() in text.lower()]
    wanted = named if len(named) == 1 else list(tables)
    if len(wanted) > 1:
        return {"said": _WHICH[language].format(names=", ".join(f"`{name.replace('`', '')}`" for name in wanted[:10]))}
    shown = _NAMES[operation or "mean"][language == "ko"]
    said = _SAID[language].format(what=shown, name=wanted[0].replace("`", ""))
    code = _code(wanted[0], text[:LONGEST], operation or "mean", chart, language)
    return {"code": code, "said": said}


def told(said: str, output: str, language: Language) -> str:
    """The answer when the code has run."""
    lines = [line for line in output.splitlines() if not line.startswith(("[A picture", "Files that can be"))]
    table = "\n".join(lines).rstrip().strip("\n").replace("```", "'''")[:LONGEST_TABLE]
    if "Error" in table or not table:
        return _FAILED[language]
    return f"{said}\n```\n{table}\n```"


_SAID: Final[dict[Language, str]] = {
    "en": "This is the {what} that `{name}` gives:",
    "ko": "`{name}` 파일에서 구한 {what}입니다.",
}
_WHICH: Final[dict[Language, str]] = {
    "en": "Which file do you mean? There are {names}.",
    "ko": "어느 파일인가요? {names} 중에서 골라 주세요.",
}
_FAILED: Final[dict[Language, str]] = {
    "en": "I could not work that out of the table: its first row should hold the names of the columns, and a column "
    "should hold numbers. Name the columns that you mean.",
    "ko": "표에서 구하지 못했습니다. 첫 줄에 열의 이름이 있고 숫자로 된 열이 있어야 합니다. 어느 열인지 말해 주세요.",
}


def _code(name: str, text: str, operation: str, chart: str | None, language: Language) -> str:
    shown = _NAMES[operation][language == "ko"]
    excel = name.lower().endswith((".xlsx", ".xls"))
    kind = {"histogram": "hist", None: None}.get(chart, chart)
    lines = ["import matplotlib.pyplot as plt", "import pandas as pd", "", f"path = {f'/mnt/data/{name}'!r}"]
    if excel:
        lines.append("table = pd.read_excel(path)")
    else:
        lines += [
            "try:",
            '    table = pd.read_csv(path, sep=None, engine="python", encoding="utf-8-sig")',
            "except UnicodeDecodeError:",
            '    table = pd.read_csv(path, sep=None, engine="python", encoding="cp949")',
        ]
    lines += [
        "table.columns = [str(column).strip() for column in table.columns]",
        f"question = {text.lower()!r}",
        "named = [column for column in table.columns if column.lower() in question]",
        'numbers = [column for column in table.select_dtypes("number").columns]',
        "groups = [column for column in named if any(",
        '    form in question for form in (f"by {column.lower()}", f"per {column.lower()}",'
        ' f"each {column.lower()}", f"{column.lower()}별", f"{column.lower()} 별")',
        ")] or [column for column in named if column not in numbers] or [",
        "    column for column in table.columns if column not in numbers",
        "]",
        "values = [column for column in named if column in numbers and column not in groups[:1]] or [",
        "    column for column in numbers if column not in groups[:1]",
        "]",
        "if groups:",
        f"    result = table.groupby(groups[0])[values].{operation}()"
        if operation != "count"
        else "    result = table.groupby(groups[0]).size().to_frame(" + repr(shown) + ")",
        "else:",
        f"    result = table[values].{operation}().to_frame({shown!r})",
        "print(result.round(2).to_string())",
    ]
    if kind == "hist":
        lines += ["table[values].plot.hist(alpha=0.6)"]
    elif kind == "pie":
        lines += ['result.iloc[:, 0].plot.pie(autopct="%1.0f%%", ylabel="")']
    elif kind is not None:
        lines += [f"result.plot(kind={kind!r}, rot=0)"]
    if kind is not None:
        by = "{groups[0]}별 {what}" if language == "ko" else "{what} by {groups[0]}"
        lines += [
            f"what = ', '.join(result.columns) + {' ' + shown!r}" if operation != "count" else f"what = {shown!r}",
            f'plt.title(f"{by}" if groups else what)',
            "plt.show()",
        ]
    return "\n".join(lines)
