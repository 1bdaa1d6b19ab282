"""The silent alarm over HTTP: small where it is pressed, plain everywhere else, and gone when it is over."""

from tests.web.desk.screen import press, zone
from tests.web.site import Site


async def test_an_alarm_is_a_small_line_at_its_desk_and_plain_at_the_others(site: Site) -> None:
    site.hall.open_desks()
    officer, other = site.sign_in("officer"), site.sign_in("other_officer")
    path, there = f"/desks/{site.desk.id}", f"/desks/{site.other_desk.id}"
    pressed = await press(officer, path, "l")
    own, foreign = (await officer.get(path)).text, (await other.get(there)).text

    assert (pressed.status_code, pressed.headers["location"]) == (303, path)
    assert zone(own, "help") == ""
    assert "Sent at 08:30" in zone(own, "mine")
    assert "asks for help" not in own
    assert zone(foreign, "help").startswith(f"Desk {site.desk.number} asks for help")
    assert "Sent at" not in zone(foreign, "mine")


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
    assert f"Read at 08:30 , desk {site.other_desk.number}" in zone((await officer.get(path)).text, "mine")
    assert f"Help comes from desk {site.other_desk.number}." in zone((await other.get(there)).text, "help")
    await officer.post(end)
    assert zone((await other.get(there)).text, "help") == ""
    assert "Read at" not in zone((await officer.get(path)).text, "mine")


async def test_no_alarm_after_the_day_and_none_by_a_foreign_desk(site: Site) -> None:
    other = site.sign_in("other_officer")

    assert (await other.post(f"/desks/{site.desk.id}/alarms")).status_code == 404
