"""Many random schedules: lines that are cut on the way there or back, papers handed in twice and in any order, disks
that are wiped, two machines at once. Every paper is one visit, in the order of its machine, and nobody is lost (R9).
"""

import random
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa

from onestop.booking.tables import parties, printed
from onestop.reports.verify import verify
from onestop.visits.tables import visits
from onestop_kiosk.server import Away
from onestop_kiosk.store import State
from tests.kiosk.rig import Machine, later, machine_at
from tests.web.site import Site

SMALL, BIG = 12, 500
STEPS = ("take",) * 8 + ("cut", "deaf", "whole", "whole", "reach", "reach", "twice", "shuffled", "later", "code")


@dataclass(slots=True)
class Hand:
    """One machine of a schedule; `papers` are the numbers that came out of it, in that order."""

    machine: Machine
    papers: list[int] = field(default_factory=list)
    sent: list[dict[str, object]] = field(default_factory=list)

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

    async def hand_in(self, rng: random.Random, *, again: bool) -> None:
        """What waits goes out in any order, and perhaps what went out before."""
        machine = self.machine
        acts = machine.keeper.store.waiting()
        bodies = [(act.day, act.body) for act in acts if act.kind == "ticket"]
        bodies += [(machine.site.hall.day.slug, body) for body in self.sent if again and body]
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
            Hand(await stack.enter_async_context(machine_at(site, folder / f"{seed}-{name}", name=f"{seed} {name}")))
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
                    await hand.machine.hand.browser.post("/kiosk/code?lang=en", data={"code": "7KQ2M9XD"})
                case _:
                    later(site, *(each.machine for each in hands), minutes=rng.random())
        for hand in hands:
            hand.machine.line.way = "whole"
            for _ in range(2):
                await hand.machine.reach()
            assert hand.machine.keeper.store.waiting() == []
            assert hand.machine.keeper.store.count(State.REFUSED) == 0
        return hands


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


@pytest.fixture
def busy(site: Site) -> Site:
    """An hour into the day."""
    site.set_time(site.hall.day.opens_at + timedelta(hours=1))
    return site


@pytest.mark.parametrize("schedules", [SMALL, pytest.param(BIG, marks=pytest.mark.full)])
async def test_every_paper_is_one_visit_in_the_order_of_its_machine(busy: Site, tmp_path: Path, schedules: int) -> None:
    papers = 0
    for seed in range(schedules):
        for hand in await play(busy, tmp_path, seed):
            assert waits_since(busy, hand.machine) == hand.papers, f"schedule {seed}"
            papers += len(hand.papers)
    assert papers > 4 * schedules
    counted = busy.database.read_now(lambda conn: conn.execute(sa.select(sa.func.count()).select_from(visits)).scalar())
    assert counted == papers
    assert busy.database.read_now(verify, now=busy.hall.now) == []


async def test_a_wiped_disk_gives_no_number_twice_and_counts_on(busy: Site, tmp_path: Path) -> None:
    async with machine_at(busy, tmp_path / "first") as machine:
        before = Hand(machine)
        for _ in range(5):
            await before.take()
        machine.line.way = "cut"
        for _ in range(3):
            await before.take()
        known = {"device": machine.device, "token": machine.line._token}
    async with machine_at(busy, tmp_path / "wiped", pair=known) as machine:
        after = Hand(machine)
        for _ in range(5):
            await after.take()
        await machine.reach()
        # The three that were on the disk alone are on paper alone; their numbers are nobody else's.
        assert waits_since(busy, machine) == before.papers[:5] + after.papers
        assert not set(before.papers) & set(after.papers)
    assert busy.database.read_now(verify, now=busy.hall.now) == []


async def test_two_hundred_people_in_an_hour_without_a_line_all_get_a_ticket(busy: Site, tmp_path: Path) -> None:
    async with machine_at(busy, tmp_path / "kiosk", blocks=5) as machine:
        machine.line.way = "cut"
        hand = Hand(machine)
        for _ in range(200):
            await hand.take()
            later(busy, machine, minutes=0.3)
            machine.line.way = "cut"
        assert len(set(hand.papers)) == 200
        machine.line.way = "whole"
        await machine.reach()
        assert waits_since(busy, machine) == hand.papers
    assert busy.database.read_now(verify, now=busy.hall.now) == []
