"""Many random schedules: lines that are cut on the way there or back, papers handed in twice and in any order, disks
that are wiped, leases that end, booked codes that are read and do not fit any more, two machines at once. Every paper
is one visit, in the order of its machine, and nobody is lost (R9).

What only a wiped disk knew stands on paper alone: its numbers were leased to that machine, and nobody else gets one.
"""

import random
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa

from onestop.booking.actions.bookings import cancel_booking
from onestop.booking.queries import arrivals
from onestop.booking.tables import leases, parties, printed
from onestop.booking.tickets import Ticket
from onestop.devices.queries import devices_list
from onestop.domain.machine import WhyNot
from onestop.domain.roles import SYSTEM
from onestop.reports.verify import verify
from onestop.visits.actions.arrivals import check_in
from onestop.visits.tables import visits
from onestop_kiosk.codes import end_of, read_code
from onestop_kiosk.server import Away
from onestop_kiosk.store import State
from tests.kiosk.rig import Machine, later, machine_at
from tests.web.site import Site

SMALL, BIG = 12, 500
STEPS = (
    *("take",) * 8,
    *("cut", "deaf", "whole", "whole", "reach", "reach", "twice", "shuffled", "later", "wipe", "lease"),
    *("code",) * 3,
)


@dataclass(slots=True)
class Hand:
    """One machine of a schedule; `papers` are the numbers that came out of it, in that order.

    `lost` ones were known to a disk alone that was wiped; `codes` are the ends of those it read without a line, and
    why the server must refuse each, if it must.
    """

    machine: Machine
    stack: AsyncExitStack
    papers: list[int] = field(default_factory=list)
    sent: list[dict[str, object]] = field(default_factory=list)
    lost: list[int] = field(default_factory=list)
    codes: list[tuple[str, WhyNot | None]] = field(default_factory=list)
    wipes: int = 0

    async def take(self) -> None:
        """Somebody takes a ticket; her paper is what the screen shows."""
        machine = self.machine
        path = f"/kiosk/d/{machine.site.hall.day.slug}/tickets?lang=en"
        service = machine.site.hall.service("legal").hex[-12:]
        form = {"_key": uuid4().hex, "services": service, "asked": "1", "interpreter": "none", "languages": "en"}
        if len(self.papers) % 5 == 4:
            await machine.hand.browser.post(path, data=form)  # a finger that presses twice
        answered = await machine.hand.browser.post(path, data=form)
        act = machine.keeper.store.find(form["_key"])
        if answered.status_code == 303 and act is not None and act.number is not None:
            self.papers.append(act.number)
            self.sent.append(act.body or {})

    async def scan(self, rng: random.Random) -> None:
        """Somebody booked holds her code before the machine; of some the booking ends before the line is back."""
        site, machine = self.machine.site, self.machine
        if rng.random() < 0.6:
            machine.line.way = "cut"
        ticket, why = booked(site), rng.choice((None, None, WhyNot.CANCELLED, WhyNot.UNKNOWN))
        text = f"{rng.randrange(10**8):08}"
        if ticket is None or why is WhyNot.UNKNOWN:
            ticket, why = None, WhyNot.UNKNOWN
        else:
            text = rng.choice((ticket.code, f"https://hall.test/t/{ticket.code}", ticket.short.lower()))
        before = machine.keeper.store.count(*State, kind="code")
        await machine.hand.browser.post("/kiosk/code?lang=en", data={"code": text})
        kept = machine.keeper.store.count(*State, kind="code") > before
        if ticket is not None and why is WhyNot.CANCELLED and kept and machine.line.way == "cut":
            site.database.write_now(cancel_booking, ticket.party, actor=SYSTEM, now=site.database.now())
        elif ticket is not None and why is None and kept and rng.random() < 0.3:
            site.database.write_now(check_in, ticket.party, actor=SYSTEM, now=site.database.now())
        if why is WhyNot.CANCELLED and machine.line.way == "deaf":
            why = None  # it arrived: she is here, and nothing is cancelled any more
        if kept:
            code = read_code(text)
            assert code is not None
            self.codes.append((end_of(code), why))

    async def wipe(self) -> None:
        """The disk is new and empty, the machine paired as before."""
        before = self.machine
        arrived = set(numbers_of(before.site))
        self.lost += [number for number in self.papers if number not in arrived and number not in self.lost]
        self.codes = []  # its list went with the disk; those that were handed in before are checked in
        self.wipes += 1
        known = {"device": before.device, "token": before.line._token}
        folder = before.settings.data.with_name(f"{before.settings.data.name}-{self.wipes}")
        self.machine = await self.stack.enter_async_context(machine_at(before.site, folder, pair=known))

    async def hand_in(self, rng: random.Random, *, again: bool) -> None:
        """What waits goes out in any order, and perhaps what went out before."""
        machine = self.machine
        acts = machine.keeper.store.waiting()
        bodies = [(act.day, act.body) for act in acts if act.kind == "ticket"]
        gone = set(self.lost)
        bodies += [
            (machine.site.hall.day.slug, body) for body in self.sent if again and body and body["number"] not in gone
        ]
        rng.shuffle(bodies)
        for day, body in bodies:
            try:
                await machine.line.post(f"/days/{day}/visits", body, key=uuid4().hex)
            except Away:
                return


