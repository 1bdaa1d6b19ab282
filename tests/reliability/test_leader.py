"""Two `onestop jobs`: when the one that works is killed, the other goes on, and no mail is sent twice.

Broken once on purpose, each turned the test red and was put back: a second process that never leads, and messages
that are sent without a lease.
"""

import contextlib
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from onestop.booking.actions.bookings import confirm_booking, hold_arrival
from onestop.booking.contacts import Contact
from onestop.booking.queries import arrivals
from onestop.clock import real_now
from onestop.db.session import Database, open_database
from onestop.domain.booking import Channel
from onestop.domain.reminding import REMINDERS
from onestop.domain.roles import VISITOR
from onestop.keys import load_ticket_key
from onestop.notify.reactor import OutboxReactor
from onestop.notify.tables import outbox
from onestop.settings import read_settings
from tests.halls import TestDay, make_test_day
from tests.notify.post import PostOffice, post_office
from tests.postgres import Urls
from tests.reliability.days import eight_desks

GOES_ON_SECONDS = 3.0
STARTS_WITHIN = 30.0


@pytest.mark.parametrize("times", [1, pytest.param(10, marks=pytest.mark.full)])
def test_when_the_leader_is_killed_the_other_sends_on_and_no_mail_is_sent_twice(
    times: int, postgres_urls: Urls, tmp_path: Path
) -> None:
    with post_office() as office, contextlib.ExitStack() as stack:
        environment = {
            "ONESTOP_VAR": str(tmp_path),
            "ONESTOP_DATABASE_URL": postgres_urls.app,
            "ONESTOP_SMTP_HOST": "127.0.0.1",
            "ONESTOP_SMTP_PORT": str(office.port),
            "ONESTOP_SMTP_TLS": "none",
            "ONESTOP_MAIL_FROM": "onestop@example.org",
        }
        database = open_database(postgres_urls.app)
        settings = read_settings(environment)
        database.reactors.append(OutboxReactor(settings))
        key = load_ticket_key(settings)
        tomorrow = real_now() + timedelta(days=1)
        hall = make_test_day(database, file=eight_desks(tomorrow)[0], on=tomorrow.date())

        leader = stack.enter_context(jobs(environment, tmp_path / "0.log"))
        book(hall, key, "first@example.org")
        until(lambda: len(office.taken) == 1, STARTS_WITHIN, "no mail came")
        delays: list[float] = []
        for number in range(1, times + 1):
            other = stack.enter_context(jobs(environment, tmp_path / f"{number}.log"))
            until(lambda: waits(database), STARTS_WITHIN, "the second does not wait")
            addresses = [f"{number}.{nth}@example.org" for nth in range(3)]
            before = len(office.taken)
            leader.kill()
            leader.wait()
            killed = time.monotonic()
            for address in addresses:
                book(hall, key, address)
            until(lambda wanted=set(addresses): bool(sent(office) & wanted), STARTS_WITHIN, "the other does not go on")
            delays.append(time.monotonic() - killed)
            until(lambda wanted=set(addresses): sent(office) >= wanted, STARTS_WITHIN, "some mail does not come")
            assert len(office.taken) == before + len(addresses)
            leader = other
        time.sleep(2)  # whoever sends twice would do so by now
        print(f"{times} leaders killed: the other had sent on after {max(delays):.1f} s at most")
        assert Counter(address for address, _ in office.taken).most_common(1)[0][1] == 1
        assert database.read_now(unsent) == 0
        assert max(delays) < GOES_ON_SECONDS
        database.close()


@contextmanager
def jobs(environment: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """`onestop jobs`, ended by its process id."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "onestop", "jobs"],
            env={**os.environ, **environment},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(15)


def waits(database: Database) -> bool:
    """Whether a process asks for the leader's lock while another holds it."""
    holders = "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted"
    asking = sa.text(
        "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_try_advisory_lock%'"
        f" AND pid NOT IN ({holders}) AND EXISTS ({holders})"
    )
    return database.read_now(lambda conn: conn.execute(asking).scalar_one()) > 0


def book(hall: TestDay, key: bytes, address: str) -> None:
    """A booking whose confirmation goes to this address."""
    how = {"actor": VISITOR, "now": real_now(), "day": hall.id}
    wish = hall.wish("legal")
    at = hall.db.read_now(arrivals, hall.day, wish, now=real_now()).plans[0].arrival_at
    held = hall.db.write_now(
        hold_arrival, hall.id, wish, arrival_at=at, channel=Channel.RECEPTION, hold_minutes=10, **how
    )
    contact = (Contact(kind="email", address=address),)
    hall.db.write_now(confirm_booking, held.id, key=key, contact=contact, **how)


def unsent(conn: sa.Connection) -> int:
    """Messages nobody has sent."""
    return conn.execute(
        sa.select(sa.func.count()).where(outbox.c.sent_at.is_(None), outbox.c.kind.not_in(REMINDERS))
    ).scalar_one()


def sent(office: PostOffice) -> set[str]:
    """Who got mail."""
    return {address for address, _ in office.taken}


def until(done: Callable[[], bool], seconds: float, otherwise: str) -> None:
    """Wait for it. Raises `AssertionError` with these words when it does not come."""
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, otherwise
        time.sleep(0.05)
