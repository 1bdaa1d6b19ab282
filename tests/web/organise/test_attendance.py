"""An institution is late, leaves or does not come: one act for all its desks, asked about first, taken back by one."""

import re
from datetime import UTC, datetime
from uuid import UUID

import pytest
import sqlalchemy as sa

from onestop.days.queries.days import day_by_id
from onestop.days.queries.desks import desks_of_day
from onestop.db.ledger import facts
from onestop.domain.attendance import Attendance
from onestop.domain.day import DeskState
from onestop.domain.errors import Changed
from onestop.notify.untold import untold_of_day
from onestop.reports.verify import verify
from onestop.visits.actions.setup import change_attendance
from tests.web.organise.browsing import Organiser
from tests.web.site import Site

DAY = "/organise/iom-bratislava-2026-12-03"
PATH = f"{DAY}/institution"
ASKS = "This changes something for people who booked"


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 12, 3, hour, minute, tzinfo=UTC)


def _of(site: Site, service: str) -> UUID:
    return next(each.institution.id for each in site.hall.offer.services if each.key == service)


def _hours(site: Site, institution: UUID) -> dict[int, list[str]]:
    return {
        desk.number: [f"{start:%H:%M}-{end:%H:%M}" for start, end in desk.openings]
        for desk in site.database.read_now(desks_of_day, site.hall.id)
        if desk.institution.id == institution
    }


def _states(site: Site, institution: UUID) -> dict[int, DeskState]:
    found = site.database.read_now(desks_of_day, site.hall.id)
    return {desk.number: desk.state for desk in found if desk.institution.id == institution}


def _kinds(site: Site) -> list[str]:
    kinds = sa.select(facts.c.kind).where(facts.c.day_id == site.hall.id).order_by(facts.c.id)
    return list(site.database.read_now(lambda conn: conn.execute(kinds).scalars().all()))


def _broken(site: Site) -> list[object]:
    return list(site.database.read_now(verify, now=site.database.now()))