async def play(site: Site, folder: Path, seed: int) -> list[Hand]:
    """One schedule; gives its machines with what they printed, every line whole again at the end."""
    rng = random.Random(seed)
    async with AsyncExitStack() as stack:
        hands = [
            Hand(
                await stack.enter_async_context(machine_at(site, folder / f"{seed}-{name}", name=f"{seed} {name}")),
                stack,
            )
            for name in ("lobby", "shelter")
        ]
        for _ in range(rng.randrange(10, 25)):
            hand, step = rng.choice(hands), rng.choice(STEPS)
            match step:
                case "take":
                    await hand.take()
                case "cut" | "deaf" | "whole":
                    hand.machine.line.way = step
                    if step == "whole":
                        hand.machine.keeper.is_away = False
                case "reach":
                    await hand.machine.reach()
                case "twice" | "shuffled":
                    await hand.hand_in(rng, again=step == "twice")
                case "code":
                    await hand.scan(rng)
                case "wipe":
                    await hand.wipe()
                case "lease":
                    soon = site.database.now() + timedelta(seconds=rng.randrange(60))
                    hand.machine.keeper.store._db.execute("UPDATE numbers SET until = ?", (soon.isoformat(),))
                case _:
                    later(site, *(each.machine for each in hands), minutes=rng.random())
        for hand in hands:
            hand.machine.line.way = "whole"
            for _ in range(2):
                await hand.machine.reach()
            assert hand.machine.keeper.store.waiting() == []
            assert hand.machine.keeper.store.count(State.REFUSED, kind="ticket") == 0
            report = next(one.report for one in site.database.read_now(devices_list) if one.id == hand.machine.device)
            assert report is not None
            assert [(one.ends, one.why) for one in report.codes] == [each for each in hand.codes if each[1] is not None]
        return hands


def booked(site: Site) -> Ticket | None:
    """Somebody with a time of today, as long as there is room."""
    for service in ("legal", "social", "residence"):
        wish = site.hall.wish(service)
        if site.database.read_now(arrivals, site.hall.day, wish, now=site.hall.now).plans:
            return site.hall.book(wish)
    return None


def numbers_of(site: Site) -> list[int]:
    """The numbers of everybody who is here."""
    here = sa.select(parties.c.number).join(visits, visits.c.party_id == parties.c.id)
    return site.database.read_now(lambda conn: list(conn.execute(here).scalars()))


def waits_since(site: Site, machine: Machine) -> list[int]:
    """The numbers of a machine's visits, who waits longest first."""
    return site.database.read_now(
        lambda conn: list(
            conn.execute(
                sa.select(parties.c.number)
                .join(visits, visits.c.party_id == parties.c.id)
                .join(printed, printed.c.party_id == parties.c.id)
                .where(printed.c.device_id == machine.device)
                .order_by(visits.c.checked_in_at, printed.c.counter)
            ).scalars()
        )
    )


