# ruff: noqa: E501 - XML does not read better for being cut
"""Sheets as people see them: formulas, dates, times, percentages, merged and hidden cells; and delimited text."""

import pytest

from assistants.retrieval.formats import refusals, spreadsheets
from tests.assistants.retrieval import documents
from tests.assistants.retrieval.formats.reading import case, text_of

_NS = "xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main'"


def xlsx(cells: str, formats: dict[int, str] | None = None, *, after: str = "", properties: str = "") -> bytes:
    """A workbook of one sheet with these `<row>` elements; style n + 1 has the nth of `formats`."""
    formats = formats or {}
    own = "".join(f"<numFmt numFmtId='{number}' formatCode='{code}'/>" for number, code in formats.items() if code)
    styles = "<xf numFmtId='0'/>" + "".join(f"<xf numFmtId='{number}'/>" for number in formats)
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    links = "http://schemas.openxmlformats.org/package/2006/relationships"
    return documents.archive(
        {
            "xl/workbook.xml": f"<workbook {_NS} xmlns:r='{office}'>{properties}<sheets><sheet name='S' r:id='r1'/></sheets></workbook>",
            "xl/_rels/workbook.xml.rels": f"<Relationships xmlns='{links}'><Relationship Id='r1' Target='worksheets/s.xml'/></Relationships>",
            "xl/styles.xml": f"<styleSheet {_NS}><numFmts>{own}</numFmts><cellXfs>{styles}</cellXfs></styleSheet>",
            "xl/worksheets/s.xml": f"<worksheet {_NS}><sheetData>{cells}</sheetData>{after}</worksheet>",
        }
    )


def test_a_workbook_is_read_as_people_see_it() -> None:
    text = case("plan.xlsx")
    assert "| Kim | 2026-03-05 | 97 | 25.6% | =C2+C3 |" in text
    assert "2026-12-24 09:30:00" in text
    assert "14:30:00" in text
    assert "1899" not in text
    assert "## Hidden (hidden)" in text
    assert "hidden words" in text
    assert "| Merged title across | Merged title across | Merged title across |" in text


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        ("0.5", "h:mm", "12:00"),
        ("0.5", "h:mm AM/PM", "12:00"),
        ("1.5", "[h]:mm", "36:00:00"),
        ("46086", "d. mmmm yyyy", "2026-03-05"),
        ("46086", 'yyyy"년" m"월" d"일"', "2026-03-05"),
        ("46086.75", "m/d/yy h:mm", "2026-03-05 18:00"),
        ("0.125", "0.0%", "12.5%"),
        ("0.3", "0%", "30%"),
        ("1234.5", '#,##0.00 "USD"', "1,234.50 USD"),
        ("12000", "[$₩-412]#,##0", "₩12,000"),
        ("12000", '#,##0"원"', "12,000원"),
        ("-5.5", '"$"#,##0.00_);[Red]("$"#,##0.00)', "-$5.50"),
        ("0", '_("$"* #,##0_);_("$"* (#,##0);_("$"* "-"_);_(@_)', "$0"),
        ("0.5", "[$€-407] #,##0.00", "€ 0.50"),
        ("3.25", '0.0##" kg"', "3.25 kg"),
        ("-0.001", "$0.00", "$0.00"),
        ("2", 'General" cm"', "2 cm"),
        ("1234567", '[>=1000000]0.0,," M";0', "1234567"),
        ("1012345678", "000-0000-0000", "1012345678"),
        ("15000", '#,##0,"천원"', "15000"),
        ("1234.5", "0.00E+00", "1234.5"),
        ("1234.5", "#,##0.00", "1234.5"),
        ("0.30000000000000004", "General", "0.3"),
        ("5", '0 "days"', "5 days"),
        ("1e21", "yyyy", "1e+21"),
        ("x", "0%", "x"),
    ],
)
def test_numbers_are_shown_by_their_format(value: str, code: str, shown: str) -> None:
    code = code.replace('"', "&quot;")
    text = text_of(
        "a.xlsx", xlsx(f"<row r='1'><c r='A1' s='1'><v>{value}</v></c><c r='B1'><v>1</v></c></row>", {170: code})
    )
    assert f"| {shown} | 1 |" in text


def test_the_days_of_old_macs_begin_in_1904() -> None:
    cells = "<row r='1'><c r='A1' s='1'><v>44624</v></c></row>"
    assert "2026-03-05" in text_of("a.xlsx", xlsx(cells, {14: ""}, properties="<workbookPr date1904='1'/>"))


def test_merged_rows_know_their_value() -> None:
    cells = (
        "<row r='1'><c r='A1' t='str'><v>Class 1</v></c><c r='B1' t='str'><v>Kim</v></c></row>"
        "<row r='2'><c r='B2' t='str'><v>Lee</v></c></row>"
    )
    text = text_of("a.xlsx", xlsx(cells, after="<mergeCells><mergeCell ref='A1:A2'/></mergeCells>"))
    assert "| Class 1 | Lee |" in text


def test_raised_letters_in_a_cell_stay_raised() -> None:
    rich = "<is><r><t>10</t></r><r><rPr><vertAlign val='superscript'/></rPr><t>3</t></r></is>"
    assert "10^3" in text_of("a.xlsx", xlsx(f"<row r='1'><c r='A1' t='inlineStr'>{rich}</c></row>"))


def test_a_sheet_of_endless_merges_and_far_cells_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    cells = "<row r='1048576'><c r='XFD1048576'><v>1</v></c><c r='A1048576'><v>2</v></c></row>"
    merges = "<mergeCells>" + "<mergeCell ref='A1:XFD1048576'/>" * 1000 + "</mergeCells>"
    assert "| 2 |" in text_of("a.xlsx", xlsx(cells, after=merges))
    monkeypatch.setattr(spreadsheets, "MAX_CELLS", 1)
    with pytest.raises(refusals.InvalidFileError):
        text_of("a.xlsx", xlsx(cells))


@pytest.mark.parametrize(
    ("name", "data", "heading"),
    [
        ("a.csv", "sep=;\nName;Score\nKim;97,5\n", "Name;Score"),
        ("a.csv", "# exported 2026-03-05\n# by nobody\nname,score\nKim,97\n", "name,score"),
        ("a.csv", "Marks of class 3\n\nname|score|note\nKim|97|x\nLee|3|y\n", "name|score|note"),
        ("a.csv", "name;score;note\nKim;3,5;a,b,c\nLee;4,5;d\n", "name;score;note"),
        ("a.tsv", "name\tscore\nKim, Minji\t97\n", "name\tscore"),
        ("a.csv", '\ufeff"a,b",c\n"1,2",3\n', '"a,b",c'),
        ("a.csv", "word\nother\n", "word"),
    ],
)
def test_the_head_of_delimited_text_is_the_line_that_names_the_columns(name: str, data: str, heading: str) -> None:
    from assistants.retrieval.formats.delimited import sections_of

    table = sections_of(data)[-1]
    assert table.heading == heading
    assert "sep=" not in "".join(section.text for section in sections_of(data))
    assert "Kim" not in data or "Kim" in table.text


def test_what_stands_before_a_table_is_kept() -> None:
    assert "exported 2026" in text_of("a.csv", "# exported 2026\nname,score\nKim,97\n")
    assert "Score" in case("excel_sep.csv")


def test_leading_zeros_of_a_format_are_kept() -> None:
    assert "| 00007 |" in text_of("a.xlsx", xlsx("<row><c s='1'><v>7</v></c></row>", {164: "00000"}))
