"""Invitations, day passes, machines and accounts: each secret is shown once, works, and can be taken back."""

import re
from datetime import datetime, timedelta
from uuid import UUID

import httpx

from onestop.accounts.queries import accounts_list, passes_of_day
from onestop.booking.queries import invitation_by_code_hash
from onestop.clock import real_now
from onestop.days.organising import InvitationLine, invitations_of_day
from onestop.devices.actions import report_device, revoke_device, set_up_display, touch_device
from onestop.devices.queries import devices_list
from onestop.domain.board import DisplaySetup
from onestop.domain.machine import PaperMissed, Printer, Report
from onestop.domain.roles import SYSTEM, Grant, Role
from onestop.domain.ticket import invitation_hash
from onestop.locale.locales import locale_for
from onestop.visits.queries.printed import conflicts_of_day
from tests.halls import make_test_day
from tests.visits.machine_papers import machine_of
from tests.web.kiosk.touch import words
from tests.web.organise import things
from tests.web.organise.browsing import Organiser, who
from tests.web.site import Site

DAY = "/organise/iom-bratislava-2026-12-03"


async def test_invitations_are_shown_once_with_link_picture_and_code_that_open_the_day(site: Site) -> None:
    organiser = Organiser(site)
    await organiser.open(f"{DAY}/invitations")

    sheet = await organiser.press(f"{DAY}/invitations", count="3", uses="2", label="Shelter Nora")
    again = await organiser.press(f"{DAY}/invitations", count="3", uses="2", label="Shelter Nora")
    listed = await organiser.open(f"{DAY}/invitations")

    codes = [code.replace(" ", "") for code in re.findall(r'class="code"><bdi dir="ltr">(\w{5} \w{5})<', sheet.text)]
    known = [
        site.database.read_now(invitation_by_code_hash, site.hall.id, invitation_hash(code)) is not None
        for code in codes
    ]
    assert (sheet.status_code, known, sheet.text.count('class="qr"')) == (200, [True] * 3, 3)
    assert (again.status_code, again.headers["location"]) == (303, f"{DAY}/invitations?told=1")
    assert site.database.read_now(invitations_of_day, site.hall.id) == [
        InvitationLine(label="Shelter Nora", made=3, uses=6, used=0)
    ]
    assert [code for code in codes if code in listed.text] == []
    assert sheet.headers["cache-control"] == "no-store"


async def test_a_card_says_when_where_and_how_in_every_language_of_the_day(site: Site) -> None:
    organiser = Organiser(site)
    await organiser.open(f"{DAY}/invitations")
    sheet = await organiser.press(f"{DAY}/invitations", count="2", uses="1")
    card = re.findall(r'<li class="invitation">(.*?)</li>', sheet.text, re.DOTALL)[1]
    day = site.hall.day
    own = re.findall(r'class="card-words" lang="(\w+)" dir="(\w+)"><strong>([^<]+)</strong> ([^<]+)<', card)

    assert {tag: dir for tag, dir, _, _ in own} == {"sk": "ltr", "en": "ltr", "uk": "ltr", "ar": "rtl"}
    assert [date for _, _, date, _ in own] == [locale_for(tag).date(day.on) for tag, *_ in own]
    assert own[[tag for tag, *_ in own].index("en")][3] == "Scan the picture, or open this address and type the code."
    assert len({how for *_, how in own}) == 4
    assert (day.venue in card, day.address in card, words(card).count("9:00")) == (True, True, 1)


async def test_a_wrong_number_of_invitations_is_asked_for_again(site: Site) -> None:
    organiser = Organiser(site)
    await organiser.open(f"{DAY}/invitations")

    answer = await organiser.send(f"{DAY}/invitations", count="101", uses="0", label="Kept")

    assert answer.status_code == 422
    assert [
        "Please write a number from 1 to 100." in answer.text,
        "Please write a number from 1 to 1000." in answer.text,
        'value="Kept"' in answer.text,
    ] == [True] * 3
    assert site.database.read_now(invitations_of_day, site.hall.id) == []


