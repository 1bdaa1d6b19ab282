"""The silent alarm over HTTP: small where it is pressed, plain everywhere else, and gone when it is over."""

from datetime import timedelta

import pytest

from onestop.domain.help import CalledBy
from onestop.visits.actions.alarms import ask_at_desk, ask_in_hall, end_alarm, say_coming
from tests.web.desk.screen import press, presses, zone
from tests.web.site import Site


async def test_an_alarm_is_a_small_line_at_its_desk_and_plain_at_the_others(site: Site) -> None:
    site.hall.open_desks()
    officer, other = site.sign_in("officer"), site.sign_in("other_officer")
    path, there = f"/desks/{site.desk.id}", f"/desks/{site.other_desk.id}"
    pressed = await press(officer, path, "l")
    own, foreign = (await officer.get(path)).text, (await other.get(there)).text

    assert (pressed.status_code, pressed.headers["location"]) == (303, path)
    assert zone(own, "help") == ""
    assert zone(own, "asked") == (
        "Sent at 08:30 to the other desks, reception and floor."
        " Nobody answered for 2 minutes. Please go to somebody or phone the organiser. It is over It was a mistake"
    )
    assert "asks for help" not in own
    assert zone(foreign, "help").startswith(f"Desk {site.desk.number} asks for help")
    assert zone(foreign, "asked") == "Help L"


async def test_another_desk_comes_and_the_asking_one_reads_it(site: Site) -> None:
    site.hall.open_desks()
    officer, other = site.sign_in("officer"), site.sign_in("other_officer")
    path, there = f"/desks/{site.desk.id}", f"/desks/{site.other_desk.id}"
    await press(officer, path, "l")
    (form,) = [part for part in (await other.get(there)).text.split("<form") if "/coming" in part]
    coming = form.split('action="')[1].split('"')[0]
    answer = await other.post(coming)
    again = await other.post(coming)
    end = coming.replace(str(site.other_desk.id), str(site.desk.id)).replace("/coming", "/end")

    assert (answer.status_code, again.status_code) == (303, 303)
    read = zone((await officer.get(path)).text, "asked")
    assert read.startswith(f"Desk {site.other_desk.number} comes. Read at 08:30 .")
    assert f"Desk {site.other_desk.number} comes." in zone((await other.get(there)).text, "help")
    await officer.post(end)
    assert "Ended: it is over." in zone((await other.get(there)).text, "help")
    assert zone((await officer.get(path)).text, "asked") == "Ended: it is over. Help L"
    site.hall.later(minutes=10)
    site.set_time(site.hall.now)
    assert zone((await other.get(there)).text, "help") == ""
    assert zone((await officer.get(path)).text, "asked") == "Help L"


@pytest.mark.parametrize("page", ["notes", "referrals", "phrases"])
async def test_help_is_asked_from_the_pages_beside_a_talk_and_they_stay(site: Site, page: str) -> None:
    site.hall.open_desks()
    officer = site.sign_in("officer")
    site.hall.walk_in(site.hall.wish("legal"))
    path = f"/stops/{site.hall.next(site.desk.number).stop}/{page}"
    pressed = await press(officer, path, "l")
    end = next(each for each in presses((await officer.get(path)).text) if each.path.endswith("/end"))
    small = await officer.post(end.path, data={**end.fields, "ending": "mistake"}, headers={"HX-Request": "true"})

    told = "Help L" if page == "phrases" else "Ended: it was a mistake. Help L"
    assert (pressed.status_code, pressed.headers["location"]) == (303, path)
    assert (small.status_code, zone(small.text, "asked"), "<h1" in small.text) == (200, told, False)
    assert f'data-live-src="/desks/{site.desk.id}/asked?page={page}' in small.text
    assert (
        await officer.get(f"/desks/{site.desk.id}/asked", params={"page": "//evil", "stop": "x"})
    ).status_code == 200


async def test_no_alarm_after_the_day_and_none_by_a_foreign_desk(site: Site) -> None:
    other = site.sign_in("other_officer")

    assert (await other.post(f"/desks/{site.desk.id}/alarms")).status_code == 404


async def test_the_pages_beside_a_talk_show_another_desk_that_asks_until_somebody_comes(site: Site) -> None:
    site.hall.open_desks()
    officer = site.sign_in("officer")
    site.hall.walk_in(site.hall.wish("legal"))
    page = f"/stops/{site.hall.next(site.desk.number).stop}/notes"
    before = zone((await officer.get(page)).text, "asked")
    alarm = site.hall.write(ask_at_desk, site.other_desk.id)
    asked = (await officer.get(page)).text
    site.set_time(site.hall.now + timedelta(minutes=2, seconds=1))
    late = (await officer.get(page)).text
    site.hall.write(say_coming, site.hall.id, alarm)

    assert f"Desk {site.other_desk.number} asks for help" in zone(asked, "asked")
    assert [" hidden>" in text.split('class="unanswered"')[1][:90] for text in (asked, late)] == [True, False]
    assert zone((await officer.get(page)).text, "asked") == before


@pytest.mark.parametrize(("by", "says"), [(CalledBy.FLOOR, "The floor asks"), (CalledBy.RECEPTION, "Reception asks")])
async def test_what_the_floor_asks_beside_a_desk_is_not_its_officers_own_press(
    site: Site, by: CalledBy, says: str
) -> None:
    site.hall.open_desks()
    officer, other = site.sign_in("officer"), site.sign_in("other_officer")
    path, there = f"/desks/{site.desk.id}", f"/desks/{site.other_desk.id}"
    alarm = site.hall.write(ask_at_desk, site.desk.id, by=by)
    near = (await officer.get(path)).text
    foreign = (await other.get(there)).text
    await press(officer, path, "l")
    both = (await officer.get(path)).text
    site.hall.write(end_alarm, site.hall.id, alarm)
    ended = (await officer.get(path)).text

    assert zone(near, "help").startswith(f"Desk {site.desk.number} {says} for help near your desk.")
    assert (zone(near, "asked"), f"{path}/alarms/{alarm}/coming" in near) == ("Help L", True)
    assert f"{says} for help near this desk." in zone(foreign, "help")
    assert zone(both, "asked").startswith("Sent at 08:30")
    assert "Ended: it is over." in zone(ended, "help")
    assert zone(ended, "asked").startswith("Sent at 08:30")


async def test_help_in_the_hall_stands_at_every_desk(site: Site) -> None:
    site.hall.open_desks()
    officer = site.sign_in("officer")
    site.hall.write(ask_in_hall, site.hall.id, by=CalledBy.FLOOR)

    shown = zone((await officer.get(f"/desks/{site.desk.id}")).text, "help")
    assert shown.startswith("Hall or entrance The floor asks for help in the hall.")


async def test_the_phrase_card_says_nothing_of_help_in_words(site: Site) -> None:
    site.hall.open_desks()
    officer = site.sign_in("officer")
    site.hall.walk_in(site.hall.wish("legal"))
    path = f"/stops/{site.hall.next(site.desk.number).stop}/phrases"
    await press(officer, path, "l")
    text = (await officer.get(path)).text

    asked = text.split('id="asked"')[1].split("</section>")[0]
    folded = asked.split('<details class="asked-fold">')[1]
    assert ("Sent at" in folded, "It is over" in folded, "</details>" in folded) == (True, True, True)
    assert zone(text, "asked").startswith("Help Sent at")
    assert 'class="visually-hidden">Help<' in folded
