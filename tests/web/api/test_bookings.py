"""Days, arrivals, holds, bookings and tickets as anybody's program meets them."""

from datetime import datetime, timedelta
from typing import Any

from onestop.days.actions import make_invitations
from onestop.db.session import Database
from onestop.domain.roles import SYSTEM
from tests.web.api.machine import Machine


async def test_a_day_says_where_when_and_what_it_offers(machine: Machine) -> None:
    listed = (await machine.get("/days")).json()
    day = (await machine.get(f"/days/{machine.day}")).json()
    services = {service["key"]: service for service in day["services"]}

    assert listed == {"items": [day], "next": None}
    assert day["id"] == machine.day
    assert (day["zone"], day["release"], day["venue"]) == (
        "Europe/Bratislava",
        "open",
        {"name": "Migration Information Centre", "address": "Bratislava"},
    )
    assert (day["opens_at"], day["languages"]) == ("2026-12-03T08:00:00Z", ["en", "sk", "uk", "ar"])
    assert services["residence"]["institution"] == {
        "key": "foreign-police",
        "name": "Foreign Police Department",
        "authority": "police",
    }
    assert {"key": "my-rights", "says": "I have a question about the law or a letter"}.items() <= day["needs"][
        0
    ].items()
    assert day["needs"][0]["services"] == [services["legal"]["id"]]


async def test_a_draft_day_is_unknown_to_strangers_and_open_to_its_organiser(machine: Machine) -> None:
    machine.change_day(state="draft")

    assert (await machine.get("/days")).json() == {"items": [], "next": None}
    asked = [await machine.get(f"/days/{machine.day}{path}") for path in ("", "/arrivals?services=legal")]
    booked = await machine.post(f"/days/{machine.day}/bookings", machine.wish("legal"))
    assert [answer.json()["code"] for answer in (*asked, booked)] == ["day_unknown"] * 3
    assert (await machine.get(f"/days/{machine.day}", "organiser")).json()["state"] == "draft"


async def test_arrivals_come_in_pages_and_each_can_be_held(machine: Machine) -> None:
    whole = (await machine.get(f"/days/{machine.day}/arrivals", services="legal,residence", party=2)).json()
    first = (await machine.get(f"/days/{machine.day}/arrivals", services="legal,residence", party=2, limit=3)).json()
    rest = (
        await machine.get(f"/days/{machine.day}/arrivals", services="legal,residence", party=2, after=first["next"])
    ).json()

    assert first["items"] + rest["items"] == whole["items"]
    assert (len(first["items"]), whole["next"], whole["interpreter_possible"]) == (3, None, True)
    held = await machine.post(
        f"/days/{machine.day}/holds",
        {"services": ["legal", "residence"], "arrival": whole["items"][-1]["arrival"], "party": 2},
    )
    assert held.status_code == 201
    kept = datetime.fromisoformat(held.json()["expires_at"]) - machine.site.hall.now
    assert timedelta(minutes=10) <= kept < timedelta(minutes=11)
    assert held.json() == {
        "hold": held.json()["hold"],
        "expires_at": held.json()["expires_at"],
        "arrival": whole["items"][-1]["arrival"],
        "ends_at": whole["items"][-1]["ends_at"],
        "no_interpreter": False,
    }


async def test_a_time_that_is_taken_a_hold_that_is_over_and_an_unknown_one_are_told(machine: Machine) -> None:
    late = machine.wish("legal", arrival="2026-12-03T03:00:00Z")
    taken = await machine.post(f"/days/{machine.day}/holds", late)
    assert (taken.status_code, taken.json()["code"]) == (409, "arrival_taken")

    first = (await machine.arrivals())[-1]
    held = (await machine.post(f"/days/{machine.day}/holds", machine.wish("legal", arrival=first))).json()["hold"]
    machine.site.set_time(machine.site.hall.now + timedelta(minutes=11))
    gone = await machine.post(f"/holds/{held}/booking", {})
    unknown = await machine.post("/holds/0192f7f0-0000-7000-8000-000000000000/booking", {})
    assert [(answer.status_code, answer.json()["code"]) for answer in (gone, unknown)] == [(410, "hold_gone")] * 2