async def test_the_sheet_of_day_passes_signs_officers_in_until_revoked(site: Site) -> None:
    organiser = Organiser(site)
    await organiser.open(f"{DAY}/passes")
    assert len(organiser.form(f"{DAY}/passes").all("desks")) == 6

    sheet = await organiser.press(f"{DAY}/passes", desks=[str(site.hall.desks[n].id) for n in (1, 4)])
    again = await organiser.press(f"{DAY}/passes", desks=[str(site.hall.desks[n].id) for n in (1, 4)])
    links = [f"/pass/{code}" for code in re.findall(r"\b\w{4} \w{4} \w{4}\b(?=</bdi>)", sheet.text)]
    officer, other = site.browser(), site.browser()
    entered = await officer.post(links[1])
    refused = await other.post(links[1])
    await organiser.open(f"{DAY}/passes")
    bound = next(each for each in site.database.read_now(passes_of_day, site.hall.id) if each.bound_at)
    await organiser.send(f"{DAY}/passes/{bound.id}/release")
    let_in = await other.post(links[1])
    working = who(site, other)
    await organiser.open(f"{DAY}/passes")
    await organiser.send(f"{DAY}/passes/{bound.id}/revoke")

    assert (len(links), sheet.text.count('class="qr"')) == (2, 2)
    assert (again.status_code, again.headers["location"]) == (303, f"{DAY}/passes?told=1")
    assert (bound.desk_number, entered.headers["location"]) == (4, "/desk")
    assert (refused.status_code, let_in.status_code) == (403, 303)
    grant = Grant(role=Role.OFFICER, institution=site.hall.desks[4].institution.id, day=site.hall.id, desk=bound.desk)
    assert (working.grants if working else None, who(site, officer), who(site, other)) == ((grant,), None, None)
    assert len(site.database.read_now(passes_of_day, site.hall.id)) == 2


async def test_a_sheet_for_no_desk_is_asked_about(site: Site) -> None:
    organiser = Organiser(site)
    await organiser.open(f"{DAY}/passes")

    answer = await organiser.send(f"{DAY}/passes", desks=None)

    assert "Please choose at least one desk." in answer.text
    assert site.database.read_now(passes_of_day, site.hall.id) == []


async def test_the_pass_of_another_day_is_unknown_here(site: Site) -> None:
    foreign = things.day_pass(site)
    organiser = Organiser(site)
    await organiser.open("/organise/new")
    other = await organiser.send("/organise/days/from-template", template="greek-mic", on_template="2026-12-17")

    answer = await organiser.browser.post(f"{other.url.path}/passes/{foreign}/revoke")

    assert answer.status_code == 404
    assert [each.revoked_at for each in site.database.read_now(passes_of_day, site.hall.id)] == [None]


async def test_a_display_is_paired_by_its_big_code_seen_and_shut_out(site: Site) -> None:
    organiser = Organiser(site)
    await organiser.open(f"{DAY}/devices")
    shown = await organiser.press(f"{DAY}/devices", kind="display", name="Hall, north")
    code = re.findall(r'class="big-code"><bdi dir="ltr">(\d{3} \d{3})<', shown.text)[0]
    machine = site.browser()

    paired = await machine.post("/pair", data={"code": code})
    listed = await organiser.open(f"{DAY}/devices")
    working = who(site, machine)
    (device,) = site.database.read_now(devices_list, site.hall.id)
    await organiser.send(f"{DAY}/devices/{device.id}/revoke")

    assert paired.headers["location"] == f"/display/{site.hall.day.slug}"
    assert ["Hall, north" in listed.text, "seen just now" in listed.text, code in listed.text] == [True, True, False]
    assert (working.grants if working else None, who(site, machine)) == (
        (Grant(role=Role.DISPLAY, day=site.hall.id),),
        None,
    )


async def test_a_machine_is_renamed_and_moved_to_another_day(site: Site) -> None:
    other = make_test_day(site.database, template="greek-mic", on=site.hall.day.on)
    device = UUID(things.device(site))
    path = f"{DAY}/devices/{device}"
    setup = DisplaySetup(desks=(1, 2), volume=60)
    site.database.write_now(set_up_display, device, setup, actor=SYSTEM, real=real_now())
    organiser = Organiser(site)

    await organiser.open(f"{DAY}/devices")
    renamed = await organiser.send(path, name=" Hall, south ")
    (between,) = site.database.read_now(devices_list, site.hall.id)
    moved = await organiser.send(path, day=str(other.id))

    assert ["Hall, south" in page.text for page in (renamed, moved)] == [True, False]
    assert "The machine serves the other day now." in moved.text
    assert (between.name, between.day, between.display) == ("Hall, south", site.hall.id, setup)
    (device_then,) = site.database.read_now(devices_list, other.id)
    assert (device_then.name, device_then.day, device_then.display) == (
        "Hall, south",
        other.id,
        DisplaySetup(volume=60),
    )
    await organiser.open(f"/organise/{other.day.slug}/devices")
    await organiser.send(f"/organise/{other.day.slug}/devices/{device}", day="")
    assert [each.day for each in site.database.read_now(devices_list)] == [None]


