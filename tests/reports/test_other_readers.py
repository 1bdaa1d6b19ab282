"""Tables that leave the house, read by something else than what wrote them: as XML, and as Excel guesses."""

import csv
import zipfile
from io import BytesIO, StringIO
from posixpath import join, normpath

import pytest
from defusedxml.ElementTree import fromstring

from onestop.days.dayfile import read_template, templates
from onestop.days.sheet_writing import workbook_of
from onestop.locale.locales import locale_for
from onestop.reports.files import FileKind
from tests.reports.test_files import whole

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELATED = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
PACKAGE = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"


def cells_of(content: bytes) -> dict[str, list[tuple[str, str]]]:
    """Name of each sheet → type and text of each cell that has something, by the standard (ECMA-376) alone."""
    with zipfile.ZipFile(BytesIO(content)) as package:
        assert package.testzip() is None
        parts = {
            name: fromstring(package.read(name)) for name in package.namelist() if name.endswith((".xml", ".rels"))
        }
    targets = {each.get("Id"): each.get("Target") for each in parts["xl/_rels/workbook.xml.rels"].iter(PACKAGE)}
    shared = parts.get("xl/sharedStrings.xml")
    texts = [] if shared is None else ["".join(one.itertext()) for one in shared.iter(f"{MAIN}si")]
    found: dict[str, list[tuple[str, str]]] = {}
    for sheet in parts["xl/workbook.xml"].iter(f"{MAIN}sheet"):
        path = normpath(join("/xl", targets[sheet.get(RELATED)])).lstrip("/")
        assert list(parts[path].iter(f"{MAIN}f")) == []
        lines = found[sheet.get("name")] = []
        for cell in parts[path].iter(f"{MAIN}c"):
            kind, value = cell.get("t", "n"), "".join(cell.itertext())
            if value:
                lines.append(("s", texts[int(value)]) if kind == "s" else (kind, value))
    return found


def test_a_csv_begins_with_the_mark_that_excel_needs_and_its_delimiter_is_guessed() -> None:
    content = whole(FileKind.CSV)
    assert content.startswith(b"\xef\xbb\xbf")
    text = content.decode("utf-8-sig")

    guessed = csv.Sniffer().sniff(text, delimiters=",;\t")
    assert guessed.delimiter == ","
    assert {len(row) for row in csv.reader(StringIO(text, newline=""), guessed)} == {4}


def test_the_figures_as_a_workbook_are_numbers_and_texts_without_a_formula() -> None:
    found = cells_of(whole(FileKind.XLSX))

    first = next(iter(found.values()))
    assert all(len(name) <= 31 for name in found)
    assert ("n", "7") in first
    assert ("n", "12.5") in first
    assert any(text.endswith('Žilina, "mesto"') for _, text in first)


@pytest.mark.parametrize("name", templates())
def test_the_workbook_of_each_template_names_its_day_and_has_a_line_for_each_desk(name: str) -> None:
    day = read_template(name)

    found = cells_of(workbook_of(day, locale_for("en")))
    texts = {text for lines in found.values() for _, text in lines}
    assert {"Day", "Institutions", "Desks", "Mediators", "Order"} <= set(found)
    assert {day.name, day.venue, *(each.name for each in day.institutions)} <= texts
    numbers = {text for kind, text in found["Desks"] if kind == "n"}
    assert {str(desk.number) for desk in day.desks} <= numbers
