"""The figures of a programme as tables in words, for its organisers."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from onestop.domain.errors import N_
from onestop.locale.locales import Locale
from onestop.reports.figures_of_day import DayFigures
from onestop.reports.programme import Programme, ProgrammeDay
from onestop.reports.sheets import (
    FIGURES,
    Cell,
    Sheet,
    SheetRow,
    label_of,
    language_label,
    line_cells,
    sheets_of,
    tally_key,
    tally_label,
    tally_order,
    tally_title,
)

DAYS_TITLE = N_("Day by day")
TOGETHER = N_("All days together")
_ALSO = (
    N_("Had an appointment"),
    N_("Came to their appointment"),
    N_("Did not come to their appointment"),
    N_("Sent on"),
    N_("Came there"),
)
_ASKED_BY_DAY = N_("By day: %(question)s")
_TALKS_BY_DAY, _TICKETS_BY_DAY = N_("Talks by service and day"), N_("Tickets by language and day")


def programme_sheets(programme: Programme, locale: Locale) -> tuple[Sheet, ...]:
    """Every table: the days, all of them together, and by day; a table without a line is left out."""
    found = [
        _days(programme, locale),
        *(
            replace(sheet, title=locale.gettext(TOGETHER)) if sheet.key == "day" else sheet
            for sheet in sheets_of(programme.together, locale)
        ),
        *_by_day(programme, locale),
    ]
    return tuple(sheet for sheet in found if sheet.rows)


def day_label(day: ProgrammeDay, locale: Locale) -> str:
    """Date with its year, and name: two venues may have a day on one date."""
    on = date.fromisoformat(day.on)
    return f"{locale.short_date(on)} {on.year} · {day.name}"


def _days(programme: Programme, locale: Locale) -> Sheet:
    rows = [(day_label(day, locale), day.figures) for day in programme.days]
    return Sheet(
        key="days",
        title=locale.gettext(DAYS_TITLE),
        head=locale.gettext("Day"),
        columns=tuple(locale.gettext(each) for each in (*FIGURES.values(), *_ALSO)),
        rows=tuple(
            SheetRow(label=label, cells=_of_one(figures))
            for label, figures in (*rows, (locale.gettext(TOGETHER), programme.together))
        ),
    )


def _of_one(figures: DayFigures) -> tuple[Cell, ...]:
    return (
        *line_cells(figures.all),
        figures.booked.booked,
        figures.booked.came,
        figures.booked.missed,
        sum(each.made for each in figures.referrals),
        sum(each.kept for each in figures.referrals),
    )


def _by_day(programme: Programme, locale: Locale) -> Iterator[Sheet]:
    together = programme.together
    services = {(line.name, line.key): label_of("services", line, locale) for line in together.services}
    yield _crossed(
        "services", locale.gettext(_TALKS_BY_DAY), locale.gettext("Service"), services, programme, locale,
        lambda figures: {(line.name, line.key): line.talks for line in figures.services},
    )  # fmt: skip
    languages = {line.key: language_label(line.key, locale) for line in together.languages}
    yield _crossed(
        "languages", locale.gettext(_TICKETS_BY_DAY), locale.gettext("Language"), languages, programme, locale,
        lambda figures: {line.key: line.parties for line in figures.languages},
    )  # fmt: skip
    for question, answers in together.tally.items():
        key = tally_key(question)
        labels = {each: tally_label(key, each, locale) for each in tally_order(answers, question)}
        yield _crossed(
            key, locale.say(_ASKED_BY_DAY, {"question": tally_title(key, locale)}), "", labels, programme, locale,
            lambda figures, asked=question: figures.tally.get(asked, {}),
        )  # fmt: skip


def _crossed(
    key: str,
    title: str,
    head: str,
    labels: Mapping[Any, str],
    programme: Programme,
    locale: Locale,
    counts_of: Callable[[DayFigures], Mapping[Any, int]],
) -> Sheet:
    """One line for each key, first all days together, then each."""
    columns = [counts_of(figures) for figures in (programme.together, *(day.figures for day in programme.days))]
    return Sheet(
        key=f"days_{key}",
        title=title,
        head=head,
        columns=(locale.gettext(TOGETHER), *(day_label(day, locale) for day in programme.days)),
        rows=tuple(
            SheetRow(label=label, cells=tuple(column.get(each, 0) for column in columns))
            for each, label in labels.items()
        ),
    )
