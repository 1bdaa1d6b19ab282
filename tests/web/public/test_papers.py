"""What to bring, from the plan to the ticket: what hangs on who comes, and what a desk cannot do without."""

import pytest

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
