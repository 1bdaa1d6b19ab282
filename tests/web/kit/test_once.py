"""The same press twice has one effect and one answer (R4)."""

import asyncio

import sqlalchemy as sa

from onestop.db.ledger import facts
from onestop.web.kit.forms import new_key
from tests.web.site import Site


def _happened(site: Site) -> int:
    def count(conn: sa.Connection) -> int:
        return conn.execute(sa.select(sa.func.count()).where(facts.c.kind.in_(("Probed", "Changed")))).scalar_one()

    return site.database.read_now(count)


async def test_a_form_sent_twice_acts_once_and_leads_to_the_same_page(probed_twice: Site) -> None:
    browser, form = probed_twice.browser(), {"_key": new_key(), "kind": "Probed"}

    first = await browser.post("/probe/once", data=form)
    second = await browser.post("/probe/once", data=form)

    assert (first.status_code, second.status_code) == (303, 303)
    assert (first.headers["location"], _happened(probed_twice)) == (second.headers["location"], 1)


async def test_a_form_changed_after_going_back_is_a_fresh_submit(probed_twice: Site) -> None:
    browser, key = probed_twice.browser(), new_key()
    first = await browser.post("/probe/once", data={"_key": key, "kind": "Probed"})

    second = await browser.post("/probe/once", data={"_key": key, "kind": "Changed"})

    assert second.status_code == 303
    assert first.headers["location"] != second.headers["location"]
    assert _happened(probed_twice) == 2


async def test_a_refusal_is_not_kept_and_the_same_form_may_succeed_later(probed_twice: Site) -> None:
    browser, key = probed_twice.browser(), new_key()
    refused = [await browser.post("/probe/once", data={"_key": key, "kind": "taken"}) for _ in range(2)]

    assert [answer.status_code for answer in refused] == [409, 409]
    assert _happened(probed_twice) == 0


async def test_another_person_does_not_get_the_first_ones_answer(probed_twice: Site) -> None:
    form = {"_key": new_key(), "kind": "Probed"}
    answers = [await probed_twice.sign_in("organiser").post("/probe/once", data=form) for _ in range(2)]

    assert answers[0].headers["location"] != answers[1].headers["location"]
    assert _happened(probed_twice) == 2


async def test_a_form_without_a_key_just_acts(probed_twice: Site) -> None:
    browser = probed_twice.browser()
    for key in ("", "short"):
        await browser.post("/probe/once", data={"_key": key, "kind": "Probed"})

    assert _happened(probed_twice) == 2


async def test_a_machines_key_gives_the_same_answer_or_refuses_another_body(probed_twice: Site) -> None:
    machine = probed_twice.browser(headers={**probed_twice.token("organiser"), "Idempotency-Key": "k1"})

    first = await machine.post("/api/v1/probe/once", content="Probed")
    again = await machine.post("/api/v1/probe/once", content="Probed")
    other = await machine.post("/api/v1/probe/once", content="Changed")

    assert (first.status_code, again.status_code, first.content) == (201, 201, again.content)
    assert (first.headers.get("idempotency-replayed"), again.headers["idempotency-replayed"]) == (None, "true")
    assert (other.status_code, other.json()["code"], _happened(probed_twice)) == (422, "key_reused", 1)


async def test_a_machine_needs_a_key_and_a_stranger_a_long_one(probed_twice: Site) -> None:
    signed_in, stranger = probed_twice.browser(headers=probed_twice.token("organiser")), probed_twice.browser()
    answers = [
        await signed_in.post("/api/v1/probe/once", content="Probed"),
        await stranger.post("/api/v1/probe/once", content="Probed", headers={"Idempotency-Key": "k1"}),
    ]

    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(400, "key_needed")] * 2
    long = await stranger.post("/api/v1/probe/once", content="Probed", headers={"Idempotency-Key": new_key()})
    assert (long.status_code, _happened(probed_twice)) == (201, 1)


async def test_the_same_key_at_the_same_moment_acts_once(probed_twice: Site) -> None:
    machine = probed_twice.browser(headers={**probed_twice.token("organiser"), "Idempotency-Key": "k1"})

    answers = await asyncio.gather(*(machine.post("/api/v1/probe/once", content="Probed") for _ in range(8)))

    met = {answer.status_code for answer in answers}
    assert _happened(probed_twice) == 1
    assert met <= {201, 409}
    assert len({answer.content for answer in answers if answer.status_code == 201}) == 1
    assert all(answer.headers["retry-after"] == "1" for answer in answers if answer.status_code == 409)


async def test_one_key_for_two_things_is_two_requests(probed_twice: Site) -> None:
    machine = probed_twice.browser(headers={**probed_twice.token("organiser"), "Idempotency-Key": "k1"})

    answers = [await machine.post(f"/api/v1/probe/{thing}/once", content="Probed") for thing in ("desk-1", "desk-2")]

    assert answers[0].content != answers[1].content
    assert _happened(probed_twice) == 2
