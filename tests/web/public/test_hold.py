"""The time that is kept: what is typed is never lost, whatever happens to the time."""

from datetime import timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa

from onestop.booking.capacity import expire_holds
from onestop.booking.tables import bookings, contacts, parties, stops
from onestop.booking.tickets import new_code
from onestop.days.tables import capacity
from onestop.domain.booking import BookingState
from onestop.domain.roles import SYSTEM
from onestop.domain.ticket import prove_code
from onestop.notify.tables import outbox
from tests.web.public.visitor import Visitor, change_day, count, need, open_day, service
from tests.web.site import Site

ARABIC = "عبد الرحم " * 19 + "أميرة بنتي"
SCRIPT = '"><script>alert(1)</script>'


async def keep(site: Site, *needs: str, at: str = "10:00", **typed: object) -> Visitor:
    """A visitor at the page of a time that is kept; `at` is a button's words, empty for the first time there is."""
    open_day(site)
    visitor = Visitor(site.browser())
    await visitor.open(f"/d/{site.hall.day.slug}")
    await visitor.press("needs-form", needs=[need(key) for key in needs or ("my-rights",)])
    await visitor.press("plan-form", **{"interpreter": "none", **typed})
    await visitor.press("times-form", at)
    return visitor


def confirmed(site: Site) -> int:
    return count(site, bookings, bookings.c.state == BookingState.CONFIRMED)


def names(site: Site) -> list[str]:
    query = sa.select(parties.c.name).where(parties.c.number.is_not(None)).order_by(parties.c.number)
    return list(site.database.read_now(lambda conn: conn.execute(query).scalars()))


async def test_all_answers_stand_there_with_a_way_to_change_each(site: Site) -> None:
    visitor = await keep(site, "residence-permit", adults="2", children="1", languages=["uk", "ru"], interpreter="own")

    said = [
        "We keep this time for you until",
        "Thursday 3 December 2026 · 10:00",
        "Legal advice IOM Migration Information Centre All of you Residence permit Foreign Police Department",
        "2 adults and one child",
        "українська and русский I bring somebody who interprets",
    ]
    assert [sentence for sentence in said if sentence not in visitor.page.text] == []
    changes = {"Change the time", "Change the plan", "Change who comes", "Change how we talk"}
    assert changes - set(visitor.page.links) == set()
    await visitor.follow("Change who comes")
    form = visitor.page.forms["plan-form"]
    assert [form.values(name) for name in ("who", "adults", "children", "languages", "interpreter")] == [
        [],
        ["2"],
        ["1"],
        ["uk", "ru"],
        ["own"],
    ]


async def test_the_same_press_twice_books_once_and_leads_to_the_same_ticket(site: Site) -> None:
    visitor = await keep(site)
    form = visitor.page.forms["booking-form"]
    sent = [*[pair for pair in form.fields if pair[0] != "name"], ("name", "Amira")]
    await visitor.send(form.action, "post", sent)
    ticket = visitor.path
    await visitor.send(form.action, "post", sent)

    assert visitor.path == ticket
    assert (confirmed(site), names(site)) == (1, ["Amira"])


async def test_a_lost_answer_is_found_again_at_the_address_of_the_kept_time(site: Site) -> None:
    visitor = await keep(site)
    kept = visitor.path
    await visitor.press("booking-form", name="Amira")
    ticket = visitor.path.partition("?")[0]
    await visitor.open(kept)
    assert visitor.path.partition("?")[0] == ticket

    site.set_time(site.hall.now + timedelta(hours=1, minutes=1))
    await visitor.open(kept)
    assert (visitor.status, ticket in visitor.page.html) == (410, False)


@pytest.mark.parametrize("name", [ARABIC, "Ng", "O'Brien-Łukasz", "Թ ზ ك 한", "a" * 200])
async def test_names_of_every_kind_are_kept_as_they_are(site: Site, name: str) -> None:
    visitor = await keep(site)
    await visitor.press("booking-form", name=name)

    assert (len(names(site)), visitor.page.title.startswith("Your ticket")) == (1, True)
    assert names(site) == [" ".join(name.split())]


