"""Arriving, desks and stops as kiosks, receptions, officers and displays meet them."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx

from onestop.devices.queries import devices_list
from onestop.domain.machine import PaperMissed, Printer, Report
from tests.web.api.machine import Machine


async def _walk_in(machine: Machine, *services: str, role: str = "kiosk", **more: Any) -> dict[str, Any]:
    answered = await machine.post(f"/days/{machine.day}/visits", {"services": list(services), **more}, role)
    assert answered.status_code == 201, answered.text
    return answered.json()


async def _call(machine: Machine, number: int = 1, **body: Any) -> httpx.Response:
    desk = machine.site.hall.desks[number]
    return await machine.post(f"/desks/{desk.id}/calls", body or None, "officer", desk=desk)


async def _act(machine: Machine, stop: str, act: str, body: Any = None, *, number: int = 1) -> tuple[int, str]:
    desk = machine.site.hall.desks[number]
    answered = await machine.post(f"/stops/{stop}/{act}", body, "officer", desk=desk)
    return answered.status_code, answered.json().get("code") or answered.json()["state"]


async def test_a_check_in_takes_every_form_of_the_code_and_repeats_itself(machine: Machine) -> None:
    booked = await machine.book("legal")
    path = f"/days/{machine.day}/check-ins"

    forms = [booked["code"], booked["code"].upper(), booked["ticket_url"], booked["short_code"].lower()]
    answers = [await machine.post(path, {"code": form}, "kiosk") for form in forms]
    assert [(answer.status_code, answer.json()) for answer in answers] == [
        (200, {"visit": answers[0].json()["visit"], "number": 100, "state": "open"})
    ] * 4

    unknown = await machine.post(path, {"code": "nonsense"}, "kiosk")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "ticket_unknown")
    other = await machine.book("legal")
    await machine.client.delete(f"/api/v1/tickets/{other['code']}")
    cancelled = await machine.post(path, {"code": other["code"]}, "kiosk")
    assert (cancelled.status_code, cancelled.json()["code"]) == (410, "booking_cancelled")
    third = await machine.book("legal")
    machine.site.set_time(machine.site.hall.now - timedelta(days=1))
    early = await machine.post(path, {"code": third["code"]}, "kiosk")
    assert (early.status_code, early.json()["code"], early.json()["params"]) == (
        409,
        "wrong_day",
        {"date": "2026-12-03"},
    )


async def test_a_walk_in_waits_and_is_told_how_long(machine: Machine) -> None:
    await machine.open_desks()
    tickets = [await _walk_in(machine, "legal", role="receptionist", name="Test Person") for _ in range(3)]

    assert [ticket["number"] for ticket in tickets] == [100, 101, 102]
    shown = (await machine.get(f"/tickets/{tickets[2]['code']}")).json()
    estimate = shown["estimate"]
    assert (shown["booking"], shown["visit"], shown["visit_state"]) == (None, tickets[2]["visit"], "open")
    assert 0 < estimate["earliest_minutes"] <= estimate["latest_minutes"]
    assert (estimate["before"], shown["stops"][0]["estimate"]) == (2, estimate)


async def test_a_kiosk_that_was_cut_off_hands_its_tickets_in_as_often_as_it_likes(machine: Machine) -> None:
    leased = await machine.post("/devices/leases", role="kiosk")
    lease = leased.json()
    assert leased.status_code == 201
    assert [ticket["number"] for ticket in lease["tickets"]] == list(range(lease["from"], lease["to"] + 1))
    printed = lease["tickets"][7]
    offline = {"nonce": uuid4().hex, "number": printed["number"], "issued_at": machine.site.hall.now.isoformat()}

    first, again = [await _walk_in(machine, "legal", **offline) for _ in range(2)]
    assert first == again
    assert (first["number"], first["code"]) == (printed["number"], printed["code"])
    assert first["conflict"] is None
    clash = await _walk_in(machine, "legal", nonce=uuid4().hex, number=printed["number"])
    assert (clash["number"], clash["conflict"]) == (lease["to"] + 1, "taken")
    foreign = await _walk_in(machine, "legal", nonce=uuid4().hex, number=9000)
    assert (foreign["number"], foreign["conflict"]) == (lease["to"] + 2, "unknown")
    without = await machine.post(f"/days/{machine.day}/visits", {"services": ["legal"], "number": 103}, "kiosk")
    assert (without.status_code, without.json()["code"]) == (422, "invalid_input")


async def test_a_printed_ticket_for_desks_that_are_gone_is_kept(machine: Machine) -> None:
    lease = (await machine.post("/devices/leases", role="kiosk")).json()
    paper = {"nonce": uuid4().hex, "number": lease["from"], "counter": lease["counter"]}
    some = await _walk_in(machine, "legal", "gone", **paper)
    paper = {"nonce": uuid4().hex, "number": lease["from"] + 1, "counter": lease["counter"] + 1}
    none = await machine.post(f"/days/{machine.day}/visits", {"services": ["gone"], **paper}, "kiosk")

    assert (some["number"], some["conflict"]) == (lease["from"], "desks")
    assert (none.status_code, none.json()) == (202, {"number": lease["from"] + 1, "conflict": "desks"})


async def test_a_leased_number_has_codes_that_open_her_ticket(machine: Machine) -> None:
    lease = (await machine.post("/devices/leases", role="kiosk")).json()
    leased = lease["tickets"][0]
    made = await _walk_in(machine, "legal", nonce=uuid4().hex, number=leased["number"], counter=1)

    assert (made["number"], made["code"], made["short_code"]) == (
        leased["number"],
        leased["code"],
        leased["short_code"],
    )
    assert (await machine.get(f"/tickets/{leased['code']}")).json()["number"] == leased["number"]


async def test_a_machine_says_how_it_is_and_hears_the_time(machine: Machine) -> None:
    at = machine.site.hall.now.isoformat()
    papers = [{"at": at, "number": 101}, {"at": at, "number": None}]
    beat = {"printer": "paper_out", "waiting": 3, "refused": 1, "unprinted": 2, "numbers": 40, "papers": papers}
    heard = await machine.post("/devices/heartbeat", beat, "kiosk")
    assert (heard.status_code, list(heard.json())) == (200, ["now"])

    report = next(one.report for one in machine.site.database.read_now(devices_list) if one.report is not None)
    missed = tuple(PaperMissed(at=machine.site.hall.now, number=number) for number in (101, None))
    assert report == Report(printer=Printer.PAPER_OUT, waiting=3, refused=1, unprinted=2, numbers=40, papers=missed)
    await machine.post("/devices/heartbeat", {"printer": "ok"}, "kiosk")
    lines = (await machine.get(f"/days/{machine.day}/ledger", "organiser")).json()["items"]
    assert [line["kind"] for line in lines if line["kind"].startswith(("DeviceNeeds", "DeviceWorks"))] == [
        "DeviceNeedsSomebody",
        "DeviceWorksAgain",
    ]


async def test_a_queue_is_in_calling_order_and_says_why_without_a_name(machine: Machine) -> None:
    await machine.open_desks()
    for name in ("First Person", "Second Person"):
        await _walk_in(machine, "legal", role="receptionist", name=name)
        machine.site.set_time(machine.site.hall.now + timedelta(minutes=7))
    desk = machine.site.hall.desks[1]

    queue = await machine.get(f"/desks/{desk.id}/queue", "officer", desk=desk)
    page = await machine.get(f"/desks/{desk.id}/queue", "officer", desk=desk, limit=1)
    items = queue.json()["items"]
    assert [{name: line[name] for name in ("number", "service_key", "because", "mediator")} for line in items] == [
        {
            "number": 100,
            "service_key": "legal",
            "because": "waited 14 min, her talks today still take about 20 min",
            "mediator": None,
        },
        {
            "number": 101,
            "service_key": "legal",
            "because": "waited 7 min, her talks today still take about 20 min",
            "mediator": None,
        },
    ]
    assert (page.json(), "Person" in queue.text) == ({"items": items[:1], "next": 1}, False)


async def test_nobody_to_call_leaves_a_desk_as_it_is_or_ready(machine: Machine) -> None:
    closed = await _call(machine)
    assert (closed.status_code, closed.json()["code"]) == (409, "desk_not_open")
    await machine.open_desks()

    assert (await _call(machine)).status_code == 204
    await _walk_in(machine, "legal")
    assert (await machine.get(f"/days/{machine.day}/board", "display")).json()["calls"] == []
    called = await _call(machine)
    assert (called.status_code, await _act(machine, called.json()["stop"], "finish")) == (201, (200, "finished"))

    assert (await _call(machine, standing=True)).status_code == 204
    await _walk_in(machine, "legal")
    board = (await machine.get(f"/days/{machine.day}/board", "display")).json()
    assert [(call["number"], call["desk"], call["said"]) for call in board["calls"]] == [(101, 1, 1), (100, 1, 1)]
    after = (await machine.get(f"/days/{machine.day}/board", "display", after=board["last"])).json()
    assert after["last"] == board["last"]
    already = await _call(machine)
    assert (already.status_code, already.json()["number"]) == (200, 101)


async def test_every_act_at_a_stop_has_its_answer(machine: Machine) -> None:
    await machine.open_desks()
    visit = (await _walk_in(machine, "legal"))["visit"]
    stop = (await _call(machine)).json()["stop"]

    assert await _act(machine, stop, "no-show") == (200, "waiting")
    assert await _act(machine, stop, "no-show") == (409, "move_refused")
    assert await _act(machine, stop, "undo") == (200, "called")
    assert await _act(machine, stop, "park", {"minutes": 5}) == (200, "parked")
    assert await _act(machine, stop, "undo") == (200, "called")
    assert await _act(machine, stop, "transfer", {}) == (422, "invalid_input")
    assert await _act(machine, stop, "transfer", {"service": "no-such-help"}) == (422, "service_unknown")
    other = machine.site.hall.desks[4].id
    assert await _act(machine, stop, "transfer", {"desk": str(other)}) == (404, "desk_unknown")
    assert await _act(machine, stop, "transfer", {"service": "social"}) == (200, "waiting")
    machine.site.set_time(machine.site.hall.now + timedelta(seconds=40))
    assert await _act(machine, stop, "undo") == (409, "undo_too_late")
    again = await _call(machine, 2)
    assert (again.status_code, again.json()["stop"], again.json()["service_key"]) == (201, stop, "social")
    desk = machine.site.hall.desks[2]
    busy = await machine.post(f"/desks/{desk.id}/close", role="officer", desk=desk)
    assert (busy.status_code, busy.json()["code"]) == (409, "desk_serving")
    assert await _act(machine, stop, "finish", {"outcome": "come_again"}, number=2) == (200, "finished")
    left = await machine.post(f"/visits/{visit}/leave", {"reason": "own_wish"}, "receptionist")
    assert (left.status_code, left.json()) == (200, {"visit": visit, "number": 100, "state": "completed"})


async def test_a_stop_is_proposed_without_consent_and_waits_with_it(machine: Machine) -> None:
    ticket = await _walk_in(machine, "legal")
    path = f"/visits/{ticket['visit']}/stops"
    desk = machine.site.hall.desks[1]

    answers = [
        await machine.post(path, {"service": "residence"}, "officer", desk=desk),
        await machine.post(
            path, {"service": "labour", "consent": "given", "how": "said_to_officer"}, "officer", desk=desk
        ),
        await machine.post(path, {"service": "social", "consent": "given"}, "receptionist"),
        await machine.post(path, {"service": "residence", "consent": "given", "how": "phone"}, "receptionist"),
    ]
    assert [(answer.status_code, answer.json()["state"]) for answer in answers] == [
        (201, "proposed"),
        (201, "waiting"),
        (201, "waiting"),
        (201, "waiting"),
    ]
    assert answers[0].json()["stop"] == answers[3].json()["stop"]
    left = await machine.post(f"/visits/{ticket['visit']}/leave", None, "officer", desk=desk)
    again = await machine.post(path, {"service": "residence"}, "receptionist")
    assert (left.json()["state"], again.status_code, again.json()["code"]) == ("left", 409, "visit_over")


async def test_an_organiser_counts_and_reads_what_happened(machine: Machine) -> None:
    await machine.open_desks()
    await machine.book("legal", name="Canary Person", contact="canary@mail.example")
    await _walk_in(machine, "legal", "residence")
    called = (await _call(machine)).json()

    overview = (await machine.get(f"/days/{machine.day}/overview", "organiser")).json()
    assert {name: overview[name] for name in ("bookings", "visits", "stops", "waiting")} == {
        "bookings": {"confirmed": 1},
        "visits": {"open": 1},
        "stops": {"called": 1, "waiting": 1},
        "waiting": {"residence": 1},
    }
    assert [(desk["number"], desk["state"], desk["at_desk"], desk["stop_state"]) for desk in overview["desks"]][:2] == [
        (1, "open", 101, "called"),
        (2, "open", None, None),
    ]
    whole = await machine.get(f"/days/{machine.day}/ledger", "organiser")
    first = (await machine.get(f"/days/{machine.day}/ledger", "organiser", limit=4)).json()
    rest = (await machine.get(f"/days/{machine.day}/ledger", "organiser", after=first["next"])).json()
    kinds = [line["kind"] for line in whole.json()["items"] if not line["kind"].startswith("Device")]
    assert first["items"] + rest["items"] == whole.json()["items"]
    assert kinds[-4:] == ["BookingHeld", "BookingConfirmed", "WalkInIssued", "StopCalled"]
    assert whole.json()["items"][-1]["stop"] == called["stop"]
    assert [word for word in ("Canary", "canary") if word in whole.text] == []
