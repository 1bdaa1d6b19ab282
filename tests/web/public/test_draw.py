"""A day whose places are drawn, at the public door: asking without choosing a time, proving, and checking the draw."""

import hashlib
import hmac
import re
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from onestop.booking.actions.draws import Requested, request_place
from onestop.booking.actions.proofs import prove_contact
from onestop.booking.actions.waiting import join_list
from onestop.booking.contacts import Contact
from onestop.booking.drawing import run_draw
from onestop.booking.tables import bookings, contacts, draw_entries, waiting
from onestop.days.drawing import announce_draw
from onestop.days.queries.draws import Draw, the_draw
from onestop.domain.booking import Channel
from onestop.domain.day import DayState, Release
from onestop.domain.roles import VISITOR
from onestop.domain.ticket import prove_code, waiting_code
from onestop.notify.tables import outbox
from tests.web.public.visitor import Visitor, change_day, count, need, service
from tests.web.site import Site

MAIL = "amira@example.org"


def open_draw(site: Site, *, begun: bool = True) -> None:
    """Requests are taken for ten hours, from now on or in an hour."""
    hall, key = site.hall, site.app.state.ticket_key
    change_day(site, release=Release.DRAW)
    opens_at = hall.day.opens_at - timedelta(days=2) + timedelta(hours=1)
    site.set_time(opens_at - timedelta(hours=1))
    hall.write(announce_draw, hall.id, opens_at=opens_at, closes_at=opens_at + timedelta(hours=10), key=key)
    if begun:
        site.set_time(opens_at)


def draw_of(site: Site) -> Draw:
    return site.database.read_now(the_draw, site.hall.id)


def run(site: Site) -> None:
    """The window is over, and places are given."""
    site.set_time(draw_of(site).closes_at)
    run_draw(site.database, site.hall.id, key=site.app.state.ticket_key)


def ask_at_the_counter(site: Site, **more: Any) -> Requested:
    key = site.app.state.ticket_key
    return site.hall.write(
        request_place, site.hall.id, site.hall.wish("legal"), channel=Channel.RECEPTION, key=key, **more
    )


async def come_to_the_form(site: Site, lang: str = "en") -> Visitor:
    """A visitor at the last page."""
    visitor = Visitor(site.browser())
    await visitor.open(f"/d/{site.hall.day.slug}?lang={lang}")
    await visitor.press("needs-form", needs=[need("my-rights")])
    await visitor.press("plan-form", interpreter="none")
    return visitor


async def send(visitor: Visitor, **typed: str) -> str:
    """Press "Ask for a place"; gives where that leads, which is another door's page."""
    form = visitor.page.forms["request-form"]
    answer = await visitor.browser.post(
        form.action, data={**dict(form.fields), "name": "Amira", "email": MAIL, **typed}
    )
    return answer.headers.get("location", "")


def link_in_the_mail(site: Site, address: str = MAIL) -> str:
    """The path behind the link of the last message to this address."""
    asked = sa.select(outbox.c.party_id, outbox.c.kind).where(outbox.c.address == address)
    row = site.database.read_now(lambda conn: conn.execute(asked.order_by(outbox.c.id.desc())).first())
    assert row is not None
    assert row.kind in {"prove", "prove_time"}
    return f"/prove/{prove_code(site.app.state.ticket_key, party=row.party_id, address=address)}"


async def test_she_asks_in_three_pages_without_choosing_a_time_and_proves_her_address(site: Site) -> None:
    open_draw(site)
    visitor = Visitor(site.browser())
    await visitor.open(f"/d/{site.hall.day.slug}")
    titles = [visitor.page.title]
    said = ("Places are given in random order", "It does not matter if you are early or late in this time.")
    assert [sentence for sentence in said if sentence not in visitor.page.text] == []
    await visitor.press("needs-form", needs=[need("my-rights")])
    titles.append(visitor.page.title)
    await visitor.press("plan-form", interpreter="none")
    titles.append(visitor.page.title)
    assert [title.split(" · ")[0] for title in titles] == ["What do you need?", "Your plan", "Ask for a place"]
    assert "Step 3 of 3" in visitor.page.text

    to = await send(visitor)
    (party,) = site.database.read_now(lambda conn: conn.execute(sa.select(bookings.c.party_id)).scalars().all())
    own = waiting_code(site.app.state.ticket_key, day=site.hall.id, party=party)
    assert to == f"/w/{own}?requested=1"

    proof = link_in_the_mail(site)
    await visitor.open(proof)
    await visitor.open(proof)
    assert count(site, contacts, contacts.c.proved_at.is_not(None)) == 0
    await visitor.press("prove-form")
    assert ("Your request counts" in visitor.page.text, visitor.path) == (True, proof)
    assert visitor.page.links["Go to my request"] == f"/w/{own}"
    run(site)
    assert count(site, bookings, bookings.c.state == "drawn") == 1


