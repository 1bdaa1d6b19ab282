"""Who works at a day and when, on paper: for the wall where people begin. No phone, no remark, no secret."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from onestop.days.queries.crew import CrewRow
from onestop.days.queries.days import Day
from onestop.days.queries.desks import MediatorRow
from onestop.domain.crew import Work
from onestop.domain.errors import N_
from onestop.domain.intervals import Interval
from onestop.locale.locales import Locale

HEADINGS: dict[Work, str] = {
    Work.OFFICER: N_("Officers"),
    Work.MEDIATOR: N_("Mediators"),
    Work.RECEPTION: N_("People at the reception"),
    Work.GUIDE: N_("Floor guides"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RotaLine:
    """Somebody with her place and hours; `bars`: from and to as parts of the width, 0 to 1."""

    who: str
    where: str
    hours: str
    bars: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RotaGroup:
    """The people of one kind of work."""

    title: str
    lines: tuple[RotaLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rota:
    """The sheet in one language, ready to be drawn; `ticks`: where an hour begins, and its words."""

    language: str
    rtl: bool
    title: str
    day: str
    when: str
    where: str
    ticks: tuple[tuple[float, str], ...]
    groups: tuple[RotaGroup, ...]
    made: str
    page: str


def rota_of(
    day: Day, crew: Sequence[CrewRow], mediators: Sequence[MediatorRow], locale: Locale, *, now: datetime
) -> Rota:
    """Everybody by kind of work; a place without a name says so."""
    _ = locale.gettext
    there = [span for one in crew for span in one.hours]
    opens = min([day.opens_at, *(start for start, _end in there)])
    closes = max([day.closes_at, *(end for _start, end in there)])

    def clock(at: datetime) -> str:
        return locale.time(at, day.timezone)

    def part(at: datetime) -> float:
        return (at - opens) / (closes - opens)

    def line(who: str, where: str, hours: Sequence[Interval]) -> RotaLine:
        return RotaLine(
            who=who,
            where=where,
            hours=", ".join(f"{clock(start)}–{clock(end)}" for start, end in hours),
            bars=tuple((part(start), part(end)) for start, end in hours),
        )

    nobody = _(N_("Nobody yet"))
    lines: dict[Work, list[RotaLine]] = {work: [] for work in Work}
    for one in crew:
        desk = locale.say(N_("Desk %(number)s"), {"number": one.desk_number}) if one.desk_number else ""
        where = " · ".join(each for each in (desk, one.institution_name) if each)
        lines[one.work].append(line(one.label or nobody, where, one.hours))
    for one in mediators:
        speaks = locale.list_and([locale.language_name(tag) for tag in sorted(one.languages)])
        lines[Work.MEDIATOR].append(line(one.label, speaks, [(one.opens_at, one.closes_at)]))
    return Rota(
        language=locale.tag,
        rtl=locale.dir == "rtl",
        title=_(N_("People and shifts")),
        day=day.name,
        when=f"{locale.date(day.on)} · {clock(day.opens_at)}–{clock(day.closes_at)}",
        where=", ".join(each for each in (day.venue, day.address) if each),
        ticks=tuple((part(at), clock(at)) for at in _hours(day, opens, closes)),
        groups=tuple(RotaGroup(title=_(HEADINGS[work]), lines=tuple(found)) for work, found in lines.items() if found),
        made=locale.say(
            N_("Made on %(date)s at %(time)s."),
            {"date": locale.date(now.astimezone(day.zone).date()), "time": clock(now)},
        ),
        page=_(N_("Page %(page)s of %(pages)s")),
    )


def _hours(day: Day, opens: datetime, closes: datetime) -> list[datetime]:
    """Whole hours of the clock on the wall; each second one where there are many."""
    local = opens.astimezone(day.zone)
    at = opens - timedelta(minutes=local.minute) if local.minute == 0 else opens + timedelta(minutes=60 - local.minute)
    step = timedelta(hours=1 if closes - opens <= timedelta(hours=10) else 2)
    found: list[datetime] = []
    while at <= closes:
        found.append(at)
        at += step
    return found
