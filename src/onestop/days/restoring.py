"""A change of the set-up taken back: the values of before, through the same actions and their rules."""

from collections.abc import Callable
from datetime import datetime, time
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from onestop.days import crew, setup
from onestop.days.crew import PersonSettings
from onestop.days.queries.crew import CrewRow, crew_of_day
from onestop.days.queries.desks import mediators_of_day
from onestop.days.queries.picture import Picture, Values, picture_of
from onestop.days.setup_sessions import SessionSettings, add_session, change_session, remove_session
from onestop.days.setup_values import DaySettings, DeskSettings, Hours, MediatorSettings
from onestop.domain.crew import Work
from onestop.domain.day import Release
from onestop.domain.roles import Actor


def restore_before(
    conn: sa.Connection, day_id: UUID, before: Picture, after: Picture, *, version: int, actor: Actor, now: datetime
) -> None:
    """Make the things of a change what they were before it; each step is a change by its own rules."""

    def do(act: Callable[..., Any], *args: Any, **more: Any) -> None:
        nonlocal version
        act(conn, day_id, *args, version=version, actor=actor, now=now, **more)
        version += 1

    if "day" in before:
        do(setup.change_day, _day(before["day"]))
    there = picture_of(conn, day_id)
    for key in sorted({*before, *after} - {"day"}):
        kind, _, text = key.partition(":")
        values, one = before.get(key), UUID(text)
        if values == there.get(key):
            continue
        here = key in there
        if kind == "desk" and values is not None:
            desk = _desk(values)
            # What comes back is the thing it was, not another one that looks the same.
            do(setup.edit_desk, one, desk) if here else do(setup.add_desk, desk, desk=one)
        elif kind == "mediator" and values is not None:
            labels = {each.id: each.label for each in mediators_of_day(conn, day_id)}
            mediator = _mediator(values, labels.get(one) or f"M{len(labels) + 1:02}")
            do(setup.edit_mediator, one, mediator) if here else do(setup.add_mediator, mediator, mediator=one)
        elif kind == "person" and values is not None:
            known = {each.id: each for each in crew_of_day(conn, day_id)}.get(one)
            person = _person(values, known)
            do(crew.edit_person, one, person) if known else do(crew.add_person, person, person=one)
        elif kind == "session" and values is not None:
            held = _session(values)
            do(change_session, one, held) if here else do(add_session, held, session=one)
        elif values is not None:
            then = UUID(values["then"]) if values["then"] else None
            do(setup.add_precedence, before=UUID(values["first"]), after=then, because=values["because"])
        else:
            do(_REMOVE[kind], one)


_REMOVE: dict[str, Callable[..., None]] = {
    "desk": setup.remove_desk,
    "mediator": setup.remove_mediator,
    "order": setup.remove_precedence,
    "person": crew.remove_person,
    "session": remove_session,
}


def _hours(values: Values) -> tuple[Hours, ...]:
    return tuple((time.fromisoformat(opens), time.fromisoformat(closes)) for opens, closes in values["hours"])


def _day(values: Values) -> DaySettings:
    ((opens, closes),) = _hours(values)
    quiet = [time.fromisoformat(each) for each in values["quiet"]]
    return DaySettings(
        name=values["name"],
        opens=opens,
        closes=closes,
        slot_minutes=values["slot_minutes"],
        arrivals_per_slot=values["arrivals_per_slot"],
        reserve_percent=values["reserve_percent"],
        bookings_per_contact=values["bookings_per_contact"],
        working_language=values["working_language"],
        languages=tuple(values["languages"]),
        release=Release(values["release"]),
        scarce=values["scarce"],
        all_times=values["all_times"],
        quiet=(quiet[0], quiet[1]) if quiet else None,
        reserve_limits=values["reserve_limits"],
        venue=UUID(values["venue"]) if values.get("venue") else None,
        series=UUID(values["series"]) if values.get("series") else None,
    )


def _desk(values: Values) -> DeskSettings:
    return DeskSettings(
        number=values["number"],
        institution=UUID(values["institution"]),
        services={UUID(service): minutes for service, minutes in values["services"].items()},
        languages=tuple(values["languages"]),
        hours=_hours(values),
        away=not values["hours"],
    )


def _session(values: Values) -> SessionSettings:
    return SessionSettings(
        desk=UUID(values["desk"]),
        service=UUID(values["service"]),
        starts=time.fromisoformat(values["starts"]),
        minutes=values["minutes"],
        seats=values["seats"],
        language=values["language"],
    )


def _mediator(values: Values, label: str) -> MediatorSettings:
    return MediatorSettings(label=label, languages=tuple(values["languages"]), hours=_hours(values)[0])


def _person(values: Values, known: CrewRow | None) -> PersonSettings:
    """Her name is in no history: who was taken away comes back as a place that nobody fills yet."""
    return PersonSettings(
        work=Work(values["work"]),
        label=known.label if known else "",
        institution=UUID(values["institution"]) if values["institution"] else None,
        desk=UUID(values["at"]) if values["at"] else None,
        account=known.account if known else None,
        hours=_hours(values),
    )
