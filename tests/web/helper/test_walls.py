"""A helper sees only what she booked; whose account is closed or narrowed sees nothing at once."""

import asyncio
from datetime import timedelta

import sqlalchemy as sa

from onestop.accounts.actions import change_helper, revoke_account
from onestop.booking.tables import parties
from onestop.domain.roles import SYSTEM
from onestop.retention.actions import erase_party
from tests.counting import counted
from tests.halls import ON, make_test_day
from tests.web.helper.conftest import Make
from tests.web.site import Site


async def test_the_first_page_has_her_own_bookings_by_day_and_nobody_elses(site: Site, helper: Make) -> None:
    other = make_test_day(site.database, on=ON + timedelta(days=7))
    make_test_day(site.database, on=ON + timedelta(days=14), publish=False)
    nora, omar = helper("nora", cap=3), helper("omar")
    mine = await nora.book(name="Amal")
    later = await nora.book(f"/helper/{other.day.slug}", name="Samir")
    theirs = await omar.book(name="Zahra")
    site.hall.book(site.hall.wish("legal"), name="Olena")

    page, omars = await nora.look("/helper"), await omar.look("/helper")

    assert [name in page for name in ("Amal", "Samir", "Zahra", "Olena")] == [True, True, False, False]
    assert [name in omars for name in ("Amal", "Samir", "Zahra", "Olena")] == [False, False, True, False]
    assert [f'href="{path}"' in page for path in (mine, later, theirs)] == [True, True, False]
    assert page.count("You have 1 of 3 bookings.") == 2
    assert page.index(site.hall.day.slug) < page.index(other.day.slug)
    assert "2026-12-17" not in page  # a draft


async def test_somebody_elses_booking_answers_like_an_unknown_one(site: Site, helper: Make) -> None:
    other = make_test_day(site.database, on=ON + timedelta(days=7))
    nora, omar = helper("nora"), helper("omar")
    theirs = (await omar.book(name="Zahra")).rsplit("/", 1)[1]
    public = str(site.hall.book(site.hall.wish("legal")).party)
    unknown = "01900000-0000-7000-8000-000000000000"
    mine = (await nora.book()).rsplit("/", 1)[1]
    at = (await nora.times())[-1]

    def paths(party: str, home: str = "") -> list[str]:
        return [f"{home or nora.home}/parties/{party}{end}" for end in ("", "/print", "/time", "/cancel")]

    async def knock(path: str) -> tuple[int, str]:
        answer = await (nora.press(path, arrival=at) if path.endswith("cancel") else nora.browser.get(path))
        moved = await nora.press(path, arrival=at) if path.endswith("time") else answer
        assert moved.status_code == answer.status_code
        return answer.status_code, answer.text.replace(path, "")

    met = [
        [(await knock(path))[0] for path in paths(party, home)]
        for party, home in ((theirs, ""), (public, ""), (unknown, ""), (mine, f"/helper/{other.day.slug}"))
    ]

    assert met == [[404] * 4] * 4
    assert (await nora.browser.get(paths(mine)[0])).status_code == 200
    assert (omar.kept(), nora.kept()) == ([("Zahra", "confirmed")], [("Amal", "confirmed")])


async def test_a_helper_of_one_day_meets_other_days_like_unknown_ones(site: Site, helper: Make) -> None:
    other = make_test_day(site.database, on=ON + timedelta(days=7))
    draft = make_test_day(site.database, on=ON + timedelta(days=14), publish=False)
    nora = helper("nora", day=site.hall)
    await nora.book()

    page = await nora.look("/helper")
    met = [
        (await nora.browser.get(f"/helper/{slug}/book")).status_code
        for slug in (site.hall.day.slug, other.day.slug, draft.day.slug, "no-such-day")
    ]

    assert (site.hall.day.slug in page, other.day.slug in page) == (True, False)
    assert met == [200, 404, 404, 404]


async def test_two_tabs_at_the_same_moment_cannot_pass_the_cap(site: Site, helper: Make) -> None:
    for name in ("nora", "omar", "rita"):
        person = helper(name, cap=2)
        await person.book()
        times = await person.times()

        answers = await asyncio.gather(
            *(person.press(f"{person.home}/book", arrival=at, **person.answers()) for at in times[-4:])
        )

        assert sorted(each.status_code for each in answers) == [303, 409, 409, 409]
        assert [state for _, state in person.kept()] == ["confirmed"] * 2


async def test_a_closed_account_loses_the_page_at_once(site: Site, helper: Make) -> None:
    nora = helper("nora")
    path = await nora.book()
    at = (await nora.times())[0]
    site.database.write_now(revoke_account, "nora", actor=SYSTEM, now=site.hall.now)

    pages = [await nora.browser.get(each) for each in ("/helper", path, f"{path}/print", f"{nora.home}/book")]
    acts = [await nora.press(f"{nora.home}/book", arrival=at, **nora.answers()), await nora.press(f"{path}/cancel")]

    assert [each.headers.get("location", "").split("?")[0] for each in pages] == ["/sign-in"] * 4
    assert [each.status_code for each in acts] == [401] * 2
    assert nora.kept() == [("Amal", "confirmed")]


async def test_narrowed_to_another_day_she_loses_this_one(site: Site, helper: Make) -> None:
    other = make_test_day(site.database, on=ON + timedelta(days=7))
    nora = helper("nora")
    path = await nora.book()
    site.database.write_now(change_helper, nora.account, cap=5, only_day=other.id, actor=SYSTEM, now=site.hall.now)

    assert (await nora.browser.get(path)).status_code == 404
    assert "Amal" not in await nora.look("/helper")


async def test_an_erased_booking_is_gone_from_her_pages(site: Site, helper: Make) -> None:
    nora = helper("nora")
    erased, stays = await nora.book(name="Amal"), await nora.book(name="Samir")
    party = site.database.read_now(
        lambda conn: conn.execute(sa.select(parties.c.id).where(parties.c.name == "Amal")).scalar_one()
    )
    assert "Amal" in await nora.look("/helper")
    site.hall.write(erase_party, party, journal=None)

    page = await nora.look("/helper")

    assert [name in page for name in ("Amal", "Samir", "You have 1 of 5 bookings.")] == [False, True, True]
    assert [(await nora.browser.get(path)).status_code for path in (erased, stays)] == [404, 200]


async def test_a_name_is_shown_as_text_and_never_as_a_part_of_the_page(helper: Make) -> None:
    nora = helper("nora")
    path = await nora.book(name="<b>Amal</b>")

    pages = [await nora.look("/helper"), await nora.look(path)]

    assert [("&lt;b&gt;Amal" in page, "<b>Amal" in page) for page in pages] == [(True, False)] * 2


async def test_pages_cost_the_same_however_many_bookings_she_has(helper: Make) -> None:
    nora = helper("nora", cap=10)
    path = await nora.book()

    async def costs() -> list[int]:
        found: list[int] = []
        for page in ("/helper", path, f"{path}/print", f"{path}/time", f"{nora.home}/book"):
            await nora.look(page)
            with counted() as count:
                await nora.look(page)
                found.append(count())
        return found

    one = await costs()
    for _ in range(3):
        await nora.book()

    assert await costs() == one
    assert max(one) < 16
