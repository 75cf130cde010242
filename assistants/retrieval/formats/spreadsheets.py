"""Reads XLSX workbooks as Markdown: values as people see them, formulas that have no value, merged and hidden cells.

ECMA-376 part 1, chapter 18. xberg shows neither percentages nor formulas without a value, nor raised letters.
"""

import datetime
import posixpath
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import IO
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from assistants.retrieval.formats.packages import part_of
from assistants.retrieval.formats.plain_maths import lowered, raised
from assistants.retrieval.formats.refusals import TOO_LONG, InvalidFileError
from assistants.retrieval.formats.tables import MAX_COLUMNS, table_of
from assistants.retrieval.formats.xml_parts import local

MAX_CELLS = 3_000_000
_MAX_MERGED = 10_000
"""Cells that one merged range fills, and that all together may fill ten times."""

_BUILT_IN = {9: "0%", 10: "0.00%", 12: "# ?/?", 13: "# ??/??", 14: "yyyy-mm-dd", 15: "d-mmm-yy", 16: "d-mmm",
             17: "mmm-yy", 18: "h:mm", 19: "h:mm:ss", 20: "h:mm", 21: "h:mm:ss", 22: "yyyy-mm-dd h:mm", 45: "mm:ss",
             46: "[h]:mm:ss", 47: "mm:ss"} | dict.fromkeys((*range(27, 32), 34, 35, 36, *range(50, 59)), "yyyy-mm-dd") \
             | dict.fromkeys((32, 33), "h:mm:ss")  # fmt: skip
"""Formats by number (18.8.30); 27 to 58 are dates and times of East Asian editions."""
_LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]|am/pm|a/p', re.IGNORECASE)
_REFERENCE = re.compile(r"([A-Z]{1,3})(\d{1,7})")


@dataclass(frozen=True, slots=True)
class _Workbook:
    """What all sheets share: strings, the format of each cell style, and the first day."""

    strings: Sequence[str]
    formats: Sequence[str]
    epoch: datetime.datetime


def text_of(package: zipfile.ZipFile) -> str:
    """The sheets in order, each as a heading and a table.

    Raises:
        ElementTree.ParseError, KeyError, ValueError: the workbook is damaged.
        InvalidFileError: it holds more cells than may be read.
    """
    workbook = ElementTree.fromstring(part_of(package, "xl/workbook.xml") or b"")  # noqa: S314 - see `extraction`
    links = _links(package, "xl", "workbook.xml")
    dated = next((each.get("date1904", "0") for each in workbook if local(each) == "workbookPr"), "0")
    epoch = datetime.datetime(1904, 1, 1) if dated in {"1", "true"} else datetime.datetime(1899, 12, 30)
    shared = _Workbook(_strings(package), _formats(package), epoch)
    blocks: list[str] = []
    budget = _Budget(MAX_CELLS)
    for sheet in workbook.iter():
        if local(sheet) != "sheet":
            continue
        link = next((value for name, value in sheet.attrib.items() if name.endswith("}id")), "")
        target = links.get(link)
        if target is None or target not in package.namelist():
            continue
        with package.open(target) as part:
            rows = _rows(part, shared, budget)
        hidden = " (hidden)" if sheet.get("state", "visible") != "visible" else ""
        blocks += [f"## {' '.join(sheet.get('name', '').split())}{hidden}", table_of(rows), *_comments(package, target)]
    return "\n\n".join(filter(None, blocks))


class _Budget:
    """How many more cells may be read."""

    def __init__(self, cells: int) -> None:
        self._cells = cells
        self.merged = 10 * _MAX_MERGED

    def spend(self) -> None:
        """Count a cell; raises InvalidFileError when there are too many."""
        self._cells -= 1
        if self._cells < 0:
            raise InvalidFileError(TOO_LONG)


def _links(package: zipfile.ZipFile, folder: str, name: str) -> dict[str, str]:
    """By id, the parts that a part refers to."""
    data = part_of(package, f"{folder}/_rels/{name}.rels")
    links = {}
    for link in ElementTree.fromstring(data) if data else ():  # noqa: S314
        target = link.get("Target", "")
        links[link.get("Id", "")] = (
            target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
        )
    return links


def _strings(package: zipfile.ZipFile) -> list[str]:
    data = part_of(package, "xl/sharedStrings.xml")
    return [_rich(item) for item in ElementTree.fromstring(data)] if data else []  # noqa: S314


