"""What she takes home: next steps in two columns, private ones unprinted unless she asks, a proof that says nothing."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from onestop.booking.tables import parties
from onestop.booking.tickets import Ticket, new_code
from onestop.days.queries.days import day_by_id
from onestop.days.tables import days
from onestop.directory.tables import services
from onestop.domain.day import Release
from onestop.domain.retention import day_ends_at
from onestop.domain.ticket import again_code
from onestop.domain.visit import Outcome
from onestop.web.kit.icons import qr
from tests.halls import STAFF
from tests.referrals.scene import Scene, make_scene
from tests.web.public.visitor import Page, Visitor, need
from tests.web.site import Site

ADDRESS = "https://days.example.org"


@pytest.fixture
def scene(site: Site) -> Scene:
    """The running application's own day at its opening, under a public address."""
    made = make_scene(site.database, site.hall, reacts=False)
    site.set_time(site.hall.day.opens_at)
    site.app.state.settings = replace(site.settings, base_url=ADDRESS)
    return made


def code_of(site: Site, ticket: Ticket) -> str:
    key = site.app.state.ticket_key
    return site.database.write_now(new_code, party=ticket.party, key=key, actor=STAFF, now=site.hall.now).code


def make_private(scene: Scene, key: str) -> None:
    """A service is private from now on."""
    change = services.update().where(services.c.id == scene.hall.service(key)).values(private=True)

    def write(conn: object) -> None:
        conn.execute(change)  # type: ignore[attr-defined]

    scene.db.write_now(write)
    from onestop.days.queries.offer import day_offer

    scene.hall.offer = scene.db.read_now(day_offer, scene.hall.id)


async def sheet(site: Site, path: str, lang: str = "en") -> tuple[list[list[str]], str]:
    """The rows of the first sheet of a page, and everything the page says."""
    answer = await site.browser().get(f"{path}{'&' if '?' in path else '?'}lang={lang}")
    assert answer.status_code == 200, (path, answer.status_code)
    table = answer.text.partition('<section class="steps-sheet')[2].partition("</section>")[0]
    rows = [
        [" ".join(Page(f"<p>{cell.partition('</td>')[0]}</p>").text.split()) for cell in row.split("<td>")[1:]]
        for row in table.split("<tr")[1:]
    ]
    bare = str.maketrans("", "", "\u2066\u2068\u2069")
    return [[cell.translate(bare) for cell in row] for row in rows if len(row) == 2], Page(answer.text).text


async def test_the_sheet_tells_line_by_line_in_both_languages_what_was_done_and_what_comes(
    site: Site, scene: Scene
) -> None:
    ticket, _ = scene.hall.walk_in(scene.hall.wish("legal", "health-insurance"))
    first = scene.serve("legal")
    scene.refer(first, service=scene.hall.service("residence"), day=scene.next_day, reason="permit")
    scene.refer(first, place=scene.school, reason="school", by_on=scene.hall.day.on + timedelta(days=14))
    scene.finish(first, outcome=Outcome.ADVISED)
    scene.finish(scene.serve("health-insurance"), outcome=Outcome.PAPERS_MISSING)

    rows, _ = await sheet(site, f"/t/{code_of(site, ticket)}/steps")

    police = next(each for each in scene.hall.offer.services if each.key == "residence").institution.name
    assert rows[:3] == [
        [scene.hall.day.name] * 2,
        ["Thursday 3 December 2026", "štvrtok 3. decembra 2026"],
        ["Ticket 100", "Lístok 100"],
    ]
    for line in (
        ["Legal advice", "Právne poradenstvo"],
        ["Advice was given.", "Bolo poskytnuté poradenstvo."],
        ["Papers were missing. Please come again with them.", "Chýbali doklady. Príďte, prosím, znova a prineste ich."],
        ["A passport or another paper with your name", "Cestovný pas alebo iný doklad s vaším menom"],
        [police, police],
        ["Why: About your residence permit", "Prečo: Kvôli povoleniu na pobyt"],
        ["Thursday 10 December 2026 · 09:00–15:00", "štvrtok 10. decembra 2026 · 09:00–15:00"],
        ["To book a time, scan this code with a phone.", "Termín si rezervujete, keď kód naskenujete telefónom."],
        ["Your passport", "Váš cestovný pas"],
        ["Primary School", "Primary School"],
        ["Školská 1", "Školská 1"],
        ["Phone: +421 2 111", "Telefón: +421 2 111"],
        ["8 to 12 (a draft that nobody has checked)", "8 až 12"],
        ["Until when: Thursday 17 December 2026", "Dokedy: štvrtok 17. decembra 2026"],
    ):
        assert line in rows, line


