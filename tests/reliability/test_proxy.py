"""The installation of compose.yaml without its containers: HTTPS by Caddy, two server processes, PostgreSQL.

Broken once on purpose, each turned these tests red and was put back: a proxy that collects an answer before it hands
it on (`buffer_responses`), and a server that believes no proxy.
"""

import asyncio
import time
from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest

from onestop.accounts.actions import create_token
from onestop.booking.queries import arrivals
from onestop.clock import real_now
from onestop.days.tables import days
from onestop.db.session import Database, open_database
from onestop.devices.actions import create_device, pair_device
from onestop.domain.day import Release
from onestop.domain.roles import SYSTEM, Grant, Role
from onestop.reports.verify import verify
from tests.halls import TestDay, make_test_day
from tests.reliability.server import Running, send
from tests.web.public.visitor import Visitor, need

EVENT_SECONDS = 1.0
PING_SECONDS = 16.0


@pytest.fixture
def hall(behind_proxy: Running) -> Iterator[TestDay]:
    """Tomorrow's pilot day, open to everybody."""
    database = open_database(behind_proxy.database)
    made = make_test_day(database, on=(real_now() + timedelta(days=1)).date())
    release = days.update().where(days.c.id == made.id).values(release=Release.OPEN)
    database.write_now(lambda conn: conn.execute(release))
    yield made
    database.close()


async def test_a_program_books_through_it(hall: TestDay, behind_proxy: Running) -> None:
    first = hall.db.read_now(arrivals, hall.day, hall.wish("legal"), now=real_now()).plans[0].arrival_at
    wish = {"services": ["legal"], "arrival": first.isoformat()}
    async with behind_proxy.client() as client:
        booked = await send(client, f"/days/{hall.day.slug}/bookings", wish)
        assert booked.status_code == 201, booked.text
        ticket = await client.get(f"/tickets/{booked.json()['code']}")

    url = f"{behind_proxy.public}/t/{booked.json()['code']}"
    assert (booked.json()["number"], booked.json()["ticket_url"]) == (100, url)
    assert (ticket.status_code, ticket.json()["number"]) == (200, 100)
    assert booked.headers["strict-transport-security"] == "max-age=31536000"
    assert hall.db.read_now(verify, now=real_now()) == []


async def test_a_visitor_books_through_it_with_plain_forms(hall: TestDay, behind_proxy: Running) -> None:
    async with browser(behind_proxy) as client:
        visitor = Visitor(client)
        await visitor.open(f"/d/{hall.day.slug}")
        await visitor.press("needs-form", needs=[need("residence-permit")])
        await visitor.press("plan-form", interpreter="none")
        await visitor.press("times-form")
        page = await visitor.press("booking-form", name="Amira")

    assert page.title == f"Your ticket 100 · {hall.day.name}"
    assert visitor.path.startswith("/t/")


async def test_cookies_of_a_paired_machine_are_secure(hall: TestDay, behind_proxy: Running) -> None:
    real = real_now()
    pairing = hall.db.write_now(create_device, kind=Role.DISPLAY, name="Hall", day_id=hall.id, actor=SYSTEM, real=real)
    async with browser(behind_proxy) as client:
        paired = await client.post("/pair", data={"code": pairing.code})

    cookies = paired.headers.get_list("set-cookie")
    assert (paired.status_code, len(cookies)) == (303, 1), (paired.text, cookies)
    assert "secure" in cookies[0].lower().split("; ")


@pytest.mark.parametrize("coding", ["identity", "gzip, deflate, br, zstd"])
async def test_an_event_arrives_within_a_second_of_its_commit(
    hall: TestDay, behind_proxy: Running, coding: str
) -> None:
    heard: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
    organiser = hall.db.write_now(create_token, Grant(role=Role.ORGANISER), actor=SYSTEM, now=real_now()).token
    async with behind_proxy.client(display_token(hall.db, hall)) as client, behind_proxy.client(organiser) as desk:
        listening = asyncio.create_task(listen(client, hall, coding, heard))
        await asyncio.wait_for(heard.get(), 5)  # the first words, and every topic once
        await asyncio.sleep(0.5)
        while not heard.empty():
            heard.get_nowait()
        for act in ("open", "pause", "open"):
            done = await send(desk, f"/desks/{hall.desks[1].id}/{act}")
            committed = time.monotonic()
            at, words = await asyncio.wait_for(heard.get(), 5)
            assert (done.status_code, words.endswith(b"data: board\n\n")) == (200, True), (done.text, words)
            assert at - committed < EVENT_SECONDS
        listening.cancel()


@pytest.mark.full
async def test_the_heartbeat_comes_through(hall: TestDay, behind_proxy: Running) -> None:
    token = display_token(hall.db, hall)
    heard: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
    async with behind_proxy.client(token) as client:
        listening = asyncio.create_task(listen(client, hall, "gzip", heard))
        began, words = time.monotonic(), b""
        while b"event: ping\ndata: ping\n\n" not in words:
            words += (await asyncio.wait_for(heard.get(), PING_SECONDS))[1]
        listening.cancel()
    assert time.monotonic() - began < PING_SECONDS


async def test_strangers_are_counted_by_their_own_address_and_not_by_one_they_made_up(behind_proxy: Running) -> None:
    """30 tries at pairing for a network and 15 minutes in each of the two processes."""
    statuses = [await pair(behind_proxy, "127.0.7.1", forwarded=f"10.1.0.{nth}") for nth in range(62)]
    assert (statuses[0], statuses[-2:]) == (401, [429, 429])
    assert await pair(behind_proxy, "127.0.7.2") == 401


def browser(server: Running, address: str | None = None) -> httpx.AsyncClient:
    """A browser at the public address, sending from a loopback `address`."""
    transport = httpx.AsyncHTTPTransport(verify=server.trust, local_address=address)
    return httpx.AsyncClient(base_url=server.public, transport=transport, timeout=20)


async def pair(server: Running, address: str, *, forwarded: str = "") -> int:
    """The status of a try with a wrong code from an address, which names itself otherwise if it likes."""
    headers = {"X-Forwarded-For": forwarded, "X-Real-IP": forwarded} if forwarded else {}
    async with browser(server, address) as client:
        return (await client.post("/pair", data={"code": "000000"}, headers=headers)).status_code


async def listen(
    client: httpx.AsyncClient, hall: TestDay, coding: str, heard: asyncio.Queue[tuple[float, bytes]]
) -> None:
    """Note what the stream brings and when (monotonic seconds)."""
    headers = {"Accept-Encoding": coding}
    async with client.stream("GET", f"/days/{hall.day.slug}/live", headers=headers) as stream:
        assert (stream.status_code, stream.headers["content-type"]) == (200, "text/event-stream; charset=utf-8")
        async for words in stream.aiter_bytes():
            heard.put_nowait((time.monotonic(), words))


def display_token(database: Database, hall: TestDay) -> str:
    """A freshly paired display of this day."""
    real = real_now()
    made = database.write_now(create_device, kind=Role.DISPLAY, name="Hall", day_id=hall.id, actor=SYSTEM, real=real)
    return database.write_now(pair_device, made.code, real=real).token
