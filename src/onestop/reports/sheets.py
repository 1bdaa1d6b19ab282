"""The figures of a day as tables in words: what the page shows, what a file holds and what is printed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from onestop.directory.end_words import ASKS, SAYS
from onestop.directory.tally_words import ASKS as TALLY_ASKS
from onestop.directory.tally_words import tally_answer
from onestop.directory.words import stop_title
from onestop.domain.ending import EndQuestion
from onestop.domain.errors import N_
from onestop.domain.retention import OTHER_LANGUAGE
from onestop.domain.tally import ANSWERS, SKIPPED, TallyQuestion
from onestop.locale.locales import Locale
from onestop.reports.figures_of_day import DayFigures, Line, Spread

HIDDEN = "*"
"""Stands for a number that is kept back."""
UNKNOWN_LANGUAGE = "und"
ENDINGS: Mapping[tuple[str, str], str] = {
    ("open", ""): N_("Still inside"),
    ("completed", "done"): N_("Finished what they came for"),
    ("left", "no_show"): N_("Were called and did not come"),
    ("left", "own_wish"): N_("Left by own wish"),
    ("left", "institution_gone"): N_("Left because an institution had gone"),
    ("left", "day_closed"): N_("Still waited when the day closed"),
    ("carried_over", "next_day"): N_("Go on another day"),
}
UNMET: Mapping[str, str] = {
    "no_show": N_("Talks: called three times and not there"),
    "own_wish": N_("Talks: left by own wish"),
    "institution_gone": N_("Talks: the institution had gone"),
    "day_closed": N_("Talks: the day closed first"),
    "next_day": N_("Talks: moved to another day"),
    "not_possible": N_("Talks: ended as not possible"),
    "list_not_served": N_("Waiting list: no place until the end"),
    "list_withdrew": N_("Waiting list: withdrew"),
    "list_waits": N_("Waiting list: still waiting"),
    "no_desk_left": N_("Printed tickets: no desk was left"),
}
TURNED_AWAY: Mapping[str, str] = {
    "full": N_("The day was full"),
    "wrong_place": N_("Wrong place or wrong day"),
    "no_interpreter": N_("No interpreter for the language"),
    "institution_absent": N_("The institution was not here"),
}
TARGETS: Mapping[str, str] = {"place": N_("Other places"), "day": N_("Another day")}
FIGURES: Mapping[str, str] = {
    "parties": N_("Tickets"),
    "people": N_("People"),
    "talks": N_("Talks"),
    "wait_median": N_("Wait: half waited less (min)"),
    "wait_p90": N_("Wait: 9 of 10 waited less (min)"),
    "wait_longest": N_("Longest wait (min)"),
    "way_median": N_("Way to the desk, middle (min)"),
    "talk_median": N_("Talk, middle (min)"),
    "no_shows": N_("Calls nobody came to"),
    "unserved": N_("Talks not given"),
    "papers_missing": N_("Papers were missing"),
    "interpreter_needed": N_("Needed an interpreter"),
    "interpreter_there": N_("Interpreter was there"),
}
TITLES: Mapping[str, str] = {
    "day": N_("The day in figures"),
    "services": N_("By service"),
    "institutions": N_("By institution"),
    "languages": N_("By language"),
    "hours": N_("By the hour people came"),
    "endings": N_("How visits ended"),
    "unmet": N_("Asked for and not given"),
    "turned_away": N_("Went away without a ticket"),
    "referrals": N_("Sent on to others"),
    "crossing_languages": N_("Talks by service and language"),
    "crossing_hours": N_("Talks by service and hour people came"),
}
HEADS: Mapping[str, str] = {
    "services": N_("Service"),
    "institutions": N_("Institution"),
    "languages": N_("Language"),
    "hours": N_("Hour"),
    "referrals": N_("Where to"),
    "crossing_languages": N_("Service"),
    "crossing_hours": N_("Service"),
}

Cell = int | float | str | None
"""A number; nothing (`""`) where none was ever measured; `None` where it is kept back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetRow:
    """A line of a table."""

    label: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One table."""

    key: str
    title: str
    head: str
    """What stands over the first column."""
    columns: tuple[str, ...]
    rows: tuple[SheetRow, ...]

    @property
    def keeps_back(self) -> bool:
        """Whether a cell of it is kept back."""
        return any(cell is None for row in self.rows for cell in row.cells)


def sheets_of(figures: DayFigures, locale: Locale) -> tuple[Sheet, ...]:
    """Every table of a day for its organiser; a table without a line is left out."""
    found = [
        _day(figures, locale),
        _lines("services", figures.services, locale),
        _lines("institutions", figures.institutions, locale),
        _lines("languages", figures.languages, locale),
        _lines("hours", figures.hours, locale),
        _counts("endings", {ENDINGS[each.state, each.reason]: each.count for each in figures.endings}, locale),
        _counts("unmet", {UNMET[each.key]: each.count for each in figures.unmet}, locale),
        _counts("turned_away", {TURNED_AWAY[each.key]: each.count for each in figures.turned_away}, locale),
        _referrals(figures, locale),
        *_tally(figures.tally, locale),
        *_ends(figures.ends, locale),
        *_crossings(figures, locale),
    ]
    return tuple(sheet for sheet in found if sheet.rows)


def label_of(kind: str, line: Line, locale: Locale) -> str:
    """What a line is called; a private one never says what it is (R19)."""
    match kind:
        case "services":
            title = stop_title(locale, line.key, private=not line.key)
            return f"{title} ({line.name})" if line.name else title
        case "institutions":
            return line.name or stop_title(locale, "", private=True)
        case "languages":
            return language_label(line.key, locale)
        case _:
            return hour_label(line.key)


def language_label(tag: str, locale: Locale) -> str:
    """A language in words."""
    if tag == OTHER_LANGUAGE:
        return locale.gettext("Other languages")
    return locale.gettext("Not known") if tag == UNKNOWN_LANGUAGE else locale.language_name(tag)


def hour_label(hour: str) -> str:
    """`09:00–10:00`."""
    return f"{hour}:00\N{EN DASH}{int(hour) + 1:02}:00"


def count_sheet(key: str, rows: Sequence[tuple[str, Cell]], locale: Locale, *, title: str = "") -> Sheet:
    """A table of one column of counts, its labels already in words."""
    return Sheet(
        key=key,
        title=title or locale.gettext(TITLES[key]),
        head=locale.gettext(HEADS[key]) if key in HEADS else "",
        columns=(locale.gettext("Number"),),
        rows=tuple(SheetRow(label=label, cells=(count,)) for label, count in rows),
    )


def _day(figures: DayFigures, locale: Locale) -> Sheet:
    def rows() -> Iterator[tuple[str, Cell]]:
        yield from zip(FIGURES.values(), line_cells(figures.all), strict=True)
        yield N_("All waits of a visit, middle (min)"), _time(figures.waited, figures.waited.median)
        yield N_("In the house, middle (min)"), _time(figures.inside, figures.inside.median)
        yield N_("In the house, 9 of 10 shorter (min)"), _time(figures.inside, figures.inside.p90)
        yield N_("Had an appointment"), figures.booked.booked
        yield N_("Came to their appointment"), figures.booked.came
        yield N_("Did not come to their appointment"), figures.booked.missed
        yield N_("Cancelled their appointment"), figures.booked.cancelled
        yield N_("Answered at the door"), figures.answered_at_door

    # What was never measured has no line.
    return count_sheet("day", [(locale.gettext(label), cell) for label, cell in rows() if cell != ""], locale)


def _lines(kind: str, lines: Sequence[Line], locale: Locale) -> Sheet:
    return Sheet(
        key=kind,
        title=locale.gettext(TITLES[kind]),
        head=locale.gettext(HEADS[kind]),
        columns=tuple(locale.gettext(figure) for figure in FIGURES.values()),
        rows=tuple(SheetRow(label=label_of(kind, line, locale), cells=line_cells(line)) for line in lines),
    )


def line_cells(line: Line) -> tuple[Cell, ...]:
    """The numbers of a line in the order of `FIGURES`."""
    waits = line.waits
    return (
        line.parties,
        line.people,
        line.talks,
        *(_time(waits, value) for value in (waits.median, waits.p90, waits.longest)),
        _time(line.ways, line.ways.median),
        _time(line.lengths, line.lengths.median),
        line.no_shows,
        line.unserved,
        line.papers_missing,
        line.interpreter_needed,
        line.interpreter_there,
    )


def _time(spread: Spread, minutes: float) -> Cell:
    return minutes if spread.count else ""


def _counts(key: str, counts: Mapping[str, int], locale: Locale) -> Sheet:
    return count_sheet(key, [(locale.gettext(label), count) for label, count in counts.items()], locale)


def _referrals(figures: DayFigures, locale: Locale) -> Sheet:
    key = "referrals"
    return Sheet(
        key=key,
        title=locale.gettext(TITLES[key]),
        head=locale.gettext(HEADS[key]),
        columns=(locale.gettext("Sent on"), locale.gettext("Came there")),
        rows=tuple(
            SheetRow(
                label=each.name or locale.gettext(TARGETS.get(each.target, each.target)), cells=(each.made, each.kept)
            )
            for each in figures.referrals
        ),
    )


def _ends(ends: Mapping[str, Mapping[str, int]], locale: Locale) -> Iterator[Sheet]:
    for question, answers in ends.items():
        asked = EndQuestion(question)
        rows = [(locale.gettext(SAYS[asked][answer][1]), count) for answer, count in answers.items()]
        yield count_sheet(f"end_{question}", rows, locale, title=locale.gettext(ASKS[asked]))


def tally_key(question: str) -> str:
    """The key of the table of a question of the tally."""
    return f"tally_{question}"


def tally_title(key: str, locale: Locale) -> str:
    """The question; nothing for another table."""
    question = _question(key)
    return locale.gettext(TALLY_ASKS[question]) if question else ""


def tally_label(key: str, answer: str, locale: Locale) -> str:
    """An answer in words."""
    question = _question(key)
    assert question is not None
    if question is TallyQuestion.COUNTRY and answer == OTHER_LANGUAGE:
        return locale.gettext("Other countries")
    return tally_answer(locale, question, answer)


def tally_order(answers: Mapping[str, int], question: str) -> list[str]:
    """As the list has them, countries by how many; who left it out stands last."""
    listed = list(ANSWERS[TallyQuestion(question)])
    place = {answer: nth for nth, answer in enumerate(listed)}
    by_many = question == TallyQuestion.COUNTRY
    return sorted(
        answers,
        key=lambda each: (each == SKIPPED, -answers[each] if by_many else 0, place.get(each, len(listed)), each),
    )


def _question(key: str) -> TallyQuestion | None:
    return next((question for question in TallyQuestion if key == tally_key(question)), None)


def _tally(tally: Mapping[str, Mapping[str, int]], locale: Locale) -> Iterator[Sheet]:
    for question, answers in tally.items():
        key = tally_key(question)
        rows = [(tally_label(key, answer, locale), answers[answer]) for answer in tally_order(answers, question)]
        yield count_sheet(key, rows, locale, title=tally_title(key, locale))


def _crossings(figures: DayFigures, locale: Locale) -> Iterator[Sheet]:
    for crossing in figures.crossings:
        key = f"crossing_{crossing.name}"
        named = crossing.columns
        by_language = crossing.name == "languages"
        yield Sheet(
            key=key,
            title=locale.gettext(TITLES[key]),
            head=locale.gettext(HEADS[key]),
            columns=tuple(language_label(each, locale) if by_language else hour_label(each) for each in named),
            rows=tuple(
                SheetRow(label=label_of("services", line, locale), cells=cells)
                for line, cells in zip(figures.services, crossing.rows, strict=True)
            ),
        )
