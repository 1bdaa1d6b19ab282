"""After restoring any backup: nobody erased is readable, no number meets an older one, nothing ended lives again."""

import sqlite3
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import make_url

from onestop.accounts.actions import (
    add_account,
    change_helper,
    create_token,
    make_pass,
    revoke_account,
    revoke_pass,
    revoke_token,
)
from onestop.accounts.queries import accounts_list
from onestop.accounts.tables import accounts, passes, sessions, tokens
from onestop.backup.aside import clean_files, forget_aside
from onestop.backup.postgres import _DROP, let_in
from onestop.backup.restoring import MARK
from onestop.backup.sqlite import close_file
from onestop.backup.wrong import BackupWrong
from onestop.booking.tables import parties
from onestop.booking.tickets import find_code
from onestop.clock import real_now
from onestop.days.tables import desks
from onestop.db.ledger import facts
from onestop.db.migrate import upgrade
from onestop.db.session import Database
from onestop.devices.actions import create_device, pair_device, revoke_device
from onestop.devices.tables import devices
from onestop.domain.errors import TicketUnknown
from onestop.domain.roles import SYSTEM, Grant, Role
from onestop.notify.actions import mark_sent
from onestop.notify.tables import outbox
from onestop.retention.actions import erase_party
from onestop.retention.journal import FILE, note_erasure
from onestop.serve import erase_again, server_lock
from onestop.visits.tables import calls
from tests.backup.conftest import House
from tests.db.test_migrations import NOW, TICKETS, fill
from tests.halls import ON, TestDay, make_test_day
from tests.postgres import APP
from tests.retention.canary import EMAIL, NAME, PHONE

CANARIES = [text.encode() for text in (NAME, "kanarinka zlata", EMAIL, PHONE)]


def files_with_canaries(house: House) -> list[str]:
    """Every file of the installation in which the canary can be read; PostgreSQL through `pg_dump` as plain text."""
    found = {
        path.name: path.read_bytes() for path in house.settings.var.rglob("*") if path.is_file() and path.name != FILE
    }
    if not house.is_sqlite:
        url = make_url(house.settings.database_owner_url).set(drivername="postgresql")
        where = url.render_as_string(hide_password=False)
        found["pg_dump"] = subprocess.run(["pg_dump", where], capture_output=True, check=True).stdout
        for path in house.settings.var.glob("*.before-restore-*"):
            out = subprocess.run(["pg_restore", "--file=-"], input=_dump(path), capture_output=True, check=True)
            found[f"{path.name} as text"] = out.stdout
    return sorted(name for name, content in found.items() if any(canary in content for canary in CANARIES))


def _dump(path: Path) -> bytes:
    return subprocess.run(["tar", "-xOf", path, "database.dump"], capture_output=True, check=True).stdout


def read(database: Database, statement: sa.Select[int]) -> list[int]:
    return list(database.read_now(lambda conn: conn.execute(statement).scalars().all()))


def test_whoever_was_erased_after_the_backup_is_in_no_file_and_behind_no_code(house: House) -> None:
    nest = house.nest()
    ticket = nest.book()
    other = nest.hall.book(nest.hall.wish("legal"), name="Somebody Else")
    assert files_with_canaries(house) != []  # they can be found
    assert house.run("backup", house.backup)[0] == 0
    nest.db.write_now(erase_party, ticket.party, journal=nest.var, actor=SYSTEM, now=nest.hall.now, day=nest.hall.id)
    house.close()

    code, printed, said = house.run("restore", house.backup)

    assert (code, said) == (0, "")
    assert "Erased again: 1." in printed
    assert "Every promise holds." in printed
    assert files_with_canaries(house) == []
    database = house.open()
    with pytest.raises(TicketUnknown):
        database.read_now(find_code, ticket.code)
    assert database.read_now(find_code, other.code).party == other.party
    assert house.run("verify") == (0, "Every promise holds.\n", "")