async def test_the_same_press_twice_is_one_request(site: Site) -> None:
    open_draw(site)
    visitor = await come_to_the_form(site)
    assert await send(visitor) == await send(visitor)
    assert count(site, bookings) == count(site, draw_entries) == 1


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"email": ""}, "Please write an e-mail address. We send a link there, and you confirm with it."),
        ({"email": "no address"}, "This is not an e-mail address. Please check it, or leave it empty."),
        ({"name": ""}, "Please write a name with 1 to 200 letters."),
        ({"from": "{12}", "to": "{10}"}, "The second time must be later than the first one."),
    ],
)
async def test_what_cannot_be_used_is_told_and_the_rest_stays(site: Site, typed: dict[str, str], said: str) -> None:
    open_draw(site)
    visitor = await come_to_the_form(site)
    hours = {at.astimezone(site.hall.day.zone).strftime("{%H}"): at.isoformat() for at in hours_of(site)}
    sent = {"name": "Amira", "email": MAIL, "phone": "0903 123", **typed}
    await visitor.press("request-form", **{name: hours.get(value, value) for name, value in sent.items()})

    assert (visitor.status, visitor.page.text.count(said), count(site, bookings)) == (422, 2, 0)
    kept = {name: visitor.page.forms["request-form"].values(name) for name in ("phone", "services", "interpreter")}
    assert kept == {"phone": ["0903 123"], "services": [service(site, "legal")], "interpreter": ["none"]}


def hours_of(site: Site) -> list[datetime]:
    return [site.hall.day.opens_at + timedelta(hours=nth) for nth in range(9)]


async def test_the_times_she_can_come_at_are_kept(site: Site) -> None:
    open_draw(site)
    visitor = await come_to_the_form(site)
    first, last = hours_of(site)[1], hours_of(site)[2]
    assert first.isoformat() in visitor.page.forms["request-form"].choices("from")
    await send(visitor, **{"from": first.isoformat(), "to": last.isoformat()})
    kept = sa.select(waiting.c.not_before_at, waiting.c.not_after_at)
    assert tuple(site.database.read_now(lambda conn: conn.execute(kept).one())) == (first, last)


async def test_every_address_gets_the_same_answer_and_too_many_are_told_in_the_message(site: Site) -> None:
    open_draw(site)
    seen: list[str] = []
    proofs: list[str] = []
    for nth in range(5):
        address = MAIL if nth else "somebody.else@example.org"
        to = await send(await come_to_the_form(site), email=address)
        proofs.append(link_in_the_mail(site, address))
        seen.append(re.sub(r"/w/\w{26}", "", to))
    assert set(seen) == {"?requested=1&lang=en"}
    visitor = Visitor(site.browser())
    for proof in proofs:
        await visitor.open(proof)
        await visitor.press("prove-form")
    assert "This request does not take part" in visitor.page.text
    assert count(site, contacts, contacts.c.limited) == 1
    run(site)
    assert count(site, draw_entries) == 4


async def test_a_link_of_nobody_or_after_the_window_changes_nothing(site: Site) -> None:
    open_draw(site)
    await send(await come_to_the_form(site))
    proof = link_in_the_mail(site)
    visitor = Visitor(site.browser())
    for wrong in (
        proof[:-1] + ("a" if proof[-1] != "a" else "b"),
        "/prove/nonsense",
        f"/prove/{UUID(int=0).hex}",
        "/prove/é",
    ):
        await visitor.open(wrong)
        assert visitor.status == 404
    await visitor.open(proof)
    site.set_time(draw_of(site).closes_at)
    await visitor.press("prove-form")
    assert "The address was not confirmed in this time." in visitor.page.text
    assert count(site, contacts, contacts.c.proved_at.is_not(None)) == 0


