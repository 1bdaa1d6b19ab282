"""An organiser gives places by draw: chooses the window from lists, sees the numbers, draws, changes nothing later."""

from datetime import UTC, date, datetime, timedelta

from onestop.booking.actions.draws import request_place
from onestop.days.queries.days import day_by_id
from onestop.days.queries.draws import Draw, draw_of
from onestop.domain.booking import Channel
from onestop.domain.day import DayState, Release
from tests.halls import make_test_day
from tests.web.organise.browsing import Organiser
from tests.web.site import Site

DAY = "/organise/iom-bratislava-2026-12-03"
WINDOW = {
    "release": "draw",
    "draw_opens_on": "2026-11-24",
    "draw_opens_at": "09:00",
    "draw_closes_on": "2026-11-30",
    "draw_closes_at": "20:00",
}


def draw(site: Site) -> Draw:
    found = site.database.read_now(draw_of, site.hall.id)
    assert found is not None
    return found


async def announce(site: Site, **window: str) -> Organiser:
    """Ten days before the day the organiser sends the form."""
    site.set_time(datetime(2026, 11, 23, 8, tzinfo=UTC))
    organiser = Organiser(site)
    await organiser.open(f"{DAY}/settings")
    answer = await organiser.send(f"{DAY}/settings", **{**WINDOW, **window})
    assert answer.status_code == 200, answer.text
    return organiser


async def test_the_window_is_chosen_from_lists_and_kept_in_the_time_of_the_place(site: Site) -> None:
    organiser = await announce(site)
    told = draw(site)
    assert (told.opens_at, told.closes_at) == (
        datetime(2026, 11, 24, 8, tzinfo=UTC),
        datetime(2026, 11, 30, 19, tzinfo=UTC),
    )
    assert site.database.read_now(day_by_id, site.hall.id).release is Release.DRAW
    page = await organiser.open(f"{DAY}/settings")
    assert '<option value="2026-11-24" selected>' in page.text
    assert '<option value="20:00" selected>' in page.text
    again = await organiser.open(f"{DAY}/draw")
    assert (told.commitment in again.text, "Requests are not taken yet." in again.text) == (True, True)


async def test_a_window_that_cannot_work_is_told_by_its_lists_and_nothing_is_stored(site: Site) -> None:
    site.set_time(datetime(2026, 11, 23, 8, tzinfo=UTC))
    organiser = Organiser(site)
    await organiser.open(f"{DAY}/settings")
    for wrong, said in (
        ({"draw_opens_on": "2026-11-22"}, "The time for requests must begin later than now."),
        ({"draw_closes_on": "2026-11-24", "draw_closes_at": "09:00"}, "must end at least one hour after it begins."),
        ({"draw_closes_on": "2026-12-03"}, "must end at least 12 hours before the day opens."),
        ({"draw_opens_on": "tomorrow"}, "There is no such date."),
        ({"draw_opens_at": "noon"}, "Please write a time such as 09:30."),
    ):
        answer = await organiser.send(f"{DAY}/settings", **{**WINDOW, **wrong, "name": "Kept"})
        assert (answer.status_code, said in answer.text, 'value="Kept"' in answer.text) == (422, True, True), wrong
    assert site.database.read_now(draw_of, site.hall.id) is None
    assert site.database.read_now(day_by_id, site.hall.id) == site.hall.day


async def test_once_requests_are_taken_nothing_about_the_draw_can_be_changed(site: Site) -> None:
    organiser = await announce(site)
    before = draw(site)
    site.set_time(before.opens_at)
    await organiser.open(f"{DAY}/settings")
    for change in ({"release": "open"}, {**WINDOW, "draw_closes_at": "21:00"}):
        answer = await organiser.send(f"{DAY}/settings", **change)
        assert (answer.status_code, "People can already ask for a place." in answer.text) == (409, True)
    await organiser.open(f"{DAY}/settings")
    kept = await organiser.send(f"{DAY}/settings", **WINDOW, name="Another name")
    assert (kept.status_code, draw(site)) == (200, before)


async def test_numbers_are_seen_and_the_button_draws_once_the_window_is_over(site: Site) -> None:
    organiser = await announce(site)
    hall, key = site.hall, site.app.state.ticket_key
    site.set_time(draw(site).opens_at)
    for _ in range(3):
        hall.write(request_place, hall.id, hall.wish("legal"), channel=Channel.RECEPTION, key=key)
    page = await organiser.open(f"{DAY}/draw")
    assert [said in page.text for said in ("3 requests so far", "3 of them count now.", "Draw now")] == [
        True,
        True,
        False,
    ]
    early = await organiser.browser.post(f"{DAY}/draw")
    assert (early.status_code, "This time is not over yet." in early.text) == (409, True)
    site.set_time(draw(site).closes_at)
    assert "Draw now" in (await organiser.open(f"{DAY}/draw")).text
    for _ in range(2):
        await organiser.browser.post(f"{DAY}/draw")
        done = await organiser.open(f"{DAY}/draw")
        assert [said in done.text for said in ("3 requests take part.", "3 places were offered.", "Draw now")] == [
            True,
            True,
            False,
        ]


async def test_a_day_is_published_before_its_window_opens_or_not_at_all(site: Site) -> None:
    draft = make_test_day(site.database, on=date(2026, 12, 17), publish=False)
    own = f"/organise/{draft.day.slug}"
    site.set_time(datetime(2026, 11, 23, 8, tzinfo=UTC))
    organiser = Organiser(site)
    missing = "the time for requests is not chosen"
    await organiser.open(f"{own}/settings")
    await organiser.send(f"{own}/settings", **WINDOW)
    assert missing not in (await organiser.open(own)).text
    site.set_time(site.hall.now + timedelta(days=3))
    assert missing in (await organiser.open(own)).text
    await organiser.browser.post(f"{own}/publish", data={"version": str(draft.day.version + 1)})
    assert site.database.read_now(day_by_id, draft.id).state is DayState.DRAFT
    site.set_time(site.hall.now - timedelta(days=3))
    await organiser.open(own)
    await organiser.send(f"{own}/publish")
    assert site.database.read_now(day_by_id, draft.id).state is DayState.PUBLISHED
