"""Papers with a condition: every message and ticket asks for the same ones."""

from collections.abc import Sequence
from dataclasses import replace

from onestop.db.session import Database
from onestop.directory.papers import asked_papers
from onestop.domain.checklist import Coming
from onestop.notify.queries import PaperTold, Terms, told_of
from onestop.visits.queries.ticket import ticket_state
from tests.halls import TestDay, make_test_day

FIXED = ["passport", "photo", "address-proof"]


def told(hall: TestDay, *, answers: Sequence[str] = (), adults: int = 1, children: int = 0) -> list[tuple[str, str]]:
    """What a message asks for, with the condition that is open."""
    ticket = hall.book(replace(hall.wish("residence", adults=adults, children=children), answers=tuple(answers)))
    found = hall.db.read_now(told_of, ticket.party)
    assert found is not None
    state = hall.db.read_now(ticket_state, ticket.party)
    coming = Coming(adults=adults, children=children)
    shown = asked_papers(state.stops[0].papers, coming=coming, said=state.answers)
    papers = [(paper.key, paper.only) for paper in found.terms.papers]
    assert papers == [(paper.key, paper.condition if asked == "if" else "") for paper, asked in shown]
    return papers


def test_birth_certificates_of_children_are_asked_for_only_if_children_come(database: Database) -> None:
    hall = make_test_day(database)
    plain = [(key, "") for key in FIXED]
    card = ("residence-card", "permit:extend")

    assert told(hall) == [*plain, card, ("fee", "")]
    assert told(hall, adults=2) == [*plain, card, ("fee", "")]
    assert told(hall, children=2) == [*plain, card, ("children-birth", ""), ("fee", "")]


def test_an_answer_decides_whether_a_paper_is_asked_for(database: Database) -> None:
    hall = make_test_day(database)

    assert told(hall, answers=["permit:first"]) == [(key, "") for key in (*FIXED, "fee")]
    assert told(hall, answers=["permit:extend"]) == [(key, "") for key in (*FIXED, "residence-card", "fee")]


def test_the_outbox_of_an_older_release_is_still_read(database: Database) -> None:
    hall = make_test_day(database)
    found = hall.db.read_now(told_of, hall.book(hall.wish("residence", children=1)).party)
    assert found is not None
    kept = found.terms.to_json()
    assert Terms.from_json(kept) == found.terms

    kept["papers"] = ["passport", "fee"]
    assert Terms.from_json(kept).papers == (PaperTold(key="passport"), PaperTold(key="fee"))
