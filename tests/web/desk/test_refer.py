"""Sending somebody on at a desk without script: the form, what is told, taking it back, the lists, who may not."""

import re
from collections.abc import Callable
from uuid import UUID, uuid4

import httpx
import pytest
import sqlalchemy as sa

from onestop.domain.visit import Outcome
from onestop.referrals.tables import referrals
from onestop.visits.actions.calls import finish
from tests.referrals.scene import Scene, make_scene
from tests.web.desk.screen import zone
from tests.web.public.visitor import Page
from tests.web.site import Site


@pytest.fixture
def scene(site: Site) -> Scene:
    """The running application's own day, at its opening."""
    made = make_scene(site.database, site.hall, reacts=False)
    site.set_time(site.hall.day.opens_at)
    return made


def sent(page: httpx.Response) -> dict[str, str]:
    """The referral form as it stands."""
    return dict(Page(page.text).forms["refer-form"].fields)


async def refer(officer: httpx.AsyncClient, stop: UUID, **typed: str) -> httpx.Response:
    path = f"/stops/{stop}/referrals"
    form = sent(await officer.get(path))
    return await officer.post(path, data={**form, "reason": "legal", "said_yes": "yes", **typed})


async def test_the_desk_leads_to_the_form_while_somebody_is_there(site: Site, scene: Scene) -> None:
    officer = site.sign_in("officer")
    before = (await officer.get(f"/desks/{site.desk.id}")).text
    _, stop = scene.talk()

    page = (await officer.get(f"/desks/{site.desk.id}")).text

    assert (f"/stops/{stop}/referrals" in page, "Where to go next (later, elsewhere)" in before) == (True, False)
    assert "Where to go next (later, elsewhere) G" in zone(page, "now")


async def test_somebody_is_sent_to_a_school_and_it_is_taken_back(site: Site, scene: Scene) -> None:
    officer = site.sign_in("officer")
    _, stop = scene.talk()

    made = await refer(officer, stop, where=f"place:{scene.school}", reason="school", by="2026-12-10")
    assert (made.status_code, made.headers["location"]) == (303, f"/stops/{stop}/referrals?done=made")
    page = Page((await officer.get(made.headers["location"])).text)
    assert "Primary School" in page.text
    assert "For a place at school · Last day: Thursday 10 December 2026" in page.text
    [row] = scene.rows()
    again = await officer.post(f"/stops/{stop}/referrals/{row.id}/withdraw")

    assert (again.status_code, scene.rows()[0].withdrawn_at is not None) == (303, True)
    assert "Take back" not in (await officer.get(f"/stops/{stop}/referrals")).text


async def test_every_kind_of_next_step_can_be_chosen_by_name(site: Site, scene: Scene) -> None:
    officer = site.sign_in("officer")
    _, stop = scene.talk()

    page = (await officer.get(f"/stops/{stop}/referrals")).text

    form = Page(page).forms["refer-form"]
    police = scene.institution("residence")
    offered = set(form.choices("where"))
    assert {
        "day",
        f"institution:{police}",
        f"service:{scene.hall.service('residence')}",
        f"place:{scene.school}",
        f"place:{scene.shelter}",
    } <= offered
    assert form.choices("day") == ["", str(scene.next_day)]
    named = re.findall(r'<option value="(?:service|institution):[^"]*"[^>]*>([^<]+)<', page)
    assert len(named) == len(set(named)) > 4
    assert "House Kanarinka (discreet)" in page
    assert "(police)" in page


@pytest.mark.parametrize(
    ("typed", "sentence", "status"),
    [
        ({}, "Please choose where the visitor goes next.", 422),
        ({"where": "place:nonsense"}, "Please check", 422),
        ({"where": "school", "reason": ""}, "Please choose why.", 422),
        ({"where": "school", "by": "soon"}, "Please check", 422),
        ({"where": "school", "by": "2020-01-01"}, "Please choose a date from the list.", 422),
        ({"where": "school", "said_yes": ""}, "A referral needs a yes.", 422),
    ],
)
async def test_what_is_wrong_is_told_and_what_was_typed_stays(
    site: Site, scene: Scene, typed: dict[str, str], sentence: str, status: int
) -> None:
    officer = site.sign_in("officer")
    _, stop = scene.talk()
    named = {**typed, **({"where": f"place:{scene.school}"} if typed.get("where") == "school" else {})}

    answer = await refer(officer, stop, **{"where": "", "by": "2026-12-10", **named})

    assert (answer.status_code, scene.rows()) == (status, [])
    page = Page(answer.text)
    assert sentence in page.text
    kept = sent(answer)
    if typed.get("where") == "school":
        assert kept["where"] == named["where"]
    if "by" not in typed:
        assert kept["by"] == "2026-12-10"


