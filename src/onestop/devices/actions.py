"""Changes of devices: make one with a pairing code, pair it, see it, revoke it. All times are machine time."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from onestop.days.tables import days
from onestop.db.ledger import record
from onestop.db.types import new_id
from onestop.devices.queries import read_report, write_report
from onestop.devices.tables import devices
from onestop.domain.board import DisplaySetup
from onestop.domain.errors import N_, InvalidInput, NotKnown, PairingWrong
from onestop.domain.facts import Fact, Term
from onestop.domain.machine import Report
from onestop.domain.roles import Actor, Role
from onestop.keys import hash_token, new_token

PAIR_WITHIN = timedelta(minutes=15)
SEEN_EVERY = timedelta(minutes=1)
DEVICE_PREFIX = "osd_"


class DeviceNameRefused(InvalidInput):
    code = "device_name_refused"
    sentence = N_("Please write a name for the machine with 1 to 80 letters.")


@dataclass(frozen=True, slots=True, kw_only=True)
class PairCode:
    """Six digits to type on the device within 15 minutes; told once."""

    device: UUID
    code: str
    until_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Paired:
    """What a device carries from now on."""

    device: UUID
    kind: Role
    day_slug: str | None
    token: str


def create_device(
    conn: sa.Connection, *, kind: Role, name: str, day_id: UUID | None = None, actor: Actor, real: datetime
) -> PairCode:
    """A kiosk or display of one day or (`day_id` none) of all, which waits to be paired. Raises `DeviceNameRefused`."""
    assert kind in (Role.KIOSK, Role.DISPLAY)
    name = _name(name)
    device = new_id()
    conn.execute(devices.insert().values(id=device, day_id=day_id, kind=kind, name=name, created_at=real))
    record(conn, Fact(kind="DeviceMade", at=real, day=day_id, actor=actor.ref, terms={"device": str(device)}))
    return _give_code(conn, device, real)


def new_pair_code(conn: sa.Connection, device: UUID, *, actor: Actor, real: datetime) -> PairCode:
    """Another code for a device, which keeps working until the new code is used. Raises `NotKnown`."""
    row = conn.execute(sa.select(devices).where(devices.c.id == device, devices.c.revoked_at.is_(None))).one_or_none()
    if row is None:
        raise NotKnown
    record(conn, Fact(kind="DeviceCodeMade", at=real, day=row.day_id, actor=actor.ref, terms={"device": str(device)}))
    return _give_code(conn, device, real)


def pair_device(conn: sa.Connection, code: str, *, real: datetime) -> Paired:
    """Turn a code into the device's token; the code is used up. Raises `PairingWrong`."""
    digits = "".join(character for character in code if character.isdecimal())
    row = conn.execute(
        sa.select(devices).where(devices.c.pair_hash == hash_token(digits)).with_for_update()
    ).one_or_none()
    if row is None or row.revoked_at is not None or row.pair_until_at is None or real >= row.pair_until_at:
        raise PairingWrong
    token = new_token(DEVICE_PREFIX)
    conn.execute(
        devices.update()
        .where(devices.c.id == row.id)
        .values(pair_hash=None, pair_until_at=None, token_hash=hash_token(token), paired_at=real, seen_at=real)
    )
    fact = Fact(kind="DevicePaired", at=real, day=row.day_id, actor=f"device:{row.id}", terms={"device": str(row.id)})
    record(conn, fact)
    slug = conn.execute(sa.select(days.c.slug).where(days.c.id == row.day_id)).scalar()
    return Paired(device=row.id, kind=Role(row.kind), day_slug=slug, token=token)


def set_up_display(conn: sa.Connection, device: UUID, setup: DisplaySetup, *, actor: Actor, real: datetime) -> None:
    """Which desks a display shows, how big and how loud. Raises `NotKnown` for anything but a living display."""
    screen = setup.screen
    row = conn.execute(
        devices.update()
        .where(devices.c.id == device, devices.c.kind == Role.DISPLAY, devices.c.revoked_at.is_(None))
        .values(
            desk_numbers=sorted(setup.desks),
            screen_inches=None if screen is None else screen.inches,
            farthest_metres=None if screen is None else screen.metres,
            sound=setup.sound,
            volume=setup.volume,
            dark=setup.dark,
        )
        .returning(devices.c.day_id)
    ).one_or_none()
    if row is None:
        raise NotKnown
    terms: dict[str, Term] = {"device": str(device), "desks": sorted(setup.desks)}
    record(conn, Fact(kind="DisplaySetUp", at=real, day=row.day_id, actor=actor.ref, terms=terms))


