"""What a visitor finds in her mailbox: it opens, says when and where, and tells nobody why she comes."""

import subprocess
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from email.message import EmailMessage
from pathlib import Path
from uuid import UUID

import pytest
import sqlalchemy as sa
from icalendar import Calendar

from onestop.booking.actions.bookings import cancel_booking, move_booking, wish_of_party
from onestop.booking.queries import arrivals, booking_of_party
from onestop.booking.tickets import new_code
from onestop.clock import Clock, real_now
from onestop.db.session import Database
from onestop.directory.tables import services
from onestop.domain.reminding import stop_code
from onestop.domain.roles import VISITOR
from onestop.domain.ticket import spell_short_code
from onestop.locale.languages import LANGUAGES
from onestop.locale.locales import locale_for
from onestop.notify.actions import bury_late, message_language
from onestop.notify.calendar import Appointment, calendar_file
from onestop.notify.kinds import KINDS
from onestop.notify.messages import compose
from onestop.notify.queries import calendar_sequence, message_by_id
from onestop.notify.tables import outbox
from tests.halls import KEY
from tests.notify.post import Mailing, PostOffice, make_mailing, opened


def text_of(mail: EmailMessage, kind: str) -> str:
    body = mail.get_body((kind,))
    assert body is not None
    return body.get_content()


def part_of(mail: EmailMessage, content_type: str) -> EmailMessage:
    return next(part for part in mail.walk() if part.get_content_type() == content_type)  # type: ignore[return-value]


def event_of(mail: EmailMessage) -> tuple[str, object]:
    calendar = Calendar.from_ical(part_of(mail, "text/calendar").get_content())
    return str(calendar["METHOD"]), calendar.walk("VEVENT")[0]


def read_qr(picture: bytes, folder: Path) -> str:
    path = folder / "ticket.png"
    path.write_bytes(picture)
    told = subprocess.run(["zbarimg", "--raw", "-q", path], capture_output=True, text=True, check=True)
    return told.stdout.strip()


async def test_a_confirmation_opens_with_text_page_picture_and_calendar_file(
    mailing: Mailing, office: PostOffice, tmp_path: Path
) -> None:
    ticket = mailing.book("ana@example.org")

    assert await mailing.sender.send_due() == 1

    (mail,) = office.mails()
    link = f"https://hall.test/t/{ticket.code}"
    assert {name: mail[name] for name in ("From", "To", "Subject", "Content-Language", "Auto-Submitted")} == {
        "From": "One Stop <post@hall.test>",
        "To": "ana@example.org",
        "Subject": "Your appointment on Thursday 3 December 2026",
        "Content-Language": "en",
        "Auto-Submitted": "auto-generated",
    }
    assert mail["Date"].datetime == mailing.hall.now
    plain, page = text_of(mail, "plain"), text_of(mail, "html")
    for said in (str(ticket.number), spell_short_code(ticket.short), link, mailing.hall.day.venue, "Your passport"):
        assert said in plain
        assert said in page
    assert '<html lang="en" dir="ltr">' in page
    picture = part_of(mail, "image/png")
    assert f"cid:{picture['Content-ID'].strip('<>')}" in page
    assert read_qr(picture.get_content(), tmp_path) == link
    method, event = event_of(mail)
    booking = mailing.hall.db.read_now(booking_of_party, ticket.party)
    assert booking is not None
    assert (method, event["SEQUENCE"], str(event["SUMMARY"])) == ("PUBLISH", 0, "Appointment")
    assert (event.decoded("dtstart"), event.decoded("dtend")) == (booking.arrival_at, booking.ends_at)


async def test_a_mail_names_no_institution_service_or_name(mailing: Mailing, office: PostOffice) -> None:
    mailing.book("ana@example.org")
    await mailing.sender.send_due()
    (mail,) = office.mails()
    everything = "\n".join(
        [
            str(mail["Subject"]),
            text_of(mail, "plain"),
            text_of(mail, "html"),
            part_of(mail, "text/calendar").get_content(),
        ]
    )
    names = {service.institution.name for service in mailing.hall.offer.services} - {mailing.hall.day.venue}

    assert len(names) > 1
    assert [name for name in (*names, "Legal advice", "Residence permit", "Somebody") if name in everything] == []