@pytest.mark.parametrize("house", ["sqlite"], indirect=True)  # PostgreSQL has no such file
def test_within_the_hour_an_erased_visitor_is_in_no_file_of_a_running_installation(house: House) -> None:
    nest = house.nest()
    ticket = nest.book()
    assert files_with_canaries(house) != []
    nest.db.write_now(erase_party, ticket.party, journal=nest.var, actor=SYSTEM, now=nest.hall.now, day=nest.hall.id)
    assert files_with_canaries(house) == ["onestop.db-wal"]

    clean_files(house.settings, real=real_now())

    assert files_with_canaries(house) == []
    assert house.run("verify") == (0, "Every promise holds.\n", "")


def test_a_database_copied_back_by_hand_is_cleaned_before_the_port_opens(house: House) -> None:
    nest = house.nest()
    ticket = nest.book()
    note_erasure(nest.var, party=ticket.party, day=nest.hall.id, now=nest.hall.now)
    assert files_with_canaries(house) != []
    house.close()

    erase_again(house.settings)

    assert files_with_canaries(house) == []
    assert house.run("verify") == (0, "Every promise holds.\n", "")


def test_numbers_and_ids_jump_past_whatever_anybody_may_hold(house: House) -> None:
    hall = house.hall()
    hall.walk_in(hall.wish("legal"))
    assert house.run("backup", house.backup)[0] == 0
    hall.open_desks()
    hall.now = hall.day.opens_at
    for _ in range(3):
        lost, _ = hall.walk_in(hall.wish("legal"))
    hall.next(1)
    last_fact, last_call = (read(hall.db, sa.select(sa.func.max(table.c.id)))[0] for table in (facts, calls))
    house.close()
    house.run("restore", house.backup)

    hall.db = house.open()
    with pytest.raises(TicketUnknown):
        hall.db.read_now(find_code, lost.code)
    ticket, _ = hall.walk_in(hall.wish("legal"))
    hall.open_desks()
    hall.next(1)
    assert ticket.number == lost.number + 500
    newest = [read(hall.db, sa.select(sa.func.max(table.c.id)))[0] for table in (facts, calls)]
    assert newest[0] > last_fact
    assert newest[1] > last_call
    kinds = sa.select(facts.c.kind).where(facts.c.kind.in_(["DatabaseRestored", "NumbersJumped"])).order_by(facts.c.id)
    assert read(hall.db, kinds) == ["NumbersJumped", "DatabaseRestored"]  # type: ignore[comparison-overlap]
    house.close()
    assert house.run("verify") == (0, "Every promise holds.\n", "")


@pytest.fixture
def doors(house: House) -> Iterator[TestDay]:
    """A day with two of each credential, of which the second is revoked after the backup."""
    hall = house.hall()
    database = hall.db
    now, real = hall.now, real_now()
    kept: list[dict[str, object]] = []
    for nth in range(2):
        who = {"actor": SYSTEM, "now": now}
        account = database.write_now(
            add_account, login=f"somebody-{nth}", password_hash="as before", name="",
            held=(Grant(role=Role.ORGANISER),), **who,
        )  # fmt: skip
        device = database.write_now(create_device, kind=Role.KIOSK, name=f"kiosk {nth}", actor=SYSTEM, real=real)
        database.write_now(pair_device, device.code, real=real)
        kept.append(
            {
                "account": account,
                "device": device.device,
                "pass": database.write_now(make_pass, hall.desks[nth + 1].id, **who).id,
                "token": database.write_now(create_token, Grant(role=Role.ORGANISER), **who).id,
            }
        )
        far = real_now().replace(year=2099)
        session = {"token_hash": f"session-{nth}", "account_id": account, "created_at": real, "seen_at": real}
        database.write_now(lambda conn, row=session, until=far: conn.execute(
            sessions.insert().values(**row, until_at=until)
        ))  # fmt: skip
    hall.write(
        lambda conn, **_: conn.execute(desks.update().values(state="open", ready_since_at=now, ready_until_at=now))
    )
    assert house.run("backup", house.backup)[0] == 0
    second = kept[1]
    database.write_now(revoke_account, "somebody-1", actor=SYSTEM, now=now)
    database.write_now(revoke_device, second["device"], actor=SYSTEM, real=real)
    database.write_now(revoke_pass, second["pass"], actor=SYSTEM, now=now)
    database.write_now(revoke_token, second["token"], actor=SYSTEM, now=now)
    database.write_now(lambda conn: conn.execute(sessions.delete().where(sessions.c.token_hash == "session-1")))
    database.write_now(lambda conn: conn.execute(
        accounts.update().where(accounts.c.login == "somebody-0").values(password_hash="changed since")
    ))  # fmt: skip
    house.close()
    return hall


