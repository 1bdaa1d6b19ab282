"""Estimates for ticket pages are worked out once for everybody, and again when they are old."""

import asyncio
from dataclasses import replace

from onestop.web.kit.estimates import EstimateCache
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