async def test_a_machine_is_moved_only_to_days_of_its_organiser_and_never_loses_its_name(site: Site) -> None:
    other = make_test_day(site.database, template="greek-mic", on=site.hall.day.on)
    device = things.device(site)
    path = f"{DAY}/devices/{device}"
    helper = Organiser(site, day=site.hall.id)
    listed = await helper.open(f"{DAY}/devices")

    nameless = await helper.press(path, name="  ")
    answers = [await helper.press(path, day=day) for day in (str(other.id), "", "nonsense")]
    site.database.write_now(revoke_device, UUID(device), actor=SYSTEM, real=real_now())
    gone = await helper.press(path, name="Roof")

    assert (str(other.id) in listed.text, "every day" in listed.text) == (False, False)
    assert (nameless.status_code, f'href="#name-{device}">Please write a name' in nameless.text) == (422, True)
    assert [answer.status_code for answer in (*answers, gone)] == [404, 404, 404, 404]
    (kept,) = site.database.read_now(devices_list)
    assert (kept.name, kept.day) == ("Hall", site.hall.id)


async def test_a_machine_without_a_name_is_asked_for_one(site: Site) -> None:
    organiser = Organiser(site)
    await organiser.open(f"{DAY}/devices")

    answer = await organiser.send(f"{DAY}/devices", kind="kiosk", name="  ")

    assert (answer.status_code, site.database.read_now(devices_list)) == (422, [])
    assert "Please write a name for the machine" in answer.text


async def test_an_account_gets_a_link_that_signs_in_once_and_can_be_closed(site: Site) -> None:
    organiser = Organiser(site)
    await organiser.open("/organise/staff")
    shown = await organiser.press(
        "/organise/staff", login="Reception", name="Nina", role="receptionist", day=str(site.hall.id)
    )
    link = re.findall(r"/sign-in/link/[\w-]+", shown.text)[0]
    person = site.browser()

    first = await person.post(link)
    second = await site.browser().post(link)
    working = who(site, person)
    account = next(each for each in site.database.read_now(accounts_list) if each.login == "reception")
    listed = await organiser.open("/organise/staff")
    await organiser.send(f"/organise/staff/{account.id}/revoke")

    assert (first.headers["location"], second.status_code) == ("/reception", 403)
    assert (working.grants if working else None, who(site, person)) == (account.grants, None)
    assert account.grants == (Grant(role=Role.RECEPTIONIST, day=site.hall.id),)
    assert [word in listed.text for word in ("Nina", "Receptionist", link)] == [True, True, False]


async def test_an_officer_without_an_institution_is_not_made(site: Site) -> None:
    organiser = Organiser(site)
    before = len(site.database.read_now(accounts_list))
    await organiser.open("/organise/staff")

    refused = await organiser.send("/organise/staff", login="police", role="officer", institution="")
    unmade = len(site.database.read_now(accounts_list))
    made = await organiser.send("/organise/staff", login="police", role="officer", institution=things.institution(site))

    account = next(each for each in site.database.read_now(accounts_list) if each.login == "police")
    assert (refused.status_code, unmade, made.status_code) == (422, before, 200)
    assert '<a href="#institution">An officer needs an institution.</a>' in refused.text
    assert account.grants == (Grant(role=Role.OFFICER, institution=site.desk.institution.id),)


async def test_a_helper_gets_a_cap_which_is_shown_and_changed(site: Site) -> None:
    organiser = Organiser(site)
    await organiser.open("/organise/staff")

    refused = await organiser.send("/organise/staff", login="nora", name="Nora", role="helper", cap="201")
    nameless = await organiser.send("/organise/staff", login="nora", name=" ", role="helper", cap="7")
    unmade = [each for each in site.database.read_now(accounts_list) if each.login == "nora"]
    shown = await organiser.press(
        "/organise/staff", login="nora", name="Nora", role="helper", cap="7", day=str(site.hall.id)
    )
    person = site.browser()
    entered = await person.post(re.findall(r"/sign-in/link/[\w-]+", shown.text)[0])
    nora = next(each for each in site.database.read_now(accounts_list) if each.login == "nora")
    listed = await organiser.open("/organise/staff")
    form = organiser.form(f"/organise/staff/{nora.id}/helping")
    wrong = await organiser.send(f"/organise/staff/{nora.id}/helping", cap="none", day="")
    changed = await organiser.send(f"/organise/staff/{nora.id}/helping", cap="9", day="")

    assert (refused.status_code, nameless.status_code, unmade) == (422, 422, [])
    assert '<a href="#name">Please write the name: a helper is known by name.</a>' in nameless.text
    assert ["Please write a number from 1 to 200." in refused.text, 'value="201"' in refused.text] == [True, True]
    assert nora.grants == (Grant(role=Role.HELPER, day=site.hall.id, cap=7),)
    assert (entered.headers["location"], "bookings on one day: up to 7" in listed.text) == ("/helper", True)
    assert (form["cap"], form["day"]) == ("7", str(site.hall.id))
    assert (wrong.status_code, f'href="#cap-{nora.id}"' in wrong.text, 'value="none"' in wrong.text) == (
        422,
        True,
        True,
    )
    assert ("bookings on one day: up to 9" in changed.text, "Saved." in changed.text) == (True, True)
    working = who(site, person)
    assert (working.grants if working else None) == (Grant(role=Role.HELPER, cap=9),)