@pytest.mark.parametrize("name", ["", "   ", "a" * 201, "\u202eevil"])
async def test_a_name_that_cannot_be_used_is_asked_for_again(site: Site, name: str) -> None:
    visitor = await keep(site)
    await visitor.press("booking-form", name=name, email="amira@example.org")

    assert (visitor.status, confirmed(site)) == (422, 0)
    assert visitor.page.text.count("Please write a name with 1 to 200 letters.") == 2
    assert visitor.page.forms["booking-form"].values("email") == ["amira@example.org"]


async def test_what_is_typed_is_shown_as_text_and_never_as_a_part_of_the_page(site: Site) -> None:
    visitor = await keep(site)
    await visitor.press("booking-form", name=SCRIPT, email="no address", phone=SCRIPT)

    form = visitor.page.forms["booking-form"]
    assert (visitor.status, form.values("name"), form.values("phone")) == (422, [SCRIPT], [SCRIPT])
    assert "<script>alert" not in visitor.page.html


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"email": "no address"}, "This is not an e-mail address. Please check it, or leave it empty."),
        ({"email": "a@b, x@evil"}, "This is not an e-mail address. Please check it, or leave it empty."),
        ({"phone": "call me"}, "This is not a phone number. Please check it, or leave it empty."),
    ],
)
async def test_an_address_that_is_none_is_told_and_the_rest_stays(site: Site, typed: dict[str, str], said: str) -> None:
    visitor = await keep(site)
    await visitor.press("booking-form", name="Amira", **typed)

    assert (visitor.status, confirmed(site)) == (422, 0)
    assert visitor.page.text.count(said) == 2
    assert visitor.page.forms["booking-form"].values("name") == ["Amira"]


async def test_a_phone_is_read_in_the_country_of_the_day(site: Site) -> None:
    visitor = await keep(site)
    await visitor.press("booking-form", name="Amira", phone="0903 123 456", email=" amira@Example.org ")

    query = sa.select(contacts.c.kind, contacts.c.address).order_by(contacts.c.kind)
    assert [tuple(row) for row in site.database.read_now(lambda conn: conn.execute(query).all())] == [
        ("email", "amira@example.org"),
        ("phone", "+421903123456"),
    ]


async def test_one_address_too_often_is_answered_like_any_other(site: Site) -> None:
    seen: list[tuple[int, int]] = []
    for _ in range(5):
        visitor = await keep(site, at="")
        await visitor.press("booking-form", name="Amira", email="family@example.org")
        # Numbers, codes and times have the same length for everybody.
        seen.append((visitor.status, len(visitor.page.text)))

    limited = sa.select(contacts.c.limited).order_by(contacts.c.id)
    assert site.database.read_now(lambda conn: conn.execute(limited).scalars().all()) == [False] * 3 + [True] * 2
    assert len(set(seen)) == 1


async def test_on_a_day_with_few_places_an_address_is_needed(site: Site) -> None:
    change_day(site, scarce=True)
    visitor = await keep(site)
    await visitor.press("booking-form", name="Amira")

    assert (visitor.status, confirmed(site)) == (422, 0)
    assert "Please write an e-mail address." in visitor.page.text


async def test_on_a_day_with_few_places_the_link_in_the_message_books_the_time(site: Site) -> None:
    change_day(site, scarce=True)
    visitor = await keep(site)
    await visitor.press("booking-form", name="Amira", email="wrong@example.org", phone="+421 903 123 456")
    held = visitor.path
    assert ("Now open your messages" in visitor.page.text, confirmed(site)) == (True, 0)
    await visitor.press("proof-form", email="")
    assert (visitor.status, "Please write an e-mail address." in visitor.page.text) == (422, True)
    await visitor.press("proof-form", email="amira@example.org")
    assert "We sent a message to amira@example.org." in visitor.page.text
    form = visitor.page.forms["proof-form"]
    assert (form.values("name"), form.values("phone")) == (["Amira"], ["+421903123456"])

    reader = Visitor(site.browser())
    await reader.open(proof_link(site))
    assert ("Press the button, then it is booked." in reader.page.text, confirmed(site)) == (True, 0)
    await reader.press("prove-form")
    assert (reader.page.title.startswith("Your ticket"), confirmed(site)) == (True, 1)
    await visitor.open(held)
    assert visitor.page.title.startswith("Your ticket")
    await reader.open(proof_link(site))
    assert "Your time is booked" in reader.page.text