def alive(house: House) -> dict[str, list[object]]:
    """What opens a door."""
    database = house.open()
    found: dict[str, list[object]] = {
        "accounts": read(database, sa.select(accounts.c.login).where(accounts.c.active).order_by(accounts.c.login)),
        "passwords": read(database, sa.select(accounts.c.password_hash).where(accounts.c.active)),
        "sessions": read(database, sa.select(sessions.c.token_hash)),
        "machines": read(
            database,
            sa.select(devices.c.name).where(devices.c.revoked_at.is_(None), devices.c.token_hash.is_not(None)),
        ),
        "passes": [len(read(database, sa.select(passes.c.id).where(passes.c.revoked_at.is_(None))))],
        "tokens": [len(read(database, sa.select(tokens.c.id).where(tokens.c.revoked_at.is_(None))))],
        "ready": read(database, sa.select(desks.c.number).where(desks.c.ready_until_at.is_not(None))),
    }
    house.close()
    return found


def test_what_was_revoked_since_the_backup_opens_nothing_and_what_works_goes_on_working(
    house: House, doors: TestDay
) -> None:
    code, printed, _ = house.run("restore", house.backup)

    assert code == 0
    assert "Ended: 1 sign-ins, 1 day passes, 1 tokens, 1 machines." in printed
    assert alive(house) == {
        "accounts": ["somebody-0"],
        "passwords": ["changed since"],
        "sessions": ["session-0"],
        "machines": ["kiosk 0"],
        "passes": [1],
        "tokens": [1],
        "ready": [],
    }


def test_a_helper_whose_cap_or_day_was_narrowed_since_the_backup_stays_so(house: House) -> None:
    hall = house.hall()
    who = {"actor": SYSTEM, "now": hall.now}
    helper = Grant(role=Role.HELPER, cap=50)
    nora, omar = (
        hall.db.write_now(add_account, login=login, password_hash="", held=(helper,), **who)
        for login in ("nora", "omar")
    )
    assert house.run("backup", house.backup)[0] == 0
    later = make_test_day(hall.db, on=ON + timedelta(days=7))
    hall.db.write_now(change_helper, nora, cap=5, only_day=hall.id, **who)
    hall.db.write_now(change_helper, omar, cap=50, only_day=later.id, **who)
    house.close()

    assert house.run("restore", house.backup)[0] == 0

    held = {each.login: each.grants for each in house.open().read_now(accounts_list)}
    house.close()
    assert (held["nora"], held["omar"]) == ((Grant(role=Role.HELPER, cap=5, day=hall.id),), ())


def test_without_the_database_before_nothing_old_opens_a_door_but_a_password(house: House, doors: TestDay) -> None:
    if house.is_sqlite:
        (house.settings.var / "onestop.db").write_text("the disk broke here")
    else:
        (house.settings.var / MARK).touch()  # a restore that was cut off: what it replaced is not known any more

    code, printed, _ = house.run("restore", house.backup)

    assert code == 0
    assert "Ended: 2 sign-ins, 2 day passes, 2 tokens, 2 machines." in printed
    assert alive(house) == {
        "accounts": ["somebody-0", "somebody-1"],
        "passwords": ["as before", "as before"],
        "sessions": [],
        "machines": [],
        "passes": [0],
        "tokens": [0],
        "ready": [],
    }
    assert not (house.settings.var / MARK).exists()