async def test_before_and_after_the_window_the_day_says_when_and_takes_no_request(site: Site) -> None:
    open_draw(site, begun=False)
    visitor = Visitor(site.browser())
    await visitor.open(f"/d/{site.hall.day.slug}")
    assert "You cannot ask for a place yet." in visitor.page.text
    site.set_time(draw_of(site).opens_at)
    form = await come_to_the_form(site)
    site.set_time(draw_of(site).closes_at)
    await form.press("request-form", name="Amira", email=MAIL)
    assert "The time to ask for a place on this day is over." in form.page.text
    assert count(site, bookings) == 0


async def test_no_time_is_shown_or_held_before_the_draw_and_what_is_left_after_it_is(site: Site) -> None:
    open_draw(site)
    visitor = await come_to_the_form(site)
    fields = [pair for pair in visitor.page.forms["request-form"].fields if pair[0] not in ("name", "email", "phone")]
    await visitor.send(f"/d/{site.hall.day.slug}/times", "get", fields)
    assert visitor.path.startswith(f"/d/{site.hall.day.slug}/request?")
    at = site.hall.day.opens_at.isoformat()
    await visitor.send(f"/d/{site.hall.day.slug}/holds", "post", [*fields, ("arrival", at)])
    assert (visitor.status, count(site, bookings)) == (409, 0)
    run(site)
    await visitor.open(f"/d/{site.hall.day.slug}")
    assert "The places were given in random order." in visitor.page.text
    await visitor.press("needs-form", needs=[need("my-rights")])
    await visitor.press("plan-form", interpreter="none")
    await visitor.press("times-form")
    await visitor.press("booking-form", name="Amira", email="amira@example.org")
    assert visitor.page.title.startswith("Please confirm your address")
    await visitor.open(link_in_the_mail(site))
    await visitor.press("prove-form")
    assert visitor.page.title.startswith("Your ticket 100")


async def test_who_waits_after_the_draw_proves_a_place_on_the_list_not_a_request(site: Site) -> None:
    open_draw(site)
    run(site)
    address = (Contact(kind="email", address=MAIL),)
    wish = site.hall.wish("legal")
    site.hall.write(
        join_list, site.hall.id, wish, channel=Channel.PUBLIC, key=site.app.state.ticket_key, contact=address
    )
    visitor = Visitor(site.browser())
    await visitor.open(link_in_the_mail(site))
    assert "Press the button, then you are on the waiting list." in visitor.page.text
    await visitor.press("prove-form")
    assert "When a place becomes free, we write to you." in visitor.page.text
    assert "after the draw" not in visitor.page.text


# -- the public page of the draw ---------------------------------------------------------------------------


def parts(text: str) -> tuple[dict[str, str], list[list[str]]]:
    head, _, lines = text.partition("\n\n")
    return dict(line.split(": ", 1) for line in head.splitlines()), [line.split() for line in lines.splitlines()]