async def test_who_proves_too_late_chooses_again_without_proving_again(site: Site) -> None:
    change_day(site, scarce=True)
    visitor = await keep(site)
    await visitor.press("booking-form", name="Amira", email="amira@example.org")
    site.set_time(site.hall.now + timedelta(minutes=40))
    reader = Visitor(site.browser())
    await reader.open(proof_link(site))
    assert "The time ran out" in reader.page.text
    await reader.press("prove-form")
    form = reader.page.forms["again-form"]
    assert (form.values("name"), form.values("email")) == (["Amira"], ["amira@example.org"])
    await reader.press("again-form")
    assert (reader.page.title.startswith("Your ticket"), confirmed(site)) == (True, 1)


async def test_a_ticket_with_a_new_code_is_not_opened_by_the_old_message(site: Site) -> None:
    change_day(site, scarce=True)
    visitor = await keep(site)
    await visitor.press("booking-form", name="Amira", email="amira@example.org")
    reader = Visitor(site.browser())
    await reader.open(proof_link(site))
    await reader.press("prove-form")
    party = site.database.read_now(lambda conn: conn.execute(sa.select(contacts.c.party_id)).scalar_one())
    key = site.app.state.ticket_key
    site.database.write_now(new_code, party=party, key=key, actor=SYSTEM, now=site.hall.now, day=site.hall.id)
    await reader.open(proof_link(site))
    assert ("Your time is booked" in reader.page.text, "/t/" in reader.page.html) == (True, False)


def proof_link(site: Site) -> str:
    """The path in the message that waits to be sent."""
    asked = sa.select(outbox.c.party_id, outbox.c.address).where(outbox.c.kind == "prove_time")
    row = site.database.read_now(lambda conn: conn.execute(asked.order_by(outbox.c.id.desc()).limit(1)).one())
    return f"/prove/{prove_code(site.app.state.ticket_key, party=row.party_id, address=row.address)}"


async def test_keeping_it_longer_moves_the_end_and_loses_no_letter(site: Site) -> None:
    visitor = await keep(site)
    site.set_time(site.hall.now + timedelta(minutes=6))
    until = site.hall.now + timedelta(minutes=10)
    await visitor.press("booking-form", "Keep it longer", name="Amira", phone="0903")

    local = until.astimezone(site.hall.day.zone).strftime("%H:%M")
    form = visitor.page.forms["booking-form"]
    assert f"We keep this time for you until {local}." in visitor.page.text
    assert (form.values("name"), form.values("phone")) == (["Amira"], ["0903"])


async def test_a_time_cannot_be_kept_for_ever(site: Site) -> None:
    visitor = await keep(site)
    for _ in range(3):
        site.set_time(site.hall.now + timedelta(minutes=9))
        await visitor.press("booking-form", "Keep it longer")

    assert "Keep it longer" not in visitor.page.forms["booking-form"].buttons


async def test_given_back_it_is_free_for_others_and_the_page_says_so(site: Site) -> None:
    visitor = await keep(site)
    await visitor.press("booking-form", "Give this time back", name="")

    used = sa.select(sa.func.sum(capacity.c.used))
    assert site.database.read_now(lambda conn: conn.execute(used).scalar_one()) == 0
    assert (visitor.status, "You gave the time back" in visitor.page.text) == (410, True)
    await visitor.follow("Choose again")
    assert (visitor.status, visitor.page.forms["plan-form"].values("services")) == (200, [service(site, "legal")])


# -- the time ran out ----------------------------------------------------------------------------------------


