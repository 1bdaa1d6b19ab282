"""Estimates for ticket pages are worked out once for everybody, and again when they are old."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

from onestop.domain.estimate import Estimate
from onestop.web.kit.estimates import EstimateCache, Outlooks, windows
from tests.web.site import Site


async def test_many_phones_at_once_cost_one_calculation_until_it_is_old(site: Site) -> None:
    site.hall.walk_in(site.hall.wish("legal"))
    cache = EstimateCache()
    same = await asyncio.gather(*(cache.of_day(site.database, site.hall.id) for _ in range(20)))
    assert ({id(each) for each in same}, len(same[0].by_stop)) == ({id(same[0])}, 1)

    # A demo's day runs a hundred times as fast: a second is long.
    site.database.clock = replace(site.database.clock, rate=100.0)
    assert await cache.of_day(site.database, site.hall.id) is same[0]
    await asyncio.sleep(1.1)
    assert await cache.of_day(site.database, site.hall.id) is not same[0]


def test_no_window_begins_in_the_past_once_it_is_rounded() -> None:
    stop, now = uuid4(), datetime(2026, 12, 3, 10, 51, tzinfo=UTC)
    told = {
        (earliest, latest): windows(
            Outlooks(at=now, worked_out=0.0, by_stop={stop: Estimate(earliest=earliest, latest=latest, before=0)}), now
        )[stop]
        for earliest, latest in ((0.0, 2.0), (0.0, 12.0), (6.0, 14.0))
    }
    shown = {asked: (f"{each.begins_at:%H:%M}", f"{each.ends_at:%H:%M}") for asked, each in told.items()}
    assert shown == {(0.0, 2.0): ("10:55", "11:00"), (0.0, 12.0): ("10:55", "11:05"), (6.0, 14.0): ("10:55", "11:05")}
