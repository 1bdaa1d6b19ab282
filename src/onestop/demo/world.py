"""The invented world of a demo: a fresh database with two days, people who work there, machines and links."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError

from onestop.accounts.actions import add_account, create_token, make_pass
from onestop.accounts.links import make_link
from onestop.accounts.passwords import hash_password
from onestop.clock import real_now
from onestop.days.actions import create_day, make_invitations
from onestop.days.checks import publish_checked
from onestop.days.dayfile import DayFile, read_template
from onestop.days.queries.days import Day, day_by_id
from onestop.days.queries.desks import desks_of_day
from onestop.days.tables import days
from onestop.db.clock_row import is_demo, start_demo_clock
from onestop.db.migrate import upgrade
from onestop.db.session import Database, open_database
from onestop.db.trouble import StoreTrouble
from onestop.devices.actions import create_device
from onestop.directory.place_entries import PlaceWords, add_place
from onestop.directory.tables import centres
from onestop.domain.day import Release, local_instant
from onestop.domain.roles import SYSTEM, Grant, Role
from onestop.keys import new_token

PILOT = "iom-bratislava"
BEFORE_OPENING = timedelta(minutes=30)
DEMO_PHONE = "+421 2 0000 0000"
PLACES = (
    PlaceWords(
        kind="school",
        name="Evening school (invented)",
        address="Invented street 1, Bratislava",
        phone=DEMO_PHONE,
        hours={"en": "Monday to Friday, 16:00 to 19:00", "sk": "pondelok až piatok, 16:00 až 19:00"},
    ),
    PlaceWords(
        kind="social-pharmacy", name="Pharmacy (invented)", address="Invented street 2, Bratislava", phone=DEMO_PHONE
    ),
    PlaceWords(kind="shelter", name="Shelter (invented)", phone=DEMO_PHONE, discreet=True),
)


class NotADemo(Exception):
    """The database in the way was not made by a demo."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskLink:
    """A desk and the path of its day pass."""

    number: int
    institution: str
    path: str
    token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What the demo prints and what the crowd needs; all invented."""

    slug: str
    later_slug: str
    invitation: str
    organiser: str
    reception: str
    helper: str
    mediator: str
    guide: str
    password: str
    kiosk_code: str
    display_code: str
    desks: tuple[DeskLink, ...]
    kiosk_token: str
    reception_token: str
    organiser_token: str


def make_world(folder: Path, *, rate: float, template: str = PILOT) -> tuple[Path, World]:
    """A fresh demo database in the folder; gives its file. Raises `NotADemo` rather than touch a real one."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "demo.db"
    _clear(file)
    url = f"sqlite:///{file.absolute()}"
    upgrade(url)
    database = open_database(url)
    try:
        return file, _fill(database, rate=rate, template=template)
    finally:
        database.close()


def _clear(file: Path) -> None:
    if file.exists():
        try:
            database = open_database(f"sqlite:///{file.absolute()}")
            try:
                made_by_demo = database.read_now(is_demo)
            finally:
                database.close()
        except (DatabaseError, StoreTrouble):
            made_by_demo = False
        if not made_by_demo:
            raise NotADemo(f"{file} was not made by a demo and stays as it is. Set ONESTOP_VAR to another folder.")
    for part in (file, file.with_name(f"{file.name}-wal"), file.with_name(f"{file.name}-shm")):
        part.unlink(missing_ok=True)


def _fill(database: Database, *, rate: float, template: str) -> World:
    file = read_template(template)
    today = real_now().astimezone(file.timezone).date()
    start = local_instant(today, file.opens, file.timezone) - BEFORE_OPENING
    database.write_now(start_demo_clock, start=start, rate=rate)
    database.reload_clock()
    pilot = _day(database, file, today, template)
    later = _day(database, file, today + timedelta(days=7), template, release=Release.OPEN)
    database.write_now(_help_line)
    for place in PLACES:
        database.write_now(add_place, place, actor=SYSTEM, now=database.now())
    invitation = database.write_now(
        make_invitations, pilot.id, count=1, uses=1000, label="demo", actor=SYSTEM, now=database.now(), day=pilot.id
    )[0]
    password = new_token()[:12]
    hashed = hash_password(password)
    organiser = _account(database, "organiser", Role.ORGANISER, hashed)
    reception = _account(database, "reception", Role.RECEPTIONIST, hashed)
    helper = _account(database, "helper", Role.HELPER, hashed)
    mediator = _account(database, "mediator", Role.MEDIATOR, hashed)
    guide = _account(database, "guide", Role.FLOOR_GUIDE, hashed)
    return World(
        slug=pilot.slug,
        later_slug=later.slug,
        invitation=invitation,
        organiser=_link(database, organiser),
        reception=_link(database, reception),
        helper=_link(database, helper),
        mediator=_link(database, mediator),
        guide=_link(database, guide),
        password=password,
        kiosk_code=_device(database, Role.KIOSK, "Ticket machine", pilot.id),
        display_code=_device(database, Role.DISPLAY, "Waiting room", pilot.id),
        desks=tuple(_desks(database, pilot)),
        kiosk_token=_token(database, Grant(role=Role.KIOSK, day=pilot.id)),
        reception_token=_token(database, Grant(role=Role.RECEPTIONIST, day=pilot.id)),
        organiser_token=_token(database, Grant(role=Role.ORGANISER)),
    )


def _day(database: Database, file: DayFile, on: date, template: str, release: Release | None = None) -> Day:
    now = database.now()
    made = database.write_now(create_day, file, on=on, actor=SYSTEM, now=now, template=template)
    if release is not None:
        database.write_now(_set_release, made, release)
    drafted = database.read_now(day_by_id, made)
    database.write_now(publish_checked, made, version=drafted.version, actor=SYSTEM, now=now, day=made)
    return database.read_now(day_by_id, made)


def _set_release(conn: sa.Connection, day: UUID, release: Release) -> None:
    conn.execute(days.update().where(days.c.id == day).values(release=release))


def _help_line(conn: sa.Connection) -> None:
    conn.execute(centres.update().values(phone=DEMO_PHONE, email="help@centre.example"))


def _account(database: Database, login: str, role: Role, hashed: str) -> UUID:
    return database.write_now(
        add_account,
        login=login,
        password_hash=hashed,
        held=(Grant(role=role),),
        name=login.capitalize(),
        actor=SYSTEM,
        now=database.now(),
    )


def _link(database: Database, account: UUID) -> str:
    made = database.write_now(
        make_link, account, lasts=timedelta(days=7), again=True, actor=SYSTEM, now=database.now(), real=real_now()
    )
    return f"/sign-in/link/{made.token}"


def _device(database: Database, kind: Role, name: str, day: UUID) -> str:
    return database.write_now(create_device, kind=kind, name=name, day_id=day, actor=SYSTEM, real=real_now()).code


def _desks(database: Database, day: Day) -> list[DeskLink]:
    found: list[DeskLink] = []
    for desk in database.read_now(desks_of_day, day.id):
        made = database.write_now(make_pass, desk.id, actor=SYSTEM, now=database.now(), day=day.id)
        grant = Grant(role=Role.OFFICER, institution=desk.institution.id, day=day.id, desk=desk.id)
        found.append(
            DeskLink(
                number=desk.number,
                institution=desk.institution.name,
                path=f"/pass/{made.token}",
                token=_token(database, grant),
            )
        )
    return found


def _token(database: Database, grant: Grant) -> str:
    now: datetime = database.now()
    return database.write_now(
        create_token, grant, label="demo crowd", until=now + timedelta(days=2), actor=SYSTEM, now=now
    ).token
