"""Links at which people say when they can come: made once, answered without an account, entered by one press."""

import re
from datetime import date, timedelta

import httpx
import pytest
import sqlalchemy as sa

from onestop.days.queries.crew import crew_of_day
from onestop.days.queries.days import day_by_id
from onestop.days.queries.desks import mediators_of_day
from onestop.days.queries.rota import RotaAnswer, answers_of_day
from onestop.days.rota import make_link
from onestop.days.tables import crew as crew_table
from onestop.days.tables import days, rota_answers, rota_links
from onestop.db.ledger import facts
from onestop.domain.crew import Work
from onestop.domain.roles import SYSTEM
from onestop.retention.actions import replay_erasures
from onestop.visits.actions.moving import move_day
from onestop.web.kit.limits import Limits
from tests.counting import counted
from tests.web.organise.browsing import Form, Organiser, forms_of
from tests.web.organise.test_people import DAY, crew, hours, told
from tests.web.site import Site

ANSWERS = f"{DAY}/people/answers"
CODE = "k" * 26


@pytest.fixture
def doors() -> tuple[str, ...]:
    """Organisers ask, the public door answers."""
    return ("organise", "public")


def link(site: Site, work: Work | None = None, code: str = CODE) -> str:
    """A link of the day; gives its path."""
    site.database.write_now(make_link, site.hall.id, work, code=code, actor=SYSTEM, now=site.database.now())
    return f"/shifts/{code}"


def said(site: Site) -> list[RotaAnswer]:
    """The answers of the day."""
    return site.database.read_now(answers_of_day, site.hall.id)


async def answered(site: Site, path: str, **typed: object) -> httpx.Response:
    """Somebody without an account answers; gives the page of her own."""
    browser = site.browser()
    page = await browser.get(path)
    (form,) = [form for form in forms_of(page) if form.action.startswith(path)]
    sent = {"_key": form["_key"], "name": "Kanarinka", "work": "guide", "hours": ["09:00", "10:00", "12:00"], **typed}
    answer = await browser.post(path, data=sent)
    if answer.status_code != 303:
        return answer
    return await browser.get(answer.headers["location"])


def own_path(page: httpx.Response) -> str:
    """The address of an answer."""
    found = re.search(r"/my-shifts/\w{26}", page.text)
    assert found
    return found[0]


def action_of(page: httpx.Response, end: str) -> Form:
    """The form that is sent to an address with this end."""
    return next(form for form in forms_of(page) if form.action.endswith(end))


async def test_a_link_is_shown_once_and_only_its_hash_is_kept(site: Site) -> None:
    organiser = Organiser(site)
    await organiser.open(ANSWERS)
    made = await organiser.press(f"{DAY}/people/links", work="reception")
    again = await organiser.send(f"{DAY}/people/links", work="reception")

    (code,) = set(re.findall(r"/shifts/(\w{26})", made.text))
    rows = site.database.read_now(lambda conn: conn.execute(sa.select(rota_links)).all())
    assert [(row.work, row.revoked_at) for row in rows] == [("reception", None)]
    assert code not in str(rows)
    assert ("This link was shown once already." in again.text, code in again.text) == (True, False)
    asked = await site.browser().get(f"/shifts/{code}")
    assert (asked.status_code, "We look for: Reception" in told(asked.text)) == (200, True)


async def test_whoever_has_the_link_says_when_she_can_come_in_her_language(site: Site) -> None:
    path = link(site)

    arabic = await site.browser().get(f"{path}?lang=ar")
    page = await answered(site, path, remark="I speak a little Slovak.")

    assert ('dir="rtl"' in arabic.text, "<script" in arabic.text, "no-store" in arabic.headers["cache-control"]) == (
        True,
        False,
        True,
    )
    (answer,) = said(site)
    assert (answer.name, answer.works, answer.remark) == ("Kanarinka", (Work.GUIDE,), "I speak a little Slovak.")
    assert [f"{start:%H:%M}-{end:%H:%M}" for start, end in answer.hours] == ["09:00-11:00", "12:00-13:00"]
    assert "Thank you. We have your answer." in told(page.text)
    assert "Hours 09:00–11:00, 12:00–13:00" in told(page.text)
    kinds = site.database.read_now(lambda conn: conn.execute(sa.select(facts).where(facts.c.kind.like("Rota%"))).all())
    assert ([row.kind for row in kinds], "Kanarinka" in str(kinds)) == (["RotaLinkMade", "RotaAnswered"], False)


