"""What of a programme may be published beside the reports of its days: nothing that follows from all of them together.

A table of the programme is the sum of the tables of its days, and these may have been published before. So it has only
days that have such a table in a report of their own; what these show counts as known, and of the sums as many are kept
back that each small number, of a day or of all, can still have two values (decision 32).
"""

from collections import Counter
from collections.abc import Callable, Collection, Hashable, Sequence
from typing import Any

from onestop.domain.errors import N_
from onestop.domain.retention import RARE
from onestop.domain.suppression import Sum, hidden_cells, is_small
from onestop.locale.locales import Locale
from onestop.reports.figures_of_day import DayFigures, Line, Spread
from onestop.reports.programme import Programme
from onestop.reports.programme_sheets import DAYS_TITLE, TOGETHER, day_label
from onestop.reports.published import (
    PublishedTalks,
    foldable_of,
    has_report,
    line_label,
    lines_of,
    published_talks,
    talks_key,
)
from onestop.reports.published_lines import OTHER, PublishedLine, fold, rare
from onestop.reports.sheets import (
    FIGURES,
    TARGETS,
    TITLES,
    UNMET,
    Cell,
    Sheet,
    SheetRow,
    count_sheet,
    label_of,
    tally_title,
)

_SHOWN = ("parties", "people", "talks", "wait_median", "wait_p90")
_BOOKED = (N_("Had an appointment"), N_("Came to their appointment"), N_("Did not come to their appointment"))


def published_programme(programme: Programme, locale: Locale) -> tuple[Sheet, ...]:
    """The tables for everybody. `programme` has only days with a report of their own."""
    together = programme.together
    days = [day.figures for day in programme.days]
    if not days:
        return ()
    lines = [lines_of(figures) for figures in days]
    keys = list(dict.fromkeys(key for each in lines for key in each))
    found = [
        _days(programme, together, locale),
        *_talks(days, together, locale),
        *(
            count_sheet(
                key,
                [(line_label(key, of, locale), cell) for of, cell in _told(key, lines).items()],
                locale,
                title=tally_title(key, locale),
            )
            for key in keys
        ),
        _no_shows(together, locale),
        _unmet(together, locale),
        _referrals(together, locale),
    ]
    return tuple(sheet for sheet in found if sheet.rows)


def published_days(programme: Programme) -> tuple[str, ...]:
    """The days that have a report of their own, by address name."""
    return tuple(day.slug for day in programme.days if has_report(day.figures))


# -- the days --------------------------------------------------------------------------------------


def _days(programme: Programme, together: DayFigures, locale: Locale) -> Sheet:
    rows = [(day_label(day, locale), _of_one(day.figures, day.figures.all.talks)) for day in programme.days]
    # Where a day keeps its talks back, all together would give them away.
    told = not any(is_small(day.figures.all.talks) for day in programme.days)
    rows.append((locale.gettext(TOGETHER), _of_one(together, together.all.talks if told else None)))
    return Sheet(
        key="days",
        title=locale.gettext(DAYS_TITLE),
        head=locale.gettext("Day"),
        columns=tuple(locale.gettext(FIGURES[each]) for each in _SHOWN),
        rows=tuple(SheetRow(label=label, cells=cells) for label, cells in rows),
    )


def _of_one(figures: DayFigures, talks: int | None) -> tuple[Cell, ...]:
    waits: Spread | None = figures.all.waits if figures.all.waits.count >= RARE else None
    return (
        figures.all.parties,
        figures.all.people,
        None if talks is None or is_small(talks) else talks,
        waits.median if waits else "",
        waits.p90 if waits else "",
    )


# -- tables of one thing ---------------------------------------------------------------------------


def _told(key: str, lines: Sequence[dict[str, PublishedLine]]) -> dict[str, int | None]:
    return together_line([each[key] for each in lines if key in each], foldable_of(key))


