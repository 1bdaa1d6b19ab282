"""A draw as a program meets it: ask for a place, and read everything that is public."""

from datetime import timedelta
from uuid import uuid4

import sqlalchemy as sa

from onestop.booking.actions.proofs import prove_contact
from onestop.booking.drawing import run_draw
from onestop.booking.tables import bookings, contacts
from onestop.days.drawing import announce_draw
from onestop.domain.draw import list_hash, ranked
from onestop.domain.roles import VISITOR
from tests.web.api.machine import Machine


def open_draw(machine: Machine) -> None:
    machine.change_day(release="draw")
    hall = machine.site.hall
    opens_at = hall.day.opens_at - timedelta(days=2) + timedelta(hours=1)
    machine.site.set_time(opens_at - timedelta(hours=1))
    key = machine.site.app.state.ticket_key
    hall.write(announce_draw, hall.id, opens_at=opens_at, closes_at=opens_at + timedelta(hours=10), key=key)
    machine.site.set_time(opens_at)


def close_window(machine: Machine) -> None:
    machine.site.set_time(machine.site.hall.now + timedelta(hours=10))


async def test_requests_of_every_door_take_part_and_the_draw_is_read_back(machine: Machine) -> None:
    open_draw(machine)
    path = f"/days/{machine.day}/requests"
    wanted = {"services": ["legal"]}
    kiosk = await machine.post(path, wanted, "kiosk")
    counter = await machine.post(path, {**wanted, "party": 2, "name": "Amira"}, "receptionist")
    afar = await machine.post(path, {**wanted, "contact": "amira@example.org"})
    unproved = await machine.post(path, {**wanted, "contact": "other@example.org"})
    nobody = await machine.post(path, wanted)
    assert [answer.status_code for answer in (kiosk, counter, afar, unproved)] == [201] * 4
    assert [answer.json()["proof_needed"] for answer in (kiosk, counter, afar, unproved)] == [False, False, True, True]
    assert (nobody.status_code, nobody.json()["code"], nobody.json()["field"]) == (422, "proof_needed", "email")
    asked = sa.select(contacts.c.id).where(contacts.c.address == "amira@example.org")
    site = machine.site
    contact = site.database.read_now(lambda conn: conn.execute(asked).scalar_one())
    how = {"key": site.app.state.ticket_key, "actor": VISITOR, "now": site.hall.now, "day": site.hall.id}
    site.database.write_now(prove_contact, contact, **how)

    during = (await machine.get(f"/days/{machine.day}/draw")).json()
    assert (during["state"], during["requests"], during["items"], during["seed"]) == ("open", None, [], None)
    close_window(machine)
    assert (await machine.post(path, wanted, "kiosk")).json()["code"] == "requests_over"
    run_draw(site.database, site.hall.id, key=site.app.state.ticket_key)

    ids = sorted(answer.json()["request"] for answer in (kiosk, counter, afar))
    whole = (await machine.get(f"/days/{machine.day}/draw")).json()
    first = (await machine.get(f"/days/{machine.day}/draw", limit=2)).json()
    rest = (await machine.get(f"/days/{machine.day}/draw", after=first["next"])).json()
    assert first["items"] + rest["items"] == whole["items"]
    assert (whole["state"], whole["requests"], whole["drawn"], whole["next"]) == ("drawn", 3, 3, None)
    assert whole["commitment"] == during["commitment"]
    order = [str(each) for each in ranked(whole["seed"], ids)]  # type: ignore[arg-type]
    assert [item["id"] for item in whole["items"]] == order
    assert whole["list_hash"] == list_hash(ids)  # type: ignore[arg-type]


async def test_the_same_key_asks_once_and_a_hold_is_refused_before_the_draw(machine: Machine) -> None:
    open_draw(machine)
    path, key = f"/days/{machine.day}/requests", uuid4().hex
    one, two = [
        await machine.post(path, {"services": ["legal"], "contact": "amira@example.org"}, key=key) for _ in range(2)
    ]
    assert (one.json(), one.status_code) == (two.json(), 201)
    count = sa.select(sa.func.count()).select_from(bookings)
    assert machine.site.database.read_now(lambda conn: conn.execute(count).scalar_one()) == 1
    at = machine.site.hall.day.opens_at.isoformat()
    for role in ("anonymous", "kiosk", "receptionist"):
        for what in ("holds", "bookings"):
            held = await machine.post(f"/days/{machine.day}/{what}", {"services": ["legal"], "arrival": at}, role)
            assert (held.status_code, held.json()["code"]) == (409, "draw_day")


async def test_what_cannot_be_asked_is_told(machine: Machine) -> None:
    path, wanted = f"/days/{machine.day}/requests", {"services": ["legal"], "contact": "amira@example.org"}
    assert (await machine.post(path, wanted)).json()["code"] == "no_draw"
    assert (await machine.get(f"/days/{machine.day}/draw")).json()["code"] == "no_draw"
    open_draw(machine)
    opens, closes = (machine.site.hall.day.opens_at + timedelta(hours=nth) for nth in (2, 1))
    turned = {**wanted, "not_before": opens.isoformat(), "not_after": closes.isoformat()}
    assert (await machine.post(path, turned)).json()["field"] == "not_after"
    assert (await machine.post(path, {"services": [], "contact": "amira@example.org"})).status_code == 422
    machine.change_day(state="draft")
    assert (await machine.get(f"/days/{machine.day}/draw")).json()["code"] == "day_unknown"


async def test_where_places_are_few_a_hold_from_afar_waits_for_the_proof(machine: Machine) -> None:
    machine.change_day(release="open", scarce=True)
    arrival = (await machine.get(f"/days/{machine.day}/arrivals", services="legal")).json()
    wanted = {"services": ["legal"], "arrival": arrival["items"][-1]["arrival"]}
    held = (await machine.post(f"/days/{machine.day}/holds", wanted)).json()["hold"]
    path, contact = f"/holds/{held}/booking", {"contact": "amira@example.org"}
    nobody, asked, again = [await machine.post(path, each) for each in ({}, contact, contact)]
    assert (nobody.status_code, nobody.json()["code"]) == (422, "proof_needed")
    assert [(answer.status_code, answer.json()["proof_needed"]) for answer in (asked, again)] == [(202, True)] * 2
    at_once = await machine.post(f"/days/{machine.day}/bookings", {**wanted, **contact})
    assert (at_once.status_code, at_once.json()["code"]) == (422, "proof_needed")
    staffed = await machine.post(f"/days/{machine.day}/bookings", wanted, "kiosk")
    assert staffed.status_code == 201
