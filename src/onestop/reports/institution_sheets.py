"""The figures of one institution as tables in words."""

from collections.abc import Mapping
from typing import Final

from onestop.domain.errors import N_
from onestop.domain.paper import OUTCOMES, WORDS
from onestop.locale.locales import Locale
from onestop.reports.at_institution import InstitutionFigures
from onestop.reports.figures_of_day import Line
from onestop.reports.sheets import (
    FIGURES,
    TITLES,
    UNMET,
    Cell,
    Sheet,
    SheetRow,
    count_sheet,
    hour_label,
    label_of,
    language_label,
    line_cells,
)

_OUTCOMES: Mapping[str, str] = {outcome: WORDS[word] for word, outcome in OUTCOMES.items()}
_OF_SERVICES: Final = ("parties", "people", "talks", "wait_median", "talk_median", "unserved", "papers_missing")


def institution_sheets(figures: InstitutionFigures, locale: Locale) -> tuple[Sheet, ...]:
    """Every table of a report; a table without a line is left out."""
    _ = locale.gettext
    found = (
        count_sheet(
            "day", [(_(FIGURES[name]), cell) for name, cell in _cells(figures.all).items() if cell != ""], locale
        ),
        _services(figures, locale),
        count_sheet(
            "outcomes",
            [(_(_OUTCOMES[key]) if key in _OUTCOMES else _("Not known"), n) for key, n in figures.outcomes.items()],
            locale,
            title=_(N_("How talks ended")),
        ),
        count_sheet("unmet", [(_(UNMET[key]), count) for key, count in figures.unmet.items()], locale),
        count_sheet(
            "languages",
            [(language_label(tag, locale), count) for tag, count in figures.languages.items()],
            locale,
            title=_(N_("Talks by language")),
        ),
        count_sheet(
            "hours",
            [(hour_label(hour), count) for hour, count in figures.hours.items()],
            locale,
            title=_(N_("Talks by the hour people came to the day")),
        ),
        _referred(figures, locale),
    )
    return tuple(sheet for sheet in found if sheet.rows)


def _services(figures: InstitutionFigures, locale: Locale) -> Sheet:
    key = "services"
    return Sheet(
        key=key,
        title=locale.gettext(TITLES[key]),
        head="",
        columns=tuple(locale.gettext(FIGURES[name]) for name in _OF_SERVICES),
        rows=tuple(
            SheetRow(
                label=label_of(key, line, locale).removesuffix(f" ({line.name})"),
                cells=tuple(_cells(line)[name] for name in _OF_SERVICES),
            )
            for line in figures.services
        ),
    )


def _referred(figures: InstitutionFigures, locale: Locale) -> Sheet:
    sent = figures.referred
    rows = [(locale.gettext("Sent on"), sent.made), (locale.gettext("Came there"), sent.kept)] if sent else []
    return count_sheet("referrals", rows, locale, title=locale.gettext(N_("Sent on to this institution by others")))


def _cells(line: Line) -> dict[str, Cell]:
    """By its key, each figure; nothing (`""`) for what was never measured."""
    return dict(zip(FIGURES, line_cells(line), strict=True))
