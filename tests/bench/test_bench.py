"""The benchmarks' own parts: what is compared, what counts as a scan, what a process costs; and one small real run."""

import os
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from bench.__main__ import benchmarks, main, verdict
from bench._acts import prepare, turns
from bench._baseline import grown, read_baseline, save_baseline
from bench._databases import fresh
from bench._grown import PER_DAY, first_day, more_days, rows_of
from bench._http import Program, Refused
from bench._listeners import listening
from bench._plans import plan_shape, scanned, shape
from bench._processes import cpu_seconds, memory_bytes, parent, tree
from bench._rounds import Rounds
from bench._servers import onestop
from bench._watched import watched_statements

from bench import Measured, Options, routing
from onestop import schema
from onestop.clock import real_now
from onestop.db.session import open_database
from onestop.domain.discipline import POLICIES
from onestop.reports.verify import verify
from onestop.web.kit.sessions import DEVICE_COOKIE

KEY = b"test key of thirty-two bytes ...."


def multiple(value: float, *, what: str = "booking", compared: bool = True) -> Measured:
    return Measured(database="sqlite", what=what, measure="CPU / hello", value=value, unit="×", compared=compared)


def test_a_multiple_that_grew_by_over_a_fifth_is_told_and_one_that_did_not_is_not(tmp_path: Path) -> None:
    place = tmp_path / "baseline.json"
    kept = [multiple(10.0), multiple(3.0, what="board"), multiple(5.0, what="hello", compared=False)]
    save_baseline({"requests": kept}, place)
    now = {"requests": [multiple(12.5), multiple(3.5, what="board"), multiple(99.0, what="hello", compared=False)]}

    assert [(row.what, before) for row, before in grown(now, read_baseline(place))] == [("booking", 10.0)]
    assert verdict(now, read_baseline(place)) == (
        "Grew by more than 20 % over the baseline:\n  requests sqlite booking CPU / hello: 10.00 → 12.50"
    )
    assert verdict({"requests": [multiple(11.9)]}, read_baseline(place)).startswith("No multiple grew")


def test_a_multiple_whose_rounds_reach_down_to_the_baseline_has_not_grown_for_sure(tmp_path: Path) -> None:
    place = tmp_path / "baseline.json"
    save_baseline({"requests": [multiple(10.0)]}, place)
    spread = [replace(multiple(13.0), low=low, high=15.0) for low in (9.5, 10.5)]
    assert [row.low for row, _ in grown({"requests": spread}, read_baseline(place))] == [10.5]


def test_a_saved_baseline_keeps_what_was_not_measured_again(tmp_path: Path) -> None:
    place = tmp_path / "baseline.json"
    save_baseline({"requests": [multiple(10.0)], "start": [multiple(2.0)]}, place)
    save_baseline({"requests": [multiple(9.0, what="board")]}, place)
    assert read_baseline(place) == {
        "requests": {"sqlite: board: CPU / hello": 9.0, "sqlite: booking: CPU / hello": 10.0},
        "start": {"sqlite: booking: CPU / hello": 2.0},
    }


def test_scans_of_growing_tables_are_found_in_the_plans_of_both_databases() -> None:
    sqlite = ["SEARCH days USING INDEX by_id (id=?)", "SCAN stops", "SCAN needs", "SCAN calls USING INDEX x"]
    postgresql = ["Nested Loop", "  ->  Index Scan using by_id on days", "  ->  Seq Scan on facts", "        Filter: x"]
    assert list(scanned(sqlite)) == ["stops", "calls"]
    assert list(scanned(postgresql)) == ["facts"]


def test_a_plan_is_the_same_whatever_the_values_are() -> None:
    first, second = (["Index Scan using x on stops", f"  Index Cond: (id = '{value}'::uuid)"] for value in "ab")
    assert plan_shape(first) == plan_shape(second)
    assert plan_shape(first) != plan_shape(["Seq Scan on stops", *second[1:]])


def test_a_statement_is_the_same_however_many_values_it_has() -> None:
    assert shape("SELECT a, b FROM t\nWHERE t.a IN (?, ?, ?)") == shape("SELECT a FROM t WHERE t.a IN (?)")
    assert shape("SELECT a FROM t WHERE t.a = ?") != shape("SELECT a FROM t WHERE t.b = ?")


def test_the_clock_of_a_process_counts_work_and_not_waiting() -> None:
    own = os.getpid()
    before = cpu_seconds([own])
    time.sleep(0.2)
    waited = cpu_seconds([own]) - before
    until = time.process_time() + 0.2
    while time.process_time() < until:
        pass
    worked = cpu_seconds([own]) - before - waited
    assert waited < 0.1
    assert 0.15 < worked < 0.4
    assert own in tree(parent(own))
    assert memory_bytes(own)[0] >= memory_bytes(own)[1] > 1e6