async def test_a_day_by_invitation_opens_to_its_code_to_the_kiosk_and_to_the_reception(machine: Machine) -> None:
    machine.change_day(release="invited")
    database: Database = machine.site.database
    [code] = database.write_now(
        make_invitations, machine.site.hall.id, count=1, uses=1, label="", actor=SYSTEM, now=database.now()
    )
    times = await machine.arrivals()
    path = f"/days/{machine.day}/bookings"

    answers = [
        await machine.post(path, machine.wish("legal", arrival=times[0])),
        await machine.post(path, machine.wish("legal", arrival=times[0], invitation="WRONG")),
        await machine.post(path, machine.wish("legal", arrival=times[0], invitation=code.lower())),
        await machine.post(path, machine.wish("legal", arrival=times[4], invitation=code)),
        await machine.post(path, machine.wish("legal", arrival=times[8]), "kiosk"),
        await machine.post(path, machine.wish("legal", arrival=times[12]), "receptionist"),
        await machine.post(path, machine.wish("legal", arrival=times[0]), "helper"),
    ]
    assert [(answer.status_code, answer.json().get("code", "")) for answer in answers if answer.status_code != 201] == [
        (403, "invitation_needed"),
        (409, "invitation_used"),
        (409, "invitation_used"),
        (403, "invitation_needed"),
    ]


async def test_a_ticket_is_seen_moved_and_cancelled_by_its_code(machine: Machine) -> None:
    services = ["legal", "residence"]
    booked = await machine.book(*services, party=2, languages=["uk", "ru"], interpreter="needed", display_language="uk")
    times = await machine.arrivals(",".join(services), languages="uk,ru", interpreter="needed")
    path = f"/api/v1/tickets/{booked['code']}"

    shown = (await machine.client.get(path)).json()
    stops = shown.pop("stops")
    assert shown == {
        "day": machine.day,
        "number": 100,
        "booking": "confirmed",
        "visit": None,
        "visit_state": None,
        "arrival": booked["arrival"],
        "ends_at": booked["ends_at"],
        "checked_in_at": None,
        "languages": ["uk", "ru"],
        "interpreter": "needed",
        "no_interpreter": False,
        "display_language": "uk",
        "party": [{"mark": 1, "child": False}, {"mark": 2, "child": False}],
        "estimate": None,
    }
    assert [
        (stop["service_key"], stop["institution"], stop["state"], stop["members"], stop["desk"]) for stop in stops
    ] == [
        ("legal", "IOM Migration Information Centre", "planned", [1, 2], None),
        ("residence", "Foreign Police Department", "planned", [1, 2], None),
    ]
    moved = await machine.client.patch(path, json={"arrival": times[-1]})
    again = await machine.client.patch(path, json={"arrival": times[-1]})
    assert (moved.status_code, moved.json()["arrival"], moved.json()) == (200, times[-1], again.json())
    nowhere = await machine.client.patch(path, json={"arrival": "2026-12-03T08:01:00Z"})
    assert (nowhere.status_code, nowhere.json()["code"]) == (409, "arrival_taken")
    assert (await machine.client.get(path)).json()["arrival"] == times[-1]

    cancelled = await machine.client.delete(path)
    twice = await machine.client.delete(path)
    assert (cancelled.status_code, cancelled.content) == (204, b"")
    assert (twice.status_code, twice.json()["code"]) == (410, "booking_cancelled")
    assert (await machine.client.get(path)).json()["booking"] == "cancelled"
    wrong = await machine.client.get(path[:-1] + ("a" if path[-1] != "a" else "b"))
    assert (wrong.status_code, wrong.json()["code"]) == (404, "ticket_unknown")


