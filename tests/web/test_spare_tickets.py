"""A spare ticket that is scanned before its line was entered: every door says what it is, reception enters it."""

import pytest

from onestop.booking.spares import SpareTicket, lease_spares
from onestop.domain.paper import PaperWord
from onestop.visits.actions.paper import Line, enter_line
from tests.web.site import Site

SAYS = "This is a ticket on paper. Please ask at the reception."


@pytest.fixture
def spare(site: Site) -> SpareTicket:
    site.set_time(site.hall.day.opens_at)
    return site.hall.write(lease_spares, site.hall.id, count=12, key=site.app.state.ticket_key)[3]


@pytest.mark.parametrize("form", ["code", "short"])
async def test_phone_and_machine_say_that_it_is_a_ticket_on_paper(site: Site, spare: SpareTicket, form: str) -> None:
    code, browser, kiosk = getattr(spare, form), site.browser(), site.sign_in("kiosk")
    answers = [
        await browser.post("/find?lang=en", data={"code": code, "day": site.hall.day.slug}),
        await kiosk.post("/kiosk/code?lang=en", data={"code": code}),
        *([await browser.get(f"/t/{code}?lang=en")] if form == "code" else []),
    ]

    assert {(answer.status_code, SAYS in answer.text) for answer in answers} == {(404, True)}


async def test_reception_is_led_to_the_line_with_its_number(site: Site, spare: SpareTicket) -> None:
    desk, home = site.sign_in("receptionist"), f"/reception/{site.hall.day.slug}"

    for code in (spare.code, spare.short, f"https://days.example.org/t/{spare.code}"):
        found = await desk.post(f"{home}/find", data={"q": code})
        assert (found.status_code, found.headers["location"]) == (303, f"{home}/paper?number={spare.number}")
    page = await desk.get(f"{home}/paper?number={spare.number}")

    assert f'value="{spare.number}"' in page.text.partition('name="number"')[2][:200]


async def test_once_entered_it_is_a_ticket_and_a_code_nobody_printed_stays_unknown(
    site: Site, spare: SpareTicket
) -> None:
    line = Line(number=spare.number, word=PaperWord.CAME, about_at=site.hall.now, desk=1)
    site.hall.write(enter_line, site.hall.id, line, key=site.app.state.ticket_key)
    browser = site.browser()

    opened = await browser.get(f"/t/{spare.code}?lang=en")
    unknown = await browser.get(f"/t/{'a' * 26}?lang=en")

    assert (opened.status_code, str(spare.number) in opened.text, SAYS in opened.text) == (200, True, False)
    assert (unknown.status_code, SAYS in unknown.text) == (404, False)


@pytest.mark.parametrize("form", ["code", "short"])
async def test_a_device_is_told_so_by_a_code_of_its_own(site: Site, spare: SpareTicket, form: str) -> None:
    path = f"/api/v1/days/{site.hall.day.slug}/check-ins"
    answers = [
        await site.browser().post(path, json={"code": code}, headers={**site.token("kiosk"), "Idempotency-Key": code})
        for code in (getattr(spare, form), "a" * 26)
    ]

    told = [(answer.status_code, answer.json()["code"]) for answer in answers]
    assert told == [(404, "ticket_on_paper"), (404, "ticket_unknown")]
