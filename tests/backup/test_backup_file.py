"""A backup is one whole file that says what it is, or it is not there."""

import json
import os
import resource
import subprocess
import sys
import tarfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import Any

import pytest
import sqlalchemy as sa

from onestop import __version__
from onestop.backup.file import read_archive
from onestop.booking.tables import parties
from onestop.db.ledger import facts
from onestop.db.migrate import newest_revision
from tests.backup.conftest import House


def leftovers(house: House) -> list[str]:
    """Files beside the backup that are no part of the installation."""
    return sorted(path.name for path in house.folder.iterdir() if path.name != "var")


def test_a_backup_says_what_it_is_and_what_is_not_in_it_and_is_read_by_its_owner_alone(house: House) -> None:
    code, printed, said = house.run("backup", house.backup)

    assert (code, said, leftovers(house)) == (0, "", ["thursday.backup"])
    assert printed.splitlines()[1] == (
        f"Not in it: {house.settings.var}/ticket.key and {house.settings.var}/erasures.jsonl."
        " Keep copies of both elsewhere."
    )
    assert house.backup.stat().st_mode & 0o777 == 0o600
    with tarfile.open(house.backup) as archive:
        about = json.load(archive.extractfile("about.json"))  # type: ignore[arg-type]
        names = archive.getnames()
    kind = "sqlite" if house.is_sqlite else "postgresql"
    taken_at = about.pop("taken_at")
    assert about == {
        "what": "onestop backup",
        "format": 1,
        "database": kind,
        "program": __version__,
        "migration": newest_revision(),
    }
    assert taken_at.endswith("+00:00")
    assert len(names) == 3


def test_an_archive_is_opened_and_checked_without_onestop(house: House) -> None:
    house.run("backup", house.backup)
    apart = house.folder / "apart"
    apart.mkdir()

    subprocess.run(["tar", "-xf", house.backup, "-C", apart], check=True)
    subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=apart, check=True)

    assert len(list(apart.iterdir())) == 3


def test_a_file_that_exists_is_replaced_only_with_force(house: House) -> None:
    house.backup.write_text("dear")

    assert house.run("backup", house.backup) == (
        1,
        "",
        f"{house.backup} exists. Choose another name, or use --force.\n",
    )
    assert house.backup.read_text() == "dear"
    assert house.run("backup", house.backup, "--force")[0] == 0
    assert leftovers(house) == ["thursday.backup"]


def test_while_others_write_the_backup_holds_every_act_answered_before_it_and_none_in_halves(house: House) -> None:
    hall = house.hall()
    stop, answered = Event(), [0] * 3

    def kiosk(nth: int) -> None:
        while not stop.is_set():
            hall.walk_in(hall.wish("legal"))
            answered[nth] += 1

    with ThreadPoolExecutor(3) as pool:
        running = [pool.submit(kiosk, nth) for nth in range(3)]
        while sum(answered) < 20:
            assert not any(each.done() for each in running)
        before = sum(answered)
        assert house.run("backup", house.backup)[0] == 0
        begun_after = sum(answered) + 3
        stop.set()
        for each in running:
            each.result()
    house.close()
    assert house.run("restore", house.backup)[0] == 0  # exit 0: every promise holds

    database = house.open()
    numbers = database.read_now(lambda conn: conn.execute(sa.select(parties.c.number)).scalars().all())
    issued = database.read_now(
        lambda conn: conn.execute(sa.select(sa.func.count()).where(facts.c.kind == "WalkInIssued")).scalar_one()
    )
    assert before <= len(numbers) <= begun_after
    assert (sorted(numbers), issued) == (list(range(100, 100 + len(numbers))), len(numbers))


