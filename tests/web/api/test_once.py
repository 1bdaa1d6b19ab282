"""The same key twice: the same answer and one effect, also after a crash; R4 over HTTP."""

import asyncio
from collections.abc import Sequence
from threading import Event
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa

from onestop.domain.facts import Fact
from tests.web.api.machine import Machine


async def _overview(machine: Machine) -> dict[str, Any]:
    return (await machine.get(f"/days/{machine.day}/overview", "organiser")).json()


async def test_a_repeat_gets_the_first_answer_and_books_once(machine: Machine) -> None:
    path, key = f"/days/{machine.day}/bookings", uuid4().hex
    wish = machine.wish("legal", arrival=(await machine.arrivals())[0])

    first, again = [await machine.post(path, wish, key=key) for _ in range(2)]
    assert (first.status_code, again.status_code, first.content) == (201, 201, again.content)
    assert ("idempotency-replayed" in first.headers, again.headers["idempotency-replayed"]) == (False, "true")
    other = await machine.post(path, {**wish, "party": 2}, key=key)
    assert (other.status_code, other.json()["code"]) == (422, "key_reused")
    assert (await _overview(machine))["bookings"] == {"confirmed": 1}


async def test_every_post_needs_a_key_and_a_stranger_a_long_one(machine: Machine) -> None:
    paths = [
        (str(route.path_format), role)
        for route in machine.site.app.litestar.routes
        if "POST" in getattr(route, "methods", ()) and route.path.startswith("/api/v1/")
        for role in ("anonymous", "officer", "receptionist", "kiosk")
    ]
    met: set[tuple[int, str]] = set()
    for path, role in paths:
        filled = path.replace("{day}", machine.day)
        for name in ("desk", "stop", "visit", "hold"):
            filled = filled.replace(f"{{{name}}}", "0192f7f0-0000-7000-8000-000000000000")
        answered = await machine.client.post(filled, headers=machine.headers(role), content=b"{")
        met.add((answered.status_code, answered.json()["code"]))
    assert met == {(400, "key_needed"), (401, "sign_in_needed"), (403, "not_allowed")}

    booked = f"/days/{machine.day}/bookings"
    short = await machine.post(booked, machine.wish("legal"), key="short")
    long = await machine.post(booked, machine.wish("legal"), key="x" * 201)
    assert [(answer.status_code, answer.json()["code"]) for answer in (short, long)] == [
        (400, "key_needed"),
        (422, "invalid_input"),
    ]


async def test_one_principals_key_says_nothing_to_another_nor_to_another_address(machine: Machine) -> None:
    await machine.open_desks()
    key = "the same key for everything"
    legal, social = machine.site.hall.desks[1], machine.site.hall.desks[2]
    for service in ("legal", "social"):
        await machine.post(f"/days/{machine.day}/visits", {"services": [service]}, "kiosk", key=f"{key} {service}")

    called = [
        await machine.post(f"/desks/{desk.id}/calls", {}, "officer", desk=desk, key=key) for desk in (legal, social)
    ]
    assert [(answer.status_code, answer.json()["number"]) for answer in called] == [(201, 100), (201, 101)]
    machine.tokens.clear()  # another token of the same officer
    fresh = await machine.post(f"/desks/{legal.id}/calls", {}, "officer", desk=legal, key=key)
    assert (fresh.status_code, fresh.json()) == (200, called[0].json())


async def test_no_content_is_repeated_as_no_content(machine: Machine) -> None:
    await machine.open_desks()
    desk = machine.site.hall.desks[1]
    key = uuid4().hex
    first = await machine.post(f"/desks/{desk.id}/calls", {}, "officer", desk=desk, key=key)
    await machine.post(f"/days/{machine.day}/visits", {"services": ["legal"]}, "kiosk")
    again = await machine.post(f"/desks/{desk.id}/calls", {}, "officer", desk=desk, key=key)
    assert [(answer.status_code, answer.content) for answer in (first, again)] == [(204, b"")] * 2


async def test_after_a_crash_before_the_commit_the_same_key_acts_once(machine: Machine) -> None:
    def crash(_conn: sa.Connection, facts: Sequence[Fact]) -> None:
        if any(fact.kind == "WalkInIssued" for fact in facts):
            raise RuntimeError("the process dies here")

    path, key, wish = f"/days/{machine.day}/visits", uuid4().hex, {"services": ["legal"]}
    reactors = machine.site.database.reactors
    reactors.append(crash)
    failed = await machine.post(path, wish, "kiosk", key=key)
    reactors.remove(crash)
    assert (failed.status_code, failed.json()["code"], (await _overview(machine))["visits"]) == (500, "failed", {})

    first, again = [await machine.post(path, wish, "kiosk", key=key) for _ in range(2)]
    assert (first.status_code, first.json(), (await _overview(machine))["visits"]) == (201, again.json(), {"open": 1})


async def test_after_a_crash_behind_the_commit_the_same_key_finds_its_answer(machine: Machine) -> None:
    def crash(facts: Sequence[Fact]) -> None:
        if any(fact.kind == "WalkInIssued" for fact in facts):
            raise RuntimeError("the answer is lost")

    path, key, wish = f"/days/{machine.day}/visits", uuid4().hex, {"services": ["legal"]}
    machine.site.database.observers.append(crash)
    lost = await machine.post(path, wish, "kiosk", key=key)
    machine.site.database.observers.remove(crash)

    again = await machine.post(path, wish, "kiosk", key=key)
    assert (lost.status_code, again.status_code, again.headers["idempotency-replayed"]) == (500, 201, "true")
    assert (await _overview(machine))["visits"] == {"open": 1}


async def test_a_repeat_while_the_first_is_worked_on_is_told_to_wait(machine: Machine) -> None:
    working, go_on = Event(), Event()

    def slow(_conn: sa.Connection, _facts: Sequence[Fact]) -> None:
        working.set()
        go_on.wait(10)

    path, key, wish = f"/days/{machine.day}/visits", uuid4().hex, {"services": ["legal"]}
    machine.headers("kiosk")
    reactors = machine.site.database.reactors
    reactors.append(slow)
    first = asyncio.create_task(machine.post(path, wish, "kiosk", key=key))
    assert await asyncio.to_thread(working.wait, 10)
    met = await machine.post(path, wish, "kiosk", key=key)
    go_on.set()
    done = await first
    reactors.remove(slow)

    assert (met.status_code, met.json()["code"], met.headers["retry-after"]) == (409, "key_in_flight", "1")
    assert done.status_code == 201
    assert (await machine.post(path, wish, "kiosk", key=key)).json() == done.json()


@pytest.mark.parametrize("at_once", [8])
async def test_many_at_once_with_one_key_have_one_effect(machine: Machine, at_once: int) -> None:
    path, key, wish = f"/days/{machine.day}/visits", uuid4().hex, {"services": ["legal"]}
    machine.headers("kiosk")
    answers = await asyncio.gather(*(machine.post(path, wish, "kiosk", key=key) for _ in range(at_once)))

    assert {answer.status_code for answer in answers} <= {201, 409}
    assert len({answer.content for answer in answers if answer.status_code == 201}) == 1
    assert (await _overview(machine))["visits"] == {"open": 1}
