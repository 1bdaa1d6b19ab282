"""Reception prints next steps and the proof of visit; private referrals are not known there (R19)."""

from uuid import uuid4

import pytest

from tests.referrals.scene import Scene, make_scene
from tests.web.public.visitor import Page
from tests.web.site import Site


@pytest.fixture
def scene(site: Site) -> Scene:
    made = make_scene(site.database, site.hall, reacts=False)
    site.set_time(site.hall.day.opens_at)
    return made


async def test_reception_prints_both_sheets_without_private_referrals(site: Site, scene: Scene) -> None:
    browser = site.sign_in("receptionist")
    ticket, stop = scene.talk()
    scene.refer(stop, place=scene.school, reason="school")
    scene.refer(stop, place=scene.shelter, reason="shelter")
    home = f"/reception/{site.hall.day.slug}/parties/{ticket.party}"
    party = Page((await browser.get(home)).text)
    assert (party.links["Next steps"], party.links["Proof of visit"]) == (f"{home}/steps", f"{home}/proof")

    steps = Page((await browser.get(f"{home}/steps?also=1")).text).text
    proof = Page((await browser.get(f"{home}/proof")).text).text

    assert ("Primary School" in steps, "House Kanarinka" in steps, "Kanarinka" in party.text) == (True, False, False)
    assert ("Was here from" in proof, "Primary School" in proof) == (True, False)


async def test_who_signs_the_proof_reads_it_in_her_language_and_the_paper_stays_as_it_is(
    site: Site, scene: Scene
) -> None:
    browser = site.sign_in("receptionist")
    ticket, _ = scene.talk()
    home = f"/reception/{site.hall.day.slug}/parties/{ticket.party}"

    own = (await browser.get(f"{home}/proof")).text
    arabic = (await browser.get(f"{home}/proof?lang=ar")).text
    said, paper = arabic.split('class="steps-sheet')

    assert "This stands on the paper:" not in own
    assert ("الختم والتوقيع:" in said, "الختم والتوقيع:" in paper) == (True, False)
    assert (site.hall.day.name in paper, site.hall.day.name in own.split('class="steps-sheet')[1]) == (False, False)


async def test_somebody_who_was_not_here_and_somebody_unknown_get_no_sheet(site: Site, scene: Scene) -> None:
    browser = site.sign_in("receptionist")
    booked = scene.hall.book(scene.hall.wish("legal"))
    home = f"/reception/{site.hall.day.slug}/parties"

    for page in ("steps", "proof"):
        answer = await browser.get(f"{home}/{booked.party}/{page}")
        assert (answer.status_code, answer.headers["location"]) == (303, f"{home}/{booked.party}")
        assert (await browser.get(f"{home}/{uuid4()}/{page}")).status_code == 404


async def test_a_talk_still_to_come_stands_under_what_comes_next(site: Site, scene: Scene) -> None:
    browser = site.sign_in("receptionist")
    ticket, _ = scene.hall.walk_in(scene.hall.wish("social"))

    steps = Page((await browser.get(f"/reception/{site.hall.day.slug}/parties/{ticket.party}/steps")).text).text

    assert "This talk is still to come today." in steps.split("What comes next")[1]
    assert ("What was done" in steps, "Nothing more is planned." in steps) == (False, False)
