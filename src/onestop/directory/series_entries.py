"""Changes of series by an organiser: made, named, told in each language, their logos put in order."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from onestop.db.ledger import record
from onestop.db.types import new_id
from onestop.directory.actions import write_own_words
from onestop.directory.entries import EntryNameRefused, EntryThere, key_of_name
from onestop.directory.logos import CleanLogo
from onestop.directory.place_entries import PlaceTextTooLong
from onestop.directory.series import FUNDING, NAME, OWNER, series_of
from onestop.directory.tables import logos, series
from onestop.domain.errors import N_, InvalidInput, NotKnown
from onestop.domain.facts import Fact, Term
from onestop.domain.logo import MOST_LOGOS, LogoKind
from onestop.domain.roles import Actor

LONGEST_NAME, LONGEST_ADDRESS, LONGEST_PHONE, LONGEST_EMAIL = 200, 300, 40, 254
LONGEST_PUBLIC_NAME, LONGEST_FUNDING, LONGEST_WHOSE = 120, 600, 200


class SeriesEmailRefused(InvalidInput):
    code = "series_email_refused"
    sentence = N_("Please write an e-mail address such as help@example.org.")


class LogoKindRefused(InvalidInput):
    code = "logo_kind_refused"
    sentence = N_("Please choose whose logo it is.")


class LogoNameRefused(InvalidInput):
    code = "logo_name_refused"
    sentence = N_("Please write whose logo it is. People who do not see it hear this.")


class LogosFull(InvalidInput):
    code = "logos_full"
    sentence = N_("A series has at most %(number)s logos. Please remove one first.")


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesWords:
    """What is stored of a series: its plain name, whom to ask, and own words by language."""

    name: str
    phone: str = ""
    email: str = ""
    address: str = ""
    names: Mapping[str, str] = field(default_factory=dict[str, str])
    funding: Mapping[str, str] = field(default_factory=dict[str, str])


def stored_series(conn: sa.Connection, one: UUID) -> SeriesWords:
    """What is stored of a series. Raises `NotKnown`."""
    found = series_of(conn, one)
    return SeriesWords(
        name=found.name,
        phone=found.phone,
        email=found.email,
        address=found.address,
        names=dict(found.names),
        funding=dict(found.funding),
    )


def add_series(conn: sa.Connection, *, name: str, actor: Actor, now: datetime) -> UUID:
    """A new series. Raises `EntryNameRefused`, `EntryThere`."""
    key = _checked_key(conn, name)
    made = new_id()
    conn.execute(series.insert().values(id=made, key=key, name=name))
    _tell(conn, "SeriesAdded", made, actor=actor, now=now)
    return made


def change_series(conn: sa.Connection, one: UUID, words: SeriesWords, *, actor: Actor, now: datetime) -> None:
    """Other words; visitors of all its days read them at once. Raises `NotKnown` and what is wrong with a text."""
    _check_known(conn, one)
    key = _checked_key(conn, words.name, but=one)
    _check_texts(words)
    conn.execute(
        series.update()
        .where(series.c.id == one)
        .values(key=key, name=words.name, phone=words.phone, email=words.email, address=words.address)
    )
    for about, told in ((NAME, words.names), (FUNDING, words.funding)):
        write_own_words(conn, OWNER, one, about, told, changed_by=actor.ref, now=now)
    _tell(conn, "SeriesChanged", one, actor=actor, now=now)


def add_logo(
    conn: sa.Connection, one: UUID, logo: CleanLogo, *, kind: str, whose: str, actor: Actor, now: datetime
) -> UUID:
    """A logo after the others of its kind. Raises `NotKnown`, `LogoKindRefused`, `LogoNameRefused`, `LogosFull`."""
    _check_known(conn, one)
    check_logo_words(kind, whose)
    known = conn.execute(sa.select(logos.c.position).where(logos.c.series_id == one)).scalars().all()
    if len(known) >= MOST_LOGOS:
        raise LogosFull(field="logo", number=MOST_LOGOS)
    made = new_id()
    conn.execute(
        logos.insert().values(
            id=made,
            series_id=one,
            kind=kind,
            whose=whose,
            media_type=logo.media_type,
            content=logo.content,
            digest=logo.digest,
            width=logo.width,
            height=logo.height,
            position=max(known, default=-1) + 1,
        )
    )
    _tell(conn, "LogoAdded", one, actor=actor, now=now, logo=str(made))
    return made


def check_logo_words(kind: str, whose: str) -> None:
    """Raises `LogoKindRefused`, `LogoNameRefused`."""
    if kind not in tuple(LogoKind):
        raise LogoKindRefused(field="kind")
    if not 1 <= len(whose) <= LONGEST_WHOSE:
        raise LogoNameRefused(field="whose")


def move_logo_up(conn: sa.Connection, one: UUID, logo: UUID, *, actor: Actor, now: datetime) -> None:
    """Before the one that stands before it among its kind; the first one stays. Raises `NotKnown`."""
    _check_known(conn, one)
    rows = conn.execute(
        sa.select(logos.c.id, logos.c.kind).where(logos.c.series_id == one).order_by(logos.c.position, logos.c.id)
    ).all()
    kind = next((row.kind for row in rows if row.id == logo), None)
    if kind is None:
        raise NotKnown
    order = [row.id for row in rows if row.kind == kind]
    place = order.index(logo)
    if place == 0:
        return
    order[place - 1 : place + 1] = [logo, order[place - 1]]
    order += [row.id for row in rows if row.kind != kind]
    for position, each in enumerate(order):
        conn.execute(logos.update().where(logos.c.id == each).values(position=position))
    _tell(conn, "LogoMoved", one, actor=actor, now=now, logo=str(logo))


def remove_logo(conn: sa.Connection, one: UUID, logo: UUID, *, actor: Actor, now: datetime) -> None:
    """Take a logo away; harmless twice. Raises `NotKnown` for a series that is not there."""
    _check_known(conn, one)
    gone = conn.execute(logos.delete().where(logos.c.id == logo, logos.c.series_id == one))
    if gone.rowcount:
        _tell(conn, "LogoRemoved", one, actor=actor, now=now, logo=str(logo))


def _check_known(conn: sa.Connection, one: UUID) -> None:
    if conn.execute(sa.select(series.c.id).where(series.c.id == one).with_for_update()).first() is None:
        raise NotKnown


def _checked_key(conn: sa.Connection, name: str, *, but: UUID | None = None) -> str:
    key = key_of_name(name)
    if not 1 <= len(name) <= LONGEST_NAME or not key:
        raise EntryNameRefused(field="name")
    if conn.execute(sa.select(series.c.id).where(series.c.key == key)).scalar() not in (None, but):
        raise EntryThere(field="name")
    return key


def _check_texts(words: SeriesWords) -> None:
    for control, text, most in (
        ("phone", words.phone, LONGEST_PHONE),
        ("email", words.email, LONGEST_EMAIL),
        ("address", words.address, LONGEST_ADDRESS),
        *((f"name_{tag}", text, LONGEST_PUBLIC_NAME) for tag, text in words.names.items()),
        *((f"funding_{tag}", text, LONGEST_FUNDING) for tag, text in words.funding.items()),
    ):
        if len(text) > most:
            raise PlaceTextTooLong(field=control, number=most)
    before, at, after = words.email.partition("@")
    if words.email and (not before or not at or "." not in after or any(each.isspace() for each in words.email)):
        raise SeriesEmailRefused(field="email")


def _tell(conn: sa.Connection, kind: str, one: UUID, *, actor: Actor, now: datetime, **more: Any) -> None:
    terms: dict[str, Term] = {"series": str(one), **more}
    record(conn, Fact(kind=kind, at=now, actor=actor.ref, terms=terms))