async def test_a_mail_lists_no_paper_of_a_private_talk(mailing: Mailing, office: PostOffice) -> None:
    """R19: a paper can tell what the talk is about."""
    mailing.book("ana@example.org")
    mailing.hall.db.write_now(
        lambda conn: conn.execute(services.update().where(services.c.key == "residence").values(private=True))
    )
    mailing.book("eva@example.org")
    await mailing.sender.send_due()

    said = {str(mail["To"]): (text_of(mail, "plain"), text_of(mail, "html")) for mail in office.mails()}
    assert {to: ["Your passport" in text for text in texts] for to, texts in said.items()} == {
        "ana@example.org": [True, True],
        "eva@example.org": [False, False],
    }


async def test_without_a_public_address_the_mail_holds_code_and_number_and_no_link(
    database: Database, office: PostOffice, tmp_path: Path
) -> None:
    mailing = make_mailing(database, tmp_path, office.port, base_url="")
    ticket = mailing.book("ana@example.org")
    await mailing.sender.send_due()

    (mail,) = office.mails()
    plain, page = text_of(mail, "plain"), text_of(mail, "html")
    assert (f"Your code: {spell_short_code(ticket.short)}" in plain, "http" in plain, "href" in page) == (
        True,
        False,
        False,
    )
    assert read_qr(part_of(mail, "image/png").get_content(), tmp_path) == ticket.code


async def test_an_arabic_mail_is_right_to_left_with_its_numbers_left_to_right(
    mailing: Mailing, office: PostOffice
) -> None:
    ticket = mailing.book("ana@example.org", language="ar")
    await mailing.sender.send_due()

    (mail,) = office.mails()
    page, plain = text_of(mail, "html"), text_of(mail, "plain")
    assert mail["Content-Language"] == "ar"
    assert "الخميس، 3 ديسمبر 2026" in str(mail["Subject"])
    assert '<html lang="ar" dir="rtl">' in page
    assert '<table role="presentation" lang="ar" dir="rtl"' in page  # mail programs drop html and body
    assert f'<bdi dir="ltr">{ticket.number}</bdi>' in page
    assert f"\u2066{ticket.number}\u2069" in plain
    assert "<" not in plain


async def test_markup_is_escaped_in_the_page_and_left_alone_in_the_text(mailing: Mailing, office: PostOffice) -> None:
    from onestop.directory.tables import venues

    mailing.hall.db.write_now(lambda conn: conn.execute(sa.update(venues).values(name="<b>Hall</b> & 'more'")))
    mailing.book("ana@example.org")
    await mailing.sender.send_due()

    (mail,) = office.mails()
    assert "<b>Hall</b> & 'more'" in text_of(mail, "plain")
    assert "&lt;b&gt;Hall&lt;/b&gt; &amp; &#39;more&#39;" in text_of(mail, "html")


async def test_a_language_without_pages_falls_back_to_the_working_language(
    mailing: Mailing, office: PostOffice
) -> None:
    assert mailing.hall.day.working_language in LANGUAGES
    mailing.book("ana@example.org", language="ti")
    await mailing.sender.send_due()

    assert [mail["Content-Language"] for mail in office.mails()] == [mailing.hall.day.working_language]
    assert [message_language(*pair) for pair in (("uk", "sk"), ("ti", "sk"), ("ti", "xx"))] == ["uk", "sk", "en"]


async def test_a_change_and_a_cancellation_meet_the_same_calendar_entry(mailing: Mailing, office: PostOffice) -> None:
    hall = mailing.hall
    ticket = mailing.book("ana@example.org")
    await mailing.sender.send_due()
    booking = hall.db.read_now(booking_of_party, ticket.party)
    assert booking is not None
    wish = hall.db.read_now(wish_of_party, booking)
    later = hall.db.read_now(arrivals, hall.day, wish, now=hall.now, moving=booking.id).plans[2].arrival_at
    hall.write(move_booking, ticket.party, arrival_at=later)
    await mailing.sender.send_due()
    hall.write(cancel_booking, ticket.party)
    await mailing.sender.send_due()

    date = "Thursday 3 December 2026"
    assert [subject for _, subject in office.subjects()] == [
        f"Your appointment on {date}",
        f"Your appointment has changed: {date}",
        f"Your appointment on {date} is cancelled",
    ]
    events = [event_of(mail) for mail in office.mails()]
    assert len({str(event["UID"]) for _, event in events}) == 1
    assert [(method, event["SEQUENCE"], str(event["STATUS"])) for method, event in events] == [
        ("PUBLISH", 0, "CONFIRMED"),
        ("PUBLISH", 1, "CONFIRMED"),
        ("CANCEL", 2, "CANCELLED"),
    ]
    assert [event.decoded("dtstart") for _, event in events] == [booking.arrival_at, later, later]
    assert hall.db.read_now(calendar_sequence, ticket.party) == 2
    assert "/t/" not in text_of(office.mails()[2], "plain")


