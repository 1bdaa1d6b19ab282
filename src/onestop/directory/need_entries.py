"""Changes of needs by an organiser: added, changed, put in order, closed and opened again, removed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from onestop.db.ledger import record
from onestop.db.types import new_id
from onestop.directory.actions import write_own_words
from onestop.directory.needs import FIELD, OWNER, PICTOGRAMS, need_of, who_offers
from onestop.directory.tables import need_services, needs
from onestop.directory.vocabulary import NEEDS, SERVICES
from onestop.domain.errors import N_, InvalidInput, NotKnown, Refusal
from onestop.domain.facts import Fact
from onestop.domain.roles import Actor

LONGEST = 100
"""It stands on a button of a phone and of the ticket machine."""


class NeedWordsMissing(InvalidInput):
    code = "need_words_missing"
    sentence = N_("Please write what visitors say, in one language at least.")


class NeedWordsTooLong(InvalidInput):
    code = "need_words_too_long"
    sentence = N_("Please write at most %(number)s characters.")


class NeedServicesMissing(InvalidInput):
    code = "need_services_missing"
    sentence = N_("Please choose the services it leads to.")


class NeedPictogramRefused(InvalidInput):
    code = "need_pictogram_refused"
    sentence = N_("Please choose a picture.")


class NeedShipped(Refusal):
    code = "need_shipped"
    sentence = N_("This need came with onestop and would come back. You can choose that visitors do not see it.")


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedWords:
    """What a need says in own words by language, its picture, and the services it leads to."""

    pictogram: str
    services: tuple[str, ...] = ()
    words: Mapping[str, str] = field(default_factory=dict[str, str])


def stored_need(conn: sa.Connection, need: UUID) -> NeedWords:
    """What is stored of a need. Raises `NotKnown`."""
    found = need_of(conn, need)
    return NeedWords(pictogram=found.pictogram, services=found.services, words=found.words)


def add_need(conn: sa.Connection, typed: NeedWords, *, actor: Actor, now: datetime) -> UUID:
    """A need after the others, in own words. Raises what is wrong with its words, picture or services."""
    _check(conn, typed)
    made = new_id()
    last = conn.execute(sa.select(sa.func.max(needs.c.position))).scalar()
    conn.execute(
        needs.insert().values(
            id=made,
            # Two of them are two needs, whatever they are called; no shipped one begins like this.
            key=f"own-{made.hex[-12:]}",
            pictogram=typed.pictogram,
            position=0 if last is None else last + 1,
            own_services=True,
        )
    )
    _write(conn, made, typed, actor=actor, now=now)
    _tell(conn, "NeedAdded", made, actor=actor, now=now)
    return made


def change_need(conn: sa.Connection, need: UUID, typed: NeedWords, *, actor: Actor, now: datetime) -> None:
    """Other words, picture or services. Raises `NotKnown` and as `add_need`."""
    row = _row(conn, need)
    _check(conn, typed, row=row)
    before = set(conn.execute(sa.select(need_services.c.service_key).where(need_services.c.need_id == need)).scalars())
    chosen = row.own_services or before != set(typed.services)
    conn.execute(needs.update().where(needs.c.id == need).values(pictogram=typed.pictogram, own_services=chosen))
    conn.execute(need_services.delete().where(need_services.c.need_id == need))
    _write(conn, need, typed, actor=actor, now=now)
    _tell(conn, "NeedChanged", need, actor=actor, now=now)


def move_need(conn: sa.Connection, need: UUID, *, by: int, actor: Actor, now: datetime) -> None:
    """Put a need one place earlier (`by` -1) or later (1); at the end of the list it stays. Raises `NotKnown`."""
    _row(conn, need)
    order = list(conn.execute(sa.select(needs.c.id).order_by(needs.c.position, needs.c.key)).scalars())
    place = order.index(need)
    other = place + by
    if not 0 <= other < len(order):
        return
    order[place], order[other] = order[other], order[place]
    for position, each in enumerate(order):
        conn.execute(needs.update().where(needs.c.id == each).values(position=position))
    _tell(conn, "NeedMoved", need, actor=actor, now=now)


def close_need(conn: sa.Connection, need: UUID, *, closed: bool, actor: Actor, now: datetime) -> None:
    """Ask visitors for it no more, or again. Harmless twice. Raises `NotKnown`."""
    if _row(conn, need).closed == closed:
        return
    conn.execute(needs.update().where(needs.c.id == need).values(closed=closed))
    _tell(conn, "NeedClosed" if closed else "NeedOpened", need, actor=actor, now=now)


def remove_need(conn: sa.Connection, need: UUID, *, actor: Actor, now: datetime) -> None:
    """Delete a need in own words; bookings know services, not needs. Raises `NotKnown`, `NeedShipped`."""
    if _row(conn, need).key in NEEDS:
        raise NeedShipped
    write_own_words(conn, OWNER, need, FIELD, {}, changed_by=actor.ref, now=now)
    conn.execute(needs.delete().where(needs.c.id == need))
    _tell(conn, "NeedRemoved", need, actor=actor, now=now)


def _row(conn: sa.Connection, need: UUID) -> sa.Row[Any]:
    row = conn.execute(sa.select(needs).where(needs.c.id == need)).one_or_none()
    if row is None:
        raise NotKnown
    return row


def _check(conn: sa.Connection, typed: NeedWords, *, row: sa.Row[Any] | None = None) -> None:
    if (row is None or row.key not in NEEDS) and not any(typed.words.values()):
        raise NeedWordsMissing(field="words")
    for language, text in typed.words.items():
        if len(text) > LONGEST:
            raise NeedWordsTooLong(field=f"text_{language}", number=LONGEST)
    if typed.pictogram not in PICTOGRAMS and (row is None or typed.pictogram != row.pictogram):
        raise NeedPictogramRefused(field="pictogram")
    if not typed.services or not {*typed.services} <= {*SERVICES, *who_offers(conn)}:
        raise NeedServicesMissing(field="services")


def _write(conn: sa.Connection, need: UUID, typed: NeedWords, *, actor: Actor, now: datetime) -> None:
    for key in dict.fromkeys(typed.services):
        conn.execute(need_services.insert().values(need_id=need, service_key=key))
    write_own_words(conn, OWNER, need, FIELD, typed.words, changed_by=actor.ref, now=now)


def _tell(conn: sa.Connection, kind: str, need: UUID, *, actor: Actor, now: datetime) -> None:
    record(conn, Fact(kind=kind, at=now, actor=actor.ref, terms={"need": str(need)}))
