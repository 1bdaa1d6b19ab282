"""The desk goes to the next person: what is there stays, the old browser is out, the pass binds to the new one."""

from onestop.accounts.actions import make_pass
from onestop.domain.roles import SYSTEM
from onestop.visits.actions.calls import serve
from tests.web.desk.screen import zone
from tests.web.site import Site


async def test_the_next_browser_finds_the_desk_as_it_was(site: Site) -> None:
    token = site.database.write_now(make_pass, site.desk.id, actor=SYSTEM, now=site.database.now()).token
    first, second, third = site.browser(), site.browser(), site.browser()
    await first.post(f"/pass/{token}")
    site.hall.open_desks()
    site.hall.walk_in(site.hall.wish("legal"))
    site.hall.write(serve, site.hall.next(1).stop)
    desk = f"/desks/{site.desk.id}"
    before = zone((await first.get(desk)).text, "now")
    too_early = await second.post(f"/pass/{token}")

    shown = await first.get(f"{desk}/hand-over")
    pressed = await first.post(f"{desk}/hand-over")
    told = await first.get(pressed.headers["location"])
    again, old = await first.post(f"{desk}/hand-over"), await first.get(desk)
    bound = await second.post(f"/pass/{token}")
    refused = await third.post(f"/pass/{token}")

    assert (too_early.status_code, shown.status_code, pressed.status_code, told.status_code) == (403, 200, 303, 200)
    assert (again.status_code, old.headers["location"].partition("?")[0]) == (401, "/sign-in")
    assert (bound.status_code, refused.status_code) == (303, 403)
    assert zone((await second.get(desk)).text, "now") == before
    assert "already in use on another machine" in refused.text
