"""Questions on the page of the plan: asked where the answer changes the route, with the wider one chosen at first."""

from dataclasses import replace

import sqlalchemy as sa

from onestop.booking.tables import parties, stops
from onestop.days.queries.offer import DayOffer, OfferedNeed
from onestop.directory.tables import services
from onestop.directory.vocabulary import CONDITIONS, NEEDS, QUESTIONS
from onestop.domain.visit import StopState
from onestop.locale.locales import locale_for
from onestop.web.kit.questions import answer_mark, questions_of
from tests.web.public.visitor import Page, Visitor, need, open_day, service
from tests.web.site import Site

EXTEND, REGISTERED = answer_mark("permit:extend"), answer_mark("work:registered")


async def plan(site: Site, *needs: str) -> Visitor:
    open_day(site)
    visitor = Visitor(site.browser())
    await visitor.open(f"/d/{site.hall.day.slug}")
    await visitor.press("needs-form", needs=[need(key) for key in needs])
    return visitor


async def finish(visitor: Visitor) -> Page:
    await visitor.press("times-form")
    return await visitor.press("booking-form", name="Amira")


def booked(site: Site) -> list[str]:
    query = (
        sa.select(services.c.key)
        .join_from(stops, services)
        .where(stops.c.state == StopState.PLANNED)
        .order_by(services.c.key)
    )
    return list(site.database.read_now(lambda conn: conn.execute(query).scalars().all()))


def answers(site: Site) -> list[list[str]]:
    return [row.answers for row in site.database.read_now(lambda conn: conn.execute(sa.select(parties)).all())]


def test_every_answer_leads_to_services_of_its_need_and_every_condition_is_an_answer() -> None:
    given = {f"{key}:{answer}" for key, words in QUESTIONS.items() for answer in words.answers}

    assert {key for key in CONDITIONS if ":" in key} == given
    for words in QUESTIONS.values():
        wide = set(NEEDS[words.need].services)
        routes = [set(answer.services) for answer in words.answers.values()]
        assert all(route and route <= wide for route in routes)
        assert set().union(*routes) == wide


async def test_who_does_not_know_gets_all_and_needs_no_tap_for_it(site: Site) -> None:
    visitor = await plan(site, "residence-permit")
    form = visitor.page.forms["plan-form"]
    assert "Do you have a residence permit now?" in visitor.page.text
    assert "Yes, and I want to extend it Then you do not need: Legal advice." in visitor.page.text
    assert (form.values("say1"), len(form.choices("say1"))) == ([""], 3)

    await visitor.press("plan-form", interpreter="none")
    ticket = await finish(visitor)

    assert (booked(site), answers(site)) == (["legal", "residence"], [[]])
    assert "Your residence card, if you extend your permit" in ticket.text


async def test_who_extends_a_permit_goes_to_one_desk_and_is_told_her_papers(site: Site) -> None:
    visitor = await plan(site, "residence-permit")
    assert service(site, "legal") in visitor.page.forms["plan-form"].values("services")

    times = await visitor.press("plan-form", interpreter="none", say1=EXTEND)
    assert "say1" not in {name for form in times.forms.values() for name, _ in form.fields}
    ticket = await finish(visitor)

    assert (booked(site), answers(site)) == (["residence"], [["permit:extend"]])
    assert ("Your residence card" in ticket.text, "if you extend" in ticket.text) == (True, False)


async def test_the_way_back_keeps_the_answer_and_what_she_ticks_then_counts(site: Site) -> None:
    visitor = await plan(site, "residence-permit")
    await visitor.press("plan-form", interpreter="none", say1=EXTEND)
    await visitor.press("times-form")
    again = await visitor.follow("Change the plan")
    form = again.forms["plan-form"]
    assert (form.values("say1"), form.values("services")) == ([EXTEND], [service(site, "residence")])

    both = [service(site, "residence"), service(site, "legal")]
    await visitor.press("plan-form", services=both)
    await finish(visitor)

    assert (booked(site), answers(site)[-1]) == (["legal", "residence"], ["permit:extend"])


async def test_a_question_whose_answer_changes_nothing_is_not_asked(site: Site) -> None:
    rights = await plan(site, "my-rights", "residence-permit")
    work = await plan(site, "find-work")
    other = await plan(site, "health-insurance")

    shown = [
        set(visitor.page.forms["plan-form"].choices(name)) != set()
        for visitor in (rights, work, other)
        for name in ("say1", "say2")
    ]
    assert shown == [False, False, False, True, False, False]


async def test_an_answer_about_a_need_that_is_not_chosen_any_more_is_forgotten(site: Site) -> None:
    visitor = await plan(site, "find-work")
    await visitor.press("plan-form", interpreter="none", say2=REGISTERED)
    await visitor.follow("Back")
    await visitor.follow("Back")
    await visitor.press("needs-form", needs=[need("health-insurance")])
    await visitor.press("plan-form", interpreter="none")
    await finish(visitor)

    assert (booked(site), answers(site)) == (["health-insurance"], [[]])


async def test_a_day_without_one_of_the_desks_asks_nothing(site: Site) -> None:
    offer = site.hall.offer
    locale = locale_for("en")
    assert [each.name for each in questions_of(locale, offer, ["residence-permit"], ())] == ["say1"]

    without = _without(offer, "legal")

    assert questions_of(locale, without, ["residence-permit"], ()) == ()


def _without(offer: DayOffer, key: str) -> DayOffer:
    gone = {each.id for each in offer.services if each.key == key}
    needs = [
        OfferedNeed(key=each.key, pictogram=each.pictogram, services=tuple(s for s in each.services if s not in gone))
        for each in offer.needs
    ]
    return replace(offer, needs=tuple(needs), services=tuple(each for each in offer.services if each.id not in gone))
