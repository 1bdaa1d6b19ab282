"""At the counter on a day by draw: a request instead of a time, without an address, and a code to take along."""

from datetime import timedelta

import sqlalchemy as sa

from onestop.booking.tables import bookings, draw_entries
from onestop.days.drawing import announce_draw
from onestop.days.tables import days
from onestop.domain.day import Release
from onestop.domain.ticket import spell_short_code, waiting_code, waiting_short_code
from tests.web.site import Site


def open_draw(site: Site) -> None:
    hall, key = site.hall, site.app.state.ticket_key
    site.database.write_now(lambda conn: conn.execute(days.update().values(release=Release.DRAW)))
    opens_at = hall.day.opens_at - timedelta(days=2) + timedelta(hours=1)
    site.set_time(opens_at - timedelta(hours=1))
    hall.write(announce_draw, hall.id, opens_at=opens_at, closes_at=opens_at + timedelta(hours=10), key=key)
    site.set_time(opens_at)


async def test_a_caller_takes_part_without_an_address_and_gets_a_code(site: Site) -> None:
    open_draw(site)
    browser, base = site.sign_in("receptionist"), f"/reception/{site.hall.day.slug}"
    wish = {"services": str(site.hall.service("legal")), "adults": "1", "children": "0", "languages": "uk"}
    page = await browser.post(f"{base}/book/times", data={**wish, "interpreter": "none", "name": "Amira"})
    assert (page.status_code, 'name="ask"' in page.text, 'name="arrival"' in page.text) == (200, True, False)
    sent = {**wish, "interpreter": "none", "name": "Amira", "ask": "1", "_key": "k" * 22}
    answers = [await browser.post(f"{base}/book", data=sent) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    asked = sa.select(bookings.c.party_id, bookings.c.state, bookings.c.channel)
    (row,) = site.database.read_now(lambda conn: conn.execute(asked).all())
    assert (row.state, row.channel) == ("requested", "reception")
    shown = (await browser.get(answers[0].headers["location"])).text
    key = site.app.state.ticket_key
    for code in (
        spell_short_code(waiting_short_code(key, day=site.hall.id, party=row.party_id)),
        f"/w/{waiting_code(key, day=site.hall.id, party=row.party_id)}",
    ):
        assert code in shown
    count = sa.select(sa.func.count()).select_from(draw_entries)
    assert site.database.read_now(lambda conn: conn.execute(count).scalar_one()) == 1


async def test_before_the_window_the_counter_hears_that_it_is_too_early(site: Site) -> None:
    open_draw(site)
    site.set_time(site.hall.now - timedelta(minutes=1))
    browser, base = site.sign_in("receptionist"), f"/reception/{site.hall.day.slug}"
    wish = {"services": str(site.hall.service("legal")), "adults": "1", "children": "0", "interpreter": "none"}
    for path, more in (("book/times", {}), ("book", {"ask": "1"})):
        page = await browser.post(f"{base}/{path}", data={**wish, **more})
        assert (page.status_code, "You cannot ask for a place yet." in page.text) == (409, True)