async def test_each_column_has_its_own_language_and_direction_and_the_code_leads_to_the_day(
    site: Site, scene: Scene
) -> None:
    ticket, stop = scene.talk()
    scene.refer(stop, day=scene.next_day, reason="go-on")
    scene.refer(stop, place=scene.school, reason="school")

    page = (await site.browser().get(f"/t/{code_of(site, ticket)}/steps?lang=ar")).text

    assert '<div lang="ar" dir="rtl">الخطوات التالية</div>' in page
    assert '<div lang="sk" dir="ltr">Ďalšie kroky</div>' in page
    # Where a place has no words in her language another one stands there, marked.
    assert '<div lang="ar" dir="rtl"><bdi lang="sk" dir="ltr">8 až 12</bdi></div>' in page
    assert f"{ADDRESS}/d/iom-bratislava-2026-12-10" in page
    assert page.count('class="qr"') == 1
    [together] = [part for part in page.split("<tbody>") if 'class="qr"' in part]
    assert "štvrtok 10. decembra 2026" in together  # a page of paper never ends between a day and its code


async def test_private_referrals_are_on_no_paper_until_she_asks_and_need_the_long_code(
    site: Site, scene: Scene
) -> None:
    ticket, stop = scene.talk()
    scene.refer(stop, place=scene.shelter, reason="shelter")
    scene.refer(stop, place=scene.school, reason="school")
    code = code_of(site, ticket)

    rows, page = await sheet(site, f"/t/{code}/steps")
    assert (["Primary School"] * 2 in rows, ["House Kanarinka"] * 2 in rows) == (True, False)
    assert "House Kanarinka" in page.partition("For you alone")[2]
    html = (await site.browser().get(f"/t/{code}/steps")).text
    assert 'class="no-print for-me"' in html.partition("House Kanarinka")[0]

    asked, page = await sheet(site, f"/t/{code}/steps?also=1")
    assert (["House Kanarinka"] * 2 in asked, "This paper also shows what is for you alone." in page) == (True, True)

    stranger = Visitor(site.browser())
    await stranger.open("/find")
    short = site.database.read_now(_short, ticket.party, site.app.state.ticket_key)
    from onestop.web.public.access import short_path

    path = short_path(site.app.state.ticket_key, short)
    for way in (f"{path}/steps", f"{path}/steps?also=1"):
        rows, page = await sheet(site, way)
        assert (["Primary School"] * 2 in rows, "House Kanarinka" in page) == (True, False)


def _short(conn: object, party: UUID, key: bytes) -> object:
    from onestop.booking.tickets import find_code, ticket_again

    return find_code(conn, ticket_again(conn, party=party, key=key).code)  # type: ignore[arg-type]


async def test_a_private_talk_says_neither_what_it_was_nor_how_it_ended(site: Site, scene: Scene) -> None:
    make_private(scene, "social")
    ticket, stop = scene.talk("social")
    scene.refer(stop, place=scene.school, reason="school")
    scene.finish(stop, outcome=Outcome.PAPERS_MISSING)

    rows, page = await sheet(site, f"/t/{code_of(site, ticket)}/steps")

    assert ["Talk at the centre", "Rozhovor v centre"] in rows
    assert ["This talk took place.", "Tento rozhovor sa uskutočnil."] in rows
    told = [word for word in ("Social advice", "Sociálne", "Papers were missing") if word in page]
    assert told == []
    # What a private talk leads to is hers alone, wherever it leads.
    assert (["Primary School"] * 2 in rows, "Primary School" in page) == (False, True)


async def test_the_proof_of_visit_names_date_and_hours_and_no_institution_or_topic(site: Site, scene: Scene) -> None:
    ticket, stop = scene.talk()
    scene.refer(stop, place=scene.school, reason="school")
    scene.hall.later(minutes=42)
    scene.finish(stop)
    code = code_of(site, ticket)

    rows, _ = await sheet(site, f"/t/{code}/proof")
    html = (await site.browser().get(f"/t/{code}/proof")).text
    printed = html.partition('<section class="steps-sheet')[2].partition("</section>")[0]

    assert rows[1:3] == [
        ["Date: Thursday 3 December 2026", "Dátum: štvrtok 3. decembra 2026"],
        ["Was here from 09:00 to 09:42.", "Prítomnosť od 09:00 do 09:42."],
    ]
    words = (scene.hall.day.name, "Legal", "Centre", "Police", "Primary School", "100", "IOM", scene.hall.day.venue)
    assert [word for word in words if word in printed] == []
    assert '<html lang="en" dir="ltr" class="sheet-page"' in html  # print.css and steps.css leave the frame out