async def test_only_helpers_have_bookings_to_change(site: Site) -> None:
    organiser = Organiser(site)
    account = things.account(site)
    page = await organiser.open("/organise/staff")

    unknown_day = await organiser.browser.post(f"/organise/staff/{account}/helping", data={"cap": "5", "day": account})
    other_role = await organiser.browser.post(f"/organise/staff/{account}/helping", data={"cap": "5", "day": ""})

    assert (unknown_day.status_code, other_role.status_code, "/helping" in page.text) == (404, 404, False)


async def test_an_organiser_cannot_become_or_touch_an_administrator(site: Site) -> None:
    site.sign_in("administrator")
    chief = next(each for each in site.database.read_now(accounts_list) if each.grants[0].role is Role.ADMINISTRATOR)
    organiser, administrator = Organiser(site), Organiser(site, "administrator")
    await organiser.open("/organise/staff")
    await administrator.open("/organise/staff")

    made = await organiser.send("/organise/staff", login="root", role="administrator")
    link = await organiser.browser.post(f"/organise/staff/{chief.id}/link")
    closed = await organiser.browser.post(f"/organise/staff/{chief.id}/revoke")
    allowed = await administrator.press("/organise/staff", login="root", role="administrator")

    assert (made.status_code, link.status_code, closed.status_code, allowed.status_code) == (422, 403, 403, 200)
    assert next(each for each in site.database.read_now(accounts_list) if each.id == chief.id).active


async def test_nobody_closes_the_own_account(site: Site) -> None:
    organiser = Organiser(site)
    (me,) = [each for each in site.database.read_now(accounts_list) if each.login.startswith("organiser")]

    answer: httpx.Response = await organiser.browser.post(f"/organise/staff/{me.id}/revoke")

    assert (answer.status_code, "You cannot close your own account." in answer.text) == (409, True)
    assert (await organiser.open("/organise/staff")).status_code == 200


async def test_what_a_machine_says_of_itself_is_shown_with_it(site: Site) -> None:
    organiser = Organiser(site)
    machine = machine_of(site.hall)
    report = Report(printer=Printer.PAPER_OUT, waiting=3, refused=1, unprinted=2, numbers=40)
    site.database.write_now(report_device, machine.device, report=report, actor=SYSTEM, real=real_now())
    shown = words((await organiser.open(f"{DAY}/devices")).text)

    assert (
        "Ticket machine The printer has no paper · 2 tickets are not printed · 1 ticket could not be handed in"
        " · 3 tickets wait to be handed in · 40 numbers left without a connection"
    ) in shown


async def test_a_machine_that_needs_somebody_is_told_on_the_overview(site: Site) -> None:
    organiser, machine, real = Organiser(site), machine_of(site.hall), real_now()

    async def shown(seen_at: datetime) -> str:
        site.database.write_now(touch_device, machine.device, real=seen_at)
        return words((await organiser.open(f"{DAY}/overview")).text)

    go = "Please go to the ticket machine: Lobby"
    seen = [go in await shown(real - timedelta(minutes=ago)) for ago in (0, 10, 240)]
    assert seen == [False, True, False]
    missed = (PaperMissed(at=site.hall.now, number=107), PaperMissed(at=site.hall.now))
    report = Report(printer=Printer.COVER_OPEN, unprinted=2, papers=missed)
    site.database.write_now(report_device, machine.device, report=report, actor=SYSTEM, real=real)
    told = (await shown(real)).partition(go)[2]
    assert told.strip().startswith("The printer is open · 2 tickets are not printed : 107 (")


async def test_a_paper_that_did_not_fit_is_told_until_somebody_has_told_its_holder(site: Site) -> None:
    organiser = Organiser(site)
    assert "Papers to look at" not in words((await organiser.open(f"{DAY}/devices")).text)
    machine = machine_of(site.hall)
    for number, wish in ((100, site.hall.wish("legal")), (100, site.hall.wish("social")), (101, None)):
        machine.hand_in(machine.paper(number), wish)
    shown = words((await organiser.open(f"{DAY}/devices")).text)

    assert "Another ticket has the number of this paper. We call number 150 . Please tell the visitor." in shown
    assert "No desk is left that this visitor chose. Please ask her again." in shown
    first = site.database.read_now(conflicts_of_day, site.hall.id)[0]
    await organiser.send(f"{DAY}/devices/conflicts/{first.id}/seen")
    assert [one.seen for one in site.database.read_now(conflicts_of_day, site.hall.id)] == [False, True]
    assert "looked at" in words((await organiser.open(f"{DAY}/devices")).text)
