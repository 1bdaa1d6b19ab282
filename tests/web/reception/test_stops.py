"""Steps sent elsewhere, outcomes put right, and a ticket of her own, on the visitor's page."""

from uuid import UUID

from onestop.domain.visit import Outcome
from onestop.visits.actions.apart import talk_apart
from onestop.visits.actions.calls import finish
from onestop.visits.actions.rows import stop_row
from onestop.visits.queries.people import Standing
from onestop.visits.queries.visitor import visitor
from tests.halls import KEY
from tests.web.hall_desk import Staff


def undo_of(reception: Staff, party: UUID) -> dict[str, str]:
    known = reception.hall.db.read_now(visitor, reception.hall.id, party, now=reception.hall.now)
    assert known.undo is not None
    return {"stop": str(known.undo[0]), "act": str(known.undo[1])}


async def test_a_waiting_step_is_sent_to_another_service_of_its_institution_and_back(reception: Staff) -> None:
    hall = reception.hall
    reception.open()
    ticket, _ = hall.walk_in(hall.wish("legal"))
    stop = reception.stop(ticket)
    other, foreign = (f'value="{hall.service(key)}"' for key in ("social", "residence"))
    shown = (await reception.look(reception.path(ticket))).split(f'id="send-{stop}"')[1].split("</details>")[0]
    path = reception.path(ticket, f"/stops/{stop}/send")

    sent = await reception.press(path, {"to": str(hall.service("social"))})
    after, there = await reception.look(sent.headers["location"]), reception.stops(ticket)
    rubbish = await reception.press(path, {"to": "desk 2"})
    outside = await reception.press(path, {"to": str(hall.service("residence"))})
    undone = await reception.press(reception.path(ticket, "/undo"), undo_of(reception, ticket.party))

    assert (other in shown, foreign in shown) == (True, False)
    assert "She waits for the first free desk now. Her place is kept." in after
    assert f"#stop-{stop}" in sent.headers["location"]
    assert there == [("social", "waiting")]
    assert [each.status_code for each in (sent, rubbish, outside, undone)] == [303, 422, 422, 303]
    assert reception.stops(ticket) == [("legal", "waiting")]


async def test_a_wrong_outcome_is_seen_and_put_right_and_a_private_one_is_not_told(reception: Staff) -> None:
    hall = reception.hall
    reception.open()
    ticket, _ = hall.walk_in(hall.wish("legal", adults=2))
    legal = hall.next(1).stop
    hall.write(finish, legal, outcome=Outcome.ADVISED)
    shown = await reception.look(reception.path(ticket))
    path = reception.path(ticket, f"/stops/{legal}/outcome")

    put_right = await reception.press(path, {"outcome": "papers_missing"})
    after = await reception.look(put_right.headers["location"])
    unknown = await reception.press(path, {"outcome": "angry"})
    undone = await reception.press(reception.path(ticket, "/undo"), undo_of(reception, ticket.party))

    assert ("Advised" in shown, "Correct how it ended" in shown) == (True, True)
    assert "The outcome is corrected." in after
    assert (put_right.status_code, unknown.status_code, undone.status_code) == (303, 422, 303)
    assert reception.holder(ticket).stops[0].outcome is Outcome.ADVISED
    assert reception.facts("OutcomeCorrected") == [
        ("OutcomeCorrected", {"outcome": "papers_missing", "was": "advised"})
    ]

    _, came = hall.walk_in(hall.wish("social", adults=2))
    given = hall.write(talk_apart, came, mark=2, services=[hall.service("legal")], key=KEY)
    reception.later(minutes=1)
    quiet = hall.next(1).stop
    assert quiet == given.stop
    hall.write(finish, quiet, outcome=Outcome.SETTLED)
    hers = hall.db.read_now(lambda conn: stop_row(conn, given.stop).party_id)
    at = f"{reception.home}/parties/{hers}"
    private = await reception.look(at)
    refused = await reception.press(f"{at}/stops/{quiet}/outcome", {"outcome": "advised"})
    assert ("Settled" in private, "Correct how it ended" in private, refused.status_code) == (False, False, 422)


async def test_one_of_two_gets_a_ticket_of_her_own_and_the_others_page_stays_as_it_was(reception: Staff) -> None:
    hall = reception.hall
    reception.open()
    ticket, _ = hall.walk_in(hall.wish("legal", adults=2))
    before, page = reception.holder(ticket), await reception.look(reception.path(ticket))
    form = await reception.look(reception.path(ticket, "/own"))
    sent = {"who": "a2", "services": str(hall.service("social")), "_key": "k" * 22}

    given = [await reception.press(reception.path(ticket, "/own"), sent) for _ in range(2)]
    hers = given[0].headers["location"]
    shown = await reception.look(hers)
    party = hers.split("/parties/")[1].split("?")[0]

    assert ("One of them alone: own ticket" in page, 'value="a2"' in form) == (True, True)
    assert [(each.status_code, each.headers["location"]) for each in given] == [(303, hers)] * 2
    assert "A ticket for this person alone." in shown
    assert "Talk at the centre" in shown
    assert str(ticket.number) not in shown.split('id="stops-title"')[1]
    assert reception.holder(ticket) == before
    assert str(ticket.party) not in shown

    undone = await reception.press(f"{reception.home}/parties/{party}/undo", undo_of(reception, UUID(party)))
    assert (undone.status_code, undone.headers["location"]) == (303, reception.home)
    assert (await reception.browser.get(f"{reception.home}/parties/{party}")).status_code == 404


async def test_a_ticket_of_her_own_needs_somebody_and_a_talk(reception: Staff) -> None:
    hall = reception.hall
    couple, _ = hall.walk_in(hall.wish("legal", adults=2))
    alone, _ = hall.walk_in(hall.wish("legal"))

    nobody = await reception.press(reception.path(couple, "/own"), {"services": str(hall.service("social"))})
    nothing = await reception.press(reception.path(couple, "/own"), {"who": "a1"})
    single = await reception.browser.get(reception.path(alone, "/own"))

    assert (nobody.status_code, nothing.status_code) == (422, 422)
    assert 'value="a1" required checked' in nothing.text or 'value="a1" checked' in nothing.text
    assert (single.status_code, single.headers["location"]) == (303, reception.path(alone))
    assert reception.standing(couple) is Standing.HERE