async def test_after_the_day_the_code_still_opens_next_steps_and_proof(site: Site, scene: Scene) -> None:
    ticket, stop = scene.talk()
    scene.refer(stop, place=scene.school, reason="school")
    code = code_of(site, ticket)
    day = scene.hall.day
    site.set_time(day_ends_at(day.on, day.closes_at, day.zone) + timedelta(hours=24))
    visitor = Visitor(site.browser())

    await visitor.open(f"/t/{code}?lang=en")
    assert "Your ticket is not valid any more. It only opens these pages:" in visitor.page.text
    await visitor.follow("Next steps")
    assert ("Primary School" in visitor.page.text, visitor.status) == (True, 200)
    assert "This page stays until Thursday 10 December 2026." in visitor.page.text
    await visitor.open(f"/t/{code}/proof")
    assert "Proof of visit" in visitor.page.text


async def test_before_she_was_here_there_is_nothing_to_take_home(site: Site, scene: Scene) -> None:
    ticket = scene.hall.book(scene.hall.wish("legal"))
    code = code_of(site, ticket)

    answers = [await site.browser().get(f"/t/{code}/{page}") for page in ("steps", "proof")]

    assert [(answer.status_code, answer.headers["location"]) for answer in answers] == [(303, f"/t/{code}")] * 2
    assert "Proof of visit" not in (await site.browser().get(f"/t/{code}?lang=en")).text


async def test_her_sheet_invites_her_once_to_a_day_by_invitation_and_nobody_else_to_another(
    site: Site, scene: Scene
) -> None:
    scene.db.write_now(lambda conn: conn.execute(days.update().values(release=Release.INVITED)))
    ticket, _ = scene.hall.walk_in(scene.hall.wish("legal"))
    scene.finish(scene.serve("legal"), outcome=Outcome.COME_AGAIN)
    next_day = scene.db.read_now(day_by_id, scene.next_day)
    code = again_code(site.app.state.ticket_key, day=next_day.id, party=ticket.party)
    way = f"/d/{next_day.slug}?invitation={code}"

    page = (await site.browser().get(f"/t/{code_of(site, ticket)}/steps?lang=en")).text
    assert qr(f"{ADDRESS}{way}", "To book a time, scan this code with a phone.") in page
    assert code not in Page(page).text

    stranger, visitor = Visitor(site.browser()), Visitor(site.browser())
    for wrong in (f"/d/{site.hall.day.slug}?invitation={code}", f"{way[:-1]}{'a' if way[-1] != 'a' else 'b'}"):
        assert list((await stranger.open(wrong)).forms) == ["invitation-form"]
    await visitor.open(way)
    await visitor.press("needs-form", needs=[need("my-rights")])
    await visitor.press("plan-form", interpreter="none")
    await visitor.press("times-form")
    await visitor.press("booking-form", name="Amira")
    assert visitor.page.title.startswith("Your ticket 100")
    assert list((await stranger.open(way)).forms) == ["invitation-form"]


async def test_the_invitation_of_a_sheet_goes_with_her_data(site: Site, scene: Scene) -> None:
    scene.db.write_now(lambda conn: conn.execute(days.update().values(release=Release.INVITED)))
    ticket, _ = scene.hall.walk_in(scene.hall.wish("legal"))
    next_day = scene.db.read_now(day_by_id, scene.next_day)
    code = again_code(site.app.state.ticket_key, day=next_day.id, party=ticket.party)
    stranger = Visitor(site.browser())
    assert list((await stranger.open(f"/d/{next_day.slug}?invitation={code}")).forms) != ["invitation-form"]

    gone = parties.update().where(parties.c.id == ticket.party).values(erased_at=site.hall.now)
    scene.db.write_now(lambda conn: conn.execute(gone))
    assert list((await stranger.open(f"/d/{next_day.slug}?invitation={code}")).forms) == ["invitation-form"]