def together_line(
    days: Sequence[PublishedLine], foldable: Callable[[str], bool] | None = None
) -> dict[str, int | None]:
    """The sums of tables that their days tell, `None` where one is kept back."""
    totals: Counter[str] = Counter()
    for day in days:
        totals.update(day.counts)
    folded = rare(totals, foldable)
    counts: dict[Hashable, int] = {("sum", key): count for key, count in totals.items()}
    counts["all"] = sum(totals.values())
    counts["rest"] = sum(totals[key] for key in folded)
    sums: list[Sum[Any]] = [
        Sum("all", (*(("sum", key) for key in totals if key not in folded), *(("rest",) if folded else ()))),
        Sum("rest", tuple(("sum", key) for key in folded)),
    ]
    known: set[Hashable] = {"all"}
    before: set[Hashable] = set()
    for nth, day in enumerate(days):
        counts |= {("day", nth, key): count for key, count in day.counts.items()}
        counts["day", nth], counts["rest", nth] = sum(day.counts.values()), sum(day.counts[key] for key in day.folded)
        alone = [key for key in day.counts if key not in day.folded]
        rest: tuple[Hashable, ...] = (("rest", nth),) if day.folded else ()
        sums.append(Sum(("day", nth), (*(("day", nth, key) for key in alone), *rest)))
        sums.append(Sum(("rest", nth), tuple(("day", nth, key) for key in day.folded)))
        known |= {("day", nth), *(("day", nth, key) for key in alone if key not in day.hidden)}
        if OTHER not in day.hidden:
            known.add(("rest", nth))
        before |= {("day", nth, key) for key in day.counts} | {("rest", nth)}
    sums += [
        Sum(("sum", key), tuple(("day", nth, key) for nth, day in enumerate(days) if key in day.counts))
        for key in totals
    ]
    # What the days leave open of a sum is a number too.
    left = {
        ("sum", key): sum(day.counts[key] for nth, day in enumerate(days) if key in day.counts and (
            ("day", nth, key) not in known
        ))
        for key in totals
    }  # fmt: skip
    small: set[Hashable] = {cell for cell, count in left.items() if is_small(count)}
    before |= {("sum", key) for key in folded}
    hidden = hidden_cells(counts, sums, known=known, small=small, hidden_before=before - known)
    kept_back = {key for key in totals if ("sum", key) in hidden and key not in folded}
    if "rest" in hidden:
        kept_back.add(OTHER)
    return {key: None if key in kept_back else count for key, count in fold(totals, folded).items()}


# -- talks -----------------------------------------------------------------------------------------


def _talks(days: Sequence[DayFigures], together: DayFigures, locale: Locale) -> list[Sheet]:
    told = [found for found in map(published_talks, days) if found is not None]
    if not told:
        return []
    rare_keys = {talks_key(line) for line in (*together.services, *together.institutions) if is_small(line.parties)}
    cells = together_talks(told, rare_keys)

    def rows(kind: str, lines: Sequence[Line]) -> list[tuple[str, Cell]]:
        return [(label_of(kind, line, locale), cells[talks_key(line)]) for line in lines if talks_key(line) in cells]

    return [
        count_sheet("services", rows("services", together.services), locale),
        count_sheet("institutions", rows("institutions", together.institutions), locale),
    ]