def change_device(
    conn: sa.Connection, device: UUID, *, name: str, day_id: UUID | None, actor: Actor, real: datetime
) -> None:
    """Its name, and the day it serves (none: every day). Raises `NotKnown`, `DeviceNameRefused`.

    Numbers it leased stay with the day they were leased for: what it printed there is still taken there.
    """
    row = conn.execute(sa.select(devices).where(devices.c.id == device, devices.c.revoked_at.is_(None))).one_or_none()
    if row is None:
        raise NotKnown
    moved = day_id != row.day_id
    changed: dict[str, object] = {"name": _name(name), "day_id": day_id}
    if moved:
        changed["desk_numbers"] = []  # desks of another day
    conn.execute(devices.update().where(devices.c.id == device).values(**changed))
    if changed["name"] != row.name:
        record(conn, Fact(kind="DeviceRenamed", at=real, day=day_id, actor=actor.ref, terms={"device": str(device)}))
    for day in (row.day_id, day_id) if moved else ():
        # Both days hear of it: screens of the old one let it go.
        record(conn, Fact(kind="DeviceMoved", at=real, day=day, actor=actor.ref, terms={"device": str(device)}))


def touch_device(conn: sa.Connection, device: UUID, *, real: datetime) -> None:
    """Note that a device was heard of."""
    conn.execute(devices.update().where(devices.c.id == device).values(seen_at=real))


def report_device(conn: sa.Connection, device: UUID, *, report: Report, actor: Actor, real: datetime) -> None:
    """Keep what a machine says of itself; the ledger hears only that it needs somebody, or does not any more."""
    row = conn.execute(sa.select(devices).where(devices.c.id == device)).one()
    before = None if row.report is None else read_report(row.report)
    conn.execute(devices.update().where(devices.c.id == device).values(report=write_report(report), reported_at=real))
    if report.needs_somebody != (before is not None and before.needs_somebody):
        terms: dict[str, Term] = {"device": str(device), "printer": str(report.printer), "refused": report.refused}
        kind = "DeviceNeedsSomebody" if report.needs_somebody else "DeviceWorksAgain"
        record(conn, Fact(kind=kind, at=real, day=row.day_id, actor=actor.ref, terms=terms))


def revoke_device(conn: sa.Connection, device: UUID, *, actor: Actor, real: datetime) -> None:
    """Shut a device out at once. Raises `NotKnown`."""
    row = conn.execute(sa.select(devices).where(devices.c.id == device)).one_or_none()
    if row is None:
        raise NotKnown
    conn.execute(
        devices.update().where(devices.c.id == device).values(revoked_at=real, token_hash=None, pair_hash=None)
    )
    record(conn, Fact(kind="DeviceRevoked", at=real, day=row.day_id, actor=actor.ref, terms={"device": str(device)}))


def _name(typed: str) -> str:
    name = typed.strip()
    if not 1 <= len(name) <= 80:
        raise DeviceNameRefused(field="name")
    return name


def _give_code(conn: sa.Connection, device: UUID, real: datetime) -> PairCode:
    # Codes that nobody used in time make room; among the living ones a code is unique.
    conn.execute(devices.update().where(devices.c.pair_until_at <= real).values(pair_hash=None, pair_until_at=None))
    taken = set(conn.execute(sa.select(devices.c.pair_hash).where(devices.c.pair_hash.is_not(None))).scalars())
    code = _digits()
    while hash_token(code) in taken:
        code = _digits()
    until = real + PAIR_WITHIN
    conn.execute(devices.update().where(devices.c.id == device).values(pair_hash=hash_token(code), pair_until_at=until))
    return PairCode(device=device, code=code, until_at=until)


def _digits() -> str:
    return f"{secrets.randbelow(10**6):06d}"
