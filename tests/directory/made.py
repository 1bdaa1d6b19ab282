"""A full series for the tests of whatever shows one."""

from typing import Any
from uuid import UUID

from onestop.days.tables import days
from onestop.db.session import Database
from onestop.directory.logos import clean_logo
from onestop.directory.series import Series, series_of
from onestop.directory.series_entries import SeriesWords, add_logo, add_series, change_series
from onestop.domain.roles import SYSTEM
from tests.directory.uploads import png, svg

WORDS = SeriesWords(
    name="Days 2026",
    phone="+421 2 555 11",
    email="days@example.org",
    address="Lipová 3",
    names={"en": "Advisory days", "ar": "أيام المشورة"},
    funding={"sk": "Spolufinancované Európskou úniou", "en": "Co-funded by the European Union"},
)


def give_series(database: Database, day: UUID, words: SeriesWords = WORDS) -> Series:
    """Let a day belong to a series with a logo of the centre and two of funders."""
    who: dict[str, Any] = {"actor": SYSTEM, "now": database.now()}
    one = database.write_now(add_series, name=words.name, **who)
    database.write_now(change_series, one, words, **who)
    for kind, whose, content in (
        ("funder", "European Union", svg()),
        ("funder", "City", png()),
        ("centre", "IOM", svg()),
    ):
        database.write_now(add_logo, one, clean_logo(content), kind=kind, whose=whose, **who)
    database.write_now(lambda conn: conn.execute(days.update().where(days.c.id == day).values(series_id=one)))
    return database.read_now(series_of, one)
