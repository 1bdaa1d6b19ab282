"""Days that are not like others, through the doors: over midnight, over a change of the clocks, the smallest one."""

import re
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from tests.web.organise.browsing import Organiser
from tests.web.organise.test_lines import mails
from tests.web.organise.test_new_day import day_text, upload
from tests.web.organise.test_rehearsal import played, text
from tests.web.public.visitor import Page, Visitor, need
from tests.web.site import Site


@pytest.fixture
def doors() -> tuple[str, ...]:
    """Set up and booked."""
    return ("organise", "public")


async def opened(site: Site, on: str, opens: str, closes: str) -> str:
    """The address name of a published day of one desk that anybody can book, set up through the pages."""
    site.set_time(datetime.fromisoformat(f"{on}T09:00:00+00:00") - timedelta(days=3))
    organiser = Organiser(site)
    made = await upload(organiser, day_text(f"{opens}:00", f"{closes}:00").encode(), on=on)
    path = made.headers["location"]
    await organiser.open(f"{path}/settings")
    await organiser.send(f"{path}/settings", release="open")
    published = await organiser.send(f"{path}/publish")
    assert "Missing:" not in text(published.text)
    return path.rpartition("/")[2]


async def times(visitor: Visitor, slug: str) -> list[datetime]:
    """The times that are offered for one adviser."""
    await visitor.open(f"/d/{slug}?lang=en")
    await visitor.press("needs-form", needs=[need("my-rights")])
    page = await visitor.press("plan-form", interpreter="none")
    found = re.findall(r'name="arrival" value="([^"]+)"', page.html)
    return sorted({datetime.fromisoformat(each) for each in found})


async def booked(visitor: Visitor, at: datetime) -> tuple[Page, Page]:
    """The page that asks whether all is right, and the ticket."""
    form = visitor.page.forms["times-form"]
    checks = await visitor.send(form.action, form.method, [*form.fields, ("arrival", at.isoformat())])
    return checks, await visitor.press("booking-form", name="Amira", email="amira@example.org")


async def seen(visitor: Visitor, site: Site) -> str:
    """Paper and mail of a ticket as one text."""
    path = visitor.path.split("?")[0]
    paper = await visitor.browser.get(f"{path}/print")
    assert paper.status_code == 200
    (mail,) = [plain for kind, plain, _ in mails(site) if kind == "confirmation"]
    return f"{text(paper.text)} {' '.join(mail.split())}"


async def calendar(visitor: Visitor) -> dict[str, str]:
    """Begin and end of the calendar file."""
    answer = await visitor.browser.get(f"{visitor.path.split('?')[0]}/calendar.ics")
    return dict(re.findall(r"(DTSTART|DTEND)(\S*:\S+)", answer.text.partition("BEGIN:VEVENT")[2]))


async def test_a_night_is_booked_for_the_date_that_the_calendar_has_at_that_hour(site: Site) -> None:
    slug = await opened(site, "2026-12-17", "20:00", "02:00")
    early, late = Visitor(site.browser()), Visitor(site.browser())
    offered = await times(late, slug)
    page = late.page.text
    checks, ticket = await booked(late, offered[-1])
    paper = await seen(late, site)
    first = (await times(early, slug))[0]
    evening = (await booked(early, first))[1]

    assert (len(offered), {after - before for before, after in pairwise(offered)}) == (22, {timedelta(minutes=15)})
    assert ("From 23:00 23:00" in page, "From 00:00 Friday 18 December 2026 00:00" in page) == (True, True)
    assert "Friday 18 December 2026 · 01:15" in checks.text
    assert "Please come on Friday 18 December 2026 at 01:15. You will be done at about 01:35." in ticket.text
    assert "When and where Friday 18 December 2026 Your time: 01:15" in ticket.text
    assert "Friday 18 December 2026 Your time: 01:15" in paper
    assert "Friday 18 December 2026 Please come at 01:15." in paper
    assert "Thursday 17 December 2026" not in paper
    assert "Please come on Thursday 17 December 2026 at 20:00." in evening.text
    assert await calendar(late) == {
        "DTSTART": ";TZID=Europe/Bratislava:20261218T011500",
        "DTEND": ";TZID=Europe/Bratislava:20261218T013500",
    }
    site.set_time(datetime.fromisoformat("2026-12-17T18:00:00+00:00"))
    assert "Please come on Friday 18 December 2026 at 01:15." in (await late.open(late.path)).text
    site.set_time(datetime.fromisoformat("2026-12-17T23:30:00+00:00"))
    assert "Please come today at 01:15." in (await late.open(late.path)).text


async def test_the_hour_that_a_night_has_twice_is_told_apart(site: Site) -> None:
    slug = await opened(site, "2026-10-24", "20:00", "04:00")
    visitor = Visitor(site.browser())
    offered = await times(visitor, slug)
    page = visitor.page.text
    at = datetime.fromisoformat("2026-10-25T00:45:00+00:00")
    checks, ticket = await booked(visitor, at)

    assert {after - before for before, after in pairwise(offered)} == {timedelta(minutes=15)}
    assert "01:45 From 02:00 (UTC+2) Sunday 25 October 2026 02:00 (UTC+2)" in page
    assert "02:45 (UTC+2) From 02:00 (UTC+1) Sunday 25 October 2026 02:00 (UTC+1)" in page
    assert "Sunday 25 October 2026 · 02:45 (UTC+2) You will be done at about 02:05 (UTC+1)." in checks.text
    assert "Please come on Sunday 25 October 2026 at 02:45 (UTC+2)." in ticket.text
    assert "Please come at 02:45 (UTC+2)." in await seen(visitor, site)
    assert await calendar(visitor) == {"DTSTART": ":20261025T004500Z", "DTEND": ":20261025T010500Z"}


async def test_the_hour_that_a_night_does_not_have_is_not_offered(site: Site) -> None:
    slug = await opened(site, "2027-03-27", "20:00", "04:00")
    visitor = Visitor(site.browser())
    offered = await times(visitor, slug)
    page = visitor.page.text
    _, ticket = await booked(visitor, datetime.fromisoformat("2027-03-28T00:45:00+00:00"))

    assert {after - before for before, after in pairwise(offered)} == {timedelta(minutes=15)}
    assert ("From 02:00" in page, "01:45 From 03:00 Sunday 28 March 2027 03:00" in page) == (False, True)
    assert "Please come on Sunday 28 March 2027 at 01:45. You will be done at about 03:05." in ticket.text
    assert await calendar(visitor) == {
        "DTSTART": ";TZID=Europe/Bratislava:20270328T014500",
        "DTEND": ";TZID=Europe/Bratislava:20270328T030500",
    }


async def test_one_desk_one_service_and_one_visitor_are_a_day(site: Site) -> None:
    slug = await opened(site, "2026-12-17", "09:00", "09:40")
    visitor = Visitor(site.browser())
    offered = await times(visitor, slug)
    _, ticket = await booked(visitor, offered[0])
    organiser = Organiser(site)
    await organiser.open(f"/organise/{slug}/rehearsal")
    await played(site)
    rehearsal = text((await organiser.open(f"/organise/{slug}/rehearsal")).text)
    full = await times(Visitor(site.browser()), slug)

    assert "Please come on Thursday 17 December 2026 at 09:00." in ticket.text
    assert "Rests on 1 booking so far, and on invented visitors" in rehearsal
    assert offered[0] not in full