async def test_the_draw_is_public_before_during_and_after_and_nothing_too_early(site: Site) -> None:
    open_draw(site, begun=False)
    visitor = Visitor(site.browser())
    path = f"/d/{site.hall.day.slug}/draw"
    commitment = draw_of(site).commitment

    async def look() -> tuple[str, dict[str, str], list[list[str]]]:
        await visitor.open(path)
        assert visitor.status == 200
        assert commitment in visitor.page.text
        return visitor.page.text, *parts((await visitor.browser.get(f"{path}.txt")).text)

    said, head, lines = await look()
    assert (head["state"], head["commitment"], head["seed"], lines) == ("announced", commitment, "-", [])
    assert "Requests are not taken yet." in said

    site.set_time(draw_of(site).opens_at)
    asked = [ask_at_the_counter(site) for _ in range(3)]
    said, head, lines = await look()
    assert (head["state"], head["list-hash"], lines) == ("open", "-", [])
    assert [one for one in asked if str(one.request) in said] == []
    assert "The number of requests is told when the time for requests is over." in said

    site.set_time(draw_of(site).closes_at)
    key = site.app.state.ticket_key
    run_draw(site.database, site.hall.id, key=key, steps=1)
    said, head, lines = await look()
    ids = sorted(str(one.request) for one in asked)
    assert (head["state"], head["seed"], lines) == ("closed", draw_of(site).seed or "-", [[one] for one in ids])
    assert head["list-hash"] == hashlib.sha256("".join(f"{one}\n" for one in ids).encode()).hexdigest()
    assert [one for one in ids if one not in said] == []

    run_draw(site.database, site.hall.id, key=key)
    said, head, lines = await look()
    seed = bytes.fromhex(head["seed"])
    order = sorted(ids, key=lambda one: hmac.new(seed, one.encode(), "sha256").digest())
    assert (head["state"], hashlib.sha256(seed).hexdigest()) == ("drawn", commitment)
    assert lines == [[str(rank), one, "drawn"] for rank, one in enumerate(order, start=1)]
    told = "".join(f"{' '.join(line)}\n" for line in lines)
    assert head["result-hash"] == hashlib.sha256(told.encode()).hexdigest()
    assert [one for one in (*ids, head["seed"], head["result-hash"]) if one not in said] == []
    assert "3 places were offered." in said


async def test_a_long_list_is_shown_in_parts_and_one_request_is_found_by_its_code(site: Site) -> None:
    open_draw(site)
    asked = [ask_at_the_counter(site) for _ in range(102)]
    run(site)
    visitor = Visitor(site.browser())
    await visitor.open(f"/d/{site.hall.day.slug}/draw")
    shown = {str(one.request) for one in asked if str(one.request) in visitor.page.text}
    assert len(shown) == 100
    await visitor.follow("Further in the list")
    assert {str(one.request) for one in asked if str(one.request) in visitor.page.text} == {
        str(one.request) for one in asked
    } - shown
    await visitor.press("find-request", request=f" {asked[7].request} ")
    assert "Your request is on the list." in visitor.page.text
    for wrong in ("nonsense", str(UUID(int=5)), "<script>"):
        await visitor.press("find-request", request=wrong)
        assert "This code is not on the list." in visitor.page.text
        assert "<script>" not in visitor.page.html
    for part in ("-1", "99999", "x", "9" * 50):
        await visitor.open(f"/d/{site.hall.day.slug}/draw?part={part}")
        assert visitor.status == 200


async def test_what_is_public_holds_no_person(site: Site) -> None:
    open_draw(site)
    contact = (Contact(kind="email", address=MAIL),)
    made = ask_at_the_counter(site, name="Amira Nazari", contact=contact)
    run(site)
    visitor = Visitor(site.browser())
    for path in ("draw", "draw.txt"):
        answer = await visitor.browser.get(f"/d/{site.hall.day.slug}/{path}")
        assert str(made.request) in answer.text
        assert [word for word in ("Amira", MAIL, str(made.party), made.party.hex) if word in answer.text] == []


async def test_a_day_without_a_draw_or_a_draft_has_no_such_page(site: Site) -> None:
    visitor = Visitor(site.browser())
    for path in ("draw", "draw.txt"):
        await visitor.open(f"/d/{site.hall.day.slug}/{path}")
        assert visitor.status == 404
    open_draw(site)
    change_day(site, state=DayState.DRAFT)
    for path in ("draw", "draw.txt", "request"):
        await visitor.open(f"/d/{site.hall.day.slug}/{path}")
        assert visitor.status == 404


async def test_staff_have_proved_nothing_and_need_not(site: Site) -> None:
    open_draw(site)
    made = ask_at_the_counter(site, contact=(Contact(kind="email", address=MAIL),))
    assert count(site, outbox) == 0
    asked = sa.select(contacts.c.id).where(contacts.c.party_id == made.party)
    contact = site.database.read_now(lambda conn: conn.execute(asked).scalar_one())
    how = {"key": site.app.state.ticket_key, "actor": VISITOR, "now": site.hall.now, "day": site.hall.id}
    assert site.database.write_now(prove_contact, contact, **how).counts
