"""Referrals by program: made with her yes, listed for those who may know (R14, R19)."""

from typing import Any

import pytest

from tests.referrals.scene import Scene, make_scene
from tests.web.api.machine import Machine


@pytest.fixture
def scene(machine: Machine) -> Scene:
    site = machine.site
    made = make_scene(site.database, site.hall, reacts=False)
    site.set_time(site.hall.day.opens_at)
    return made


async def make(machine: Machine, stop: object, number: int = 1, **body: Any) -> tuple[int, dict[str, Any]]:
    desk = machine.site.hall.desks[number]
    answer = await machine.post(
        f"/stops/{stop}/referrals", {"reason": "permit", "consent": "given", **body}, "officer", desk=desk
    )
    return answer.status_code, answer.json()


async def listed(machine: Machine, role: str, number: int | None = None, **asked: str) -> list[dict[str, Any]]:
    desk = None if number is None else machine.site.hall.desks[number]
    answer = await machine.get("/referrals", role, desk=desk, **asked)
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def test_a_referral_is_made_and_both_ends_and_the_organiser_see_it(machine: Machine, scene: Scene) -> None:
    ticket, stop = scene.talk()
    police = scene.institution("residence")

    status, made = await make(machine, stop, institution=str(police), day="iom-bratislava-2026-12-10")

    assert status == 201
    assert made == {
        "referral": made["referral"],
        "day": machine.day,
        "number": ticket.number,
        "target": "institution",
        "sender": str(machine.site.hall.desks[1].institution.id),
        "institution": str(police),
        "service": None,
        "place": None,
        "to_day": "iom-bratislava-2026-12-10",
        "reason": "permit",
        "by": "2026-12-10",
        "private": False,
        "state": "open",
        "kept_how": None,
        "made_at": made["made_at"],
    }
    assert await listed(machine, "officer", 1) == await listed(machine, "organiser") == [made]
    assert await listed(machine, "officer", 4) == [{**made, "sender": None}]
    third = next(
        number
        for number, desk in machine.site.hall.desks.items()
        if desk.institution.id not in (police, machine.site.hall.desks[1].institution.id)
    )
    assert await listed(machine, "officer", third) == []
    assert await listed(machine, "organiser", day="iom-bratislava-2026-12-10") == [made]


async def test_without_her_yes_or_a_target_nothing_is_made(machine: Machine, scene: Scene) -> None:
    _, stop = scene.talk()
    school = str(scene.school)
    asked: list[tuple[dict[str, Any], str]] = [
        ({"place": school, "consent": None}, "referral_consent"),
        ({}, "referral_where"),
        ({"place": school, "reason": "gossip"}, "referral_why"),
        ({"place": school, "by": "2020-01-01"}, "referral_by"),
        ({"day": "no-such-day"}, "invalid_input"),
        ({"place": school, "day": machine.day}, "invalid_input"),
    ]

    met = [await make(machine, stop, **body) for body, _ in asked]

    assert [(status, body["code"]) for status, body in met] == [(422, code) for _, code in asked]
    assert scene.rows() == []


async def test_private_ones_are_in_no_list_and_a_foreign_stop_is_unknown(machine: Machine, scene: Scene) -> None:
    _, stop = scene.talk()
    status, made = await make(machine, stop, place=str(scene.shelter), reason="shelter")
    assert (status, made["private"]) == (201, True)

    foreign = await make(machine, stop, number=4, place=str(scene.school))

    assert (foreign[0], foreign[1]["code"]) == (404, "stop_unknown")
    assert await listed(machine, "organiser") == await listed(machine, "officer", 1) == []


async def test_a_list_is_given_in_pages(machine: Machine, scene: Scene) -> None:
    _, stop = scene.talk()
    for reason, body in (("school", {"place": str(scene.school)}), ("go-on", {"day": "iom-bratislava-2026-12-10"})):
        assert (await make(machine, stop, **{**body, "reason": reason}))[0] == 201

    first = (await machine.get("/referrals", "organiser", limit=1)).json()
    second = (await machine.get("/referrals", "organiser", limit=1, after=first["next"])).json()

    reasons = [item["reason"] for page in (first, second) for item in page["items"]]
    assert (sorted(reasons), second["next"]) == (["go-on", "school"], None)