async def test_services_go_by_id_or_key_and_each_member_to_her_own(machine: Machine) -> None:
    legal = str(machine.site.hall.service("legal"))
    party = [{"mark": 1}, {"mark": 2, "services": [legal]}, {"mark": 3, "child": True, "services": ["social"]}]
    booked = await machine.book(legal, "social", party=party)

    shown = (await machine.get(f"/tickets/{booked['code']}")).json()
    # Both adults are at the legal desk, so the child is there with them.
    assert [(stop["service_key"], stop["members"]) for stop in shown["stops"]] == [
        ("legal", [1, 2, 3]),
        ("social", [1, 3]),
    ]
    assert [member["child"] for member in shown["party"]] == [False, False, True]


async def test_a_hold_keeps_who_goes_where_until_it_is_a_ticket(machine: Machine) -> None:
    party = [
        {"mark": 1, "services": ["legal"]},
        {"mark": 2, "services": ["social"]},
        {"mark": 3, "child": True, "services": ["social"]},
        {"mark": 4, "child": True, "services": []},
    ]
    wish = machine.wish("legal", "social", arrival=(await machine.arrivals())[-1], party=party)
    held = await machine.post(f"/days/{machine.day}/holds", wish)
    booked = (await machine.post(f"/holds/{held.json()['hold']}/booking", {})).json()

    shown = (await machine.get(f"/tickets/{booked['code']}")).json()
    assert [(stop["service_key"], stop["members"]) for stop in shown["stops"]] == [("legal", [1]), ("social", [2, 3])]
    # The fourth is at no desk: the parents go one after the other.
    first, then = sorted((stop["planned_at"], stop["minutes"]) for stop in shown["stops"])
    assert datetime.fromisoformat(then[0]) >= datetime.fromisoformat(first[0]) + timedelta(minutes=first[1])


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"services": []}, "no_service_chosen"),
    ({"services": ["no-such-help"]}, "service_unknown"),
    ({"services": ["0192f7f0-0000-7000-8000-000000000000"]}, "service_unknown"),
    ({"party": 11}, "party_too_big"),
    ({"party": [{"mark": 1, "child": True}]}, "child_alone"),
    ({"party": [{"mark": 1, "services": []}, {"mark": 2, "child": True}]}, "child_alone"),
    ({"party": [{"mark": 1, "services": []}]}, "invalid_input"),
    ({"party": [{"mark": 1}, {"mark": 1}]}, "invalid_input"),
    ({"party": [{"mark": 1, "services": ["residence"]}]}, "invalid_input"),
    ({"name": "x" * 300}, "name_refused"),
    ({"contact": "not @ an address"}, "contact_refused"),
    ({"contact": "12"}, "phone_refused"),
    ({"contact": {"email": "a@b.example, c@d.example"}}, "contact_refused"),
    ({"arrival": "0001-01-01T00:00:00+14:00"}, "invalid_input"),
]


async def test_what_cannot_be_booked_is_told_by_its_code_and_leaves_nothing(machine: Machine) -> None:
    arrival = (await machine.arrivals())[0]
    wish = machine.wish("legal", arrival=arrival)

    met: list[tuple[dict[str, Any], str]] = []
    for wrong, _ in REFUSED:
        answered = await machine.post(f"/days/{machine.day}/bookings", {**wish, **wrong})
        assert (answered.status_code, answered.headers["content-type"]) == (422, "application/problem+json")
        met.append((wrong, answered.json()["code"]))
    assert met == REFUSED
    assert (await machine.get(f"/days/{machine.day}/overview", "organiser")).json()["bookings"] == {}


async def test_no_stop_exists_that_was_not_listed(machine: Machine) -> None:
    """R18: also a service every party gets is only there when the program listed it."""
    machine.always("social")
    booked = await machine.book("residence")
    walked = await machine.post(f"/days/{machine.day}/visits", {"services": ["residence"]}, "kiosk")

    stops = [
        [stop["service_key"] for stop in (await machine.get(f"/tickets/{code}")).json()["stops"]]
        for code in (booked["code"], walked.json()["code"])
    ]
    assert stops == [["residence"], ["residence"]]
