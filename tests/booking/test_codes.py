"""Whoever reads the database opens no ticket."""

import sqlalchemy as sa

import onestop.schema
from onestop.booking.tickets import find_code
from onestop.db.session import Database
from tests.halls import make_test_day


def everything(database: Database) -> str:
    """Every value of every row."""
    tables = onestop.schema.metadata.sorted_tables
    rows = database.read_now(lambda conn: [conn.execute(sa.select(table)).all() for table in tables])
    return "\n".join(repr(tuple(row)) for table in rows for row in table).casefold()


def test_no_table_holds_a_code_that_opens_a_ticket(database: Database) -> None:
    hall = make_test_day(database)
    booked = hall.book(hall.wish("legal"), name="Somebody To Be Found")
    hall.now = hall.day.opens_at
    walked, _ = hall.walk_in(hall.wish("social"))
    text = everything(database)
    assert "somebody to be found" in text  # this would find them

    for ticket in (booked, walked):
        opened = [database.read_now(find_code, code, days=[hall.id]).party for code in (ticket.code, ticket.short)]
        assert opened == [ticket.party] * 2
        assert [code for code in (ticket.code, ticket.short) if code.casefold() in text] == []
