"""A report as it is drawn: tables of numbers under headings, in plain words of one language."""

from dataclasses import dataclass
from datetime import datetime

from onestop.days.queries.days import Day
from onestop.domain.errors import N_
from onestop.locale.locales import Locale
from onestop.paper.sheets import Backers


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line of a table; a number also as it is written."""

    label: str
    cells: tuple[str, ...]
    size: float
    """How long its bar is, where the table has one column."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table; `bars` where its numbers are parts of one thing."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    bars: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Everything in the PDF. `page` has the places `%(page)s` and `%(pages)s`."""

    language: str
    rtl: bool
    title: str
    whose: str
    day: str
    when: str
    where: str
    made: str
    page: str
    tables: tuple[Table, ...]
    notes: tuple[str, ...]
    backers: Backers | None


NOTES = (
    N_("Only figures of this institution. Talks at the centre that are private are not in them."),
    N_("Small numbers can point at people: this paper is not for publishing."),
    N_("Each ticket counts under the language named first. Talks told from paper count, but not in waits."),
)


def institution_report(
    day: Day, whose: str, tables: tuple[Table, ...], locale: Locale, *, backers: Backers | None, now: datetime
) -> Report:
    """The report of one institution about a day."""
    _ = locale.gettext
    hours = "–".join(locale.time(at, day.timezone) for at in (day.opens_at, day.closes_at))
    made = {"date": locale.local_date(now, day.timezone), "time": locale.time(now, day.timezone)}
    return Report(
        language=locale.tag,
        rtl=locale.dir == "rtl",
        title=_(N_("Report of the day for an institution")),
        whose=whose,
        day=day.name,
        when=f"{locale.date(day.on)} · {hours}",
        where=", ".join(part for part in (day.venue, day.address) if part),
        made=_(N_("Made on %(date)s at %(time)s.")) % made,
        page=_(N_("Page %(page)s of %(pages)s")),
        tables=tables,
        notes=tuple(map(_, NOTES)),
        backers=backers,
    )
