"""The tally on a ticket: after the visit, once, refused with one press, in four languages, and only ever counted."""

from typing import Any

import pytest
import sqlalchemy as sa

from onestop.booking.tables import parties
from onestop.db.idempotency import answers
from onestop.db.ledger import facts
from onestop.domain.tally import COUNTRIES, STATELESS, TallyQuestion
from onestop.visits.actions.calls import finish
from onestop.visits.actions.undo import undo
from onestop.visits.queries.tally import tally_of
from tests.visits.test_tally import ask
from tests.web.public.test_ending import done, walk_in
from tests.web.public.test_weight import MOST, weight
from tests.web.public.visitor import Visitor
from tests.web.site import Site

EVERY = [question.value for question in TallyQuestion]


def switch_on(site: Site, *questions: str) -> None:
    site.database.write_now(ask, *(questions or EVERY))


def counted(site: Site) -> dict[str, dict[str, int]]:
    found = site.database.read_now(tally_of, [site.hall.id]).get(site.hall.id, {})
    return {question.value: dict(answers) for question, answers in found.items()}


def rows(site: Site, table: sa.Table) -> list[Any]:
    return list(site.database.read_now(lambda conn: conn.execute(sa.select(table)).all()))


async def test_after_the_two_questions_the_ticket_asks_for_the_statistics_and_thanks_once(site: Site) -> None:
    switch_on(site)
    visitor, code = Visitor(site.browser()), done(site)
    page = await visitor.open(f"/t/{code}")
    assert ("end-form" in page.forms, "tally-skip" in page.forms) == (True, False)

    page = await visitor.press("end-form", "Send", got="yes")
    assert visitor.path.endswith("/tally")
    asked = page.forms["tally-form"]
    assert {name: asked.values(name) for name in EVERY} == {name: [] for name in EVERY}
    assert set(asked.choices("country")) == {"", STATELESS, *COUNTRIES}
    thanked = await visitor.press("tally-form", "Send", country="UA", group="protection", first="yes")

    assert "Thank you." in thanked.text
    assert not {"tally-skip", "tally-form", "end-form"} & thanked.forms.keys()
    assert counted(site) == {"country": {"UA": 1}, "group": {"protection": 1}, "first": {"yes": 1}}
    await visitor.open(f"/t/{code}/tally")
    assert visitor.path.split("?")[0].endswith(code)


async def test_no_thank_you_is_one_press_on_the_ticket_and_counts_as_left_out(site: Site) -> None:
    switch_on(site, "group", "first")
    visitor, code = Visitor(site.browser()), done(site)
    await visitor.open(f"/t/{code}")
    page = await visitor.press("end-form", "No, thank you")
    assert "tally-skip" in page.forms
    page = await visitor.press("tally-skip", "No, thank you")
    assert ("tally-skip" in page.forms, counted(site)) == (
        False, {"group": {"skipped": 1}, "first": {"skipped": 1}},
    )  # fmt: skip


async def test_a_double_press_and_answers_nobody_offers_count_once_and_as_nothing(site: Site) -> None:
    switch_on(site, "country", "first")
    visitor, code = Visitor(site.browser()), done(site)
    path = (await visitor.open(f"/t/{code}/tally")).forms["tally-form"].action
    for _ in range(2):
        await visitor.send(path, "post", [("country", "ATLANTIS"), ("first", "no"), ("group", "work")])

    assert counted(site) == {"country": {"skipped": 1}, "first": {"no": 1}}


async def test_a_day_without_questions_and_a_visit_that_goes_on_ask_nothing(site: Site) -> None:
    visitor = Visitor(site.browser())
    code, stop = walk_in(site)
    switch_on(site)
    assert "tally-form" not in (await visitor.open(f"/t/{code}/tally")).forms
    site.hall.write(finish, stop)
    await visitor.open(f"/t/{code}/tally")
    site.hall.write(undo, stop)
    page = await visitor.press("tally-form", country="UA")
    assert (visitor.status, "We ask you when it is over." in page.text, counted(site)) == (409, True, {})


async def test_no_row_but_the_counters_knows_an_answer_and_no_row_its_time(site: Site) -> None:
    switch_on(site)
    visitor, code = Visitor(site.browser()), done(site)
    await visitor.open(f"/t/{code}/tally")
    before = {table.name: rows(site, table) for table in (facts, answers)}
    ticket = next(row for row in rows(site, parties) if row.asked_tally is False)
    await visitor.press("tally-form", "Send", country="VN", group="asylum", first="no")

    assert {table.name: rows(site, table) for table in (facts, answers)} == before
    after = next(row for row in rows(site, parties) if row.id == ticket.id)
    assert after._asdict() == {**ticket._asdict(), "asked_tally": True}


@pytest.mark.parametrize("language", ["en", "sk", "uk", "ar"])
async def test_the_questions_weigh_no_more_than_other_pages_and_need_no_script(site: Site, language: str) -> None:
    switch_on(site)
    visitor, code = Visitor(site.browser()), done(site)
    page = await visitor.open(f"/t/{code}/tally?lang={language}")
    assert "<script" not in page.html
    assert weight(page) <= MOST
    await visitor.press("tally-form", first="yes")
    assert counted(site)["first"] == {"yes": 1}
