"""The floor plan of a venue: uploaded and cleaned, desks put on it, seen by visitors and by the hall."""

import re
from datetime import timedelta
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from onestop.days.copying import copy_day
from onestop.db.ledger import facts
from onestop.directory.floor_plans import Floor, Spot, floor_of
from onestop.directory.tables import floor_plans, services
from onestop.domain.logo import MOST_PLAN_BYTES
from onestop.domain.roles import SYSTEM
from tests.directory.uploads import HOSTILE, huge_png, jpeg, noise, png, svg
from tests.web.organise.browsing import Organiser
from tests.web.site import Site


@pytest.fixture
def doors() -> tuple[str, ...]:
    """Organisers put desks where visitors and guides find them."""
    return ("organise", "public", "floor")


def floor(site: Site) -> Floor:
    return site.database.read_now(floor_of, site.hall.day.venue_id)


def kinds(site: Site) -> list[str]:
    told = ("PlanKept", "PlanRemoved", "WayWritten", "DeskPlaced", "DeskUnplaced")
    query = sa.select(facts.c.kind).where(facts.c.kind.in_(told)).order_by(facts.c.id)
    return list(site.database.read_now(lambda conn: conn.execute(query).scalars().all()))


async def upload(organiser: Organiser, site: Site, content: bytes, **more: Any) -> httpx.Response:
    path = f"/organise/venues/{site.hall.day.venue_id}"
    await organiser.open(path)
    form = {"_key": organiser.form(f"{path}/plan")["_key"], **more}
    return await organiser.browser.post(f"{path}/plan", data=form, files={"logo": ("x", content)})


async def test_a_plan_is_made_anew_and_answers_without_any_rights(site: Site) -> None:
    organiser = Organiser(site)
    assert (await upload(organiser, site, noise(1000, 600))).status_code == 303
    plan = floor(site).plan
    assert plan is not None
    size = sa.select(sa.func.length(floor_plans.c.content))
    heavy = site.database.read_now(lambda conn: conn.execute(size).scalar())
    answer = await site.browser().get(f"/plans/{plan.file}")
    assert (await upload(organiser, site, svg())).status_code == 303
    drawn = floor(site).plan
    gone = await site.browser().get(f"/plans/{plan.file}")
    path = f"/organise/venues/{site.hall.day.venue_id}"
    await organiser.open(path)
    await organiser.send(f"{path}/plan/remove")

    assert (plan.width, plan.height, plan.file.endswith(".png")) == (960, 576, True)
    assert 0 < heavy <= MOST_PLAN_BYTES
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")
    assert "sandbox" in answer.headers["content-security-policy"]
    assert drawn is not None
    assert (drawn.width, drawn.height, drawn.file.endswith(".svg"), gone.status_code) == (960, 480, True, 404)
    assert floor(site).plan is None
    assert kinds(site) == ["PlanKept", "PlanKept", "PlanRemoved"]


async def test_what_is_no_plain_picture_gets_a_sentence_and_changes_nothing(site: Site) -> None:
    organiser = Organiser(site)
    bad = {"script": HOSTILE["script"][0], "bomb": huge_png(), "jpeg": jpeg(), "none": b""}
    answers = {name: await upload(organiser, site, content) for name, content in bad.items()}

    said = {
        "script": "This file holds a program, not only a picture.",
        "bomb": "This picture is too large: at most 10 million points.",
        "jpeg": "This file is no picture that we can read.",
        "none": "Please choose a file.",
    }
    told = {name: (answer.status_code, said[name] in answer.text) for name, answer in answers.items()}
    assert told == dict.fromkeys(bad, (422, True))
    assert (floor(site).plan, kinds(site)) == (None, [])


async def test_desks_are_put_by_a_tap_or_two_numbers_and_the_next_one_is_asked_for(site: Site) -> None:
    organiser = Organiser(site)
    day = f"/organise/{site.hall.day.slug}"
    empty = await organiser.open(f"{day}/floor")
    assert "This venue has no floor plan yet." in empty.text
    await upload(organiser, site, svg())
    first, second, *_ = sorted(site.hall.desks)
    page = await organiser.open(f"{day}/floor")
    tapped = f"{day}/floor/{first}"
    assert 'type="image"' in page.text
    form = {"_key": organiser.form(tapped)["_key"], "at.x": "240", "at.y": "120"}
    answer = await organiser.browser.post(tapped, data=form)
    after = await organiser.open(answer.headers["location"])
    assert f"Tap where desk {second} stands" in after.text
    forms = re.findall(r'<form class="panel" method="post" action="([^"]+)"', after.text)
    key = {"_key": organiser.form(forms[0])["_key"]}
    await organiser.browser.post(forms[0], data={**key, "across": "90", "down": "100"})

    assert forms == [f"{day}/floor/{second}"]
    assert dict(floor(site).spots) == {first: Spot(across=250, down=250), second: Spot(across=900, down=1000)}
    for typed in (
        {"at.x": "0", "at.y": "0"},
        {"at.x": "961", "at.y": "10"},
        {"across": "101", "down": "50"},
        {"across": "x", "down": "33"},
    ):
        wrong = await organiser.browser.post(tapped, data=typed)
        assert (wrong.status_code, "Please tap the plan where the desk stands" in wrong.text) == (422, True), typed
        assert typed.get("down", "33") != "33" or "at.x" in typed or 'value="33"' in wrong.text
    assert len(floor(site).spots) == 2
    await organiser.open(f"{day}/floor?desk={first}")
    await organiser.send(f"{tapped}/remove")
    assert set(floor(site).spots) == {second}
    assert (await organiser.browser.post(f"{day}/floor/999", data={"across": "1", "down": "1"})).status_code == 404
    assert kinds(site) == ["PlanKept", "DeskPlaced", "DeskPlaced", "DeskUnplaced"]


