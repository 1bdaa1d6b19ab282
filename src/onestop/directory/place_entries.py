"""Changes of places by an organiser: added, changed, closed and opened again."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from onestop.db.ledger import record
from onestop.db.types import new_id
from onestop.directory.actions import write_own_words
from onestop.directory.entries import EntryNameRefused, EntryThere
from onestop.directory.places import FIELD, OWNER, place_of
from onestop.directory.tables import PLACE_KINDS, places
from onestop.domain.errors import N_, InvalidInput, NotKnown
from onestop.domain.facts import Fact
from onestop.domain.roles import Actor

LONGEST_NAME, LONGEST_ADDRESS, LONGEST_PHONE, LONGEST_HOURS = 200, 300, 40, 300


class PlaceKindRefused(InvalidInput):
    code = "place_kind_refused"
    sentence = N_("Please choose what kind of place it is.")


class PlaceTextTooLong(InvalidInput):
    code = "place_text_too_long"
    sentence = N_("Please write at most %(number)s characters.")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceWords:
    """What is stored of a place; `hours` in own words by language."""

    kind: str
    name: str
    address: str = ""
    phone: str = ""
    discreet: bool = False
    hours: Mapping[str, str] = field(default_factory=dict[str, str])


def stored_place(conn: sa.Connection, place: UUID) -> PlaceWords:
    """What is stored of a place. Raises `NotKnown`."""
    found = place_of(conn, place)
    return PlaceWords(
        kind=found.kind,
        name=found.name,
        address=found.address,
        phone=found.phone,
        discreet=found.discreet,
        hours=found.hours,
    )


def add_place(conn: sa.Connection, words: PlaceWords, *, actor: Actor, now: datetime) -> UUID:
    """A place people can be sent to. Raises what is wrong with its name, kind or texts."""
    _check(conn, words)
    made = new_id()
    conn.execute(places.insert().values(id=made, **_values(words)))
    _write_hours(conn, made, words, actor=actor, now=now)
    _tell(conn, "PlaceAdded", made, actor=actor, now=now)
    return made


def change_place(conn: sa.Connection, place: UUID, words: PlaceWords, *, actor: Actor, now: datetime) -> None:
    """Other words for a place; also who was sent there reads them. Raises `NotKnown` and as `add_place`."""
    _row(conn, place)
    _check(conn, words, but=place)
    conn.execute(places.update().where(places.c.id == place).values(**_values(words)))
    _write_hours(conn, place, words, actor=actor, now=now)
    _tell(conn, "PlaceChanged", place, actor=actor, now=now)


def close_place(conn: sa.Connection, place: UUID, *, closed: bool, actor: Actor, now: datetime) -> None:
    """Send nobody there any more, or again. Raises `NotKnown`."""
    if _row(conn, place).closed == closed:
        return
    conn.execute(places.update().where(places.c.id == place).values(closed=closed))
    _tell(conn, "PlaceClosed" if closed else "PlaceOpened", place, actor=actor, now=now)


def _row(conn: sa.Connection, place: UUID) -> sa.Row[Any]:
    row = conn.execute(sa.select(places).where(places.c.id == place)).one_or_none()
    if row is None:
        raise NotKnown
    return row


def _check(conn: sa.Connection, words: PlaceWords, *, but: UUID | None = None) -> None:
    if words.kind not in PLACE_KINDS:
        raise PlaceKindRefused(field="kind")
    if not 1 <= len(words.name) <= LONGEST_NAME:
        raise EntryNameRefused(field="name")
    for control, text, most in (
        ("address", words.address, LONGEST_ADDRESS),
        ("phone", words.phone, LONGEST_PHONE),
        *((f"hours_{tag}", text, LONGEST_HOURS) for tag, text in words.hours.items()),
    ):
        if len(text) > most:
            raise PlaceTextTooLong(field=control, number=most)
    there = conn.execute(sa.select(places.c.id).where(places.c.name == words.name)).scalar()
    if there not in (None, but):
        raise EntryThere(field="name")


def _values(words: PlaceWords) -> dict[str, Any]:
    return {
        "kind": words.kind,
        "name": words.name,
        "address": words.address,
        "phone": words.phone,
        "discreet": words.discreet,
    }


def _write_hours(conn: sa.Connection, place: UUID, words: PlaceWords, *, actor: Actor, now: datetime) -> None:
    write_own_words(conn, OWNER, place, FIELD, words.hours, changed_by=actor.ref, now=now)


def _tell(conn: sa.Connection, kind: str, place: UUID, *, actor: Actor, now: datetime) -> None:
    record(conn, Fact(kind=kind, at=now, actor=actor.ref, terms={"place": str(place)}))
