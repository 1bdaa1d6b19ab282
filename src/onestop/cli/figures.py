"""`onestop export`: the statistics of a day as a file, without persons."""

from collections.abc import Iterator
from typing import BinaryIO

import rich_click as click

from onestop.cli.opening import OPERATOR, opened
from onestop.days.queries.days import day_by_slug
from onestop.locale.languages import LANGUAGES
from onestop.locale.locales import locale_for
from onestop.reports.files import FileKind, file_of, note_taken
from onestop.reports.sheets import sheets_of
from onestop.reports.statistics import day_figures


@click.command("export")
@click.argument("slug")
@click.option(
    "--format", "kind", type=click.Choice([str(kind) for kind in FileKind]), default="csv", help="What kind of file."
)
@click.option("--language", type=click.Choice(list(LANGUAGES)), default="en", help="The language of its words.")
@click.option("--output", type=click.File("wb"), default="-", help="Where to; without it to standard output.")
def export(slug: str, kind: str, language: str, output: BinaryIO) -> None:
    """Write the statistics of a day: numbers without persons. That somebody took them is noted.

    Example: onestop export iom-bratislava-2026-12-03 --format xlsx --output figures.xlsx
    """
    which = FileKind(kind)
    with opened() as database:
        day = database.read_now(day_by_slug, slug)
        figures = database.read_now(day_figures, day, now=database.now())
        database.write_now(note_taken, day.id, kind=which, actor=OPERATOR, now=database.now(), day=day.id)
    pieces: Iterator[bytes] = file_of(which, figures, sheets_of(figures, locale_for(language)))
    for piece in pieces:
        output.write(piece)
