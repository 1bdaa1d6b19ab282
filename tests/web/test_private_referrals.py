"""R19: a referral to a discreet place, or from a private talk, shows at its desk and with her, and nowhere else."""

import pytest

from onestop.booking.tickets import new_code
from tests.halls import STAFF
from tests.referrals.scene import Scene, make_scene
from tests.web.site import Site

CANARIES = ("Kanarinka", "Tajná 7", "421 2 777", "For a safe place to sleep", "shelter")


@pytest.fixture
def scene(site: Site) -> Scene:
    """The running application's own day at its opening."""
    made = make_scene(site.database, site.hall, reacts=False)
    site.set_time(site.hall.day.opens_at)
    return made


def seen(text: str) -> list[str]:
    return [canary for canary in CANARIES if canary in text]


async def test_it_is_seen_at_its_desk_and_by_her_alone(site: Site, scene: Scene) -> None:
    ticket, _ = scene.hall.walk_in(scene.hall.wish("legal", "residence"))
    stop = scene.serve("legal")
    scene.refer(stop, place=scene.shelter, reason="shelter")
    key = site.app.state.ticket_key
    code = site.database.write_now(new_code, party=ticket.party, key=key, actor=STAFF, now=site.hall.now).code
    officer, other = site.sign_in("officer"), site.sign_in("officer", site.hall.desks[4])
    made = (await officer.get(f"/stops/{stop}/referrals")).text.partition("New referral")[0]
    hers = (await site.browser().get(f"/t/{code}/steps?lang=en")).text
    assert "House Kanarinka" in made
    assert set(CANARIES[:4]) <= set(seen(hers))

    slug, party = site.hall.day.slug, ticket.party
    scene.finish(stop)
    second = scene.serve("residence")
    looks = [
        (officer, [f"/desks/{site.desk.id}", f"/desks/{site.desk.id}/referrals", f"/stops/{stop}/steps"]),
        (
            other,
            [
                f"/desks/{site.hall.desks[4].id}",
                f"/desks/{site.hall.desks[4].id}/referrals",
                f"/stops/{second}/steps",
                f"/stops/{second}/steps?also=1",
            ],
        ),
        (
            site.sign_in("receptionist"),
            [
                f"/reception/{slug}",
                f"/reception/{slug}/people",
                f"/reception/{slug}/parties/{party}",
                f"/reception/{slug}/parties/{party}/print",
                f"/reception/{slug}/parties/{party}/steps?also=1",
                f"/reception/{slug}/parties/{party}/proof",
                f"/floor/{slug}",
                f"/floor/{slug}/called",
            ],
        ),
        (
            site.sign_in("organiser"),
            ["/organise/referrals", f"/organise/{slug}", f"/organise/{slug}/overview", f"/organise/{slug}/messages"],
        ),
        (site.sign_in("display"), [f"/display/{slug}", f"/display/{slug}/calls"]),
        (site.browser(), [f"/t/{code}?lang=en", f"/t/{code}/print?lang=en", f"/t/{code}/proof?lang=en"]),
    ]
    for browser, paths in looks:
        for path in paths:
            answer = await browser.get(path)
            assert (answer.status_code, seen(answer.text)) == (200, []), path
    asks = [
        ("organiser", None, "/api/v1/referrals"),
        ("organiser", None, f"/api/v1/days/{slug}/ledger"),
        ("organiser", None, f"/api/v1/days/{slug}/overview"),
        ("officer", 1, "/api/v1/referrals"),
        ("officer", 4, "/api/v1/referrals"),
        ("display", None, f"/api/v1/days/{slug}/board"),
    ]
    for role, number, path in asks:
        header = site.token(role, None if number is None else site.hall.desks[number])
        answer = await site.browser().get(path, headers=header)
        assert (answer.status_code, seen(answer.text), str(scene.shelter) in answer.text) == (200, [], False), path


async def test_nobody_but_its_desk_can_change_it_and_nobody_records_it_as_kept(site: Site, scene: Scene) -> None:
    _, stop = scene.talk()
    referral = scene.refer(stop, place=scene.shelter, reason="shelter")

    answers = [
        await site.sign_in("organiser").post(f"/organise/referrals/{referral}/kept"),
        await site.sign_in("officer").post(f"/desks/{site.desk.id}/referrals/{referral}/kept"),
        await site.sign_in("officer", site.hall.desks[4]).post(f"/stops/{stop}/referrals/{referral}/withdraw"),
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404]
    row = scene.row(referral)
    assert (row.kept_at, row.withdrawn_at) == (None, None)


async def test_its_desk_prints_it_only_where_she_asks_at_that_press(site: Site, scene: Scene) -> None:
    officer = site.sign_in("officer")
    _, stop = scene.talk()
    scene.refer(stop, place=scene.shelter, reason="shelter")

    page = (await officer.get(f"/stops/{stop}/steps")).text
    asked = (await officer.get(f"/stops/{stop}/steps?also=1")).text

    assert (seen(page), f'href="/stops/{stop}/steps?also=1"' in page) == ([], True)
    assert "House Kanarinka" in asked
    assert "Print it only if the visitor asks for it." in asked
