"""A day's set-up as plain values, for its history: what differs between two of them was changed. No persons."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from onestop.days.queries.crew import crew_of_day
from onestop.days.queries.days import Day, day_by_id
from onestop.days.queries.desks import desks_of_day, mediators_of_day
from onestop.days.queries.sessions import sessions_of_day
from onestop.days.tables import days, precedences

Values = dict[str, Any]
Picture = dict[str, Values]
"""`day`, `desk:<id>`, `mediator:<id>`, `order:<id>`, `person:<id>`, `session:<id>` with their values."""


def picture_of(conn: sa.Connection, day_id: UUID) -> Picture:
    """The set-up as it is. The labels of people are left out: they may be names."""
    day = day_by_id(conn, day_id)
    found: Picture = {"day": _day(conn, day)}
    for desk in desks_of_day(conn, day_id):
        found[f"desk:{desk.id}"] = {
            "number": desk.number,
            "institution": str(desk.institution.id),
            "services": {str(service): minutes for service, minutes in sorted(desk.services.items())},
            "languages": sorted(desk.languages),
            "hours": [_hours(day, *each) for each in desk.openings],
        }
    for one in mediators_of_day(conn, day_id):
        found[f"mediator:{one.id}"] = {
            "languages": sorted(one.languages),
            "hours": [_hours(day, one.opens_at, one.closes_at)],
        }
    for row in conn.execute(sa.select(precedences).where(precedences.c.day_id == day_id)):
        found[f"order:{row.id}"] = {
            "first": str(row.before_service_id),
            "then": str(row.after_service_id) if row.after_service_id else None,
            "because": row.because,
        }
    for person in crew_of_day(conn, day_id):
        found[f"person:{person.id}"] = {
            "work": person.work.value,
            "institution": str(person.institution) if person.institution else "",
            "desk": person.desk_number,
            # What undo needs; the number is for people.
            "at": str(person.desk) if person.desk else "",
            "hours": [_hours(day, *each) for each in person.hours],
        }
    for one in sessions_of_day(conn, day_id):
        found[f"session:{one.id}"] = {
            "desk": str(one.desk),
            "at_desk": found[f"desk:{one.desk}"]["number"],
            "service": str(one.service),
            "starts": f"{one.starts_at.astimezone(day.zone):%H:%M}",
            "minutes": one.minutes,
            "language": one.language,
            "seats": one.seats,
        }
    return found


def differing(before: Picture, after: Picture) -> tuple[Picture, Picture]:
    """The things that are not the same in both, each whole; what is in one only was added or taken away."""
    changed = {key for key in (*before, *after) if before.get(key) != after.get(key)}
    return _of(before, changed), _of(after, changed)


def _of(picture: Mapping[str, Values], keys: set[str]) -> Picture:
    return {key: values for key, values in picture.items() if key in keys}


def _day(conn: sa.Connection, day: Day) -> Values:
    per_slot = conn.execute(sa.select(days.c.arrivals_per_slot).where(days.c.id == day.id)).scalar_one()
    return {
        "name": day.name,
        "on": day.on.isoformat(),
        "venue": str(day.venue_id),
        "series": str(day.series.id) if day.series else "",
        "hours": [_hours(day, day.opens_at, day.closes_at)],
        "slot_minutes": day.slot_minutes,
        "arrivals_per_slot": per_slot,
        "reserve_percent": day.reserve_percent,
        "bookings_per_contact": day.bookings_per_contact,
        "working_language": day.working_language,
        "languages": list(day.languages),
        "release": day.release.value,
        "scarce": day.scarce,
        "all_times": day.all_times,
        "quiet": [day.quiet_from, day.quiet_until] if day.quiet_from else [],
        "reserve_limits": dict(day.reserve_limits),
    }


def _hours(day: Day, opens_at: datetime, closes_at: datetime) -> list[str]:
    return [f"{at.astimezone(day.zone):%H:%M}" for at in (opens_at, closes_at)]
