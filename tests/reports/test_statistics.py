"""Every figure of a played day is what its ledger says; none names a private talk; a fixed number of statements."""

import json
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.tables import members, parties, stop_members, stops
from onestop.days.queries.days import day_by_id
from onestop.db.ledger import facts
from onestop.db.session import Database
from onestop.directory.tables import institutions, services
from onestop.locale.locales import locale_for
from onestop.reports.figures_of_day import DayFigures, Line, Spread, spread_of
from onestop.reports.files import FileKind, file_of
from onestop.reports.published import published_sheets
from onestop.reports.sheets import sheets_of
from onestop.reports.statistics import day_figures
from onestop.reports.verify import verify
from onestop.visits.tables import visits
from tests.counting import cost
from tests.halls import make_test_day
from tests.reports.from_ledger import Group, StepLabel, Told, VisitLabel, tell
from tests.reports.played import play_day


def figures(database: Database, day: UUID) -> DayFigures:
    """As they stand once nobody can answer any more."""
    found = database.read_now(day_by_id, day)
    return database.read_now(day_figures, found, now=found.answered_until)


def told_by_the_ledger(database: Database, day: UUID) -> Told:
    return database.read_now(lambda conn: _tell(conn, day))


def _tell(conn: sa.Connection, day: UUID) -> Told:
    lines = conn.execute(sa.select(facts).where(facts.c.day_id == day).order_by(facts.c.id)).all()
    heads: dict[UUID, set[UUID]] = defaultdict(set)
    for row in conn.execute(sa.select(stop_members)):
        heads[row.stop_id].add(row.member_id)
    steps = {
        row.id: StepLabel(
            row.visit_id,
            "" if row.private else row.key,
            "" if row.private else row.name,
            frozenset(heads[row.id]),
        )
        for row in conn.execute(
            sa.select(stops, services.c.key, institutions.c.name)
            .join(services, services.c.id == stops.c.service_id)
            .join(institutions, institutions.c.id == stops.c.institution_id)
            .where(stops.c.day_id == day, stops.c.visit_id.is_not(None))
        )
    }
    people: dict[UUID, int] = defaultdict(int)
    for row in conn.execute(sa.select(members)):
        people[row.party_id] += 1
    tickets = {
        row.id: VisitLabel(row.languages[0], people[row.party_id])
        for row in conn.execute(
            sa.select(visits, parties.c.languages).join(parties).where(visits.c.day_id == day)
        )
    }  # fmt: skip
    return tell(lines, steps, tickets, "Europe/Bratislava")


def spread(values: Iterable[float]) -> Spread:
    """By counting, with the rule for what lies between two values written out."""
    found = sorted(values)
    if not found:
        return Spread(count=0, median=0.0, p90=0.0, longest=0.0)

    def at(part: float) -> float:
        place = part * (len(found) - 1)
        low = int(place)
        high = min(low + 1, len(found) - 1)
        return found[low] + (found[high] - found[low]) * (place - low)

    return Spread(count=len(found), median=at(0.5), p90=at(0.9), longest=found[-1])


def close(one: Spread, other: Spread) -> bool:
    """To the tenth of a minute that is shown."""
    return one.count == other.count and all(
        abs(a - b) <= 0.0501
        for a, b in ((one.median, other.median), (one.p90, other.p90), (one.longest, other.longest))
    )


def agrees(line: Line, group: Group, *, by_steps: bool) -> None:
    said = {
        "parties": len(group.visits), "people": len(group.heads) if by_steps else group.people, "talks": group.talks,
        "no_shows": group.no_shows, "unserved": group.unserved, "papers_missing": group.papers,
        "interpreter_needed": group.needed, "interpreter_there": group.there,
    }  # fmt: skip
    assert {name: getattr(line, name) for name in said} == said, line
    assert close(line.waits, spread(group.waits)), (line, group.waits)
    assert close(line.ways, spread(group.ways)), (line, group.ways)
    assert close(line.lengths, spread(group.lengths)), (line, group.lengths)