def together_talks(days: Sequence[PublishedTalks], rare_keys: Collection[Hashable] = ()) -> dict[Hashable, int | None]:
    """Talks of several days by institution and service. An institution is told where all its services are.

    `rare_keys` are those with fewer than five tickets on all days.
    """
    totals: Counter[Hashable] = Counter()
    for day in days:
        totals.update(day.counts)
    leaves = [key for key in totals if isinstance(key, tuple) or key == ""]
    every_name = [key for key in totals if isinstance(key, str)]
    counts: dict[Hashable, int] = {("sum", key): totals[key] for key in totals}
    counts["all"] = sum(totals[key] for key in leaves)
    sums: list[Sum[Any]] = [
        Sum("all", tuple(("sum", name) for name in every_name)),
        *(
            Sum(("sum", name), tuple(("sum", key) for key in leaves if _is_of(key, name)))
            for name in every_name
            if name
        ),
    ]
    known: set[Hashable] = {"all"}
    few: set[Hashable] = {("sum", key) for key in totals if key in rare_keys}
    before: set[Hashable] = set()
    for nth, day in enumerate(days):
        counts |= {("day", nth, key): count for key, count in day.counts.items()}
        names = [key for key in day.counts if isinstance(key, str)]
        counts["day", nth] = sum(day.counts[name] for name in names)
        sums.append(Sum(("day", nth), tuple(("day", nth, name) for name in names)))
        sums.extend(
            Sum(("day", nth, name), tuple(("day", nth, key) for key in day.counts if _is_of(key, name)))
            for name in names
            if name
        )
        known |= {("day", nth), *(("day", nth, key) for key in day.counts if key not in day.hidden)}
        before |= {("day", nth, key) for key in day.hidden}
        few |= {("day", nth, key) for key in day.few}
    sums += [
        Sum(("sum", key), tuple(("day", nth, key) for nth, day in enumerate(days) if key in day.counts))
        for key in leaves
    ]
    left = {
        ("sum", key): sum(day.counts[key] for day in days if key in day.counts and key in day.hidden) for key in leaves
    }
    # Few tickets may have many talks: what is left open by a day that keeps back few tickets is small as well.
    only_few = {
        ("sum", key)
        for key in leaves
        if any(key in day.hidden for day in days) and all(key in day.few for day in days if key in day.hidden)
    }
    small = few | only_few | {cell for cell, count in left.items() if is_small(count)}
    hidden = hidden_cells(counts, sums, known=known, small=small - known, hidden_before=before)
    found: dict[Hashable, int | None] = {key: None if ("sum", key) in hidden else totals[key] for key in leaves}
    for name in every_name:
        if name:
            kept_back = ("sum", name) in hidden or any(found[key] is None for key in leaves if _is_of(key, name))
            found[name] = None if kept_back else totals[name]
    return found


def _is_of(key: Hashable, name: str) -> bool:
    return isinstance(key, tuple) and key[0] == name


# -- what no report of a day has -------------------------------------------------------------------


def _no_shows(together: DayFigures, locale: Locale) -> Sheet:
    booked = together.booked
    parts = {"came": booked.came, "missed": booked.missed, "cancelled": booked.cancelled}
    kept = _parts_kept_back(booked.booked, parts, never={"cancelled"})
    cells = [
        None if key in kept else count
        for key, count in (("whole", booked.booked), ("came", booked.came), ("missed", booked.missed))
    ]
    rows = [(locale.gettext(label), cell) for label, cell in zip(_BOOKED, cells, strict=True)]
    return count_sheet("booked", rows if booked.booked else [], locale, title=locale.gettext(N_("Appointments")))


def _unmet(together: DayFigures, locale: Locale) -> Sheet:
    rows: list[tuple[str, Cell]] = [
        (locale.gettext(UNMET[each.key]), None if is_small(each.count) else each.count) for each in together.unmet
    ]
    return count_sheet("unmet", rows, locale)


def _referrals(together: DayFigures, locale: Locale) -> Sheet:
    key, rows = "referrals", list[SheetRow]()
    for each in together.referrals:
        kept = _parts_kept_back(each.made, {"kept": each.kept, "open": each.made - each.kept}, never={"open"})
        cells = (None if "whole" in kept else each.made, None if "kept" in kept else each.kept)
        rows.append(SheetRow(label=each.name or locale.gettext(TARGETS.get(each.target, each.target)), cells=cells))
    return Sheet(
        key=key,
        title=locale.gettext(TITLES[key]),
        head=locale.gettext("Where to"),
        columns=(locale.gettext("Sent on"), locale.gettext("Came there")),
        rows=tuple(rows),
    )


def _parts_kept_back(whole: int, parts: dict[str, int], *, never: set[str]) -> frozenset[str]:
    """What is kept back of a number and its parts; those that are shown nowhere still must not follow."""
    counts = {"whole": whole, **parts}
    return hidden_cells(counts, [Sum("whole", tuple(parts))], hidden_before=never)
