"""Things of the pilot day that stand in addresses of the organiser's door."""

from datetime import time
from typing import Any
from uuid import UUID, uuid4

from onestop.accounts.actions import add_account, make_pass
from onestop.accounts.queries import passes_of_day
from onestop.clock import real_now
from onestop.days.crew import PersonSettings, add_person
from onestop.days.organising import order_of_day
from onestop.days.queries.days import day_by_id
from onestop.days.queries.desks import mediators_of_day
from onestop.days.queries.rota import answers_of_day, links_of_day
from onestop.days.queries.sessions import sessions_of_day
from onestop.days.rota import Said, answer_link
from onestop.days.rota import make_link as make_rota_link
from onestop.days.setup_sessions import SessionSettings, add_session
from onestop.devices.actions import create_device
from onestop.directory.floor_entries import keep_plan, place_desk
from onestop.directory.floor_plans import Spot, floor_of
from onestop.directory.logos import clean_logo, clean_plan
from onestop.directory.need_entries import NeedWords, add_need
from onestop.directory.organising import directory
from onestop.directory.papers import papers_by_service
from onestop.directory.place_entries import PlaceWords, add_place
from onestop.directory.series import series_of
from onestop.directory.series_entries import add_logo, add_series
from onestop.directory.venue_entries import VenueWords, add_venue
from onestop.domain.crew import Work
from onestop.domain.roles import SYSTEM, Grant, Role
from onestop.keys import new_code
from onestop.visits.queries.printed import conflicts_of_day
from tests.directory.uploads import svg
from tests.visits.machine_papers import machine_of
from tests.web.site import Site


def mediator(site: Site) -> str:
    """The first mediator of the day."""
    return str(site.database.read_now(mediators_of_day, site.hall.id)[0].id)


def session(site: Site) -> str:
    """A session of the health insurance, which nobody else here asks for."""
    day = site.database.read_now(day_by_id, site.hall.id)
    held = site.database.read_now(sessions_of_day, day.id)
    if held:
        return str(held[0].id)
    service = site.hall.service("health-insurance")
    desk = next(one.id for one in site.hall.desks.values() if service in one.services)
    settings = SessionSettings(desk=desk, service=service, starts=time(11), minutes=30, seats=10)
    now = site.database.now()
    return str(
        site.database.write_now(add_session, day.id, settings, version=day.version, actor=SYSTEM, now=now, day=day.id)
    )


def person(site: Site) -> str:
    """Somebody at the reception."""
    day = site.database.read_now(day_by_id, site.hall.id)
    settings = PersonSettings(work=Work.RECEPTION, label="Volunteer 3", hours=((time(9), time(12)),))
    now = site.database.now()
    made = site.database.write_now(add_person, day.id, settings, version=day.version, actor=SYSTEM, now=now)
    return str(made)


def rota_codes(site: Site) -> tuple[str, str]:
    """The codes of a link for people who work, and of an answer there."""
    link, own = (new_code("abcdefghijklmnopqrstuvwxyz234567", 26) for _ in range(2))
    day, now = site.database.read_now(day_by_id, site.hall.id), site.database.now()
    site.database.write_now(make_rota_link, day.id, None, code=link, actor=SYSTEM, now=now)
    said = Said(name="Ana", works=(Work.GUIDE,), hours=((day.opens_at, day.closes_at),))
    site.database.write_now(answer_link, link, said, own_code=own, now=now)
    return link, own


def rota_link(site: Site) -> str:
    """A link for people who work."""
    rota_codes(site)
    return str(site.database.read_now(links_of_day, site.hall.id)[0].id)


def rota_answer(site: Site) -> str:
    """Somebody said when she can come."""
    rota_codes(site)
    return str(site.database.read_now(answers_of_day, site.hall.id)[-1].id)


def pair(site: Site) -> str:
    """The first order of services of the day."""
    return str(site.database.read_now(order_of_day, site.hall.id)[0].id)


def day_pass(site: Site) -> str:
    """A pass of the officer's desk."""
    site.database.write_now(make_pass, site.desk.id, actor=SYSTEM, now=site.database.now())
    return str(site.database.read_now(passes_of_day, site.hall.id)[0].id)


def device(site: Site) -> str:
    """A display of the day."""
    real = real_now()
    made = site.database.write_now(
        create_device, kind=Role.DISPLAY, name="Hall", day_id=site.hall.id, actor=SYSTEM, real=real
    )
    return str(made.device)


def conflict(site: Site) -> str:
    """A paper of a machine that says a number no machine had."""
    machine = machine_of(site.hall)
    machine.hand_in(machine.paper(9000), site.hall.wish("legal"))
    return str(site.database.read_now(conflicts_of_day, site.hall.id)[-1].id)


def account(site: Site) -> str:
    """A receptionist's account."""
    grant = Grant(role=Role.RECEPTIONIST)
    login = f"somebody-{uuid4().hex[:8]}"
    now = site.database.now()
    return str(
        site.database.write_now(add_account, login=login, password_hash="", held=(grant,), actor=SYSTEM, now=now)
    )


def institution(site: Site) -> str:
    """The institution of the officer's desk."""
    return str(site.desk.institution.id)


def service(site: Site) -> str:
    """A service of that institution."""
    entries = site.database.read_now(directory)
    return str(next(each for each in entries if each.id == site.desk.institution.id).services[0].id)


def paper(site: Site) -> str:
    """A paper that services ask for."""
    return str(next(iter(site.database.read_now(papers_by_service).values()))[0].id)


def place(site: Site) -> str:
    """A fresh place of the directory."""
    words = PlaceWords(kind="school", name=f"School {uuid4().hex[:8]}")
    return str(site.database.write_now(add_place, words, actor=SYSTEM, now=site.database.now()))


def venue(site: Site) -> str:
    """A fresh venue."""
    words = VenueWords(name=f"House {uuid4().hex[:8]}", timezone="Europe/Bratislava")
    return str(site.database.write_now(add_venue, words, actor=SYSTEM, now=site.database.now()))


def need(site: Site) -> str:
    """A fresh need."""
    words = NeedWords(pictogram="key", services=("legal",), words={"en": "I lost my keys"})
    return str(site.database.write_now(add_need, words, actor=SYSTEM, now=site.database.now()))


def series(site: Site) -> str:
    """A fresh series with a logo of the centre and one of a funder."""
    who: dict[str, Any] = {"actor": SYSTEM, "now": site.database.now()}
    made = site.database.write_now(add_series, name=f"Series {uuid4().hex[:8]}", **who)
    for kind, whose in (("centre", "IOM"), ("funder", "European Union")):
        site.database.write_now(add_logo, made, clean_logo(svg()), kind=kind, whose=whose, **who)
    return str(made)


def floor_plan(site: Site) -> str:
    """The name of the floor plan of the day's venue, with every desk on it."""
    venue = site.hall.day.venue_id
    who: dict[str, Any] = {"actor": SYSTEM, "now": site.database.now()}
    site.database.write_now(keep_plan, venue, clean_plan(svg()), **who)
    for number in site.hall.desks:
        site.database.write_now(place_desk, venue, number, Spot(across=500, down=500), **who)
    found = site.database.read_now(floor_of, venue).plan
    assert found is not None
    return found.file


def logo(site: Site, act: str) -> str:
    """The address of an act on a logo of a fresh series."""
    made = series(site)
    found = site.database.read_now(series_of, UUID(made)).logos[0].id
    return f"/organise/series/{made}/logos/{found}/{act}"


def picture(site: Site) -> str:
    """The name of a kept picture."""
    return f"{site.database.read_now(series_of, UUID(series(site))).logos[0].digest}.svg"