def _told(text: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", "", text.partition("<main")[2]).split())


async def test_all_its_desks_change_at_once_after_the_question_and_come_back_by_one_press(site: Site) -> None:
    mic = _of(site, "legal")
    ticket = site.hall.book(site.hall.wish("legal"), at=at(12))
    before = _hours(site, mic)
    organiser = Organiser(site)
    overview = await organiser.open(f"{DAY}/overview")
    await organiser.open(PATH)

    asked = await organiser.send(PATH, institution=str(mic), how="early", at="12:00")
    meanwhile = _hours(site, mic)
    saved = await organiser.send(PATH)
    after = _hours(site, mic)
    untold = site.database.read_now(untold_of_day, site.hall.id)
    history = await organiser.open(f"{DAY}/history")
    await organiser.send(f"{DAY}/history/undo")
    back = _hours(site, mic)

    assert f'href="{PATH}"' in overview.text
    assert (asked.status_code, f"Number {ticket.number} · 13:00" in _told(asked.text), meanwhile) == (409, True, before)
    assert "1 ticket is touched. Whoever gave an address is told now." in _told(saved.text)
    assert f"Please tell these tickets by telephone or at the door: {ticket.number}." in _told(saved.text)
    assert 'href="/reception/iom-bratislava-2026-12-03/changed"' in saved.text
    assert (len(before), after) == (3, {number: ["08:00-11:00"] for number in before})
    assert (history.text.count("Take this change back"), back) == (1, before)
    assert [kind for kind in _kinds(site) if kind in ("InstitutionHoursChanged", "DeskChanged")] == [
        "InstitutionHoursChanged",
        *["DeskChanged"] * 3,
    ]
    assert "PartyTouched" in _kinds(site)
    assert list(untold) == [ticket.number]
    assert _broken(site) == []


async def test_one_that_does_not_come_has_no_hours_is_told_on_the_hub_and_undone_twice_stays_away(site: Site) -> None:
    police = _of(site, "residence")
    before = _hours(site, police)
    organiser = Organiser(site)
    await organiser.open(PATH)
    saved = await organiser.send(PATH, institution=str(police), how="away")
    assert "Nobody who booked is touched by this." in _told(saved.text)
    away = _hours(site, police)
    hub = _told((await organiser.open(DAY)).text)
    for page in ("/desks", "/desks/4", "/overview", "/rehearsal", "/institution"):
        assert (await organiser.open(f"{DAY}{page}")).status_code == 200
    states: list[dict[int, list[str]]] = []
    for _ in range(2):
        await organiser.open(f"{DAY}/history")
        await organiser.send(f"{DAY}/history/undo")
        states.append(_hours(site, police))

    assert (before, away) == ({4: ["08:00-12:00"]}, {4: []})
    assert "Foreign Police Department does not come: its desks have no hours on this day." in hub
    assert "Missing:" not in hub
    assert states == [before, {4: []}]
    assert _broken(site) == []


async def test_on_a_running_day_desks_that_are_gone_close_and_who_is_served_is_finished(site: Site) -> None:
    hall = site.hall
    mic = _of(site, "legal")
    site.set_time(at(9))
    hall.open_desks()
    _, _visit = hall.walk_in(hall.wish("legal"))
    hall.next(1)
    organiser = Organiser(site)
    await organiser.open(PATH)

    refused = await organiser.send(PATH, institution=str(mic), how="away")
    saved = await organiser.send(PATH, how="early", at="10:00")

    assert "It was here today already. Please choose that it leaves." in _told(refused.text)
    assert saved.status_code == 200
    assert _states(site, mic) == {1: DeskState.OPEN, 2: DeskState.CLOSED, 3: DeskState.CLOSED}
    assert _states(site, _of(site, "residence")) == {4: DeskState.OPEN}
    assert _broken(site) == []


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"how": "early", "at": "12:00"}, "Please choose the institution."),
        ({"institution": "legal", "at": "12:00"}, "Please choose what happens."),
        ({"institution": "legal", "how": "late"}, "Please write the time."),
        ({"institution": "legal", "how": "late", "at": "noon"}, "Please write a time such as 09:30."),
        ({"institution": "legal", "how": "late", "at": "09:00"}, "Its desks have these hours already."),
        ({"institution": "legal", "how": "late", "at": "15:00"}, "It would have no hours left."),
        ({"institution": "legal", "how": "late", "at": "18:00"}, "These hours lie outside the hours of the day."),
    ],
)
async def test_what_cannot_be_used_is_told_and_kept(site: Site, typed: dict[str, str], says: str) -> None:
    mic = _of(site, "legal")
    given = {name: str(mic) if value == "legal" else value for name, value in typed.items()}
    before = _hours(site, mic)
    organiser = Organiser(site)
    await organiser.open(PATH)

    answer = await organiser.send(PATH, **given)
    kept = organiser.form(PATH)

    assert (answer.status_code, says in _told(answer.text), _hours(site, mic)) == (422, True, before)
    assert {name: kept[name] for name in given} == given


async def test_back_from_the_question_keeps_what_was_chosen(site: Site) -> None:
    mic = _of(site, "legal")
    site.hall.book(site.hall.wish("legal"), at=at(12))
    organiser = Organiser(site)
    await organiser.open(PATH)
    await organiser.send(PATH, institution=str(mic), how="early", at="12:00")

    back = await organiser.send(PATH, back="1")
    form = organiser.form(PATH)

    assert (back.status_code, form["institution"], form["how"], form["at"]) == (200, str(mic), "early", "12:00")


def test_a_day_changed_meanwhile_is_told(site: Site) -> None:
    hall = site.hall
    version = site.database.read_now(day_by_id, hall.id).version
    with pytest.raises(Changed):
        hall.write(change_attendance, hall.id, _of(site, "legal"), Attendance.AWAY, None, version=version - 1)
    assert "InstitutionHoursChanged" not in _kinds(site)
