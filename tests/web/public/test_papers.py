"""What to bring, from the plan to the ticket: what hangs on who comes, and what a desk cannot do without."""

import pytest
import sqlalchemy as sa

from onestop.booking.tables import parties
from onestop.db.ledger import facts
from tests.web.public.visitor import Visitor, book, need, open_day
from tests.web.site import Site

CERTIFICATES = "The birth certificates of your children"


async def test_the_plan_says_the_condition_and_the_ticket_knows_whether_it_holds(site: Site) -> None:
    open_day(site)
    visitor = Visitor(site.browser())
    await visitor.open(f"/d/{site.hall.day.slug}")
    plan = await visitor.press("needs-form", needs=[need("residence-permit")])
    assert f"{CERTIFICATES}, if children come" in plan.text
    assert '<li class="only-children">' in plan.html

    alone = await book(visitor, site, "residence-permit")
    family = await book(Visitor(site.browser()), site, "residence-permit", children="1")

    assert (CERTIFICATES in alone.text, CERTIFICATES in family.text) == (False, True)
    assert "if children come" not in family.text
    printed = await visitor.open(f"{visitor.path.split('?')[0]}/print")
    assert ("What to bring" in printed.text, CERTIFICATES in printed.text) == (True, False)


async def test_who_brings_her_passport_is_not_asked_for_another_paper_with_her_name(site: Site) -> None:
    open_day(site)
    paper, passport = "A passport or another paper with your name", "Your passport"
    rights = await book(Visitor(site.browser()), site, "my-rights")
    both = await book(Visitor(site.browser()), site, "my-rights", "residence-permit")

    assert (paper in rights.text, passport in rights.text) == (True, False)
    assert (paper in both.text, f"{passport} (needed)" in both.text) == (False, True)


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "Without your passport this desk cannot help you."),
        ("sk", "Bez cestovného pasu vám pri tomto pulte nepomôžu."),
        ("uk", "Без паспорта за цим столом вам не зможуть допомогти."),
        ("ar", "بدون جواز سفرك لا يستطيع هذا المكتب مساعدتك."),
    ],
)
async def test_what_a_desk_cannot_do_without_is_said_before_booking(site: Site, language: str, sentence: str) -> None:
    open_day(site)
    visitor = Visitor(site.browser())
    await visitor.open(f"/d/{site.hall.day.slug}?lang={language}")
    rights = await visitor.press("needs-form", needs=[need("my-rights")])
    assert sentence not in rights.text
    await visitor.open(f"/d/{site.hall.day.slug}?lang={language}")
    permit = await visitor.press("needs-form", needs=[need("residence-permit")])

    assert permit.text.count(sentence) == 1


def kept(site: Site) -> list[list[str]]:
    """What is stored of ticks, of all parties that were not erased."""
    return [row.papers_ready for row in site.database.read_now(lambda conn: conn.execute(sa.select(parties)).all())]


def ticks(site: Site) -> int:
    query = sa.select(sa.func.count()).select_from(facts).where(facts.c.kind == "PapersTicked")
    return site.database.read_now(lambda conn: conn.execute(query).scalar_one())


async def test_she_ticks_the_papers_she_has_and_finds_them_ticked(site: Site) -> None:
    open_day(site)
    visitor = Visitor(site.browser())
    ticket = await book(visitor, site, "residence-permit", "find-work")
    form = ticket.forms["papers-form"]
    assert form.values("ready") == []
    assert form.choices("ready")[0] == "passport"
    assert "Nobody else sees it." in ticket.text

    await visitor.press("papers-form", ready=["passport", "fee", "a-paper-of-nobody"])
    again = await visitor.press("papers-form")
    assert (again.forms["papers-form"].values("ready"), ticks(site)) == (["passport", "fee"], 1)

    await visitor.press("papers-form", ready=["fee"])
    assert (kept(site), ticks(site)) == ([["fee"]], 2)


async def test_a_tick_of_a_paper_that_was_not_on_the_page_stays_through_a_changed_list(site: Site) -> None:
    open_day(site)
    visitor = Visitor(site.browser())
    await book(visitor, site, "residence-permit")
    await visitor.press("papers-form", ready=["passport", "photo"])

    old = await visitor.open(visitor.path.split("?")[0])
    fields = [(name, value) for name, value in old.forms["papers-form"].fields if value != "photo"]
    await visitor.send(old.forms["papers-form"].action, "POST", fields)

    assert kept(site) == [["passport", "photo"]]


async def test_only_the_long_code_ticks_and_nothing_is_shown_to_whoever_has_the_short_one(site: Site) -> None:
    open_day(site)
    visitor = Visitor(site.browser())
    await book(visitor, site, "residence-permit")
    await visitor.press("papers-form", ready=["passport"])
    other = Visitor(site.browser())
    found = site.hall.book(site.hall.wish("residence"))
    await other.open(f"/d/{site.hall.day.slug}")
    await other.open("/")
    page = await other.press("find-form", code=found.short, day=site.hall.day.slug)

    assert ("What to bring" in page.text, "papers-form" in page.forms) == (True, False)
    sent = await other.browser.post(
        f"{other.path.split('?')[0]}/papers", data={"shown": "passport", "ready": "passport"}
    )
    assert (sent.status_code, sorted(kept(site))) == (404, [[], ["passport"]])


async def test_ticks_are_erased_with_the_person(site: Site) -> None:
    open_day(site)
    visitor = Visitor(site.browser())
    await book(visitor, site, "residence-permit")
    await visitor.press("papers-form", ready=["passport"])
    party = site.database.read_now(lambda conn: conn.execute(sa.select(parties.c.id)).scalar_one())
    assert kept(site) == [["passport"]]

    await visitor.open(f"{visitor.path.split('?')[0].split('#')[0]}/erase")
    await visitor.press("erase-form")

    row = site.database.read_now(lambda conn: conn.execute(sa.select(parties).where(parties.c.id == party)).one())
    assert (row.answers, row.papers_ready, row.erased_at is not None) == ([], [], True)
