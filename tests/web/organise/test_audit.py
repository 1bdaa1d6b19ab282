"""Who did what: plain sentences with numbers and names of staff, filters, pages of fifty, nothing of visitors."""

import html
import re
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import httpx
import pytest
import sqlalchemy as sa

from onestop.booking.tables import parties, stops
from onestop.db.ledger import facts, record
from onestop.domain.facts import LOOKS, Fact
from onestop.domain.roles import SYSTEM
from onestop.reports.audit import PAGE, audit_page
from onestop.visits.actions.looks import AGAIN, note_look
from onestop.visits.actions.notes import write_note
from onestop.web.organise.audit_words import GROUPS, KINDS, SENTENCES
from tests.counting import cost
from tests.web.organise.browsing import Organiser, who
from tests.web.site import Site

DAY = "/organise/iom-bratislava-2026-12-03"
AUDIT = f"{DAY}/audit"


@pytest.fixture
def doors() -> tuple[str, ...]:
    """Those whose pages are opened here."""
    return ("organise", "reception", "desk", "api")


def lines(page: httpx.Response) -> list[str]:
    """The lines of the page without their times."""
    found = re.findall(r"<li>\s*<p class=\"audit-at\">.*?</p>(.*?)</li>", page.text, re.DOTALL)
    return [" ".join(html.unescape(re.sub(r"<[^>]+>", " ", line)).split()) for line in found]


def looks(site: Site) -> list[tuple[str, str]]:
    """Kind and actor of what was seen."""
    seen = sa.select(facts.c.kind, facts.c.actor).where(facts.c.kind.in_(LOOKS)).order_by(facts.c.id)
    return [(row.kind, row.actor) for row in site.database.read_now(lambda conn: conn.execute(seen).all())]


async def test_a_look_at_a_visitor_is_noted_once_in_ten_minutes_and_told(site: Site) -> None:
    ticket, _ = site.hall.walk_in(site.hall.wish("legal"))
    named = parties.update().where(parties.c.id == ticket.party).values(name="Canary Visitor")
    site.database.write_now(lambda conn: conn.execute(named).rowcount)
    reception = site.sign_in("receptionist")
    path = f"/reception/{site.hall.day.slug}/parties/{ticket.party}"
    for _ in range(3):
        assert (await reception.get(path)).status_code == 200
    await reception.get(f"{path}/now")
    assert "Canary Visitor" in (await reception.get(path)).text
    first = looks(site)
    site.set_time(site.hall.now + 2 * AGAIN)
    await reception.get(path)
    someone = who(site, reception)
    page = await Organiser(site).open(f"{AUDIT}?kind=looks")
    assert someone is not None

    assert (len(first), looks(site)) == (1, [("VisitorLookedUp", someone.ref)] * 2)
    assert lines(page) == [f"A visitor was looked up receptionist number {ticket.number}"] * 2
    assert "Canary Visitor" not in page.text


async def test_two_processes_note_one_look(site: Site) -> None:
    for _ in range(2):
        site.database.write_now(note_look, "PeopleListed", site.hall.id, actor=SYSTEM, now=site.hall.now)

    assert looks(site) == [("PeopleListed", "system")]


async def test_notes_are_read_by_a_desk_and_their_words_stand_nowhere(site: Site) -> None:
    site.hall.open_desks()
    site.hall.walk_in(site.hall.wish("legal"))
    stop = site.hall.next(site.desk.number).stop
    site.hall.write(write_note, stop, text="Canary note")
    officer = site.sign_in("officer")
    read = await officer.get(f"/stops/{stop}/notes")
    page = await Organiser(site).open(AUDIT)

    assert "Canary note" in read.text
    assert "Canary note" not in page.text
    desk = site.desk.number
    assert lines(page)[0].startswith(f"Notes about a talk were read Day pass, desk {desk} number ")


async def test_one_chooses_a_person_and_a_kind(site: Site) -> None:
    organiser = Organiser(site)
    await organiser.open(f"{DAY}/passes")
    await organiser.press(f"{DAY}/passes/missing")
    me = who(site, organiser.browser)
    assert me is not None
    everything = await organiser.open(AUDIT)
    mine = await organiser.open(f"{AUDIT}?by={me.ref}")
    rights = await organiser.open(f"{AUDIT}?by={me.ref}&kind=rights")
    talks = await organiser.open(f"{AUDIT}?by={me.ref}&kind=desks")
    nonsense = await organiser.open(f"{AUDIT}?by=account:x&kind=none&before=x")

    assert set(lines(mine)) == {f"A day pass was made organiser Day pass, desk {desk}" for desk in site.hall.desks}
    assert (lines(rights), lines(talks)) == (lines(mine), [])
    assert lines(nonsense) == lines(everything)
    assert "Nothing was found." in talks.text


