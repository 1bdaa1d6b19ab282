"""Reads of devices: whom a device token stands for, and the organiser's list."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from onestop.db.statements import row_of
from onestop.devices.tables import devices
from onestop.domain.board import DisplaySetup, Screen, Sound
from onestop.domain.machine import (
    SILENT_AFTER,
    CodeNotTaken,
    PaperMissed,
    Printer,
    Report,
    Trouble,
    WhyNot,
    is_silent,
    trouble_of,
)
from onestop.domain.roles import Actor, Grant, Role
from onestop.keys import hash_token


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A kiosk or display as the organiser sees it."""

    id: UUID
    day: UUID | None
    kind: Role
    name: str
    waiting_for_pairing: bool
    paired_at: datetime | None
    seen_at: datetime | None
    revoked_at: datetime | None
    display: DisplaySetup
    report: Report | None
    """What it last said of itself; only a machine with an agent does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownDevice:
    """A device that proved its token, and when it was last seen (machine time)."""

    actor: Actor
    seen_at: datetime | None
    display: DisplaySetup


@dataclass(frozen=True, slots=True, kw_only=True)
class Paired:
    """A machine that works for a day: when it was last heard of, and what it said of itself."""

    id: UUID
    name: str
    seen_at: datetime | None
    report: Report | None


def device_of(conn: sa.Connection, token: str) -> KnownDevice | None:
    """The device with this token, `None` for an unknown or revoked one."""
    row = row_of(conn, devices.c.token_hash, hash_token(token))
    if row is None or row.revoked_at is not None:
        return None
    grant = Grant(role=Role(row.kind), day=row.day_id)
    actor = Actor(ref=f"device:{row.id}", grants=(grant,), name=row.name, device=row.id)
    return KnownDevice(actor=actor, seen_at=row.seen_at, display=_setup(row))


def actor_of_device(conn: sa.Connection, token: str) -> Actor | None:
    """Whom a device token stands for, `None` for an unknown or revoked one."""
    known = device_of(conn, token)
    return None if known is None else known.actor


def devices_list(conn: sa.Connection, day: UUID | None = None) -> list[Device]:
    """All devices by name; with a day, those bound to it and those bound to none."""
    query = sa.select(devices).order_by(devices.c.name, devices.c.id)
    if day is not None:
        query = query.where(sa.or_(devices.c.day_id == day, devices.c.day_id.is_(None)))
    return [
        Device(
            id=row.id,
            day=row.day_id,
            kind=Role(row.kind),
            name=row.name,
            waiting_for_pairing=row.pair_hash is not None,
            paired_at=row.paired_at,
            seen_at=row.seen_at,
            revoked_at=row.revoked_at,
            display=_setup(row),
            report=None if row.report is None else read_report(row.report),
        )
        for row in conn.execute(query)
    ]


def paired_machines(conn: sa.Connection, day: UUID) -> tuple[Paired, ...]:
    """Kiosks and displays of the day, and those of every day, that are paired and not revoked, by name."""
    rows = conn.execute(
        sa.select(devices.c.id, devices.c.name, devices.c.seen_at, devices.c.report)
        .where(
            sa.or_(devices.c.day_id == day, devices.c.day_id.is_(None)),
            devices.c.paired_at.is_not(None),
            devices.c.revoked_at.is_(None),
        )
        .order_by(devices.c.name, devices.c.id)
    )
    return tuple(
        Paired(
            id=row.id,
            name=row.name,
            seen_at=row.seen_at,
            report=None if row.report is None else read_report(row.report),
        )
        for row in rows
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Troubles:
    """Ticket machines that somebody should go to, by name, and when the next one is silent if it says nothing more."""

    machines: tuple[Trouble, ...]
    next_at: datetime | None


def machines_in_trouble(conn: sa.Connection, day: UUID, *, real: datetime) -> tuple[Trouble, ...]:
    """Ticket machines of the day that somebody should go to, by name."""
    return troubles_of_day(conn, day, real=real).machines


def troubles_of_day(conn: sa.Connection, day: UUID, *, real: datetime) -> Troubles:
    """The same with when to look again; one statement."""
    rows = conn.execute(
        sa.select(devices.c.name, devices.c.report, devices.c.seen_at)
        .where(
            devices.c.kind == Role.KIOSK,
            sa.or_(devices.c.day_id == day, devices.c.day_id.is_(None)),
            devices.c.revoked_at.is_(None),
            devices.c.seen_at.is_not(None),
        )
        .order_by(devices.c.name, devices.c.id)
    ).all()
    found = (
        trouble_of(row.name, None if row.report is None else read_report(row.report), seen_at=row.seen_at, real=real)
        for row in rows
    )
    silent_at = [row.seen_at + SILENT_AFTER for row in rows if not is_silent(row.seen_at, real=real)]
    return Troubles(machines=tuple(each for each in found if each is not None), next_at=min(silent_at, default=None))


def _setup(row: sa.Row[Any]) -> DisplaySetup:
    return DisplaySetup(
        desks=tuple(row.desk_numbers),
        screen=None if row.screen_inches is None else Screen(inches=row.screen_inches, metres=row.farthest_metres),
        sound=Sound(row.sound),
        volume=row.volume,
        dark=row.dark,
    )


def read_report(kept: Mapping[str, Any]) -> Report:
    """A report as its row keeps it."""
    counts = {name: value for name, value in kept.items() if name not in ("printer", "codes", "papers")}
    codes = tuple(
        CodeNotTaken(at=datetime.fromisoformat(each["at"]), why=WhyNot(each["why"]), ends=each["ends"])
        for each in kept.get("codes", ())
    )
    papers = tuple(
        PaperMissed(at=datetime.fromisoformat(each["at"]), number=each["number"]) for each in kept.get("papers", ())
    )
    return Report(printer=Printer(kept["printer"]), codes=codes, papers=papers, **counts)


def write_report(report: Report) -> dict[str, Any]:
    """A report for its row."""
    lists = {"codes": report.codes, "papers": report.papers}
    return asdict(report) | {
        name: [asdict(each) | {"at": each.at.isoformat()} for each in found] for name, found in lists.items()
    }
