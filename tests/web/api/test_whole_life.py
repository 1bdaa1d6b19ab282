"""The whole life of a booking and of a visit, seen by programs."""

from datetime import timedelta

from tests.web.api.machine import Machine


async def test_a_visitor_books_arrives_is_called_and_is_done(machine: Machine) -> None:
    hall = machine.site.hall
    arrival = (await machine.arrivals("legal,residence"))[0]

    held = await machine.post(f"/days/{machine.day}/holds", {"services": ["legal", "residence"], "arrival": arrival})
    assert (held.status_code, set(held.json())) == (
        201,
        {"hold", "expires_at", "arrival", "ends_at", "no_interpreter"},
    )
    booked = await machine.post(
        f"/holds/{held.json()['hold']}/booking", {"name": "Test Person", "contact": "a@b.example"}
    )
    assert booked.status_code == 201, booked.text
    code = booked.json()["code"]
    assert booked.json()["ticket_url"] == f"http://hall.test/t/{code}"

    ticket = (await machine.get(f"/tickets/{code}")).json()
    assert [stop["state"] for stop in ticket["stops"]] == ["planned", "planned"]
    assert (ticket["booking"], ticket["visit"]) == ("confirmed", None)

    here = await machine.post(f"/days/{machine.day}/check-ins", {"code": code}, "kiosk")
    again = await machine.post(f"/days/{machine.day}/check-ins", {"code": code}, "receptionist")
    assert (here.status_code, again.status_code, here.json()) == (200, 200, again.json())

    await machine.open_desks()
    machine.site.set_time(hall.day.opens_at)
    legal, police = hall.desks[1], hall.desks[4]
    queue = (await machine.get(f"/desks/{legal.id}/queue", "officer", desk=legal)).json()
    assert [(line["number"], line["service_key"]) for line in queue["items"]] == [(100, "legal")]
    called = await machine.post(f"/desks/{legal.id}/calls", {"standing": False}, "officer", desk=legal)
    twice = await machine.post(f"/desks/{legal.id}/calls", {"standing": False}, "officer", desk=legal)
    assert (called.status_code, twice.status_code, called.json()) == (201, 200, twice.json())
    assert (called.json()["number"], called.json()["state"]) == (100, "called")
    stop = called.json()["stop"]
    for act, state in (("recall", "called"), ("serve", "serving")):
        done = await machine.post(f"/stops/{stop}/{act}", role="officer", desk=legal)
        assert (done.status_code, done.json()["state"]) == (200, state)
    serving = await machine.post(f"/desks/{legal.id}/calls", role="officer", desk=legal)
    assert (serving.status_code, serving.json()["code"]) == (409, "desk_serving")
    none = await machine.post(f"/desks/{police.id}/calls", role="officer", desk=police)
    assert (none.status_code, none.content) == (204, b"")
    machine.site.set_time(hall.now + timedelta(minutes=15))
    done = await machine.post(f"/stops/{stop}/finish", {"outcome": "settled"}, "officer", desk=legal)
    assert (done.json()["state"], done.json()["outcome"]) == ("finished", "settled")
    machine.site.set_time(hall.now + timedelta(seconds=4))
    second = await machine.post(f"/desks/{police.id}/calls", role="officer", desk=police)
    assert second.status_code == 201
    finished = await machine.post(f"/stops/{second.json()['stop']}/finish", role="officer", desk=police)
    assert finished.json()["outcome"] is None
    end = (await machine.get(f"/tickets/{code}")).json()
    assert (end["booking"], end["visit_state"]) == ("arrived", "completed")