@pytest.mark.parametrize("room", ["for half the copy", "for all but the last byte"])
def test_a_full_disk_leaves_no_file(house: House, room: str) -> None:
    house.hall()
    house.run("backup", house.backup)
    size = 32_768 if room == "for half the copy" else house.backup.stat().st_size - 1
    house.backup.unlink()

    def little_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))  # every file ends there

    done = subprocess.run(
        [sys.executable, "-m", "onestop", "backup", str(house.backup)],
        env={**os.environ},
        capture_output=True,
        text=True,
        preexec_fn=little_room,
        check=False,
    )

    assert (done.returncode, done.stdout, leftovers(house)) == (1, "", [])
    assert done.stderr.endswith(".\n") or "ended with" in done.stderr
    assert "Traceback" not in done.stderr


def _flip(content: bytes) -> bytes:
    at = len(content) // 2
    return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]


def _about(**changed: Any) -> Callable[[House], None]:
    """Write the backup anew with another `about.json`, its checksum right."""

    def change(house: House) -> None:
        from dataclasses import replace

        from onestop.backup import file

        copy = house.folder / "copy"
        about = read_archive(house.backup, copy)
        house.backup.unlink()
        file.write_archive(house.backup, replace(about, **changed), copy)
        copy.unlink()

    return change


@pytest.mark.parametrize("house", ["sqlite"], indirect=True)  # the archive is the same for both
@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda house: house.backup.write_bytes(_flip(house.backup.read_bytes())), "is damaged"),
        (lambda house: house.backup.write_bytes(house.backup.read_bytes()[:-20_000]), "is damaged"),
        (lambda house: house.backup.write_text("a letter"), "is not a backup of onestop"),
        (lambda house: house.backup.write_bytes(b""), "is not a backup of onestop"),
        (lambda house: house.backup.unlink(), "There is no file"),
        (_about(migration="9999", program="9.0"), "was made by a newer onestop (9.0)"),
        (_about(format=2, program="9.0"), "was made by a newer onestop (9.0)"),
        (_about(what="another"), "is not a backup of onestop"),
    ],
    ids=["a bit turned", "cut off", "another file", "empty", "gone", "newer tables", "newer file", "other tar"],
)
def test_a_wrong_file_is_refused_and_the_database_is_as_it_was(
    house: House, change: Callable[[House], None], says: str
) -> None:
    assert house.run("backup", house.backup)[0] == 0
    hall = house.hall()
    hall.walk_in(hall.wish("legal"))
    house.close()
    change(house)

    code, printed, said = house.run("restore", house.backup)

    assert (code, printed) == (1, "")
    assert says in said
    living = house.open().read_now(lambda conn: conn.execute(sa.select(parties.c.number)).scalars().all())
    assert living == [100]


def test_a_backup_of_the_other_kind_of_database_is_refused(house: House) -> None:
    assert house.run("backup", house.backup)[0] == 0
    _about(database="postgresql" if house.is_sqlite else "sqlite")(house)

    ours = "sqlite" if house.is_sqlite else "postgresql"
    said = house.run("restore", house.backup)[2]

    assert f"this installation uses {ours}" in said


@pytest.mark.parametrize("house", ["postgresql"], indirect=True)
def test_a_missing_program_is_named(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent))
    monkeypatch.setattr("onestop.backup.postgres.DEBIAN", house.folder / "nothing")

    assert house.run("backup", house.backup) == (
        1,
        "",
        "The program pg_dump is missing. On Debian: apt-get install postgresql-client\n",
    )
    assert leftovers(house) == []


@pytest.mark.parametrize("house", ["postgresql"], indirect=True)
def test_the_password_stands_on_no_command_line(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[list[str], str]] = []
    real = subprocess.run

    def watching(words: list[str], **options: Any) -> Any:
        seen.append((words, options["env"].get("PGPASSWORD", "")))
        return real(words, **options)

    monkeypatch.setattr("onestop.backup.postgres.subprocess.run", watching)
    assert house.run("backup", house.backup)[0] == 0
    assert house.run("restore", house.backup)[0] == 0

    programs = ["pg_dump", "pg_restore"]  # the copy, and the look at its list; a restore keeps the present database so
    assert [Path(words[0]).name for words, _ in seen] == [*programs, *programs, "pg_restore", "psql"]
    assert {password for _, password in seen} == {"onestop-test"}
    assert [word for words, _ in seen for word in words if "onestop-test" in word] == []