def walked_in(site: Site) -> list[int]:
    """The numbers of everybody who came without a booking."""
    here = sa.select(parties.c.number).join(visits, visits.c.party_id == parties.c.id).where(visits.c.walk_in)
    return site.database.read_now(lambda conn: list(conn.execute(here).scalars()))


def came(site: Site, scanned: Mapping[int, datetime]) -> list[float]:
    """By how many seconds those with these numbers are taken to have come after they held their codes there."""
    here = sa.select(parties.c.number, visits.c.checked_in_at).join(visits, visits.c.party_id == parties.c.id)
    rows = site.database.read_now(lambda conn: conn.execute(here.where(parties.c.number.in_(scanned))).all())
    return [(row.checked_in_at - scanned[row.number]).total_seconds() for row in rows]


@pytest.fixture
def busy(site: Site) -> Site:
    """An hour into the day."""
    site.set_time(site.hall.day.opens_at + timedelta(hours=1))
    return site


@pytest.mark.parametrize("schedules", [SMALL, pytest.param(BIG, marks=pytest.mark.full)])
async def test_every_paper_is_one_visit_in_the_order_of_its_machine(busy: Site, tmp_path: Path, schedules: int) -> None:
    papers, lost, refused = list[int](), set[int](), 0
    for seed in range(schedules):
        for hand in await play(busy, tmp_path, seed):
            gone = set(hand.lost)
            assert waits_since(busy, hand.machine) == [each for each in hand.papers if each not in gone], f"{seed}"
            papers += hand.papers
            lost |= gone
            refused += sum(why is not None for _, why in hand.codes)
    assert len(papers) > 4 * schedules
    assert (len(lost) > 0, refused > 0) == (True, True)
    assert len(set(papers)) == len(papers)
    here = walked_in(busy)
    assert len(set(here)) == len(here)
    # Whose machine had no number left that lasts got one of the server, and no paper of the machine's own.
    assert set(here) & set(papers) == set(papers) - lost
    leased = busy.database.read_now(lambda conn: conn.execute(sa.select(leases.c.first, leases.c.last)).all())
    assert all(any(first <= number <= last for first, last in leased) for number in lost)
    assert busy.database.read_now(verify, now=busy.hall.now) == []


async def test_a_wiped_disk_gives_no_number_twice_and_counts_on(busy: Site, tmp_path: Path) -> None:
    async with machine_at(busy, tmp_path / "first") as machine:
        before = Hand(machine, AsyncExitStack())
        for _ in range(5):
            await before.take()
        machine.line.way = "cut"
        for _ in range(3):
            await before.take()
        known = {"device": machine.device, "token": machine.line._token}
    async with machine_at(busy, tmp_path / "wiped", pair=known) as machine:
        after = Hand(machine, AsyncExitStack())
        for _ in range(5):
            await after.take()
        await machine.reach()
        # The three that were on the disk alone are on paper alone; their numbers are nobody else's.
        assert waits_since(busy, machine) == before.papers[:5] + after.papers
        assert not set(before.papers) & set(after.papers)
    assert busy.database.read_now(verify, now=busy.hall.now) == []


async def test_two_hundred_people_in_an_hour_without_a_line_all_get_a_ticket(busy: Site, tmp_path: Path) -> None:
    async with machine_at(busy, tmp_path / "kiosk", blocks=5) as machine:
        tickets = [ticket for _ in range(20) if (ticket := booked(busy)) is not None]
        assert len(tickets) > 5
        left = list(tickets)
        machine.line.way = "cut"
        hand = Hand(machine, AsyncExitStack())
        scanned = {}
        for arrival in range(200):
            if arrival % 10 == 9 and left:
                ticket = left.pop()
                await machine.hand.browser.post("/kiosk/code?lang=en", data={"code": ticket.code})
                scanned[ticket.number] = busy.database.now()
            else:
                await hand.take()
            later(busy, machine, minutes=0.3)
            machine.line.way = "cut"
        assert len(set(hand.papers)) == 200 - len(tickets)
        machine.line.way = "whole"
        await machine.reach()
        assert waits_since(busy, machine) == hand.papers
        assert came(busy, scanned) == pytest.approx([0.0] * len(tickets), abs=60)
    assert busy.database.read_now(verify, now=busy.hall.now) == []
