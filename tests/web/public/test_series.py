"""What visitors see of the series of a day: its name, its logos, whom to ask, and who pays; in their language."""

import re

import pytest

from onestop.domain.logo import LogoKind
from onestop.web.kit.series import logo_view
from tests.directory.made import give_series
from tests.web.public.test_ticket import arrive, booked
from tests.web.public.test_weight import MOST, weight
from tests.web.public.visitor import Page, Visitor, need, open_day
from tests.web.site import Site


def head(page: Page) -> str:
    return page.html.partition('class="brand"')[2].partition("</a>")[0]


def foot(page: Page) -> str:
    return page.html.partition('<footer class="bottom">')[2]


def alts(html: str) -> list[str]:
    return re.findall(r'<img class="logo"[^>]* alt="([^"]*)"', html)


async def test_a_day_shows_name_logos_contact_and_who_pays(site: Site) -> None:
    open_day(site)
    plain = await Visitor(site.browser()).open(f"/d/{site.hall.day.slug}?lang=en")
    series = give_series(site.database, site.hall.id)
    visitor = Visitor(site.browser())
    page = await visitor.open(f"/d/{site.hall.day.slug}?lang=en")

    assert (alts(plain.html), "Advisory days" in plain.text, "funding" in foot(plain)) == ([], False, False)
    assert ("<bdi>Advisory days</bdi>" in head(page), alts(head(page))) == (True, ["IOM"])
    assert alts(foot(page)) == ["European Union", "City"]
    for said in ("+421 2 555 11", "days@example.org", "Our office: Lipová 3", "Co-funded by the European Union"):
        assert said in page.text, said
    assert page.title.endswith("Advisory days")
    pictures = [logo.digest for logo in (*series.logos_of(LogoKind.CENTRE), *series.logos_of(LogoKind.FUNDER))]
    assert [src.partition(".")[0] for src in re.findall(r'src="/logos/([^"]+)"', page.html)] == pictures


async def test_a_picture_is_served_alone_for_good_and_without_any_rights(site: Site) -> None:
    series, stranger = give_series(site.database, site.hall.id), site.browser()
    asked = (
        "content-type",
        "cache-control",
        "content-security-policy",
        "content-disposition",
        "x-content-type-options",
    )
    for logo in series.logos[:2]:
        answer = await stranger.get(logo_view(logo).src)
        assert (answer.status_code, {name: answer.headers.get_list(name) for name in asked}) == (
            200,
            {
                "content-type": [logo.media_type],
                "cache-control": ["public, max-age=31536000, immutable"],
                "content-security-policy": ["default-src 'none'; style-src 'none'; sandbox"],
                "content-disposition": ["attachment"],
                "x-content-type-options": ["nosniff"],
            },
        )
    assert {logo.media_type for logo in series.logos[:2]} == {"image/svg+xml", "image/png"}
    assert (await stranger.get(f"/logos/{'0' * 32}.svg")).status_code == 404


async def test_a_language_without_words_shows_the_nearest_with_a_mark(site: Site) -> None:
    open_day(site)
    give_series(site.database, site.hall.id)
    visitor = Visitor(site.browser())
    arabic = await visitor.open(f"/d/{site.hall.day.slug}?lang=ar")
    ukrainian = await visitor.open(f"/d/{site.hall.day.slug}?lang=uk")

    assert "<bdi>أيام المشورة</bdi>" in head(arabic)
    # The working language of the day comes before English, which comes before nothing.
    assert '<bdi lang="en" dir="ltr">Advisory days</bdi>' in head(ukrainian)
    for page in (arabic, ukrainian):
        assert '<bdi lang="sk" dir="ltr">Spolufinancované Európskou úniou</bdi>' in foot(page)
        assert "slovenčina" in foot(page)


async def test_the_ticket_its_paper_and_its_slip(site: Site) -> None:
    visitor = await booked(site)
    give_series(site.database, site.hall.id)
    path = visitor.path.partition("?")[0]
    ticket = await visitor.open(f"{path}?lang=en")
    paper = await visitor.open(f"{path}/print?lang=en")
    slip = await visitor.open(f"{path}/print?paper=80&lang=en")

    assert (alts(head(ticket)), alts(foot(ticket))) == (["IOM"], ["European Union", "City"])
    assert "Co-funded by the European Union" in ticket.text
    for page in (paper, slip):
        main = page.html.partition("<main")[2].partition("</main>")[0]
        assert ("<bdi>Advisory days</bdi>" in main, alts(foot(page))) == (True, ["European Union", "City"])


@pytest.mark.parametrize("language", ["en", "ar", "uk"])
async def test_a_series_keeps_the_pages_light(site: Site, language: str) -> None:
    visitor = await booked(site)
    give_series(site.database, site.hall.id)
    open_day(site)
    arrive(site, visitor)
    waiting = await visitor.open(f"{visitor.path.partition('?')[0]}?lang={language}")
    site.hall.next(1)
    called = await visitor.open(visitor.path)
    other = Visitor(site.browser())
    steps = (
        other.open(f"/d/{site.hall.day.slug}?lang={language}"),
        other.press("needs-form", needs=[need(key) for key in ("my-rights", "residence-permit", "find-work")]),
        other.press("plan-form", interpreter="needed", languages=["ar", "en"]),
    )
    pages = [waiting, called, *[await step for step in steps]]

    assert all(len(alts(page.html)) == 3 for page in pages)
    assert [each for each in map(weight, pages) if each > MOST] == []
