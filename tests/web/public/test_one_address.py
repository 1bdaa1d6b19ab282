"""The Wi-Fi of the hall is one address: 300 phones behind it are never refused, somebody who guesses codes there is."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator
from itertools import chain
from pathlib import Path

import pytest

from onestop.db.session import open_database
from onestop.web.kit.limits import RULES, Limits
from tests.web.public.visitor import Visitor, open_day
from tests.web.served import served
from tests.web.site import Site, running

PHONES = 300
POLLS = 6
"""A phone whose streams are blocked asks every ten seconds, and tries the stream again as often."""


@pytest.fixture
async def site(sqlite_url: str, tmp_path: Path) -> AsyncGenerator[Site, None]:
    """The day on SQLite, with the limits of a real day."""
    database = open_database(sqlite_url)
    async with running(database, tmp_path, doors=("public",), limits=Limits()) as started:
        yield started
    database.close()


def walk_in(site: Site, phones: int) -> list[str]:
    """The paths of so many tickets of people who are inside."""
    site.hall.open_desks()
    return [f"/t/{site.hall.walk_in(site.hall.wish('legal'))[0].code}" for _ in range(phones)]


async def test_three_hundred_phones_poll_for_a_minute_from_one_address_while_a_guesser_there_is_refused(
    site: Site,
) -> None:
    """With fewer tickets, each as busy as its share of the 300; all come from the address of the test."""
    open_day(site)
    tickets = walk_in(site, 30)
    browser = site.browser()
    guesser = Visitor(site.browser())
    guessed: Counter[int] = Counter()
    for nth in range(RULES["guess"].network + 20):
        await guesser.open(f"/t/{'a' * 20}{nth:0>6}".translate(str.maketrans("0189", "wxyz")))
        guessed[guesser.status] += 1
    answers: Counter[int] = Counter()
    once = ("", "/kept.js")
    for path in tickets * (PHONES // len(tickets)):
        for page in chain(once, [""] * POLLS):
            answers[(await browser.get(f"{path}{page}", headers={"HX-Request": "true"})).status_code] += 1
        # The stream that is tried again counts like a page; listening here would never end.
        for _ in range(POLLS):
            answers[(await browser.get(f"{path}/kept.js")).status_code] += 1
    await guesser.open(f"/t/{'b' * 26}")

    assert (guessed, guesser.status) == ({404: RULES["guess"].network, 429: 20}, 429)
    assert answers == {200: PHONES * (2 + 2 * POLLS)}


async def test_three_hundred_phones_listen_from_one_address(site: Site) -> None:
    open_day(site)
    tickets = walk_in(site, 30)
    async with served(site) as address:
        host, port = address.removeprefix("http://").split(":")
        heads: Counter[str] = Counter()
        open_ends: list[asyncio.StreamWriter] = []

        async def listen(path: str) -> None:
            reader, writer = await asyncio.open_connection(host, int(port))
            open_ends.append(writer)
            writer.write(f"GET {path}/live HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
            heads[(await asyncio.wait_for(reader.readline(), 30)).decode().split()[1]] += 1

        for at in range(0, PHONES, 30):
            await asyncio.gather(*(listen(path) for path in tickets), return_exceptions=False)
            assert len(open_ends) == at + 30
        listeners = len(site.app.state.hub)
        for writer in open_ends:
            writer.close()

    assert (heads, listeners) == ({"200": PHONES}, PHONES)