@pytest.mark.parametrize("known", [True, False], ids=["the database before is there", "it is lost"])
def test_a_message_is_not_sent_a_second_time(house: House, known: bool) -> None:
    nest = house.nest()
    nest.book()
    nest.book()
    messages = sa.select(outbox.c.id).where(outbox.c.kind == "confirmation").order_by(outbox.c.created_at, outbox.c.id)
    sent, waiting = read(nest.db, messages)
    assert house.run("backup", house.backup)[0] == 0
    nest.db.write_now(mark_sent, sent, now=nest.hall.now)
    nest.db.write_now(lambda conn: conn.execute(outbox.update().where(outbox.c.id == waiting).values(tries=3)))
    house.close()
    if not known:
        if house.is_sqlite:
            (house.settings.var / "onestop.db").unlink()
        else:
            (house.settings.var / MARK).touch()

    house.run("restore", house.backup)

    rows = house.open().read_now(
        lambda conn: conn.execute(sa.select(outbox).where(outbox.c.kind == "confirmation")).all()
    )
    state = {row.id: (row.sent_at is not None, row.withdrawn_at is not None, row.tries) for row in rows}
    if known:
        assert state == {sent: (True, False, 0), waiting: (False, False, 3)}
    else:
        assert state == {sent: (False, True, 0), waiting: (False, True, 0)}


