"""Figures as pictures: bars with their numbers, of one colour, readable in black on white (decision 22)."""

import re
import sys
from collections.abc import Mapping, Sequence

import pygal
from pygal.style import Style

from onestop.reports.sheets import Cell, Sheet

# pygal looks for plug-ins, of which there are none here, by a finder that every later import of the process would
# ask; the interface it speaks is gone since Python 3.12.
sys.meta_path[:] = [finder for finder in sys.meta_path if not isinstance(finder, pygal.PluginImportFixer)]

PICTURES: Mapping[str, tuple[str, int]] = {
    "services": ("services", 2),
    "waits": ("services", 3),
    "languages": ("languages", 0),
    "hours": ("hours", 0),
}
"""Each picture with the table it is of and the column that it draws."""
_MOST_BARS = 20
_SCRIPT = re.compile(r"<script.*?</script>", re.DOTALL)
_STYLE = Style(
    background="#ffffff",
    plot_background="#ffffff",
    foreground="#1a1a1a",
    foreground_strong="#000000",
    foreground_subtle="#767676",
    colors=("#0072b2",),  # the blue of Okabe and Ito, told apart by everybody and dark enough on paper
    font_family="sans-serif",
    label_font_size=15,
    major_label_font_size=15,
    value_font_size=15,
    value_colors=("#000000",),
)


def picture(name: str, sheets: Sequence[Sheet]) -> str | None:
    """The SVG of one picture; `None` where its table has no line. It has no words but those of the table."""
    key, column = PICTURES[name]
    sheet = next((sheet for sheet in sheets if sheet.key == key), None)
    if sheet is None:
        return None
    rows = [(row.label, _height(row.cells[column])) for row in sheet.rows[:_MOST_BARS]]
    chart = pygal.HorizontalBar(
        js=[],
        style=_STYLE,
        show_legend=False,
        print_values=True,
        print_values_position="top",
        width=720,
        height=90 + 42 * len(rows),
        truncate_label=34,
        show_y_guides=False,
        show_y_labels=False,
        range=(0, max(height for _, height in rows) or 1),
        disable_xml_declaration=True,
        explicit_size=True,
        pretty_print=False,
    )
    # Bars grow from below: the first line of the table stands on top.
    chart.x_labels = [label for label, _ in reversed(rows)]
    chart.add(sheet.columns[column], [height for _, height in reversed(rows)])
    # What would move on a screen is left out: an image runs nothing.
    return _SCRIPT.sub("", chart.render(is_unicode=True))


def _height(cell: Cell) -> int | float:
    return cell if isinstance(cell, int | float) else 0
