"""What her phone offers while she is called and not ready, and what it says afterwards."""

from datetime import timedelta

from onestop.visits.actions.calls import serve
from tests.web.public.test_ticket import arrive, booked, fetch
from tests.web.site import Site

KEPT = "Your place is kept. You will be called again."


async def test_a_called_visitor_says_that_she_is_not_ready_and_keeps_her_place(site: Site) -> None:
    visitor = await booked(site)
    arrive(site, visitor)
    waiting = await fetch(visitor, "")
    site.hall.next(1)
    called = await fetch(visitor, "")
    assert ("not-ready-form" in waiting.forms, "not-ready-form" in called.forms) == (False, True)
    page = await visitor.press("not-ready-form")

    assert KEPT in page.text
    assert "It is your turn" not in page.text
    assert ("not-ready-form" in page.forms, "step-out-form" in page.forms) == (False, True)
    site.set_time(site.hall.now + timedelta(minutes=6))
    assert KEPT not in (await fetch(visitor, "")).text


async def test_she_steps_out_of_a_call(site: Site) -> None:
    visitor = await booked(site)
    arrive(site, visitor)
    site.hall.next(1)
    await fetch(visitor, "")
    page = await visitor.press("go-out-form")
    assert "You stepped out. Your place is kept." in page.text
    assert "come-back-form" in page.forms


async def test_after_the_second_time_the_page_sends_her_to_a_person(site: Site) -> None:
    visitor = await booked(site)
    arrive(site, visitor)
    for _ in range(2):
        site.hall.next(1)
        await fetch(visitor, "")
        await visitor.press("not-ready-form")
        site.set_time(site.hall.now + timedelta(minutes=6))
    site.hall.next(1)
    page = await fetch(visitor, "")
    assert "If you are not ready, please go to the desk, or ask at the reception." in page.text
    assert {"not-ready-form", "go-out-form"} & set(page.forms) == set()


async def test_a_press_after_the_talk_began_shows_the_ticket_as_it_is(site: Site) -> None:
    visitor = await booked(site)
    arrive(site, visitor)
    stop = site.hall.next(1).stop
    await fetch(visitor, "")
    site.hall.write(serve, stop)
    page = await visitor.press("not-ready-form")
    assert visitor.status == 409
    assert "This step cannot be done now." in page.text
    assert "You are at desk 1 now." in page.text