async def test_the_same_press_twice_makes_one_referral(site: Site, scene: Scene) -> None:
    officer = site.sign_in("officer")
    _, stop = scene.talk()
    path = f"/stops/{stop}/referrals"
    form = {**sent(await officer.get(path)), "where": f"place:{scene.school}", "reason": "school", "said_yes": "yes"}

    answers = [await officer.post(path, data=form) for _ in range(2)]

    assert ([answer.status_code for answer in answers], len(scene.rows())) == ([303, 303], 1)


async def test_a_stop_of_another_desk_answers_like_an_unknown_one(site: Site, scene: Scene) -> None:
    officer = site.sign_in("officer")
    _, foreign = scene.talk("residence")
    referral = scene.refer(foreign, place=scene.school)
    _, own = scene.talk()

    def ways(stop: UUID) -> list[tuple[str, str]]:
        at = f"/stops/{stop}"
        return [
            ("GET", f"{at}/referrals"),
            ("POST", f"{at}/referrals"),
            ("GET", f"{at}/steps"),
            ("POST", f"{at}/referrals/{referral}/withdraw"),
        ]

    for (method, foreign_way), (_, unknown) in zip(ways(foreign), ways(uuid4()), strict=True):
        said = [await officer.request(method, way) for way in (foreign_way, unknown)]
        assert [answer.status_code for answer in said] == [404, 404], foreign_way
    through_own = await officer.post(f"/stops/{own}/referrals/{referral}/withdraw")
    assert (through_own.status_code, scene.row(referral).withdrawn_at) == (404, None)


async def test_the_receiving_desk_sees_whom_and_why_but_not_from_where_and_records_that_she_came(
    site: Site, scene: Scene
) -> None:
    sender, receiver = site.sign_in("officer"), site.sign_in("officer", site.hall.desks[4])
    ticket, stop = scene.talk()
    await refer(sender, stop, where=f"institution:{scene.institution('residence')}", reason="permit")
    [row] = scene.rows()
    home = f"/desks/{site.hall.desks[4].id}/referrals"
    there, here = (
        Page((await receiver.get(home)).text),
        Page((await sender.get(f"/desks/{site.desk.id}/referrals")).text),
    )

    assert f"{ticket.number}" in there.text
    assert "About your residence permit" in there.text
    name = site.desk.institution.name
    assert name not in there.text.partition("Sent to us")[2].partition("Sent on by us")[0]
    assert name in here.text.partition("Sent on by us")[2]
    foreign = await sender.post(f"/desks/{site.desk.id}/referrals/{row.id}/kept")
    assert (foreign.status_code, scene.row(row.id).kept_at) == (404, None)
    kept = await receiver.post(f"{home}/{row.id}/kept")

    assert (kept.status_code, scene.row(row.id).kept_how) == (303, "by_hand")
    assert "Kept: recorded by hand" in Page((await sender.get(f"/desks/{site.desk.id}/referrals")).text).text
    await receiver.post(f"{home}/{row.id}/not-kept")
    assert scene.row(row.id).kept_how is None


async def test_an_open_referral_of_an_earlier_day_is_listed_and_recorded_at_a_later_desk(
    site: Site, scene: Scene
) -> None:
    _, stop = scene.talk()
    made = scene.refer(stop, institution=scene.institution("residence"))
    receiving = site.hall.desks[4]
    earlier = sa.update(referrals).where(referrals.c.id == made).values(day_id=scene.next_day)

    def move(conn: sa.Connection) -> None:
        conn.execute(earlier)

    site.database.write_now(move)
    officer, path = site.sign_in("other_officer", receiving), f"/desks/{receiving.id}/referrals"

    listed = f"{path}/{made}/kept" in (await officer.get(path)).text
    kept = await officer.post(f"{path}/{made}/kept")
    after = f"{path}/{made}" in (await officer.get(path)).text

    assert (listed, kept.status_code, after) == (True, 303, False)
    assert scene.row(made).kept_how == "by_hand"