def test_every_table_with_rows_of_a_day_grows() -> None:
    owners = {"days", "parties", "desks", "visits", "stops", "bookings"}
    of_a_day = {
        table.name
        for table in schema.metadata.tables.values()
        if {key.column.table.name for key in table.foreign_keys} & owners
    }
    # Staff, machines and codes are no more after years than on the first day; needs end at midnight; freed minutes rest
    # until the day, who waited is forgotten with it. The day that is copied was not drawn and had no sheet of paper;
    # nobody asked for help, wrote a note, sent anybody on, looked at papers, spoke to everybody or answered at the end;
    # its set-up was not changed after it was published, nobody entered who works there, and it held no session.
    few = {"grants", "passes", "tokens", "devices", "invitations", "leases", "printed", "visit_needs"}
    few |= {
        "rests",
        "session_runs",
        "waiting",
        "draws",
        "draw_entries",
        "alarms",
        "notes",
        "referrals",
        "paper_entries",
        "spare_tickets",
        "stop_papers",
        "broadcasts",
        "end_counts",
        "tally_counts",
        "setup_changes",
        "setup_touched",
        "crew",
        "rota_links",
        "rota_answers",
    }
    assert of_a_day - few == set(PER_DAY) - {"days", "facts", "mediator_languages"}


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.full)])
def test_copied_days_are_as_whole_as_the_one_that_was_lived(kind: str) -> None:
    with fresh(kind) as place:
        db = open_database(place.url)
        day = first_day(db, KEY, visits=20)
        names = ["days", "visits", "bookings", "stops", "calls", "contacts", "outbox", "acts"]
        before = rows_of(db, names)
        more_days(db, place.admin_url, day, have=20, want=100, visits=20)
        after = rows_of(db, names)
        problems = db.read_now(verify, now=real_now())
        db.close()

    assert (before["visits"], before["bookings"], before["contacts"]) == (20, 14, 14)
    assert before["acts"] > 0
    # Five days, of which four have been forgotten: those hold no persons and nothing to undo.
    assert after == {name: rows * (1 if name in ("contacts", "outbox", "acts") else 5) for name, rows in before.items()}
    assert problems == []


def test_a_server_is_measured_counted_and_listened_to(tmp_path: Path) -> None:
    with fresh("sqlite") as place:
        db = open_database(place.url)
        acts = prepare(db, KEY, waiting=12)
        db.close()
        watching = watched_statements(place, plans=True)
        with watching as (server, seen), closing(Program(server.port)) as acts.program:
            counted: dict[str, int] = {}
            for what, act, _ in turns(acts):
                seen()
                act()
                counted[what] = sum(line["sql"] != "BEGIN" for line in seen())
            assert set(counted) == set(acts.all())
            assert all(counted.values())
            assert counted["booking"] > counted["board"]
            with pytest.raises(Refused):
                acts.program.get("/nowhere")
        with onestop(place.url, var=place.var) as server, closing(Program(server.port)) as acts.program:
            rounds = Rounds(server, place)
            rounds.rest()
            rounds.time("board", acts.board, 5)
            rounds.close()
            assert 0.0005 < rounds.costs["board"][0].cpu < 0.5
            headers = {"Cookie": f"{DEVICE_COOKIE}={acts.hall.display}"}
            with listening(server.port, [(f"/display/{acts.hall.day.slug}/live", headers)] * 3) as listeners:
                listeners.heard(time.monotonic(), 0, 0)
                since = time.monotonic()
                acts.call_next()
                heard = listeners.heard(since, 3)
                assert len(heard) == 3
                assert all(since <= at <= time.monotonic() for at in heard)
                assert listeners.heard(time.monotonic(), 1, 0.2) == []


def test_unknown_names_are_refused_and_the_known_ones_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["no-such"]) == 2
    assert main(["--list"]) == 0
    known = ["bookings", "growth", "offering", "overview", "requests", "routing", "screens", "speech", "start"]
    assert capsys.readouterr().out.split() == benchmarks() == known


def test_ways_of_calling_are_compared_on_the_same_days(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(routing, "SIZES", {15: routing.SIZES[15]})
    rows = routing.run(Options(quick=True))
    ratios = {row.what: row for row in rows if row.compared}

    assert {row.what for row in rows} == {*POLICIES, *routing.TIMES}
    assert ratios["onestop"].value < 1 < ratios["all at opening"].value
    assert rows == routing.run(Options(quick=True))
