"""Two organisers save one entry at the same moment: one of them is told, whatever the database."""

from datetime import UTC, datetime
from threading import Barrier, Thread
from typing import Any

import pytest

from onestop.db.session import Database, open_database
from onestop.directory.seen import change_as_seen
from onestop.directory.venue_entries import VenueWords, add_venue, change_venue, stored_venue
from onestop.domain.errors import Changed
from onestop.domain.roles import SYSTEM
from onestop.domain.seen import fingerprint_of

WHO: dict[str, Any] = {"actor": SYSTEM, "now": datetime(2026, 12, 3, 9, tzinfo=UTC)}
HOUSE = VenueWords(name="House", timezone="Europe/Bratislava")


@pytest.mark.parametrize("round_", range(3))
def test_of_two_at_the_same_moment_one_is_told(database: Database, database_url: str, round_: int) -> None:
    venue = database.write_now(add_venue, HOUSE, **WHO)
    seen = fingerprint_of(database.read_now(stored_venue, venue))
    doors = [open_database(database_url) for _ in range(2)]
    start, met = Barrier(2), list[str]()

    def save(nth: int) -> None:
        words = VenueWords(name=f"House {nth}", timezone="Europe/Bratislava")
        start.wait()
        try:
            doors[nth].write_now(change_as_seen, "venue", venue, change_venue, words, seen_as=seen, **WHO)
            met.append(words.name)
        except Changed:
            met.append("told")

    threads = [Thread(target=save, args=(nth,)) for nth in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for door in doors:
        door.close()

    stored = database.read_now(stored_venue, venue).name
    assert sorted(met) == [stored, "told"]
