"""The tally at the exit: a guide counts each person once, with a number if there is one."""

from datetime import timedelta

import sqlalchemy as sa

from onestop.db.idempotency import answers
from tests.web.organise.browsing import Organiser
from tests.web.public.test_ending import done
from tests.web.public.test_tally import counted, rows, switch_on
from tests.web.public.visitor import Visitor
from tests.web.site import Site

DAY = "iom-bratislava-2026-12-03"
PATH = f"/floor/{DAY}/tally"


async def test_a_guide_counts_who_goes_out_once_for_each_form_and_the_key_says_nothing(site: Site) -> None:
    guide = Organiser(site, "floor_guide")
    assert "has switched no question on" in (await guide.open(PATH)).text
    switch_on(site, "country", "first")
    await guide.open(PATH)
    sent = {**dict(guide.form(PATH).fields), "country": "UA", "first": "yes"}
    before = {row.key_hash for row in rows(site, answers)}
    for _ in range(2):
        answer = await guide.browser.post(PATH, data=sent)
        assert answer.headers["location"] == f"{PATH}?counted=1"
    assert counted(site) == {"country": {"UA": 1}, "first": {"yes": 1}}
    kept = [row for row in rows(site, answers) if row.key_hash not in before]
    assert [(row.body_hash, row.created_at.minute, row.created_at.second) for row in kept] == [
        ("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", 0, 0)  # of nothing
    ]

    page = await guide.open(f"{PATH}?counted=1")
    assert "Counted. Thank you." in page.text
    await guide.send(PATH, skip="1", country="VN")
    assert counted(site)["country"] == {"UA": 1, "skipped": 1}


async def test_a_number_keeps_her_ticket_from_asking_and_a_wrong_one_keeps_what_was_typed(site: Site) -> None:
    switch_on(site, "country")
    visitor, code = Visitor(site.browser()), done(site)
    number = site.database.read_now(lambda conn: conn.execute(sa.text("SELECT max(number) FROM parties")).scalar_one())
    guide = Organiser(site, "floor_guide")
    await guide.open(PATH)
    for typed, status in (("12a", 422), ("999", 404)):
        wrong = await guide.send(PATH, number=typed, country="SY")
        assert (wrong.status_code, guide.form(PATH)["country"], guide.form(PATH)["number"]) == (status, "SY", typed)
    await guide.send(PATH, number=str(number), country="SY")
    assert counted(site) == {"country": {"SY": 1}}
    again = await guide.send(PATH, number=str(number), country="SY")
    assert "was asked before" in again.text
    assert "tally-form" not in (await visitor.open(f"/t/{code}/tally")).forms
    assert counted(site) == {"country": {"SY": 1}}


async def test_once_the_sums_are_told_nothing_is_counted_any_more(site: Site) -> None:
    """Whoever reads sums that stand still sees nobody's answer in them."""
    switch_on(site, "country")
    guide = Organiser(site, "floor_guide")
    site.set_time(site.hall.day.answered_until - timedelta(seconds=1))
    await guide.open(PATH)
    in_time = await guide.send(PATH, country="UA")
    site.set_time(site.hall.day.answered_until)
    late = await guide.send(PATH, country="SY")

    assert ("Counted. Thank you." in in_time.text, late.status_code) == (True, 409)
    assert "Nothing is counted for this day any more." in late.text
    assert counted(site) == {"country": {"UA": 1}}