async def test_a_third_institution_sees_nothing_of_it(site: Site, scene: Scene) -> None:
    _, stop = scene.talk()
    scene.refer(stop, institution=scene.institution("residence"), reason="permit")
    scene.refer(stop, place=scene.school, reason="school")
    third = next(
        desk
        for desk in site.hall.desks.values()
        if desk.institution.id not in (site.desk.institution.id, scene.institution("residence"))
    )

    page = Page((await site.sign_in("officer", third).get(f"/desks/{third.id}/referrals")).text).text
    own = Page((await site.sign_in("officer").get(f"/desks/{site.desk.id}/referrals")).text).text

    assert ("About your residence permit" in own, "Primary School" in own) == (True, True)
    assert ("About your residence permit" in page, "Primary School" in page) == (False, False)
    assert "Nobody was sent to us." in page


async def test_the_sheet_of_a_desk_holds_its_own_conversation_only(site: Site, scene: Scene) -> None:
    officer = site.sign_in("officer")
    scene.hall.walk_in(scene.hall.wish("health-insurance", "legal"))
    first = scene.serve("health-insurance")
    scene.refer(first, place=scene.school, reason="school")
    scene.finish(first)
    second = scene.serve("legal")
    scene.refer(second, institution=scene.institution("residence"), reason="permit")
    site.hall.write(finish, second)

    page = Page((await officer.get(f"/stops/{second}/steps")).text).text

    told: Callable[[str], bool] = page.__contains__
    assert (told("Legal advice"), told("About your residence permit")) == (True, True)
    assert (told("Health insurance"), told("Primary School"), told("For a place at school")) == (False, False, False)


async def test_the_sheet_has_what_this_desk_added_and_the_talk_that_is_on_is_not_to_come(
    site: Site, scene: Scene
) -> None:
    officer = site.sign_in("officer")
    sheets: list[str] = []
    for keys in (("legal",), ("legal", "residence")):
        _, visit = scene.hall.walk_in(scene.hall.wish(*keys, "health-insurance"))
        stop = scene.serve("legal")
        added = {"desk": str(site.desk.id), "service": str(site.hall.service("residence")), "said_yes": "yes"}
        before = Page((await officer.get(f"/stops/{stop}/steps")).text).text
        await officer.post(f"/visits/{visit}/stops", data=added)
        sheets += [before, Page((await officer.get(f"/stops/{stop}/steps")).text).text]
        scene.finish(stop)

    sheets = [re.sub("[\u2066-\u2069]", "", sheet) for sheet in sheets]
    residence = site.hall.desks[4]
    done, next_ = sheets[1].split("What comes next", 1)
    assert "You were at this talk today." in done
    assert "still to come" not in sheets[1]
    for words in ("Residence permit", residence.institution.name, "Desk 4", "This step was added today."):
        assert [words in sheet for sheet in sheets] == [False, True, False, True], words
    assert "If you have other steps today, your ticket shows them." in next_
    assert ["Health insurance" in sheet for sheet in sheets] == [False] * 4
    assert re.sub(r"\b10\d\b", "", sheets[1]) == re.sub(r"\b10\d\b", "", sheets[3])


async def test_what_has_to_go_on_elsewhere_is_no_day_on_the_sheet_of_this_desk(site: Site, scene: Scene) -> None:
    officer = site.sign_in("officer")
    scene.hall.walk_in(scene.hall.wish("health-insurance", "legal"))
    scene.finish(scene.serve("health-insurance"), outcome=Outcome.COME_AGAIN)
    own = scene.serve("legal")

    sheet = Page((await officer.get(f"/stops/{own}/steps")).text).text

    assert "Come again" not in sheet


async def test_the_card_of_the_talk_names_where_it_sent_her_and_what_is_for_her_alone_is_not_named(
    site: Site, scene: Scene
) -> None:
    officer = site.sign_in("officer")
    _, stop = scene.talk()
    desk = f"/desks/{site.desk.id}"
    before = zone((await officer.get(desk)).text, "now")
    await refer(officer, stop, where=f"place:{scene.school}", reason="school")
    await refer(officer, stop, where=f"place:{scene.shelter}", reason="legal")

    parts = [zone((await officer.get(f"{desk}{part}")).text, "now") for part in ("", "/now")]
    form = (await officer.get(f"/stops/{stop}/referrals")).text

    assert parts[0] == parts[1]
    assert "Sent on" not in before
    assert "Sent on: Primary School · For a place at school" in parts[0].replace("\u2068", "").replace("\u2069", "")
    assert "Sent on: only the visitor sees it" in parts[0]
    assert ("House Kanarinka" in form, "House Kanarinka" in parts[0]) == (True, False)
    site.hall.write(finish, stop)
    assert "Sent on" not in zone((await officer.get(desk)).text, "now")
