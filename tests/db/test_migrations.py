"""A pilot day that the release with only the first migration had stored, brought up to date on both databases.

`release_0001.json` holds every row of such a day, written by that release: who waits, is called, was served, cancelled,
left with stops she still wanted, and refused her last one.
"""

import importlib
import json
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from alembic import command

from onestop.booking.tables import parties, stops
from onestop.booking.tickets import find_code
from onestop.db import migrate
from onestop.db.session import Database, migration_engine, open_database
from onestop.directory import tables
from onestop.reports.verify import verify
from onestop.visits.actions.arrivals import check_in
from onestop.visits.actions.calls import call_next, finish, serve
from onestop.visits.actions.route import come_again
from onestop.visits.tables import visits
from tests.halls import STAFF
from tests.postgres import Server

RELEASE: dict[str, Any] = json.loads(Path(__file__).with_name("release_0001.json").read_text())
NOW = datetime.fromisoformat(RELEASE["now"])
TICKETS: dict[str, dict[str, Any]] = RELEASE["tickets"]


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, str]]:
    """The addresses (owner, application) of a database as that release left it."""
    if request.param == "sqlite":
        address = f"sqlite:///{tmp_path / 'old.sqlite3'}"
        fill(address)
        yield address, address
        return
    server: Server = request.getfixturevalue("postgres_server")
    urls = server.empty_database()
    fill(urls.owner)
    yield urls.owner, urls.app
    server.drop(urls)


def fill(address: str) -> None:
    """Make the tables of the first migration and put the rows in."""
    engine = migration_engine(address)
    with engine.begin() as conn:
        config = migrate._config()
        config.attributes["connection"] = conn
        command.upgrade(config, "0001")
        before = sa.MetaData()
        before.reflect(conn)
        for name, kept in RELEASE["tables"].items():
            table = before.tables[name]
            rows = [dict(zip(kept["columns"], row, strict=True)) for row in kept["rows"]]
            made = [{column: value(table.c[column].type, one) for column, one in row.items()} for row in rows]
            conn.execute(table.insert(), made)
            if conn.dialect.name == "postgresql" and name in ("facts", "calls"):
                last = max(row["id"] for row in rows)
                conn.execute(sa.text(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), {last})"))
    engine.dispose()


def value(kind: sa.types.TypeEngine[Any], kept: Any) -> Any:
    """A value of the file as this database's column takes it."""
    if kept is None:
        return None
    if isinstance(kind, sa.Uuid):
        return UUID(kept)
    if isinstance(kind, sa.DateTime):
        at = datetime.fromisoformat(kept)
        return at if kind.timezone else at.replace(tzinfo=None)
    return date.fromisoformat(kept) if isinstance(kind, sa.Date) else kept


@pytest.fixture
def database(url: tuple[str, str]) -> Iterator[Database]:
    """The same database, brought up to date as its owner and opened as the application."""
    migrate.upgrade(url[0])
    opened = open_database(url[1])
    yield opened
    opened.close()


def day_of(database: Database) -> UUID:
    return database.read_now(lambda conn: conn.execute(sa.select(visits.c.day_id).limit(1)).scalar_one())


def test_the_day_is_brought_up_to_date_and_agrees_with_the_program(database: Database) -> None:
    importlib.import_module("onestop.schema")

    assert database.read_now(migrate.current_revision) == migrate.newest_revision() != "0001"
    assert database.read_now(migrate.differences) == []
    assert database.read_now(verify, now=NOW) == []
    counts = {
        name: database.read_now(lambda conn, name=name: conn.execute(sa.text(f"SELECT count(*) FROM {name}")).scalar())
        for name in RELEASE["tables"]
    }
    assert counts == {name: len(kept["rows"]) for name, kept in RELEASE["tables"].items()}


def test_every_ticket_still_opens(database: Database) -> None:
    day = day_of(database)
    found = {
        name: [database.read_now(find_code, ticket[form], days=[day]).number for form in ("code", "short")]
        for name, ticket in TICKETS.items()
    }

    assert found == {name: [ticket["number"]] * 2 for name, ticket in TICKETS.items()}


