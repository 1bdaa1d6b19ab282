"""A lively hall for a walk: a server in the middle of the invented morning, whose other desks go on by themselves.

`python -m tests.walks.hall FOLDER --walked 2 --walked 5 --minutes 90` prints the ways in and stops by itself.
"""

import argparse
import asyncio
import dataclasses
import random
from datetime import datetime
from pathlib import Path

from onestop.demo.client import Server
from onestop.demo.crowd import Way, guests
from onestop.demo.play import Stage, officer, visitor
from onestop.demo.world import World
from tests.reliability.server import serving
from tests.screens.morning import play_morning

BETWEEN = 150
"""Seconds from one invented walk-in to the next."""


def ways_in(base: str, world: World) -> str:
    """One line for each role: where it starts."""
    paths = {
        "reception": world.reception,
        "guide": world.guide,
        "mediator": world.mediator,
        "organiser": world.organiser,
        "helper": world.helper,
        "kiosk": f"/pair?code={world.kiosk_code}",
        "board": f"/pair?code={world.display_code}",
        "visitor": f"/d/{world.slug}?invitation={world.invitation}",
        **{f"desk {desk.number} ({desk.institution})": desk.path for desk in world.desks},
    }
    return "\n".join(f"{who:40} {base}{path}" for who, path in paths.items())


async def go_on(base: str, world: World, walked: frozenset[int], minutes: float) -> None:
    """Officers at the other desks and people who walk in, for so many minutes."""
    server = Server(base, 1.0)
    try:
        await server.ready()
        day = await server.get(f"/days/{world.slug}")
        told = dataclasses.asdict(world)
        opens, closes = (datetime.fromisoformat(day[at]) for at in ("opens_at", "closes_at"))
        stage = Stage(server=server, world=told, opens_at=opens, closes_at=closes)
        crowd = [guest for guest in guests([each["key"] for each in day["services"]]) if guest.way is Way.WALKS_IN]
        random.Random(1).shuffle(crowd)
        at_work = [asyncio.create_task(officer(stage, desk)) for desk in told["desks"] if desk["number"] not in walked]
        at_work += [asyncio.create_task(visitor(stage, guest, BETWEEN * nth / 20)) for nth, guest in enumerate(crowd)]
        await asyncio.wait(at_work, timeout=60 * minutes)
        for task in at_work:
            task.cancel()
    finally:
        await server.close()


def main() -> None:
    """Serve, print the ways in, end."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("folder", type=Path)
    asked.add_argument("--walked", type=int, action="append", default=[], help="a desk that nobody plays")
    asked.add_argument("--minutes", type=float, default=60)
    asked.add_argument("--port", type=int, default=0)
    given = asked.parse_args()
    walked = frozenset(given.walked)
    morning = play_morning(given.folder, idle=walked)
    with serving(f"sqlite:///{morning.file.absolute()}", var=given.folder, port=given.port) as server:
        print(ways_in(server.url, morning.world), flush=True)
        for who, ticket in (("at home", morning.at_home), ("waiting", morning.waiting), ("called", morning.called)):
            print(f"ticket {ticket.number} {who:30} {server.url}/t/{ticket.code}", flush=True)
        asyncio.run(go_on(server.url, morning.world, walked, given.minutes))


if __name__ == "__main__":
    main()
