"""The door of day passes: a link shows a button, the first press binds it to that browser."""

from collections.abc import Callable

import pytest
from markupsafe import escape

from onestop.accounts.actions import make_pass, release_pass
from onestop.accounts.queries import passes_of_day
from onestop.domain.roles import SYSTEM
from onestop.web.kit.sessions import SESSION_COOKIE
from tests.web.site import Site


def _new_pass(site: Site) -> str:
    return site.database.write_now(make_pass, site.desk.id, actor=SYSTEM, now=site.database.now()).token


def _bound(site: Site) -> list[bool]:
    return [each.bound_at is not None for each in site.database.read_now(passes_of_day, site.hall.id)]


async def test_looking_at_a_pass_shows_a_button_and_binds_nothing(site: Site) -> None:
    token = _new_pass(site)

    shown = await site.browser().get(f"/pass/{token}")

    assert (shown.status_code, _bound(site)) == (200, [False])
    assert f'action="/pass/{token}"' in shown.text
    assert site.desk.institution.name in shown.text


async def test_the_first_press_binds_the_pass_and_signs_the_browser_in_at_the_desk(site: Site) -> None:
    token = _new_pass(site)
    browser = site.browser()

    pressed = await browser.post(f"/pass/{token}")

    assert (pressed.status_code, pressed.headers["location"], _bound(site)) == (303, "/desk", [True])
    assert browser.cookies.get(SESSION_COOKIE)


async def test_the_same_browser_may_press_again(site: Site) -> None:
    token = _new_pass(site)
    browser = site.browser()
    await browser.post(f"/pass/{token}")
    session = browser.cookies.get(SESSION_COOKIE)

    again = await browser.post(f"/pass/{token}")

    assert (again.status_code, again.headers["location"]) == (303, "/desk")
    assert browser.cookies.get(SESSION_COOKIE) == session


async def test_a_second_browser_is_refused_until_the_organiser_releases_the_pass(site: Site) -> None:
    token = _new_pass(site)
    first, second = site.browser(), site.browser()
    await first.post(f"/pass/{token}")

    refused = await second.post(f"/pass/{token}")
    assert refused.status_code == 403
    assert "already in use on another machine" in refused.text
    assert second.cookies.get(SESSION_COOKIE) is None

    (held,) = site.database.read_now(passes_of_day, site.hall.id)
    site.database.write_now(release_pass, held.id, actor=SYSTEM, now=site.database.now())
    let_in = await second.post(f"/pass/{token}")
    refused_now = await first.post(f"/pass/{token}")
    assert (let_in.status_code, refused_now.status_code) == (303, 403)


async def test_an_unknown_pass_is_told_like_one_that_is_over(site: Site) -> None:
    answer = await site.browser().get("/pass/rubbish")

    assert answer.status_code == 403
    assert "not valid any more" in answer.text


@pytest.mark.parametrize(
    "spelled", ["{0} {1} {2}", "{0}-{1}-{2}", " {0}{1}{2}\u200e", "https://x.example/pass/{0}{1}{2}"]
)
@pytest.mark.parametrize("case", [str.lower, str.upper])
async def test_a_code_is_typed_on_a_machine_that_scans_nothing(
    site: Site, spelled: str, case: Callable[[str], str]
) -> None:
    token = _new_pass(site)
    typed = case(spelled.format(token[:4], token[4:8], token[8:])).replace("0", "o").replace("1", "l")
    browser = site.browser()

    shown = await browser.get("/pass")
    answer = await browser.post("/pass", data={"code": typed})
    there = await browser.get(answer.headers["location"])
    entered = await browser.post(answer.headers["location"])

    assert 'name="code"' in shown.text
    assert (answer.status_code, answer.headers["location"]) == (303, f"/pass/{token}")
    assert site.desk.institution.name in there.text
    assert (entered.headers["location"], _bound(site)) == ("/desk", [True])


@pytest.mark.parametrize("typed", ["", "7KQ2 M9XD", "7KQ2 M9XD 4TRW", "مرحبا", '"><b>', "../organise", "x" * 5000])
async def test_a_wrong_code_gets_a_sentence_and_stays_in_the_field(site: Site, typed: str) -> None:
    _new_pass(site)

    answer = await site.browser().post("/pass", data={"code": typed})

    assert answer.status_code == 403
    assert "No valid day pass has this code." in answer.text
    assert f'value="{escape(typed[:200].strip())}"' in answer.text


async def test_whoever_guesses_codes_is_told_to_wait(site: Site) -> None:
    site.app.state.limits = type(site.app.state.limits)()
    browser = site.browser()

    answers = [(await browser.post("/pass", data={"code": f"7KQ2 M9XD {nth:04}"})).status_code for nth in range(301)]

    assert (set(answers[:300]), answers[300]) == ({403}, 429)


async def test_the_page_of_signing_in_knows_the_way_to_a_pass(site: Site) -> None:
    assert 'href="/pass"' in (await site.browser().get("/sign-in")).text