@pytest.mark.parametrize(
    ("typed", "control"),
    [
        ({"name": ""}, "name"),
        ({"work": []}, "work"),
        ({"hours": []}, "hours"),
        ({"work": "mediator"}, "languages"),
        ({"work": "officer"}, "institution"),
    ],
)
async def test_what_is_missing_is_told_and_the_rest_stays(site: Site, typed: dict[str, object], control: str) -> None:
    path = link(site)

    page = await answered(site, path, remark="Stays", **typed)

    assert (page.status_code, f'<a href="#{control}">' in page.text, ">Stays</textarea>" in page.text) == (
        422,
        True,
        True,
    )
    assert said(site) == []


async def test_an_organiser_enters_her_by_one_press_with_all_or_some_of_her_hours(site: Site) -> None:
    path = link(site)
    own = own_path(await answered(site, path, work=["reception", "guide"]))
    (answer,) = said(site)
    organiser = Organiser(site)
    people = told((await organiser.open(f"{DAY}/people")).text)
    take = f"{ANSWERS}/{answer.id}/take"

    await organiser.open(ANSWERS)
    first = await organiser.send(take)
    await organiser.send(take, work="guide", hours=["12:00-13:00"])

    assert ("1 answer is new" in people, "Entered." in first.text) == (True, True)
    assert [(one.work, one.label, one.hours) for one in crew(site)] == [
        (Work.GUIDE, "Kanarinka", hours((12, 13))),
        (Work.RECEPTION, "Kanarinka", hours((9, 11), (12, 13))),
    ]
    page = told((await site.browser().get(own)).text)
    assert "We need you here Reception 09:00–11:00, 12:00–13:00 Floor guide 12:00–13:00" in page
    assert "answer is new" not in (await organiser.open(f"{DAY}/people")).text


async def test_a_mediator_is_entered_among_the_mediators_with_hours_without_a_gap(site: Site) -> None:
    path = link(site, Work.MEDIATOR)
    await answered(site, path, languages=["ti", "en"])
    (answer,) = said(site)
    organiser = Organiser(site)
    await organiser.open(ANSWERS)

    refused = await organiser.send(f"{ANSWERS}/{answer.id}/take")
    entered = await organiser.send(f"{ANSWERS}/{answer.id}/take", hours=["09:00-10:00", "10:00-11:00"])

    assert (refused.status_code, "Please choose hours without a gap." in refused.text) == (422, True)
    assert entered.status_code == 200
    one = next(each for each in site.database.read_now(mediators_of_day, site.hall.id) if each.label == "Kanarinka")
    assert (one.languages, (one.opens_at, one.closes_at)) == ({"ti", "en"}, hours((9, 11))[0])
    assert crew(site) == []


async def test_she_changes_her_answer_and_the_organiser_sees_that_it_came_later(site: Site) -> None:
    own = own_path(await answered(site, link(site)))
    (answer,) = said(site)
    organiser = Organiser(site)
    await organiser.open(ANSWERS)
    await organiser.send(f"{ANSWERS}/{answer.id}/take")
    site.set_time(site.database.now() + timedelta(minutes=5))
    browser = site.browser()
    form = action_of(await browser.get(own), own)

    changed = await browser.post(
        own, data={"_key": form["_key"], "name": "Kanarinka", "work": "guide", "whole": "1"}, follow_redirects=True
    )

    assert "09:00–15:00" in told(changed.text)
    assert "changed after it was entered" in told((await organiser.open(ANSWERS)).text)


