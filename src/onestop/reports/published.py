"""What of a day may be published: no number that could point at people, also not by subtracting (decision 22)."""

from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence

from onestop.directory.end_words import ASKS, SAYS
from onestop.domain.ending import EndQuestion, publishable
from onestop.domain.retention import OTHER_LANGUAGE, RARE
from onestop.domain.suppression import Sum, hidden_cells, is_small
from onestop.locale.locales import Locale
from onestop.reports.figures_of_day import DayFigures, Line
from onestop.reports.sheets import ENDINGS, FIGURES, Cell, Sheet, count_sheet, hour_label, label_of, language_label

_ALL = "all"


def published_sheets(figures: DayFigures, locale: Locale) -> tuple[Sheet, ...]:
    """The tables of a report for everybody; none of a day to which fewer than five tickets came."""
    if figures.all.parties < RARE:
        return ()
    visits = figures.all.parties
    hours = {line.key: line.parties for line in figures.hours}
    languages = common_languages(figures.languages)
    endings: Counter[str] = Counter()
    for each in figures.endings:
        endings[locale.gettext(ENDINGS[each.state, each.reason])] += each.count
    found = [
        _day(figures, locale),
        *_talks(figures, locale),
        count_sheet("languages", _line(languages, visits, lambda tag: language_label(tag, locale)), locale),
        count_sheet("hours", _line(hours, visits, hour_label), locale),
        count_sheet("endings", _line(endings, visits, str), locale),
        *_ends(figures, locale),
    ]
    return tuple(sheet for sheet in found if sheet.rows)


def common_languages(lines: Sequence[Line]) -> dict[str, int]:
    """Tickets by language; those of fewer than five are told together as one."""
    counts: Counter[str] = Counter()
    for line in lines:
        counts[OTHER_LANGUAGE if is_small(line.parties) else line.key] += line.parties
    return dict(counts)


def _day(figures: DayFigures, locale: Locale) -> Sheet:
    rows: list[tuple[str, Cell]] = [("parties", figures.all.parties), ("people", figures.all.people)]
    if not is_small(figures.all.talks):
        rows.append(("talks", figures.all.talks))
    if figures.all.waits.count >= RARE:
        rows += [("wait_median", figures.all.waits.median), ("wait_p90", figures.all.waits.p90)]
    return count_sheet("day", [(locale.gettext(FIGURES[name]), cell) for name, cell in rows], locale)


def _talks(figures: DayFigures, locale: Locale) -> list[Sheet]:
    """Services and institutions are two tables of the same talks, so what is kept back fits both."""
    if figures.all.talks < RARE:
        return []
    of_institution = {line.name: line for line in figures.institutions}
    own = [line for line in figures.services if line.name]  # private talks are one cell, in both tables
    counts: dict[Hashable, int] = {_ALL: figures.all.talks}
    counts |= {name: line.talks for name, line in of_institution.items()}
    counts |= {(line.name, line.key): line.talks for line in own}
    sums: list[Sum[Hashable]] = [Sum(_ALL, tuple(of_institution))]
    sums.extend(
        Sum(name, tuple((line.name, line.key) for line in own if line.name == name)) for name in of_institution if name
    )
    few: set[Hashable] = {name for name, line in of_institution.items() if is_small(line.parties)}
    few |= {(line.name, line.key) for line in own if is_small(line.parties)}
    hidden = hidden_cells(counts, sums, known={_ALL}, small=few)

    def rows(kind: str, lines: Sequence[Line]) -> list[tuple[str, Cell]]:
        cells = [(line, (line.name, line.key) if line.key and line.name else line.name) for line in lines]
        return [(label_of(kind, line, locale), None if cell in hidden else line.talks) for line, cell in cells]

    return [
        count_sheet("services", rows("services", figures.services), locale),
        count_sheet("institutions", rows("institutions", figures.institutions), locale),
    ]


def _line(counts: Mapping[str, int], total: int, name: Callable[[str], str]) -> list[tuple[str, Cell]]:
    cells: dict[Hashable, int] = {("of", key): count for key, count in counts.items()}
    sums: list[Sum[Hashable]] = [Sum(_ALL, tuple(cells))]
    hidden = hidden_cells({**cells, _ALL: total}, sums, known={_ALL})
    return [(name(key), None if ("of", key) in hidden else count) for key, count in counts.items()]


def _ends(figures: DayFigures, locale: Locale) -> list[Sheet]:
    counts = {EndQuestion(question): answers for question, answers in figures.ends.items()}
    return [
        count_sheet(
            f"end_{question}",
            [(locale.gettext(SAYS[question][answer][1]), count) for answer, count in answers.items()],
            locale,
            title=locale.gettext(ASKS[question]),
        )
        for question, answers in publishable(counts).items()
    ]