def _rich(item: Element) -> str:
    """A cell's text; its raised and lowered letters as `10^3`, and without the readings of East Asian words."""
    pieces = []
    for part in item:
        if local(part) == "t":
            pieces.append(part.text or "")
        elif local(part) == "r":
            text = "".join(each.text or "" for each in part if local(each) == "t")
            shift = next((each.get("val", "") for each in part.iter() if local(each) == "vertAlign"), "")
            shifted: Mapping[str, Callable[[str], str]] = {"superscript": raised, "subscript": lowered}
            pieces.append(shifted[shift](text) if shift in shifted else text)
    return "".join(pieces)


def _formats(package: zipfile.ZipFile) -> list[str]:
    """The number format of each style that a cell may have."""
    data = part_of(package, "xl/styles.xml")
    if not data:
        return []
    styles = ElementTree.fromstring(data)  # noqa: S314
    own = {each.get("numFmtId", ""): each.get("formatCode", "") for each in styles.iter() if local(each) == "numFmt"}
    styled = next((each for each in styles if local(each) == "cellXfs"), ())
    numbers = [each.get("numFmtId", "0") for each in styled]
    return [own.get(number) or _BUILT_IN.get(int(number) if number.isdigit() else 0, "") for number in numbers]


def _rows(part: IO[bytes], workbook: _Workbook, budget: _Budget) -> list[list[str]]:
    """The sheet's rows without those that are empty; the value of merged cells stands in all of their places."""
    grid: dict[int, dict[int, str]] = {}
    row = column = -1
    for event, element in ElementTree.iterparse(part, ["start", "end"]):  # noqa: S314
        name = local(element)
        if event == "start":
            if name == "row":
                given = element.get("r", "")
                row, column = (int(given) - 1 if given.isdigit() else row + 1), -1
            continue
        if name == "c":
            place = _REFERENCE.fullmatch(element.get("r", ""))
            column = _column(place[1]) if place else column + 1
            if text := _cell(element, workbook):
                budget.spend()
                if column < MAX_COLUMNS:
                    grid.setdefault(int(place[2]) - 1 if place else row, {})[column] = text
            element.clear()
        elif name == "row":
            element.clear()
        elif name == "mergeCell":
            _fill(grid, element.get("ref", ""), budget)
    filled = sorted(number for number, cells in grid.items() if any(text.strip() for text in cells.values()))
    return [[grid[number].get(place, "") for place in range(max(grid[number]) + 1)] for number in filled]


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def _fill(grid: dict[int, dict[int, str]], merged: str, budget: _Budget) -> None:
    corners = [_REFERENCE.fullmatch(corner) for corner in merged.split(":")]
    if len(corners) != 2 or corners[0] is None or corners[1] is None:
        return
    top, left = int(corners[0][2]) - 1, _column(corners[0][1])
    bottom, right = int(corners[1][2]) - 1, min(_column(corners[1][1]), MAX_COLUMNS - 1)
    text = grid.get(top, {}).get(left, "")
    size = (bottom - top + 1) * (right - left + 1)
    if not text or not 1 < size <= _MAX_MERGED or budget.merged < size:
        return
    budget.merged -= size
    for row in range(top, bottom + 1):
        if row in grid or row == top or left == 0:
            for column in range(left, right + 1):
                grid.setdefault(row, {}).setdefault(column, text)


def _cell(cell: Element, workbook: _Workbook) -> str:
    """What people see in a cell; a formula that has no value stands for itself."""
    value = formula = None
    for part in cell:
        match local(part):
            case "v":
                value = part.text
            case "f":
                formula = part.text
            case "is":
                value = _rich(part)
    kind = cell.get("t", "n")
    if value is None or (value == "" and kind != "inlineStr"):
        return f"={formula}" if formula else ""
    match kind:
        case "s":
            number = int(value) if value.strip().isdigit() else -1
            return workbook.strings[number] if 0 <= number < len(workbook.strings) else ""
        case "b":
            return "TRUE" if value.strip() in {"1", "true"} else "FALSE"
        case "n":
            style = cell.get("s", "")
            known = style.isdigit() and int(style) < len(workbook.formats)
            return _shown(value, workbook.formats[int(style)] if known else "", workbook.epoch)
        case "d":
            return value.replace("T", " ").removesuffix(" 00:00:00")
        case _:
            return value


