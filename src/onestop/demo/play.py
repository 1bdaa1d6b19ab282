"""Plays the demo day through the public HTTP interface alone: visitors come, officers call, until everybody is done.

Started by `onestop demo` with its world as JSON on standard input. Stops by itself when the day is over.
"""

import asyncio
import json
import logging
import random
import sys
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import httpx

from onestop.demo.client import Refused, Server
from onestop.demo.crowd import SEED, Guest, Way, guests

log = logging.getLogger("onestop.demo")


@dataclass(slots=True)
class Stage:
    """What everybody in the hall can see and hear, whatever the program knows: who sits where, who has gone."""

    server: Server
    world: dict[str, Any]
    opens_at: datetime
    closes_at: datetime
    missing: dict[int, int] = field(default_factory=dict[int, int])  # number → calls it will not hear
    ends: Counter[str] = field(default_factory=Counter[str])
    over: bool = False
    rng: random.Random = field(default_factory=lambda: random.Random(SEED))  # noqa: S311 (an invented crowd)

    @property
    def slug(self) -> str:
        return self.world["slug"]


async def play(world: dict[str, Any], base: str, rate: float) -> Counter[str]:
    """Play one day; gives how the visits ended, by state."""
    server = Server(base, rate)
    try:
        await server.ready()
        day = await server.get(f"/days/{world['slug']}")
        stage = Stage(
            server=server,
            world=world,
            opens_at=datetime.fromisoformat(day["opens_at"]),
            closes_at=datetime.fromisoformat(day["closes_at"]),
        )
        crowd = guests([service["key"] for service in day["services"]])
        async with asyncio.TaskGroup() as hall:
            officers = [hall.create_task(officer(stage, desk)) for desk in world["desks"]]
            visitors = [hall.create_task(visitor(stage, guest, nth)) for nth, guest in enumerate(crowd)]
            await asyncio.wait(visitors)
            stage.over = True
            await asyncio.wait(officers)
        return stage.ends
    finally:
        await server.close()


async def visitor(stage: Stage, guest: Guest, nth: float) -> None:
    """One party from its first step to its last; it begins 20 seconds times `nth` of the day from now."""
    try:
        await stage.server.pause(seconds=20 * nth)
        if guest.way in (Way.WALKS_IN, Way.GONE, Way.STEPS_OUT):
            await _walk_in(stage, guest)
        else:
            await _booked(stage, guest)
    except Refused as refused:
        stage.ends[f"refused {refused.code}"] += 1


