"""The message that proves an address: it says what for and until when, and its link changes nothing by itself."""

from datetime import timedelta

import sqlalchemy as sa

from onestop.booking.actions.draws import request_place
from onestop.booking.contacts import Contact
from onestop.days.drawing import announce_draw
from onestop.days.tables import days
from onestop.domain.booking import Channel
from onestop.domain.day import Release
from onestop.domain.ticket import prove_code
from onestop.notify.tables import outbox
from tests.booking.test_draws import set_time
from tests.halls import KEY
from tests.notify.post import Mailing, PostOffice
from tests.notify.test_messages import text_of


async def test_whoever_asks_from_afar_is_sent_a_link_to_her_address_alone(mailing: Mailing, office: PostOffice) -> None:
    hall = mailing.hall
    hall.db.write_now(lambda conn: conn.execute(days.update().values(release=Release.DRAW)))
    closes_at = hall.day.opens_at - timedelta(hours=12)
    opens_at = hall.now + timedelta(hours=1)
    hall.write(announce_draw, hall.id, opens_at=opens_at, closes_at=closes_at, key=KEY)
    set_time(hall, opens_at)
    contact = (Contact(kind="email", address="ana@example.org"), Contact(kind="phone", address="+421903123456"))
    made = hall.write(
        request_place, hall.id, hall.wish("legal"), channel=Channel.PUBLIC, key=KEY, name="Ana Novak", contact=contact
    )

    assert await mailing.sender.send_due() == 1

    (mail,) = office.mails()
    assert (mail["To"], mail["Subject"]) == (
        "ana@example.org",
        "Please confirm your request for Thursday 3 December 2026",
    )
    link = f"https://hall.test/prove/{prove_code(KEY, party=made.party, address='ana@example.org')}"
    local = closes_at.astimezone(hall.day.zone)
    until = f"before Wednesday 2 December 2026, {local:%H:%M}."
    for kind in ("plain", "html"):
        said = " ".join(text_of(mail, kind).replace("</bdi></time>", "").split())
        assert link in said
        assert str(made.request) not in said
        assert "Ana" not in said
    assert until in " ".join(text_of(mail, "plain").split())
    kinds = sa.select(outbox.c.kind)
    assert hall.db.read_now(lambda conn: conn.execute(kinds).scalars().all()) == ["prove"]
