"""Who may see and do what: institutions apart (R14), no person's data but her own (R15), private stops (R19)."""

from datetime import date
from typing import Any

import httpx
import sqlalchemy as sa

from onestop.accounts.actions import create_token, revoke_token
from onestop.booking.tables import stops
from onestop.days.actions import create_day
from onestop.days.dayfile import read_template
from onestop.directory.tables import services
from onestop.domain.roles import SYSTEM, Grant, Role
from onestop.web.kit.sessions import DEVICE_COOKIE, SESSION_COOKIE
from tests.web.api.machine import Machine

UNKNOWN = "0192f7f0-0000-7000-8000-000000000000"
STOP_ACTS = ("recall", "serve", "finish", "no-show", "park", "undo")


def _told(answer: httpx.Response) -> tuple[int, dict[str, Any]]:
    return answer.status_code, answer.json()


async def test_foreign_desks_stops_and_visits_answer_like_unknown_ones(machine: Machine) -> None:
    await machine.open_desks()
    own, foreign = machine.site.hall.desks[4], machine.site.hall.desks[1]
    visit = (await machine.post(f"/days/{machine.day}/visits", {"services": ["legal"]}, "kiosk")).json()["visit"]
    stop = (await machine.post(f"/desks/{foreign.id}/calls", {}, "officer", desk=foreign)).json()["stop"]
    before = machine.site.database.read_now(_stops)

    async def ask(method: str, path: str, body: Any = None) -> tuple[int, dict[str, Any]]:
        if method == "GET":
            return _told(await machine.get(path, "officer", desk=own))
        return _told(await machine.post(path, body, "officer", desk=own))

    asked = [
        ("GET", "/desks/{}/queue", foreign.id, None),
        *(("POST", f"/desks/{{}}/{act}", foreign.id, None) for act in ("calls", "open", "pause", "close")),
        *(("POST", f"/stops/{{}}/{act}", stop, None) for act in STOP_ACTS),
        ("POST", "/stops/{}/transfer", stop, {"desk": str(own.id)}),
        ("POST", "/visits/{}/stops", visit, {"service": "residence"}),
        ("POST", "/visits/{}/leave", visit, None),
    ]
    for method, path, foreign_id, body in asked:
        met = await ask(method, path.format(foreign_id), body)
        assert met == await ask(method, path.format(UNKNOWN), body)
        assert met[0] == 404
    assert machine.site.database.read_now(_stops) == before


async def test_a_token_of_another_day_sees_none_of_this_one(machine: Machine) -> None:
    hall = machine.site.hall
    desk = hall.desks[1]
    site = machine.site
    other_day = site.database.write_now(
        create_day, read_template("iom-bratislava"), on=date(2026, 12, 10), actor=SYSTEM, now=site.database.now()
    )
    for role, method, path in (
        (Role.ORGANISER, "GET", f"/days/{machine.day}/ledger"),
        (Role.RECEPTIONIST, "POST", f"/days/{machine.day}/visits"),
        (Role.OFFICER, "GET", f"/desks/{desk.id}/queue"),
    ):
        header = _token(machine, Grant(role=role, day=other_day))
        answered = await machine.client.request(
            method, f"/api/v1{path}", headers={**header, "Idempotency-Key": "x" * 20}, json={"services": ["legal"]}
        )
        assert (answered.status_code, answered.json()["code"]) in {(404, "day_unknown"), (404, "desk_unknown")}


async def test_an_officer_of_an_institution_works_at_its_desks_and_one_of_a_desk_at_hers(machine: Machine) -> None:
    hall = machine.site.hall
    house = hall.desks[1].institution.id
    for grant, allowed in (
        (Grant(role=Role.OFFICER, institution=house, day=hall.id), {1, 2, 3}),
        (Grant(role=Role.OFFICER, institution=house, day=hall.id, desk=hall.desks[2].id), {2}),
    ):
        header = _token(machine, grant)
        met = {
            number
            for number, desk in hall.desks.items()
            if (await machine.client.get(f"/api/v1/desks/{desk.id}/queue", headers=header)).status_code == 200
        }
        assert met == allowed


async def test_adding_a_stop_elsewhere_tells_nothing_of_what_is_there(machine: Machine) -> None:
    """The stop she has at the police is called already; the legal adviser who adds it hears only what she asked."""
    await machine.open_desks()
    legal, police = machine.site.hall.desks[1], machine.site.hall.desks[5]
    wish = {"services": ["legal", "employment-office"]}
    visit = (await machine.post(f"/days/{machine.day}/visits", wish, "kiosk")).json()["visit"]
    called = (await machine.post(f"/desks/{police.id}/calls", {}, "officer", desk=police)).json()

    for body, state in (({"service": "employment-office"}, "proposed"), ({"service": "legal"}, "waiting")):
        added = await machine.post(f"/visits/{visit}/stops", body, "officer", desk=legal)
        assert (added.status_code, added.json()["state"]) == (201, state)
    again = await machine.post(f"/desks/{police.id}/calls", {}, "officer", desk=police)
    assert again.json() == called