async def _booked(stage: Stage, guest: Guest) -> None:
    server = stage.server
    offered = await server.get(
        f"/days/{stage.slug}/arrivals",
        services=",".join(guest.services),
        party=len(guest.members),
        languages=guest.language,
        interpreter=guest.interpreter,
    )
    times = [item["arrival"] for item in offered["items"]]
    if not times:
        stage.ends["found no time"] += 1
        return
    arrival = stage.rng.choice(times[: max(4, len(times) * 2 // 3)])
    hold = await server.post(
        f"/days/{stage.slug}/holds", **_wish(guest), arrival=arrival, invitation=stage.world["invitation"]
    )
    await server.pause(minutes=1)
    ticket = await server.post(f"/holds/{hold['hold']}/booking", name=f"Guest {stage.rng.randrange(1000)}")
    if guest.way is Way.CANCELS:
        await server.pause(minutes=5)
        await server.delete(f"/tickets/{ticket['code']}")
        stage.ends["cancelled"] += 1
        return
    if guest.way is Way.ABSENT:
        stage.ends["never came"] += 1
        return
    await server.until(datetime.fromisoformat(arrival) + timedelta(minutes=guest.shift))
    here = await server.post(f"/days/{stage.slug}/check-ins", stage.world["kiosk_token"], code=ticket["code"])
    if guest.way is Way.LOST:
        stage.missing[ticket["number"]] = 1
    await _be_here(stage, ticket["code"], here["visit"])


async def _walk_in(stage: Stage, guest: Guest) -> None:
    server = stage.server
    await server.until(stage.opens_at + timedelta(minutes=guest.shift))
    ticket = await server.post(f"/days/{stage.slug}/visits", stage.world["kiosk_token"], **_wish(guest))
    if guest.way is Way.GONE:
        stage.missing[ticket["number"]] = 99
    if guest.way is Way.STEPS_OUT:
        await server.pause(minutes=3)
        stage.missing[ticket["number"]] = 99
        await server.post(f"/visits/{ticket['visit']}/leave", stage.world["reception_token"], reason="own_wish")
    await _be_here(stage, ticket["code"], ticket["visit"])


async def _be_here(stage: Stage, code: str, visit: str) -> None:
    """Look at the phone now and then until the visit has ended; after closing, go home by way of the reception."""
    server = stage.server
    while True:
        await server.pause(seconds=45)
        shown = await server.get(f"/tickets/{code}")
        if (state := shown["visit_state"]) in ("completed", "left", "carried_over"):
            stage.ends[state] += 1
            return
        if server.now > stage.closes_at + timedelta(minutes=30):
            try:
                await server.post(f"/visits/{visit}/leave", stage.world["reception_token"], reason="own_wish")
            except Refused as refused:
                if refused.code != "move_refused":  # being served: the officer finishes first
                    raise


def _wish(guest: Guest) -> dict[str, Any]:
    return {
        "services": list(guest.services),
        "party": [{"mark": mark, "child": child} for mark, child in enumerate(guest.members, 1)],
        "languages": [guest.language],
        "interpreter": guest.interpreter,
        "display_language": guest.language if guest.language in ("sk", "uk", "ar") else "en",
    }


async def officer(stage: Stage, desk: dict[str, Any]) -> None:
    """Open the desk, stand by for the next visitor, serve, finish; forget, undo, park and pause like people do."""
    server, token = stage.server, desk["token"]
    desk_id = await _desk_id(stage, desk["number"])
    await server.until(stage.opens_at)
    await server.post(f"/desks/{desk_id}/open", token)
    served = 0
    while not stage.over:
        try:
            stop = await server.post(f"/desks/{desk_id}/calls", token, standing=True)
            if stop is None:
                await server.pause(seconds=30)
                continue
            if await _serve(stage, token, stop, served):
                served += 1
            if served == 3 and desk["number"] % 3 == 0:
                served += 1
                await server.post(f"/desks/{desk_id}/pause", token)
                await server.pause(minutes=8)
                await server.post(f"/desks/{desk_id}/open", token)
        except Refused as refused:
            # Somebody at the reception or the visitor was quicker; look again.
            log.debug("desk %s: %s", desk["number"], refused)
            await server.pause(seconds=30)
    await server.pause(seconds=10)
    await server.post(f"/desks/{desk_id}/close", token)


async def _serve(stage: Stage, token: str, stop: dict[str, Any], served: int) -> bool:
    server, path = stage.server, f"/stops/{stop['stop']}"
    if stop["state"] == "called":
        if stage.missing.get(stop["number"], 0) > 0:
            stage.missing[stop["number"]] -= 1
            await server.pause(minutes=2)
            await server.post(f"{path}/recall", token)
            await server.pause(minutes=1)
            await server.post(f"{path}/no-show", token)
            return False
        await server.pause(seconds=stage.rng.randrange(30, 90))
        await server.post(f"{path}/serve", token)
    await server.pause(minutes=min(35.0, max(3.0, stage.rng.lognormvariate(2.4, 0.45))))
    if served == 1 and stage.rng.random() < 0.5:
        await server.post(f"{path}/park", token, minutes=10)
        return True
    if served == 2:
        await server.pause(minutes=8)  # forgot to press finish
    await server.post(f"{path}/finish", token, outcome=stage.rng.choice(("advised", "settled", "come_again")))
    if served % 4 == 3:
        await server.pause(seconds=2)
        try:  # the wrong button; she still sits here
            await server.post(f"{path}/undo", token)
        except Refused as refused:
            log.debug("undo: %s", refused)
        else:
            await server.pause(minutes=2)
            await server.post(f"{path}/finish", token, outcome="settled")
    return True


async def _desk_id(stage: Stage, number: int) -> str:
    overview = await stage.server.get(f"/days/{stage.slug}/overview", stage.world["organiser_token"])
    return next(desk["desk"] for desk in overview["desks"] if desk["number"] == number)


def main() -> None:
    """Read the world from standard input, play it, say how it ended."""
    logging.basicConfig(level=logging.WARNING, format="%(name)s: %(message)s")
    told = json.load(sys.stdin)
    try:
        ends = asyncio.run(play(told["world"], told["base"], told["rate"]))
    except (KeyboardInterrupt, httpx.TransportError):
        return
    except ExceptionGroup as group:
        if group.split(httpx.TransportError)[1] is not None:
            raise
        return  # the server has stopped
    print(
        "The invented day is over:", ", ".join(f"{count} {state}" for state, count in sorted(ends.items())), flush=True
    )


if __name__ == "__main__":
    main()
