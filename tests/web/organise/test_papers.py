"""The papers of a service: listed, added, changed, put first, taken away; what nobody checked is told on the day."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from onestop.db.ledger import facts
from onestop.directory.papers import Paper, papers_by_service
from onestop.directory.tables import checklist_items, texts
from tests.web.organise.browsing import Organiser
from tests.web.public.visitor import Visitor, book, open_day
from tests.web.site import Site


@pytest.fixture
def doors() -> tuple[str, ...]:
    """The organiser's door, and the public one to see what becomes of it."""
    return ("organise", "public")


def papers(site: Site, key: str = "residence") -> tuple[Paper, ...]:
    return site.database.read_now(papers_by_service).get(site.hall.service(key), ())


def kinds(site: Site) -> list[str]:
    query = sa.select(facts.c.kind).where(facts.c.kind.like("Paper%")).order_by(facts.c.id)
    return list(site.database.read_now(lambda conn: conn.execute(query).scalars().all()))


def home(site: Site, key: str = "residence") -> str:
    return f"/organise/services/{site.hall.service(key)}/papers"


async def test_an_organiser_reaches_the_papers_of_a_service_and_adds_one_from_the_list(site: Site) -> None:
    organiser = Organiser(site)
    institution = await organiser.open(f"/organise/institutions/{site.hall.desks[4].institution.id}")
    assert home(site) in institution.text
    await organiser.open(home(site))

    await organiser.send(
        home(site), paper="birth-certificate", condition="several", owner="Foreign Police", reviewed_on="2026-12-01"
    )

    added = papers(site)[-1]
    told = (added.key, added.blocking, added.condition, added.owner, str(added.reviewed_on), added.words)
    assert told == ("birth-certificate", False, "several", "Foreign Police", "2026-12-01", {})
    assert organiser.page is not None
    assert "Only if more than one person comes. Answers for it: Foreign Police." in organiser.page.text
    assert kinds(site) == ["PaperAdded"]


async def test_own_words_are_shown_to_visitors_in_their_language_or_with_a_mark_of_another(site: Site) -> None:
    open_day(site)
    organiser = Organiser(site)
    await organiser.open(home(site, "legal"))

    await organiser.send(home(site, "legal"), paper="", text_sk="Zelená karta", text_uk="Зелена картка", blocking="1")

    own = papers(site, "legal")[-1]
    assert (own.key.startswith("own-"), own.words) == (True, {"sk": "Zelená karta", "uk": "Зелена картка"})
    english = await book(Visitor(site.browser()), site, "my-rights")
    assert '<bdi lang="sk" dir="ltr">Zelená karta</bdi>' in english.html
    visitor = Visitor(site.browser())
    await visitor.open(f"/d/{site.hall.day.slug}?lang=uk")
    ticket = await book(visitor, site, "my-rights")
    assert ("Зелена картка" in ticket.text, "Zelená karta" in ticket.text) == (True, False)


async def test_a_paper_is_changed_and_its_own_words_go_before_the_shipped_ones(site: Site) -> None:
    organiser = Organiser(site)
    photo = next(paper for paper in papers(site) if paper.key == "photo")
    await organiser.open(f"/organise/papers/{photo.id}")

    await organiser.send(f"/organise/papers/{photo.id}", text_en="Two photos", blocking="1", condition="children")

    changed = next(paper for paper in papers(site) if paper.key == "photo")
    assert (changed.words, changed.blocking, changed.condition) == ({"en": "Two photos"}, True, "children")
    assert organiser.page is not None
    assert "Two photos" in organiser.page.text
    assert kinds(site) == ["PaperChanged"]


async def test_papers_are_put_earlier_and_taken_away_with_their_words(site: Site) -> None:
    organiser = Organiser(site)
    first, second, third, *_ = papers(site)
    await organiser.open(f"/organise/papers/{second.id}")
    await organiser.send(f"/organise/papers/{second.id}", text_en="One photo")
    await organiser.send(f"/organise/papers/{third.id}/up")
    await organiser.send(f"/organise/papers/{third.id}/up")
    assert [paper.id for paper in papers(site)][:3] == [third.id, first.id, second.id]

    page = organiser.page
    await organiser.send(f"/organise/papers/{second.id}/remove")
    organiser.page = page
    again = await organiser.send(f"/organise/papers/{second.id}/remove")

    assert (again.status_code, second.id in [paper.id for paper in papers(site)]) == (200, False)
    left = site.database.read_now(
        lambda conn: conn.execute(sa.select(texts).where(texts.c.owner_id == second.id)).all()
    )
    assert left == []
    assert kinds(site) == ["PaperChanged", "PaperRaised", "PaperRaised", "PaperRemoved"]


async def test_what_cannot_be_used_is_told_and_what_was_typed_stays(site: Site) -> None:
    organiser = Organiser(site)
    before = papers(site)
    await organiser.open(home(site))
    tomorrow = (site.database.now() + timedelta(days=2)).date().isoformat()

    nameless = await organiser.send(home(site), paper="", owner="Jana")
    assert (nameless.status_code, 'value="Jana"' in nameless.text) == (422, True)
    assert "Please write what the paper is called" in nameless.text
    ahead = await organiser.send(home(site), paper="", text_en="Card", reviewed_on=tomorrow)
    assert "Please choose a day that is not in the future." in ahead.text
    wrong = await organiser.send(home(site), paper="", text_en="Card", reviewed_on="soon")
    assert ("There is no such date." in wrong.text, 'value="soon"' in wrong.text) == (True, True)
    strange = await organiser.send(home(site), paper="", text_en="Card", reviewed_on="", condition="rich")
    assert "Please choose when the paper is asked for." in strange.text
    long = await organiser.send(home(site), paper="", text_en="C" * 201, condition="")
    assert "Please write at most 200 characters." in long.text
    there = await organiser.send(home(site), paper="passport", text_en="")
    assert "There is already an entry with this name." in there.text
    assert (papers(site), kinds(site)) == (before, [])


async def test_the_day_tells_in_one_line_each_which_papers_nobody_checked(site: Site) -> None:
    organiser = Organiser(site)
    day = f"/organise/{site.hall.day.slug}"
    before = await organiser.open(day)
    assert before.text.count("Nobody has checked the papers to bring for these services:") == 1

    for service in site.hall.offer.services:
        path = f"/organise/services/{service.id}/papers"
        await organiser.open(path)
        if service.papers:
            await organiser.send(f"{path}/review")
    assert "the papers" not in (await organiser.open(day)).text
    june = site.database.now().date().replace(month=6, day=2)
    old = checklist_items.update().where(checklist_items.c.id == papers(site)[1].id).values(reviewed_on=june)

    def grow_old(conn: sa.Connection) -> None:
        conn.execute(old)

    site.database.write_now(grow_old)

    after = await organiser.open(day)
    assert "The papers for Residence permit were last checked on Tuesday 2 June 2026." in " ".join(after.text.split())
    assert f'href="{home(site)}"' in after.text
    assert kinds(site) == ["PapersReviewed"] * sum(bool(service.papers) for service in site.hall.offer.services)