async def placed(site: Site) -> Organiser:
    """Every desk stands on the plan, and the way is told in Slovak."""
    organiser = Organiser(site)
    await upload(organiser, site, png(200, 100))
    day, venue = f"/organise/{site.hall.day.slug}", f"/organise/venues/{site.hall.day.venue_id}"
    for number in site.hall.desks:
        await organiser.browser.post(f"{day}/floor/{number}", data={"across": str(number * 10), "down": "50"})
    await organiser.open(venue)
    await organiser.send(f"{venue}/way", text_sk="Rovno a vpravo.")
    return organiser


async def test_a_ticket_leads_to_its_desk_once_it_is_called(site: Site) -> None:
    await placed(site)
    ticket, _ = site.hall.walk_in(site.hall.wish("legal"))
    browser = site.browser()
    path = f"/t/{ticket.code}"
    before, waiting = await browser.get(path), await browser.get(f"{path}/floor")
    number = next(number for number, desk in site.hall.desks.items() if site.hall.service("legal") in desk.services)
    site.hall.open_desks()
    site.hall.next(number)
    called, found = await browser.get(path), await browser.get(f"{path}/floor")

    assert (f'href="{path}/floor"' in before.text, "Where the desks are" in waiting.text) == (True, True)
    assert (waiting.text.count("floor-ring"), found.text.count("floor-ring")) == (0, 1)
    assert (f"Where is desk {number}?" in called.text, f"Where is desk {number}?" in found.text) == (True, True)
    assert found.text.count('class="floor-desk') == len(site.hall.desks)
    assert '<p class="floor-way" lang="sk" dir="ltr">Rovno a vpravo.</p>' in found.text
    assert site.desk.institution.name not in found.text


async def test_a_private_call_marks_no_desk(site: Site) -> None:
    await placed(site)
    change = services.update().where(services.c.key == "legal").values(private=True)
    site.database.write_now(lambda conn: conn.execute(change))
    ticket, _ = site.hall.walk_in(site.hall.wish("legal"))
    browser = site.browser()
    path = f"/t/{ticket.code}"
    before = await browser.get(f"{path}/floor")
    number = next(number for number, desk in site.hall.desks.items() if site.hall.service("legal") in desk.services)
    site.hall.open_desks()
    site.hall.next(number)
    called, found = await browser.get(path), await browser.get(f"{path}/floor")

    assert "data-turn" in called.text
    assert "Where is desk" not in called.text + found.text
    assert _main(found.text) == _main(before.text)


async def test_guides_see_all_desks_and_a_ticket_without_a_plan_leads_nowhere(site: Site) -> None:
    ticket, _ = site.hall.walk_in(site.hall.wish("legal"))
    browser, path = site.browser(), f"/t/{ticket.code}"
    nothing, back = await browser.get(path), await browser.get(f"{path}/floor")
    guide = site.sign_in("floor_guide")
    empty = await guide.get(f"/floor/{site.hall.day.slug}/plan")
    await placed(site)
    full, called = [await guide.get(f"/floor/{site.hall.day.slug}/{page}") for page in ("plan", "called")]

    assert (f"{path}/floor" in nothing.text, back.status_code, back.headers["location"]) == (False, 303, path)
    assert "This venue has no floor plan yet." in empty.text
    assert full.text.count('class="floor-desk') == len(site.hall.desks)
    assert f'href="/floor/{site.hall.day.slug}/plan"' in called.text
    assert "floor-ring" not in full.text


async def test_who_organises_one_day_only_sees_the_plan_and_changes_nothing(site: Site) -> None:
    await placed(site)
    only = Organiser(site, day=site.hall.id)
    path = f"/organise/{site.hall.day.slug}/floor"
    page = await only.open(path)
    refused = await only.browser.post(f"{path}/{min(site.hall.desks)}", data={"across": "1", "down": "1"})

    assert ('type="image"' in page.text, "floor-plan" in page.text, refused.status_code) == (False, True, 403)


def _main(html: str) -> str:
    return html[html.index("<main") : html.index("</main>")]


async def test_a_copied_day_has_its_desks_on_the_plan_already(site: Site) -> None:
    organiser = await placed(site)
    later = site.hall.day.on + timedelta(days=28)
    slug = site.database.write_now(copy_day, site.hall.id, on=later, actor=SYSTEM, now=site.hall.now)
    page = await organiser.open(f"/organise/{slug}/floor")

    assert page.text.count('class="floor-desk') == len(site.hall.desks)