def test_every_figure_of_a_played_day_is_what_its_ledger_says(database: Database) -> None:
    played = play_day(database, seed=8)
    shown, told = figures(database, played.hall.id), told_by_the_ledger(database, played.hall.id)

    assert database.read_now(verify, now=played.hall.now) == []
    agrees(shown.all, told.everybody, by_steps=False)
    assert {(line.key, line.name) for line in shown.services} == set(told.services)
    assert {line.name for line in shown.institutions} == set(told.institutions)
    assert {line.key for line in shown.languages} == set(told.languages)
    assert {line.key for line in shown.hours} == set(told.hours)
    for line in shown.services:
        agrees(line, told.services[line.key, line.name], by_steps=True)
    for line in shown.institutions:
        agrees(line, told.institutions[line.name], by_steps=True)
    for line in shown.languages:
        agrees(line, told.languages[line.key], by_steps=False)
    for line in shown.hours:
        agrees(line, told.hours[line.key], by_steps=False)
    assert {(each.state, each.reason): each.count for each in shown.endings} == told.endings
    assert {each.key: each.count for each in shown.unmet} == told.unmet
    assert {each.key: each.count for each in shown.turned_away} == told.turned_away
    assert shown.answered_at_door == told.answered
    assert tuple(asdict(shown.booked).values()) == told.booked
    assert (sum(each.made for each in shown.referrals), sum(each.kept for each in shown.referrals)) == told.referred
    assert close(shown.inside, spread(told.inside))
    # Nothing of this is empty by chance.
    assert min(shown.all.talks, shown.all.no_shows, shown.all.unserved, shown.all.interpreter_needed) > 0
    assert {"list_not_served", "list_withdrew", "day_closed", "next_day"} <= told.unmet.keys()


def test_a_private_talk_stands_in_no_figure_by_its_name_and_small_cells_are_hidden(database: Database) -> None:
    played = play_day(database)
    shown = figures(database, played.hall.id)

    private = [line for line in shown.services if line.key == ""]
    assert [(line.name, line.talks > 0) for line in private] == [("", True)]
    assert "psychological" in {service.key for service in played.hall.offer.services}
    said = json.dumps(asdict(shown))
    assert "=Police" in said
    assert "psychological" not in said
    assert "House for Women" not in said
    english = locale_for("en")
    for sheets in (sheets_of(shown, english), published_sheets(shown, english)):
        assert len(sheets) >= 6
        written = b"".join(file_of(FileKind.CSV, shown, sheets)).decode()
        assert "Talk at the centre" in written
        assert re.search("psycholog|House for Women", written, re.IGNORECASE) is None
    # The private referral of that day is in no sum.
    assert [(each.target, each.name, each.made, each.kept) for each in shown.referrals] == [
        ("institution", "=Police", 2, 1)
    ]

    # No cell of a crossing says one to four.
    assert [crossing.name for crossing in shown.crossings] == ["languages", "hours"]
    for crossing in shown.crossings:
        assert len(crossing.rows) == len(shown.services)
        assert all(cell is None or cell == 0 or cell >= 5 for row in crossing.rows for cell in row)
        assert any(cell is None for row in crossing.rows for cell in row)
    assert shown.ends == {"got": {}, "problem": {}}  # four people answered


def test_the_statements_are_the_same_for_nobody_and_for_some_and_a_day_that_runs_tells_no_answers(
    database: Database,
) -> None:
    hall = make_test_day(database)
    hall.now = hall.day.opens_at
    assert cost(database, day_figures, hall.day, now=hall.day.answered_until) == 8
    hall.open_desks()
    for _ in range(3):
        hall.walk_in(hall.wish("legal", "social", adults=2))
        hall.next(1)
    assert cost(database, day_figures, hall.day, now=hall.day.answered_until) == 8
    assert database.read_now(day_figures, hall.day, now=hall.day.answered_until).ends == {}


def test_times_that_were_never_measured_are_nought() -> None:
    assert spread_of([]) == Spread(count=0, median=0.0, p90=0.0, longest=0.0)
    assert spread_of([4.26]) == Spread(count=1, median=4.3, p90=4.3, longest=4.3)
    assert spread_of([1, 2, 3, 4, 10]) == Spread(count=5, median=3, p90=7.6, longest=10)