def test_who_left_has_left_her_stops_behind_and_who_refused_her_last_one_has_not(database: Database) -> None:
    rows = database.read_now(
        lambda conn: conn.execute(
            sa.select(parties.c.number, stops.c.left_behind)
            .join_from(stops, parties)
            .where(stops.c.state == "dropped")
            .order_by(parties.c.number, stops.c.position)
        ).all()
    )

    of = {name: [row.left_behind for row in rows if row.number == ticket["number"]] for name, ticket in TICKETS.items()}
    assert {name: marks for name, marks in of.items() if marks} == {
        "left with both stops": [True, True],
        "cancelled": [False],
        "refused her last": [False],
    }


def test_the_day_goes_on(database: Database) -> None:
    """Who is called is served, who left comes again to both her stops, who is expected arrives."""
    day = day_of(database)
    called = database.read_now(
        lambda conn: conn.execute(sa.select(stops.c.id, stops.c.desk_id).where(stops.c.state == "called")).one()
    )
    who = {"actor": STAFF, "now": NOW, "day": day}
    database.write_now(serve, called.id, **who)
    left = database.read_now(find_code, TICKETS["left with both stops"]["code"]).party
    visit = database.read_now(
        lambda conn: conn.execute(sa.select(visits.c.id).where(visits.c.party_id == left)).scalar_one()
    )
    database.write_now(come_again, visit, **who)
    database.write_now(check_in, database.read_now(find_code, TICKETS["expected"]["code"]).party, **who)
    database.write_now(finish, called.id, **who)

    waiting = database.read_now(
        lambda conn: conn.execute(
            sa.select(sa.func.count()).where(stops.c.party_id == left, stops.c.state == "waiting")
        ).scalar()
    )
    assert waiting == 2
    assert database.write_now(call_next, called.desk_id, **who).stop is not None
    assert database.read_now(verify, now=NOW) == []


def test_one_paper_for_two_sorts_of_birth_certificates_becomes_two(url: tuple[str, str]) -> None:
    engine = migration_engine(url[0])
    before = sa.MetaData()
    with engine.begin() as conn:
        before.reflect(conn)
        services, items = before.tables["services"], before.tables["checklist_items"]
        known = conn.execute(sa.select(services)).mappings().first()
        assert known is not None
        for key in ("citizenship", "school-places"):
            made = uuid4() if conn.dialect.name == "postgresql" else uuid4().hex
            conn.execute(services.insert().values({**known, "id": made, "key": key}))
            item = uuid4() if conn.dialect.name == "postgresql" else uuid4().hex
            conn.execute(items.insert().values(id=item, service_id=made, key="birth-certificate", position=1))
    engine.dispose()

    migrate.upgrade(url[0])

    opened = open_database(url[1])
    asked = sa.select(tables.services.c.key, tables.checklist_items.c.key, tables.checklist_items.c.condition)
    of_both = (
        asked.join_from(tables.checklist_items, tables.services)
        .where(tables.services.c.key.in_(["citizenship", "school-places"]))
        .order_by(tables.services.c.key, tables.checklist_items.c.key)
    )
    rows = [tuple(row) for row in opened.read_now(lambda conn: conn.execute(of_both).all())]
    opened.close()
    assert rows == [
        ("citizenship", "birth-certificate", ""),
        ("citizenship", "children-birth", "children"),
        ("school-places", "children-birth", ""),
    ]


def test_words_of_before_are_drafts_but_for_what_the_others_were_translated_from(url: tuple[str, str]) -> None:
    """The centre works in Slovak; no text of that release was called read by anybody."""
    place, other = uuid4(), uuid4()
    engine = migration_engine(url[0])
    with engine.begin() as conn:
        before = sa.MetaData()
        before.reflect(conn, only=["texts"])
        postgres = conn.dialect.name == "postgresql"
        about = {"owner_kind": "place", "field": "hours", "state": "checked", "changed_by": "", "text": "…"}
        at = NOW if postgres else NOW.replace(tzinfo=None)
        for owner, tag in ((place, "en"), (place, "sk"), (other, "uk"), (other, "ar")):
            mine = {"owner_id": owner if postgres else owner.hex, "language": tag, "changed_at": at}
            conn.execute(before.tables["texts"].insert().values(**about, **mine))
    engine.dispose()
    migrate.upgrade(url[0])
    opened = open_database(url[1])
    found = opened.read_now(
        lambda conn: {(row.owner_id, row.language): row.state for row in conn.execute(sa.select(tables.texts))}
    )
    opened.close()

    assert found == {(place, "sk"): "source", (place, "en"): "draft", (other, "ar"): "source", (other, "uk"): "draft"}
