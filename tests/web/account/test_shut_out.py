"""Somebody is shut out while her page is open: its stream ends at once, its next request is refused."""

import asyncio

import pytest

from onestop.accounts.actions import revoke_account, revoke_pass
from onestop.accounts.queries import accounts_list, passes_of_day
from onestop.clock import real_now
from onestop.devices.actions import revoke_device
from onestop.devices.queries import devices_list
from onestop.domain.roles import SYSTEM
from onestop.web.kit.sessions import DEVICE_COOKIE, SESSION_COOKIE
from tests.web.kit.test_sse import Stream
from tests.web.organise.browsing import who
from tests.web.site import HOST, Site


@pytest.fixture
def doors() -> tuple[str, ...]:
    """Those whose pages are opened here."""
    return ("organise", "desk", "display")


def _close_account(site: Site) -> None:
    (login,) = (one.login for one in site.database.read_now(accounts_list))
    site.database.write_now(revoke_account, login, actor=SYSTEM, now=site.database.now())


def _revoke_pass(site: Site) -> None:
    (made,) = site.database.read_now(passes_of_day, site.hall.id)
    site.database.write_now(revoke_pass, made.id, actor=SYSTEM, now=site.database.now())


def _shut_machine_out(site: Site) -> None:
    (made,) = site.database.read_now(devices_list, site.hall.id)
    site.database.write_now(revoke_device, made.id, actor=SYSTEM, real=real_now())


@pytest.mark.parametrize(
    ("role", "path", "act"),
    [
        ("organiser", "/organise/{day}/live", _close_account),
        ("officer", "/desks/{desk}/live", _revoke_pass),
        ("display", "/display/{day}/live", _shut_machine_out),
    ],
)
async def test_an_open_page_is_told_to_look_and_is_refused(site: Site, role: str, path: str, act: object) -> None:
    name = DEVICE_COOKIE if role == "display" else SESSION_COOKIE
    token = site.pair(role) if role == "display" else site.session(role)
    here = path.format(day=site.hall.day.slug, desk=site.desk.id)
    stream = Stream(site, here, {"cookie": f"{name}={token}"})
    hello = await stream.next()
    assert callable(act)
    await asyncio.to_thread(act, site)
    await asyncio.wait_for(stream.ended, 5)
    browser = site.browser()
    browser.cookies.set(name, token, domain=HOST)
    again = await browser.get(here)

    assert (list(hello), stream.status) == (["retry"], 200)
    assert (again.status_code, again.headers["location"].split("?")[0]) == (
        303,
        "/pair" if role == "display" else "/sign-in",
    )
    assert who(site, browser) is None


async def test_signing_out_in_one_window_ends_the_stream_of_the_other(site: Site) -> None:
    token = site.session("organiser")
    stream = Stream(site, f"/organise/{site.hall.day.slug}/live", {"cookie": f"{SESSION_COOKIE}={token}"})
    await stream.next()
    browser = site.browser()
    browser.cookies.set(SESSION_COOKIE, token, domain=HOST)
    await browser.post("/sign-out")

    await asyncio.wait_for(stream.ended, 5)
    assert len(site.app.state.hub) == 0


async def test_who_was_shut_out_between_the_check_and_the_stream_hears_nothing(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = site.session("organiser")
    hub = site.app.state.hub
    subscribe = hub.subscribe

    def subscribe_late(keys: list[str], **more: str) -> object:
        _close_account(site)
        return subscribe(keys, **more)

    monkeypatch.setattr(hub, "subscribe", subscribe_late)
    browser = site.browser()
    browser.cookies.set(SESSION_COOKIE, token, domain=HOST)
    answer = await browser.get(f"/organise/{site.hall.day.slug}/live")

    assert (answer.status_code, len(hub)) == (303, 0)
