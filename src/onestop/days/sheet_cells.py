"""What stands in the cells of a workbook, read in a process of its own: `python -m onestop.days.sheet_cells`.

A workbook comes from anywhere. Its size is looked at before it is opened, defusedxml reads its XML, and the process
has little memory and little time. Nothing is computed: a formula is told as one, its remembered value is not used.
"""

import io
import json
import subprocess
import sys
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Literal

from onestop.domain.errors import N_

MOST_BYTES = 250 * 1024
MOST_UNPACKED = 30 * 1024 * 1024
MOST_PARTS = 500
MOST_SHEETS = 20
MOST_ROWS = 5_000
LAST_ROW = 1_048_576
MOST_COLUMNS = 40
LONGEST_CELL = 1_000
FIRST_YEAR = 1910
"""A date before it is no date: it is how a spreadsheet shows hours beyond a day."""
MOST_MEMORY = 1024**3
MOST_CPU_SECONDS = 20
LONGEST_SECONDS = 600
"""A workbook within these limits takes a second of work. A machine that has much else to do is waited for."""

TOO_BIG = N_("This workbook is too big. At most %(kilobytes)s kB are read.")
UNPACKS_TOO_BIG = N_("This workbook holds far more than a day needs. It was not opened.")
NO_WORKBOOK = N_("This is not a workbook (.xlsx). Open it in your spreadsheet program and save it as .xlsx.")
PROTECTED = N_("This workbook is old (.xls) or has a password. Save it as .xlsx without a password.")
BROKEN = N_("This workbook is damaged or not complete. Open it in your spreadsheet program and save it again.")
TOO_MANY_SHEETS = N_("This workbook has too many sheets. At most %(most)s are read.")
TOO_LONG = N_("This sheet has more than %(most)s rows.")
TOO_WIDE = N_("This row has more than %(most)s columns.")
CELL_TOO_LONG = N_("This cell has more than %(most)s letters.")

Kind = Literal["text", "number", "percent", "yes", "day", "time", "hours", "formula", "error", "long"]


