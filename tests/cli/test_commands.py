"""Every command of the command line on both databases: what it prints, what it changes, how it ends."""

import json
import stat
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from openpyxl import load_workbook

from onestop.accounts.queries import accounts_list, actor_of_token
from onestop.booking.actions.parties import add_contact
from onestop.booking.contacts import Contact
from onestop.cli import main, onestop
from onestop.clock import real_now
from onestop.days.dayfile import read_template
from onestop.days.sheet_writing import workbook_of
from onestop.days.tables import capacity, days, draws
from onestop.db.ledger import facts
from onestop.db.migrate import newest_revision
from onestop.db.session import Database, open_database
from onestop.domain.draw import commitment_of, draw_seed
from onestop.domain.ending import ANSWERS
from onestop.domain.roles import Grant, Role
from onestop.keys import load_ticket_key
from onestop.locale.locales import locale_for
from onestop.notify.tables import outbox
from onestop.settings import Settings, read_settings
from onestop.visits.tables import end_counts
from tests.days.workbooks import spoiled
from tests.halls import TestDay, make_test_day
from tests.paper.pages import texts

DATE = (real_now() + timedelta(days=30)).date()
SLUG = f"iom-bratislava-{DATE}"
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs `onestop …` over a migrated, empty database; gives exit code, stdout, stderr."""
    for name, value in {
        "ONESTOP_DATABASE_URL": database_url,
        "ONESTOP_VAR": str(tmp_path / "var"),
        "ONESTOP_BASE_URL": "https://days.example",
        "ONESTOP_TRUSTED_PROXIES": "127.0.0.1",
        "COLUMNS": "200",
    }.items():
        monkeypatch.setenv(name, value)

    def command(*words: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["onestop", *map(str, words)])
        code = 0
        try:
            main()
        except SystemExit as stop:
            code = int(stop.code or 0)
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return command


@pytest.fixture
def hall(run: Run, database_url: str) -> TestDay:
    """A published day beside the command line."""
    database = open_database(database_url)
    made = make_test_day(database)
    database.close()
    return made


def test_a_day_from_its_template_to_its_close(run: Run) -> None:
    assert run("day", "new", "--template", "iom-bratislava", "--date", DATE) == (0, f"{SLUG}\n", "")
    code, printed, _ = run("day", "list", "--json")
    assert code == 0
    assert [(row["day"], row["state"], row["release"]) for row in json.loads(printed)] == [(SLUG, "draft", "invited")]

    code, printed, said = run("day", "publish", SLUG)
    assert (code, printed) == (0, f"{SLUG} is published.\n")
    assert "Note: no invitation" in said
    code, printed, _ = run("day", "invite", SLUG, "--count", 3)
    assert (code, len(set(printed.split()))) == (0, 3)
    code, printed, said = run("day", "close", SLUG)
    assert (code, printed, said) == (1, "", "This day has not begun. If it does not take place, cancel it.\n")
    assert run("verify") == (0, "Every promise holds.\n", "")


def test_what_was_said_at_the_end_of_a_closed_day_is_shown_without_one_to_four(
    run: Run, hall: TestDay, database_url: str
) -> None:
    assert run("day", "answers", hall.day.slug) == (
        1,
        "",
        "Error: This day is not closed yet. Its answers are shown a day after it is.\n",
    )
    database = open_database(database_url)
    rows = [("got", "yes", 7), ("got", "no", 4), ("problem", "cost", 5)]
    made = [{"day_id": hall.id, "question": question, "answer": said, "given": count} for question, said, count in rows]
    database.write_now(lambda conn: conn.execute(end_counts.insert(), made))
    _held_on(database, real_now() - timedelta(minutes=1))
    early = run("day", "answers", hall.day.slug)
    _held_on(database, real_now() - timedelta(days=9))
    database.close()

    code, printed, _ = run("day", "answers", hall.day.slug, "--json")

    counts = {(row["question"], row["answer"]): row["count"] for row in json.loads(printed)}
    told = {("got", "yes"): 7, ("got", "no"): None, ("problem", "cost"): 5}
    every = [(question, answer) for question, answers in ANSWERS.items() for answer in answers]
    assert (code, counts) == (0, {**dict.fromkeys(every, 0), **told})
    assert (early[0], "Error: Visitors may still answer until " in early[2]) == (1, True)


def _held_on(database: Database, closing: datetime) -> None:
    held = {"on_date": closing.date(), "opens_at": closing - timedelta(hours=8), "closes_at": closing}
    database.write_now(lambda conn: conn.execute(days.update().values(state="closed", **held)))


def test_a_draw_is_drawn_once_its_window_is_over(run: Run, hall: TestDay, database_url: str, tmp_path: Path) -> None:
    slug = hall.day.slug
    code, printed, said = run("day", "draw", slug)
    assert (code, printed, said) == (1, "", "Places on this day are not given in random order.\n")
    key = load_ticket_key(Settings(var=tmp_path / "var"))
    database = open_database(database_url)
    now = real_now()
    over = {"opens_at": now - timedelta(hours=2), "closes_at": now + timedelta(hours=1)}
    seed = draw_seed(key, day=hall.id, nonce="n")
    announced = draws.insert().values(day_id=hall.id, nonce="n", commitment=commitment_of(seed), **over)
    database.write_now(lambda conn: conn.execute(announced))
    drawn = days.update().values(release="draw", opens_at=now + timedelta(days=5), closes_at=now + timedelta(days=6))
    database.write_now(lambda conn: conn.execute(drawn))
    code, printed, said = run("day", "draw", slug)
    assert (code, printed) == (1, "")
    assert said.startswith("The draw comes after the time for requests.")
    database.write_now(lambda conn: conn.execute(draws.update().values(closes_at=now)))
    database.close()
    told = [run("day", "draw", slug, "--json") for _ in range(2)]
    assert told[0] == told[1]
    (line,) = json.loads(told[0][1])
    assert (told[0][0], line["requests"], line["drawn"], line["seed"]) == (0, 0, 0, seed)
    assert f"seed: {seed}" in run("day", "draw", slug)[1]


def test_the_day_pack_is_a_file_that_only_its_owner_reads(run: Run, hall: TestDay, tmp_path: Path) -> None:
    file = tmp_path / "pack.pdf"

    code, said, _ = run("day", "pack", hall.day.slug, "--out", file, "--spares", "3", "--language", "en")
    missing = run("day", "pack", "no-such-day", "--out", file)
    nowhere = run("day", "pack", hall.day.slug, "--out", tmp_path / "no" / "folder.pdf", "--spares", "0")

    pages = texts(file.read_bytes())
    assert (code, said) == (0, f"{file}: {file.stat().st_size // 1024} KB. Print it, then delete the file.\n")
    assert (stat.S_IMODE(file.stat().st_mode), "Spare tickets 100–102" in pages[-1]) == (0o600, True)
    assert (missing[0], nowhere[0], "cannot be written" in nowhere[2]) == (1, 1, True)


def test_a_day_is_closed(run: Run, database_url: str) -> None:
    database = open_database(database_url)
    made = make_test_day(database, on=real_now().date() - timedelta(days=1))
    database.close()
    assert run("day", "close", made.day.slug) == (0, f"{made.day.slug} is closed.\n", "")
    assert [row["state"] for row in json.loads(run("day", "list", "--json")[1])] == ["closed"]


def test_whoever_is_inside_goes_on_at_another_day_when_the_day_is_closed(run: Run, database_url: str) -> None:
    database = open_database(database_url)
    now = real_now()
    later = make_test_day(database, on=now.date() + timedelta(days=7))
    made = make_test_day(database, on=now.date())
    made.now = now
    booked = make_test_day(database, on=now.date() + timedelta(days=14))
    running = days.update().where(days.c.id == made.id)
    hours = {"opens_at": now - timedelta(hours=1), "closes_at": now + timedelta(hours=1)}
    database.write_now(lambda conn: conn.execute(running.values(hours)))
    tickets = [made.walk_in(made.wish("legal"))[0] for _ in range(2)]
    there = [ticket.number for ticket in tickets]
    mail, key = Contact(kind="email", address="ana@example.org"), load_ticket_key(read_settings())
    database.write_now(add_contact, made.day, tickets[0].party, mail, key)
    database.close()

    wrong = run("day", "close", made.day.slug, "--carry-over-to", made.day.slug)
    known = f"Known: {later.day.slug}, {booked.day.slug}."
    assert (wrong[0], "no published day after this one." in wrong[2], known in " ".join(wrong[2].split())) == (
        2,
        True,
        True,
    )
    code, printed, said = run("day", "close", made.day.slug, "--carry-over-to", later.day.slug)
    times = [line.split(": ")[1].split(", number ")[1] for line in printed.splitlines()[:-1]]
    assert (code, said, times) == (0, "", ["100", "101"])
    assert [line.split(": ")[0] for line in printed.splitlines()[:-1]] == [str(number) for number in there]
    assert printed.splitlines()[-1] == f"{made.day.slug} is closed."
    assert run("day", "close", made.day.slug, "--carry-over-to", later.day.slug)[0] == 2
    database = open_database(database_url)
    told = sa.select(outbox.c.kind, outbox.c.address).where(outbox.c.party_id != tickets[0].party)
    assert ("confirmation", "ana@example.org") in database.read_now(
        lambda conn: [tuple(row) for row in conn.execute(told)]
    )
    database.close()


def test_a_day_that_cannot_be_published_says_why(run: Run, tmp_path: Path) -> None:
    past = (real_now() - timedelta(days=30)).date()
    run("day", "new", "--template", "iom-bratislava", "--date", past)
    code, printed, said = run("day", "publish", f"iom-bratislava-{past}")
    assert (code, printed) == (1, "")
    assert said.startswith("Stops: date over")


def test_a_workbook_becomes_a_draft_on_its_own_date_or_tells_every_fault(run: Run, tmp_path: Path) -> None:
    right, wrong = tmp_path / "right.xlsx", tmp_path / "wrong.xlsx"
    right.write_bytes(workbook_of(read_template("iom-kosice"), locale_for("sk"), on=DATE))
    wrong.write_bytes(spoiled("Day", "B6", "noon"))

    assert run("day", "import", right) == (0, f"iom-kosice-{DATE}\n", "")
    assert run("day", "import", right, "--date", "2027-05-06") == (0, "iom-kosice-2027-05-06\n", "")
    code, printed, said = run("day", "import", wrong, "--date", "2027-05-06")
    assert (code, printed) == (1, "")
    assert said.splitlines()[1:] == ["Day B6 Opens: noon is no time of a day. Please write a time such as 9:30."]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("day", "publish", "nowhere"), 1),
        (("day", "draw", "nowhere"), 1),
        (("day", "new", "--template", "nowhere", "--date", "2026-12-03"), 2),
        (("day", "new", "--template", "iom-bratislava", "--date", "3.12."), 2),
        (("day", "import", "no-such-file.toml", "--date", "2026-12-03"), 2),
        (("erase", "nonsense"), 1),
        (("staff", "revoke", "nobody"), 1),
        (("staff", "add", "desk", "--role", "receptionist", "--password", "a long password", "--cap", "5"), 2),
        (
            (
                "staff",
                "add",
                "nora",
                "--role",
                "helper",
                "--password",
                "a long password",
                "--name",
                "N",
                "--cap",
                "201",
            ),
            2,
        ),
        (("staff", "add", "nora", "--role", "helper", "--password", "a long password"), 2),
        (("simulate", "nowhere"), 1),
        (("simulate", "nowhere.toml"), 1),
        (("simulate", "iom-bratislava", "--seeds", "0"), 2),
        (("simulate", "iom-bratislava", "--rule", "by-name"), 2),
        (("staff", "pass", "--day", "nowhere", "--desk", "1"), 1),
        (("token", "create", "--role", "emperor"), 2),
        (("token", "create", "--role", "officer", "--desk", "1"), 2),
        (("token", "revoke", "00000000-0000-0000-0000-000000000000"), 1),
        (("device", "revoke", "00000000-0000-0000-0000-000000000000"), 1),
        (("nothing",), 2),
    ],
    ids=lambda value: " ".join(value[:2]) if isinstance(value, tuple) else str(value),
)
def test_what_cannot_be_done_is_one_sentence(run: Run, words: tuple[str, ...], code: int) -> None:
    ended, printed, said = run(*words)
    assert (ended, printed) == (code, "")
    assert said.strip()
    assert "Traceback" not in said


def test_a_helper_is_added_with_her_cap(run: Run, hall: TestDay, database_url: str) -> None:
    more = ("--role", "helper", "--password", "a long password")
    assert run("staff", "add", "nora", *more, "--name", "Nora", "--cap", "5", "--day", hall.day.slug)[0] == 0
    assert run("staff", "add", "omar", *more, "--name", "Omar") == (0, "omar can sign in as helper.\n", "")
    database = open_database(database_url)
    assert [each.grants for each in database.read_now(accounts_list)] == [
        (Grant(role=Role.HELPER, day=hall.id, cap=5),),
        (Grant(role=Role.HELPER, cap=20),),
    ]
    database.close()


def test_people_tokens_and_machines(run: Run, hall: TestDay, database_url: str) -> None:
    day = hall.day.slug
    added = run("staff", "add", "counter", "--role", "receptionist", "--password", "a long password", "--day", day)
    assert added == (0, "counter can sign in as receptionist.\n", "")
    listed = json.loads(run("staff", "list", "--json")[1])
    assert [(row["login"], row["active"]) for row in listed] == [("counter", True)]
    assert run("staff", "revoke", "counter") == (0, "counter cannot sign in any more.\n", "")
    assert [row["active"] for row in json.loads(run("staff", "list", "--json")[1])] == [False]

    code, printed, _ = run("staff", "pass", "--day", day, "--desk", 4)
    assert (code, printed.startswith("https://days.example/pass/")) == (0, True)
    code, printed, _ = run("token", "create", "--role", "officer", "--day", day, "--desk", 4)
    assert (code, printed.startswith("ost_")) == (0, True)
    listed = run("token", "list", "--json")[1]
    (row,) = json.loads(listed)
    assert (row["role"], row["revoked"], printed.strip() in listed) == ("officer", None, False)
    assert run("token", "revoke", row["id"]) == (0, "The token opens nothing any more.\n", "")
    assert json.loads(run("token", "list", "--json")[1])[0]["revoked"] is not None
    database = open_database(database_url)
    assert database.read_now(actor_of_token, printed.strip(), now=hall.now) is None
    database.close()

    code, printed, _ = run("device", "pair", "--kind", "display", "--name", "Hall", "--day", day)
    assert (code, "open /pair" in printed) == (0, True)
    machine = json.loads(run("device", "list", "--json")[1])[0]
    assert (machine["kind"], machine["name"], machine["revoked"]) == ("display", "Hall", None)
    assert run("device", "revoke", machine["id"]) == (0, "The machine is shut out.\n", "")
    assert json.loads(run("device", "list", "--json")[1])[0]["revoked"] is not None


def test_a_ticket_is_erased_by_its_code(run: Run, hall: TestDay, database_url: str) -> None:
    database = open_database(database_url)
    hall.db = database
    ticket, _ = hall.walk_in(hall.wish("legal"))
    database.close()
    assert run("erase", ticket.code) == (0, "Erased.\n", "")
    assert run("verify", "--json") == (0, "[]\n", "")


def test_a_broken_promise_ends_with_1_and_its_name(run: Run, hall: TestDay, database: Database) -> None:
    database.write_now(lambda conn: conn.execute(capacity.update().values(used=1)))
    code, printed, _ = run("verify", "--json")
    assert (code, {row["rule"] for row in json.loads(printed)}) == (1, {"R1", "ledger"})


def test_retention_and_the_state_of_the_database(run: Run, hall: TestDay, database: Database) -> None:
    code, printed, _ = run("retention", "run", "--at", "2027-12-31T00:00:00")
    assert code == 0
    assert all(line.partition(": ")[2].isdigit() for line in printed.splitlines())
    code, printed, _ = run("db", "check")
    assert (code, "agrees with the program" in printed) == (0, True)


def test_a_database_of_a_newer_program_is_left_alone(run: Run, database: Database) -> None:
    def at(revision: str) -> None:
        change = sa.text("UPDATE alembic_version SET version_num = :revision")
        database.write_now(lambda conn: conn.execute(change, {"revision": revision}))

    at("9999")
    said = {run(*words)[::2] for words in (("db", "upgrade"), ("verify",), ("serve", "--port", 1))}
    at(newest_revision())  # the next test gets the same database

    assert {code for code, _ in said} == {1}
    assert all("which this program does not know" in sentence and sentence.count("\n") == 1 for _, sentence in said)


def test_check_names_what_is_unsafe(run: Run, monkeypatch: pytest.MonkeyPatch, database_url: str) -> None:
    code, printed, said = run("check")
    unsafe = [] if database_url.startswith("sqlite") else ["fsync", "full_page_writes"]  # the tests' own server
    assert [word for word in ("fsync", "full_page_writes") if word in said] == unsafe
    assert code == bool(unsafe)
    monkeypatch.setenv("ONESTOP_BASE_URL", "http://days.example")
    code, printed, said = run("check")
    assert (code, "base_url is not https" in said) == (1, True)
    assert "base_url" in printed
    monkeypatch.setenv("ONESTOP_SMS_URL", "http://gateway.example/")
    assert "sms_url is not https" in run("check")[2]
    monkeypatch.setenv("ONESTOP_SMS_URL", "https://gateway.example/")
    assert "sms_secret has fewer than 16 characters" in run("check")[2]
    monkeypatch.setenv("ONESTOP_SMS_SECRET", "a secret of the gateway")
    code, printed, said = run("check")
    assert ("sms_" in said, "a secret of the gateway" in printed + said) == (False, False)


def test_check_says_which_programs_speech_needs(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    there = run("check")
    monkeypatch.setenv("PATH", str(tmp_path))
    missing = run("check")

    sentence = "Boards play their chime and do not speak: not installed is espeak-ng and opusenc."
    assert [sentence in printed for _, printed, _ in (there, missing)] == [False, True]
    assert there[0] == missing[0]


def test_the_first_command_of_an_installation_makes_the_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ONESTOP_VAR", str(tmp_path / "new"))
    monkeypatch.setattr(sys, "argv", ["onestop", "day", "list", "--json"])
    main()
    assert capsys.readouterr().out == "[]\n"


def test_a_template_and_a_day_are_played(run: Run) -> None:
    code, printed, _ = run("simulate", "iom-bratislava", "--seeds", 3, "--json")
    found = json.loads(printed)
    assert (code, found["rule"], found["seeds"]) == (0, "onestop", 3)
    assert found["inside"]["mean"] > found["waited"]["mean"] > 0
    assert 0 < found["busy"]["desk 1 legal"] < 2

    run("day", "new", "--template", "iom-bratislava", "--date", "2027-03-04")
    code, printed, _ = run("simulate", "iom-bratislava-2027-03-04", "--seeds", 3, "--rule", "fixed-order")
    assert code == 0
    assert "minutes in the building" in printed
    assert "desk 4 residence" in printed


def test_languages_says_how_complete_they_are(run: Run) -> None:
    code, printed, _ = run("languages", "--json")
    rows = {row["language"]: row for row in json.loads(printed)}
    assert code == 0
    assert {tag: rows[tag]["sentences"] == rows[tag]["of"] for tag in ("en", "sk", "uk", "ar")} == dict.fromkeys(
        ("en", "sk", "uk", "ar"), True
    )


def test_every_command_explains_itself_with_an_example() -> None:
    def leaves(group: object, *names: str) -> list[tuple[str, ...]]:
        inner = getattr(group, "commands", None)
        if inner is None:
            return [names]
        return [leaf for name, each in inner.items() for leaf in leaves(each, *names, name)]

    commands = leaves(onestop)
    assert len(commands) > 20
    for names in commands:
        found: object = onestop
        for name in names:
            found = found.commands[name]  # type: ignore[attr-defined]
        assert "Example: " in str(found.help), names  # type: ignore[attr-defined]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_check_finds_a_postgresql_that_answers_before_it_has_written(
    run: Run, monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    wrong = "PostgreSQL runs with synchronous_commit = off: an accepted booking could be lost."
    assert wrong not in run("check")[2]
    monkeypatch.setenv("ONESTOP_DATABASE_URL", f"{database_url}?options=-csynchronous_commit%3Doff")
    code, _, said = run("check")
    assert (code, wrong in said) == (1, True)


def test_statistics_are_written_as_a_file_and_noted(run: Run, hall: TestDay, database_url: str, tmp_path: Path) -> None:
    slug = hall.day.slug
    code, printed, _ = run("export", slug)
    assert (code, printed.lstrip("\ufeff").splitlines()[:2]) == (
        0, ["table,line,figure,number", "The day in figures,Tickets,Number,0"],
    )  # fmt: skip
    book = tmp_path / "figures.xlsx"
    assert run("export", slug, "--format", "xlsx", "--language", "sk", "--output", book) == (0, "", "")
    assert load_workbook(book).sheetnames == ["1 Deň v číslach"]
    code, printed, _ = run("export", slug, "--format", "json")
    assert (code, json.loads(printed)["all"]["parties"]) == (0, 0)
    assert run("export", "no-such-day")[0] == 1
    database = open_database(database_url)
    kinds = sa.select(facts.c.actor, facts.c.terms).where(facts.c.kind == "StatisticsTaken").order_by(facts.c.id)
    noted = database.read_now(lambda conn: [tuple(row) for row in conn.execute(kinds)])
    database.close()
    assert noted == [("cli", {"file": "csv"}), ("cli", {"file": "xlsx"}), ("cli", {"file": "json"})]