async def test_an_address_with_too_many_bookings_hears_only_that_and_once(mailing: Mailing, office: PostOffice) -> None:
    tickets = [mailing.book("ana@example.org") for _ in range(5)]
    await mailing.sender.send_due()

    date = "Thursday 3 December 2026"
    assert sorted(subject for _, subject in office.subjects()) == [
        f"One more appointment on {date}",
        *[f"Your appointment on {date}"] * 3,
    ]
    limit = next(mail for mail in office.mails() if str(mail["Subject"]).startswith("One more"))
    assert "already has 3 appointments" in text_of(limit, "plain")
    told = text_of(limit, "plain") + text_of(limit, "html")
    assert [t.number for t in tickets[3:] if str(t.number) in told or t.code in told] == []


async def test_a_phone_alone_or_nothing_gets_no_mail(mailing: Mailing, office: PostOffice) -> None:
    mailing.book()
    mailing.book(phone="+421905123456")

    assert (await mailing.sender.send_due(), office.taken) == (0, [])


async def test_a_new_code_is_the_one_in_the_mail_that_had_not_gone(mailing: Mailing, office: PostOffice) -> None:
    hall = mailing.hall
    ticket = mailing.book("ana@example.org")
    fresh = hall.db.write_now(new_code, party=ticket.party, key=KEY, actor=VISITOR, now=hall.now, day=hall.id)
    await mailing.sender.send_due()

    (mail,) = office.mails()
    plain = text_of(mail, "plain")
    assert (fresh.code in plain, ticket.code in plain) == (True, False)


async def test_reminders_go_out_the_day_before_and_in_the_morning_and_not_to_who_just_booked(
    mailing: Mailing, office: PostOffice
) -> None:
    hall = mailing.hall
    early = mailing.book("ana@example.org")
    hall.now = hall.day.opens_at - timedelta(hours=20)
    late = mailing.book("ben@example.org")

    async def heard_at(at: datetime) -> list[tuple[str, str]]:
        hall.db.clock = Clock(start=at, real_start=real_now())
        office.taken.clear()
        await mailing.sender.send_due()
        return sorted(office.subjects())

    date = "Thursday 3 December 2026"
    assert await heard_at(hall.now) == [
        ("ana@example.org", f"Your appointment is soon: {date}"),
        ("ana@example.org", f"Your appointment on {date}"),
        ("ben@example.org", f"Your appointment on {date}"),
    ]
    reminder = text_of(next(mail for mail in office.mails() if "soon" in str(mail["Subject"])), "plain")
    morning = datetime.combine(hall.day.on, time(7, 30), hall.day.zone)
    before = min(morning, hall.day.opens_at - timedelta(hours=2))
    assert await heard_at(before - timedelta(minutes=1)) == []
    arrivals_at = [hall.db.read_now(booking_of_party, ticket.party).arrival_at for ticket in (early, late)]
    assert await heard_at(max(morning, *(at - timedelta(hours=2) for at in arrivals_at))) == [
        (f"{name}@example.org", f"Your appointment is today: {date}") for name in ("ana", "ben")
    ]
    today = text_of(office.mails()[0], "plain")
    for said in (reminder, today):
        assert early.code in said or late.code in said
        assert "You are at the first desk within 15 minutes." in said
        assert "Your passport" in said
    ends_at = hall.db.read_now(booking_of_party, early.party).ends_at.astimezone(hall.day.zone)
    assert f"You are finished at about {ends_at:%H:%M}." in reminder


async def test_only_reminders_offer_to_end_them_and_only_with_a_public_address(
    database: Database, office: PostOffice, tmp_path: Path
) -> None:
    """RFC 8058: one click needs https; the link of another party or of the ticket is not in it."""
    found: dict[str, list[tuple[str, str | None, str | None]]] = {}
    mailing = make_mailing(database, tmp_path, office.port)
    ticket = mailing.book("ana@example.org", language="uk")
    booking = mailing.hall.db.read_now(booking_of_party, ticket.party)
    code = stop_code(KEY, party=ticket.party, address="ana@example.org")
    for base in ("https://hall.test/", "http://hall.test", ""):
        settings = replace(mailing.settings, base_url=base)
        rows = database.read_now(
            lambda conn: conn.execute(sa.select(outbox.c.id).order_by(outbox.c.id)).scalars().all()
        )
        sent = [compose(database.read_now(message_by_id, row), key=KEY, settings=settings) for row in rows]
        mails = [opened(content) for content in sent]
        found[base] = [(mail["List-Unsubscribe"], mail["List-Unsubscribe-Post"]) for mail in mails]
        for content, mail, has in zip(sent, mails, [False, bool(base), bool(base)], strict=True):
            assert [f"/reminders/{code}" in text_of(mail, kind) for kind in ("plain", "html")] == [has, has]
            # Whole on one line: who reads this header decodes and unfolds nothing.
            line = f"List-Unsubscribe: <{base.rstrip('/')}/reminders/{code}?lang=uk>\r\n"
            assert (line.encode() in content) is has

    assert booking is not None
    link = f"<{{}}/reminders/{code}?lang=uk>"
    click = "List-Unsubscribe=One-Click"
    nothing = (None, None)
    assert found == {
        "https://hall.test/": [nothing, *[(link.format("https://hall.test"), click)] * 2],
        "http://hall.test": [nothing, *[(link.format("http://hall.test"), None)] * 2],
        "": [nothing] * 3,
    }
    assert ticket.code not in code