async def test_a_token_counts_only_in_its_header_and_only_while_it_lives(machine: Machine) -> None:
    site = machine.site
    path = f"/api/v1/desks/{site.desk.id}/queue"
    grant = Grant(role=Role.OFFICER)
    made = site.database.write_now(create_token, grant, actor=SYSTEM, now=site.database.now())
    bearer = {"Authorization": f"Bearer {made.token}"}

    assert (await machine.client.get(path, headers=bearer)).status_code == 200
    in_other_places = [
        await machine.client.get(path, params={"token": made.token, "access_token": made.token}),
        await machine.client.get(path, headers={"Cookie": f"{SESSION_COOKIE}={site.session('officer')}"}),
        await machine.client.get(path, headers={"Cookie": f"{DEVICE_COOKIE}={site.pair('kiosk')}"}),
        await machine.client.get(path, headers={"Authorization": f"Basic {made.token}"}),
    ]
    site.database.write_now(revoke_token, made.id, actor=SYSTEM, now=site.database.now())
    in_other_places.append(await machine.client.get(path, headers=bearer))
    assert [(answer.status_code, answer.headers["www-authenticate"]) for answer in in_other_places] == [
        (401, "Bearer")
    ] * 5


async def test_a_private_stop_is_only_a_talk_on_the_ticket_and_no_cell_of_the_overview(machine: Machine) -> None:
    machine.site.database.write_now(_make_private, "social")
    hall = machine.site.hall
    shown = (await machine.get(f"/days/{machine.day}")).json()["services"]
    assert [service["key"] for service in shown if service["private"]] == ["social"]  # named where it is chosen
    await machine.open_desks()
    ticket = (await machine.post(f"/days/{machine.day}/visits", {"services": ["social"]}, "kiosk")).json()

    async def own() -> httpx.Response:
        return await machine.get(f"/tickets/{ticket['code']}")

    overview = await machine.get(f"/days/{machine.day}/overview", "organiser")
    waiting = await own()
    desk = hall.desks[2]
    await machine.post(f"/desks/{desk.id}/calls", {}, "officer", desk=desk)
    called, board = await own(), await machine.get(f"/days/{machine.day}/board", "display")

    ledger = await machine.get(f"/days/{machine.day}/ledger", "organiser")
    for answer in (waiting, called, board, overview, ledger):
        for canary in ("social", str(hall.service("social")), "Migration Information", str(desk.institution.id)):
            assert canary not in answer.text
    stop = called.json()["stops"][0]
    assert (stop["title"], stop["service"], stop["institution"], stop["desk"]) == ("Talk at the centre", None, None, 2)
    assert overview.json()["waiting"] == {}


async def test_names_contacts_and_codes_are_in_no_answer_but_her_own(machine: Machine) -> None:
    await machine.open_desks()
    booked = await machine.book("legal", name="Canary Person", contact="canary@mail.example")
    here = await machine.post(f"/days/{machine.day}/check-ins", {"code": booked["code"]}, "kiosk")
    machine.site.set_time(machine.site.hall.day.opens_at)
    desk = machine.site.hall.desks[1]
    queue = await machine.get(f"/desks/{desk.id}/queue", "officer", desk=desk)
    called = await machine.post(f"/desks/{desk.id}/calls", {}, "officer", desk=desk)
    told = [
        queue,
        called,
        here,
        await machine.get(f"/days/{machine.day}/board", "display"),
        await machine.get(f"/days/{machine.day}/overview", "organiser"),
        await machine.get(f"/days/{machine.day}/ledger", "organiser"),
        await machine.get(f"/days/{machine.day}"),
        await machine.get(f"/tickets/{booked['code']}"),
    ]
    assert (len(queue.json()["items"]), called.status_code) == (1, 201)
    for answer in told:
        for canary in ("anary", booked["code"], booked["short_code"]):
            assert canary not in answer.text


def _token(machine: Machine, grant: Grant) -> dict[str, str]:
    database = machine.site.database
    made = database.write_now(create_token, grant, actor=SYSTEM, now=database.now())
    return {"Authorization": f"Bearer {made.token}"}


def _make_private(conn: sa.Connection, key: str) -> None:
    conn.execute(services.update().where(services.c.key == key).values(private=True))


def _stops(conn: sa.Connection) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in conn.execute(sa.select(stops).order_by(stops.c.id))]