async def test_who_takes_her_answer_back_is_gone_at_once_and_her_places_are_free(site: Site) -> None:
    path = link(site)
    own = own_path(await answered(site, path))
    languages = {"work": ["mediator"], "languages": ["ti"], "hours": ["09:00"]}
    other = own_path(await answered(site, path, **languages))
    organiser = Organiser(site)
    for answer in said(site):
        await organiser.open(ANSWERS)
        await organiser.send(f"{ANSWERS}/{answer.id}/take")
    browser = site.browser()

    for page in (own, other):
        form = action_of(await browser.get(page), "/withdraw")
        await browser.post(form.action, data={"_key": form["_key"]})

    gone = told((await browser.get(own)).text)
    everything = site.database.read_now(
        lambda conn: str([conn.execute(sa.select(table)).all() for table in (rota_answers, crew_table)])
    )
    assert ("You took your answer back" in gone, "Kanarinka" in everything) == (True, False)
    assert [(one.label, one.left_at is not None, len(one.hours)) for one in crew(site)] == [("", True, 2)]
    labels = [one.label for one in site.database.read_now(mediators_of_day, site.hall.id)]
    assert labels == ["M01", "M02", "M03", "M04"]
    page = told((await organiser.open(ANSWERS)).text)
    assert page.count("Somebody who was entered cannot come any more") == 2
    assert "cannot come any more" in told((await organiser.open(f"{DAY}/people")).text)


async def test_a_restored_backup_does_not_bring_back_who_took_her_answer_back(site: Site) -> None:
    own = own_path(await answered(site, link(site)))
    backup = site.database.read_now(lambda conn: conn.execute(sa.select(rota_answers)).mappings().one())
    browser = site.browser()
    form = action_of(await browser.get(own), "/withdraw")
    await browser.post(form.action, data={"_key": form["_key"]})
    site.database.write_now(lambda conn: conn.execute(rota_answers.update().values(dict(backup))))
    assert said(site)[0].name == "Kanarinka"

    count = replay_erasures(site.database, site.settings.var, now=site.database.now())

    assert (count, said(site)[0].name) == (1, "")


async def test_a_link_that_is_revoked_or_whose_day_is_over_takes_nothing_more(site: Site) -> None:
    path = link(site)
    own = own_path(await answered(site, path))
    organiser = Organiser(site)
    page = await organiser.open(ANSWERS)
    (revoke,) = [form.action for form in forms_of(page) if form.action.endswith("/revoke")]
    await organiser.send(revoke)

    revoked = [await site.browser().get(path), await site.browser().post(path, data={"name": "X"})]
    still = await site.browser().get(own)
    second = link(site, code="j" * 26)
    site.set_time(site.hall.day.closes_at)
    over = await site.browser().get(second)
    late = await site.browser().get(own)

    assert [page.status_code for page in (*revoked, over)] == [410, 410, 410]
    assert "This link takes no answers any more." in told(over.text)
    assert ("Change my answer" in still.text, "Change my answer" in late.text) == (True, False)
    assert (await site.browser().get(f"/shifts/{'x' * 26}")).status_code == 404


async def test_an_answer_for_another_date_says_so_after_the_day_moved(site: Site) -> None:
    own = own_path(await answered(site, link(site)))
    day = site.database.read_now(day_by_id, site.hall.id)
    to = {"on": date(2026, 12, 10), "bookings_too": True, "version": day.version}
    site.database.write_now(move_day, day.id, **to, actor=SYSTEM, now=site.database.now())

    page = await site.browser().get(own)

    assert "You answered for Thursday 3 December 2026. Please say again" in told(page.text)
    assert "said for Thu 3 Dec" in told((await Organiser(site).open(ANSWERS)).text)


async def test_a_draft_is_asked_about_too_and_too_many_tries_are_stopped(site: Site) -> None:
    path = link(site)
    site.database.write_now(lambda conn: conn.execute(days.update().values(state="draft")))
    site.app.state.limits = Limits()
    browser = site.browser()

    tries = [(await browser.post(path, data={"name": ""})).status_code for _ in range(122)]

    assert (tries[0], tries[-1]) == (422, 429)


async def test_the_page_of_answers_takes_as_many_statements_for_many_as_for_one(site: Site) -> None:
    path = link(site)
    await answered(site, path)
    organiser = Organiser(site)
    await organiser.open(ANSWERS)
    with counted() as one:
        await organiser.open(ANSWERS)
        few = one()
    for _ in range(3):
        await answered(site, path)
    await organiser.open(ANSWERS)
    with counted() as four:
        await organiser.open(ANSWERS)
        assert four() == few
    assert len(site.database.read_now(crew_of_day, site.hall.id)) == 0
