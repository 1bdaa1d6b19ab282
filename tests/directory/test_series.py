"""Series: named and told in each language, their contact and their logos, on both databases."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from onestop.db.ledger import facts
from onestop.db.session import Database
from onestop.directory.entries import EntryNameRefused, EntryThere
from onestop.directory.logos import clean_logo
from onestop.directory.place_entries import PlaceTextTooLong
from onestop.directory.series import Series, all_series, logo_content, series_of
from onestop.directory.series_entries import (
    LogoKindRefused,
    LogoNameRefused,
    LogosFull,
    SeriesEmailRefused,
    SeriesWords,
    add_logo,
    add_series,
    change_series,
    move_logo_up,
    remove_logo,
)
from onestop.directory.tables import logos
from onestop.domain.errors import NotKnown, Refusal
from onestop.domain.logo import MOST_BYTES, MOST_LOGOS, LogoKind
from onestop.domain.roles import SYSTEM
from tests.counting import cost
from tests.directory.uploads import png, svg

NOW = datetime(2026, 12, 3, 9, tzinfo=UTC)
WHO: dict[str, Any] = {"actor": SYSTEM, "now": NOW}
FULL = SeriesWords(
    name="Days 2026",
    phone="+421 2 555",
    email="help@example.org",
    address="Lipová 3",
    names={"sk": "Deň poradenstva", "ar": "يوم المشورة", "uk": ""},
    funding={"sk": "Spolufinancované Európskou úniou"},
)


def made(database: Database, name: str = "Days 2026") -> UUID:
    return database.write_now(add_series, name=name, **WHO)


def read(database: Database, one: UUID) -> Series:
    return database.read_now(series_of, one)


def kinds(database: Database) -> list[str]:
    query = sa.select(facts.c.kind).order_by(facts.c.id)
    return list(database.read_now(lambda conn: conn.execute(query).scalars().all()))


def logo(database: Database, one: UUID, whose: str, kind: str = "funder", content: bytes = b"") -> UUID:
    return database.write_now(add_logo, one, clean_logo(content or svg()), kind=kind, whose=whose, **WHO)


def test_a_series_is_told_in_the_language_of_the_reader_or_the_nearest(database: Database) -> None:
    one = made(database)
    plain = read(database, one)
    database.write_now(change_series, one, FULL, **WHO)
    full = read(database, one)

    assert plain.name_for("ar", working="sk") == ("Days 2026", "")
    assert plain.funding_for("ar", working="sk") == ("", "")
    assert (full.phone, full.email, full.address) == ("+421 2 555", "help@example.org", "Lipová 3")
    assert full.names == (("ar", "يوم المشورة"), ("sk", "Deň poradenstva"))
    assert [full.name_for(tag, working=working)[1] for tag, working in (("ar", "sk"), ("uk", "sk"), ("uk", "en"))] == [
        "ar",
        "sk",
        "",
    ]
    # Who pays must be told: in any language rather than not at all.
    assert full.funding_for("ar", working="en") == ("Spolufinancované Európskou úniou", "sk")
    assert kinds(database) == ["SeriesAdded", "SeriesChanged"]


def test_what_cannot_be_stored_says_at_which_control(database: Database) -> None:
    one, other = made(database), made(database, "Other")
    before = kinds(database)

    def refusal(action: Any, *args: Any, **more: Any) -> tuple[type[Refusal], str]:
        with pytest.raises(Refusal) as refused:
            database.write_now(action, *args, **more, **WHO)
        return type(refused.value), getattr(refused.value, "field", "")

    assert [
        refusal(add_series, name=""),
        refusal(add_series, name="—"),
        refusal(add_series, name="days 2026!"),
        refusal(change_series, other, SeriesWords(name="Days 2026")),
        refusal(change_series, uuid4(), FULL),
        refusal(change_series, one, SeriesWords(name="A", email="nobody")),
        refusal(change_series, one, SeriesWords(name="A", phone="1" * 41)),
        refusal(change_series, one, SeriesWords(name="A", names={"sk": "x" * 121})),
        refusal(change_series, one, SeriesWords(name="A", funding={"ar": "x" * 601})),
        refusal(add_logo, one, clean_logo(svg()), kind="friend", whose="A"),
        refusal(add_logo, one, clean_logo(svg()), kind="funder", whose=""),
        refusal(add_logo, uuid4(), clean_logo(svg()), kind="funder", whose="A"),
        refusal(move_logo_up, one, uuid4()),
    ] == [
        (EntryNameRefused, "name"),
        (EntryNameRefused, "name"),
        (EntryThere, "name"),
        (EntryThere, "name"),
        (NotKnown, ""),
        (SeriesEmailRefused, "email"),
        (PlaceTextTooLong, "phone"),
        (PlaceTextTooLong, "name_sk"),
        (PlaceTextTooLong, "funding_ar"),
        (LogoKindRefused, "kind"),
        (LogoNameRefused, "whose"),
        (NotKnown, ""),
        (NotKnown, ""),
    ]
    assert kinds(database) == before


def test_logos_are_put_in_order_by_their_kind_and_removed(database: Database) -> None:
    one = made(database)
    ids = {
        name: logo(database, one, name, "centre" if name == "IOM" else "funder") for name in ("EU", "IOM", "SK", "UK")
    }
    for name in ("UK", "UK", "UK", "IOM"):
        database.write_now(move_logo_up, one, ids[name], **WHO)
    order = [each.whose for each in read(database, one).logos_of(LogoKind.FUNDER)]
    for _ in range(2):
        database.write_now(remove_logo, one, ids["EU"], **WHO)

    assert order == ["UK", "EU", "SK"]
    assert [each.whose for each in read(database, one).logos_of(LogoKind.FUNDER)] == ["UK", "SK"]
    assert [each.whose for each in read(database, one).logos_of(LogoKind.CENTRE)] == ["IOM"]
    assert kinds(database)[1:] == ["LogoAdded"] * 4 + ["LogoMoved"] * 2 + ["LogoRemoved"]


def test_a_picture_is_found_by_its_digest_until_the_last_series_lets_it_go(database: Database) -> None:
    one, other = made(database), made(database, "Other")
    clean = clean_logo(png())
    first, second = (logo(database, each, "EU", content=png()) for each in (one, other))
    database.write_now(remove_logo, one, first, **WHO)
    assert database.read_now(logo_content, clean.digest) == ("image/png", clean.content)
    database.write_now(remove_logo, other, second, **WHO)
    with pytest.raises(NotKnown):
        database.read_now(logo_content, clean.digest)


def test_a_series_has_so_many_logos_and_no_more(database: Database) -> None:
    one = made(database)
    for n in range(MOST_LOGOS):
        logo(database, one, f"Funder {n}")
    with pytest.raises(LogosFull):
        logo(database, one, "One more")
    assert len(read(database, one).logos) == MOST_LOGOS


def test_no_logo_is_bigger_than_phones_get(database: Database) -> None:
    one = made(database)

    def keep(size: int) -> None:
        shape = {"media_type": "image/png", "digest": "0" * 32, "width": 1, "height": 1}
        add = logos.insert().values(series_id=one, kind="funder", whose="A", content=b"x" * size, **shape)

        def write(conn: sa.Connection) -> None:
            conn.execute(add)

        database.write_now(write)

    keep(MOST_BYTES)
    for size in (MOST_BYTES + 1, 0):
        with pytest.raises(IntegrityError):
            keep(size)


def test_all_series_are_kept_in_memory(database: Database) -> None:
    one = made(database)
    logo(database, one, "EU")
    assert cost(database, all_series) == 0
