"""Booking waits for no mail server: the answer comes while it is dead, and nobody has so much as knocked at it (R6)."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from onestop.db.session import Database
from onestop.notify.tables import outbox
from tests.web.public.visitor import Visitor, need, open_day
from tests.web.site import running


@pytest.fixture
def dead() -> Iterator[socket.socket]:
    """A port that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setblocking(False)
        yield listening


async def test_the_answer_to_a_booking_comes_without_a_word_to_the_mail_server(
    database: Database, tmp_path: Path, dead: socket.socket
) -> None:
    port = dead.getsockname()[1]
    settings = {
        "smtp_host": "127.0.0.1", "smtp_port": port, "smtp_tls": "none", "mail_from": "post@hall.test",
        "sms_url": f"http://127.0.0.1:{port}/", "sms_secret": "a secret of the gateway",
    }  # fmt: skip
    async with running(database, tmp_path / "var", **settings) as site:
        open_day(site)
        visitor = Visitor(site.browser())
        await visitor.open(f"/d/{site.hall.day.slug}")
        await visitor.press("needs-form", needs=[need("my-rights")])
        await visitor.press("plan-form", interpreter="none")
        await visitor.press("times-form")
        page = await visitor.press("booking-form", name="Amira", email="ana@example.org", phone="+421903123456")
        assert "Your number 100" in page.text
        await visitor.open(visitor.path.partition("?")[0] + "/cancel")
        await visitor.press("cancel-form")
        assert visitor.status == 200

    written = sa.select(outbox.c.way, outbox.c.kind).order_by(outbox.c.way, outbox.c.id)
    rows = database.read_now(lambda conn: conn.execute(written).all())
    assert [tuple(row) for row in rows] == [
        ("email", "confirmation"), ("email", "cancelled"), ("phone", "confirmation"), ("phone", "cancelled"),
    ]  # fmt: skip
    with pytest.raises(BlockingIOError):
        dead.accept()


def test_a_knock_at_the_dead_server_would_have_been_heard(dead: socket.socket) -> None:
    with socket.create_connection(dead.getsockname(), timeout=5):
        line, _ = dead.accept()
        line.close()


@pytest.mark.parametrize("url", ["", "https://gateway.test/"])
async def test_the_form_says_when_a_telephone_gets_no_message(database: Database, tmp_path: Path, url: str) -> None:
    async with running(database, tmp_path / "var", sms_url=url, sms_secret="a secret of the gateway") as site:
        open_day(site)
        visitor = Visitor(site.browser())
        await visitor.open(f"/d/{site.hall.day.slug}")
        await visitor.press("needs-form", needs=[need("my-rights")])
        await visitor.press("plan-form", interpreter="none")
        page = await visitor.press("times-form")

    assert ("We send no text messages." in page.text) is (url == "")