async def run_out(site: Site, visitor: Visitor, **typed: str) -> None:
    """She types so long that the time is gone, then presses Book."""
    site.set_time(site.hall.now + timedelta(minutes=11))
    await visitor.press("booking-form", "Book this time", **typed)


async def test_when_the_time_ran_out_what_was_typed_stays_and_the_same_time_is_one_press(site: Site) -> None:
    visitor = await keep(site, "residence-permit", languages=["uk"], interpreter="own")
    await run_out(site, visitor, name="Amira", email="amira@example.org")

    form = visitor.page.forms["again-form"]
    assert visitor.status == 410
    assert "We could not keep this time for you any longer." in visitor.page.text
    assert (form.values("name"), form.values("email")) == (["Amira"], ["amira@example.org"])
    await visitor.press("again-form", "Book 10:00")

    assert visitor.page.title.startswith("Your ticket 100")
    assert (confirmed(site), names(site), count(site, contacts)) == (1, ["Amira"], 1)
    again = sa.select(parties.c.languages, parties.c.interpreter).where(parties.c.number == 100)
    assert [tuple(row) for row in site.database.read_now(lambda conn: conn.execute(again).all())] == [(["uk"], "own")]


async def test_after_the_time_ran_out_another_time_is_one_press_and_a_dropped_line_stays_off(site: Site) -> None:
    open_day(site)
    visitor = Visitor(site.browser())
    await visitor.open(f"/d/{site.hall.day.slug}")
    await visitor.press("needs-form", needs=[need("residence-permit")])
    await visitor.press("plan-form", services=[service(site, "legal")], interpreter="none")
    await visitor.press("times-form", "10:00")
    await run_out(site, visitor, name="Amira")
    await visitor.press("again-form", "11:30")

    ticket = sa.select(bookings.c.arrival_at, stops.c.service_id).join_from(
        bookings, stops, stops.c.party_id == bookings.c.party_id
    ).where(bookings.c.state == BookingState.CONFIRMED)  # fmt: skip
    rows = site.database.read_now(lambda conn: conn.execute(ticket).all())
    assert [(at.astimezone(site.hall.day.zone).strftime("%H:%M"), one) for at, one in rows] == [
        ("11:30", site.hall.service("legal"))
    ]


async def test_a_wrong_name_after_the_time_ran_out_is_asked_for_with_the_times(site: Site) -> None:
    visitor = await keep(site)
    await run_out(site, visitor, name="Amira")
    await visitor.press("again-form", "Book 10:00", name="")

    assert (visitor.status, confirmed(site)) == (422, 0)
    assert "Book 10:00" in visitor.page.forms["again-form"].buttons


async def test_a_time_that_was_taken_meanwhile_is_not_offered_again(site: Site) -> None:
    visitor = await keep(site)
    site.set_time(site.hall.now + timedelta(minutes=11))
    held_at = sa.select(bookings.c.arrival_at)
    at = site.database.read_now(lambda conn: conn.execute(held_at).scalar_one())
    # The hold is over, whether or not anybody has marked it; somebody else takes the whole quarter of an hour.
    gone = capacity.update().where(capacity.c.kind == "arrivals", capacity.c.bucket_at == at)
    site.database.write_now(lambda conn: conn.execute(gone.values(reserve=capacity.c.total - 1)))
    await visitor.open(visitor.path)
    assert "Book 10:00" in visitor.page.forms["again-form"].buttons
    site.database.write_now(expire_holds, site.hall.id, now=site.hall.now)
    site.database.write_now(lambda conn: conn.execute(gone.values(reserve=capacity.c.total)))
    await visitor.open(visitor.path)

    buttons = visitor.page.forms["again-form"].buttons
    assert ("Book 10:00" in buttons, "10:00" in buttons, "10:15" in buttons) == (False, False, True)


async def test_an_unknown_address_of_a_kept_time_says_what_to_do(site: Site) -> None:
    visitor = Visitor(site.browser())
    await visitor.open(f"/holds/{uuid4()}")

    assert (visitor.status, "Please choose a time again." in visitor.page.text) == (410, True)
