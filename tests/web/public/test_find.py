"""The way back to a ticket: by its long code, or by the short one with its day."""

from pathlib import Path

import pytest

from onestop.days.actions import make_invitations
from onestop.db.session import open_database
from onestop.domain.day import Release
from onestop.domain.roles import SYSTEM
from onestop.web.kit.limits import Limits
from tests.web.public.visitor import Visitor, book, change_day, open_day
from tests.web.site import Site, running


async def codes(site: Site) -> tuple[str, str]:
    """The long and the short code of a booking."""
    open_day(site)
    visitor = Visitor(site.browser())
    page = await book(visitor, site, "my-rights")
    return visitor.path.partition("?")[0].removeprefix("/t/"), page.text.partition("Your code ")[2][:9]


async def find(site: Site, code: str, day: str | None = None) -> Visitor:
    """A stranger types a code."""
    visitor = Visitor(site.browser())
    await visitor.open("/")
    await visitor.press("find-form", code=code, **({"day": day} if day is not None else {}))
    return visitor


@pytest.mark.parametrize("written", ["{code}", " {code} ", "https://onestop.example/t/{code}?lang=ar"])
async def test_the_long_code_opens_its_ticket_however_it_came(site: Site, written: str) -> None:
    long, _ = await codes(site)
    visitor = await find(site, written.format(code=long))

    assert (visitor.path, "Your number 100" in visitor.page.text) == (f"/t/{long}", True)


async def test_the_short_code_counts_with_its_day_only(site: Site) -> None:
    _, short = await codes(site)
    right = await find(site, short, site.hall.day.slug)
    wrong_day = await find(site, short, "another-day")
    unlisted = await find(site, short, "unlisted")

    assert "Your number 100" in right.page.text
    assert (wrong_day.status, unlisted.status) == (404, 404)
    assert wrong_day.page.forms["find-form"].values("code") == [short]


async def test_a_booking_of_an_invited_day_is_found_without_the_day_being_named(site: Site) -> None:
    _, short = await codes(site)
    change_day(site, release=Release.INVITED)
    visitor = await find(site, short)

    assert "Your number 100" in visitor.page.text


async def test_an_invitation_code_leads_to_its_day(site: Site) -> None:
    code, *_ = site.database.write_now(
        make_invitations, site.hall.id, count=1, uses=1, label="", actor=SYSTEM, now=site.hall.now
    )
    visitor = await find(site, f"{code[:5]}-{code[5:]}")

    assert visitor.page.title.startswith("What do you need?")


@pytest.mark.parametrize("code", ["", "x", "7KQ2 M9XD", "a" * 26, "<script>", "\u202e", "1" * 400])
async def test_rubbish_is_no_ticket_and_stands_in_the_field_again(site: Site, code: str) -> None:
    visitor = await find(site, code)

    assert (visitor.status, visitor.page.text.count("We do not know this code.")) == (404, 2)
    assert "<script>" not in visitor.page.html.replace("<script src=", "")


async def test_too_many_tries_are_told_to_wait(sqlite_url: str, tmp_path: Path) -> None:
    database = open_database(sqlite_url)
    async with running(database, tmp_path, limits=Limits(scale=0.02), doors=("public",)) as site:
        statuses = [(await find(site, "7KQ2 M9XD")).status for _ in range(8)]
    database.close()

    assert (statuses[0], statuses[-1]) == (404, 429)
