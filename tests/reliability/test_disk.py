"""A full disk, a read-only and a lost database file (SQLite): pages go on or say so, nothing acknowledged is lost.

Broken once on purpose, each turned these tests red and was put back: a full disk, a failing write and a read-only file
not told as refusals (500), the database file not looked for (visitors booked into a file nobody finds again).
"""

import asyncio
import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa

from onestop.clock import real_now
from onestop.db.session import open_database
from onestop.db.trouble import DatabaseBroken
from onestop.domain.day import DeskState
from onestop.reports.verify import verify
from onestop.visits.actions.desks import set_desk_state
from onestop.visits.tables import visits
from tests.halls import STAFF, make_test_day
from tests.reliability.cutting_clients import Log
from tests.reliability.days import eight_desks
from tests.reliability.disk import Disk, can_mount, limited, process_and_children, small_disk
from tests.reliability.server import serving
from tests.reliability.test_races import kiosk_token, officer_token
from tests.web.site import running

NOON = datetime(2026, 12, 3, 12, tzinfo=UTC)
BACK_WITHIN = 5.0
WAYS: dict[str, Callable[[Path], AbstractContextManager[Disk]]] = {"limited": limited}
if can_mount():
    WAYS["small disk"] = small_disk


@pytest.fixture(params=WAYS)
def disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Disk]:
    """A disk that can be full, in each way this machine allows."""
    with WAYS[request.param](tmp_path / "disk") as made:
        yield made


@pytest.mark.parametrize("seconds", [3, pytest.param(20, marks=pytest.mark.full)])
async def test_while_the_disk_is_full_pages_go_on_writes_are_refused_and_later_all_works_again(
    disk: Disk, sqlite_template: Path, seconds: float
) -> None:
    path = disk.folder / "onestop.db"
    shutil.copyfile(sqlite_template, path)
    url = f"sqlite:///{path}"
    database = open_database(url)
    file, opens = eight_desks(real_now())
    hall = make_test_day(database, file=file, on=opens.astimezone(UTC).date())
    database.write_now(set_desk_state, hall.desks[1].id, DeskState.OPEN, actor=STAFF, now=real_now())
    kiosks = [kiosk_token(database, hall.id) for _ in range(2)]
    officer = officer_token(database, hall, 1)
    database.close()

    # The log lies in the same folder: a line that cannot be written must not stop a request.
    with serving(url, var=disk.folder) as server:
        log, reads = Log(), Log()
        clients = [server.client(token) for token in (*kiosks, officer)]
        page = httpx.AsyncClient(base_url=server.url, timeout=60)
        work = asyncio.gather(
            *(log.kiosk(client, hall.day.slug) for client in clients[:2]),
            log.officer(clients[2], hall.desks[1].id),
            reads.reader(page, f"/d/{hall.day.slug}"),
            reads.reader(page, f"/api/v1/days/{hall.day.slug}"),
            reads.reader(page, "/health/ready"),
        )
        await asyncio.sleep(2)
        assert len(log.given) > 0
        processes = process_and_children(server.process.pid)
        disk.fill(processes)
        full = time.monotonic()
        await asyncio.sleep(seconds)
        assert not work.done(), work.exception()
        freed = time.monotonic()
        disk.free(processes)
        await asyncio.sleep(BACK_WITHIN)
        settled, given = time.monotonic(), len(log.given)
        await asyncio.sleep(2)
        log.stop = reads.stop = True
        await work
        assert process_and_children(server.process.pid) == processes  # the same ones: nothing was started again
        for client in (*clients, page):
            await client.aclose()

    assert log.bad == reads.bad == []
    assert log.refused == {(disk.told_as, "5")}
    assert {status for _, status, _ in reads.answers} == {200}
    during = {status for at, status, took in log.answers if full + 1 < at - took and at < freed}
    # On a full disk SQLite may still find room within its own files; where nothing may be written, it does not.
    assert (503 in during, during - disk.may_succeed) == (True, {503})
    assert {status for at, status, _ in log.answers if at > settled} <= {200, 201, 204}
    assert len(log.given) > given
    assert Counter(log.given) == Counter(dict.fromkeys(log.given, 1))
    after = open_database(url)
    assert after.read_now(lambda conn: conn.execute(sa.select(sa.func.count()).select_from(visits)).scalar_one()) == (
        len(log.given)
    )
    assert after.read_now(verify, now=real_now()) == []
    after.close()


async def test_a_file_that_may_only_be_read_is_shown_and_refuses_what_would_change_it(
    sqlite_url: str, tmp_path: Path
) -> None:
    database = open_database(sqlite_url)
    file, opens = eight_desks(NOON)
    hall = make_test_day(database, file=file, on=opens.date())
    database.close()
    read_only = open_database(sqlite_url.replace("sqlite:///", "sqlite:///file:") + "?mode=ro&uri=true")
    async with running(read_only, tmp_path / "var", hall=hall) as site:
        shown = await site.browser().get(f"/d/{hall.day.slug}")
        machine = await site.browser().post(
            f"/api/v1/days/{hall.day.slug}/holds",
            json={"services": ["legal"], "arrival": (opens + timedelta(hours=2)).isoformat()},
            headers={"Idempotency-Key": "k" * 32, "Accept-Language": "en"},
        )
    read_only.close()

    assert shown.status_code == 200
    assert (machine.status_code, machine.headers.get("retry-after"), machine.json()["detail"]) == (
        503,
        "5",
        "Our database cannot be used now. Nothing was changed. Please tell the staff.",
    )


@pytest.mark.parametrize("gone", ["removed", "replaced"])
async def test_a_file_that_was_removed_or_replaced_takes_no_booking_that_nobody_would_find(
    sqlite_url: str, sqlite_template: Path, tmp_path: Path, gone: str
) -> None:
    database = open_database(sqlite_url)
    hall = make_test_day(database)
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    async with running(database, tmp_path / "var", hall=hall) as site:
        before = await site.browser().get(f"/d/{hall.day.slug}")
        shutil.move(path, tmp_path / "kept")
        if gone == "replaced":
            shutil.copyfile(sqlite_template, path)
        page = await site.browser(headers={"Accept-Language": "en"}).get(f"/d/{hall.day.slug}")
        ready = await site.browser().get("/health/ready")
        with pytest.raises(DatabaseBroken):
            await database.write(lambda conn: conn.execute(sa.text("SELECT 1")))
        shutil.move(tmp_path / "kept", path)
        again = await site.browser().get(f"/d/{hall.day.slug}")
    database.close()

    assert (before.status_code, page.status_code, ready.status_code, again.status_code) == (200, 503, 503, 200)
    assert "Our database cannot be used now. Nothing was changed. Please tell the staff." in page.text
    assert page.headers["retry-after"] == "5"