def _shown(value: str, code: str, epoch: datetime.datetime) -> str:
    """A number as its format shows it: percentages, dates, times, currencies and units; others plain."""
    try:
        number = float(value)
    except ValueError:
        return value
    plain = _LITERAL.sub("", code.split(";", maxsplit=1)[0]).lower()
    if "%" in plain:
        return f"{_plain(number * 100)}%"
    if re.search(r"[dyhs]|m", plain) and "general" not in plain and not re.search(r"[#?]|0(?!0*$)", plain):
        return _moment(number, plain, epoch)
    if re.fullmatch(r"0{2,15}", plain) and number >= 0:  # a student's number, a postal code: 00007
        return _plain(round(number)).zfill(len(plain))
    return _with_unit(number, code) or _plain(number)


def _fixed(number: float, digits: str) -> str:
    """A number with the decimals of a format's digits: `#,##0.0#` has one or two."""
    decimals = digits.partition(".")[2]
    shown = f"{number:{',' if ',' in digits else ''}.{len(decimals)}f}"
    optional = len(decimals) - len(decimals.rstrip("#?"))
    while optional and shown.endswith("0"):
        shown, optional = shown[:-1], optional - 1
    return shown.rstrip(".") if decimals else shown


_TOKEN = re.compile(
    r"""\[\$(?P<symbol>[^\]\-]*)(?:-[^\]]*)?\]|"(?P<words>[^"]*)"|\\(?P<one>.)|[_*].|\[[^\]<>=]*\]
    |(?P<digits>general|[#0?][#0?,.]*)|(?P<other>.)""",
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
_UNIT = re.compile(r"[^\W\d_]|[$\u00a2-\u00a5\u20a0-\u20cf\u3300-\u33ff°‰]")


def _with_unit(number: float, code: str) -> str | None:
    """A number with the currency or unit that its format puts before or after it; None if that has none (18.8.31)."""
    before, digits, after = "", "", ""
    for token in _TOKEN.finditer(code):
        if token["other"] == ";":
            break  # how negative numbers look, and zero: here they have a minus before them, and are 0
        if token["digits"]:
            if digits:
                return None  # groups of digits, as in a telephone number
            digits = token["digits"]
            continue
        literal = next((token[name] for name in ("symbol", "words", "one", "other") if token[name]), "")
        if token["other"] and (literal in "[]/%@" or literal.isalpha()):
            return None  # a condition, a fraction, a word of a kind that is read elsewhere
        before, after = (before, after + literal) if digits else (before + literal, after)
    if not digits or digits.endswith(",") or not _UNIT.search(before + after):
        return None
    shown = _plain(abs(number)) if digits.lower() == "general" else _fixed(abs(number), digits)
    minus = "-" if number < 0 and float(shown.replace(",", "")) else ""
    return f"{minus}{before.lstrip(' (-+').rstrip('(-+')}{shown}{after.rstrip(' )')}"


def _plain(number: float) -> str:
    """A number with at most 12 digits, so that 0.1 + 0.2 is 0.3; integers whole."""
    if number == int(number) and abs(number) < 1e15:
        return str(int(number))
    return f"{number:.12g}"


def _moment(number: float, code: str, epoch: datetime.datetime) -> str:
    seconds = round(number * 86400)
    if "[" in code:  # hours, minutes or seconds beyond a day
        return f"{'-' * (seconds < 0)}{abs(seconds) // 3600}:{abs(seconds) // 60 % 60:02}:{abs(seconds) % 60:02}"
    try:
        moment = epoch + datetime.timedelta(seconds=seconds)
    except OverflowError:
        return _plain(number)
    has_date = re.search(r"[dy]|m(?!m?:)", re.sub(r"h+:m+|m+:s+", "", code)) is not None
    clock = f"{moment:%H:%M:%S}".removesuffix(":00") if "s" not in code else f"{moment:%H:%M:%S}"
    if not has_date:
        return clock
    day = f"{moment:%Y-%m-%d}"
    return f"{day} {clock}" if re.search(r"h|s", code) or seconds % 86400 else day


def _comments(package: zipfile.ZipFile, sheet: str) -> Iterator[str]:
    """The notes on a sheet's cells: `B2: …`."""
    folder, name = posixpath.split(sheet)
    for target in _links(package, folder, name).values():
        if not re.search(r"/comments?\d*\.xml$", target) or target not in package.namelist():
            continue
        for comment in ElementTree.fromstring(part_of(package, target) or b"").iter():  # noqa: S314
            if local(comment) == "comment":
                text = " ".join("".join(each.text or "" for each in comment.iter() if local(each) == "t").split())
                yield f"{comment.get('ref', '')}: {text}" if text else ""