async def test_the_newest_come_first_fifty_on_a_page(site: Site) -> None:
    def many(conn: sa.Connection) -> None:
        for minute in range(PAGE + 10):
            at = site.hall.now + timedelta(minutes=minute)
            kind = "DayPaused" if minute % 2 else "DayResumed"
            record(conn, Fact(kind=kind, at=at, day=site.hall.id, actor="system"))

    site.database.write_now(many)
    organiser = Organiser(site)
    first = await organiser.open(AUDIT)
    older = html.unescape(re.findall(r'href="([^"]*before=\d+)"', first.text)[0])
    second = await organiser.open(older)

    assert len(lines(first)) == PAGE
    assert lines(first)[:2] == ["The day was paused the program", "The day goes on the program"]
    assert lines(second)[:10] == ["The day was paused the program", "The day goes on the program"] * 5
    assert re.findall(rf'href="({AUDIT})"', second.text) != []


async def test_the_centre_sees_all_days_and_what_belongs_to_none(site: Site) -> None:
    organiser = Organiser(site)
    page = await organiser.open("/organise/audit")
    only = await Organiser(site, day=site.hall.id).browser.get("/organise/audit")

    assert "An account was added the program organiser" in lines(page)
    assert any(site.hall.day.name in line for line in lines(page))
    assert only.status_code == 403


async def test_officers_and_receptionists_do_not_see_it(site: Site) -> None:
    met = [(await site.sign_in(role).get(AUDIT)).status_code for role in ("officer", "receptionist", "floor_guide")]

    assert met == [403] * 3


async def test_a_page_takes_a_fixed_number_of_statements(site: Site) -> None:
    few = cost(site.database, audit_page, day=site.hall.id)
    site.hall.open_desks()
    for _ in range(12):
        site.hall.walk_in(site.hall.wish("legal"))
    many = cost(site.database, audit_page, day=site.hall.id)

    assert few == many <= 7


def _kinds_recorded() -> Sequence[str]:
    """Names of facts as they stand in the source."""
    found: set[str] = set()
    for path in (Path(__file__).parents[3] / "src/onestop").rglob("*.py"):
        found |= set(re.findall(r'kind="([A-Z][a-z]+[A-Z]\w+)"', path.read_text(encoding="utf-8")))
    return sorted(found)


def test_every_fact_has_a_sentence_and_every_group_its_facts() -> None:
    assert [kind for kind in (*_kinds_recorded(), *LOOKS) if kind not in SENTENCES] == []
    assert [group for group in GROUPS if not KINDS[group]] == []
    assert sum(map(len, KINDS.values())) == len(SENTENCES)


async def test_a_private_step_shows_no_desk_and_no_officer_and_is_not_found_by_her_name(site: Site) -> None:
    officer = site.sign_in("officer")
    someone = who(site, officer)
    assert someone is not None
    site.hall.open_desks()
    ticket, _ = site.hall.walk_in(site.hall.wish("legal"))
    stop = site.hall.next(site.desk.number).stop
    assert stop is not None

    def act(conn: sa.Connection) -> None:
        how = {"stop": stop, "desk": site.desk.id, "actor": someone.ref}
        record(conn, Fact(kind="StopServed", at=site.hall.now, day=site.hall.id, **how))

    site.database.write_now(act)
    organiser = Organiser(site)
    by = f"{AUDIT}?by={someone.ref}&kind=desks"
    before = (lines(await organiser.open(AUDIT))[0], lines(await organiser.open(by)))
    site.database.write_now(_make_private, stop)
    after = (lines(await organiser.open(AUDIT))[0], lines(await organiser.open(by)))

    number, desk = ticket.number, site.desk.number
    told = f"A talk began Day pass, desk {desk} number {number} desk {desk}"
    assert before == (told, [told])
    assert after == (f"A talk began somebody at a desk number {number} private step", [])


def _make_private(conn: sa.Connection, stop: UUID) -> None:
    conn.execute(stops.update().where(stops.c.id == stop).values(private=True))