class WorkbookRefused(Exception):
    """The workbook as a whole is not read; `sentence` is a message id and `params` fill it."""

    def __init__(self, sentence: str, **params: int) -> None:
        super().__init__(sentence % params if params else sentence)
        self.sentence, self.params = sentence, params


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell that is not empty: a day is a `datetime`, a time a `time`, a percentage a number such as 20.

    Hours that are no time of a day, such as 25:00, are a text.
    """

    kind: Kind
    value: str | int | float | bool | datetime | time


@dataclass(frozen=True, slots=True)
class RawSheet:
    """A sheet with its cells by row and column (from 1) and the ranges that are merged."""

    name: str
    hidden: bool
    rows: dict[int, dict[int, Cell]]
    merged: tuple[str, ...] = ()
    fault: str = ""
    """A sentence about the sheet as a whole, with `at` as its row."""
    at: int = 0


def read_cells(content: bytes) -> list[RawSheet]:
    """The cells of a workbook, read in a process of its own. Takes a second. Raises `WorkbookRefused`."""
    check_package(content)
    command = [sys.executable, "-m", "onestop.days.sheet_cells"]
    try:
        done = subprocess.run(  # noqa: S603 (our own module, no shell; the workbook is its input)
            command, input=content, capture_output=True, timeout=LONGEST_SECONDS, check=False
        )
    except subprocess.TimeoutExpired as late:
        raise WorkbookRefused(UNPACKS_TOO_BIG) from late
    if done.returncode:
        raise WorkbookRefused(UNPACKS_TOO_BIG if done.returncode < 0 else BROKEN)
    return sheets_of(json.loads(done.stdout))


def sheets_of(said: dict[str, Any]) -> list[RawSheet]:
    """What the process answered, as sheets. Raises `WorkbookRefused`."""
    if "refused" in said:
        raise WorkbookRefused(said["refused"], **said["params"])
    return [_sheet(each) for each in said["sheets"]]


def check_package(content: bytes) -> None:
    """Whether these bytes can be a workbook of bearable size; nothing is unpacked. Raises `WorkbookRefused`."""
    if len(content) > MOST_BYTES:
        raise WorkbookRefused(TOO_BIG, kilobytes=MOST_BYTES // 1024)
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise WorkbookRefused(PROTECTED)
    if not content.startswith(b"PK"):
        raise WorkbookRefused(NO_WORKBOOK)
    try:
        parts = zipfile.ZipFile(io.BytesIO(content)).infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise WorkbookRefused(BROKEN) from error
    if any(part.flag_bits & 1 for part in parts):
        raise WorkbookRefused(PROTECTED)
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise WorkbookRefused(UNPACKS_TOO_BIG)
    if "[Content_Types].xml" not in {part.filename for part in parts}:
        raise WorkbookRefused(NO_WORKBOOK)


def unpack(content: bytes) -> dict[str, Any]:
    """What the process answers: the sheets, or why the workbook is refused."""
    import openpyxl

    if not openpyxl.DEFUSEDXML:
        raise RuntimeError("defusedxml is missing: no workbook is opened without it")
    try:
        check_package(content)
        with warnings.catch_warnings(), zipfile.ZipFile(io.BytesIO(content)) as package:
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
            if len(book.worksheets) > MOST_SHEETS:
                raise WorkbookRefused(TOO_MANY_SHEETS, most=MOST_SHEETS)
            return {"sheets": [_unpack_sheet(each, package) for each in book.worksheets]}
    except WorkbookRefused as refused:
        return {"refused": refused.sentence, "params": refused.params}
    except Exception:  # a damaged file fails in as many ways as there are files
        return {"refused": BROKEN, "params": {}}


def _unpack_sheet(sheet: Any, package: zipfile.ZipFile) -> dict[str, Any]:
    sheet.reset_dimensions()  # what the file says of its size need not be true
    rows: dict[int, dict[int, list[Any]]] = {}
    fault, at = "", 0
    for nth, row in enumerate(sheet.iter_rows(), 1):
        found = {column: cell for column, each in enumerate(row, 1) if (cell := _unpack_cell(each)) is not None}
        if not found and nth <= LAST_ROW:
            continue
        if nth > MOST_ROWS:
            fault, at = TOO_LONG, nth
            break
        if max(found) > MOST_COLUMNS:
            fault, at = TOO_WIDE, nth
            break
        rows[nth] = found
    return {
        "name": sheet.title,
        "hidden": sheet.sheet_state != "visible",
        "rows": rows,
        "merged": list(_merged(package, sheet._worksheet_path)),
        "fault": fault,
        "at": at,
    }


def _merged(package: zipfile.ZipFile, path: str) -> Iterator[str]:
    from defusedxml.ElementTree import iterparse

    with package.open(path) as part:
        for _, element in iterparse(part):
            if element.tag.endswith("}mergeCell"):
                yield str(element.get("ref"))[:40]
            if not element.tag.endswith("}mergeCells"):
                element.clear()


def _unpack_cell(cell: Any) -> list[Any] | None:
    value = cell.value
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    if cell.data_type in ("f", "e"):
        return ["formula" if cell.data_type == "f" else "error", str(value)[:40]]
    match value:
        case bool():
            return ["yes", value]
        case datetime() if value.year < FIRST_YEAR:
            return _hours(_serial(value, cell))
        case datetime():
            return ["day", value.isoformat()]
        case date():
            return ["day", datetime.combine(value, time()).isoformat()]
        case time():
            return ["time", value.isoformat()]
        case timedelta():
            return _hours(value / timedelta(days=1))
        case int() | float():
            shown = "%" in (cell.number_format or "")
            return ["percent", round(value * 100, 6)] if shown else ["number", value]
        case _:
            text = str(value)
            return ["text", text] if len(text) <= LONGEST_CELL else ["long", text[:40]]


def _serial(value: datetime, cell: Any) -> float:
    from openpyxl.utils.datetime import to_excel

    return to_excel(value, cell.parent.parent.epoch)


def _hours(days: float) -> list[Any]:
    """A time of a day, or hours such as 25:00: a spreadsheet keeps both as a number of days."""
    minutes = round(days * 1440)
    text = f"{'-' * (minutes < 0)}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"
    return ["time" if 0 <= minutes < 1440 else "hours", text]


def _sheet(raw: dict[str, Any]) -> RawSheet:
    rows = {
        int(row): {int(column): _cell(kind, value) for column, (kind, value) in cells.items()}
        for row, cells in raw["rows"].items()
    }
    return RawSheet(raw["name"], raw["hidden"], rows, tuple(raw["merged"]), raw["fault"], raw["at"])


def _cell(kind: Kind, value: Any) -> Cell:
    if kind == "day":
        return Cell(kind, datetime.fromisoformat(value))
    return Cell(kind, time.fromisoformat(value) if kind == "time" else value)


def main() -> None:
    """Read a workbook from standard input, write its cells as JSON to standard output."""
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_CPU_SECONDS, MOST_CPU_SECONDS))
    sys.stdout.write(json.dumps(unpack(sys.stdin.buffer.read(MOST_BYTES + 1))))


if __name__ == "__main__":
    main()
