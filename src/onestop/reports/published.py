"""What of a day may be published: no number that could point at people, also not by subtracting (decision 22)."""

from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass

from onestop.directory.end_words import ASKS, SAYS
from onestop.domain.ending import EndQuestion, publishable
from onestop.domain.retention import RARE
from onestop.domain.suppression import Sum, hidden_cells, is_small
from onestop.domain.tally import SKIPPED, TallyQuestion
from onestop.locale.locales import Locale
from onestop.reports.figures_of_day import DayFigures, Line
from onestop.reports.published_lines import PublishedLine, published_line
from onestop.reports.sheets import (
    ENDINGS,
    FIGURES,
    Cell,
    Sheet,
    count_sheet,
    hour_label,
    label_of,
    language_label,
    tally_key,
    tally_label,
    tally_order,
    tally_title,
)

_ALL = "all"


def published_sheets(figures: DayFigures, locale: Locale) -> tuple[Sheet, ...]:
    """The tables of a report for everybody; none of a day to which fewer than five tickets came."""
    if not has_report(figures):
        return ()
    found = [
        _day(figures, locale),
        *_talks(figures, locale),
        *(line_sheet(key, line, locale) for key, line in lines_of(figures).items()),
        *_ends(figures, locale),
    ]
    return tuple(sheet for sheet in found if sheet.rows)


def has_report(figures: DayFigures) -> bool:
    """Whether anything of a day may be published."""
    return figures.all.parties >= RARE


def lines_of(figures: DayFigures) -> dict[str, PublishedLine]:
    """The tables of tickets, and of people who were asked something, as a report of this day tells them."""
    endings: Counter[str] = Counter()
    for each in figures.endings:
        endings[ENDINGS[each.state, each.reason]] += each.count
    found = {
        "languages": published_line({line.key: line.parties for line in figures.languages}, _is_any),
        "hours": published_line({line.key: line.parties for line in figures.hours}),
        "endings": published_line(endings),
    }
    for question, answers in figures.tally.items():
        if sum(answers.values()) >= RARE:
            foldable = _is_country if question == TallyQuestion.COUNTRY else None
            ordered = {each: answers[each] for each in tally_order(answers, question)}
            found[tally_key(question)] = published_line(ordered, foldable)
    return found


def foldable_of(key: str) -> Callable[[str], bool] | None:
    """Which keys of a table may be told together, if any."""
    return {"languages": _is_any, tally_key(TallyQuestion.COUNTRY): _is_country}.get(key)


def line_sheet(key: str, line: PublishedLine, locale: Locale) -> Sheet:
    """One of these tables in words."""
    return count_sheet(
        key, [(line_label(key, each, locale), cell) for each, cell in line.cells.items()], locale,
        title=tally_title(key, locale),
    )  # fmt: skip


def line_label(key: str, of: str, locale: Locale) -> str:
    """What a line of one of these tables is called."""
    match key:
        case "languages":
            return language_label(of, locale)
        case "hours":
            return hour_label(of)
        case "endings":
            return locale.gettext(of)
        case _:
            return tally_label(key, of, locale)


def _is_any(_: str) -> bool:
    return True


def _is_country(answer: str) -> bool:
    return answer != SKIPPED


def _day(figures: DayFigures, locale: Locale) -> Sheet:
    rows: list[tuple[str, Cell]] = [("parties", figures.all.parties), ("people", figures.all.people)]
    if not is_small(figures.all.talks):
        rows.append(("talks", figures.all.talks))
    if figures.all.waits.count >= RARE:
        rows += [("wait_median", figures.all.waits.median), ("wait_p90", figures.all.waits.p90)]
    return count_sheet("day", [(locale.gettext(FIGURES[name]), cell) for name, cell in rows], locale)


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedTalks:
    """Talks by service and by institution: two tables of the same talks, so what is kept back fits both."""

    counts: Mapping[Hashable, int]
    """By institution and by institution with service; private talks are the one institution without a name."""
    few: frozenset[Hashable]
    """Those with fewer than five tickets."""
    hidden: frozenset[Hashable]


def published_talks(figures: DayFigures) -> PublishedTalks | None:
    """What a report of this day tells of its talks; nothing where there were too few of them."""
    if figures.all.talks < RARE:
        return None
    of_institution = {line.name: line for line in figures.institutions}
    own = [line for line in figures.services if line.name]  # private talks are one cell, in both tables
    counts: dict[Hashable, int] = {name: line.talks for name, line in of_institution.items()}
    counts |= {(line.name, line.key): line.talks for line in own}
    sums: list[Sum[Hashable]] = [Sum(_ALL, tuple(("of", name) for name in of_institution))]
    few: set[Hashable] = {name for name, line in of_institution.items() if is_small(line.parties)}
    few |= {(line.name, line.key) for line in own if is_small(line.parties)}
    sums.extend(
        Sum(("of", name), tuple(("of", (line.name, line.key)) for line in own if line.name == name))
        for name in of_institution
        if name
    )
    cells: dict[Hashable, int] = {("of", key): count for key, count in counts.items()}
    hidden = hidden_cells({**cells, _ALL: figures.all.talks}, sums, known={_ALL}, small={("of", key) for key in few})
    return PublishedTalks(
        counts=counts, few=frozenset(few), hidden=frozenset(key for key in counts if ("of", key) in hidden)
    )


def talks_key(line: Line) -> Hashable:
    """The cell of a line of services or institutions."""
    return (line.name, line.key) if line.key and line.name else line.name


def _talks(figures: DayFigures, locale: Locale) -> list[Sheet]:
    found = published_talks(figures)
    if found is None:
        return []

    def rows(kind: str, lines: Sequence[Line]) -> list[tuple[str, Cell]]:
        return [
            (label_of(kind, line, locale), None if talks_key(line) in found.hidden else line.talks) for line in lines
        ]

    return [
        count_sheet("services", rows("services", figures.services), locale),
        count_sheet("institutions", rows("institutions", figures.institutions), locale),
    ]


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