def test_a_restore_that_fails_in_the_middle_leaves_the_database_as_it_was(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    hall = house.hall()
    hall.walk_in(hall.wish("legal"))
    assert house.run("backup", house.backup)[0] == 0
    hall.walk_in(hall.wish("legal"))
    house.close()
    if house.is_sqlite:

        def fails(*_: object) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr("onestop.backup.sqlite.swap_in", fails)
        says = "No space left on device"
    else:
        # Something with the name of an index: the script fails when tables are dropped, made and filled already.
        execute(house.settings.database_owner_url, "ALTER INDEX ix_visits_day_id_state RENAME TO another")
        execute(house.settings.database_owner_url, "CREATE VIEW ix_visits_day_id_state AS SELECT 1")
        says = "already exists"

    code, printed, said = house.run("restore", house.backup)

    assert (code, printed, says in said) == (1, "", True)
    left = {path.name for path in house.settings.var.iterdir() if ".before-restore-" not in path.name}
    assert left - {"onestop.lock", "onestop.db"} == {"ticket.key"}
    assert read(house.open(), sa.select(parties.c.number).order_by(parties.c.number)) == [100, 101]
    assert house.run("verify") == (0, "Every promise holds.\n", "")


def test_a_closed_file_has_nothing_of_what_was_deleted_in_it(tmp_path: Path) -> None:
    path = tmp_path / "some.db"
    conn = sqlite3.connect(path, isolation_level=None)
    for statement in (
        "PRAGMA secure_delete=OFF", "PRAGMA journal_mode=WAL", "CREATE TABLE people (name TEXT)",
        f"INSERT INTO people VALUES ('{NAME}')", "DELETE FROM people",
    ):  # fmt: skip
        conn.execute(statement)
    conn.execute("PRAGMA wal_checkpoint")

    def where() -> list[str]:
        return sorted(each.name for each in tmp_path.iterdir() if NAME.encode() in each.read_bytes())

    assert where() == ["some.db", "some.db-wal"]
    with pytest.raises(BackupWrong, match="Another program has the database open"):
        close_file(path)
    conn.close()
    close_file(path)
    assert (where(), [each.name for each in tmp_path.iterdir()]) == ([], ["some.db"])


@pytest.mark.parametrize("house", ["postgresql"], indirect=True)  # on SQLite the file gets its name last
def test_after_a_restore_that_was_cut_off_no_command_opens_the_database(house: House) -> None:
    house.hall()
    assert house.run("backup", house.backup)[0] == 0
    house.close()

    def dies(*_: object, **__: object) -> None:
        raise RuntimeError("the power went here")

    with house.monkeypatch.context() as patch:
        patch.setattr("onestop.backup.restoring.replay_erasures", dies)
        with pytest.raises(RuntimeError):
            house.run("restore", house.backup)

    sentence = "A restore was not finished. Run `onestop restore` with the same file again.\n"
    assert {house.run(command)[::2] for command in ("verify", "serve", "jobs")} == {(1, sentence)}
    assert house.run("restore", house.backup)[0] == 0
    assert house.run("verify")[0] == 0


def test_a_restore_waits_for_nobody_it_refuses_while_the_database_is_used(house: House) -> None:
    database = house.hall().db
    assert house.run("backup", house.backup)[0] == 0
    if house.is_sqlite:
        house.close()
        with server_lock(house.settings):
            code, _, said = house.run("restore", house.backup)
        assert (code, "Another onestop server uses this database" in said) == (1, True)
    else:
        database.read_now(lambda conn: conn.execute(sa.select(1)).scalar())
        code, _, said = house.run("restore", house.backup)
        assert (code, "Stop `onestop serve` and `onestop jobs` everywhere first" in said) == (1, True)
        assert not (house.settings.var / MARK).exists()
    house.close()
    assert house.run("restore", house.backup)[0] == 0


def test_without_the_right_ticket_key_the_operator_hears_it(house: House) -> None:
    hall = house.hall()
    hall.walk_in(hall.wish("legal"))
    house.run("backup", house.backup)
    house.close()
    house.settings.ticket_key_file.write_bytes(b"another")

    code, _, said = house.run("restore", house.backup)

    sentence = f"! {house.settings.ticket_key_file} is not the key of these tickets. Put the right file back.\n"
    assert (code, said) == (1, sentence)


def test_what_was_kept_aside_is_removed_with_the_term_of_contact_data(house: House) -> None:
    house.hall()
    house.run("backup", house.backup)
    house.close()
    house.run("restore", house.backup)
    (kept,) = house.settings.var.glob("*.before-restore-*")
    assert kept.stat().st_mode & 0o077 == 0
    real = datetime.fromtimestamp(kept.stat().st_mtime, UTC)
    days = timedelta(days=house.settings.contact_days)

    removed = [forget_aside(house.settings, real=real + days + timedelta(seconds=more)) for more in (-1, 1, 2)]

    assert (removed, kept.exists()) == ([0, 1, 0], False)


def test_a_backup_of_the_first_release_comes_back_up_to_date(house: House) -> None:
    owner = house.settings.database_owner_url
    if house.is_sqlite:
        (house.settings.var / "onestop.db").unlink()
    else:
        execute(owner, _DROP)
        # What the owner makes is not the application's by itself in every installation.
        execute(owner, f"ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON TABLES FROM {APP}")
        execute(owner, f"ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON SEQUENCES FROM {APP}")
    fill(owner)
    if not house.is_sqlite:
        let_in(make_url(owner), APP)
    house.monkeypatch.setattr("onestop.db.session.Database.now", lambda _: NOW)
    assert house.run("backup", house.backup)[0] == 0
    upgrade(owner)
    execute(owner, "CREATE TABLE later (visit_id CHAR(36), number INTEGER)")  # what a newer migration may have made

    assert house.run("restore", house.backup)[::2] == (0, "")
    assert house.run("db", "check")[0] == 0
    assert house.run("verify") == (0, "Every promise holds.\n", "")
    found = {name: house.open().read_now(find_code, ticket["code"]).number for name, ticket in TICKETS.items()}
    assert found == {name: ticket["number"] for name, ticket in TICKETS.items()}


def execute(address: str, statement: str) -> None:
    """As the owner, outside the application."""
    engine = sa.create_engine(address)
    with engine.begin() as conn:
        conn.exec_driver_sql(statement)
    engine.dispose()
