"""Day passes in bulk: one press for all desks, cards in the officer's languages, all revoked at once."""

import re

from onestop.accounts.desk_passes import make_missing_passes
from onestop.accounts.queries import passes_of_day
from onestop.domain.roles import SYSTEM
from tests.web.organise.browsing import Organiser, who
from tests.web.site import Site

DAY = "/organise/iom-bratislava-2026-12-03"
CODE = re.compile(r"\b(\w{4} \w{4} \w{4})\b(?=</bdi>)")


async def test_one_press_gives_a_card_for_every_desk_without_a_pass(site: Site) -> None:
    organiser = Organiser(site)
    await organiser.open(f"{DAY}/passes")
    await organiser.press(f"{DAY}/passes", desks=[str(site.desk.id)])
    await organiser.open(f"{DAY}/passes")
    sheet = await organiser.press(f"{DAY}/passes/missing")
    again = await organiser.press(f"{DAY}/passes/missing")
    later = await organiser.open(f"{DAY}/passes")

    others = [desk for number, desk in sorted(site.hall.desks.items()) if desk.id != site.desk.id]
    codes = CODE.findall(sheet.text)
    assert (sheet.status_code, sheet.headers["cache-control"]) == (200, "no-store")
    assert (len(codes), sheet.text.count('class="qr"'), sheet.text.count('class="pass-card"')) == (len(others),) * 3
    assert [desk.institution.name in sheet.text for desk in others] == [True] * len(others)
    assert (again.status_code, again.headers["location"]) == (303, f"{DAY}/passes?told=1")
    assert f"{DAY}/passes/missing" not in later.text
    assert [code for code in codes if code in later.text] == []
    bound = await site.browser().post(f"/pass/{codes[0]}")
    assert bound.status_code == 303
    assert len(site.database.read_now(passes_of_day, site.hall.id)) == len(site.hall.desks)


async def test_the_steps_are_in_the_languages_of_the_desk(site: Site) -> None:
    organiser = Organiser(site)
    await organiser.open(f"{DAY}/passes")
    sheet = await organiser.press(f"{DAY}/passes/missing")

    cards = sheet.text.split('class="pass-card"')[1:]
    told = [re.findall(r'<ol lang="([\w-]+)" dir="(\w+)">', card) for card in cards]
    desks = [desk for _, desk in sorted(site.hall.desks.items())]
    assert [languages[0][0] for languages in told] == [site.hall.day.working_language] * len(desks)
    assert [len(languages) <= 2 for languages in told] == [True] * len(desks)
    assert [card.count("<li>") for card in cards] == [3 * len(languages) for languages in told]


async def test_all_passes_are_revoked_by_one_press_and_their_browsers_signed_out(site: Site) -> None:
    officer = site.sign_in("officer")
    site.database.write_now(make_missing_passes, site.hall.id, actor=SYSTEM, now=site.hall.now)
    organiser = Organiser(site)
    await organiser.open(f"{DAY}/passes")
    done = await organiser.press(f"{DAY}/passes/revoke")
    again = await organiser.press(f"{DAY}/passes/revoke")
    page = await organiser.open(done.headers["location"])

    living = [each for each in site.database.read_now(passes_of_day, site.hall.id) if each.revoked_at is None]
    count = len(site.hall.desks)
    assert (living, who(site, officer)) == ([], None)
    assert done.headers["location"] == again.headers["location"] == f"{DAY}/passes?ended={count}"
    assert f"These passes open nothing any more: {count}" in page.text


async def test_a_revoked_pass_is_missing_again(site: Site) -> None:
    first = site.database.write_now(make_missing_passes, site.hall.id, actor=SYSTEM, now=site.hall.now)
    none = site.database.write_now(make_missing_passes, site.hall.id, actor=SYSTEM, now=site.hall.now)

    assert (len(first), none) == (len(site.hall.desks), [])