async def test_a_change_and_a_cancellation_take_both_reminders_back(mailing: Mailing, office: PostOffice) -> None:
    hall = mailing.hall
    ana, ben = mailing.book("ana@example.org"), mailing.book("ben@example.org")
    booking = hall.db.read_now(booking_of_party, ana.party)
    wish = hall.db.read_now(wish_of_party, booking)
    later = hall.db.read_now(arrivals, hall.day, wish, now=hall.now, moving=booking.id).plans[-1].arrival_at
    hall.write(move_booking, ana.party, arrival_at=later)
    hall.write(cancel_booking, ben.party)

    waiting = hall.db.read_now(
        lambda conn: conn.execute(
            sa.select(outbox.c.address, outbox.c.kind, outbox.c.until_at)
            .where(outbox.c.withdrawn_at.is_(None))
            .order_by(outbox.c.id)
        ).all()
    )
    morning = datetime.combine(hall.day.on, time(7, 30), hall.day.zone)
    assert [tuple(row) for row in waiting] == [
        ("ana@example.org", "changed", None),
        ("ana@example.org", "reminder", morning),
        ("ana@example.org", "morning", later),
        ("ben@example.org", "cancelled", None),
    ]


async def test_a_server_that_comes_back_in_the_morning_sends_one_reminder(mailing: Mailing, office: PostOffice) -> None:
    hall = mailing.hall
    ticket = mailing.book("ana@example.org")
    await mailing.sender.send_due()
    office.taken.clear()
    arrival_at = hall.db.read_now(booking_of_party, ticket.party).arrival_at
    hall.db.clock = Clock(start=arrival_at - timedelta(minutes=30), real_start=real_now())
    await mailing.sender.send_due()

    assert [subject.partition(":")[0] for _, subject in office.subjects()] == ["Your appointment is today"]
    assert hall.db.write_now(bury_late, now=arrival_at) == 1


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_both_templates(kind: str) -> None:
    from onestop.paths import resource_dir

    folder = resource_dir("templates") / "email"

    assert {path.suffix for path in folder.glob(f"{KINDS[kind].template}.*")} == {".html", ".txt"}


@pytest.mark.parametrize(
    ("start", "minutes", "local"),
    [
        ("2026-07-01T07:00:00+00:00", 60, "09:00"),
        ("2026-12-03T08:00:00+00:00", 60, "09:00"),
        ("2027-03-28T00:30:00+00:00", 90, "01:30"),  # the night that skips an hour
        ("2026-10-25T00:30:00+00:00", 90, "02:30"),  # the night that has one twice
    ],
)
def test_calendar_times_stay_right_across_summer_time(start: str, minutes: int, local: str) -> None:
    begins = datetime.fromisoformat(start)
    entry = Appointment(
        party=UUID(int=1),
        number=100,
        arrival_at=begins,
        ends_at=begins + timedelta(minutes=minutes),
        zone="Europe/Bratislava",
        place="Hall; Street 1, Town\nBEGIN:VEVENT",
        sequence=0,
        written_at=begins,
    )
    file = calendar_file(entry, locale_for("en"))

    calendar = Calendar.from_ical(file)
    events = calendar.walk("VEVENT")
    assert [
        (e.decoded("dtstart").astimezone(UTC), e.decoded("dtend").astimezone(UTC), f"{e.decoded('dtstart'):%H:%M}")
        for e in events
    ] == [(begins, begins + timedelta(minutes=minutes), local)]
    assert str(events[0]["LOCATION"]) == "Hall; Street 1, Town\nBEGIN:VEVENT"
    assert (len(calendar.walk("VTIMEZONE")), file) == (1, calendar_file(entry, locale_for("en")))
